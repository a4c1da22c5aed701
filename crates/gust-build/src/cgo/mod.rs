//! Packages that speak C: which flags they may use, and the commands that turn them into Go and objects.
//!
//! Everything here is a value: command lines, names of files, checks. What starts them is the executor.
//!
//! 1. [`pkg_config`]: flags that pkg-config knows
//! 2. [`command::translate`]: the cgo tool writes Go and C into the object directory
//! 3. [`compile`]: each C, C++, Objective-C, Fortran and assembly file becomes `_x001.o` and so on
//! 4. [`dynimport`]: the objects are linked on trial; what they import from libraries becomes `_cgo_import.go`
//! 5. [`ldflag`]: a last look at the linker flags in the Go files that cgo wrote

mod allowed;
pub mod command;
pub mod compile;
pub mod dynimport;
pub mod flags;
pub mod ldflag;
pub mod pkg_config;

use std::path::{Path, PathBuf};

use gust_packages::Package;
use gust_toolchain::Settings;
use gust_toolchain::compiler::Compilers;

/// What every step needs to know.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The settings of the build.
    pub settings: &'a Settings,
    /// What the C compilers can do.
    pub compilers: &'a Compilers<'a>,
    /// The package.
    pub package: &'a Package,
    /// Its object directory, with a slash at the end.
    pub objdir: &'a str,
    /// `-trimpath`
    pub trimpath: bool,
    /// `-msan`
    pub msan: bool,
    /// `-asan`
    pub asan: bool,
    /// `-buildmode`
    pub buildmode: &'a str,
    /// The vendor directory, where packages come from there.
    pub vendor_dir: Option<&'a Path>,
}

/// A command to start: where, and with which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The directory in which it runs.
    pub dir: PathBuf,
    /// Variables set beyond the build's environment.
    pub environment: Vec<(String, String)>,
    /// The program and its arguments.
    pub words: Vec<String>,
}

/// C compilers must not colour their messages: cgo reads them.
pub(crate) fn compiler_environment() -> Vec<(String, String)> {
    vec![("TERM".to_owned(), "dumb".to_owned())]
}

impl Scene<'_> {
    /// A file of the package as an absolute path; generated files are absolute already.
    fn absolute(&self, file: &str) -> String {
        if file.starts_with('/') || file.starts_with("$WORK") {
            return file.to_owned();
        }
        self.package
            .place
            .dir
            .join(file)
            .to_string_lossy()
            .into_owned()
    }

    /// A package of the standard library with this path.
    fn is_standard(&self, paths: &[&str]) -> bool {
        self.package.place.standard && paths.contains(&&*self.package.import_path)
    }
}
