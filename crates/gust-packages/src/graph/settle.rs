//! What a load tells about requirements: which modules the main modules need, and which packages nobody provides.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::all;
use super::universe::{Node, NodeError, NodeId, Resolver, Universe};
use crate::env::Env;
use crate::model::Problem;
use crate::source::{Loaded, Unfound};

/// Where a load started.
pub(crate) struct Start<'a> {
    /// Packages that were asked for.
    pub(crate) roots: &'a [NodeId],
    /// The package of files named on the command line, which belongs to no module.
    pub(crate) files: Option<NodeId>,
}

/// Holds the load against the requirements of main modules. True: they changed, and everything has to be loaded again.
pub(crate) fn settle(
    env: &Env,
    universe: &mut Universe,
    start: &Start<'_>,
) -> Result<bool, String> {
    let Resolver::Modules(modules) = &env.resolver else {
        return Ok(false);
    };
    let loaded = loaded(env, universe, start);
    let changed = modules.source.settle(&loaded)?;
    if !changed && !loaded.missing.is_empty() {
        // Only now is it known what came of looking for them.
        for node in &mut universe.nodes {
            if let Some(Problem::Unfound(unfound)) = node.located.problem.as_deref() {
                let why = Unfound::new(&unfound.path, modules.source.as_ref());
                let problem = Arc::new(Problem::Unfound(why));
                node.located.problem = Some(Arc::clone(&problem));
                node.error = Some(NodeError::Problem(problem));
            }
        }
    }
    Ok(changed)
}

/// The godebug lines of main modules, held against what the release knows.
pub(crate) fn check_godebug(env: &Env) -> Result<(), String> {
    let Resolver::Modules(modules) = &env.resolver else {
        return Ok(());
    };
    for (place, key, value) in modules.source.godebug_lines() {
        if let Err(why) = env.godebug().check("godebug", &key, &value) {
            return Err(format!("{place}: {why}"));
        }
    }
    Ok(())
}

/// The end of a load.
pub(crate) fn finish(env: &Env) -> Result<(), String> {
    match &env.resolver {
        Resolver::Gopath(_) => Ok(()),
        Resolver::Modules(modules) => modules.source.finish(),
    }
}

fn loaded(env: &Env, universe: &Universe, start: &Start<'_>) -> Loaded {
    let wide = all::closes_over_tests(env);
    let mains = universe.nodes.iter().enumerate();
    let mains =
        mains.filter(|(i, node)| node.located.in_main && start.files != Some(NodeId(*i as u32)));
    let mains: Vec<NodeId> = mains.map(|(i, _)| NodeId(i as u32)).collect();
    let mut direct = BTreeSet::new();
    for &id in &mains {
        let node = &universe[id];
        let tests = node.test_imports.iter().flatten();
        for &next in node.imports.iter().flatten().chain(tests) {
            direct.extend(module_of(&universe[next]));
        }
    }
    let mut in_all = closure(universe, &mains, |node| wide || node.located.in_main);
    let wanted = closure(universe, start.roots, |node| {
        env.config.needs.tests
            && start
                .roots
                .iter()
                .any(|root| universe[*root].path == node.path)
    });
    let missing = |(i, node): (usize, &Node)| match node.located.problem.as_deref() {
        Some(Problem::Unfound(unfound)) if in_all[i] || wanted[i] => Some(unfound.path.to_string()),
        _ => None,
    };
    let missing: BTreeSet<String> = universe
        .nodes
        .iter()
        .enumerate()
        .filter_map(missing)
        .collect();
    for root in start.roots {
        in_all[root.0 as usize] = true;
    }
    let members = universe.nodes.iter().zip(&in_all).filter(|(_, all)| **all);
    let needed: BTreeSet<_> = members.filter_map(|(node, _)| module_of(node)).collect();
    Loaded {
        needed: needed.into_iter().collect(),
        direct: direct.into_iter().collect(),
        missing: missing.into_iter().collect(),
    }
}

/// What packages lead to by their imports, and by those of their tests where these count.
fn closure(universe: &Universe, from: &[NodeId], with_tests: impl Fn(&Node) -> bool) -> Vec<bool> {
    let mut reached = vec![false; universe.nodes.len()];
    let mut queue: Vec<NodeId> = from.to_vec();
    for id in from {
        reached[id.0 as usize] = true;
    }
    while let Some(id) = queue.pop() {
        let node = &universe[id];
        let tests = node
            .test_imports
            .iter()
            .flatten()
            .filter(|_| with_tests(node));
        for &next in node.imports.iter().flatten().chain(tests) {
            if !std::mem::replace(&mut reached[next.0 as usize], true) {
                queue.push(next);
            }
        }
    }
    reached
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
