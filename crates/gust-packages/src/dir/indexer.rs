//! Finding the index of a directory: in memory, in the store, or by reading its files.

use super::facts::DirIndex;
use super::{persist, read};
use gust_fs::store::Store;
use gust_fs::{PathMap, View};
use rayon::prelude::*;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Finds indexes of directories, each once. Shared by all threads of a command.
pub struct Indexer {
    view: Arc<View>,
    /// Directories below it never change.
    module_cache: Option<PathBuf>,
    store: Option<Store>,
    found: PathMap<Slot>,
}

/// Not a value but a place for it, so that a directory is read outside the map's lock, and once.
type Slot = Arc<OnceLock<Result<Found, Box<ReadError>>>>;

struct Found {
    index: Arc<DirIndex>,
    /// The store has it too.
    stored: bool,
}

/// A directory that cannot be read, in a form that can be handed out more than once.
struct ReadError {
    code: Option<i32>,
    kind: io::ErrorKind,
    text: String,
}

impl ReadError {
    fn to_io(&self) -> io::Error {
        match self.code {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::new(self.kind, self.text.clone()),
        }
    }
}

impl From<io::Error> for ReadError {
    fn from(e: io::Error) -> ReadError {
        ReadError {
            code: e.raw_os_error(),
            kind: e.kind(),
            text: e.to_string(),
        }
    }
}

impl Indexer {
    /// `state_dir` (GOCACHE/gust) holds the persisted indexes; without it nothing is kept. `module_cache` is GOMODCACHE.
    pub fn new(view: Arc<View>, state_dir: Option<&Path>, module_cache: Option<&Path>) -> Indexer {
        Indexer {
            view,
            module_cache: module_cache.map(Path::to_path_buf),
            store: state_dir.map(|dir| Store::open(&dir.join("dirs"))),
            found: PathMap::new(),
        }
    }

    /// The door to the disk that it reads through.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The directory's index. `dir` is absolute and clean.
    pub fn index(&self, dir: &Path) -> io::Result<Arc<DirIndex>> {
        let slot = self.found.get_or_insert_with(dir, Slot::default);
        match slot.get_or_init(|| self.find(dir).map_err(|e| Box::new(ReadError::from(e)))) {
            Ok(found) => Ok(found.index.clone()),
            Err(e) => Err(e.to_io()),
        }
    }

    /// Lets go of a directory's index after its one great use, if the store can give it again: most are not asked for twice, and
    /// all of them together are a good part of a command's memory.
    pub fn release(&self, dir: &Path) {
        self.found.remove_if(dir, |slot| {
            let found = slot.get().and_then(|found| found.as_ref().ok());
            found.is_some_and(|found| found.stored)
        });
    }

    /// The indexes of many directories, in parallel, in the order asked.
    pub fn index_all<P: AsRef<Path> + Sync>(&self, dirs: &[P]) -> Vec<io::Result<Arc<DirIndex>>> {
        dirs.par_iter()
            .with_min_len(16)
            .map(|dir| self.index(dir.as_ref()))
            .collect()
    }

    fn find(&self, dir: &Path) -> io::Result<Found> {
        let immutable = self.is_immutable(dir);
        let store = self
            .store
            .as_ref()
            .filter(|_| self.view.overlay().touches(dir).is_none());
        let key = dir.as_os_str().as_encoded_bytes();
        if let Some(index) =
            store.and_then(|s| persist::decode(&self.view, dir, s.get(key)?, immutable))
        {
            return Ok(Found {
                index: Arc::new(index),
                stored: true,
            });
        }
        let (mut index, seal) = read::read_dir(&self.view, dir)?;
        let plain = index.settled;
        index.settled &= immutable || seal.is_settled();
        if let Some(store) = store
            && seal.is_firm(&self.view, immutable)
            && let Some(bytes) = persist::encode(&index, plain, &seal, immutable)
        {
            store.put(key.to_vec(), bytes);
        }
        Ok(Found {
            index: Arc::new(index),
            stored: false,
        })
    }

    fn is_immutable(&self, dir: &Path) -> bool {
        self.module_cache.as_ref().is_some_and(|cache| {
            dir.strip_prefix(cache)
                .is_ok_and(|rest| !rest.starts_with("cache") && rest.components().next().is_some())
        })
    }

    /// Keeps what was read for the next command. Failing to is no error: the next command reads again.
    pub fn save(&self) {
        if let Some(store) = &self.store {
            let _ = store.flush();
        }
    }
}
