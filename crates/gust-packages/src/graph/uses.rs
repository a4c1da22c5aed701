//! What a load of `all` uses of modules: what a tidy go.mod is made from.

use std::collections::BTreeSet;
use std::sync::Arc;

use gust_modules::{ModuleUses, UsedPackage};
use gust_syntax::module::{ModulePath, ModuleVersion};

use super::all;
use super::demand::module_of;
use super::universe::{ImportId, Universe};
use crate::env::Env;

/// What packages of `all`, and the tests of these, use of modules.
pub(crate) fn uses(env: &Env, universe: &Universe) -> ModuleUses {
    let in_all = all::members(env, universe);
    let members: Vec<ImportId> = universe.ids().filter(|id| in_all[id.index()]).collect();
    let packages = universe.ids().filter_map(|id| {
        let node = &universe[id];
        let module = module_of(node);
        let counts = module.is_some() || node.located.problem.is_some();
        counts.then(|| UsedPackage {
            path: Arc::from(&*node.path),
            module,
        })
    });
    ModuleUses {
        packages: packages.collect(),
        in_all: modules(universe, &members),
        beyond: beyond(universe, &members, in_all),
        direct: direct(universe),
    }
}

/// Modules of packages, each once.
fn modules(universe: &Universe, packages: &[ImportId]) -> Vec<ModuleVersion> {
    let found = packages.iter().filter_map(|id| module_of(&universe[*id]));
    let unique: BTreeSet<ModuleVersion> = found.collect();
    unique.into_iter().collect()
}

/// Modules of what tests of members lead to outside of `all`, import by import.
fn beyond(
    universe: &Universe,
    members: &[ImportId],
    mut met: Vec<bool>,
) -> Vec<Vec<ModuleVersion>> {
    let mut levels = Vec::new();
    let mut level: Vec<ImportId> = members.to_vec();
    loop {
        let mut next = Vec::new();
        for &id in &level {
            let node = &universe[id];
            let tests = node.test_imports.iter().flatten();
            for &to in node.imports.iter().flatten().chain(tests) {
                if !std::mem::replace(&mut met[to.index()], true) {
                    next.push(to);
                }
            }
        }
        if next.is_empty() {
            return levels;
        }
        levels.push(modules(universe, &next));
        level = next;
    }
}

/// Modules that packages and tests of main modules import from.
fn direct(universe: &Universe) -> BTreeSet<ModulePath> {
    let mut direct = BTreeSet::from(["go".into()]);
    for id in universe.ids() {
        let node = &universe[id];
        if !node.located.in_main {
            continue;
        }
        let tests = node.test_imports.iter().flatten();
        let imported = node.imports.iter().flatten().chain(tests);
        direct.extend(imported.filter_map(|to| Some(module_of(&universe[*to])?.path)));
    }
    direct
}
