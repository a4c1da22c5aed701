//! What Go says for an operating system error.
//!
//! Rust prints `No such file or directory (os error 2)`, Go prints `no such file or directory`, and people match on it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The text Go prints for `err`, without the operation and the path.
pub fn go_text(err: &io::Error) -> String {
    let text = err.to_string();
    if err.raw_os_error().is_none() {
        return text;
    }
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        // Only an ordinary capitalised word is lowered: "RFS specific error" keeps its capitals.
        (Some(first), Some(second))
            if first.is_ascii_uppercase() && second.is_ascii_lowercase() =>
        {
            format!("{}{}", first.to_ascii_lowercase(), &text[1..])
        }
        _ => text.to_owned(),
    }
}

/// An error of an operation on a path, displayed as Go's `fs.PathError` is: `open /x: permission denied`.
#[derive(Debug)]
pub struct PathError {
    /// The operation: `open`, `read`, `stat`, `mkdir`, ...
    pub op: &'static str,
    /// The path as the person knows it.
    pub path: PathBuf,
    /// What the system said.
    pub err: io::Error,
}

impl PathError {
    /// The failure of `op` on `path`.
    pub fn new(op: &'static str, path: &Path, err: io::Error) -> Self {
        Self {
            op,
            path: path.to_owned(),
            err,
        }
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}: {}",
            self.op,
            self.path.display(),
            go_text(&self.err)
        )
    }
}

impl std::error::Error for PathError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.err)
    }
}

/// A failure that can be told again: operating system errors are kept by number, others by kind and text.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    Os(i32),
    /// Rare, and so outside: every path that was asked for has room for a failure.
    Said(Box<(io::ErrorKind, String)>),
}

impl Failure {
    pub(crate) fn of(err: &io::Error) -> Self {
        match err.raw_os_error() {
            Some(code) => Self::Os(code),
            None => Self::Said(Box::new((err.kind(), err.to_string()))),
        }
    }

    pub(crate) fn error(&self) -> io::Error {
        match self {
            Self::Os(code) => io::Error::from_raw_os_error(*code),
            Self::Said(said) => io::Error::new(said.0, said.1.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_go_s() {
        assert_eq!(
            go_text(&io::Error::from_raw_os_error(2)),
            "no such file or directory"
        );
        assert_eq!(
            go_text(&io::Error::from_raw_os_error(13)),
            "permission denied"
        );
        assert_eq!(
            go_text(&io::Error::from_raw_os_error(5)),
            "input/output error"
        );
        assert_eq!(go_text(&io::Error::other("Deleted")), "Deleted");
        let err = PathError::new("open", Path::new("/a b"), io::Error::from_raw_os_error(21));
        assert_eq!(err.to_string(), "open /a b: is a directory");
    }
}
