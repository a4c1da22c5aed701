//! How an operation ends that does not end well: what kind of trouble, the error behind it, what might help, and the exit code.
//!
//! Nothing here is text yet. `Display` of a kind is what go says of it, without the `go: ` that most kinds have in front
//! ([`OpError::is_prefixed`]); whoever shows the error puts the two together.

use crate::building::{BuildRefusal, OutsideError};
use crate::clean::CleanError;
use crate::env::EnvError;
use crate::explain::{TreeError, UpgradeError, WhyError as ExplainError};
use crate::fips::FipsUseError;
use crate::generate::GenerateError;
use crate::get::GetRefusal;
use crate::install::InstallError;
use crate::list::ListError;
use crate::module::{DownloadError, EditFileError, InitError, VendorFailure, WhyError};
use crate::release::ReleaseError;
use crate::run::RunError;
use crate::test::TestError;
use crate::tool::ToolError;
use crate::vet::VetError;
use crate::work::{UseError, WorkEditError, WorkError};
use crate::workspace::WorkspaceError;
use gust_build::ShapeError;
use gust_build::plan::PlanError;
use gust_build::run::BuildError;
use gust_cache::CacheError;
use gust_edit::EditError;
use gust_fetch::FetchError;
use gust_fs::errtext::PathError;
use gust_modules::ModulesError;
use gust_packages::{LoadError, PackageError};
use gust_toolchain::Environ;
use gust_toolchain::arch::BuildConfigError;
use gust_toolchain::cflags::CgoFlagsError;
use gust_toolchain::experiment::ExperimentError;
use gust_toolchain::fips::FipsError;
use gust_toolchain::locate::LocateError;
use std::fmt;
use std::path::PathBuf;

/// Why an operation could not be done.
#[derive(Debug)]
pub struct OpError {
    kind: Box<OpErrorKind>,
    code: u8,
}

/// The kinds of trouble; the error behind each is its source.
#[derive(Debug, thiserror::Error)]
pub enum OpErrorKind {
    /// The reporter has heard it all.
    #[error("")]
    Told,
    /// No error yet: the go command of another release is to do the work, and only what keeps it from that is an error.
    #[error("to be done by {}", .0.toolchain)]
    HandOver(Box<HandOver>),
    /// Several, in order.
    #[error("{}", joined(.0))]
    Several(Vec<OpError>),
    /// The workspace cannot be what the settings and flags say.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// Another release cannot be had.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// Modules cannot be loaded, or do not answer.
    #[error(transparent)]
    Modules(#[from] ModulesError),
    /// go.mod cannot be written.
    #[error(transparent)]
    Commit(EditError),
    /// Something cannot be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// Packages cannot be loaded at all.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A package is in error.
    #[error("can't load test package: {0}")]
    TestPackage(Box<PackageError>),
    /// Options do not go together.
    #[error("{}", .0.to_string().trim_end())]
    Shape(#[from] ShapeError),
    /// No plan can be made.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The build could not begin or go on.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// What is not built.
    #[error(transparent)]
    Refused(#[from] BuildRefusal),
    /// The build cache cannot be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// Packages at a version cannot be had.
    #[error(transparent)]
    Outside(#[from] OutsideError),
    /// Settings make no platform or release.
    #[error(transparent)]
    BuildConfig(#[from] BuildConfigError),
    /// GOEXPERIMENT.
    #[error(transparent)]
    Experiment(#[from] ExperimentError),
    /// GOFIPS140.
    #[error(transparent)]
    Fips(#[from] FipsError),
    /// GOFIPS140, in a build.
    #[error(transparent)]
    FipsUse(#[from] FipsUseError),
    /// GOWORK or GO111MODULE.
    #[error(transparent)]
    Locate(#[from] LocateError),
    /// CGO_CFLAGS and its kin.
    #[error(transparent)]
    CgoFlags(#[from] CgoFlagsError),
    /// A file.
    #[error(transparent)]
    Path(#[from] PathError),
    /// `get`.
    #[error(transparent)]
    Get(#[from] GetRefusal),
    /// `install`.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// `run`.
    #[error(transparent)]
    Run(#[from] RunError),
    /// `test`.
    #[error(transparent)]
    Test(#[from] TestError),
    /// `clean`.
    #[error(transparent)]
    Clean(#[from] CleanError),
    /// `vet`.
    #[error(transparent)]
    Vet(#[from] VetError),
    /// `list`.
    #[error(transparent)]
    List(#[from] ListError),
    /// `env`.
    #[error(transparent)]
    Env(#[from] EnvError),
    /// `mod download`.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// `mod edit`.
    #[error(transparent)]
    Edit(#[from] EditFileError),
    /// `mod vendor`, `work vendor`.
    #[error(transparent)]
    Vendor(#[from] VendorFailure),
    /// `work`.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// `work use`.
    #[error(transparent)]
    WorkUse(#[from] UseError),
    /// `work edit`.
    #[error(transparent)]
    WorkEdit(#[from] WorkEditError),
    /// `generate`.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// `tool`.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// `mod why`.
    #[error(transparent)]
    Why(#[from] WhyError),
    /// `mod init`.
    #[error(transparent)]
    Init(#[from] InitError),
    /// `tree`.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// What `gust why` is asked about is nothing that is there.
    #[error(transparent)]
    Explain(#[from] ExplainError),
    /// What `gust upgrade` was told to change is not there.
    #[error(transparent)]
    Upgrade(#[from] UpgradeError),
}

/// The go command of another release that is to do the work.
#[derive(Debug)]
pub struct HandOver {
    /// The release's name, such as go1.27.0.
    pub toolchain: String,
    /// What to start.
    pub program: PathBuf,
    /// Its environment.
    pub environ: Environ,
    /// It is to run as a child of this process (GODEBUG=gotoolchainexec=0).
    pub as_child: bool,
}

/// What a person could do about an error.
#[derive(Debug, PartialEq, Eq)]
pub enum Hint {
    /// A command line, without the program's name.
    Command(Vec<String>),
}

fn joined(errors: &[OpError]) -> String {
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    texts.join("\n")
}

impl OpError {
    /// All has been told; only the exit code is left.
    pub(crate) fn told() -> OpError {
        OpErrorKind::Told.into()
    }

    /// What kind of trouble.
    pub fn kind(&self) -> &OpErrorKind {
        &self.kind
    }

    /// The kind by itself.
    pub fn into_kind(self) -> OpErrorKind {
        *self.kind
    }

    /// The least exit code.
    pub fn code(&self) -> u8 {
        self.code
    }

    /// What might help.
    pub fn hints(&self) -> Vec<Hint> {
        let command = |words: &[&str]| {
            let words = words.iter().map(|&word| word.to_owned());
            vec![Hint::Command(words.collect())]
        };
        match &*self.kind {
            OpErrorKind::Install(InstallError::NeedsVersion { args }) => {
                let at_latest = args.iter().map(|arg| format!("{arg}@latest"));
                let words = std::iter::once("install".to_owned()).chain(at_latest);
                vec![Hint::Command(words.collect())]
            }
            OpErrorKind::Modules(ModulesError::NoMainModule { workspace: false }) => {
                command(&["mod", "init"])
            }
            OpErrorKind::Modules(error) if error.is_missing_sum() => command(&["mod", "download"]),
            OpErrorKind::Several(errors) => errors.iter().flat_map(OpError::hints).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether go says `go: ` in front of it.
    pub fn is_prefixed(&self) -> bool {
        match &*self.kind {
            OpErrorKind::Modules(error) => error.fatal().is_none(),
            OpErrorKind::Fetch(error) => !error.is_fatal(),
            OpErrorKind::Load(error) => !matches!(
                error,
                LoadError::File(_) | LoadError::Directory(_) | LoadError::TwoDirectories(..)
            ),
            OpErrorKind::Workspace(error) => error.is_prefixed(),
            OpErrorKind::Refused(error) => error.is_prefixed(),
            OpErrorKind::List(error) => error.is_prefixed(),
            OpErrorKind::Download(error) => error.is_prefixed(),
            OpErrorKind::Edit(error) => error.is_prefixed(),
            OpErrorKind::WorkEdit(error) => error.is_prefixed(),
            OpErrorKind::Told
            | OpErrorKind::Generate(_)
            | OpErrorKind::Vendor(_)
            | OpErrorKind::Test(_)
            | OpErrorKind::Vet(_)
            | OpErrorKind::Several(_)
            | OpErrorKind::Shape(_)
            | OpErrorKind::Plan(_)
            | OpErrorKind::Build(_)
            | OpErrorKind::Cache(_) => false,
            _ => true,
        }
    }
}

impl OpErrorKind {
    fn code(&self) -> u8 {
        match self {
            OpErrorKind::Shape(error) | OpErrorKind::Plan(PlanError::Shape(error)) => {
                error.exit_code()
            }
            OpErrorKind::Several(errors) => errors.iter().map(|e| e.code).max().unwrap_or(1),
            OpErrorKind::Refused(error) => error.code(),
            OpErrorKind::Tool(error) => error.code(),
            OpErrorKind::BuildConfig(_) | OpErrorKind::Env(EnvError::Platform(_)) => 2,
            _ => 1,
        }
    }
}

impl fmt::Display for OpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for OpError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.kind.source()
    }
}

impl<E: Into<OpErrorKind>> From<E> for OpError {
    fn from(error: E) -> OpError {
        let kind = Box::new(error.into());
        let code = kind.code();
        OpError { kind, code }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_errors_are_as_bad_as_their_worst() {
        let refused = BuildRefusal::CommaInTags;
        let all: OpError = OpErrorKind::Several(vec![OpError::told(), refused.into()]).into();
        assert_eq!(all.code(), 2);
        assert!(!all.is_prefixed());
    }

    #[test]
    fn a_package_without_a_module_hints_at_a_version() {
        let args = vec!["example.com/x".to_owned()];
        let error: OpError = InstallError::NeedsVersion { args }.into();
        let words = ["install", "example.com/x@latest"].map(str::to_owned);
        assert_eq!(error.hints(), [Hint::Command(words.to_vec())]);
    }
}
