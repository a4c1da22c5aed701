//! Text with holes.
//!
//! While an action is lowered, a hole is a mark within an ordinary string: a letter and a number between NUL bytes, which
//! neither arguments nor file names can hold. [`Text::parse`] takes such a string apart.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Text whose holes are filled when the plan is carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Piece>);

/// A part of a text. Numbers are places of actions in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Piece {
    /// As it is.
    Plain(String),
    /// The work directory.
    Work,
    /// The ID of an action, as build IDs write it.
    ActionId(usize),
    /// The hash of what an action made, as build IDs write it.
    ContentId(usize),
    /// The hash of the file that an action left, likewise.
    FileHash(usize),
    /// The seed of this action.
    Seed,
    /// How many threads a tool may use. The word is left out where that is one.
    Threads,
}

/// The work directory's name while actions are lowered: absolute, as the real one is.
pub(super) const WORK: &str = "/\u{0}w\u{0}";
/// The seed's.
pub(super) const SEED: &str = "\u{0}s\u{0}";

/// The mark for the ID of an action.
pub(super) fn action_id(at: usize) -> String {
    format!("\u{0}a{at}\u{0}")
}

/// The mark for the content of what an action made.
pub(super) fn content_id(at: usize) -> String {
    format!("\u{0}c{at}\u{0}")
}

/// The mark for the hash of the file that an action left.
pub(super) fn file_hash(at: usize) -> String {
    format!("\u{0}f{at}\u{0}")
}

impl Text {
    /// Takes a string with marks apart.
    pub fn parse(text: &str) -> Text {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        for (number, part) in text.split('\u{0}').enumerate() {
            if number % 2 == 0 {
                plain.push_str(part);
                continue;
            }
            let Some(piece) = piece(part) else {
                continue;
            };
            if piece == Piece::Work {
                // Its mark stands behind a slash.
                plain.pop();
            }
            if !plain.is_empty() {
                pieces.push(Piece::Plain(std::mem::take(&mut plain)));
            }
            pieces.push(piece);
        }
        if !plain.is_empty() {
            pieces.push(Piece::Plain(plain));
        }
        Text(pieces)
    }

    /// The text with its holes filled by `fill`; pieces that are plain are not asked for.
    ///
    /// # Errors
    /// That of `fill`.
    pub fn fill<E>(&self, mut fill: impl FnMut(&Piece) -> Result<String, E>) -> Result<String, E> {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Plain(plain) => text.push_str(plain),
                hole => text.push_str(&fill(hole)?),
            }
        }
        Ok(text)
    }
}

fn piece(mark: &str) -> Option<Piece> {
    let (kind, number) = mark.split_at_checked(1)?;
    let at = || number.parse().ok();
    Some(match kind {
        "w" => Piece::Work,
        "s" => Piece::Seed,
        "t" => Piece::Threads,
        "a" => Piece::ActionId(at()?),
        "c" => Piece::ContentId(at()?),
        "f" => Piece::FileHash(at()?),
        _ => return None,
    })
}

/// Most texts have no hole and are written as strings.
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [] => serializer.serialize_str(""),
            [Piece::Plain(plain)] => serializer.serialize_str(plain),
            pieces => serializer.collect_seq(pieces.iter().map(Written::of)),
        }
    }
}

/// A piece as it is written: plain ones are strings.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Plain(String),
    Hole(Hole),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Hole {
    Work(bool),
    ActionId(usize),
    ContentId(usize),
    FileHash(usize),
    Seed(bool),
    Threads(bool),
}

impl Written {
    fn of(piece: &Piece) -> Written {
        Written::Hole(match piece {
            Piece::Plain(plain) => return Written::Plain(plain.clone()),
            Piece::Work => Hole::Work(true),
            Piece::ActionId(at) => Hole::ActionId(*at),
            Piece::ContentId(at) => Hole::ContentId(*at),
            Piece::FileHash(at) => Hole::FileHash(*at),
            Piece::Seed => Hole::Seed(true),
            Piece::Threads => Hole::Threads(true),
        })
    }

    fn piece(self) -> Piece {
        match self {
            Written::Plain(plain) => Piece::Plain(plain),
            Written::Hole(Hole::Work(_)) => Piece::Work,
            Written::Hole(Hole::ActionId(at)) => Piece::ActionId(at),
            Written::Hole(Hole::ContentId(at)) => Piece::ContentId(at),
            Written::Hole(Hole::FileHash(at)) => Piece::FileHash(at),
            Written::Hole(Hole::Seed(_)) => Piece::Seed,
            Written::Hole(Hole::Threads(_)) => Piece::Threads,
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Plain(String),
            Pieces(Vec<Written>),
        }
        let pieces = match Form::deserialize(deserializer)? {
            Form::Plain(plain) if plain.is_empty() => Vec::new(),
            Form::Plain(plain) => vec![Piece::Plain(plain)],
            Form::Pieces(pieces) => pieces.into_iter().map(Written::piece).collect(),
        };
        let nul = |piece: &Piece| matches!(piece, Piece::Plain(plain) if plain.contains('\u{0}'));
        if pieces.iter().any(nul) {
            return Err(D::Error::custom("a NUL byte in a text"));
        }
        Ok(Text(pieces))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_found_and_filled() {
        let text = Text::parse(&format!("-o={WORK}/b001/x {}", action_id(7)));
        let expected = [
            Piece::Plain("-o=".to_owned()),
            Piece::Work,
            Piece::Plain("/b001/x ".to_owned()),
            Piece::ActionId(7),
        ];
        assert_eq!(text.0, expected);
        let filled = text.fill(|hole| match hole {
            Piece::Work => Ok::<_, ()>("/tmp/w".to_owned()),
            Piece::ActionId(7) => Ok("id".to_owned()),
            _ => Err(()),
        });
        assert_eq!(filled, Ok("-o=/tmp/w/b001/x id".to_owned()));
    }

    #[test]
    fn texts_come_back_from_json() {
        for text in [
            "",
            "plain $WORK ${x}",
            &format!("{WORK}/{SEED}{}", file_hash(2)),
        ] {
            let text = Text::parse(text);
            let json = serde_json::to_string(&text).unwrap();
            assert_eq!(serde_json::from_str::<Text>(&json).unwrap(), text, "{json}");
        }
    }
}
