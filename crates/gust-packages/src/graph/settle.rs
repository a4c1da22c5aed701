//! What a load tells about requirements: which modules the main modules need, and which packages nobody provides.

use std::collections::BTreeSet;

use super::universe::{Node, NodeId, Resolver, Universe};
use crate::env::Env;
use crate::model::Problem;
use crate::source::Loaded;

/// Holds the load against the requirements of main modules. True: they changed, and everything has to be loaded again.
pub(crate) fn settle(env: &Env, universe: &Universe, roots: &[NodeId]) -> Result<bool, String> {
    match &env.resolver {
        Resolver::Gopath(_) => Ok(false),
        Resolver::Modules(modules) => modules.source.settle(&loaded(universe, roots)),
    }
}

/// The end of a load.
pub(crate) fn finish(env: &Env) -> Result<(), String> {
    match &env.resolver {
        Resolver::Gopath(_) => Ok(()),
        Resolver::Modules(modules) => modules.source.finish(),
    }
}

fn loaded(universe: &Universe, roots: &[NodeId]) -> Loaded {
    let mut in_all = vec![false; universe.nodes.len()];
    let mut queue: Vec<NodeId> = Vec::new();
    for (i, node) in universe.nodes.iter().enumerate() {
        if node.located.in_main {
            in_all[i] = true;
            queue.push(NodeId(i as u32));
        }
    }
    let mut direct = BTreeSet::new();
    while let Some(id) = queue.pop() {
        let node = &universe[id];
        let tests = node.test_imports.iter().flatten();
        for &next in node
            .imports
            .iter()
            .flatten()
            .chain(tests.filter(|_| node.located.in_main))
        {
            if node.located.in_main {
                direct.extend(module_of(&universe[next]));
            }
            if !std::mem::replace(&mut in_all[next.0 as usize], true) {
                queue.push(next);
            }
        }
    }
    for root in roots {
        in_all[root.0 as usize] = true;
    }
    let members = universe.nodes.iter().zip(&in_all).filter(|(_, all)| **all);
    let needed: BTreeSet<_> = members.filter_map(|(node, _)| module_of(node)).collect();
    let missing = |node: &Node| match node.located.problem.as_deref() {
        Some(Problem::Unfound(unfound)) => Some(unfound.path.to_string()),
        _ => None,
    };
    let missing: BTreeSet<String> = universe.nodes.iter().filter_map(missing).collect();
    Loaded {
        needed: needed.into_iter().collect(),
        direct: direct.into_iter().collect(),
        missing: missing.into_iter().collect(),
    }
}

/// The module of a package of a dependency.
fn module_of(node: &Node) -> Option<(String, String)> {
    let module = node
        .located
        .module
        .as_ref()
        .filter(|_| !node.located.in_main)?;
    (!module.path.is_empty()).then(|| (module.path.clone(), module.version.clone()))
}
