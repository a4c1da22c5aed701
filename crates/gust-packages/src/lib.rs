//! Patterns to packages: import resolution, build contexts, directory indexes, the package graph.
//!
//! - [`model`]: packages once loaded: plain data by id, for every command
//! - [`pattern`]: what a person may type

pub mod model;
pub mod pattern;

pub use model::{Package, PackageError, PackageGraph, PackageId};
