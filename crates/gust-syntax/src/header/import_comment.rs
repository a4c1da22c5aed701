//! The comment behind a package clause that says by which path the package is to be imported.

use super::ImportComment;
use crate::literal::unquote;
use crate::unicode::{first_char, is_letter, trim_space};

/// Finds `package p // import "path"`.
pub(super) fn find(header: &[u8]) -> Option<ImportComment> {
    let (word, rest) = word(header)?;
    if word != b"package" {
        return None;
    }
    let (_, rest) = self::word(rest)?;
    let spaces = rest
        .iter()
        .position(|b| !matches!(b, b' ' | b'\t' | b'\r'))?;
    let rest = &rest[spaces..];
    let comment = if let Some(text) = rest.strip_prefix(b"//") {
        &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())]
    } else {
        let text = rest.strip_prefix(b"/*")?;
        let text = &text[..memchr::memmem::find(text, b"*/")?];
        if memchr::memchr(b'\n', text).is_some() {
            return None;
        }
        text
    };
    let (word, argument) = self::word(trim_space(comment))?;
    if word != b"import" {
        return None;
    }
    let path = std::str::from_utf8(trim_space(argument))
        .ok()
        .and_then(unquote);
    Some(path.map_or(ImportComment::Malformed, |p| ImportComment::Path(p.into())))
}

fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = skip_space_and_comments(text);
    let mut length = 0;
    while let Some(c) = first_char(&text[length..])
        && (is_letter(c) || c.is_ascii_digit() || c == '_')
    {
        length += c.len_utf8();
    }
    (length > 0).then(|| text.split_at(length))
}

fn skip_space_and_comments(mut text: &[u8]) -> &[u8] {
    loop {
        match text {
            [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] => text = rest,
            [b'/', b'/', rest @ ..] => match memchr::memchr(b'\n', rest) {
                Some(n) => text = &rest[n + 1..],
                None => return &[],
            },
            [b'/', b'*', rest @ ..] => match memchr::memmem::find(rest, b"*/") {
                Some(n) => text = &rest[n + 2..],
                None => return &[],
            },
            _ => return text,
        }
    }
}
