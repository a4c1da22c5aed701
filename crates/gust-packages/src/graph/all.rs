//! The pattern `all`: packages of the main modules, what they and their tests import, and so on (without the tests of those).

use super::universe::{ImportId, Resolver, Universe};
use crate::env::Env;
use crate::model::Str;
use crate::pattern::Match;
use gust_syntax::gover;
use gust_syntax::module::check_import_path;

/// Before go 1.16, `all` went on through the tests of dependencies.
pub(crate) fn closes_over_tests(env: &Env) -> bool {
    match &env.resolver {
        Resolver::Modules(m) => {
            let source = &m.source;
            let version = match (&env.config.go_version, source.modules.workspace()) {
                (Some(version), _) => version.clone(),
                (None, Some(_)) => source.modules.go_version(),
                (None, None) => source.requirements().go_version().to_owned(),
            };
            gover::compare(&version, "1.16").is_lt()
        }
        Resolver::Gopath(_) => false,
    }
}

/// Which packages `all` stands for, as far as they are loaded.
pub(crate) fn members(env: &Env, universe: &Universe) -> Vec<bool> {
    let Resolver::Modules(modules) = &env.resolver else {
        return vec![false; universe.nodes.len()];
    };
    let wide = closes_over_tests(env);
    let mains = modules.source.mains();
    let tools: Vec<&str> = mains.flat_map(|main| main.tools()).collect();
    let mut in_all = vec![false; universe.nodes.len()];
    let mut queue: Vec<ImportId> = Vec::new();
    for (i, node) in universe.nodes.iter().enumerate() {
        if node.located.in_main || tools.contains(&&*node.path) {
            in_all[i] = true;
            queue.push(ImportId(i as u32));
        }
    }
    while let Some(id) = queue.pop() {
        let node = &universe[id];
        let tests = node
            .test_imports
            .iter()
            .flatten()
            .filter(|_| wide || node.located.in_main);
        for &next in node.imports.iter().flatten().chain(tests) {
            if !std::mem::replace(&mut in_all[next.0 as usize], true) {
                queue.push(next);
            }
        }
    }
    in_all
}

/// Replaces what `all` stands for so far (the main modules' packages) by the whole.
pub(crate) fn expand(env: &Env, universe: &Universe, matches: &mut [Match]) {
    if !env.modules_on() {
        return;
    }
    let in_all = members(env, universe);
    let wellformed = |n: &&super::universe::Node| {
        n.located.problem.is_none() || check_import_path(&n.path).is_ok()
    };
    let members = universe
        .nodes
        .iter()
        .zip(&in_all)
        .filter(|(_, all)| **all)
        .map(|(n, _)| n);
    let mut paths: Vec<Str> = members.filter(wellformed).map(|n| n.path.clone()).collect();
    paths.sort_unstable();
    for m in matches.iter_mut().filter(|m| m.pattern == "all") {
        m.packages = paths.clone();
    }
}
