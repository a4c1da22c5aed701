//! Import paths to directories.
//!
//! - [`mod@std`]: the standard library and its vendored packages
//! - [`gopath`]: GOPATH mode
//! - [`modules`]: main modules, dependencies, vendor directories
//!
//! The same question is asked in two steps, as go does: what does the path mean to its importer (a canonical path: vendored
//! copies in full), and where is the package of that canonical path. Packages are known by their canonical path from then on.

pub(crate) mod fips;
pub(crate) mod gopath;
pub(crate) mod modules;
pub(crate) mod std;

use ::std::path::{Path, PathBuf};
use ::std::sync::Arc;

use crate::model::Problem;

/// Who imports; nobody for packages that the command line names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Importer<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) root: Option<&'a Path>,
}

/// Where the package of a canonical import path is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Located {
    /// Absent when it was not found.
    pub(crate) dir: Option<Arc<Path>>,
    pub(crate) root: Option<Arc<Path>>,
    pub(crate) goroot: bool,
    pub(crate) conflict_dir: Option<PathBuf>,
    /// Where its program is installed.
    pub(crate) bin_dir: Option<Arc<Path>>,
    /// Where its archive is installed.
    pub(crate) pkg_obj: Option<PathBuf>,
    /// The module that provides it.
    pub(crate) module: Option<Arc<crate::model::PackageModule>>,
    /// That module is a main module (which the standard library's modules can be, too).
    pub(crate) in_main: bool,
    /// It was not found, or not found in a way that can be used.
    pub(crate) problem: Option<Arc<Problem>>,
    /// Such paths name no package at all: nothing is remembered of them.
    pub(crate) malformed: bool,
}

impl Located {
    pub(crate) fn failed(problem: Problem) -> Located {
        Located {
            problem: Some(Arc::new(problem)),
            ..Located::default()
        }
    }

    pub(crate) fn malformed(problem: Problem) -> Located {
        Located {
            malformed: true,
            ..Located::failed(problem)
        }
    }
}

/// Paths that are refused before anything is looked up.
pub(crate) fn refuse(path: &str) -> Option<Problem> {
    if path.starts_with("mod/") {
        return Some(Problem::Other(format!(
            "disallowed import path {}",
            gust_text::quote::quote(path)
        )));
    }
    if path.contains('@') {
        let text =
            "can only use path@version syntax with 'go get' and 'go install' in module-aware mode";
        return Some(Problem::Other(text.into()));
    }
    None
}
