//! Licences: every dependency's against the list in deny.toml, without a program to install first; and what is due to
//! those whose data stands in our files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::go;

/// What a file says that holds values of the Go distribution. Spelled in pieces, so that this file says no such thing.
const GO_DATA: &str = concat!("Data of the Go ", "distribution");

/// Dependencies whose licence is not on the list, and data without a notice.
pub(super) fn breaches(top: &Path) -> Result<Vec<String>> {
    let mut found = of_dependencies(top)?;
    let notice = fs::read_to_string(top.join("NOTICE")).unwrap_or_default();
    let mut grep = Command::new("git");
    grep.current_dir(top)
        .args(["grep", "--untracked", "-lz", "-i", GO_DATA]);
    let Ok(files) = go::must(&mut grep) else {
        // A source archive has no index; what it holds was checked before it was made.
        return Ok(found);
    };
    let files = String::from_utf8(files)?;
    let data = files
        .split_terminator('\0')
        .filter(|file| *file != "NOTICE");
    found.extend(of_notice(&notice, data));
    Ok(found)
}

/// What NOTICE owes: each file that holds such data, the owner's name and terms; and nothing about files that hold none.
fn of_notice<'f>(notice: &str, data: impl Iterator<Item = &'f str>) -> Vec<String> {
    let data: BTreeSet<&str> = data.collect();
    let listed: BTreeSet<&str> = notice
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| word.contains('/'))
        .collect();
    let mut found: Vec<String> = data
        .difference(&listed)
        .map(|file| format!("licences: {file} holds data of others, and NOTICE does not say so"))
        .collect();
    found.extend(listed.difference(&data).map(|file| {
        format!("licences: NOTICE names {file}, which does not say whose data it holds")
    }));
    for due in [
        "The Go Authors",
        "Redistribution and use in source and binary forms",
    ] {
        if !data.is_empty() && !notice.contains(due) {
            found.push(format!("licences: NOTICE lacks \"{due}\""));
        }
    }
    found
}

fn of_dependencies(top: &Path) -> Result<Vec<String>> {
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
    fn data_of_others() {
        let terms = "The Go Authors\nRedistribution and use in source and binary forms\n";
        let notice = format!("The files:\n\n    a/b.rs   patterns\n\n{terms}");
        let found = |notice: &str, files: &[&str]| of_notice(notice, files.iter().copied()).len();
        assert_eq!(found(&notice, &["a/b.rs"]), 0);
        assert_eq!(found(&notice, &["a/b.rs", "a/c.rs"]), 1);
        assert_eq!(found(&notice, &[]), 1);
        assert_eq!(found("    a/b.rs\n", &["a/b.rs"]), 2);
        assert_eq!(found("", &["a/b.rs"]), 3);
    }

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
