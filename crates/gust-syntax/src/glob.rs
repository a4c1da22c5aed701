//! Shell-like patterns over slash-separated names, as Go's `path` package has them.
//!
//! `*` stands for any text and `?` for a character, neither for a slash; `[a-z]` and `[^a-z]` stand for one of a class,
//! `\c` for `c` itself. A pattern is compiled once: it is cut at its stars into segments, and each segment is looked
//! for as far to the left as it can be. Nothing is tried again further right, which is how Go matches, too.

use crate::unicode::first_char;

/// A pattern that cannot be read. `Display` is go's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("syntax error in pattern")]
pub struct BadPattern;

/// A pattern, compiled.
#[derive(Clone, Debug)]
pub struct Glob {
    segments: Vec<Segment>,
}

/// What stands between two stars.
#[derive(Clone, Debug, Default)]
struct Segment {
    /// A star stands before it: it may begin further to the right.
    floats: bool,
    steps: Vec<Step>,
}

/// What takes a part of a name.
#[derive(Clone, Debug)]
enum Step {
    /// Exactly this text.
    Text(String),
    /// Any character but a slash.
    Any,
    /// A character in one of the ranges, or in none of them.
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Glob {
    /// Compiles a pattern.
    pub fn new(pattern: &str) -> Result<Glob, BadPattern> {
        let mut segments: Vec<Segment> = Vec::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            if segments.is_empty() || (c == '*' && !is_open_star(&segments)) {
                segments.push(Segment::default());
            }
            let Some(segment) = segments.last_mut() else {
                break;
            };
            match c {
                '*' => segment.floats = true,
                '?' => segment.steps.push(Step::Any),
                '[' => segment.steps.push(class(&mut chars)?),
                '\\' => segment.text(chars.next().ok_or(BadPattern)?),
                c => segment.text(c),
            }
        }
        Ok(Glob { segments })
    }

    /// Reports whether the pattern matches all of `name`, which need not be UTF-8: a stray byte counts as a character.
    pub fn matches(&self, name: impl AsRef<[u8]>) -> bool {
        let mut rest = name.as_ref();
        for (n, segment) in self.segments.iter().enumerate() {
            match segment.find(rest, n + 1 == self.segments.len()) {
                Some(behind) => rest = behind,
                None => return false,
            }
        }
        rest.is_empty()
    }
}

/// Does the last segment consist of its star so far? Another star adds nothing to it.
fn is_open_star(segments: &[Segment]) -> bool {
    segments
        .last()
        .is_some_and(|segment| segment.floats && segment.steps.is_empty())
}

/// A class, whose bracket is behind us.
fn class(chars: &mut std::str::Chars<'_>) -> Result<Step, BadPattern> {
    let negated = chars.as_str().starts_with('^');
    if negated {
        chars.next();
    }
    let mut ranges = Vec::new();
    while ranges.is_empty() || !chars.as_str().starts_with(']') {
        let low = class_char(chars)?;
        let mut high = low;
        if chars.as_str().starts_with('-') {
            chars.next();
            high = class_char(chars)?;
        }
        ranges.push((low, high));
    }
    chars.next();
    Ok(Step::Class { negated, ranges })
}

fn class_char(chars: &mut std::str::Chars<'_>) -> Result<char, BadPattern> {
    match chars.next() {
        None | Some('-' | ']') => Err(BadPattern),
        Some('\\') => chars.next().ok_or(BadPattern),
        Some(c) => Ok(c),
    }
}

impl Segment {
    fn text(&mut self, c: char) {
        match self.steps.last_mut() {
            Some(Step::Text(text)) => text.push(c),
            _ => self.steps.push(Step::Text(c.into())),
        }
    }

    /// What is behind the leftmost place in `name` where the segment fits; the last one must reach the end.
    fn find<'n>(&self, name: &'n [u8], last: bool) -> Option<&'n [u8]> {
        let mut from = name;
        loop {
            if let Some(behind) = self.fit(from)
                && (behind.is_empty() || !last)
            {
                return Some(behind);
            }
            match from.split_first() {
                Some((b, further)) if self.floats && *b != b'/' => from = further,
                _ => return None,
            }
        }
    }

    /// What is behind the segment when `name` begins with it.
    fn fit<'n>(&self, name: &'n [u8]) -> Option<&'n [u8]> {
        self.steps.iter().try_fold(name, |rest, step| match step {
            Step::Text(text) => rest.strip_prefix(text.as_bytes()),
            Step::Any if rest.first() == Some(&b'/') => None,
            Step::Any => Some(split_char(rest)?.1),
            Step::Class { negated, ranges } => {
                let (c, behind) = split_char(rest)?;
                let listed = ranges.iter().any(|&(low, high)| low <= c && c <= high);
                (listed != *negated).then_some(behind)
            }
        })
    }
}

/// The first character, U+FFFD for a byte that begins none, and what follows.
fn split_char(text: &[u8]) -> Option<(char, &[u8])> {
    let (_, rest) = text.split_first()?;
    Some(match first_char(text) {
        Some(c) => (c, &text[c.len_utf8()..]),
        None => (char::REPLACEMENT_CHARACTER, rest),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_characters() {
        assert!(Glob::new("?").unwrap().matches(b"\xff"));
        assert!(Glob::new("a*").unwrap().matches(b"a\xff\xfe"));
        assert!(!Glob::new("??").unwrap().matches(b"\xff"));
        assert!(Glob::new("[^a]").unwrap().matches(b"\xff"));
    }
}
