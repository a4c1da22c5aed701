//! Questions of gust's own: how the modules came to be what they are. Each answers from what resolution knows already, and
//! changes nothing.

mod outdated;
mod packages;
mod tree;
mod upgrade;
mod why;

pub use outdated::{Outdated, OutdatedRequest, outdated};
pub use packages::{ImportBranch, PackageReason};
pub use tree::{Branch, TreeError, TreeFrom, TreeOutcome, TreeRequest, tree};
pub use upgrade::{Level, Upgrade, UpgradeError, UpgradeRequest, upgrade};
pub use why::{Answer, Lower, Reason, WhyError, WhyOutcome, WhyRequest, why};

use crate::error::OpError;
use crate::module;
use crate::modules::failure;
use crate::workspace::Workspace;
use gust_modules::Modules;
use gust_modules::graph::{ModuleGraph, ModuleIndex, Selection};
use gust_syntax::gover;
use std::collections::HashSet;
use std::sync::Arc;

/// The module graph, and what selection made of it.
pub(crate) struct Selected<'w> {
    pub(crate) modules: &'w Arc<Modules>,
    pub(crate) graph: Arc<ModuleGraph>,
    pub(crate) selection: Selection,
    /// The modules that a main module needs itself: those that it requires without `// indirect`, and those that it is
    /// alone to require.
    pub(crate) own: HashSet<ModuleIndex>,
}

impl<'w> Selected<'w> {
    /// Reads the graph of the main modules.
    pub(crate) fn load(workspace: &'w Workspace) -> Result<Selected<'w>, OpError> {
        let modules = module::modules(workspace)?;
        let stated = modules.stated();
        let graph = modules.graph_as_of(stated, "");
        let graph = graph.map_err(|error| failure(workspace, error))?;
        let selection = Selection::of(&graph);
        let required: HashSet<ModuleIndex> = selection
            .starts()
            .flat_map(|start| selection.requires(start))
            .map(|requirement| requirement.module)
            .collect();
        let direct = |module: &ModuleIndex| {
            let path = &selection.modules()[*module].path;
            stated.direct.contains(path) || selection.is_start(*module)
        };
        let mut own: HashSet<ModuleIndex> = required.iter().copied().filter(direct).collect();
        let needed = selection.reached(own.iter().copied());
        own.extend(required.difference(&needed));
        Ok(Selected {
            modules,
            graph,
            selection,
            own,
        })
    }

    /// Whether a requirement is shown: what is one, and not only kept in a go.mod since others need it.
    pub(crate) fn counts(&self, by: ModuleIndex, on: ModuleIndex) -> bool {
        let is_release = gover::is_toolchain_module(&self.selection.modules()[on].path);
        !is_release && (!self.selection.is_start(by) || self.own.contains(&on))
    }
}
