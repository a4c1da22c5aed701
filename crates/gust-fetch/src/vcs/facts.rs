//! What was learned of a history and cannot change any more, kept between commands in GOCACHE/gust.
//!
//! A commit's time, the version that a commit has given these tags: such facts have digests for keys, so that a changed
//! repository asks for other keys. Whoever damages or removes the store costs the next command a few processes.

use std::path::Path;

use gust_fs::store::Store;

/// The store may take this many bytes; a fact takes about a hundred.
const CAP: u64 = 8 << 20;

/// Facts about histories, by digests.
#[derive(Debug)]
pub struct Facts {
    store: Store,
}

impl Facts {
    /// The facts of a state directory (GOCACHE/gust); none are kept where there is no such directory.
    #[must_use]
    pub fn open(state_dir: Option<&Path>) -> Facts {
        Facts {
            store: match state_dir {
                Some(dir) => Store::open_with_cap(&dir.join("vcs"), CAP),
                None => Store::memory(),
            },
        }
    }

    /// The fact of `key`.
    pub(super) fn get(&self, key: &[u8]) -> Option<String> {
        String::from_utf8(self.store.get(key)?.to_vec()).ok()
    }

    pub(super) fn put(&self, key: Vec<u8>, fact: &str) {
        self.store.put(key, fact.as_bytes().to_vec());
    }

    /// Writes what is new. Nothing is lost but time when that fails.
    pub fn flush(&self) {
        let _ = self.store.flush();
    }
}

/// A key: the fact's kind and what it follows from.
pub(super) fn key(kind: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut key = kind.as_bytes().to_vec();
    for part in parts {
        key.push(0);
        key.extend_from_slice(part);
    }
    key
}
