//! Packages from the disk to the graph.
//!
//! 1. [`universe`]: locate and scan packages in waves, in parallel
//! 2. [`assemble`]: walk them in go's order into the graph, with stacks, cycles and errors
//! 3. [`variants`], [`testmain`], [`pgo`]: copies of packages for tests and for profiles, and the test program's main

pub(crate) mod all;
pub(crate) mod assemble;
mod blame;
pub(crate) mod checks;
pub(crate) mod cover;
pub(crate) mod demand;
pub(crate) mod fuzz;
pub mod godebug;
pub(crate) mod importers;
pub(crate) mod imports;
mod linker;
pub(crate) mod pgo;
pub(crate) mod relocate;
mod sources;
pub(crate) mod target;
mod tested;
mod testmain;
pub(crate) mod universe;
pub(crate) mod uses;
pub(crate) mod variants;
mod visibility;
pub(crate) mod ways;
