//! Stamping the state of the working copy: `vcs`, `vcs.revision`, `vcs.time`, `vcs.modified`, and the main module's version.
//!
//! It is stamped when the package lies in a main module, and that module, the package and the current directory
//! are all of one repository. With `-buildvcs=auto` anything else is passed over in silence; with `-buildvcs=true`
//! a repository that does not fit is an error.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use gust_fetch::vcs::{
    self, CommandError, Repository, RepositoryError, Status, StatusError, System,
};
use gust_fs::View;

use super::BuildInfo;

/// `-buildvcs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wish {
    /// Stamp where it can be done, but not tests.
    #[default]
    Auto,
    /// Stamp, and fail where it cannot be done.
    Always,
    /// Do not stamp.
    Never,
}

/// Why a working copy's state could not be stamped.
#[derive(Debug, thiserror::Error)]
#[error("error obtaining VCS status: {0}\n\tUse -buildvcs=false to disable VCS stamping.")]
pub struct StampError(#[from] Cause);

impl StampError {
    /// The system whose command is not installed, when that is why.
    #[must_use]
    pub fn missing_command(&self) -> Option<&'static str> {
        let Cause::Status(error) = &self.0 else {
            return None;
        };
        let StatusError::Command(CommandError::Start { program, .. }) = &**error else {
            return None;
        };
        System::ALL
            .into_iter()
            .find(|system| system.command() == *program)
            .map(System::name)
    }
}

/// What went wrong while stamping.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// Two systems claim a directory.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The system's command failed.
    #[error(transparent)]
    Status(#[from] Arc<StatusError>),
    /// A part of the build lies in another repository than the current directory.
    #[error("main {what} is in repository {:?} but current directory is in repository {:?}", theirs.to_string_lossy(), ours.to_string_lossy())]
    Elsewhere {
        /// `package` or `module`.
        what: &'static str,
        /// Its repository.
        theirs: PathBuf,
        /// The current directory's.
        ours: PathBuf,
    },
}

/// What is stamped of a package.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The package's directory.
    pub dir: &'a Path,
    /// Its module's path.
    pub module_path: &'a str,
    /// Its module's directory.
    pub module_dir: &'a Path,
    /// It exists for a test only.
    pub test_only: bool,
}

/// Stamps packages of one build; the repository is asked once, whatever the number of programs.
pub struct Stamper {
    /// How repositories are recognized.
    pub view: Arc<View>,
    /// How their commands are started.
    pub command: vcs::Command,
    /// `-buildvcs`.
    pub wish: Wish,
    /// Whether the command being run stamps at all by itself (`build`, `install`, `run`, `list`, not `test`).
    pub auto: bool,
    /// The current directory.
    pub cwd: PathBuf,
    /// GODEBUG `allowmultiplevcs=1`.
    pub allow_multiple: bool,
    /// Whether a command can be found on PATH.
    pub has_command: Box<dyn Fn(&str) -> bool + Send + Sync>,
    /// What was learnt already.
    pub known: Known,
}

/// The answers that do not change during a build.
#[derive(Default)]
pub struct Known {
    status: OnceLock<Result<Status, Arc<StatusError>>>,
}

impl Stamper {
    /// Adds the working copy's state to `info`, where it applies.
    ///
    /// # Errors
    /// [`StampError`] when it applies and cannot be told.
    pub fn stamp(&self, info: &mut BuildInfo, subject: Subject<'_>) -> Result<(), StampError> {
        let wanted = match self.wish {
            Wish::Always => true,
            Wish::Auto => self.auto && !subject.test_only,
            Wish::Never => false,
        };
        if !wanted {
            return Ok(());
        }
        let Some(repository) = self.repository_here()? else {
            return Ok(());
        };
        let overlaps = subject.module_dir.starts_with(&repository.root)
            || repository.root.starts_with(subject.module_dir);
        let missing = self.wish == Wish::Auto && !(self.has_command)(repository.system.command());
        if !overlaps || missing || !self.all_in(&repository, subject)? {
            return Ok(());
        }
        let status = self
            .known
            .status
            .get_or_init(|| vcs::status(&self.command, &repository).map_err(Arc::new));
        let status = status
            .as_ref()
            .map_err(|error| Cause::Status(Arc::clone(error)))?;
        record(info, &repository, status);
        if let Some(version) = vcs::local_version(
            &self.view,
            &self.command,
            &repository,
            subject.module_path,
            status,
        ) && let Some(main) = &mut info.main
        {
            main.version = version;
        }
        Ok(())
    }

    fn repository_here(&self) -> Result<Option<Repository>, StampError> {
        match vcs::repository_of(&self.view, &self.cwd, self.allow_multiple) {
            Ok(repository) => Ok(Some(repository)),
            Err(RepositoryError::None(_)) => Ok(None),
            Err(error) => Err(StampError(error.into())),
        }
    }

    /// Whether the package and its module lie in `repository` too.
    fn all_in(&self, repository: &Repository, subject: Subject<'_>) -> Result<bool, StampError> {
        for (what, dir) in [("package", subject.dir), ("module", subject.module_dir)] {
            let theirs = vcs::repository_of(&self.view, dir, self.allow_multiple)
                .map_err(Cause::from)?
                .root;
            if theirs == repository.root {
                continue;
            }
            if self.wish == Wish::Auto {
                return Ok(false);
            }
            return Err(StampError(Cause::Elsewhere {
                what,
                theirs,
                ours: repository.root.clone(),
            }));
        }
        Ok(true)
    }
}

fn record(info: &mut BuildInfo, repository: &Repository, status: &Status) {
    info.set("vcs", repository.system.command());
    if !status.revision.is_empty() {
        info.set("vcs.revision", &status.revision);
    }
    if let Some(time) = status.time {
        info.set("vcs.time", time.to_string());
    }
    info.set("vcs.modified", status.uncommitted.to_string());
}
