//! Requirements without what no package needs.
//!
//! **The problem.** A go.mod lists too much, too little or too low, and which it is depends on what packages import. Packages of `all`
//! (those of the main module, and what they and their tests lead to) must be found in the same module by whoever depends on the
//! main module; what only tests of dependencies import must merely stay at the version that it was tested with.
//!
//! **The decision.** In a pruned graph nobody looks behind a root, so every module of `all` is one, and a module beyond `all` becomes one
//! where the graph without it selects less. Modules closer to `all` are asked first: their go.mod files tend to require what
//! lies further out. Last, a package that two modules of the whole graph have is decided by making a root of the one that it
//! comes from. In an unpruned graph roots only have to select, so the fewest that do are kept ([`roots::least`]).
//!
//! **What is left out.** Which packages there are is gust-packages'; this sees modules. It adds nothing that is missing: who tidies makes
//! roots of what is returned and loads again, until nothing is new.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use gust_syntax::gover;
use gust_syntax::module::{ModulePath, ModuleVersion, Version};

use crate::Modules;
use crate::error::ModulesError;
use crate::graph::{ModuleGraph, Pruning, compare_versions, roots};
use crate::hold::Clash;
use crate::requirements::Requirements;

/// What packages use of modules.
#[derive(Debug, Clone, Default)]
pub struct ModuleUses {
    /// Modules that packages of `all` come from.
    pub in_all: Vec<ModuleVersion>,
    /// Modules of packages that only tests of dependencies lead to, those closer to `all` first.
    pub beyond: Vec<Vec<ModuleVersion>>,
    /// Import paths of all packages that come from dependencies, or from nowhere.
    pub packages: Vec<UsedPackage>,
    /// Modules from which packages of main modules and their tests import.
    pub direct: BTreeSet<ModulePath>,
}

/// A package that is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedPackage {
    /// Its import path.
    pub path: Arc<str>,
    /// Where it comes from; nothing if it was not found.
    pub module: Option<ModuleVersion>,
}

/// Would these packages, looked for with the given requirements, be found in more than one module?
pub type Ambiguity<'a> = &'a dyn Fn(&Arc<Requirements>, &[&UsedPackage]) -> Vec<bool>;

impl Modules {
    /// The least requirements with which packages come from where they come from now, or from a higher version.
    ///
    /// # Errors
    /// A graph cannot be had.
    pub fn tidy_requirements(
        &self,
        before: &Arc<Requirements>,
        uses: &ModuleUses,
        ambiguity: Ambiguity<'_>,
    ) -> Result<Arc<Requirements>, ModulesError> {
        let tidied = match before.pruning {
            Pruning::Unpruned => self.tidy_unpruned(before, uses)?,
            _ => self.tidy_pruned(before, uses, ambiguity)?,
        };
        match tidied.roots == before.roots && tidied.direct == before.direct {
            true => Ok(Arc::clone(before)),
            false => Ok(tidied),
        }
    }

    fn tidy_pruned(
        &self,
        before: &Arc<Requirements>,
        uses: &ModuleUses,
        ambiguity: Ambiguity<'_>,
    ) -> Result<Arc<Requirements>, ModulesError> {
        let mut roots = RootSet::of_release(before);
        uses.in_all.iter().for_each(|module| roots.add(module));
        let mut tidy = self.with_roots(before, &roots)?;
        for level in &uses.beyond {
            let graph = Arc::clone(&self.graph_of(&tidy).graph);
            let lower = |module: &&ModuleVersion| selects_less(&graph, module);
            if roots.add_new(level.iter().filter(lower)) {
                tidy = self.with_roots(before, &roots)?;
            }
        }
        loop {
            let doubtful: Vec<(&UsedPackage, &ModuleVersion)> = uses
                .packages
                .iter()
                .filter_map(|package| Some((package, package.module.as_ref()?)))
                .filter(|(_, module)| !roots.has(module))
                .collect();
            let asked: Vec<&UsedPackage> = doubtful.iter().map(|(package, _)| *package).collect();
            let ambiguous = ambiguity(&tidy, &asked);
            let found = doubtful.iter().zip(ambiguous).filter(|(_, found)| *found);
            if !roots.add_new(found.map(|((_, module), _)| *module)) {
                return Ok(tidy);
            }
            tidy = self.with_roots(before, &roots)?;
        }
    }

    /// The requirements of these roots, their graph read; `before`, if it has the same.
    fn with_roots(
        &self,
        before: &Arc<Requirements>,
        roots: &RootSet,
    ) -> Result<Arc<Requirements>, ModulesError> {
        let made = Requirements::new(before.pruning, roots.list(), before.direct.clone());
        let made = match made.roots == before.roots {
            true => Arc::clone(before),
            false => Arc::new(made),
        };
        self.graph_of(&made).clone().whole()?;
        Ok(made)
    }

    fn tidy_unpruned(
        &self,
        before: &Arc<Requirements>,
        uses: &ModuleUses,
    ) -> Result<Arc<Requirements>, ModulesError> {
        let mut kept = RootSet::of_release(before);
        let mut explicit = HashSet::new();
        for module in uses
            .packages
            .iter()
            .filter_map(|package| package.module.as_ref())
        {
            kept.add(module);
            if before.direct.contains(&module.path) {
                explicit.insert(module.path.clone());
            }
        }
        let others = self.neighbours(before, uses)?;
        let read = |kept: &RootSet| self.read_graph(Pruning::Unpruned, &kept.list()).whole();
        let mut graph = read(&kept)?;
        // A module that could have had the package must not fall: at another version it might, and go.sum would not know it.
        let fallen = others.into_iter().filter(|module| {
            let selected = graph.selected(&module.path);
            selected.is_some() && selects_less(&graph, module)
        });
        if kept.add_new(fallen.collect::<Vec<_>>().iter()) {
            graph = read(&kept)?;
        }
        let list = roots::least(&graph, &explicit);
        Ok(Arc::new(Requirements::new(
            Pruning::Unpruned,
            list,
            before.direct.clone(),
        )))
    }

    /// Modules that packages could come from by their paths, and do not.
    fn neighbours(
        &self,
        requirements: &Requirements,
        uses: &ModuleUses,
    ) -> Result<BTreeSet<ModuleVersion>, ModulesError> {
        let mut found = BTreeSet::new();
        for package in &uses.packages {
            let Some(own) = &package.module else { continue };
            let candidates = self.candidates(requirements, &package.path, crate::Reach::Graph)?;
            let others = candidates
                .into_iter()
                .filter(|module| module.path != own.path);
            found.extend(others.filter(|module| !module.version.is_empty()));
        }
        Ok(found)
    }

    /// The same requirements with another go line.
    ///
    /// # Errors
    /// The graph cannot be had, or a module in it asks for a newer release than that: then why.
    pub fn at_go_version(
        &self,
        requirements: &Arc<Requirements>,
        go_version: &str,
    ) -> Result<Arc<Requirements>, GoVersionError> {
        let others = requirements.roots.iter().filter(|root| root.path != "go");
        let mut list: Vec<ModuleVersion> = others.cloned().collect();
        list.push(ModuleVersion::new("go", go_version));
        let direct = requirements.direct.clone();
        let made = Arc::new(Requirements::new(requirements.pruning, list, direct));
        if made.roots == requirements.roots {
            return Ok(Arc::clone(requirements));
        }
        let graph = self.graph_of(&made).clone().whole()?;
        match graph.selected("go") {
            Some(selected) if selected.as_str() != go_version => {
                let asks =
                    |module: &ModuleVersion| module.path == "go" && module.version == *selected;
                let chain = graph.shortest_path(asks).unwrap_or_default();
                Err(GoVersionError::Clash(Box::new(Clash {
                    chain: chain.into_iter().skip(1).collect(),
                    held: Some(ModuleVersion::new("go", go_version)),
                    error: None,
                })))
            }
            _ => Ok(made),
        }
    }
}

/// Why a go line cannot be had.
#[derive(Debug)]
pub enum GoVersionError {
    /// A module asks for more.
    Clash(Box<Clash>),
    /// The graph cannot be had.
    Modules(ModulesError),
}

impl From<ModulesError> for GoVersionError {
    fn from(error: ModulesError) -> GoVersionError {
        GoVersionError::Modules(error)
    }
}

/// Does the graph select a lower version of the module, or none?
fn selects_less(graph: &ModuleGraph, module: &ModuleVersion) -> bool {
    let none = Version::none();
    let selected = graph.selected(&module.path).unwrap_or(&none);
    compare_versions(&module.path, selected, &module.version).is_lt()
}

/// Roots as they come together: the first version of a module stays.
struct RootSet(BTreeMap<ModulePath, Version>);

impl RootSet {
    /// The go and toolchain lines.
    fn of_release(requirements: &Requirements) -> RootSet {
        let lines = requirements.roots.iter();
        let lines = lines.filter(|root| gover::is_toolchain_module(&root.path));
        let pairs = lines.map(|root| (root.path.clone(), root.version.clone()));
        RootSet(pairs.collect())
    }

    fn has(&self, module: &ModuleVersion) -> bool {
        self.0.contains_key(&module.path)
    }

    fn add(&mut self, module: &ModuleVersion) {
        let version = || module.version.clone();
        self.0.entry(module.path.clone()).or_insert_with(version);
    }

    /// True if there was a new one among them.
    fn add_new<'m>(&mut self, modules: impl Iterator<Item = &'m ModuleVersion>) -> bool {
        let before = self.0.len();
        modules.for_each(|module| self.add(module));
        self.0.len() > before
    }

    fn list(&self) -> Vec<ModuleVersion> {
        let pairs = self.0.iter();
        pairs
            .map(|(path, version)| ModuleVersion {
                path: path.clone(),
                version: version.clone(),
            })
            .collect()
    }
}
