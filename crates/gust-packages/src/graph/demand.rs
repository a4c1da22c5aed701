//! What a load asks of requirements: which modules the main modules need, and which packages nobody provides.

use std::collections::BTreeSet;

use gust_syntax::module::ModuleVersion;

use super::imports::ImportGraph;
use super::universe::{ImportId, Node, Universe};
use super::ways::Ways;
use crate::model::Problem;

/// What requirements have to provide, as far as they do not yet.
#[derive(Debug, Clone, Default)]
pub struct ModuleDemand {
    /// Modules of dependencies whose packages are asked for, or needed by packages of main modules.
    pub needed: Vec<ModuleVersion>,
    /// Those that packages of main modules import from.
    pub direct: Vec<ModuleVersion>,
    /// Import paths that no module provides.
    pub missing: Vec<String>,
}

impl ImportGraph {
    /// What requirements have to provide for this.
    pub fn demand(&self) -> ModuleDemand {
        self.demand_of(false)
    }

    /// The same, with what was asked for taken to be imported by a main module: all that it leads to is needed.
    pub fn demand_as_imported(&self) -> ModuleDemand {
        self.demand_of(true)
    }

    /// Packages that no module provides, in go's order.
    pub fn unfound(&self) -> impl Iterator<Item = ImportId> {
        let is_unfound = |id: &ImportId| self.problem(*id).is_some_and(Problem::is_unfound);
        let order = match self.ids().any(|id| is_unfound(&id)) {
            true => Ways::new(&self.universe, self.roots()).order().to_vec(),
            false => Vec::new(),
        };
        order.into_iter().filter(is_unfound)
    }

    fn demand_of(&self, imported: bool) -> ModuleDemand {
        let universe = &self.universe;
        let files = self.files_node();
        let ids = || universe.ids();
        let mains: Vec<ImportId> = ids()
            .filter(|id| universe[*id].located.in_main && files != Some(*id))
            .collect();
        let mut direct = BTreeSet::new();
        for &id in &mains {
            let node = &universe[id];
            let tests = node.test_imports.iter().flatten();
            for &next in node.imports.iter().flatten().chain(tests) {
                direct.extend(module_of(&universe[next]));
            }
        }
        let roots = self.roots();
        let mut in_all = closure(universe, &mains, |_, node| {
            self.all_tests || node.located.in_main
        });
        let wanted = closure(universe, roots, |id, _| {
            self.root_tests && roots.contains(&id)
        });
        let missing = self.unfound();
        let missing = missing.filter(|id| in_all[id.index()] || wanted[id.index()]);
        let missing = missing.map(|id| self.path(id).to_owned()).collect();
        for root in roots {
            in_all[root.index()] = true;
        }
        if imported {
            // Their tests lead to more, but nobody needs that who imports them.
            let led_to = closure(universe, roots, |_, node| {
                self.all_tests || node.located.in_main
            });
            for (needed, led_to) in in_all.iter_mut().zip(&led_to) {
                *needed |= led_to;
            }
        }
        let members = ids().filter(|id| in_all[id.index()]);
        let needed: BTreeSet<_> = members.filter_map(|id| module_of(&universe[id])).collect();
        ModuleDemand {
            needed: needed.into_iter().collect(),
            direct: direct.into_iter().collect(),
            missing,
        }
    }
}

/// What packages lead to by their imports, and by those of their tests where these count.
fn closure(
    universe: &Universe,
    from: &[ImportId],
    with_tests: impl Fn(ImportId, &Node) -> bool,
) -> Vec<bool> {
    let mut reached = vec![false; universe.nodes.len()];
    let mut queue: Vec<ImportId> = from.to_vec();
    for id in from {
        reached[id.index()] = true;
    }
    while let Some(id) = queue.pop() {
        let node = &universe[id];
        let tests = node.test_imports.iter().flatten();
        let tests = tests.filter(|_| with_tests(id, node));
        for &next in node.imports.iter().flatten().chain(tests) {
            if !std::mem::replace(&mut reached[next.index()], true) {
                queue.push(next);
            }
        }
    }
    reached
}

/// The module of a package of a dependency.
pub(super) fn module_of(node: &Node) -> Option<ModuleVersion> {
    let module = node.located.module.as_ref();
    let module = module.filter(|module| !node.located.in_main && !module.path.is_empty())?;
    Some(ModuleVersion::new(
        module.path.as_str(),
        module.version.as_str(),
    ))
}
