//! Floors: which crate may depend on which.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Each crate with its floor. A dependency must stand lower.
const FLOORS: &[(&str, u8)] = &[
    ("gust-bytes", 0),
    ("gust-text", 1),
    ("gust-syntax", 1),
    ("gust-fs", 1),
    ("gust-fetch", 2),
    ("gust-cache", 2),
    ("gust-warm", 2),
    ("gust-toolchain", 3),
    ("gust-modules", 3),
    ("gust-packages", 4),
    ("gust-build", 5),
    ("gust-edit", 5),
    ("gust-vet", 6),
    ("gust-test", 7),
    ("gust-ops", 8),
    ("gust", 9),
];

/// What tests and chores may use, and nothing else.
const TESTS_ONLY: &[&str] = &["gust-testkit", "xtask"];

/// Holds every crate's manifest against the table.
pub(super) fn breaches(top: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let folder = top.join("crates");
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let dir = entry?.path();
        let name = dir
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let manifest = dir.join("Cargo.toml");
        let text = fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?;
        found.extend(of_manifest(&name, &text));
        seen.insert(name);
    }
    found.extend(
        FLOORS
            .iter()
            .filter(|(name, _)| !seen.contains(*name))
            .map(|(name, _)| format!("floors: {name} is in the table, but not in crates/")),
    );
    Ok(found)
}

fn of_manifest(name: &str, manifest: &str) -> Vec<String> {
    if TESTS_ONLY.contains(&name) {
        return Vec::new();
    }
    let Some(floor) = floor_of(name) else {
        return vec![format!(
            "floors: {name} stands on no floor: add it to the table of xtask/src/house/floors.rs"
        )];
    };
    let mut found = Vec::new();
    for dependency in dependencies(manifest) {
        if TESTS_ONLY.contains(&dependency.as_str()) {
            found.push(format!(
                "floors: {name} uses {dependency}, which is for tests only"
            ));
            continue;
        }
        let Some(below) = floor_of(&dependency) else {
            continue;
        };
        if below >= floor {
            found.push(format!(
                "floors: {name} (floor {floor}) uses {dependency} (floor {below})"
            ));
        }
    }
    found
}

fn floor_of(name: &str) -> Option<u8> {
    FLOORS
        .iter()
        .find(|(crate_name, _)| *crate_name == name)
        .map(|(_, floor)| *floor)
}

/// The names under `[dependencies]` and `[build-dependencies]`; those for tests are free.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut listed = false;
    let mut names = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            listed = section.ends_with("dependencies") && !section.ends_with("dev-dependencies");
            if let Some((_, name)) = section.split_once("dependencies.") {
                if !section.starts_with("dev-") {
                    names.push(name.to_owned());
                }
                listed = false;
            }
        } else if listed && let Some((name, _)) = line.split_once(['=', '.']) {
            names.push(name.trim().to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaching_up_or_sideways_is_a_breach() {
        let up = of_manifest(
            "gust-fs",
            "[dependencies]\ngust-build = { workspace = true }\n",
        );
        assert_eq!(up, ["floors: gust-fs (floor 1) uses gust-build (floor 5)"]);
        assert_eq!(
            of_manifest(
                "gust-cache",
                "[dependencies]\ngust-fetch.workspace = true\n"
            )
            .len(),
            1
        );
        assert_eq!(
            of_manifest("gust-fs", "[dependencies.gust-text]\nworkspace = true\n").len(),
            1
        );
        assert_eq!(of_manifest("gust-new", "").len(), 1);
        assert_eq!(
            of_manifest(
                "gust-fs",
                "[dependencies]\ngust-testkit = { workspace = true }\n"
            )
            .len(),
            1
        );
    }

    #[test]
    fn reaching_down_is_not() {
        assert!(
            of_manifest(
                "gust-build",
                "[dependencies]\nserde = \"1\"\ngust-fs = { workspace = true }\n"
            )
            .is_empty()
        );
        assert!(
            of_manifest(
                "gust-fs",
                "[dev-dependencies]\ngust-testkit = { workspace = true }\n"
            )
            .is_empty()
        );
    }
}
