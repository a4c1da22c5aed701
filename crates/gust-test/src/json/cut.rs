//! Bytes to lines, through a buffer of fixed size.

use memchr::{memchr, memchr2, memchr3};

use super::marks::ESCAPE;

/// ^V, which a test binary puts before a framing line.
pub(super) const MARKER: u8 = 0x16;

/// What a [`Cutter`] gives on.
pub(super) enum Piece<'a> {
    /// A whole line, its newline included; without one where a [`MARKER`] cut it short.
    Line(&'a [u8]),
    /// A piece of a line that did not fit or that is worth showing before it ends, or what follows such a piece.
    Part(&'a [u8]),
}

/// Cuts a stream into lines. Where a long line is broken depends on the buffer's size and on nothing else that the reader of
/// the events can see, so the sizes are part of the format: see [`Cutter::new`].
pub(super) struct Cutter {
    buffer: Box<[u8]>,
    filled: usize,
    /// The next bytes continue a line of which a part was given on.
    within: bool,
    /// A marker after [`ESCAPE`] is none.
    escapes: bool,
    /// The byte that was looked at last was an [`ESCAPE`].
    escaped: bool,
}

impl Cutter {
    /// A cutter that holds back at most `size` bytes. go's test2json has 4096 on its way in and 1024 on its way out.
    pub(super) fn new(size: usize, escapes: bool) -> Cutter {
        Cutter {
            buffer: vec![0; size].into_boxed_slice(),
            filled: 0,
            within: false,
            escapes,
            escaped: false,
        }
    }

    /// Takes bytes in; gives on what is complete.
    pub(super) fn feed(&mut self, mut bytes: &[u8], mut give: impl FnMut(Piece<'_>)) {
        while !bytes.is_empty() {
            let taken = bytes.len().min(self.buffer.len() - self.filled);
            let (now, later) = bytes.split_at(taken);
            self.buffer[self.filled..self.filled + taken].copy_from_slice(now);
            self.filled += taken;
            bytes = later;
            let given = self.give_lines(&mut give);
            self.buffer.copy_within(given..self.filled, 0);
            self.filled -= given;
        }
    }

    /// Gives on what is held back.
    pub(super) fn flush(&mut self, mut give: impl FnMut(Piece<'_>)) {
        if self.filled > 0 {
            give(Piece::Part(&self.buffer[..self.filled]));
            self.filled = 0;
        }
    }

    /// Gives on every line of the buffer, and the start of the last one when the buffer is full of it. How many bytes that was.
    fn give_lines(&mut self, give: &mut impl FnMut(Piece<'_>)) -> usize {
        let held = &self.buffer[..self.filled];
        let mut start = 0;
        let escaped = &mut self.escaped;
        let mut length_of = |bytes| match self.escapes {
            true => line_length_with_escapes(bytes, escaped),
            false => line_length(bytes),
        };
        while let Some(length) = length_of(&held[start..]) {
            let line = &held[start..start + length];
            give(match std::mem::take(&mut self.within) {
                true => Piece::Part(line),
                false => Piece::Line(line),
            });
            start += length;
        }
        let rest = &held[start..];
        let part = match benchmark_name(rest) {
            Some(length) if !self.within => length,
            _ if start == 0 && rest.len() == self.buffer.len() => whole_characters(rest),
            _ => 0,
        };
        if part > 0 {
            give(Piece::Part(&rest[..part]));
            self.within = true;
        }
        start + part
    }
}

/// The length of the first line, if it has ended: after a newline, or before a marker.
fn line_length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [] => None,
        [b'\n', ..] => Some(1),
        [_, rest @ ..] => {
            let end = memchr2(b'\n', MARKER, rest)? + 1;
            Some(if bytes[end] == b'\n' { end + 1 } else { end })
        }
    }
}

/// As [`line_length`]. What is left of the buffer is looked at again when there is more of it, and an escape at its end then
/// hides the first byte; the tool does so too.
fn line_length_with_escapes(bytes: &[u8], escaped: &mut bool) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        if *escaped && bytes[at] != b'\n' {
            *escaped = false;
            at += 1;
            continue;
        }
        at += memchr3(b'\n', MARKER, ESCAPE, &bytes[at..])?;
        match bytes[at] {
            b'\n' => return Some(at + 1),
            MARKER if at > 0 => return Some(at),
            byte => *escaped = byte == ESCAPE,
        }
        at += 1;
    }
    None
}

/// `BenchmarkX   \t`: a benchmark is named before it runs, and its figures follow on the same line, much later. The length of
/// the name and its tab.
fn benchmark_name(bytes: &[u8]) -> Option<usize> {
    let after = bytes.strip_prefix(b"Benchmark")?;
    let tab = memchr(b'\t', bytes)?;
    // Spaces before the tab are no lower case, so an empty name needs no care.
    let lower = after
        .utf8_chunks()
        .next()
        .and_then(|chunk| chunk.valid().chars().next())
        .is_some_and(char::is_lowercase);
    (!lower).then_some(tab + 1)
}

/// The length without a character at the end that is not there in full.
fn whole_characters(bytes: &[u8]) -> usize {
    let tail = bytes.iter().rev().take(3);
    for (at, byte) in tail.enumerate() {
        let needed = match byte {
            0x80..=0xbf => continue,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf7 => 4,
            _ => 1,
        };
        return match at + 1 < needed {
            true => bytes.len() - at - 1,
            false => bytes.len(),
        };
    }
    bytes.len()
}
