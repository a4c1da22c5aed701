//! Version control as the build sees it: which repository a directory belongs to, and what state it is in.
//!
//! The systems' own commands are asked, as go asks them: their configuration and quirks are the user's.
//! Everything that starts such a command goes through [`Command`], the one place for it.

mod command;
mod local_version;
mod status;

use std::path::{Path, PathBuf};

use gust_fs::{FileKind, View};

pub use command::{Command, CommandError};
pub use local_version::local_version;
pub use status::{Status, StatusError, status};

/// A version control system that go knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum System {
    /// Mercurial, `hg`.
    Mercurial,
    /// Git, `git`.
    Git,
    /// Subversion, `svn`.
    Subversion,
    /// Bazaar, `bzr`.
    Bazaar,
    /// Fossil, `fossil`.
    Fossil,
}

impl System {
    /// In the order in which a directory is searched for them.
    pub const ALL: [System; 5] = [
        System::Mercurial,
        System::Git,
        System::Subversion,
        System::Bazaar,
        System::Fossil,
    ];

    /// The command that speaks for the system; also what the build stamp calls it.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            System::Mercurial => "hg",
            System::Git => "git",
            System::Subversion => "svn",
            System::Bazaar => "bzr",
            System::Fossil => "fossil",
        }
    }

    /// The system's name as people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            System::Mercurial => "Mercurial",
            System::Git => "Git",
            System::Subversion => "Subversion",
            System::Bazaar => "Bazaar",
            System::Fossil => "Fossil",
        }
    }

    /// What marks the root of a working copy: a name, and whether it is a directory.
    fn marks(self) -> &'static [(&'static str, FileKind)] {
        match self {
            System::Mercurial => &[(".hg", FileKind::Dir)],
            System::Git => &[(".git", FileKind::Dir)],
            System::Subversion => &[(".svn", FileKind::Dir)],
            System::Bazaar => &[(".bzr", FileKind::Dir)],
            System::Fossil => &[(".fslckout", FileKind::File), ("_FOSSIL_", FileKind::File)],
        }
    }
}

/// A working copy on this disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The directory that holds the system's own folder or file.
    pub root: PathBuf,
    /// Which system keeps it.
    pub system: System,
}

/// Why no repository could be named for a directory.
#[derive(Debug, thiserror::Error)]
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

/// Finds the repository that `dir` (absolute) belongs to.
///
/// Unless `allow_multiple` (GODEBUG `allowmultiplevcs=1`), the search goes on to the root, and a second
/// system above the first is an error; Git inside Git is fine, as submodules are.
///
/// # Errors
/// [`RepositoryError`] where there is none, or more than one.
pub fn repository_of(
    view: &View,
    dir: &Path,
    allow_multiple: bool,
) -> Result<Repository, RepositoryError> {
    let mut found: Option<Repository> = None;
    for parent in dir.ancestors() {
        for system in System::ALL {
            if !is_root(view, parent, system) {
                continue;
            }
            let here = Repository {
                root: parent.to_path_buf(),
                system,
            };
            match &found {
                None if allow_multiple => return Ok(here),
                None => found = Some(here),
                Some(first) if first.system == System::Git && system == System::Git => {}
                Some(first) => {
                    return Err(RepositoryError::Multiple {
                        inner: first.clone(),
                        outer: here,
                    });
                }
            }
        }
    }
    found.ok_or_else(|| RepositoryError::None(dir.to_path_buf()))
}

fn is_root(view: &View, dir: &Path, system: System) -> bool {
    system.marks().iter().any(|(name, kind)| {
        view.stat(&dir.join(name))
            .is_ok_and(|meta| (meta.kind == FileKind::Dir) == (*kind == FileKind::Dir))
    })
}
