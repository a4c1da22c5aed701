//! What can go wrong with a cache. A damaged or absent entry is not among it: that is a miss.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use gust_fs::errtext::go_text;

use crate::id::{ActionId, OutputId};

/// Why the cache cannot be opened or written. The text is go's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// The directory cannot be made or is none.
    #[error("failed to initialize build cache at {}: {op} {}: {}", dir.display(), path.display(), go_text(err))]
    Open {
        /// The cache's directory.
        dir: PathBuf,
        /// The operation that failed.
        op: &'static str,
        /// The path on which it failed.
        path: PathBuf,
        /// What the system said.
        err: io::Error,
    },
    /// Something in it cannot be written, or what is to be put cannot be read.
    #[error("{op} {}: {}", path.display(), go_text(err))]
    Write {
        /// The operation that failed.
        op: &'static str,
        /// The path on which it failed.
        path: PathBuf,
        /// What the system said.
        err: io::Error,
    },
    /// What was to be put changed while it was read.
    #[error("file content changed underfoot")]
    Changed,
    /// A file stands where the directory of an executable should be.
    #[error("internal error: invalid binary cache entry: not a directory")]
    NotExecutableEntry {
        /// The path.
        path: PathBuf,
    },
    /// `GODEBUG=gocacheverify=1`: the same action came to another output.
    #[error("{0}")]
    Verify(Box<Mismatch>),
}

/// Two outputs of one action.
#[derive(Debug)]
pub struct Mismatch {
    /// The action.
    pub id: ActionId,
    /// What was hashed into its ID.
    pub description: String,
    /// What the cache has, and its size.
    pub old: (OutputId, u64),
    /// What was to be put, and its size.
    pub new: (OutputId, u64),
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id,
            description,
            old,
            new,
        } = self;
        write!(
            f,
            "go: internal cache error: cache verify failed: id={id} changed:<<<\n{description}\n>>>\n"
        )?;
        write!(f, "old: {} {}\nnew: {} {}", old.0, old.1, new.0, new.1)
    }
}

impl CacheError {
    pub(crate) fn write(op: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |err| Self::Write {
            op,
            path: path.to_owned(),
            err,
        }
    }
}
