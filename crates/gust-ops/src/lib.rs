//! Operations: what each command does, without a word of how it is asked for or shown.
//!
//! An operation takes a [`Workspace`] and a request, tells a [`Reporter`] what happens on the way, and gives back an outcome or an
//! [`OpError`]. An editor or a server would call the same.
//!
//! - [`workspace`]: settings, the view, the network, the caches: what every operation has in its hands
//! - [`request`]: what is asked, typed: flags of a build, flags about modules, a command's policy
//! - [`building`]: loading packages, stamping programs, carrying out a plan
//! - [`load`], [`modules`], `network`: from settings and requests to the configuration of the floors below
//! - [`release`]: which release does the work, and how to get there
//! - [`report`], [`error`]: what is told on the way, and how an operation ends that does not end well

pub mod building;
pub mod error;
pub mod load;
pub mod modules;
mod network;
pub mod release;
pub mod report;
pub mod request;
pub mod workspace;

pub use error::{HandOver, OpError};
pub use report::Reporter;
pub use request::{BuildFlags, ModuleFlags, Policy, Switches};
pub use workspace::{Workspace, WorkspaceParts};
