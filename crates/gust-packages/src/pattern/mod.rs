//! What a person may type to name packages.

pub mod glob;
mod matcher;

pub use matcher::PackageMatcher;
