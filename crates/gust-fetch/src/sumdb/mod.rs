//! The checksum database: what the whole world downloaded under a module version.
//!
//! The database is a transparent log: the server signs a tree head, and every answer is checked
//! to be in the tree, and every tree to be a continuation of the last one seen, so a server can
//! not tell one person something else than the others without leaving the proof of it.
//! Tiles and answers are kept under `GOMODCACHE/cache/download/sumdb`, the last tree head seen
//! under `GOPATH/pkg/sumdb/<name>/latest`, both in the form and under the locks of the go command.

mod client;
mod dial;
pub mod note;
pub mod tlog;

pub(crate) use client::Client;
pub(crate) use dial::{Database, dial};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(crate) fn unbase64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}
