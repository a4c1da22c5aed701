//! Finding the constraint lines among the comments at the start of a file.

use super::Constraint;
use crate::constraint::is_plus_build;
use crate::unicode::trim_space;

/// What the leading comments say about when to build the file.
pub(super) struct Found {
    pub constraint: Constraint,
    pub binary_only: bool,
}

/// Reads the header's lines. A `//go:build` line counts anywhere before the first text that is no comment; `// +build` lines
/// only before the last blank line in the leading run of `//` comments.
pub(super) fn find(header: &[u8]) -> Found {
    let mut scan = Scan::default();
    let mut at = 0;
    while at < header.len() {
        let end = memchr::memchr(b'\n', &header[at..]).map_or(header.len(), |n| at + n);
        let line = trim_space(&header[at..end]);
        at = (end + 1).min(header.len());
        if line.is_empty() && !scan.ended {
            scan.plus_end = at;
            continue;
        }
        if !scan.line(line) {
            break;
        }
    }
    let constraint = if scan.many {
        Constraint::Multiple
    } else if let Some(line) = scan.go_build {
        Constraint::GoBuild(gust_bytes::text(line).into())
    } else {
        plus_lines(&header[..scan.plus_end])
    };
    Found {
        constraint,
        binary_only: scan.binary_only,
    }
}

#[derive(Default)]
struct Scan<'a> {
    go_build: Option<&'a [u8]>,
    many: bool,
    binary_only: bool,
    /// Something other than `//` comments and blank lines was seen.
    ended: bool,
    in_block: bool,
    plus_end: usize,
}

impl<'a> Scan<'a> {
    /// Takes one trimmed line; false when it holds more than comments.
    fn line(&mut self, line: &'a [u8]) -> bool {
        if !line.starts_with(b"//") {
            self.ended = true;
        }
        if !self.in_block && is_go_build(line) {
            if self.go_build.is_some() {
                self.many = true;
                return false;
            }
            self.go_build = Some(line);
        }
        if !self.in_block && line == b"//go:binary-only-package" {
            self.binary_only = true;
        }
        self.only_comments(line)
    }

    fn only_comments(&mut self, mut line: &[u8]) -> bool {
        while !line.is_empty() {
            if self.in_block {
                let Some(n) = memchr::memmem::find(line, b"*/") else {
                    return true;
                };
                self.in_block = false;
                line = trim_space(&line[n + 2..]);
            } else if line.starts_with(b"//") {
                return true;
            } else if line.starts_with(b"/*") {
                self.in_block = true;
                line = trim_space(&line[2..]);
            } else {
                return false;
            }
        }
        true
    }
}

fn is_go_build(line: &[u8]) -> bool {
    match line.strip_prefix(b"//go:build") {
        Some(rest) => rest.is_empty() || trim_space(rest).len() < rest.len(),
        None => false,
    }
}

fn plus_lines(text: &[u8]) -> Constraint {
    if memchr::memmem::find(text, b"+build").is_none() {
        return Constraint::None;
    }
    let lines: Vec<Box<str>> = text
        .split(|&b| b == b'\n')
        .map(trim_space)
        .filter(|line| line.starts_with(b"//"))
        .map(gust_bytes::text)
        .filter(|line| is_plus_build(line))
        .map(Box::from)
        .collect();
    if lines.is_empty() {
        Constraint::None
    } else {
        Constraint::PlusBuild(lines)
    }
}
