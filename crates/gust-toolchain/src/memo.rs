//! What was learned by running a program, kept under the program file's signature: between runs in GOCACHE/gust, within a run in
//! memory.

use gust_fs::store::Store;
use std::path::Path;

/// Answers of programs, by program and question.
pub struct Memo {
    store: Store,
}

impl Memo {
    /// A memo that is not kept.
    pub fn in_memory() -> Memo {
        Memo {
            store: Store::memory(),
        }
    }

    /// The memo of a state directory (GOCACHE/gust).
    pub fn open(state_dir: &Path) -> Memo {
        Memo {
            store: Store::open(&state_dir.join("tools")),
        }
    }

    /// The answer to the question, if it is known.
    pub fn get(&self, key: &[u8]) -> Option<&[u8]> {
        self.store.get(key)
    }

    /// Remembers an answer.
    pub fn put(&self, key: Vec<u8>, answer: Vec<u8>) {
        self.store.put(key, answer);
    }

    /// Writes what is new to the disk. Nothing is lost but time when that fails.
    pub fn flush(&self) {
        let _ = self.store.flush();
    }
}

/// A key from its parts.
pub fn key(parts: &[&str]) -> Vec<u8> {
    parts.join("\0").into_bytes()
}
