//! What lines mean, and how paths are written in them.

use super::tree::LineId;
use crate::module::{self, ModuleVersion};
use crate::unicode;

/// The module line.
#[derive(Clone, Debug)]
pub struct Module {
    /// The module path.
    pub path: String,
    /// The text behind `Deprecated:` in its comments; empty if there is none.
    pub deprecated: String,
    /// The line.
    pub line: LineId,
}

/// The go line.
#[derive(Clone, Debug)]
pub struct Go {
    /// Such as `1.23.0`.
    pub version: String,
    /// The line.
    pub line: LineId,
}

/// The toolchain line.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// Such as `go1.23.0` or `default`.
    pub name: String,
    /// The line.
    pub line: LineId,
}

/// A setting of GODEBUG.
#[derive(Clone, Debug)]
pub struct Godebug {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
    /// The line.
    pub line: LineId,
}

/// A requirement.
#[derive(Clone, Debug)]
pub struct Require {
    /// The module, at least at this version.
    pub module: ModuleVersion,
    /// Whether the line says `// indirect`.
    pub indirect: bool,
    /// The line.
    pub line: LineId,
}

/// A version that must not be used.
#[derive(Clone, Debug)]
pub struct Exclude {
    /// The version of the module.
    pub module: ModuleVersion,
    /// The line.
    pub line: LineId,
}

/// A replacement.
#[derive(Clone, Debug)]
pub struct Replace {
    /// What is replaced; every version, if it has none.
    pub old: ModuleVersion,
    /// By what; a directory, if it has no version.
    pub new: ModuleVersion,
    /// The line.
    pub line: LineId,
}

/// Versions from low to high, both included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Interval {
    /// The lowest.
    pub low: String,
    /// The highest.
    pub high: String,
}

/// Versions of this module that should not be used.
#[derive(Clone, Debug)]
pub struct Retract {
    /// Which.
    pub interval: Interval,
    /// Why: the comments.
    pub rationale: String,
    /// The line.
    pub line: LineId,
}

/// A package that is a tool of this module.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its import path.
    pub path: String,
    /// The line.
    pub line: LineId,
}

/// A directory in which no packages are looked for.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// Relative to the module, or `./` and relative to it.
    pub path: String,
    /// The line.
    pub line: LineId,
}

/// Is this a directory rather than a module path: rooted, or beginning with `.` or `..`, on whatever system?
pub fn is_directory_path(path: &str) -> bool {
    let drive = matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    matches!(path, "." | "..")
        || ["./", ".\\", "../", "..\\", "/", "\\"]
            .iter()
            .any(|start| path.starts_with(start))
        || drive
}

/// Must this be quoted to be one word of a line?
pub fn must_quote(text: &str) -> bool {
    let breaks = |c: char| match gust_bytes::seen(c) {
        ' ' | '"' | '\'' | '`' => true,
        '(' | ')' | '[' | ']' | '{' | '}' | ',' => text.len() > 1,
        _ if c.is_ascii() => c.is_ascii_control(),
        c => !unicode::is_graphic(c) || c.is_whitespace(),
    };
    text.is_empty() || text.contains("//") || text.contains("/*") || text.chars().any(breaks)
}

/// The text, quoted if it must be.
pub fn auto_quote(text: &str) -> String {
    if must_quote(text) {
        module::quote(text)
    } else {
        text.to_owned()
    }
}

/// The value of a quoted string.
pub(crate) fn unquote(text: &str) -> Option<String> {
    crate::literal::unquote(text)
}
