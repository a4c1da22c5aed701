//! `go mod graph`: which module requires which.

use crate::error::OpError;
use crate::modules::failure;
use crate::workspace::Workspace;
use gust_modules::graph::ModuleGraph;
use std::sync::Arc;

/// Which graph.
pub struct GraphRequest {
    /// -go: the version whose rules of pruning count; empty for go.mod's own.
    pub go: String,
}

/// Loads the graph.
///
/// # Errors
/// [`OpError`] when it cannot be loaded, or not for that version.
pub fn graph(workspace: &Workspace, request: GraphRequest) -> Result<Arc<ModuleGraph>, OpError> {
    let modules = super::modules(workspace)?;
    let graph = modules.graph_as_of(modules.stated(), &request.go);
    graph.map_err(|error| failure(workspace, error))
}
