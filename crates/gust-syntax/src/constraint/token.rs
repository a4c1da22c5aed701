//! The tokens of a `//go:build` expression, each with its place.

use super::error::{Problem, SyntaxError};
use super::expr::{Joint, is_tag_char};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Tag,
    Not,
    Join(Joint),
    Open,
    Close,
    End,
}

/// A token and the bytes of the text that it spans.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The first token at `from` or behind it; at the end of the text one without bytes.
pub(super) fn token_at(text: &str, from: usize) -> Result<Token, SyntaxError> {
    let bytes = text.as_bytes();
    let blank = |b: &&u8| matches!(b, b' ' | b'\t');
    let start = from + bytes[from..].iter().take_while(blank).count();
    let token = |kind, length| {
        Ok(Token {
            kind,
            start,
            end: start + length,
        })
    };
    match &bytes[start..] {
        [] => token(Kind::End, 0),
        [b'(', ..] => token(Kind::Open, 1),
        [b')', ..] => token(Kind::Close, 1),
        [b'!', ..] => token(Kind::Not, 1),
        [b'&', b'&', ..] => token(Kind::Join(Joint::And), 2),
        [b'|', b'|', ..] => token(Kind::Join(Joint::Or), 2),
        _ => match text[start..].split(|c| !is_tag_char(c)).next() {
            Some(tag) if !tag.is_empty() => token(Kind::Tag, tag.len()),
            _ => Err(SyntaxError {
                offset: start,
                problem: Problem::Character(text[start..].chars().next().unwrap_or_default()),
            }),
        },
    }
}
