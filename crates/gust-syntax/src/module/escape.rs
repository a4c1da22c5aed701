//! Paths and versions as they stand in URLs of proxies and in the module cache: each capital as `!` and its small letter,
//! since neither may be trusted to tell the two apart.

use super::check::{PathKind, check_element, quote};
use super::{PathError, VersionError, check_path};

/// A path or version that cannot be escaped or unescaped. `Display` is go's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EscapeError {
    /// Not a module path.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Not a version that could be a file's name.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// Not the escaped form of anything.
    #[error("invalid escaped {what} {}{}", quote(text), reason.as_deref().map(|r| format!(": {r}")).unwrap_or_default())]
    Escaped {
        /// `module path` or `version`.
        what: &'static str,
        /// The text.
        text: String,
        /// What is wrong with what it stands for.
        reason: Option<String>,
    },
}

/// The escaped form of a module path.
pub fn path(path: &str) -> Result<String, EscapeError> {
    check_path(path)?;
    Ok(escape(path))
}

/// The escaped form of a version, which need not be semver but must do as a file's name.
pub fn version(version: &str) -> Result<String, EscapeError> {
    if version.contains('!')
        || !version.is_ascii()
        || check_element(version, PathKind::File).is_err()
    {
        return Err(VersionError::new(version, "disallowed version string").into());
    }
    Ok(escape(version))
}

/// The module path of an escaped form.
pub fn unescape_path(escaped: &str) -> Result<String, EscapeError> {
    let error = |reason| EscapeError::Escaped {
        what: "module path",
        text: escaped.into(),
        reason,
    };
    let path = unescape(escaped).ok_or_else(|| error(None))?;
    check_path(&path).map_err(|err| error(Some(err.to_string())))?;
    Ok(path)
}

/// The version of an escaped form.
pub fn unescape_version(escaped: &str) -> Result<String, EscapeError> {
    let error = |reason| EscapeError::Escaped {
        what: "version",
        text: escaped.into(),
        reason,
    };
    let version = unescape(escaped).ok_or_else(|| error(None))?;
    check_element(&version, PathKind::File).map_err(|reason| error(Some(reason)))?;
    Ok(version)
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        if c.is_ascii_uppercase() {
            out.push('!');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

fn unescape(escaped: &str) -> Option<String> {
    let mut out = String::with_capacity(escaped.len());
    let mut chars = escaped.chars();
    while let Some(c) = chars.next() {
        match c {
            '!' => out.push(
                chars
                    .next()
                    .filter(char::is_ascii_lowercase)?
                    .to_ascii_uppercase(),
            ),
            _ if !c.is_ascii() || c.is_ascii_uppercase() => return None,
            _ => out.push(c),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_and_back() {
        let path = "github.com/GoogleCloudPlatform/cloudsql-proxy";
        let escaped = super::path(path).unwrap();
        assert_eq!(escaped, "github.com/!google!cloud!platform/cloudsql-proxy");
        assert_eq!(super::unescape_path(&escaped).unwrap(), path);
        assert_eq!(super::version("v1.0.0-RC1").unwrap(), "v1.0.0-!r!c1");
        assert!(super::unescape_path("github.com/A/b").is_err());
        assert!(super::version("a/b").is_err());
    }
}
