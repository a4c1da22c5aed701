//! Character classes as Go's `unicode` package defines them.
//!
//! Rust's own predicates follow derived properties (`Alphabetic` and the like), Go's follow
//! general categories, so identifiers and import paths need these.

use unicode_general_category::{GeneralCategory as G, get_general_category};

/// Reports whether `c` is a letter: category L.
pub fn is_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    matches!(
        get_general_category(c),
        G::UppercaseLetter
            | G::LowercaseLetter
            | G::TitlecaseLetter
            | G::ModifierLetter
            | G::OtherLetter
    )
}

/// Reports whether `c` is a decimal digit: category Nd.
pub fn is_digit(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_digit();
    }
    get_general_category(c) == G::DecimalNumber
}

/// Reports whether `c` is an upper case letter: category Lu.
pub fn is_upper(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_uppercase();
    }
    get_general_category(c) == G::UppercaseLetter
}

/// Reports whether `c` is punctuation: category P.
pub fn is_punct(c: char) -> bool {
    matches!(
        get_general_category(c),
        G::ConnectorPunctuation
            | G::DashPunctuation
            | G::OpenPunctuation
            | G::ClosePunctuation
            | G::InitialPunctuation
            | G::FinalPunctuation
            | G::OtherPunctuation
    )
}

/// Reports whether `c` is graphic: letters, marks, numbers, punctuation, symbols and spaces.
pub fn is_graphic(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    !matches!(
        get_general_category(c),
        G::Control
            | G::Format
            | G::Surrogate
            | G::PrivateUse
            | G::Unassigned
            | G::LineSeparator
            | G::ParagraphSeparator
    )
}

/// Removes white space, Unicode's included, from both ends of text that need not be valid UTF-8.
pub fn trim_space(mut text: &[u8]) -> &[u8] {
    while let Some((size, true)) = first_is_space(text) {
        text = &text[size..];
    }
    while let Some((size, true)) = last_is_space(text) {
        text = &text[..text.len() - size];
    }
    text
}

fn first_is_space(text: &[u8]) -> Option<(usize, bool)> {
    let first = *text.first()?;
    if first < 0x80 {
        return Some((1, is_ascii_space(first)));
    }
    let head = &text[..text.len().min(4)];
    let c = first_char(head)?;
    Some((c.len_utf8(), c.is_whitespace()))
}

fn last_is_space(text: &[u8]) -> Option<(usize, bool)> {
    let last = *text.last()?;
    if last < 0x80 {
        return Some((1, is_ascii_space(last)));
    }
    (2..=4.min(text.len())).find_map(|n| {
        let s = std::str::from_utf8(&text[text.len() - n..]).ok()?;
        let c = s.chars().next()?;
        (c.len_utf8() == n).then(|| (n, c.is_whitespace()))
    })
}

fn is_ascii_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

/// Decodes the first character of `text`; `None` when empty or not UTF-8.
pub fn first_char(text: &[u8]) -> Option<char> {
    let first = *text.first()?;
    let n = match first {
        0..0x80 => return Some(first as char),
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    std::str::from_utf8(text.get(..n)?).ok()?.chars().next()
}
