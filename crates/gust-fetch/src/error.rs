//! What can go wrong between here and a module, in go's words, with the facts as fields.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a module, a version or a checksum could not be had.
///
/// Cloning is cheap, since an answer is remembered whether it is good or bad.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FetchError {
    /// Another error, about a module (and, where known, its version).
    #[error("{}", module_text(path, version, err))]
    Module {
        /// The module path.
        path: String,
        /// The version; empty when the error is about the whole module.
        version: String,
        /// What went wrong.
        err: Box<FetchError>,
    },
    /// A version (or revision) that is none, or that could not be resolved.
    #[error("{} \"{version}\" invalid: {err}", version_noun(*pseudo))]
    InvalidVersion {
        /// The text given as version.
        version: String,
        /// Whether it looks like a pseudo-version.
        pseudo: bool,
        /// Why.
        err: Box<FetchError>,
    },
    /// The server answered, and not with what was asked.
    #[error("{}", http_text(url, status, cause.as_deref(), detail))]
    Http {
        /// The URL, without a password.
        url: String,
        /// The status line's text, such as `404 Not Found`.
        status: String,
        /// The status code.
        code: u16,
        /// For file URLs, what the file system said.
        cause: Option<String>,
        /// The text that the server sent along.
        detail: String,
    },
    /// The server could not be reached, or stopped in the middle.
    #[error("{op} \"{url}\": {err}")]
    Transport {
        /// `Get`, or `read` while the body came.
        op: &'static str,
        /// The URL, without a password.
        url: String,
        /// The reason.
        err: String,
    },
    /// GOPROXY=off.
    #[error("module lookup disabled by GOPROXY=off")]
    ProxyOff,
    /// The module must not come from a proxy.
    #[error("disabled by GOPRIVATE/GONOPROXY")]
    NoProxy,
    /// The module may only come from a proxy.
    #[error("path does not match GOPRIVATE/GONOPROXY")]
    UseProxy,
    /// Something that is not there, for a reason that would not say so by itself.
    #[error("{0}")]
    Absent(Box<FetchError>),
    /// A repository has no such tag, branch or commit.
    #[error("unknown revision {rev}")]
    UnknownRevision {
        /// What was asked for.
        rev: String,
    },
    /// A version control command failed.
    #[error("{0}")]
    Command(Box<CommandFailure>),
    /// A version control system that cannot tell.
    #[error("vcs {system}: {what}: unsupported operation")]
    Unsupported {
        /// The system's command.
        system: &'static str,
        /// What was wanted of it.
        what: &'static str,
    },
    /// The checksum database could not be asked. What it lacks itself says nothing of whether there is the module.
    #[error("verifying {noun}: {err}")]
    Unverified {
        /// What was to be verified: `module` or `go.mod`.
        noun: &'static str,
        /// Why not.
        err: Box<FetchError>,
    },
    /// An error, with what it rests on: as long as that does not change, it stays.
    #[error("{err}")]
    RestsOn {
        /// What it rests on.
        origin: Box<crate::info::Origin>,
        /// The error.
        err: Box<FetchError>,
    },
    /// -mod=vendor, or another reason for which nothing may be looked up.
    #[error("{why}")]
    LookupDisabled {
        /// go's sentence about it.
        why: String,
    },
    /// Not in the module cache (asked without network).
    #[error("not in cache")]
    NotCached,
    /// A file system operation failed.
    #[error("{op} {}: {}", path.display(), errno_text(err))]
    Io {
        /// The system call's name, as go prints it.
        op: &'static str,
        /// The file.
        path: PathBuf,
        /// The error.
        err: Arc<io::Error>,
    },
    /// A zip that is not what a module's zip must be.
    #[error("unzip {}: {err}", path.display())]
    Unzip {
        /// The zip.
        path: PathBuf,
        /// What is wrong with it.
        err: crate::archive::ZipError,
    },
    /// A zip that cannot be read.
    #[error("{0}")]
    Zip(#[from] crate::archive::ZipError),
    /// A downloaded file is not the one that the checksum database knows.
    #[error("{text}")]
    Denied {
        /// go's text, which ends with the SECURITY ERROR explanation.
        text: String,
    },
    /// A downloaded file is not the one that go.sum knows, or the checksum database contradicts itself.
    /// Always fatal: nothing else that this command found may be believed.
    #[error("{text}")]
    Security {
        /// go's text, which ends with the SECURITY ERROR explanation.
        text: String,
    },
    /// go.sum cannot be read.
    #[error("malformed go.sum:\n{}:{line}: wrong number of fields {fields}\n", file.display())]
    MalformedGoSum {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// How many fields it has, instead of three.
        fields: usize,
    },
    /// go.sum cannot be read, and would have to be written.
    #[error("{0}")]
    NoGoSum(Box<FetchError>),
    /// go.sum would change, and may not.
    #[error("updates to go.sum needed, disabled by -mod=readonly")]
    GoSumDirty,
    /// go.sum would change, and is one of the files that -overlay stands in for.
    #[error("updates to go.sum needed, but go.sum is part of the overlay specified with -overlay")]
    GoSumOverlaid,
    /// The module says that it needs a newer Go than this one.
    #[error("{what} requires go >= {go_version} (running go {local})")]
    TooNew {
        /// The module version.
        what: String,
        /// What it needs.
        go_version: String,
        /// What is running.
        local: String,
    },
    /// A module without any version or commit.
    #[error("no commits")]
    NoCommits,
    /// A path or version that cannot be.
    #[error("{0}")]
    Message(Arc<str>),
    /// An error in front of which a few words stand.
    #[error("{context}: {err}")]
    Context {
        /// The words.
        context: String,
        /// The error.
        err: Box<FetchError>,
    },
    /// An error that ends the command at once, as go's does.
    #[error("{0}")]
    Fatal(Box<FetchError>),
}

/// A version control command that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandFailure {
    /// Program and words.
    pub line: String,
    /// Where it ran.
    pub dir: PathBuf,
    /// How it ended, such as `exit status 1`.
    pub why: String,
    /// Its exit code, if it ran; -1 when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard error.
    pub stderr: String,
    /// What a person may do about it; often empty.
    pub help: String,
}

impl std::fmt::Display for CommandFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} in {}: {}", self.line, self.dir.display(), self.why)?;
        let stderr = self.stderr.trim_end_matches('\n');
        if !stderr.is_empty() {
            write!(f, ":\n\t{}", stderr.replace('\n', "\n\t"))?;
        }
        match self.help.as_str() {
            "" => Ok(()),
            help => write!(f, "\n{help}"),
        }
    }
}

impl FetchError {
    /// Nothing but the error's text: what it means does not matter any more.
    pub(crate) fn as_text(&self) -> Self {
        Self::message(self.to_string())
    }

    /// A file that is not there, of which nothing else is known.
    pub(crate) fn no_such_file() -> Self {
        Self::Absent(Box::new(Self::message("file does not exist")))
    }

    /// The error, and what it rests on, unless that is known or nothing.
    pub(crate) fn resting_on(self, origin: crate::info::Origin) -> Self {
        if origin.vcs.is_empty() || self.origin().is_some() {
            return self;
        }
        // Whose error it is stays outermost.
        match self {
            Self::Module { path, version, err } => Self::Module {
                path,
                version,
                err: Box::new(err.resting_on(origin)),
            },
            Self::InvalidVersion {
                version,
                pseudo,
                err,
            } => Self::InvalidVersion {
                version,
                pseudo,
                err: Box::new(err.resting_on(origin)),
            },
            _ => Self::RestsOn {
                origin: Box::new(origin),
                err: Box::new(self),
            },
        }
    }

    /// What the error rests on, if that is known.
    pub fn origin(&self) -> Option<&crate::info::Origin> {
        match self {
            Self::RestsOn { origin, .. } => Some(origin),
            Self::Module { err, .. }
            | Self::InvalidVersion { err, .. }
            | Self::Context { err, .. }
            | Self::Absent(err) => err.origin(),
            _ => None,
        }
    }

    /// The version control command that failed.
    pub(crate) fn command(&self) -> Option<&CommandFailure> {
        match self {
            Self::Command(failure) => Some(failure),
            _ => None,
        }
    }

    /// Whether a system cannot tell.
    pub(crate) fn is_unsupported(&self) -> bool {
        matches!(self, Self::Unsupported { .. })
    }

    pub(crate) fn message(text: impl Into<String>) -> Self {
        Self::Message(Arc::from(text.into()))
    }

    /// Releases have a list of versions, and no zip under their names.
    pub(crate) fn no_module_of_releases() -> Self {
        Self::message("internal error: invalid operation on toolchain module")
    }

    pub(crate) fn io(op: &'static str, path: &Path, err: io::Error) -> Self {
        Self::Io {
            op,
            path: path.to_owned(),
            err: Arc::new(err),
        }
    }

    pub(crate) fn context(self, context: impl Into<String>) -> Self {
        Self::Context {
            context: context.into(),
            err: Box::new(self),
        }
    }

    /// In front of an error of the checksum database, which module version was asked for.
    pub(crate) fn in_lookup(self, path: &str, version: &str) -> Self {
        if self.is_fatal() {
            self
        } else {
            self.context(format!("{path}@{version}"))
        }
    }

    /// The error as one about a module version, unless it is that already.
    pub(crate) fn of_module(self, path: &str, version: &str) -> Self {
        match &self {
            Self::Module {
                path: p,
                version: v,
                ..
            } if p == path && v == version => self,
            _ => Self::Module {
                path: path.to_owned(),
                version: version.to_owned(),
                err: Box::new(self),
            },
        }
    }

    /// Whether this means that there is no such thing (so that the next proxy of a list is
    /// asked), rather than that it could not be found out.
    pub fn is_not_exist(&self) -> bool {
        match self {
            Self::Http { code, .. } => matches!(code, 404 | 410),
            Self::NoCommits
            | Self::ProxyOff
            | Self::NoProxy
            | Self::UseProxy
            | Self::Absent(_)
            | Self::UnknownRevision { .. } => true,
            Self::Io { err, .. } => err.kind() == io::ErrorKind::NotFound,
            Self::Module { err, .. }
            | Self::InvalidVersion { err, .. }
            | Self::Context { err, .. }
            | Self::RestsOn { err, .. }
            | Self::Fatal(err) => err.is_not_exist(),
            _ => false,
        }
    }

    /// The error within this one at which go ends the whole command, if there is one.
    pub fn fatal(&self) -> Option<&FetchError> {
        match self {
            Self::Security { .. } | Self::MalformedGoSum { .. } | Self::NoGoSum(_) => Some(self),
            Self::Fatal(err) => Some(err),
            Self::Module { err, .. }
            | Self::InvalidVersion { err, .. }
            | Self::RestsOn { err, .. }
            | Self::Absent(err)
            | Self::Context { err, .. } => err.fatal(),
            _ => None,
        }
    }

    /// Whether go ends the whole command at this error, whatever else was under way.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Security { .. }
            | Self::MalformedGoSum { .. }
            | Self::NoGoSum(_)
            | Self::Fatal(_) => true,
            Self::Module { err, .. }
            | Self::InvalidVersion { err, .. }
            | Self::RestsOn { err, .. }
            | Self::Absent(err)
            | Self::Context { err, .. } => err.is_fatal(),
            _ => false,
        }
    }
}

fn module_text(path: &str, version: &str, err: &FetchError) -> String {
    match err {
        FetchError::InvalidVersion {
            version,
            pseudo,
            err,
        } => {
            format!("{path}@{version}: invalid {}: {err}", version_noun(*pseudo))
        }
        _ if version.is_empty() => format!("module {path}: {err}"),
        _ => format!("{path}@{version}: {err}"),
    }
}

fn version_noun(pseudo: bool) -> &'static str {
    if pseudo { "pseudo-version" } else { "version" }
}

fn http_text(url: &str, status: &str, cause: Option<&str>, detail: &str) -> String {
    if !detail.is_empty() {
        let space = if detail.contains('\n') { "\n\t" } else { " " };
        return format!("reading {url}: {status}\n\tserver response:{space}{detail}");
    }
    format!("reading {url}: {}", cause.unwrap_or(status))
}

/// The words of the C library's error table, as go has them.
pub(crate) fn errno_text(err: &io::Error) -> String {
    let text = err.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    match (err.raw_os_error(), chars.next()) {
        (Some(_), Some(first)) => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}
