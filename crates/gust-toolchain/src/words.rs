//! Lists in one string, as CC, GOFLAGS and the cgo flags hold them.

use thiserror::Error;

/// A list that cannot be taken apart.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("unterminated {0} string")]
pub struct SplitError(pub char);

/// Splits at spaces; a word in single or double quotes is taken as it stands.
pub fn split(text: &str) -> Result<Vec<String>, SplitError> {
    let space = [' ', '\t', '\n', '\r'];
    let mut words = Vec::new();
    let mut rest = text.trim_start_matches(space);
    while let Some(first) = rest.chars().next() {
        let (word, after) = if matches!(first, '"' | '\'') {
            rest[1..].split_once(first).ok_or(SplitError(first))?
        } else {
            rest.split_at(rest.find(space).unwrap_or(rest.len()))
        };
        words.push(word.to_owned());
        rest = after.trim_start_matches(space);
    }
    Ok(words)
}

/// Joins words so that [`split`] gives them back; a word with both kinds of quotes makes the plain join with spaces.
pub fn join<S: AsRef<str>>(words: &[S]) -> String {
    let quoted: Option<Vec<String>> = words.iter().map(|w| quote_word(w.as_ref())).collect();
    match quoted {
        Some(words) => words.join(" "),
        None => words
            .iter()
            .map(AsRef::as_ref)
            .collect::<Vec<_>>()
            .join(" "),
    }
}

fn quote_word(word: &str) -> Option<String> {
    let special = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\'' | '"');
    if !word.contains(special) {
        Some(word.to_owned())
    } else if !word.contains('\'') {
        Some(format!("'{word}'"))
    } else if !word.contains('"') {
        Some(format!("\"{word}\""))
    } else {
        None
    }
}
