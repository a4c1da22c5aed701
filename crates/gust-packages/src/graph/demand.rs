//! What a load asks of requirements: which modules the main modules need, and which packages nobody provides.

use std::collections::BTreeSet;

use gust_syntax::module::ModuleVersion;

use super::imports::ImportGraph;
use super::universe::{ImportId, Node, Universe};
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
        let missing: BTreeSet<String> = ids()
            .filter(|id| in_all[id.index()] || wanted[id.index()])
            .filter_map(|id| match universe[id].located.problem.as_deref() {
                Some(Problem::Unfound(unfound)) => Some(unfound.path.to_string()),
                _ => None,
            })
            .collect();
        for root in roots {
            in_all[root.index()] = true;
        }
        if imported {
            for (needed, wanted) in in_all.iter_mut().zip(&wanted) {
                *needed |= wanted;
            }
        }
        let members = ids().filter(|id| in_all[id.index()]);
        let needed: BTreeSet<_> = members.filter_map(|id| module_of(&universe[id])).collect();
        ModuleDemand {
            needed: needed.into_iter().collect(),
            direct: direct.into_iter().collect(),
            missing: missing.into_iter().collect(),
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
