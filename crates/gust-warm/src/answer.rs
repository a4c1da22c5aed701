//! What a command wrote, and how it ended.

use serde::{Deserialize, Serialize};

/// Where a command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// What was written, in the order in which it was, and the exit code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The exit code.
    pub code: u8,
    /// Everything that was written, one stream after the other as it came.
    pub bytes: Vec<u8>,
    /// Which stream got how many of the bytes.
    pub parts: Vec<(Stream, usize)>,
}

/// Longer answers are given anew each time.
pub const LONGEST: usize = 32 << 20;

impl Answer {
    /// Adds what was written next. Of an answer that is too long no more is kept than that it is.
    pub fn push(&mut self, stream: Stream, bytes: &[u8]) {
        if self.is_too_long() || bytes.is_empty() {
            return;
        }
        self.bytes.extend_from_slice(bytes);
        match self.parts.last_mut() {
            Some((last, length)) if *last == stream => *length += bytes.len(),
            _ => self.parts.push((stream, bytes.len())),
        }
    }

    /// It is longer than what is kept.
    pub fn is_too_long(&self) -> bool {
        self.bytes.len() > LONGEST
    }

    /// What each stream got, in order.
    pub fn pieces(&self) -> impl Iterator<Item = (Stream, &[u8])> {
        pieces(&self.parts, &self.bytes)
    }
}

/// The bytes, cut as the parts say.
pub(crate) fn pieces<'a>(
    parts: &'a [(Stream, usize)],
    bytes: &'a [u8],
) -> impl Iterator<Item = (Stream, &'a [u8])> {
    let mut at = 0_usize;
    parts.iter().filter_map(move |&(stream, length)| {
        let piece = bytes.get(at..at.checked_add(length)?)?;
        at += length;
        Some((stream, piece))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_to_one_stream_in_a_row_is_one_piece() {
        let mut answer = Answer::default();
        for (stream, text) in [
            (Stream::Output, "a"),
            (Stream::Output, "b"),
            (Stream::Error, ""),
            (Stream::Error, "c"),
            (Stream::Output, "d"),
        ] {
            answer.push(stream, text.as_bytes());
        }
        let pieces: Vec<_> = answer.pieces().collect();
        assert_eq!(
            pieces,
            [
                (Stream::Output, b"ab".as_slice()),
                (Stream::Error, b"c"),
                (Stream::Output, b"d"),
            ]
        );
    }

    #[test]
    fn nothing_is_added_to_what_is_too_long() {
        let mut answer = Answer::default();
        answer.push(Stream::Output, &vec![b'x'; LONGEST + 1]);
        answer.push(Stream::Output, b"y");
        assert!(answer.is_too_long());
        assert_eq!(answer.bytes.len(), LONGEST + 1);
    }
}
