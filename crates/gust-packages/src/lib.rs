//! Patterns to packages: import resolution, build contexts, directory indexes, the package graph.
//!
//! - [`context`]: the platform and tags that a build is for
//! - [`dir`]: one directory: its files' headers, kept between commands, and what a build takes of it
//! - [`model`]: packages once loaded: plain data by id, for every command
//! - [`pattern`]: what a person may type

pub mod context;
pub mod dir;
pub mod model;
pub mod pattern;

pub use model::{Package, PackageError, PackageGraph, PackageId};
