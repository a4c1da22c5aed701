//! The major version at the end of a module path (`/v2`, `.v2` at gopkg.in), and the versions that go with it.

use super::{CheckError, VersionError, check_path};
use crate::semver;

/// Splits `example.com/m/v2` into `example.com/m` and `/v2`; the second part is empty for major versions 0 and 1.
/// Nothing if the last element looks like a major version and may not be one, as in `example.com/m/v1`.
pub fn split_path_version(path: &str) -> Option<(&str, &str)> {
    if path.starts_with("gopkg.in/") {
        return split_gopkg_in(path);
    }
    let head = path.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    if head.len() == path.len() || !head.ends_with("/v") {
        return Some((path, ""));
    }
    let (prefix, major) = path.split_at(head.len() - 2);
    let number = &major[2..];
    if number.contains('.') || number.starts_with('0') || number == "1" {
        return None;
    }
    Some((prefix, major))
}

fn split_gopkg_in(path: &str) -> Option<(&str, &str)> {
    let stable = path.strip_suffix("-unstable").unwrap_or(path);
    let head = stable.trim_end_matches(|c: char| c.is_ascii_digit());
    if !head.ends_with(".v") {
        return None;
    }
    let (prefix, major) = path.split_at(head.len() - 2);
    let well_formed = major.len() > 2 && (!major[2..].starts_with('0') || major == ".v0");
    well_formed.then_some((prefix, major))
}

/// Does the version go with the end of the path, as split off by [`split_path_version`]?
pub fn match_path_major(version: &str, path_major: &str) -> bool {
    check_path_major(version, path_major).is_ok()
}

/// Does the version go with the end of the path? go's text if not.
pub fn check_path_major(version: &str, path_major: &str) -> Result<(), VersionError> {
    let path_major = stable(path_major);
    // gopkg.in once made such pseudo-versions for v1.
    if version.starts_with("v0.0.0-") && path_major == ".v1" {
        return Ok(());
    }
    let major = semver::major(version);
    let wanted = match path_major.strip_prefix(['/', '.']) {
        None if path_major.is_empty() => {
            if major == "v0" || major == "v1" || semver::build(version) == "+incompatible" {
                return Ok(());
            }
            "v0 or v1"
        }
        None => path_major,
        Some(wanted) if wanted == major => return Ok(()),
        Some(wanted) => wanted,
    };
    Err(VersionError::new(
        version,
        format!("should be {wanted}, not {major}"),
    ))
}

fn stable(path_major: &str) -> &str {
    if path_major.starts_with(".v") {
        path_major.strip_suffix("-unstable").unwrap_or(path_major)
    } else {
        path_major
    }
}

/// What tags of the module begin with: `v2`; empty when both v0 and v1 do.
pub fn path_major_prefix(path_major: &str) -> &str {
    stable(path_major).get(1..).unwrap_or("")
}

/// The full form of a version, with `+incompatible` kept; empty if it is none.
pub fn canonical_version(version: &str) -> String {
    let mut canonical = semver::canonical(version);
    if semver::build(version) == "+incompatible" {
        canonical.push_str("+incompatible");
    }
    canonical
}

/// Are path and version both fit to be fetched, and do they go together?
pub fn check(path: &str, version: &str) -> Result<(), CheckError> {
    check_path(path)?;
    let of_module = |err| CheckError::Version {
        path: path.into(),
        err,
    };
    if !semver::is_valid(version) {
        return Err(of_module(VersionError::new(
            version,
            "not a semantic version",
        )));
    }
    let path_major = split_path_version(path).map_or("", |(_, major)| major);
    check_path_major(version, path_major).map_err(of_module)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits() {
        for (path, want) in [
            ("x.y/z", Some(("x.y/z", ""))),
            ("x.y/z/v2", Some(("x.y/z", "/v2"))),
            ("x.y/z/v1", None),
            ("x.y/z/v2.3", None),
            ("x.y/v", Some(("x.y/v", ""))),
            ("gopkg.in/yaml.v2", Some(("gopkg.in/yaml", ".v2"))),
            (
                "gopkg.in/yaml.v2-unstable",
                Some(("gopkg.in/yaml", ".v2-unstable")),
            ),
            ("gopkg.in/yaml", None),
            ("gopkg.in/yaml.v0", Some(("gopkg.in/yaml", ".v0"))),
            ("gopkg.in/yaml.v01", None),
        ] {
            assert_eq!(split_path_version(path), want, "{path}");
        }
    }

    #[test]
    fn fits() {
        assert!(match_path_major("v1.2.3", "") && match_path_major("v2.0.0+incompatible", ""));
        assert!(match_path_major("v2.0.0", "/v2") && !match_path_major("v1.0.0", "/v2"));
        assert!(match_path_major(
            "v0.0.0-20161208181325-20d25e280405",
            ".v1"
        ));
        assert_eq!(
            check_path_major("v2.0.0", "").unwrap_err().to_string(),
            "version \"v2.0.0\" invalid: should be v0 or v1, not v2"
        );
        assert_eq!(
            check("x.y/z", "v2.0.0").unwrap_err().to_string(),
            "x.y/z@v2.0.0: invalid version: should be v0 or v1, not v2"
        );
    }
}
