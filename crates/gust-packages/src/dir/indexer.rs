//! Finding the index of a directory: in memory, in the store, or by reading its files.

use super::chooser::Chooser;
use super::facts::DirIndex;
use super::read;
use super::records::Records;
use super::select::Selected;
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
    records: Option<Arc<Records>>,
    found: PathMap<Slot>,
}

/// Not a value but a place for it, so that a directory is read outside the map's lock, and once.
type Slot = Arc<OnceLock<Result<Found, Box<ReadError>>>>;

struct Found {
    index: Arc<DirIndex>,
    /// Where its record is.
    kept: Kept,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// Nowhere: the directory may be changing.
    Nowhere,
    /// It was made by this command.
    Anew,
    /// It was there before.
    Before,
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
            records: state_dir.map(|dir| Arc::new(Records::open(view.clone(), dir))),
            view,
            module_cache: module_cache.map(Path::to_path_buf),
            found: PathMap::new(),
        }
    }

    /// The door to the disk that it reads through.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The directory's index. `dir` is absolute and clean.
    pub fn index(&self, dir: &Path) -> io::Result<Arc<DirIndex>> {
        self.found(dir, |found| found.index.clone())
    }

    fn found<T>(&self, dir: &Path, f: impl FnOnce(&Found) -> T) -> io::Result<T> {
        let slot = self.found.get_or_insert_with(dir, Slot::default);
        match slot.get_or_init(|| self.find(dir).map_err(|e| Box::new(ReadError::from(e)))) {
            Ok(found) => Ok(f(found)),
            Err(e) => Err(e.to_io()),
        }
    }

    /// What a build takes of the directory: as it was kept, or by a look at the files' facts. Files that are about to change are
    /// looked at each time, and so are directories with something wrong.
    pub fn select(&self, dir: &Path, chooser: &Chooser) -> io::Result<Selected> {
        let (index, kept) = self.found(dir, |found| (found.index.clone(), found.kept))?;
        let kept = kept != Kept::Nowhere && index.settled && !chooser.positions;
        let Some(records) = self.records.as_ref().filter(|_| kept) else {
            return Ok(chooser.select(&index));
        };
        if let Some(selected) = records.taken(dir, chooser.kind) {
            return Ok(selected);
        }
        let selected = chooser.select(&index);
        if selected.error.is_none() {
            records.take(dir, chooser.kind, &selected);
        }
        Ok(selected)
    }

    /// Lets go of a directory's index after its one great use, if the store can give it again: most are not asked for twice, and
    /// all of them together are a good part of a command's memory.
    pub fn release(&self, dir: &Path) {
        self.found.remove_if(dir, |slot| {
            let found = slot.get().and_then(|found| found.as_ref().ok());
            found.is_some_and(|found| found.kept == Kept::Before)
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
        let records = self
            .records
            .as_ref()
            .filter(|_| self.view.overlay().touches(dir).is_none());
        if let Some(index) = records.and_then(|records| records.index(dir, immutable)) {
            return Ok(Found {
                index: Arc::new(index),
                kept: Kept::Before,
            });
        }
        let (mut index, seal) = read::read_dir(&self.view, dir)?;
        let plain = index.settled;
        index.settled &= immutable || seal.is_settled();
        let kept = records.is_some_and(|records| records.put(&index, plain, &seal, immutable));
        Ok(Found {
            index: Arc::new(index),
            kept: if kept { Kept::Anew } else { Kept::Nowhere },
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
        if let Some(records) = &self.records {
            records.save();
        }
    }
}
