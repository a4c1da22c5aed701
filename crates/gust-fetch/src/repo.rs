//! One module as one place of the GOPROXY list has it.

use std::sync::Arc;

use crate::error::FetchError;
use crate::info::{Info, Origin as Rests, Versions};
use crate::origin::Origin;

/// A module as one place of the GOPROXY list has it. What it answers is remembered by the fetcher that gave it.
#[derive(Clone)]
pub struct Repo(pub(crate) Arc<dyn Origin>);

impl Repo {
    /// The tagged versions that begin with `prefix`.
    pub fn versions(&self, prefix: &str) -> Result<Versions, FetchError> {
        self.0.versions(prefix)
    }

    /// What a revision (a version, a branch, a commit) is.
    pub fn stat(&self, rev: &str) -> Result<Info, FetchError> {
        self.0.stat(rev)
    }

    /// The newest revision, for a module without versions.
    pub fn latest(&self) -> Result<Info, FetchError> {
        self.0.latest()
    }

    /// The go.mod file of a version.
    pub fn go_mod(&self, version: &str) -> Result<Arc<[u8]>, FetchError> {
        self.0.go_mod(version)
    }

    /// Whether what an earlier answer rested on is still so.
    ///
    /// # Errors
    /// Why not, or that nobody here can tell.
    pub fn check_reuse(&self, old: &Rests) -> Result<(), FetchError> {
        self.0.check_reuse(old)
    }
}
