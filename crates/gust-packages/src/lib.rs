//! Patterns to packages: import resolution, build contexts, directory indexes, the package graph.
//!
//! A command's way through this crate: [`LoadConfig`] says how; [`Loader::imports`] takes the patterns of the command line and the
//! requirements of the main modules and gives an [`ImportGraph`], immutable; [`Loader::packages`] makes the [`PackageGraph`] of it, which
//! is plain data. Nothing is written, and requirements are not decided here: gust-edit does both, between the two.
//!
//! - [`context`]: the platform and tags that a build is for
//! - [`dir`]: one directory: its files' headers, kept between commands, and what a build takes of it
//! - [`pattern`]: what a person may type, and which packages that names
//! - `resolve`: an import path to a directory: modules, vendor directories, GOPATH, the standard library
//! - [`graph`]: packages of a wave at once, then in order into the graph
//! - [`model`]: packages once loaded: plain data by id, for every command
//! - `source`: what is asked of modules

pub mod config;
pub mod context;
pub mod dir;
mod env;
pub mod graph;
mod loader;
pub mod model;
mod paths;
pub mod pattern;
mod resolve;
mod source;

pub use config::{BuildShape, LoadConfig, Needs, Pgo};
pub use graph::checks::Trouble;
pub use graph::cover::{CoverAsk, Covered};
pub use graph::demand::ModuleDemand;
pub use graph::importers::{Importer, Importers};
pub use graph::imports::ImportGraph;
pub use graph::relocate::Relocated;
pub use graph::universe::ImportId;
pub use graph::ways::Ways;
pub use loader::{LoadError, Loader, Named, Search, TestCover, TestVariants};
pub use model::{Package, PackageError, PackageGraph, PackageId};
pub use resolve::fips::FipsSnapshot;
