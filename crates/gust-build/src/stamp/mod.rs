//! What a build writes into a program about itself.
//!
//! - [`info`]: the stamp as data and as text
//! - [`settings`]: which settings of the build are stamped
//! - `vcs`: the state of the working copy, stamped where the main module lies in one

pub mod info;
pub mod program;
pub mod read;
pub mod settings;
// `mod vcs;` comes back with gust_fetch::vcs::local_version.

pub use info::{BuildInfo, ModuleStamp};
