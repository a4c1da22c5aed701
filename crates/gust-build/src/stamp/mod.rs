//! What a build writes into a program about itself.
//!
//! - [`info`]: the stamp as data and as text
//! - [`program`]: a program's stamp, made of its packages
//! - [`settings`]: which settings of the build are stamped
//! - [`vcs`]: the state of the working copy, stamped where the main module lies in one

pub mod info;
pub mod program;
pub mod read;
pub mod settings;
pub mod vcs;

pub use info::{BuildInfo, ModuleStamp};
