//! Licences: every dependency's against the list in deny.toml, without a program to install first.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::go;

/// The dependencies whose licence is not on the list.
pub(super) fn breaches(top: &Path) -> Result<Vec<String>> {
    let file = top.join("deny.toml");
    let allowed = allowed(&fs::read_to_string(&file).with_context(|| file.display().to_string())?);
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(top).args([
        "metadata",
        "--format-version",
        "1",
        "--filter-platform",
        &host()?,
    ]);
    let metadata: serde_json::Value = serde_json::from_slice(&go::must(&mut cargo)?)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata has no packages")?;
    let text = |package: &serde_json::Value, field: &str| {
        package[field].as_str().unwrap_or_default().to_owned()
    };
    Ok(packages
        .iter()
        .filter_map(|package| {
            of_package(&text(package, "name"), &text(package, "license"), &allowed)
        })
        .collect())
}

fn host() -> Result<String> {
    let out = go::must(Command::new("rustc").arg("-vV"))?;
    let text = String::from_utf8(out)?;
    Ok(text
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc names no host")?
        .to_owned())
}

/// The strings of the `allow = [...]` list.
fn allowed(deny: &str) -> BTreeSet<String> {
    let list = deny
        .split("allow = [")
        .nth(1)
        .and_then(|rest| rest.split(']').next())
        .unwrap_or_default();
    list.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

fn of_package(name: &str, licence: &str, allowed: &BTreeSet<String>) -> Option<String> {
    if is_allowed(licence, allowed) {
        return None;
    }
    let licence = if licence.is_empty() {
        "no licence"
    } else {
        licence
    };
    Some(format!(
        "licences: {name}: {licence} is not on the list in deny.toml"
    ))
}

/// An SPDX expression: each side of AND, one side of OR. An old `/` means OR. Nested parentheses are not needed.
fn is_allowed(licence: &str, allowed: &BTreeSet<String>) -> bool {
    let licence = licence.replace(" / ", " OR ").replace('/', " OR ");
    let flat = |text: &str| {
        text.split(" OR ")
            .any(|one| one.split(" AND ").all(|part| allowed.contains(part.trim())))
    };
    match licence
        .split_once('(')
        .and_then(|(before, rest)| Some((before, rest.split_once(')')?)))
    {
        Some((before, (inside, after))) => {
            let rest = format!(
                "{}{}",
                before.trim().trim_end_matches("AND"),
                after.trim().trim_start_matches("AND")
            );
            !rest.contains(" OR ") && flat(inside) && (rest.trim().is_empty() || flat(&rest))
        }
        None => flat(&licence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        let allowed =
            allowed("[licenses]\nallow = [\"MIT\", \"Apache-2.0\", \"ISC\", \"Unicode-3.0\"]\n");
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "Apache-2.0 AND ISC",
            "(MIT OR GPL-3.0) AND Unicode-3.0",
        ] {
            assert!(is_allowed(good, &allowed), "{good}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND GPL-3.0"] {
            assert!(of_package("x", bad, &allowed).is_some(), "{bad}");
        }
    }
}
