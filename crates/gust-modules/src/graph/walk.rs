//! Walks over a module graph.

use std::collections::{HashMap, HashSet, VecDeque};

use gust_syntax::module::ModuleVersion;

use super::{ModuleGraph, NodeId};

impl ModuleGraph {
    /// Every module version, nearest to the start first, each once; selected or not, `none` aside.
    #[must_use]
    pub fn breadth_first(&self) -> Vec<&ModuleVersion> {
        let mut seen: HashSet<NodeId> = HashSet::new();
        let mut queue: VecDeque<NodeId> = VecDeque::new();
        let mut order = Vec::new();
        let mut visit = |queue: &mut VecDeque<NodeId>, id: NodeId| {
            if !self.nodes[id.index()].module.version.is_none() && seen.insert(id) {
                queue.push_back(id);
            }
        };
        for &root in &self.roots {
            visit(&mut queue, root);
        }
        while let Some(id) = queue.pop_front() {
            let node = &self.nodes[id.index()];
            order.push(&node.module);
            for &next in node.requires.iter().flatten() {
                visit(&mut queue, next);
            }
        }
        order
    }

    /// The shortest chain of requirements from where the graph starts to a module version that `wanted` holds for.
    #[must_use]
    pub fn shortest_path(
        &self,
        wanted: impl Fn(&ModuleVersion) -> bool,
    ) -> Option<Vec<ModuleVersion>> {
        let mut reached_from: HashMap<NodeId, Option<NodeId>> =
            self.roots.iter().map(|&root| (root, None)).collect();
        let mut queue: VecDeque<NodeId> = self.roots.iter().copied().collect();
        while let Some(id) = queue.pop_front() {
            let node = &self.nodes[id.index()];
            if wanted(&node.module) {
                let steps =
                    std::iter::successors(Some(id), |at| reached_from.get(at).copied().flatten());
                let mut chain: Vec<_> = steps
                    .map(|at| self.nodes[at.index()].module.clone())
                    .collect();
                chain.reverse();
                return Some(chain);
            }
            for &next in node.requires.iter().flatten() {
                reached_from.entry(next).or_insert_with(|| {
                    queue.push_back(next);
                    Some(id)
                });
            }
        }
        None
    }
}
