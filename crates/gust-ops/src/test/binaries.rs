//! What test binaries are called, and where they are kept.

use super::{TestError, TestRequest};
use crate::error::{OpError, OpErrorKind};
use crate::workspace::Workspace;
use gust_packages::{Package, PackageGraph, PackageId};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The import path of a package made of files.
const OF_FILES: &str = "command-line-arguments";

/// Test binaries that cannot go where they should.
#[derive(Debug, thiserror::Error)]
pub enum BinaryError {
    /// Several, and -o is one file.
    #[error("with multiple packages, -o must refer to a directory or /dev/null")]
    OneFile,
    /// Several under one name.
    #[error("cannot write test binary {name} for multiple packages:\n{}", packages.join("\n"))]
    SameName {
        /// The name.
        name: String,
        /// The packages.
        packages: Vec<String>,
    },
}

/// How binaries are named and kept.
pub(super) struct Naming {
    cwd: PathBuf,
    exe_suffix: &'static str,
    modules: bool,
    /// They are kept at all.
    keeps: bool,
    /// They are there for debuggers as well.
    debug: bool,
    /// -c, or -o: where to.
    output: Option<PathBuf>,
    in_directory: bool,
    builds_or_places: bool,
}

impl Naming {
    pub(super) fn of(workspace: &Workspace, request: &TestRequest) -> Naming {
        let settings = workspace.settings();
        let given = request.output.as_deref().filter(|text| !text.is_empty());
        let in_directory = given.is_some_and(|text| {
            text.ends_with('/') || settings.view().is_dir(&settings.cwd().join(text))
        });
        let keeps = request.builds_only || request.keeps_binary || given.is_some();
        Naming {
            cwd: settings.cwd().to_owned(),
            exe_suffix: if settings.goos() == "windows" {
                ".exe"
            } else {
                ""
            },
            modules: workspace.modules().is_ok_and(|modules| modules.is_some()),
            keeps,
            debug: keeps,
            output: given.map(PathBuf::from),
            in_directory,
            builds_or_places: request.builds_only || given.is_some(),
        }
    }

    /// Whether the binaries of several packages can stand beside each other.
    pub(super) fn check(&self, graph: &PackageGraph, roots: &[PackageId]) -> Result<(), OpError> {
        let nowhere = self.output.as_deref() == Some(Path::new("/dev/null"));
        if roots.len() < 2 || !self.builds_or_places || nowhere {
            return Ok(());
        }
        if self.output.is_some() && !self.in_directory {
            return Err(TestError::from(BinaryError::OneFile).into());
        }
        let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for &id in roots {
            let package = &graph[id];
            let packages = by_name.entry(self.name(package)).or_default();
            packages.push(package.import_path.to_string());
        }
        let same = by_name.into_iter().filter(|(_, list)| list.len() > 1);
        let errors: Vec<OpError> = same
            .map(|(name, packages)| {
                TestError::from(BinaryError::SameName { name, packages }).into()
            })
            .collect();
        match errors.is_empty() {
            true => Ok(()),
            false => Err(OpErrorKind::Several(errors).into()),
        }
    }

    /// The file name of a package's test binary.
    pub(super) fn name(&self, package: &Package) -> String {
        let stem = match &*package.import_path {
            OF_FILES => package.name.to_string(),
            _ => package.exe_name(self.modules),
        };
        format!("{stem}.test")
    }

    /// Where the binary with that name is kept, if it is.
    pub(super) fn kept(&self, name: &str) -> Option<PathBuf> {
        if !self.keeps {
            return None;
        }
        let file = format!("{name}{}", self.exe_suffix);
        Some(match (&self.output, self.in_directory) {
            (None, _) => self.cwd.join(file),
            (Some(dir), true) => gust_fs::paths::clean(&self.cwd.join(dir).join(file)),
            (Some(file), false) => gust_fs::paths::clean(&self.cwd.join(file)),
        })
    }

    /// Whether debuggers are not to be served. The runtime's own tests look at symbols.
    pub(super) fn omits_debug(&self, package: &Package) -> bool {
        !self.debug && &*package.import_path != "runtime"
    }
}
