//! Semantic versions as Go has them: with a leading `v`, and with `v1` and `v1.2` as short forms of `v1.0.0` and `v1.2.0`.

use std::cmp::Ordering;

/// The parts of a valid version; each is a piece of its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts<'a> {
    /// Decimal, without `v`.
    pub major: &'a str,
    /// Decimal.
    pub minor: &'a str,
    /// Decimal.
    pub patch: &'a str,
    /// What a short form left out: `.0.0`, `.0` or nothing.
    pub short: &'a str,
    /// `-pre`, or nothing.
    pub prerelease: &'a str,
    /// `+build`, or nothing.
    pub build: &'a str,
}

/// Takes a valid version apart.
pub fn parse(version: &str) -> Option<Parts<'_>> {
    let rest = version.strip_prefix('v')?;
    let (major, rest) = cut_int(rest)?;
    let mut parts = Parts {
        major,
        minor: "0",
        patch: "0",
        short: ".0.0",
        prerelease: "",
        build: "",
    };
    if rest.is_empty() {
        return Some(parts);
    }
    let (minor, rest) = cut_int(rest.strip_prefix('.')?)?;
    parts.minor = minor;
    if rest.is_empty() {
        parts.short = ".0";
        return Some(parts);
    }
    let (patch, mut rest) = cut_int(rest.strip_prefix('.')?)?;
    parts.patch = patch;
    parts.short = "";
    if rest.starts_with('-') {
        let end = rest.find('+').unwrap_or(rest.len());
        parts.prerelease = &rest[..end];
        rest = &rest[end..];
        let well_formed = parts.prerelease[1..]
            .split('.')
            .all(|id| is_identifier(id) && !is_bad_number(id));
        if !well_formed {
            return None;
        }
    }
    if let Some(build) = rest.strip_prefix('+') {
        if !build.split('.').all(is_identifier) {
            return None;
        }
        parts.build = rest;
        rest = "";
    }
    rest.is_empty().then_some(parts)
}

fn cut_int(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(end);
    if end == 0 || (end > 1 && number.starts_with('0')) {
        return None;
    }
    Some((number, rest))
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn is_bad_number(text: &str) -> bool {
    is_number(text) && text.len() > 1 && text.starts_with('0')
}

/// Is this a version?
pub fn is_valid(version: &str) -> bool {
    parse(version).is_some()
}

/// The full form without build metadata; empty if the version is none.
pub fn canonical(version: &str) -> String {
    let Some(parts) = parse(version) else {
        return String::new();
    };
    let kept = version.len() - parts.build.len();
    format!("{}{}", &version[..kept], parts.short)
}

/// `v2` of `v2.3.4`; empty if the version is none.
pub fn major(version: &str) -> &str {
    parse(version).map_or("", |parts| &version[..1 + parts.major.len()])
}

/// `v2.3` of `v2.3.4`; empty if the version is none.
pub fn major_minor(version: &str) -> String {
    parse(version).map_or(String::new(), |parts| {
        format!("v{}.{}", parts.major, parts.minor)
    })
}

/// `-rc.1` of `v1.0.0-rc.1+x`; empty if there is none.
pub fn prerelease(version: &str) -> &str {
    parse(version).map_or("", |parts| parts.prerelease)
}

/// `+x` of `v1.0.0-rc.1+x`; empty if there is none.
pub fn build(version: &str) -> &str {
    parse(version).map_or("", |parts| parts.build)
}

/// Which is newer. Build metadata does not count; what is no version is older than any.
pub fn compare(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    match (parse(a), parse(b)) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(a), Some(b)) => compare_numbers(a.major, b.major)
            .then_with(|| compare_numbers(a.minor, b.minor))
            .then_with(|| compare_numbers(a.patch, b.patch))
            .then_with(|| compare_prerelease(a.prerelease, b.prerelease)),
    }
}

/// The newer of two versions, in full form (see [`canonical`]); the second when they are as new.
pub fn max(a: &str, b: &str) -> String {
    let (a, b) = (canonical(a), canonical(b));
    if compare(&a, &b).is_gt() { a } else { b }
}

/// Compares two decimal numbers of any length, without leading zeros.
pub(crate) fn compare_numbers(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn compare_prerelease(a: &str, b: &str) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let (mut left, mut right) = (a[1..].split('.'), b[1..].split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) => match (is_number(x), is_number(y)) {
                (true, true) => compare_numbers(x, y),
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => x.cmp(y),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_forms() {
        for (version, want) in [
            ("v1", "v1.0.0"),
            ("v1.2", "v1.2.0"),
            ("v1.2.3+meta", "v1.2.3"),
            ("v1.2.3-pre.0+meta", "v1.2.3-pre.0"),
            ("v1.2.3-01", ""),
            ("v01.2.3", ""),
            ("1.2.3", ""),
            ("v1-pre", ""),
            ("v1.2.3-", ""),
            ("v1.2.3+", ""),
            ("v1.2.3-a..b", ""),
        ] {
            assert_eq!(canonical(version), want, "{version}");
        }
    }

    #[test]
    fn newer_and_older() {
        let ascending = [
            "bad",
            "v0.1.0",
            "v1.0.0-1",
            "v1.0.0-alpha",
            "v1.0.0-alpha.1",
            "v1.0.0-alpha.beta",
            "v1.0.0-beta.2",
            "v1.0.0-beta.11",
            "v1.0.0-rc.1",
            "v1.0.0",
            "v1.2.0",
            "v1.10.0",
            "v2.0.0",
        ];
        for pair in ascending.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(compare(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        assert_eq!(compare("v1.0", "v1.0.0+x"), Ordering::Equal);
    }
}
