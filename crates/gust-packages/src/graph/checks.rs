//! Checks over all that was loaded: imports that go.mod does not allow for, reasons for missing packages that need the way by
//! which they are imported, and the restriction to programs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::universe::{ImportId, Node, NodeError, Resolver, Universe};
use super::ways::Ways;
use crate::env::Env;
use crate::model::error::SumImporter;
use crate::model::{
    ModulePublic, PackageError, PackageGraph, PackageModule, Problem, Str, Unfound,
};
use crate::pattern::Match;
use crate::source::ModuleSource;
use gust_modules::explain::MissingPackage;
use gust_syntax::gover;

/// What only the whole load can tell of its packages. The import graph stays as it is; this lies beside it.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// In the place of what was found wrong with a package by itself, if anything.
    errors: HashMap<ImportId, NodeError>,
    /// Modules whose go.mod comment is wrong, by path.
    modules: HashMap<String, Arc<PackageModule>>,
}

impl Findings {
    /// What is wrong with a package before its imports are looked at.
    pub(crate) fn error(&self, universe: &Universe, id: ImportId) -> Option<NodeError> {
        let found = self.errors.get(&id);
        found.or(universe[id].error.as_ref()).cloned()
    }

    /// The module of a package.
    pub(crate) fn module(&self, universe: &Universe, id: ImportId) -> Option<Arc<PackageModule>> {
        let module = universe[id].located.module.as_ref()?;
        let corrected = || {
            let module = module.shown().indirect.then_some(module)?;
            self.modules.get(&module.path)
        };
        Some(Arc::clone(corrected().unwrap_or(module)))
    }
}

/// Finds what only the whole load can tell about modules.
///
/// `missing` tells what came of looking for modules that nothing requires, by import path.
pub(crate) fn check_modules(
    env: &Env,
    universe: &Universe,
    roots: &[ImportId],
    missing: &HashMap<String, MissingPackage>,
) -> Findings {
    let Resolver::Modules(modules) = &env.resolver else {
        return Findings::default();
    };
    let source = modules.source.as_ref();
    let mut errors: HashMap<ImportId, Problem> = check_direct(universe, source);
    if universe.nodes.iter().any(|n| n.located.problem.is_some()) {
        let ways = Ways::new(universe, roots);
        errors.extend(explain_missing(env, universe, source, &ways, missing));
    }
    let error = |(id, problem)| (id, NodeError::Problem(Arc::new(problem)));
    Findings {
        errors: errors.into_iter().map(error).collect(),
        modules: direct_modules(universe),
    }
}

/// What a main module imports must come from modules that its go.mod requires.
fn check_direct(universe: &Universe, source: &ModuleSource) -> HashMap<ImportId, Problem> {
    let mut found = HashMap::new();
    for id in universe.ids() {
        let node = &universe[id];
        if !node.located.in_main || node.error.is_some() {
            continue;
        }
        for &dep in node.imports.iter().flatten() {
            let dep = &universe[dep];
            let Some(module) = dep.located.module.as_ref().filter(|_| !dep.located.in_main) else {
                continue;
            };
            if !source.is_root(module) {
                let problem = Problem::ImplicitModule {
                    importer: node.path.clone(),
                    path: dep.path.clone(),
                    module: format!("{}@{}", module.path, module.version),
                };
                found.insert(id, problem);
            }
        }
    }
    found
}

/// A module from which a main module imports is no indirect one, whatever the comments in go.mod say. Those of which they say it, as
/// they should be.
fn direct_modules(universe: &Universe) -> HashMap<String, Arc<PackageModule>> {
    let mut corrected = HashMap::new();
    let is_indirect = |node: &Node| {
        let module = node.located.module.as_ref();
        module.is_some_and(|module| module.shown().indirect)
    };
    if !universe.nodes.iter().any(is_indirect) {
        return corrected;
    }
    let mains = universe.nodes.iter().filter(|node| node.located.in_main);
    let imported = mains.flat_map(|node| {
        let tests = node.test_imports.iter().flatten();
        node.imports.iter().flatten().chain(tests)
    });
    for dep in imported.map(|dep| &universe[*dep]) {
        let Some(module) = dep.located.module.as_ref().filter(|_| is_indirect(dep)) else {
            continue;
        };
        corrected.entry(module.path.clone()).or_insert_with(|| {
            Arc::new(PackageModule::new(ModulePublic {
                indirect: false,
                ..ModulePublic::clone(module.shown())
            }))
        });
    }
    corrected
}

/// Missing packages are told with the package that imports them, on the shortest way from the command line.
fn explain_missing(
    env: &Env,
    universe: &Universe,
    source: &ModuleSource,
    ways: &Ways<'_>,
    missing: &HashMap<String, MissingPackage>,
) -> Vec<(ImportId, Problem)> {
    let mut told = Vec::new();
    for id in universe.ids() {
        let Some(problem) = &universe[id].located.problem else {
            continue;
        };
        let importer = ways.step(id).map(|(by, test)| (&universe[by], test));
        match &**problem {
            Problem::MissingSum {
                path,
                found,
                modules,
                importer: None,
            } => {
                let Some((by, test)) = importer else { continue };
                let version = by
                    .located
                    .module
                    .as_ref()
                    .map_or(String::new(), |m| m.version.to_string());
                let importer = Some(SumImporter {
                    path: by.path.clone(),
                    version,
                    test,
                });
                told.push((
                    id,
                    Problem::MissingSum {
                        path: path.clone(),
                        found: *found,
                        modules: modules.clone(),
                        importer,
                    },
                ));
            }
            Problem::Unfound(u) => {
                let why =
                    missing
                        .get(&*u.path)
                        .cloned()
                        .unwrap_or_else(|| match ways.main_before(id) {
                            Some(main) => source.explain(&u.path, Some(main)),
                            None => (*u.why).clone(),
                        });
                let newer = importer
                    .and_then(|(by, _)| newer_release(env, by.located.module.as_deref()))
                    .filter(|_| matches!(why, MissingPackage::NotInStd { .. }));
                told.push((
                    id,
                    Problem::Unfound(Unfound {
                        newer,
                        ..Unfound::new(&u.path, why)
                    }),
                ));
            }
            _ => {}
        }
    }
    told
}

/// The go version that the importing module asks for, when it is newer than the release.
fn newer_release(env: &Env, module: Option<&PackageModule>) -> Option<String> {
    let version = module?.go_version.to_string();
    gover::compare(&env.config.release, &version)
        .is_lt()
        .then_some(version)
}

/// What is wrong with a package, with the way to it. `Display` is go's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The import path.
    pub path: Str,
    /// No module provides it.
    pub is_unfound: bool,
    /// And it could only be one of the standard library's.
    pub is_std: bool,
    text: String,
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// What is wrong with packages of a load, each with the shortest way to it: go's text of it. `missing` tells what came of looking for
/// modules, by import path.
pub(crate) fn troubles(
    env: &Env,
    universe: &Universe,
    roots: &[ImportId],
    missing: &HashMap<String, MissingPackage>,
) -> Vec<Trouble> {
    let Resolver::Modules(modules) = &env.resolver else {
        return Vec::new();
    };
    let ways = Ways::new(universe, roots);
    let told = explain_missing(env, universe, &modules.source, &ways, missing);
    let told: HashMap<ImportId, Problem> = told.into_iter().collect();
    let mut troubles = Vec::new();
    for &id in ways.order() {
        let node = &universe[id];
        let located = told.get(&id).or(node.located.problem.as_deref());
        let text = match (located, &node.error) {
            (Some(Problem::PassedOver), _) => continue,
            (Some(problem), _) => problem.to_string(),
            (None, Some(error)) if env.config.needs.every_build => text_of(error),
            _ => continue,
        };
        troubles.push(Trouble {
            path: node.path.clone(),
            is_unfound: located.is_some_and(Problem::is_unfound),
            is_std: located.is_some_and(Problem::is_not_in_std),
            text: format!("{}: {text}", ways.to(id)),
        });
    }
    troubles
}

/// What is wrong with a package's files.
fn text_of(error: &NodeError) -> String {
    match error {
        NodeError::NoGo => "no Go source files".to_owned(),
        NodeError::Syntax(_, text) => text.clone(),
        NodeError::Problem(problem) => problem.to_string(),
    }
}

/// Leaves the programs, and what is named without wildcards as an error.
pub(crate) fn keep_mains(graph: &mut PackageGraph, matches: &[Match]) {
    let mut as_main: HashSet<Str> = HashSet::new();
    as_main.extend(
        matches
            .iter()
            .filter(|m| m.is_literal())
            .flat_map(|m| m.packages.iter().cloned()),
    );
    let mut mains = Vec::new();
    for id in graph.roots().to_vec() {
        let p = graph.at(id);
        if &*p.name == "main" || p.name.is_empty() && p.error.is_some() {
            as_main.insert(p.import_path.clone());
            mains.push(id);
            continue;
        }
        if !p.sources.invalid_go.is_empty() {
            as_main.insert(p.import_path.clone());
        }
        if as_main.contains(&p.import_path) {
            if p.error.is_none() {
                p.error = Some(PackageError::new(Problem::NotMain(p.import_path.clone())));
                p.incomplete = true;
            }
            mains.push(id);
        }
    }
    graph.set_roots(mains);
    for m in matches
        .iter()
        .filter(|m| !m.is_literal() && !m.packages.is_empty())
    {
        if !m.packages.iter().any(|p| as_main.contains(p)) {
            let pattern = gust_text::quote::quote(&m.pattern);
            graph.warn([format!(
                "go: warning: {pattern} matched only non-main packages"
            )]);
        }
    }
}
