//! The checksum database: what the whole world downloaded under a module version.
//!
//! The database is a transparent log: the server signs a tree head, and every answer is checked
//! to be in the tree, and every tree to be a continuation of the last one seen, so a server can
//! not tell one person something else than the others without leaving the proof of it.
//! Tiles and answers are kept under `GOMODCACHE/cache/download/sumdb`, the last tree head seen
//! under `GOPATH/pkg/sumdb/<name>/latest`, both in the form and under the locks of the go command.

//!
//! | module | what it is |
//! |---|---|
//! | `client` | from a module version to its lines, proved |
//! | `timeline` | the one line of signed trees |
//! | `proof` | hashes of a tree, proved by its tiles |
//! | `answers` | tiles and records: the cache, the server |
//! | [`note`], [`tlog`] | signed notes; the hashes, tiles and records of the log |
//! | `dial` | from GOSUMDB to a client |

mod answers;
mod client;
mod dial;
pub mod note;
mod proof;
mod timeline;
pub mod tlog;

pub(crate) use client::Client;
pub(crate) use dial::{Database, dial};

use crate::error::FetchError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(crate) fn unbase64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Tiles that do not fit the tree, or each other.
fn inconsistent() -> FetchError {
    FetchError::message("downloaded inconsistent tile")
}

#[cfg(test)]
mod tests {
    use super::note::{self, Signer, Verifier};
    use super::tlog;

    /// Texts, and what golang.org/x/mod says of each.
    #[derive(serde::Deserialize)]
    struct Vectors {
        keys: Vec<Judged>,
        notes: Vec<Judged>,
        trees: Vec<Judged>,
        records: Vec<Judged>,
        signer: String,
        text: String,
        signed: String,
    }

    #[derive(serde::Deserialize)]
    struct Judged {
        text: String,
        #[serde(default)]
        error: String,
    }

    #[track_caller]
    fn judge(all: &[Judged], ask: impl Fn(&str) -> Result<(), String>) {
        assert!(all.iter().any(|j| j.error.is_empty()) && all.iter().any(|j| !j.error.is_empty()));
        for Judged { text, error } in all {
            assert_eq!(ask(text).err().unwrap_or_default(), *error, "{text:?}");
        }
    }

    #[test]
    fn keys_notes_trees_and_records_are_judged_as_go_does() {
        let vectors: Vectors = serde_json::from_str(include_str!("vectors/notes.json")).unwrap();
        let known = Verifier::parse(&vectors.keys[0].text).unwrap();
        judge(&vectors.keys, |key| {
            Verifier::parse(key)
                .map(drop)
                .map_err(|err| err.to_string())
        });
        judge(&vectors.notes, |text| {
            let opened = note::open(text.as_bytes(), &known);
            opened.map(drop).map_err(|err| err.to_string())
        });
        judge(&vectors.trees, |text| {
            let tree = tlog::Tree::parse(text).map(drop);
            tree.ok_or_else(|| "malformed tree note".to_owned())
        });
        judge(&vectors.records, |text| {
            let record = tlog::parse_record(text.as_bytes()).map(drop);
            record.ok_or_else(|| "malformed record data".to_owned())
        });
        let signer = Signer::parse(&vectors.signer).unwrap();
        let signed = signer.sign(&vectors.text);
        assert_eq!(String::from_utf8(signed).unwrap(), vectors.signed);
        assert_eq!(signer.verifier_key(), vectors.keys[0].text);
    }
}
