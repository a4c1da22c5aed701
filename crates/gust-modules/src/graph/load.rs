//! Reading the graph, wave by wave.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Display;
use std::sync::Arc;

use gust_syntax::module::{ModulePath, ModuleVersion, Version};
use rayon::prelude::*;

use super::{GraphError, ModuleGraph, NodeId, Pruning, Shared, Summary};

/// Where go.mod files come from.
pub trait Summaries: Sync {
    /// Why one could not be had.
    type Error: Send + Sync + Display;

    /// What the go.mod of a module version says, replacements followed. Called from many threads.
    ///
    /// # Errors
    /// Whatever keeps the file from being read or understood.
    fn summary(&self, module: &ModuleVersion) -> Result<Arc<Summary>, Self::Error>;
}

/// Where a graph starts.
#[derive(Debug)]
pub struct LoadRequest<'a> {
    /// The main modules (one, but for a workspace).
    pub mains: &'a [ModuleVersion],
    /// What the main module requires; in a workspace, the main modules themselves and what go.work adds.
    pub roots: &'a [ModuleVersion],
    /// How much is read.
    pub pruning: Pruning,
    /// Modules that are looked through although the module that requires them is pruned (`-mod=vendor` aside, replaced ones).
    pub unprune: &'a HashSet<ModuleVersion>,
}

impl ModuleGraph {
    /// Reads the graph. Where some go.mod could not be had, what could be is given too.
    ///
    /// # Errors
    /// [`GraphError`] for the failure that is nearest to the start, with the chain of requirements that leads to it.
    pub fn load<S: Summaries>(
        request: &LoadRequest<'_>,
        summaries: &S,
    ) -> (ModuleGraph, Option<GraphError<S::Error>>) {
        let starts = if request.pruning == Pruning::Workspace {
            request.roots
        } else {
            request.mains
        };
        let mut loading = Loading {
            graph: ModuleGraph::starting_at(starts),
            summaries,
            unprune: request.unprune,
            known: HashMap::new(),
            visited: HashSet::new(),
            failures: BTreeMap::new(),
        };
        if request.pruning != Pruning::Workspace
            && let Some(main) = loading.graph.roots.first().copied()
        {
            loading.graph.require(main, request.roots);
        }
        let first: Vec<_> = request
            .roots
            .iter()
            .map(|root| (loading.graph.intern(root), request.pruning))
            .collect();
        loading.waves(first);
        if request.pruning == Pruning::Workspace {
            loading.follow_selected(request.roots);
        }
        let error = loading.first_failure();
        loading.graph.unread = loading.failures.keys().copied().collect();
        (loading.graph, error)
    }
}

struct Loading<'a, S: Summaries> {
    graph: ModuleGraph,
    summaries: &'a S,
    unprune: &'a HashSet<ModuleVersion>,
    /// Everything read so far.
    known: HashMap<NodeId, Arc<Summary>>,
    visited: HashSet<(NodeId, Pruning)>,
    failures: BTreeMap<NodeId, Shared<S::Error>>,
}

impl<S: Summaries> Loading<'_, S> {
    /// Reads the modules of a wave, then those that they lead to, until there are none.
    fn waves(&mut self, mut wave: Vec<(NodeId, Pruning)>) {
        while !wave.is_empty() {
            wave.retain(|&(id, pruning)| {
                !self.graph.nodes[id.index()].module.version.is_none()
                    && self.visited.insert((id, pruning))
            });
            self.read(&wave);
            wave = wave
                .iter()
                .flat_map(|&(id, pruning)| self.next(id, pruning))
                .collect();
        }
    }

    fn read(&mut self, wave: &[(NodeId, Pruning)]) {
        let mut unread: Vec<NodeId> = wave.iter().map(|&(id, _)| id).collect();
        unread.sort_unstable();
        unread.dedup();
        unread.retain(|id| !self.known.contains_key(id) && !self.failures.contains_key(id));
        let (graph, summaries) = (&self.graph, self.summaries);
        let read: Vec<_> = unread
            .par_iter()
            .map(|id| (*id, summaries.summary(&graph.nodes[id.index()].module)))
            .collect();
        for (id, result) in read {
            match result {
                Ok(summary) => {
                    self.graph.require(id, &summary.require);
                    self.known.insert(id, summary);
                }
                Err(error) => {
                    self.failures.insert(id, Arc::new(error));
                }
            }
        }
    }

    /// The modules that one leads to. Below a module whose requirements are not complete, nothing is pruned.
    fn next(&self, id: NodeId, pruning: Pruning) -> Vec<(NodeId, Pruning)> {
        let Some(summary) = self.known.get(&id) else {
            return Vec::new();
        };
        let below = if pruning == Pruning::Unpruned {
            Pruning::Unpruned
        } else {
            summary.pruning
        };
        let all = pruning != Pruning::Pruned || summary.pruning == Pruning::Unpruned;
        let wanted = summary
            .require
            .iter()
            .filter(|module| all || self.unprune.contains(*module));
        wanted
            .filter_map(|module| Some((*self.graph.ids.get(module)?, below)))
            .collect()
    }

    /// In a workspace, what the main modules list is complete only at the versions that they list. Where the workspace selects a
    /// higher one, the go.mod of that version is read as well, and so on from there.
    fn follow_selected(&mut self, mains: &[ModuleVersion]) {
        let mut followed: BTreeMap<ModulePath, HashSet<Version>> = BTreeMap::new();
        for main in mains {
            followed.entry(main.path.clone()).or_default();
        }
        loop {
            let raised = self.not_followed(&followed);
            let mut wave = Vec::with_capacity(raised.len());
            for module in raised {
                wave.push((self.graph.intern(&module), Pruning::Workspace));
                followed
                    .entry(module.path)
                    .or_default()
                    .insert(module.version);
            }
            if wave.is_empty() {
                return;
            }
            self.waves(wave);
        }
    }

    /// Of the modules that are followed, and of those that they require at less than is selected: the selected versions, as far
    /// as these were not followed yet. Sorted.
    fn not_followed(
        &self,
        followed: &BTreeMap<ModulePath, HashSet<Version>>,
    ) -> BTreeSet<ModuleVersion> {
        let mut raised = BTreeSet::new();
        let is_followed = |module: &ModuleVersion| {
            let versions = followed.get(&module.path);
            versions.is_some_and(|versions| versions.contains(&module.version))
        };
        for path in followed.keys() {
            let Some(module) = self.selected(path) else {
                continue;
            };
            if !is_followed(&module) {
                raised.insert(module);
                continue;
            }
            for required in self.graph.required_by(&module).into_iter().flatten() {
                if let Some(selected) = self.selected(&required.path)
                    && selected.compare(required) == Ordering::Greater
                    && !is_followed(&selected)
                {
                    raised.insert(selected);
                }
            }
        }
        raised
    }

    fn selected(&self, path: &ModulePath) -> Option<ModuleVersion> {
        let version = self.graph.selected.get(path)?;
        Some(ModuleVersion {
            path: path.clone(),
            version: version.clone(),
        })
    }

    fn first_failure(&self) -> Option<GraphError<S::Error>> {
        if self.failures.is_empty() {
            return None;
        }
        let id_of = |module: &ModuleVersion| self.graph.ids.get(module);
        let chain = self.graph.shortest_path(|module| {
            id_of(module).is_some_and(|id| self.failures.contains_key(id))
        })?;
        let error = self.failures.get(id_of(chain.last()?)?)?;
        Some(GraphError {
            chain,
            source: Arc::clone(error),
        })
    }
}
