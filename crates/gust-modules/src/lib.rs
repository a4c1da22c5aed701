//! Requirements to build list: main modules, minimal version selection, pruning, queries.

pub mod graph;
pub mod public;

pub use public::{ModuleError, ModulePublic};
