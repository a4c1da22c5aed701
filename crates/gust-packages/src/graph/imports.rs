//! The import graph: what a load has met, and who imports whom. It does not change; other requirements make another one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gust_modules::{ModulesError, Requirements};

use super::importers::Importers;
use super::universe::{ImportId, Resolver, Universe};
use super::ways::Ways;
use crate::model::{PackageModule, Problem};
use crate::pattern::expand::Expansion;

/// Every package that patterns lead to, located and scanned, with the imports of its files and (where they count) of its tests.
pub struct ImportGraph {
    pub(crate) universe: Universe,
    pub(crate) start: Start,
    /// What paths mean, by the requirements of this load.
    pub(crate) resolver: Resolver,
    /// Tests of the packages asked for count.
    pub(crate) root_tests: bool,
    /// Tests of all packages count (before go 1.16).
    pub(crate) all_tests: bool,
}

/// Where a load started.
pub(crate) enum Start {
    /// Packages that patterns name.
    Patterns {
        expansion: Expansion,
        roots: Vec<ImportId>,
    },
    /// Files named on the command line.
    Files {
        files: Vec<String>,
        dir: PathBuf,
        /// Their package, which belongs to no module.
        node: ImportId,
        /// What it imports.
        imports: Vec<ImportId>,
    },
    /// Files of which one is no Go file.
    NotGoFile(String),
}

impl ImportGraph {
    /// Every package, in the order in which they were met.
    pub fn ids(&self) -> impl Iterator<Item = ImportId> {
        self.universe.ids()
    }

    /// The packages that were asked for; of named files, what these import.
    pub fn roots(&self) -> &[ImportId] {
        match &self.start {
            Start::Patterns { roots, .. } => roots,
            Start::Files { imports, .. } => imports,
            Start::NotGoFile(_) => &[],
        }
    }

    pub(crate) fn files_node(&self) -> Option<ImportId> {
        match &self.start {
            Start::Files { node, .. } => Some(*node),
            _ => None,
        }
    }

    /// The import path, in its canonical form (vendored ones in full).
    pub fn path(&self, id: ImportId) -> &str {
        &self.universe[id].path
    }

    /// What its files import, `C` aside.
    pub fn imports(&self, id: ImportId) -> impl Iterator<Item = ImportId> {
        self.universe[id].imports.iter().flatten().copied()
    }

    /// What its tests import, if they were followed.
    pub fn test_imports(&self, id: ImportId) -> impl Iterator<Item = ImportId> {
        self.universe[id].test_imports.iter().flatten().copied()
    }

    /// The module that provides it.
    pub fn module(&self, id: ImportId) -> Option<&Arc<PackageModule>> {
        self.universe[id].located.module.as_ref()
    }

    /// Where its files are, if it was found.
    pub fn dir(&self, id: ImportId) -> Option<&Arc<Path>> {
        self.universe[id].located.dir.as_ref()
    }

    /// It belongs to a main module.
    pub fn is_in_main(&self, id: ImportId) -> bool {
        self.universe[id].located.in_main
    }

    /// Why it is nowhere, or nowhere where it can be used.
    pub fn problem(&self, id: ImportId) -> Option<&Problem> {
        self.universe[id].located.problem.as_deref()
    }

    /// A package whose module needs a newer release than this; of several, the one that needs the newest.
    pub fn too_new(&self) -> Option<&ModulesError> {
        ModulesError::newest_needed(self.ids().filter_map(|id| self.problem(id)?.too_new()))
    }

    /// The shortest way to each package.
    pub fn ways(&self) -> Ways<'_> {
        Ways::new(&self.universe, self.roots())
    }

    /// Who imports what: those only that the roots lead to.
    pub fn importers(&self) -> Importers {
        Importers::new(&self.universe, &self.ways())
    }

    /// The package of a canonical import path.
    pub fn find(&self, path: &str) -> Option<ImportId> {
        self.ids().find(|id| self.path(*id) == path)
    }

    /// The chain of imports that leads to a package, a line a step.
    pub fn way_to(&self, path: &str) -> String {
        let found = self.find(path);
        found.map_or_else(|| path.to_owned(), |id| self.ways().to(id))
    }

    /// The requirements that packages were looked for with: those that the load was given; higher ones, where a pattern asked for the
    /// whole build list. None in GOPATH mode.
    pub fn requirements(&self) -> Option<&Arc<Requirements>> {
        match &self.resolver {
            Resolver::Modules(modules) => Some(modules.source.requirements()),
            Resolver::Gopath(_) => None,
        }
    }
}
