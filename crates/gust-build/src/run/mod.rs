//! Doing what a plan says.
//!
//! Actions run on as many threads as there are jobs (-p), each when all that it depends on is done. Whether an action has
//! anything to do is decided when its turn comes: its ID is made of what its dependencies came to, so a dependency that
//! was made anew and came out the same stops the wave there.
//!
//! - [`executor`], `queue`: the workers and the schedule
//! - `settle`, `check`, `reuse`, `known`, `presence`: what need not be done
//! - `build`, `cgo`, `link`, `open`: what is done for archives, programs and kinds of crates above
//! - `finish`: build IDs and the cache
//! - `runner`, `local`, `process`: who carries out commands
//! - `job`, `report`: an action's commands, and how what they write is shown
//! - [`status`]: what `go list` shows of a build

#![expect(
    clippy::disallowed_methods,
    reason = "build tools start here; their files and results come and go while a build runs, so no view may remember them"
)]

mod build;
mod cgo;
mod check;
mod cover;
mod directives;
pub mod error;
pub mod executor;
mod finish;
pub(crate) mod job;
mod known;
mod link;
pub(crate) mod local;
mod open;
mod pack;
mod presence;
mod process;
mod queue;
mod report;
mod reuse;
mod runner;
mod settle;
mod state;
pub mod status;
pub(crate) mod work;

pub(crate) use build::HEADER;
pub use error::{BuildError, CommandOutput};
pub use executor::{Outcome, execute};
pub use runner::{BuildId, Made, Runner};
pub use status::Status;
pub use work::Work;

/// Where a build's output goes.
pub trait Sink: Sync {
    /// Text, as it is to be printed; `package` (with its variant) when it belongs to one.
    fn output(&self, package: Option<&str>, text: &[u8]);

    /// Why something failed, without a line break at the end; the command will exit with 1.
    fn failure(&self, package: Option<&str>, text: &str);

    /// Does it want to know which package output belongs to?
    fn names_packages(&self) -> bool {
        false
    }
}
