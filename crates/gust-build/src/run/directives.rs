//! `//go:debug` lines, checked before a package is compiled.

use std::collections::HashMap;

use gust_packages::Package;
use gust_text::quote::quote;

use crate::site::Site;

/// What is wrong with a package's `//go:debug` lines, a line each; empty when nothing is.
pub(super) fn problems(site: &Site<'_>, p: &Package) -> String {
    let mut problems = String::new();
    let mut seen: HashMap<&str, String> = HashMap::new();
    for (text, pos) in &p.sources.directives {
        let Some(rest) = text.strip_prefix("//go:debug") else {
            continue;
        };
        let at = format!("{}:{}:{}", pos.file.display(), pos.line, pos.column);
        match setting(rest).map(|found| found.and_then(|(k, v)| check(site, k, v).map(|()| k))) {
            None => {}
            Some(Err(why)) => problems.push_str(&format!("{at}: invalid //go:debug: {why}\n")),
            Some(Ok(key)) => match seen.get(key) {
                Some(before) => problems.push_str(&format!(
                    "{at}: repeated //go:debug for {key}\n\t{before}: previous //go:debug\n"
                )),
                None => {
                    seen.insert(key, at);
                }
            },
        }
    }
    problems
}

/// Key and value of a line, behind its first word; None when the line is another comment.
fn setting(rest: &str) -> Option<Result<(&str, &str), String>> {
    if rest.trim().is_empty() {
        return Some(Err("missing key=value".to_owned()));
    }
    let rest = rest.strip_prefix([' ', '\t'])?;
    let parts = rest.trim().split_once('=');
    Some(parts.ok_or_else(|| "missing key=value".to_owned()))
}

fn check(site: &Site<'_>, key: &str, value: &str) -> Result<(), String> {
    for (what, text) in [("key", key), ("value", value)] {
        if text.contains([' ', '\t']) {
            return Err(format!("{what} contains space"));
        }
    }
    for (what, text) in [("key", key), ("value", value)] {
        if text.contains(',') {
            return Err(format!("{what} contains comma"));
        }
    }
    if key == "default" {
        return check_default(site, value);
    }
    let table = site
        .settings
        .goroot_src()
        .join("internal/godebugs/table.go");
    let Ok(table) = site.view.read_to_string(&table) else {
        return Ok(());
    };
    let entry = format!("Name: {}", quote(key));
    let (known, removed) = table.split_once("var Removed").unwrap_or((&table, ""));
    if known.contains(&entry) {
        return Ok(());
    }
    let line = removed.lines().find(|line| line.contains(&entry));
    let number = |line: &str| {
        let rest = line.split_once("Removed: ")?.1;
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        Some(rest[..end].to_owned())
    };
    let shown = quote(key);
    Err(match line.and_then(number) {
        Some(minor) => format!(
            "use of removed //go:debug setting {shown}, see https://go.dev/doc/godebug#go-1{minor}"
        ),
        None => format!("unknown //go:debug setting {shown}"),
    })
}

fn check_default(site: &Site<'_>, value: &str) -> Result<(), String> {
    let local = site.settings.go_version();
    match value.strip_prefix("go") {
        Some(version) if gust_syntax::gover::is_valid(version) => {
            match gust_syntax::gover::compare(version, local).is_gt() {
                true => Err(format!("default={value} too new (toolchain is go{local})")),
                false => Ok(()),
            }
        }
        _ => Err("value for default= must be goVERSION".to_owned()),
    }
}
