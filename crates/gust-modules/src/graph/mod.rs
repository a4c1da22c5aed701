//! The module graph and minimal version selection: no files, no network.
//!
//! Every module at some version states what it requires at least; selected is, for each module, the highest version
//! that anyone reachable states. That is the whole algorithm, and it needs no search.
//!
//! What is reachable depends on pruning. A module with `go 1.17` or later lists everything that its packages need, so
//! what its requirements require in turn cannot matter to a main module that is itself of that kind, and is not read.
//! Below a module of an older release everything is read. A workspace starts with nothing pruned at its main modules,
//! and looks again at selected versions that no one stated directly.
//!
//! go.mod files are read in waves, each wave in parallel; what they say is entered in order afterwards, so the graph
//! does not depend on which file came first.

pub mod blame;
mod error;
mod load;
pub mod roots;
mod selection;
mod walk;

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use gust_syntax::gover;
use gust_syntax::module::{ModulePath, ModuleVersion, Version};

pub use error::GraphError;
pub use load::{LoadRequest, Summaries};
pub use selection::{ModuleIndex, Requirement, Selection, Statement};

/// How much of what a module's requirements require is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pruning {
    /// Requirements of requirements only where those are of an old release (go 1.17 and later).
    Pruned,
    /// All.
    Unpruned,
    /// As `Pruned`, but the main modules of a workspace are looked through, and selected versions again.
    Workspace,
}

/// What selection needs to know of one module's go.mod.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Whether its requirements are complete by themselves.
    pub pruning: Pruning,
    /// What it requires, exclusions applied.
    pub require: Vec<ModuleVersion>,
}

/// A module version's place in a [`ModuleGraph`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct NodeId(u32);

impl NodeId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Debug)]
struct Node {
    module: ModuleVersion,
    /// What it requires, once that is known.
    requires: Option<Vec<NodeId>>,
}

/// All module versions that requirements lead to, and which version of each module is selected.
#[derive(Debug)]
pub struct ModuleGraph {
    nodes: Vec<Node>,
    ids: HashMap<ModuleVersion, NodeId>,
    roots: Vec<NodeId>,
    selected: HashMap<ModulePath, Version>,
    /// Those whose go.mod could not be had.
    unread: HashSet<NodeId>,
}

/// Which of two versions of a module is higher; a main module's (empty) is above all, `none` below all.
#[must_use]
pub fn compare_versions(path: &str, a: &str, b: &str) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => gover::mod_compare(path, a, b),
    }
}

impl ModuleGraph {
    /// A graph of nothing but where it starts: the main module, or a workspace's.
    fn starting_at(roots: &[ModuleVersion]) -> ModuleGraph {
        let mut graph = ModuleGraph {
            nodes: Vec::new(),
            ids: HashMap::new(),
            roots: Vec::new(),
            selected: HashMap::new(),
            unread: HashSet::new(),
        };
        for root in roots {
            let id = graph.intern(root);
            graph.roots.push(id);
        }
        graph
    }

    /// The node of a module version; what is reachable takes part in the selection.
    fn intern(&mut self, module: &ModuleVersion) -> NodeId {
        if let Some(&id) = self.ids.get(module) {
            return id;
        }
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node {
            module: module.clone(),
            requires: None,
        });
        self.ids.insert(module.clone(), id);
        match self.selected.get_mut(&module.path) {
            Some(version) => {
                if compare_versions(&module.path, version, &module.version) == Ordering::Less {
                    *version = module.version.clone();
                }
            }
            None if module.version.is_none() => {}
            None => {
                self.selected
                    .insert(module.path.clone(), module.version.clone());
            }
        }
        id
    }

    /// Enters what a module requires.
    fn require(&mut self, of: NodeId, modules: &[ModuleVersion]) {
        let requires = modules.iter().map(|module| self.intern(module)).collect();
        self.nodes[of.index()].requires = Some(requires);
    }

    /// The selected version of a module; `None` when nothing requires it.
    #[must_use]
    pub fn selected(&self, path: &str) -> Option<&Version> {
        self.selected.get(path)
    }

    /// Was the go.mod of a module version wanted, and could not be had?
    #[must_use]
    pub fn is_unread(&self, module: &ModuleVersion) -> bool {
        let id = self.ids.get(module);
        id.is_some_and(|id| self.unread.contains(id))
    }

    /// What a module version requires, if its go.mod was read.
    pub fn required_by(
        &self,
        module: &ModuleVersion,
    ) -> Option<impl Iterator<Item = &ModuleVersion>> {
        let requires = self.nodes[self.ids.get(module)?.index()]
            .requires
            .as_ref()?;
        Some(requires.iter().map(|id| &self.nodes[id.index()].module))
    }

    /// A module version of the graph, as the graph holds it.
    fn known(&self, module: &ModuleVersion) -> Option<&ModuleVersion> {
        let id = self.ids.get(module)?;
        Some(&self.nodes[id.index()].module)
    }

    /// The build list without the modules at which the graph starts.
    #[must_use]
    pub fn dependencies(&self) -> Vec<ModuleVersion> {
        let mut list = self.build_list();
        let start = |module: &ModuleVersion| {
            let mut roots = self.roots.iter();
            roots.any(|root| self.nodes[root.index()].module.path == module.path)
        };
        list.retain(|module| !start(module));
        list
    }

    /// The selected version of every module: those at which the graph starts first, the others sorted.
    #[must_use]
    pub fn build_list(&self) -> Vec<ModuleVersion> {
        let mut list: Vec<ModuleVersion> = Vec::with_capacity(self.selected.len());
        for root in &self.roots {
            let path = &self.nodes[root.index()].module.path;
            if let Some(version) = self.selected.get(path)
                && !list.iter().any(|known| known.path == *path)
            {
                list.push(ModuleVersion {
                    path: path.clone(),
                    version: version.clone(),
                });
            }
        }
        let starts: Vec<ModulePath> = list.iter().map(|module| module.path.clone()).collect();
        let others = self
            .selected
            .iter()
            .filter(|(path, _)| !starts.contains(path));
        let mut others: Vec<_> = others
            .map(|(path, version)| ModuleVersion {
                path: path.clone(),
                version: version.clone(),
            })
            .collect();
        others.sort_by(ModuleVersion::compare);
        list.extend(others);
        list
    }
}

/// The error type of summaries is the reader's; it is shared because a graph may be asked about it again.
pub type Shared<E> = Arc<E>;

#[cfg(test)]
mod blame_tests;
#[cfg(test)]
mod roots_tests;
#[cfg(test)]
mod tests;
