//! Versions of Go itself: `1.21`, `1.21rc1`, `1.21.0`, in this order; toolchain names such as `go1.21.0-custom`;
//! and the two modules `go` and `toolchain` of a module graph, whose versions these are.

use std::cmp::Ordering;

use crate::semver::{self, compare_numbers};

/// What a go.mod without a go line is read as.
pub const DEFAULT_GO_MOD: &str = "1.16";
/// What a go.work without a go line is read as.
pub const DEFAULT_GO_WORK: &str = "1.18";
/// From here on `all` does not follow tests of other modules.
pub const NARROW_ALL: &str = "1.16";
/// From here on a go.mod lists every module that provides an imported package: the graph can be pruned.
pub const EXPLICIT_INDIRECT: &str = "1.17";
/// From here on indirect requirements stand in a block of their own.
pub const SEPARATE_INDIRECT: &str = "1.17";
/// From here on tidy keeps go.sum lines for the tests of `all`.
pub const TIDY_GO_SUM: &str = "1.21";
/// From here on a release that is too old refuses the module.
pub const GO_STRICT: &str = "1.21";
/// From here on only packages listed in modules.txt are taken from the vendor directory.
pub const EXPLICIT_MODULES_TXT_IMPORT: &str = "1.23";

/// A decimal number of any length, without leading zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Numeral<'a>(&'a str);

impl<'a> Numeral<'a> {
    const ZERO: Numeral<'static> = Numeral("0");

    /// The number, if `text` is one.
    fn new(text: &'a str) -> Option<Numeral<'a>> {
        Self::prefix(text).and_then(|(number, rest)| rest.is_empty().then_some(number))
    }

    /// The number at the start of `text`, and what follows.
    fn prefix(text: &'a str) -> Option<(Numeral<'a>, &'a str)> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = text.split_at(digits);
        let good = digits == 1 || (digits > 1 && !number.starts_with('0'));
        good.then_some((Numeral(number), rest))
    }
}

impl Ord for Numeral<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        compare_numbers(self.0, other.0)
    }
}

impl PartialOrd for Numeral<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How far a version has come; the order of the variants is the order in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage<'a> {
    /// The language and none of its releases: `1.21`.
    Language,
    /// Before the first release: `1.21rc2`, perhaps without a number.
    Preview(&'a str, Option<Numeral<'a>>),
    /// A release by its patch: `1.21.0`.
    Release(Numeral<'a>),
}

/// A version of Go; the derived order is that of versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct GoVersion<'a> {
    major: Numeral<'a>,
    minor: Numeral<'a>,
    stage: Stage<'a>,
}

impl<'a> GoVersion<'a> {
    /// The first minor version whose name means the language and not its first release.
    const FIRST_LANGUAGE: Numeral<'static> = Numeral("21");

    /// Takes a version (without `go` in front) apart.
    fn parse(text: &'a str) -> Option<GoVersion<'a>> {
        let mut parts = text.splitn(3, '.');
        let major = Numeral::new(parts.next()?)?;
        let (minor, kind) = match parts.next() {
            Some(part) => Numeral::prefix(part)?,
            None => (Numeral::ZERO, ""),
        };
        let stage = match (kind, parts.next()) {
            ("", Some(patch)) => Stage::Release(Numeral::new(patch)?),
            (_, Some(_)) => return None,
            ("", None) if minor < Self::FIRST_LANGUAGE => Stage::Release(Numeral::ZERO),
            ("", None) => Stage::Language,
            (kind, None) => preview(kind)?,
        };
        Some(GoVersion {
            major,
            minor,
            stage,
        })
    }
}

/// `rc1`: small letters, then perhaps a number.
fn preview(text: &str) -> Option<Stage<'_>> {
    let kind = text.trim_end_matches(|c: char| c.is_ascii_digit());
    if kind.is_empty() || !kind.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let number = match &text[kind.len()..] {
        "" => None,
        number => Some(Numeral::new(number)?),
    };
    Some(Stage::Preview(kind, number))
}

/// Is this a version of Go?
pub fn is_valid(text: &str) -> bool {
    GoVersion::parse(text).is_some()
}

/// Which is newer; what is no version is older than any.
pub fn compare(a: &str, b: &str) -> Ordering {
    GoVersion::parse(a).cmp(&GoVersion::parse(b))
}

/// Does this name the language and not a release of it, such as `1.21`?
pub fn is_lang(text: &str) -> bool {
    GoVersion::parse(text).is_some_and(|version| version.stage == Stage::Language)
}

/// The language of a release: `1.21` of `1.21.3`. Empty if the version is none.
pub fn lang(text: &str) -> String {
    match GoVersion::parse(text) {
        None => String::new(),
        Some(v) if (v.major.0, v.minor.0) == ("1", "0") => v.major.0.to_owned(),
        Some(v) => format!("{}.{}", v.major.0, v.minor.0),
    }
}

/// The language before that of a release: `1.20` of `1.21.3`. Empty if the version is none.
pub fn previous(text: &str) -> String {
    let Some(version) = GoVersion::parse(text) else {
        return String::new();
    };
    let major = version.major.0;
    match version.minor.0.parse::<u64>() {
        Ok(minor) if minor > 1 => format!("{major}.{}", minor - 1),
        _ => major.to_owned(),
    }
}

/// Is this a release candidate, beta or the like?
pub fn is_prerelease(text: &str) -> bool {
    GoVersion::parse(text).is_some_and(|version| matches!(version.stage, Stage::Preview(..)))
}

/// The version of a toolchain by its name: `1.21.0` of `go1.21.0-custom`.
pub fn from_toolchain(name: &str) -> Option<&str> {
    if name.contains(['\\', '/']) {
        return None;
    }
    let version = name.strip_prefix("go")?;
    let version = version.split([' ', '\t', '-']).next().unwrap_or(version);
    is_valid(version).then_some(version)
}

/// Which of two toolchain names is of a newer release; names without `go` in front are let pass.
pub fn compare_toolchains(a: &str, b: &str) -> Ordering {
    let version = |name| {
        if is_valid(name) {
            name
        } else {
            from_toolchain(name).unwrap_or("")
        }
    };
    compare(version(a), version(b))
}

/// Is this one of the two modules of a graph that stand for Go itself?
pub fn is_toolchain_module(path: &str) -> bool {
    path == "go" || path == "toolchain"
}

/// Which version of the module is newer, by the rules for its path.
pub fn mod_compare(path: &str, a: &str, b: &str) -> Ordering {
    match path {
        "go" => compare(a, b),
        "toolchain" => compare_toolchains(a, b),
        _ => semver::compare(a, b),
    }
}

/// Is this a version for the module of that path?
pub fn mod_is_valid(path: &str, version: &str) -> bool {
    match path {
        "go" => is_valid(version),
        "toolchain" => from_toolchain(version).is_some(),
        _ => semver::is_valid(version),
    }
}

/// Does this (valid) version name a whole range of versions of the module, as `v1` and `v1.2` do?
pub fn mod_is_prefix(path: &str, version: &str) -> bool {
    match path {
        "go" => is_lang(version),
        "toolchain" => from_toolchain(version).is_some_and(is_lang),
        _ => !version.contains(['-', '+']) && version.matches('.').count() < 2,
    }
}

/// Is this (valid) version of the module a prerelease?
pub fn mod_is_prerelease(path: &str, version: &str) -> bool {
    match path {
        "go" => is_prerelease(version),
        "toolchain" => from_toolchain(version).is_some_and(is_prerelease),
        _ => !semver::prerelease(version).is_empty(),
    }
}

/// The part of the version that a patch does not change.
pub fn mod_major_minor(path: &str, version: &str) -> String {
    match path {
        "go" => lang(version),
        "toolchain" => format!("go{}", lang(from_toolchain(version).unwrap_or(""))),
        _ => semver::major_minor(version),
    }
}

/// Is this what a go line may say?
pub fn is_go_line(text: &str) -> bool {
    split_go_line(text).is_some_and(|rest| is_go_line_rest(rest.1))
}

/// The `1.2` and the rest of `1.2rest`, both numbers without leading zeros and the first not 0.
fn split_go_line(text: &str) -> Option<(&str, &str)> {
    let (major, rest) = Numeral::prefix(text)?;
    let (_, rest) = Numeral::prefix(rest.strip_prefix('.')?)?;
    (major != Numeral::ZERO).then(|| (&text[..text.len() - rest.len()], rest))
}

fn is_go_line_rest(mut rest: &str) -> bool {
    if let Some(patch) = rest.strip_prefix('.') {
        let Some((_, after)) = Numeral::prefix(patch) else {
            return false;
        };
        rest = after;
    }
    if rest.is_empty() {
        return true;
    }
    let letters = rest.bytes().take_while(u8::is_ascii_lowercase).count();
    let digits = &rest[letters..];
    letters > 0 && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// What a dependency's go line that is not quite one is read as: `1.2` of `v1.2` or `1.2-custom`.
pub fn lax_go_line(text: &str) -> Option<&str> {
    let (lang, rest) = split_go_line(text.strip_prefix('v').unwrap_or(text))?;
    // The remainder must begin with something that is not a digit; with nothing at all, it is a proper go line (or `v1.2`).
    (!rest.is_empty()).then_some(lang)
}

/// Is this what a toolchain line may say?
pub fn is_toolchain_line(name: &str) -> bool {
    name == "default"
        || name
            .strip_prefix("go1")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order() {
        let ascending = [
            "bad", "1.2", "1.20", "1.21", "1.21rc1", "1.21rc2", "1.21.0", "1.21.1", "1.22", "1.100",
        ];
        for pair in ascending.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
        assert_eq!(compare("1.20", "1.20.0"), Ordering::Equal);
    }

    #[test]
    fn languages_and_names() {
        assert_eq!(lang("1.2.3"), "1.2");
        assert_eq!(lang("1"), "1");
        assert!(is_lang("1.21") && !is_lang("1.20") && !is_lang("1.21.0") && !is_lang("1.21rc1"));
        assert_eq!(from_toolchain("go1.2.3-bigcorp more text"), Some("1.2.3"));
        assert_eq!(from_toolchain("go1.2.3+bigcorp"), None);
        assert!(is_valid("1.999testmod") && !is_valid("1.600+auto"));
    }

    #[test]
    fn lines() {
        for good in ["1.21", "1.21.0", "1.21rc1", "1.21.0beta3"] {
            assert!(is_go_line(good), "{good}");
        }
        for bad in ["1", "v1.2", "1.02", "1.21rc", "1.21.", "go1.21", "0.1"] {
            assert!(!is_go_line(bad), "{bad}");
        }
        assert_eq!(lax_go_line("v1.2.x"), Some("1.2"));
        assert_eq!(lax_go_line("1.2-3"), Some("1.2"));
        assert_eq!(lax_go_line("v1.2"), None);
        assert!(
            is_toolchain_line("go1.21") && is_toolchain_line("go1") && !is_toolchain_line("go12")
        );
    }
}
