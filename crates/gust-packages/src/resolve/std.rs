//! The standard library, the distribution's commands, and what both have vendored.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gust_fs::View;

use crate::dir::Indexer;
use crate::model::Str;
use crate::paths::{has_path_prefix, is_standard_path};
use crate::resolve::fips::FipsSnapshot;

/// GOROOT/src.
#[derive(Clone)]
pub(crate) struct Std {
    pub(crate) goroot: Arc<Path>,
    pub(crate) src: PathBuf,
    fips: Option<Arc<FipsSnapshot>>,
    view: Arc<View>,
    indexer: Arc<Indexer>,
}

impl Std {
    pub(crate) fn new(
        goroot: &Path,
        fips: Option<Arc<FipsSnapshot>>,
        view: Arc<View>,
        indexer: Arc<Indexer>,
    ) -> Std {
        Std {
            goroot: Arc::from(goroot),
            src: goroot.join("src"),
            fips,
            view,
            indexer,
        }
    }

    /// The directory of a package of the distribution: one of GOROOT/src with Go files.
    pub(crate) fn dir_of(&self, path: &str) -> Option<Arc<Path>> {
        let snapshot = self.fips.as_ref().and_then(|fips| fips.place(path));
        let dir = snapshot.unwrap_or_else(|| self.src.join(path));
        if !self.view.is_dir(&dir) {
            return None;
        }
        let index = self.indexer.index(&dir).ok()?;
        index.has_go_files.then(|| index.dir.clone())
    }

    /// Is the directory one of the snapshot that stands in for a part of GOROOT/src?
    pub(crate) fn in_snapshot(&self, dir: &Path) -> bool {
        let snapshot = self.fips.as_ref();
        snapshot.is_some_and(|fips| dir.starts_with(&fips.dir))
    }

    /// The canonical path of an import in the distribution: vendored packages in full.
    /// `None`: it means itself.
    pub(crate) fn vendored(&self, importer: &str, path: &str) -> Option<Str> {
        if is_standard_path(path) {
            return None;
        }
        let vendor = if has_path_prefix(importer, "cmd") {
            "cmd/vendor/"
        } else {
            "vendor/"
        };
        let full = format!("{vendor}{path}");
        self.view
            .exists(&self.src.join(&full))
            .then(|| Str::from(full))
    }
}
