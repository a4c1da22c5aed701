//! What every part of a load works with.

use std::sync::Arc;

use crate::config::LoadConfig;
use crate::dir::Indexer;
use crate::graph::universe::Resolver;

/// The configuration and the doors made from it.
pub(crate) struct Env {
    pub(crate) config: LoadConfig,
    pub(crate) indexer: Arc<Indexer>,
    pub(crate) resolver: Resolver,
}
