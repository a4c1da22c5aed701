//! `//go:embed` comments anywhere in a file.

use super::lines::{LineComment, LineText, Lines, line_comment};
use super::{Embed, Pos};
use crate::embed::directive_patterns;

/// Finds the patterns of every `//go:embed` comment. Skips strings, characters and other comments; malformed directives are
/// left for the compiler to report.
pub(super) fn find(src: &[u8], files: &mut Vec<Box<str>>) -> Vec<Embed> {
    let mut scan = Scan {
        src,
        lines: Lines::new(src),
        said: Vec::new(),
        files,
        out: Vec::new(),
    };
    if memchr::memmem::find(src, b"//go:embed").is_none() {
        return Vec::new();
    }
    let mut at = 0;
    while let Some(n) = src[at..]
        .iter()
        .position(|b| matches!(b, b'"' | b'\'' | b'`' | b'/'))
    {
        at = scan.skip(at + n);
    }
    scan.out
}

struct Scan<'a, 'b> {
    src: &'a [u8],
    lines: Lines<'a>,
    said: Vec<LineComment>,
    files: &'b mut Vec<Box<str>>,
    out: Vec<Embed>,
}

impl Scan<'_, '_> {
    /// Skips what starts at `at` with a quote or a slash.
    fn skip(&mut self, at: usize) -> usize {
        let rest = &self.src[at..];
        match (rest[0], rest.get(1)) {
            (b'`', _) => memchr::memchr(b'`', &rest[1..]).map_or(self.src.len(), |n| at + n + 2),
            (b'/', Some(b'/')) => {
                let end = memchr::memchr(b'\n', rest).map_or(self.src.len(), |n| at + n);
                let mut text = &self.src[at..end];
                if text.ends_with(b"\r") {
                    text = &text[..text.len() - 1];
                }
                self.comment(at, text, (end + 1).min(self.src.len()));
                end
            }
            (b'/', Some(b'*')) => match memchr::memmem::find(&rest[2..], b"*/") {
                Some(n) => {
                    let end = at + 2 + n + 2;
                    self.comment(at, &self.src[at..end], end);
                    end
                }
                None => self.src.len(),
            },
            (b'/', _) => at + 1,
            (quote, _) => self.skip_quoted(at + 1, quote),
        }
    }

    fn skip_quoted(&self, mut at: usize, quote: u8) -> usize {
        while let Some(&b) = self.src.get(at) {
            at += 1;
            match b {
                b'\n' => return at,
                b'\\' if self.src.get(at).is_some_and(|&b| b != b'\n') => at += 1,
                _ if b == quote => return at,
                _ => {}
            }
        }
        at
    }

    fn comment(&mut self, at: usize, text: &[u8], next: usize) {
        if text.starts_with(b"//go:embed") {
            return self.directive(at, text);
        }
        let at_line_start = at == 0 || self.src[at - 1] == b'\n';
        if text[2..].starts_with(b"line ")
            && (text[1] == b'*' || at_line_start)
            && let LineText::Good(comment) = line_comment(text, at, next, &self.said)
        {
            self.said.push(comment);
        }
    }

    fn directive(&mut self, at: usize, text: &[u8]) {
        let text: Vec<u8> = text.iter().copied().filter(|&b| b != b'\r').collect();
        let Ok(text) = std::str::from_utf8(&text) else {
            return;
        };
        for (offset, pattern) in directive_patterns(text).unwrap_or_default() {
            let pos: Pos = self.lines.pos(at + offset, &self.said, self.files);
            self.out.push(Embed {
                pattern: pattern.into(),
                pos,
            });
        }
    }
}
