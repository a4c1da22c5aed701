//! `go mod graph`: which module requires which.

use crate::error::OpError;
use crate::modules::failure;
use crate::workspace::Workspace;
use gust_modules::graph::ModuleGraph;
use gust_syntax::gover;
use std::sync::Arc;

/// Which graph.
pub struct GraphRequest {
    /// -go: the version whose rules of pruning count; empty for go.mod's own.
    pub go: String,
}

/// A -go that cannot be.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// It is no version.
    #[error("invalid value \"{go}\" for flag -go: expecting a Go version like \"{release}\"")]
    NoVersion {
        /// What was given.
        go: String,
        /// The release that runs.
        release: String,
    },
    /// It is newer than the release.
    #[error("-go flag requires go >= {go} (running go {release}{note})")]
    TooNew {
        /// What was given.
        go: String,
        /// The release that runs.
        release: String,
        /// Which settings led to that release.
        note: String,
    },
}

impl GraphError {
    pub(crate) fn is_prefixed(&self) -> bool {
        matches!(self, GraphError::TooNew { .. })
    }
}

/// Loads the graph.
///
/// # Errors
/// [`OpError`] when it cannot be loaded, or not for that version.
pub fn graph(workspace: &Workspace, request: GraphRequest) -> Result<Arc<ModuleGraph>, OpError> {
    let go = request.go;
    let release = workspace.settings().go_version();
    if !go.is_empty() && !gover::is_go_line(&go) {
        let release = release.to_owned();
        return Err(GraphError::NoVersion { go, release }.into());
    }
    if gover::compare(release, &go).is_lt() {
        let error = GraphError::TooNew {
            go: go.clone(),
            release: release.to_owned(),
            note: workspace.too_new_explanation(),
        };
        return Err(workspace.switch("-go flag", &go, error.into()));
    }
    let modules = super::modules(workspace)?;
    let graph = modules.graph_as_of(modules.stated(), &go);
    graph.map_err(|error| failure(workspace, error))
}
