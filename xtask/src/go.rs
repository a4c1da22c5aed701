//! The real go command, the oracle, and gust's own binary.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The top of this checkout.
pub(crate) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// One value of `go env`.
pub(crate) fn env(go: &Path, name: &str) -> Result<String> {
    let out = Command::new(go)
        .args(["env", name])
        .output()
        .with_context(|| format!("running {}", go.display()))?;
    if !out.status.success() {
        bail!(
            "{} env {name}: {}",
            go.display(),
            String::from_utf8_lossy(&out.stderr).trim()
        );
    }
    Ok(String::from_utf8(out.stdout)?.trim_end().to_owned())
}

/// Builds gust in release mode and gives the binary.
pub(crate) fn build_gust() -> Result<PathBuf> {
    build(&["--release"])?;
    Ok(top().join("target/release/gust"))
}

/// Builds gust with the suite's hooks, in release mode: the suite starts it thousands of times. Gives the binary, a copy that
/// later builds leave alone; the released binary is put back in its place.
pub(crate) fn build_gust_with_hooks() -> Result<PathBuf> {
    let released = top().join("target/release/gust");
    let was_there = released.exists();
    build(&["--release", "--features", "conformance"])?;
    let copy = top().join("target/conformance/gust");
    std::fs::create_dir_all(top().join("target/conformance"))?;
    if copy.exists() {
        std::fs::remove_file(&copy)?;
    }
    std::fs::copy(&released, &copy)?;
    if was_there {
        build(&["--release"])?;
    }
    Ok(copy)
}

fn build(args: &[&str]) -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(top())
        .args(["build", "--package", "gust"])
        .args(args);
    if !cargo.status().context("running cargo")?.success() {
        bail!("gust does not build");
    }
    Ok(())
}

/// Runs a command to its end and fails with its own words.
pub(crate) fn must(command: &mut Command) -> Result<Vec<u8>> {
    let out = command
        .output()
        .with_context(|| format!("running {command:?}"))?;
    if !out.status.success() {
        bail!(
            "{command:?}: {}\n{}{}",
            out.status,
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
    }
    Ok(out.stdout)
}
