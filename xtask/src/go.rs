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

/// Builds gust in release mode and gives the binary; with `conformance`, the one with the suite's hooks, kept apart.
pub(crate) fn build_gust(conformance: bool) -> Result<PathBuf> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(top())
        .args(["build", "--release", "--package", "gust"]);
    let target = if conformance {
        // Not for people: what it does counts, not how fast, and it must not take the release's time to build.
        cargo
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        cargo.args([
            "--features",
            "conformance",
            "--target-dir",
            "target/conformance",
        ]);
        "target/conformance/release/gust"
    } else {
        "target/release/gust"
    };
    if !cargo.status().context("running cargo")?.success() {
        bail!("gust does not build");
    }
    Ok(top().join(target))
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
