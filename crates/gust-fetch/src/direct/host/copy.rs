//! What Mercurial, Bazaar, Fossil and Subversion have in common: a copy of the whole repository, brought up to date at most once a command.
//!
//! What the copy knows of a name is taken for the truth, unless the name moves (a branch, the tip): then the copy is brought up to date first. Only
//! when it does not know a name is the server asked.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use gust_fs::temp::TempPath;

use super::programs::Job;
use super::{Programs, Revision, Shelf, check_place};
use crate::disk;
use crate::error::FetchError;
use crate::info::Origin;
use crate::vcs::System;

/// A repository's copy.
pub(super) struct Copy {
    pub(super) url: String,
    pub(super) programs: Arc<Programs>,
    pub(super) shelf: Shelf,
    system: System,
    pulled: OnceLock<Result<(), FetchError>>,
}

impl Copy {
    /// The copy of what is at `url`. `begin` makes it where `mark` is not in its directory.
    pub(super) fn open(
        system: System,
        url: &str,
        programs: &Arc<Programs>,
        mark: &str,
        begin: impl FnOnce(&Copy) -> Result<(), FetchError>,
    ) -> Result<Copy, FetchError> {
        let copy = Copy::unmade(system, url, programs)?;
        let lock = copy.shelf.lock()?;
        if !copy.shelf.has(mark) {
            begin(&copy).inspect_err(|_| copy.shelf.clear())?;
        }
        drop(lock);
        Ok(copy)
    }

    /// The place of a copy, for a system that needs none.
    pub(super) fn unmade(
        system: System,
        url: &str,
        programs: &Arc<Programs>,
    ) -> Result<Copy, FetchError> {
        let name = system.command();
        if !url.contains("://") {
            return Err(FetchError::message(format!(
                "invalid vcs remote: {name} {url}"
            )));
        }
        Ok(Copy {
            url: url.to_owned(),
            programs: Arc::clone(programs),
            shelf: Shelf::of(&format!("vcs1.{name}"), url, programs)?,
            system,
            pulled: OnceLock::new(),
        })
    }

    /// Runs the system's command in the copy, whose lock must be held.
    pub(super) fn run_locked(&self, words: &[&str]) -> Result<Vec<u8>, FetchError> {
        self.programs.run(&Job {
            program: self.system.command(),
            words,
            dir: self.shelf.dir(),
            env: &[],
        })
    }

    /// Runs the system's command in the copy.
    pub(super) fn run(&self, words: &[&str]) -> Result<Vec<u8>, FetchError> {
        let _lock = self.shelf.lock()?;
        self.run_locked(words)
    }

    pub(super) fn text(&self, words: &[&str]) -> Result<String, FetchError> {
        let out = self.run(words)?;
        Ok(gust_bytes::text(&out).into_owned())
    }

    /// Brings the copy up to date, once.
    pub(super) fn pull(&self, words: &[&str]) -> Result<(), FetchError> {
        self.pulled
            .get_or_init(|| self.run(words).map(drop))
            .clone()
    }

    /// Whether the copy was brought up to date by this command.
    pub(super) fn is_pulled(&self) -> bool {
        self.pulled.get().is_some()
    }

    /// A revision as the copy knows it, or after a pull.
    pub(super) fn look(
        &self,
        moves: bool,
        pull: &[&str],
        local: impl Fn() -> Result<Revision, FetchError>,
    ) -> Result<Revision, FetchError> {
        if !moves && let Ok(revision) = local() {
            return Ok(revision);
        }
        if !pull.is_empty() {
            self.pull(pull)?;
        }
        let mut revision = local()?;
        if moves {
            revision.asked.clone_from(&revision.id);
        }
        Ok(revision)
    }

    pub(super) fn origin(&self) -> Origin {
        Origin {
            vcs: self.system.command().to_owned(),
            url: self.url.clone(),
            ..Origin::default()
        }
    }

    /// What a revision found by `rev` rests on.
    pub(super) fn origin_of(&self, rev: &str, id: &str, hash: &str) -> Origin {
        let is_id = rev.len() >= 12 && id.starts_with(rev);
        Origin {
            hash: hash.to_owned(),
            reference: if is_id { String::new() } else { rev.to_owned() },
            ..self.origin()
        }
    }

    pub(super) fn unknown(&self, rev: &str) -> FetchError {
        FetchError::UnknownRevision {
            rev: rev.to_owned(),
        }
        .resting_on(self.origin())
    }

    pub(super) fn unsupported(&self, what: &'static str) -> FetchError {
        super::unsupported(self.system, what)
    }

    /// An answer of the system's command that nobody can read.
    pub(super) fn unread(&self, command: &str, answer: &str) -> FetchError {
        let (name, answer) = (self.system.command(), crate::names::quote(answer));
        FetchError::message(format!(
            "unexpected response from {name} {command}: {answer}"
        ))
    }

    /// A file beside the copy that a command may write an archive to.
    pub(super) fn archive_file(&self) -> (TempPath, PathBuf) {
        let suffix = format!(".{}.zip", disk::unique() % 1_000_000_000);
        let path = disk::with_suffix(self.shelf.dir(), &suffix);
        (TempPath::new(path.clone()), path)
    }

    pub(super) fn check_place(&self, old: &Origin, subdir: &str) -> Result<(), FetchError> {
        let now = Origin {
            subdir: subdir.to_owned(),
            ..self.origin()
        };
        check_place(old, &now)
    }

    /// Whether an answer still holds, where the system cannot be asked for that.
    pub(super) fn cannot_reuse(&self, old: &Origin, subdir: &str) -> Result<(), FetchError> {
        self.check_place(old, subdir)?;
        if old.reference.is_empty() && old.repo_sum.is_empty() && !old.hash.is_empty() {
            return Err(FetchError::message("looking up hash: no lookupRef"));
        }
        Err(self.unsupported("CheckReuse"))
    }
}

pub(super) fn read(path: &std::path::Path) -> Result<Vec<u8>, FetchError> {
    disk::contents(path).map_err(|err| FetchError::io("open", path, err))
}
