//! Which repository a directory belongs to.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gust_fs::View;

use super::System;

/// A working copy on this disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The directory that holds the system's own folder or file.
    pub root: PathBuf,
    /// Which system keeps it.
    pub system: System,
}

/// Why no repository could be named for a directory.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RepositoryError {
    /// No directory from here to the root is kept by a known system.
    #[error("directory {} is not using a known version control system", quoted(.0))]
    None(PathBuf),
    /// Two systems claim it: taking either one could run the other's hooks and filters.
    #[error("multiple VCS detected: {} in {}, and {} in {}", .inner.system.command(), quoted(&.inner.root), .outer.system.command(), quoted(&.outer.root))]
    Multiple {
        /// The nearer one.
        inner: Repository,
        /// The one further up.
        outer: Repository,
    },
}

fn quoted(path: &Path) -> String {
    format!("{:?}", path.to_string_lossy())
}

/// Finds repositories. Each directory is looked at once, however many packages lie in and below it.
pub struct Repositories {
    view: Arc<View>,
    allow_multiple: bool,
    /// The working copies that begin at a directory and above it, the nearest first.
    above: Mutex<HashMap<PathBuf, Arc<[Repository]>>>,
}

impl Repositories {
    /// Unless `allow_multiple` (GODEBUG `allowmultiplevcs=1`), a second system above the first is an error.
    #[must_use]
    pub fn new(view: Arc<View>, allow_multiple: bool) -> Repositories {
        Repositories {
            view,
            allow_multiple,
            above: Mutex::default(),
        }
    }

    /// The repository that `dir` (absolute) belongs to: the nearest. Git inside Git is fine, as submodules are.
    ///
    /// # Errors
    /// [`RepositoryError`] where there is none, or more than one.
    pub fn of(&self, dir: &Path) -> Result<Repository, RepositoryError> {
        let above = self.above(dir);
        let [nearest, others @ ..] = &*above else {
            return Err(RepositoryError::None(dir.to_path_buf()));
        };
        let nested =
            |other: &&Repository| nearest.system != System::Git || other.system != System::Git;
        match others.iter().find(nested) {
            Some(other) if !self.allow_multiple => Err(RepositoryError::Multiple {
                inner: nearest.clone(),
                outer: other.clone(),
            }),
            _ => Ok(nearest.clone()),
        }
    }

    fn above(&self, dir: &Path) -> Arc<[Repository]> {
        let known = |dir: &Path| {
            let above = self.above.lock().unwrap_or_else(PoisonError::into_inner);
            above.get(dir).cloned()
        };
        if let Some(found) = known(dir) {
            return found;
        }
        let parents = match dir.parent() {
            Some(parent) => self.above(parent),
            None => Arc::default(),
        };
        let mut found: Vec<Repository> = System::ALL
            .into_iter()
            .filter(|system| self.is_root(dir, *system))
            .map(|system| Repository {
                root: dir.to_path_buf(),
                system,
            })
            .collect();
        let found: Arc<[Repository]> = match found.is_empty() {
            true => parents,
            false => {
                found.extend_from_slice(&parents);
                found.into()
            }
        };
        let mut above = self.above.lock().unwrap_or_else(PoisonError::into_inner);
        above.insert(dir.to_path_buf(), Arc::clone(&found));
        found
    }

    fn is_root(&self, dir: &Path, system: System) -> bool {
        system.marks().iter().any(|(name, kind)| {
            let found = self.view.kind(&dir.join(name));
            found.is_ok_and(|found| found.is_dir() == kind.is_dir())
        })
    }
}
