//! Checks over all that was loaded: imports that go.mod does not allow for, reasons for missing packages that need the way by
//! which they are imported, and the restriction to programs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::universe::{ImportId, Node, NodeError, Resolver, Universe};
use crate::env::Env;
use crate::model::error::SumImporter;
use crate::model::{
    ModulePublic, PackageError, PackageGraph, PackageModule, Problem, Str, Unfound,
};
use crate::pattern::Match;
use crate::source::ModuleSource;
use gust_modules::explain::MissingPackage;
use gust_syntax::gover;

/// Adds what only the whole load can tell about errors of modules.
///
/// `missing` tells what came of looking for modules that nothing requires, by import path.
pub(crate) fn check_modules(
    env: &Env,
    universe: &mut Universe,
    roots: &[ImportId],
    missing: &HashMap<String, MissingPackage>,
) {
    let Resolver::Modules(modules) = &env.resolver else {
        return;
    };
    let source = modules.source.clone();
    check_direct(universe, source.as_ref());
    mark_direct(universe);
    if universe.nodes.iter().any(|n| n.located.problem.is_some()) {
        explain_missing(env, universe, source.as_ref(), roots, missing);
    }
}

/// What a main module imports must come from modules that its go.mod requires.
fn check_direct(universe: &mut Universe, source: &ModuleSource) {
    let mut found = Vec::new();
    for (i, node) in universe.nodes.iter().enumerate() {
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
                found.push((i, problem));
            }
        }
    }
    for (i, problem) in found {
        universe.nodes[i].error = Some(NodeError::Problem(Arc::new(problem)));
    }
}

/// A module from which a main module imports is no indirect one, whatever the comments in go.mod say.
fn mark_direct(universe: &mut Universe) {
    let indirect = |node: &&Node| {
        node.located
            .module
            .as_ref()
            .is_some_and(|m| m.shown().indirect)
    };
    if !universe.nodes.iter().any(|node| indirect(&node)) {
        return;
    }
    let mains = universe.nodes.iter().filter(|node| node.located.in_main);
    let imported = mains.flat_map(|node| {
        let tests = node.test_imports.iter().flatten();
        node.imports.iter().flatten().chain(tests)
    });
    let direct: HashSet<String> = imported
        .map(|dep| &universe[*dep])
        .filter(indirect)
        .filter_map(|dep| Some(dep.located.module.as_ref()?.path.clone()))
        .collect();
    let mut corrected: HashMap<String, Arc<PackageModule>> = HashMap::new();
    for node in &mut universe.nodes {
        let wrong = |m: &&Arc<PackageModule>| m.shown().indirect && direct.contains(&m.path);
        let Some(module) = node.located.module.as_ref().filter(wrong) else {
            continue;
        };
        let shared = corrected.entry(module.path.clone()).or_insert_with(|| {
            Arc::new(PackageModule::new(ModulePublic {
                indirect: false,
                ..ModulePublic::clone(module.shown())
            }))
        });
        node.located.module = Some(Arc::clone(shared));
    }
}

/// Missing packages are told with the package that imports them, on the shortest way from the command line.
fn explain_missing(
    env: &Env,
    universe: &mut Universe,
    source: &ModuleSource,
    roots: &[ImportId],
    missing: &HashMap<String, MissingPackage>,
) {
    let steps = shortest_steps(universe, roots);
    let mut told = Vec::new();
    for (i, node) in universe.nodes.iter().enumerate() {
        let Some(problem) = &node.located.problem else {
            continue;
        };
        let importer = steps[i].map(|(by, test)| (&universe[by], test));
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
                    i,
                    Problem::MissingSum {
                        path: path.clone(),
                        found: *found,
                        modules: modules.clone(),
                        importer,
                    },
                ));
            }
            Problem::Unfound(u) => {
                let why = missing.get(&*u.path).cloned().unwrap_or_else(|| {
                    match main_on_the_way(universe, &steps, i) {
                        Some(main) => source.explain(&u.path, Some(&main)),
                        None => (*u.why).clone(),
                    }
                });
                let newer = importer
                    .and_then(|(by, _)| newer_release(env, by.located.module.as_deref()))
                    .filter(|_| matches!(why, MissingPackage::NotInStd { .. }));
                told.push((
                    i,
                    Problem::Unfound(Unfound {
                        newer,
                        ..Unfound::new(&u.path, why)
                    }),
                ));
            }
            _ => {}
        }
    }
    for (i, problem) in told {
        let problem = Arc::new(problem);
        let node = &mut universe.nodes[i];
        node.located.problem = Some(problem.clone());
        node.error = Some(NodeError::Problem(problem));
    }
}

/// The go version that the importing module asks for, when it is newer than the release.
fn newer_release(env: &Env, module: Option<&PackageModule>) -> Option<String> {
    let version = module?.go_version.to_string();
    gover::compare(&env.config.release, &version)
        .is_lt()
        .then_some(version)
}

fn main_on_the_way(
    universe: &Universe,
    steps: &[Option<(ImportId, bool)>],
    mut i: usize,
) -> Option<String> {
    loop {
        let node = &universe.nodes[i];
        if let Some(m) = node
            .located
            .module
            .as_ref()
            .filter(|_| node.located.in_main)
        {
            return Some(m.path.to_string());
        }
        i = steps[i]?.0.0 as usize;
    }
}

/// For each package, the one that imports it on the shortest way from a root; and whether a test of that one does.
fn shortest_steps(universe: &Universe, roots: &[ImportId]) -> Vec<Option<(ImportId, bool)>> {
    let mut steps = vec![None; universe.nodes.len()];
    let mut seen = vec![false; universe.nodes.len()];
    let mut queue: Vec<(ImportId, bool)> = Vec::new();
    for &root in roots {
        if !std::mem::replace(&mut seen[root.0 as usize], true) {
            queue.push((root, false));
        }
    }
    let mut at = 0;
    while let Some(&(id, test)) = queue.get(at) {
        at += 1;
        let node = &universe[id];
        let next: Vec<ImportId> = if test {
            node.test_imports.iter().flatten().copied().collect()
        } else {
            node.imports.iter().flatten().copied().collect()
        };
        for to in next {
            if !std::mem::replace(&mut seen[to.0 as usize], true) {
                steps[to.0 as usize] = Some((id, test));
                queue.push((to, false));
            }
        }
        if !test && node.test_imports.is_some() {
            queue.push((id, true));
        }
    }
    steps
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
