//! Pseudo-versions: versions made for commits without a tag, such as `v0.0.0-20191109021931-daa7c04131f5`.
//!
//! Three forms, by the newest tag before the commit: `vX.0.0-TIME-REV` without any, `vX.Y.(Z+1)-0.TIME-REV` after
//! `vX.Y.Z`, `vX.Y.Z-pre.0.TIME-REV` after `vX.Y.Z-pre`; the last two with `+incompatible` if the tag has it.

use crate::module::VersionError;
use crate::semver;

/// The parts of a pseudo-version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pseudo<'a> {
    /// `vX.0.0`, `vX.Y.(Z+1)-0` or `vX.Y.Z-pre.0`.
    pub base: &'a str,
    /// Fourteen digits: yyyymmddhhmmss, UTC.
    pub timestamp: &'a str,
    /// The revision, usually twelve hexadecimal digits.
    pub rev: &'a str,
    /// `+incompatible` or nothing.
    pub build: &'a str,
}

/// Takes a pseudo-version apart.
pub fn parse(version: &str) -> Option<Pseudo<'_>> {
    if version.bytes().filter(|&b| b == b'-').count() < 2 {
        return None;
    }
    let parts = semver::parse(version)?;
    let body = &version[..version.len() - parts.build.len()];
    let (head, rev) = body.rsplit_once('-')?;
    if rev.is_empty() || !rev.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let (base, timestamp) = match (head.rfind('.'), head.rfind('-')) {
        (Some(dot), Some(dash)) if dot > dash => (&head[..dot], &head[dot + 1..]),
        (_, Some(dash)) => (&head[..dash], &head[dash + 1..]),
        _ => return None,
    };
    if timestamp.len() != 14 || !timestamp.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let pre = semver::prerelease(base);
    let well_formed = if pre.is_empty() {
        parts.minor == "0" && parts.patch == "0" && base.len() == 1 + parts.major.len() + 4
    } else {
        pre == "-0" || pre.ends_with(".0")
    };
    well_formed.then_some(Pseudo {
        base,
        timestamp,
        rev,
        build: parts.build,
    })
}

/// Is this a pseudo-version?
pub fn is_pseudo(version: &str) -> bool {
    parse(version).is_some()
}

/// Makes a pseudo-version: major such as `v2` (empty for `v0`), the newest tag before the commit (or nothing), the
/// commit's time as yyyymmddhhmmss in UTC, and the revision.
pub fn make(major: &str, older: &str, timestamp: &str, rev: &str) -> String {
    let major = if major.is_empty() { "v0" } else { major };
    let build = semver::build(older);
    let older = semver::canonical(older);
    if older.is_empty() {
        return format!("{major}.0.0-{timestamp}-{rev}");
    }
    if !semver::prerelease(&older).is_empty() {
        return format!("{older}.0.{timestamp}-{rev}{build}");
    }
    let (head, patch) = older.rsplit_once('.').unwrap_or((&older, "0"));
    format!("{head}.{}-0.{timestamp}-{rev}{build}", increment(patch))
}

/// The placeholder `vX.0.0-00010101000000-000000000000`.
pub fn zero(major: &str) -> String {
    make(major, "", "00010101000000", "000000000000")
}

/// Is this the placeholder?
pub fn is_zero(version: &str) -> bool {
    version == zero(semver::major(version))
}

/// The revision of a pseudo-version.
pub fn rev(version: &str) -> Result<&str, VersionError> {
    parse(version)
        .map(|p| p.rev)
        .ok_or_else(|| syntax_error(version))
}

/// The time of a pseudo-version as (year, month, day, hour, minute, second) in UTC.
pub fn time(version: &str) -> Result<(u32, u32, u32, u32, u32, u32), VersionError> {
    let parsed = parse(version).ok_or_else(|| syntax_error(version))?;
    let number = |from: usize, to: usize| {
        parsed.timestamp[from..to]
            .parse::<u32>()
            .unwrap_or(u32::MAX)
    };
    let time = (
        number(0, 4),
        number(4, 6),
        number(6, 8),
        number(8, 10),
        number(10, 12),
        number(12, 14),
    );
    let in_range = (1..=12).contains(&time.1)
        && (1..=days_in_month(time.0, time.1)).contains(&time.2)
        && time.3 < 24
        && time.4 < 60
        && time.5 < 60;
    if in_range {
        return Ok(time);
    }
    let reason = format!("malformed time \"{}\"", parsed.timestamp);
    Err(VersionError {
        version: version.into(),
        pseudo: true,
        reason,
    })
}

/// The tag that a pseudo-version builds on; empty if there is none.
pub fn base(version: &str) -> Result<String, VersionError> {
    let Pseudo { base, build, .. } = parse(version).ok_or_else(|| syntax_error(version))?;
    let invalid = |reason: String| VersionError {
        version: version.into(),
        pseudo: true,
        reason,
    };
    match semver::prerelease(base) {
        "" if build.is_empty() => Ok(String::new()),
        "" => Err(invalid(format!(
            "lacks base version, but has build metadata \"{build}\""
        ))),
        "-0" => {
            let base = &base[..base.len() - 2];
            let (head, patch) = base.rsplit_once('.').unwrap_or((base, "0"));
            match decrement(patch) {
                Some(patch) => Ok(format!("{head}.{patch}{build}")),
                None => Err(invalid(format!(
                    "version before {base} would have negative patch number"
                ))),
            }
        }
        _ => Ok(format!(
            "{}{build}",
            base.strip_suffix(".0").unwrap_or(base)
        )),
    }
}

fn syntax_error(version: &str) -> VersionError {
    VersionError {
        version: version.into(),
        pseudo: true,
        reason: "syntax error".into(),
    }
}

fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

fn increment(number: &str) -> String {
    let nines = number.bytes().rev().take_while(|&b| b == b'9').count();
    let zeros = "0".repeat(nines);
    match number.as_bytes()[..number.len() - nines].last() {
        None => format!("1{zeros}"),
        Some(&digit) => format!(
            "{}{}{zeros}",
            &number[..number.len() - nines - 1],
            char::from(digit + 1)
        ),
    }
}

fn decrement(number: &str) -> Option<String> {
    let zeros = number.bytes().rev().take_while(|&b| b == b'0').count();
    let keep = number.len() - zeros;
    let digit = *number.as_bytes()[..keep].last()?;
    let nines = "9".repeat(zeros);
    if keep == 1 && digit == b'1' && zeros > 0 {
        return Some(nines);
    }
    Some(format!(
        "{}{}{nines}",
        &number[..keep - 1],
        char::from(digit - 1)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_and_taken_apart() {
        let time = "20060102150405";
        for (major, older, want, back) in [
            ("", "", "v0.0.0-20060102150405-hash", ""),
            ("v2", "", "v2.0.0-20060102150405-hash", ""),
            ("v1", "v1.2.3", "v1.2.4-0.20060102150405-hash", "v1.2.3"),
            ("v1", "v1.2.99", "v1.2.100-0.20060102150405-hash", "v1.2.99"),
            (
                "v2",
                "v2.2.3+incompatible",
                "v2.2.4-0.20060102150405-hash+incompatible",
                "v2.2.3+incompatible",
            ),
            (
                "v1",
                "v1.2.3-pre",
                "v1.2.3-pre.0.20060102150405-hash",
                "v1.2.3-pre",
            ),
        ] {
            let made = make(major, older, time, "hash");
            assert_eq!(made, want);
            assert!(is_pseudo(&made));
            assert_eq!(base(&made).unwrap(), back);
            assert_eq!(rev(&made).unwrap(), "hash");
            assert_eq!(super::time(&made).unwrap(), (2006, 1, 2, 15, 4, 5));
        }
    }

    #[test]
    fn not_pseudo() {
        for version in [
            "v1.0.0",
            "v1.0.0-rc.1",
            "v1.2.3-20060102150405-hash",
            "v1.0.0-2006010215040-hash",
            "v1.2.3-0.x-y",
        ] {
            assert!(!is_pseudo(version), "{version}");
        }
        let wrong = "v1.0.0-0.20060102150405-hash";
        assert_eq!(
            base(wrong).unwrap_err().to_string(),
            "pseudo-version \"v1.0.0-0.20060102150405-hash\" invalid: version before v1.0.0 would have negative patch number"
        );
        assert!(is_zero(&zero("v2")));
    }
}
