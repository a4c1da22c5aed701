//! Module paths, import paths, versions, and pairs of them.

mod check;
pub mod escape;
mod globs;
mod path_major;

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::{gover, semver};

pub use check::{PathError, PathKind, check_file_path, check_import_path, check_path};
pub(crate) use check::{quote, quote_char};
pub use globs::match_prefix_patterns;
pub use path_major::{
    canonical_version, check, check_path_major, match_path_major, path_major_prefix,
    split_path_version,
};

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text as it is; whoever read it has checked it.
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The shared text.
            pub fn to_arc(&self) -> Arc<str> {
                Arc::clone(&self.0)
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self(Arc::from(""))
            }
        }

        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(Arc::from(text))
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(Arc::from(text))
            }
        }

        impl From<&String> for $name {
            fn from(text: &String) -> Self {
                Self(Arc::from(text.as_str()))
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }
    };
}

text_type! {
    /// A module path such as `golang.org/x/text`; in replacements also a directory.
    ModulePath
}
text_type! {
    /// An import path such as `golang.org/x/text/language`.
    ImportPath
}
text_type! {
    /// A version: usually canonical semver, `none` for no version at all, or empty (main modules, directories).
    ///
    /// `Ord` is that of the text; versions are compared by [`semver::compare`] or [`gover::mod_compare`].
    Version
}

impl Version {
    /// `none`: the decision for no version.
    pub fn none() -> Self {
        Self::from("none")
    }

    /// Is this the decision for no version?
    pub fn is_none(&self) -> bool {
        self == "none"
    }
}

/// A module at a version. `Display` is `path@version`, or the path alone when the version is empty.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ModuleVersion {
    /// The module, or a directory.
    pub path: ModulePath,
    /// The version; empty for a main module and a directory.
    pub version: Version,
}

impl ModuleVersion {
    /// Pairs a path with a version.
    pub fn new(path: impl Into<ModulePath>, version: impl Into<Version>) -> Self {
        Self {
            path: path.into(),
            version: version.into(),
        }
    }

    /// The module without a version, as a main module is written.
    pub fn main(path: impl Into<ModulePath>) -> Self {
        Self {
            path: path.into(),
            version: Version::default(),
        }
    }

    /// Go's order: by path, then by version, then by what follows a slash in the version (as in go.sum).
    pub fn compare(&self, other: &Self) -> Ordering {
        self.path.cmp(&other.path).then_with(|| {
            let (a, file_a) = split_file(&self.version);
            let (b, file_b) = split_file(&other.version);
            if a == b {
                file_a.cmp(file_b)
            } else {
                gover::mod_compare(&self.path, a, b)
            }
        })
    }
}

fn split_file(version: &str) -> (&str, &str) {
    version.split_at(version.find('/').unwrap_or(version.len()))
}

impl fmt::Display for ModuleVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.version.is_empty() {
            return f.write_str(&self.path);
        }
        write!(f, "{}@{}", self.path, self.version)
    }
}

impl fmt::Debug for ModuleVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Sorts by path, then version, in Go's order.
pub fn sort(list: &mut [ModuleVersion]) {
    list.sort_by(ModuleVersion::compare);
}

/// A version that is none, or not one of its module. `Display` is go's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} \"{version}\" invalid: {reason}", self.noun())]
pub struct VersionError {
    /// What was given.
    pub version: String,
    /// It has the look of a pseudo-version.
    pub pseudo: bool,
    /// Why.
    pub reason: String,
}

impl VersionError {
    /// A version that is invalid for a reason.
    pub fn new(version: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            version: version.into(),
            pseudo: false,
            reason: reason.into(),
        }
    }

    /// What it is called.
    pub fn noun(&self) -> &'static str {
        if self.pseudo {
            "pseudo-version"
        } else {
            "version"
        }
    }
}

/// An error of a module path, or of a version of a module. `Display` is go's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The path cannot be one.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The version does not fit.
    #[error("{path}@{}: invalid {}: {}", err.version, err.noun(), err.reason)]
    Version {
        /// The module.
        path: String,
        /// What is wrong.
        err: VersionError,
    },
}

/// Is this a version for a go.mod line as it stands: canonical semver, perhaps with `+incompatible`?
pub fn is_canonical(version: &str) -> bool {
    semver::is_valid(version) && canonical_version(version) == version
}
