//! Why an action failed. `Display` is the text that go prints.

use std::io;
use std::path::{Path, PathBuf};

use gust_cache::CacheError;
use gust_fs::errtext::PathError;
use gust_packages::PackageError;
use gust_text::quote::{FieldsError, command_line, quote};
use gust_toolchain::toolid::ToolIdError;

use crate::cgo::command::CgoError;
use crate::cgo::flags::FlagError;
use crate::cgo::pkg_config::PkgConfigError;

/// What a tool wrote before it failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandOutput {
    /// The package, or the command.
    pub desc: String,
    /// The text, as it is to be shown.
    pub text: String,
    /// The import path; empty without a package.
    pub import_path: String,
    /// The description does not name the package.
    pub needs_path: bool,
}

impl std::fmt::Display for CommandOutput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.needs_path {
            true => writeln!(f, "# {}\n# [{}]", self.import_path, self.desc)?,
            false => writeln!(f, "# {}", self.desc)?,
        }
        f.write_str(&self.text)
    }
}

/// Why an action failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A tool failed and said why.
    #[error("{0}")]
    Output(CommandOutput),
    /// A tool failed and said nothing, or could not be started.
    #[error("{program}: {why}")]
    Command {
        /// The program as it was called.
        program: String,
        /// How it ended.
        why: String,
    },
    /// A program that is not there.
    #[error("exec: {}: {why}", quote(program))]
    NotFound {
        /// The program as it was called.
        program: String,
        /// What became of looking for it.
        why: String,
    },
    /// An argument that a C compiler would take for the name of a file with arguments.
    #[error(
        "invalid command-line argument {argument} in command: {}",
        command_line(words)
    )]
    ResponseWord {
        /// The argument.
        argument: String,
        /// The command line.
        words: Vec<String>,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] PathError),
    /// A file could not be copied.
    #[error("copying {}: {why}", from.display())]
    Copy {
        /// What.
        from: PathBuf,
        /// Why not.
        why: String,
    },
    /// The output would replace a directory.
    #[error("build output {} already exists and is a directory", quote(.0))]
    OverDirectory(String),
    /// The output would replace a file that no build made.
    #[error("build output {} already exists and is not an object file", quote(.0))]
    OverFile(String),
    /// A tool does not say what it is.
    #[error("go: {0}")]
    ToolId(#[from] ToolIdError),
    /// The package could not be loaded.
    #[error("{0}")]
    Package(Box<PackageError>),
    /// The sources are not there.
    #[error("binary-only packages are no longer supported")]
    BinaryOnly,
    /// The module is for a newer release.
    #[error("module requires Go {0} or later")]
    NeedsGo(String),
    /// The package has no Go files for this build.
    #[error("{0}")]
    NoGo(String),
    /// C without cgo.
    #[error("{0}: C source files not supported without cgo")]
    CWithoutCgo(String),
    /// Flags for C tools.
    #[error(transparent)]
    Cgo(#[from] CgoError),
    /// A flag in files that cgo wrote.
    #[error(transparent)]
    Flag(#[from] FlagError),
    /// pkg-config's answer.
    #[error(transparent)]
    PkgConfig(#[from] PkgConfigError),
    /// A name for pkg-config that is none.
    #[error("invalid pkg-config package name: {0}")]
    PkgConfigName(String),
    /// Go assembly beside cgo.
    #[error("package using cgo has Go assembly file {0}")]
    GoAssembly(String),
    /// The C compiler's command cannot be passed on.
    #[error(transparent)]
    Words(#[from] FieldsError),
    /// The cache cannot be written.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// The result could not be put in its place.
    #[error("go {command} {path}: {source}")]
    Install {
        /// The command's name.
        command: &'static str,
        /// The package.
        path: String,
        /// Why.
        source: Box<BuildError>,
    },
    /// Something that is gust's own fault.
    #[error("internal error: {0}")]
    Internal(String),
    /// Anything else, in go's words.
    #[error("{0}")]
    Other(String),
}

impl BuildError {
    /// An error of an operation (`open`, `mkdir`) on a path.
    pub(crate) fn file(op: &'static str, path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        move |error| BuildError::File(PathError::new(op, path.as_ref(), error))
    }

    /// The import path that the text already names.
    pub fn import_path(&self) -> Option<&str> {
        match self {
            BuildError::Output(output) => Some(&output.import_path),
            BuildError::Package(error) => error.problem.import_path(),
            _ => None,
        }
    }
}
