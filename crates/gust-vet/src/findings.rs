//! What the tool says of a unit, on its way to whoever asked.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Hears what the tool says: what it printed over each unit of which findings are wanted.
pub trait Findings: Send + Sync {
    /// Takes what it printed; empty when there is nothing to say.
    ///
    /// # Errors
    /// Why the unit counts as failed after all.
    fn take(&self, printed: &[u8]) -> Result<(), String>;

    /// Takes a zip of the unit's files as they are when what was found is mended; names are paths.
    fn mended(&self, _zip: Vec<u8>) {}
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Finding {
    /// Where: `file:line:column`.
    pub posn: String,
    /// Up to where.
    #[serde(default)]
    pub end: String,
    /// What.
    pub message: String,
}

/// What one analyzer has to say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Said {
    Findings(Vec<Finding>),
    Failed { error: String },
}

/// A place in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position<'a> {
    /// The file.
    pub file: &'a str,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

impl<'a> Position<'a> {
    /// Reads `file:line:column`.
    pub fn read(text: &'a str) -> Option<Position<'a>> {
        let (rest, column) = text.rsplit_once(':')?;
        let (file, line) = rest.rsplit_once(':')?;
        Some(Position {
            file,
            line: line.parse().ok()?,
            column: column.parse().ok()?,
        })
    }
}

/// The findings of what the tool printed with `-json`: by unit, then by analyzer.
///
/// # Errors
/// It is not of that shape, or an analyzer failed: then its own words.
pub fn read(printed: &[u8]) -> Result<Vec<Finding>, String> {
    if printed.is_empty() {
        return Ok(Vec::new());
    }
    let units: BTreeMap<String, BTreeMap<String, Said>> =
        serde_json::from_slice(printed).map_err(|error| format!("parsing JSON: {error}"))?;
    let mut found = Vec::new();
    for said in units.into_values().flat_map(BTreeMap::into_values) {
        match said {
            Said::Findings(list) => found.extend(list),
            Said::Failed { error } => return Err(error),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_and_failures_are_told_apart() {
        let found =
            read(br#"{"p":{"printf":[{"posn":"/x.go:5:24","end":"/x.go:5:26","message":"m"}]}}"#);
        let found = found.unwrap();
        let position = Position::read(&found[0].posn).unwrap();
        assert_eq!(
            (position.file, position.line, position.column),
            ("/x.go", 5, 24)
        );
        assert_eq!(
            read(br#"{"p":{"a":{"error":"broken"}}}"#),
            Err("broken".to_owned())
        );
        assert_eq!(read(b"{}"), Ok(Vec::new()));
        assert!(read(b"[").is_err());
        assert_eq!(Position::read("-"), None);
    }
}
