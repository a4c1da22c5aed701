//! Stamping the state of the working copy: `vcs`, `vcs.revision`, `vcs.time`, `vcs.modified`, and the main module's version.
//!
//! It is stamped when the package lies in a main module, and that module, the package and the current directory
//! are all of one repository. With `-buildvcs=auto` anything else is passed over in silence; with `-buildvcs=true`
//! a repository that does not fit is an error.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use gust_fetch::vcs::{
    self, Checkout, CommandError, Facts, Repositories, Repository, RepositoryError, Status,
    StatusError, System,
};
use gust_fs::View;

use super::BuildInfo;

/// `-buildvcs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stamping {
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

/// How version control is asked.
pub struct Asking {
    /// How repositories are recognized.
    pub view: Arc<View>,
    /// How their commands are started.
    pub command: vcs::Command,
    /// `-buildvcs`.
    pub stamping: Stamping,
    /// Whether the command being run stamps by itself: `build`, `install` and `list` do, `run` does not.
    pub auto: bool,
    /// The current directory.
    pub cwd: PathBuf,
    /// GODEBUG `allowmultiplevcs=1`.
    pub allow_multiple: bool,
    /// GOCACHE/gust, where what is known of histories is kept; `None` where nothing is.
    pub state_dir: Option<PathBuf>,
    /// The arguments of the command being run: who runs it again will need the same.
    pub command_line: Vec<u8>,
}

/// Stamps packages of one build; the repository is asked once, whatever the number of programs.
pub struct Stamper {
    asking: Asking,
    repositories: Repositories,
    /// The working copy that the current directory belongs to.
    here: OnceLock<Result<Option<Arc<Checkout>>, RepositoryError>>,
    /// A program was stamped.
    stamped: AtomicBool,
}

impl Stamper {
    /// Nothing is asked yet.
    #[must_use]
    pub fn new(asking: Asking) -> Stamper {
        Stamper {
            repositories: Repositories::new(Arc::clone(&asking.view), asking.allow_multiple),
            asking,
            here: OnceLock::new(),
            stamped: AtomicBool::new(false),
        }
    }

    /// Starts asking beside what the command does next, if the same command needed the answer last time.
    pub fn begin(&self) {
        // With -x, commands are printed in the order in which their answers are needed.
        if !self.is_wanted(false) || self.asking.command.trace.is_some() {
            return;
        }
        if let Ok(Some(checkout)) = self.checkout()
            && checkout.is_expected(&self.asking.command_line)
            && self.has_command(checkout.repository())
        {
            checkout.begin();
        }
    }

    /// Waits for what was begun, and keeps what was learned for the next command.
    pub fn finish(&self) {
        if let Some(Ok(Some(checkout))) = self.here.get() {
            let stamped = self.stamped.load(Ordering::Relaxed);
            checkout.expect(&self.asking.command_line, stamped);
            checkout.finish();
        }
    }

    /// Adds the working copy's state to `info`, where it applies.
    ///
    /// # Errors
    /// [`StampError`] when it applies and cannot be told.
    pub fn stamp(&self, info: &mut BuildInfo, subject: Subject<'_>) -> Result<(), StampError> {
        if !self.is_wanted(subject.test_only) {
            return Ok(());
        }
        let Some(checkout) = self.checkout()? else {
            return Ok(());
        };
        let repository = checkout.repository();
        let overlaps = subject.module_dir.starts_with(&repository.root)
            || repository.root.starts_with(subject.module_dir);
        let missing = self.asking.stamping == Stamping::Auto && !self.has_command(repository);
        if !overlaps || missing || !self.all_in(repository, subject)? {
            return Ok(());
        }
        self.stamped.store(true, Ordering::Relaxed);
        let status = checkout.status().map_err(Cause::from)?;
        record(info, repository, status);
        if let Some(version) = checkout.version(subject.module_path)
            && let Some(main) = &mut info.main
        {
            main.version = version;
        }
        Ok(())
    }

    fn is_wanted(&self, test_only: bool) -> bool {
        match self.asking.stamping {
            Stamping::Always => true,
            Stamping::Auto => self.asking.auto && !test_only,
            Stamping::Never => false,
        }
    }

    fn has_command(&self, repository: &Repository) -> bool {
        self.asking.command.has(repository.system.command())
    }

    fn checkout(&self) -> Result<Option<&Arc<Checkout>>, StampError> {
        let here = self
            .here
            .get_or_init(|| match self.repositories.of(&self.asking.cwd) {
                Ok(repository) => Ok(Some(Arc::new(Checkout::new(
                    repository,
                    self.asking.command.clone(),
                    Arc::clone(&self.asking.view),
                    Facts::open(self.asking.state_dir.as_deref()),
                )))),
                Err(RepositoryError::None(_)) => Ok(None),
                Err(error) => Err(error),
            });
        match here {
            Ok(checkout) => Ok(checkout.as_ref()),
            Err(error) => Err(StampError(error.clone().into())),
        }
    }

    /// Whether the package and its module lie in `repository` too.
    fn all_in(&self, repository: &Repository, subject: Subject<'_>) -> Result<bool, StampError> {
        for (what, dir) in [("package", subject.dir), ("module", subject.module_dir)] {
            let theirs = self.repositories.of(dir).map_err(Cause::from)?.root;
            if theirs == repository.root {
                continue;
            }
            if self.asking.stamping == Stamping::Auto {
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
