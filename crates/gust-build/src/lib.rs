//! Packages to plan to outcome: action IDs, tools, schedule, stamps.
//!
//! - [`options`], [`shape`]: what is asked of a build, and what that makes of every tool's flags
//! - [`plan`]: packages to actions, as data
//! - [`command`]: what is carried out, as data; `lower` makes it of an action once what that depends on is there
//! - [`lowered`]: a whole plan written down, and carried out elsewhere
//! - [`id`]: what each action's result depends on, hashed as go hashes it
//! - [`tools`]: command lines and configuration files of compiler, assembler and linker
//! - [`run`]: doing what a plan says: cache, schedule, processes, messages
//! - [`show`]: what -n, -x and -debug-actiongraph print
//! - [`buildid`]: build IDs in archives and programs
//! - [`cgo`]: packages that speak C
//! - [`stamp`]: what programs record of their own build

pub mod buildid;
pub mod cgo;
pub mod command;
pub mod id;
mod lower;
pub mod lowered;
pub mod options;
pub mod plan;
pub mod run;
pub mod shape;
pub mod show;
pub mod site;
pub mod stamp;
pub mod tools;

pub use lower::cover::meta_file as cover_meta_file;
pub use options::{BuildOptions, PerPackage, Purpose};
pub use plan::{ActionRef, Plan};
pub use run::{Outcome, Sink, execute};
pub use shape::{Filter, Shape, ShapeError};
pub use site::{Site, SiteParts, Stamps};
