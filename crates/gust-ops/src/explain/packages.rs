//! `gust why PACKAGE`: through which imports a main module comes to a package.

use crate::error::OpError;
use crate::load::{Loading, loading};
use crate::modules::edit_failure;
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_edit::{Loaded, examine};
use gust_packages::config::Needs;
use gust_packages::{ImportGraph, ImportId, Importer, Importers, Named, Ways};
use gust_syntax::gover;
use std::collections::HashSet;

/// Why a package is there.
#[derive(Debug, PartialEq, Eq)]
pub struct PackageReason {
    /// Its import path.
    pub path: String,
    /// The module that provides it; none in the standard library.
    pub module: Option<String>,
    /// The shortest way from a package of a main module; tests are a step of their own, `.test` behind the path.
    pub chain: Vec<String>,
    /// Every way, drawn upwards from the package; empty unless asked for.
    pub ways: Vec<ImportBranch>,
}

/// A package where it hangs on one that it imports.
#[derive(Debug, PartialEq, Eq)]
pub struct ImportBranch {
    /// How many steps it is away from the package in question.
    pub depth: usize,
    /// The package; `.test` behind it where its tests are meant.
    pub package: String,
    /// The last one of those that hang on the same package.
    pub is_last: bool,
    /// What hangs on it stands at an earlier branch.
    pub is_repeated: bool,
}

/// All that the packages of main modules and their tests need, by import path.
pub(super) struct Needed {
    loading: Loading,
    loaded: Loaded,
}

impl Needed {
    pub(super) fn load(workspace: &Workspace, flags: &BuildFlags) -> Result<Needed, OpError> {
        let needs = Needs {
            embeds: false,
            every_build: true,
            std_imports: true,
            bare_modules: true,
            ..Needs::default()
        };
        let mut loading = loading(workspace, flags, needs)?;
        // Tests of main modules, and of nobody else.
        loading
            .loader
            .set_go_version(Some(gover::NARROW_ALL.to_owned()));
        let all = ["all".to_owned()];
        let loaded = examine(&mut loading.loader, Named::Patterns(&all));
        Ok(Needed {
            loaded: loaded.map_err(|error| edit_failure(workspace, error))?,
            loading,
        })
    }

    /// What leads to each of the packages; none for those that nothing does.
    pub(super) fn reasons(&self, paths: &[&str], all: bool) -> Vec<Option<PackageReason>> {
        let imports = self.loaded.imports();
        let ways = imports.ways();
        let importers = all.then(|| imports.importers());
        let reason = |path: &&str| {
            let package = imports.find(path)?;
            let is_found = imports.problem(package).is_none();
            is_found.then(|| reason(imports, package, &ways, importers.as_ref()))
        };
        paths.iter().map(reason).collect()
    }

    /// What was found out about directories serves the next command too.
    pub(super) fn save(mut self) {
        self.loading.loader.save();
    }
}

fn reason(
    imports: &ImportGraph,
    package: ImportId,
    ways: &Ways<'_>,
    importers: Option<&Importers>,
) -> PackageReason {
    let module = imports.module(package);
    PackageReason {
        path: imports.path(package).to_owned(),
        module: module.map(|module| module.path.clone()),
        chain: ways.chain(package),
        ways: importers.map_or_else(Vec::new, |importers| {
            let mut drawing = Drawing {
                imports,
                importers,
                drawn: HashSet::new(),
                branches: Vec::new(),
            };
            let only_tests = false;
            let start = Importer {
                package,
                only_tests,
            };
            drawing.branch(0, start, true);
            drawing.branches
        }),
    }
}

struct Drawing<'n> {
    imports: &'n ImportGraph,
    importers: &'n Importers,
    drawn: HashSet<Importer>,
    branches: Vec<ImportBranch>,
}

impl Drawing<'_> {
    fn branch(&mut self, depth: usize, at: Importer, is_last: bool) {
        let tested = Importer {
            only_tests: false,
            ..at
        };
        let next = match at.only_tests {
            // Tests are there for the package that they test.
            true => std::slice::from_ref(&tested),
            false => self.importers.of(at.package),
        };
        let is_repeated = !next.is_empty() && !self.drawn.insert(at);
        let path = self.imports.path(at.package);
        self.branches.push(ImportBranch {
            depth,
            package: match at.only_tests {
                true => format!("{path}.test"),
                false => path.to_owned(),
            },
            is_last,
            is_repeated,
        });
        if is_repeated {
            return;
        }
        for (n, importer) in next.iter().enumerate() {
            self.branch(depth + 1, *importer, n + 1 == next.len());
        }
    }
}
