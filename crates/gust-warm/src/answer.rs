//! What a command wrote, and how it ended.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where a command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// A program that a command starts when it has done everything else: what it does, and how it ends, is its own matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Starts {
    /// Its file, and its arguments.
    pub words: Vec<String>,
    /// What comes first on its PATH. Otherwise its environment is that of whoever asks.
    pub first_on_path: Option<PathBuf>,
    /// The name of the tool that it is, if it is one: its end is told in another way.
    pub tool: Option<String>,
}

/// What was written, in the order in which it was, and the exit code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The exit code.
    pub code: u8,
    /// The program that takes over from here, if one does.
    pub starts: Option<Starts>,
    /// What each stream got. Long answers are many parts: nothing is moved when more comes.
    parts: Vec<(Stream, Vec<u8>)>,
    length: usize,
}

/// Longer answers are given anew each time.
pub const LONGEST: usize = 32 << 20;
/// As long as this a part may grow.
const PART: usize = 64 << 10;

impl Answer {
    /// Adds what was written next. Of an answer that is too long no more is kept than that it is.
    pub fn push(&mut self, stream: Stream, bytes: &[u8]) {
        if self.is_too_long() || bytes.is_empty() {
            return;
        }
        self.length += bytes.len();
        match self.parts.last_mut() {
            Some((last, part)) if *last == stream && part.len() + bytes.len() <= PART => {
                part.extend_from_slice(bytes);
            }
            _ => self.parts.push((stream, bytes.to_vec())),
        }
    }

    /// It is longer than what is kept.
    pub fn is_too_long(&self) -> bool {
        self.length > LONGEST
    }

    /// What each stream got, in order; one stream may come several times in a row.
    pub fn parts(&self) -> impl Iterator<Item = (Stream, &[u8])> {
        self.parts.iter().map(|(stream, part)| (*stream, &**part))
    }

    /// How much each stream got, in turns.
    pub fn turns(&self) -> Vec<(Stream, usize)> {
        let mut turns: Vec<(Stream, usize)> = Vec::new();
        for (stream, part) in self.parts() {
            match turns.last_mut() {
                Some((last, length)) if *last == stream => *length += part.len(),
                _ => turns.push((stream, part.len())),
            }
        }
        turns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_take_turns() {
        let mut answer = Answer::default();
        let long = vec![b'x'; PART];
        for (stream, text) in [
            (Stream::Output, b"a".as_slice()),
            (Stream::Output, b"b"),
            (Stream::Output, &long),
            (Stream::Error, b""),
            (Stream::Error, b"c"),
            (Stream::Output, b"d"),
        ] {
            answer.push(stream, text);
        }
        let turns = [
            (Stream::Output, PART + 2),
            (Stream::Error, 1),
            (Stream::Output, 1),
        ];
        assert_eq!(answer.turns(), turns);
        let all: Vec<u8> = answer.parts().flat_map(|(_, part)| part.to_vec()).collect();
        assert_eq!(all, [b"ab", &*long, b"cd"].concat());
    }

    #[test]
    fn nothing_is_added_to_what_is_too_long() {
        let mut answer = Answer::default();
        answer.push(Stream::Output, &vec![b'x'; LONGEST + 1]);
        answer.push(Stream::Output, b"y");
        assert!(answer.is_too_long());
        assert_eq!(answer.turns(), [(Stream::Output, LONGEST + 1)]);
    }
}
