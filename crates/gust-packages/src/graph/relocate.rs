//! The packages of a load looked for with other requirements: who would find them elsewhere?

use std::sync::Arc;

use gust_modules::{Requirements, UsedPackage};
use gust_syntax::module::ModuleVersion;
use rayon::prelude::*;

use super::demand::module_of;
use super::imports::ImportGraph;
use super::universe::{ImportId, Resolver, Universe};
use super::ways::Ways;
use crate::config::Needs;
use crate::env::Env;
use crate::model::{Problem, Str};
use crate::resolve::Located;
use crate::resolve::modules::ModuleResolver;

/// A package that other requirements provide otherwise.
#[derive(Debug)]
pub struct Relocated {
    /// Its import path.
    pub path: Str,
    /// The chain of imports that leads to it, a line a step.
    pub way: String,
    /// Where it was found.
    pub was: Option<ModuleVersion>,
    /// Where it would be found, or why nowhere.
    pub now: Result<Option<ModuleVersion>, Arc<Problem>>,
}

fn resolver(env: &Env, requirements: &Arc<Requirements>, go_mods: bool) -> Option<ModuleResolver> {
    let needs = Needs {
        bare_modules: true,
        go_mods,
        ..env.config.needs
    };
    match &env.resolver {
        Resolver::Modules(modules) => Some(modules.with_requirements(requirements, needs)),
        Resolver::Gopath(_) => None,
    }
}

/// Which of these packages would be found in more than one module.
pub(crate) fn ambiguous(
    env: &Env,
    requirements: &Arc<Requirements>,
    packages: &[&UsedPackage],
) -> Vec<bool> {
    let Some(resolver) = resolver(env, requirements, false) else {
        return vec![false; packages.len()];
    };
    let is_ambiguous = |package: &&UsedPackage| {
        let located = resolver.locate(&package.path);
        located
            .problem
            .is_some_and(|problem| problem.is_ambiguous())
    };
    packages.par_iter().map(is_ambiguous).collect()
}

/// Packages that would not be found where they were.
pub(crate) fn relocated(
    env: &Env,
    imports: &ImportGraph,
    requirements: &Arc<Requirements>,
) -> Vec<Relocated> {
    let Some(resolver) = resolver(env, requirements, env.config.needs.go_mods) else {
        return Vec::new();
    };
    let universe: &Universe = &imports.universe;
    let ways = Ways::new(universe, imports.roots());
    let counts = |id: &&ImportId| {
        let located = &universe[**id].located;
        located.module.is_some() || located.problem.is_some()
    };
    let ids: Vec<ImportId> = ways.order().iter().filter(counts).copied().collect();
    let found: Vec<Located> = ids
        .par_iter()
        .map(|id| resolver.locate(&universe[*id].path))
        .collect();
    let mut moved = Vec::new();
    for (&id, found) in ids.iter().zip(found) {
        let node = &universe[id];
        let now = found.module.as_ref().map(|module| version_of(module));
        let was = node
            .located
            .module
            .as_ref()
            .map(|module| version_of(module));
        if now != was {
            moved.push(Relocated {
                path: node.path.clone(),
                way: ways.to(id),
                was: module_of(node),
                now: match found.problem {
                    Some(problem) => Err(problem),
                    None => Ok(now),
                },
            });
        }
    }
    moved
}

fn version_of(module: &crate::model::PackageModule) -> ModuleVersion {
    ModuleVersion::new(module.path.as_str(), module.version.as_str())
}
