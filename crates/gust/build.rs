//! How the binary is linked: at a fixed address, so that nothing in it is put right each time it starts. A third of the time that
//! a command of no work takes went there.
#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "cargo asks by variables and is told by lines"
)]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let of = |name: &str| std::env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if of("OS") == "linux" && of("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
