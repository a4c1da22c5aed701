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
    /// The module would have to come from its origin, by version control.
    #[error("{path}: fetching from version control (GOPROXY=direct) is not supported by gust yet")]
    Direct {
        /// The module path.
        path: String,
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
    /// A downloaded file is not the one that go.sum or the checksum database knows.
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
    /// go.sum would change, and may not.
    #[error("updates to go.sum needed, disabled by -mod=readonly")]
    GoSumDirty,
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

impl FetchError {
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
            | Self::Direct { .. } => true,
            Self::Io { err, .. } => err.kind() == io::ErrorKind::NotFound,
            Self::Module { err, .. }
            | Self::InvalidVersion { err, .. }
            | Self::Context { err, .. }
            | Self::Fatal(err) => err.is_not_exist(),
            _ => false,
        }
    }

    /// The error within this one at which go ends the whole command, if there is one.
    pub fn fatal(&self) -> Option<&FetchError> {
        match self {
            Self::Security { .. } | Self::MalformedGoSum { .. } => Some(self),
            Self::Fatal(err) => Some(err),
            Self::Module { err, .. }
            | Self::InvalidVersion { err, .. }
            | Self::Context { err, .. } => err.fatal(),
            _ => None,
        }
    }

    /// Whether go ends the whole command at this error, whatever else was under way.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Security { .. } | Self::MalformedGoSum { .. } | Self::Fatal(_) => true,
            Self::Module { err, .. }
            | Self::InvalidVersion { err, .. }
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
