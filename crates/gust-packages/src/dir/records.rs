//! The store of directories' records, as indexes and the indexer share it.

use super::facts::{DirIndex, Facts};
use super::persist::{self, BuildKind, Seal};
use super::read;
use super::select::Selected;
use gust_fs::View;
use gust_fs::store::Store;
use std::path::Path;
use std::sync::Arc;

/// The records of directories, by their paths.
#[derive(Debug)]
pub(super) struct Records {
    view: Arc<View>,
    store: Store,
}

fn key(dir: &Path) -> &[u8] {
    dir.as_os_str().as_encoded_bytes()
}

impl Records {
    /// Those of a directory of gust's state (GOCACHE/gust).
    pub(super) fn open(view: Arc<View>, state_dir: &Path) -> Records {
        Records {
            view,
            store: Store::open(&state_dir.join("dirs")),
        }
    }

    /// The index of a directory whose record still holds. Its facts are read when they are asked for.
    pub(super) fn index(self: &Arc<Self>, dir: &Path, immutable: bool) -> Option<DirIndex> {
        let record = self.store.get(key(dir))?;
        let index = persist::check(&self.view, dir, record, immutable)?;
        Some(index.with_records(self))
    }

    /// The facts of a directory whose record was found to hold.
    pub(super) fn facts(&self, dir: &Path) -> Facts {
        let record = self.store.get(key(dir));
        record.and_then(persist::facts).unwrap_or_else(|| {
            let read = read::read_dir(&self.view, dir);
            read.map_or_else(|_| Facts::default(), |(index, _)| index.into_facts())
        })
    }

    /// Keeps an index that was read. False: it cannot be kept.
    pub(super) fn put(&self, index: &DirIndex, plain: bool, seal: &Seal, immutable: bool) -> bool {
        if index.go_files_problem.is_some() || !seal.is_firm(&self.view, immutable) {
            return false;
        }
        let bytes = persist::encode(index, plain, seal, immutable);
        let kept = bytes.is_some();
        if let Some(bytes) = bytes {
            self.store.put(key(&index.dir).to_vec(), bytes);
        }
        kept
    }

    /// What a build of this kind took of a directory whose record was found to hold.
    pub(super) fn taken(&self, dir: &Path, kind: BuildKind) -> Option<Selected> {
        let bytes = persist::taken(self.store.get(key(dir))?, kind)?;
        postcard::from_bytes(bytes).ok()
    }

    /// Keeps what a build of this kind took.
    pub(super) fn take(&self, dir: &Path, kind: BuildKind, selected: &Selected) {
        let new = postcard::to_allocvec(selected).ok();
        let record = self.store.get(key(dir)).zip(new);
        if let Some(record) = record.and_then(|(old, new)| persist::with_taken(old, kind, &new)) {
            self.store.put(key(dir).to_vec(), record);
        }
    }

    /// Writes what is new. Failing to is no error: the next command reads again.
    pub(super) fn save(&self) {
        let _ = self.store.flush();
    }
}
