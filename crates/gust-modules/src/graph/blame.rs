//! Which versions cannot stay when others are held: what leads to a version above the one that is held, or to a go.mod that cannot
//! be had.
//!
//! **The terms.** An *offender* is a module version that is itself above its held version, requires one directly that is, or
//! cannot be read. Blame spreads from offenders to those that require them, in one of two degrees:
//! - *everywhere*: wherever the version is met, the offender is met too;
//! - *in depth*: only where requirements of requirements count, that is below a module of an old release.
//!
//! Only roots pass blame on everywhere: what a root requires is always read, what another module requires may be pruned away. A
//! root of an old release is read in depth wherever it is met, so for it the two are one.

use std::collections::HashMap;

use gust_syntax::module::{ModulePath, ModuleVersion, Version};

use super::{ModuleGraph, NodeId, Pruning, compare_versions};

/// How far blame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Degree {
    /// Where requirements of requirements count.
    InDepth,
    /// Wherever the version is met.
    Everywhere,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// The version itself.
    Own,
    /// One that it requires.
    Through(NodeId),
}

#[derive(Clone, Copy, Debug, Default)]
struct Blamed {
    everywhere: Option<Cause>,
    in_depth: Option<Cause>,
}

/// What was found wrong in a graph.
pub struct Blame<'g> {
    graph: &'g ModuleGraph,
    roots: HashMap<NodeId, Pruning>,
    blamed: Vec<Blamed>,
    requirers: Vec<Vec<NodeId>>,
}

impl<'g> Blame<'g> {
    /// Looks for offenders, nearest to the start first. `roots` are the roots and how each is read; `held` the versions that may
    /// not be exceeded.
    pub fn find(
        graph: &'g ModuleGraph,
        roots: impl IntoIterator<Item = (ModuleVersion, Pruning)>,
        held: &HashMap<ModulePath, Version>,
    ) -> Blame<'g> {
        let id_of = |module: &ModuleVersion| graph.ids.get(module).copied();
        let roots = roots.into_iter();
        let mut blame = Blame {
            graph,
            roots: roots
                .filter_map(|(module, pruning)| Some((id_of(&module)?, pruning)))
                .collect(),
            blamed: vec![Blamed::default(); graph.nodes.len()],
            requirers: vec![Vec::new(); graph.nodes.len()],
        };
        let exceeds = |module: &ModuleVersion| {
            let held = held.get(&module.path);
            held.is_some_and(|held| compare_versions(&module.path, &module.version, held).is_gt())
        };
        for module in graph.breadth_first() {
            let Some(id) = id_of(module).filter(|_| !module.version.is_empty()) else {
                continue;
            };
            if exceeds(module) || graph.unread.contains(&id) {
                blame.put(id, Degree::Everywhere, Cause::Own);
                continue;
            }
            let required = graph.nodes[id.index()].requires.as_deref().unwrap_or(&[]);
            let mut excess = required.iter().copied();
            if let Some(bad) = excess.find(|id| exceeds(&graph.nodes[id.index()].module)) {
                blame.put(id, Degree::Everywhere, Cause::Through(bad));
                continue;
            }
            for &next in required {
                blame.requirers[next.index()].push(id);
                if let Some(degree) = blame.passed_on(next) {
                    blame.put(id, degree, Cause::Through(next));
                }
            }
        }
        blame
    }

    /// The degree of blame that a version passes on to those that require it.
    fn passed_on(&self, id: NodeId) -> Option<Degree> {
        let blamed = self.blamed[id.index()];
        match (blamed.everywhere, blamed.in_depth) {
            (Some(_), _) if self.roots.contains_key(&id) => Some(Degree::Everywhere),
            (_, Some(_)) => Some(Degree::InDepth),
            _ => None,
        }
    }

    fn put(&mut self, id: NodeId, degree: Degree, cause: Cause) {
        let mut pending = vec![(id, degree, cause)];
        while let Some((id, degree, cause)) = pending.pop() {
            let old_root = self.roots.get(&id) == Some(&Pruning::Unpruned);
            let before = self.passed_on(id);
            let blamed = &mut self.blamed[id.index()];
            blamed.in_depth.get_or_insert(cause);
            if degree == Degree::Everywhere || old_root {
                blamed.everywhere.get_or_insert(cause);
            }
            let after = self.passed_on(id);
            if let Some(degree) = after.filter(|_| after != before) {
                let by = self.requirers[id.index()].iter().rev();
                pending.extend(by.map(|&by| (by, degree, Cause::Through(id))));
            }
        }
    }

    /// Is the version to blame, as it is read with that pruning?
    pub fn has(&self, module: &ModuleVersion, pruning: Pruning) -> bool {
        let id = self.graph.ids.get(module);
        id.is_some_and(|&id| self.cause(id, pruning).is_some())
    }

    fn cause(&self, id: NodeId, pruning: Pruning) -> Option<Cause> {
        let blamed = self.blamed[id.index()];
        match pruning {
            Pruning::Unpruned => blamed.in_depth,
            _ => blamed.everywhere,
        }
    }

    /// From a version to the offender that it leads to; empty if it is not to blame.
    pub fn chain(&self, module: &ModuleVersion, mut pruning: Pruning) -> Vec<ModuleVersion> {
        let mut chain = Vec::new();
        let mut at = self.graph.ids.get(module).copied();
        while let Some(id) = at {
            if self.roots.get(&id) == Some(&Pruning::Unpruned) {
                pruning = Pruning::Unpruned;
            }
            let Some(cause) = self.cause(id, pruning) else {
                break;
            };
            chain.push(self.graph.nodes[id.index()].module.clone());
            at = match cause {
                Cause::Own => None,
                Cause::Through(next) => Some(next),
            };
        }
        chain
    }
}
