//! Patterns to packages: import resolution, build contexts, directory indexes, the package graph.
//!
//! A command's way through this crate: [`LoadConfig`] says how, [`Loader::load`] takes the patterns of the command line, and the
//! [`PackageGraph`] that comes out is plain data.
//!
//! - [`context`]: the platform and tags that a build is for
//! - [`dir`]: one directory: its files' headers, kept between commands, and what a build takes of it
//! - [`pattern`]: what a person may type, and which packages that names
//! - `resolve`: an import path to a directory: modules, vendor directories, GOPATH, the standard library
//! - [`graph`]: packages of a wave at once, then in order into the graph
//! - [`model`]: packages once loaded: plain data by id, for every command
//! - [`source`]: what is asked of modules

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
pub mod source;

pub use config::{BuildShape, LoadConfig, Needs, Pgo};
pub use loader::{LoadError, Loader, TestCover, TestVariants};
pub use model::{Package, PackageError, PackageGraph, PackageId};
