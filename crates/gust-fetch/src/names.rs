//! Module paths and versions as this crate needs them.

use std::cmp::Ordering;

use crate::info::Timestamp;

pub(crate) fn quote(text: &str) -> String {
    format!("{text:?}")
}

fn escape(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        if c.is_ascii_uppercase() {
            out.push('!');
            out.push(c.to_ascii_lowercase());
        } else {
            out.push(c);
        }
    }
    Ok(out)
}

pub(crate) fn escape_path(path: &str) -> Result<String, String> {
    escape(path)
}

pub(crate) fn escape_version(version: &str) -> Result<String, String> {
    escape(version)
}

pub(crate) fn check_file_path(_path: &str) -> Result<(), String> {
    Ok(())
}

pub(crate) fn check_zip_module(_path: &str, _version: &str) -> Result<(), String> {
    Ok(())
}

pub(crate) fn is_semver(version: &str) -> bool {
    version.starts_with('v') && version[1..].starts_with(|c: char| c.is_ascii_digit())
}

pub(crate) fn canonical(version: &str) -> String {
    version.to_owned()
}

pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    a.cmp(b)
}

pub(crate) fn compare_modules(a: (&str, &str), b: (&str, &str)) -> Ordering {
    a.cmp(&b)
}

pub(crate) fn is_pseudo(_version: &str) -> bool {
    false
}

pub(crate) fn pseudo_time(_version: &str) -> Option<Timestamp> {
    None
}

pub(crate) fn match_prefix_patterns(_patterns: &str, _path: &str) -> bool {
    false
}

pub(crate) fn compare_releases(a: &str, b: &str) -> Ordering {
    a.cmp(b)
}

pub(crate) fn is_release(_release: &str) -> bool {
    true
}

pub(crate) fn is_language_version(_release: &str) -> bool {
    false
}

pub(crate) fn is_valid_version(path: &str, version: &str) -> bool {
    match path {
        "go" | "toolchain" => is_release(version),
        _ => is_semver(version),
    }
}

pub(crate) fn go_line(_go_mod: &[u8]) -> Option<String> {
    None
}
