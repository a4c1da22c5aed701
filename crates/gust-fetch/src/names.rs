//! Module paths and versions as this crate needs them: what gust-syntax knows, with errors as text.

use std::cmp::Ordering;

use gust_syntax::module::{self, ModuleVersion, escape};
use gust_syntax::{gover, pseudo};

use crate::info::Timestamp;

pub(crate) use gust_syntax::module::{canonical_version as canonical, match_prefix_patterns};
pub(crate) use gust_syntax::pseudo::is_pseudo;
pub(crate) use gust_syntax::semver::{compare, is_valid as is_semver};
pub(crate) use gust_text::quote::quote;

pub(crate) fn escape_path(path: &str) -> Result<String, String> {
    escape::path(path).map_err(|err| err.to_string())
}

pub(crate) fn escape_version(version: &str) -> Result<String, String> {
    escape::version(version).map_err(|err| err.to_string())
}

pub(crate) fn check_file_path(path: &str) -> Result<(), String> {
    module::check_file_path(path).map_err(|err| err.to_string())
}

/// That a version is canonical, the path a module path, and that both go together.
pub(crate) fn check_zip_module(path: &str, version: &str) -> Result<(), String> {
    let canonical = canonical(version);
    if canonical != version {
        let (version, canonical) = (quote(version), quote(&canonical));
        return Err(format!(
            "version {version} is not canonical (should be {canonical})"
        ));
    }
    module::check(path, version).map_err(|err| err.to_string())
}

/// The order of module versions in go.sum.
pub(crate) fn compare_modules(a: (&str, &str), b: (&str, &str)) -> Ordering {
    ModuleVersion::new(a.0, a.1).compare(&ModuleVersion::new(b.0, b.1))
}

pub(crate) fn pseudo_time(version: &str) -> Option<Timestamp> {
    let (year, month, day, hour, minute, second) = pseudo::time(version).ok()?;
    Some(Timestamp::from_utc(
        (i64::from(year), month, day),
        (hour, minute, second),
    ))
}

pub(crate) fn is_valid_version(path: &str, version: &str) -> bool {
    gover::mod_is_valid(path, version)
}

pub(crate) fn compare_releases(a: &str, b: &str) -> Ordering {
    gover::compare(a, b)
}

pub(crate) fn is_release(release: &str) -> bool {
    gover::is_valid(release)
}

pub(crate) fn is_language_version(release: &str) -> bool {
    gover::is_lang(release)
}

/// The version of the go line of a go.mod, read without looking at the rest.
pub(crate) fn go_line(go_mod: &[u8]) -> Option<String> {
    let text = gust_bytes::text(go_mod);
    text.lines().find_map(|line| {
        let mut fields = line.split("//").next().unwrap_or(line).split_whitespace();
        let version = (fields.next()? == "go").then(|| fields.next())??;
        (fields.next().is_none() && version != "(").then(|| version.trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_go_line_is_found() {
        assert_eq!(
            go_line(b"module m\n\ngo 1.21 // x\n").as_deref(),
            Some("1.21")
        );
        assert_eq!(go_line(b"module m\n// go 1.21\n"), None);
    }
}
