//! Operations: what each command does, without a word of how it is asked for or shown.
//!
//! An operation takes a [`Workspace`] and a request, tells a [`Reporter`] what happens on the way, and gives back an outcome or an
//! [`OpError`]. An editor or a server would call the same.
//!
//! - [`workspace`], [`request`]: what every operation has in its hands, and what is asked of those that build
//! - [`build()`], [`mod@clean`], [`install()`], [`run()`], [`test()`], [`tool()`], [`vet()`], [`get()`], [`fmt()`], [`generate()`], [`list()`], [`env()`], [`version()`], [`module`], [`work`]: the operations, a file or a folder each
//! - [`explain`]: questions of gust's own about the module graph
//! - [`building`]: what those that build have in common: loading packages, stamping programs, carrying out a plan
//! - [`load`], [`modules`], `network`: from settings and requests to the configuration of the floors below
//! - [`release`]: which release does the work, and how to get there
//! - [`report`], [`error`]: what is told on the way, and how an operation ends that does not end well

pub mod build;
pub mod building;
pub mod clean;
pub mod env;
pub mod error;
pub mod explain;
pub mod fips;
pub mod fmt;
pub mod generate;
pub mod get;
pub mod install;
pub mod list;
pub mod load;
pub mod module;
pub mod modules;
mod network;
pub mod release;
pub mod report;
pub mod request;
pub mod run;
pub mod test;
pub mod tool;
pub mod version;
pub mod vet;
pub mod work;
pub mod workspace;

pub use build::{BuildOutcome, BuildRequest, build};
pub use building::{has_version, newer_release_for};
pub use env::{EnvOutcome, EnvRequest, env};
pub use error::{HandOver, Hint, OpError, OpErrorKind};
pub use fmt::{FmtOutcome, FmtRequest, fmt};
pub use generate::{GenerateOutcome, GenerateRequest, generate};
pub use get::{GetRefusal, GetRequest, Upgrade, get};
pub use install::{InstallRequest, install};
pub use list::{
    ListFlags, ListModulesRequest, ListRequest, Listing, ModuleListing, list, list_modules,
    module_info,
};
pub use report::Reporter;
pub use request::{BuildFlags, CoverFlags, ModuleFlags, Policy, Switches};
pub use run::{Program, RunOutcome, RunRequest, run};
pub use test::{TestOutcome, TestRequest, test};
pub use tool::{DistList, ToolOutcome, ToolRequest, module_tools, release_tools, tool};
pub use version::{FoundProgram, VersionOutcome, VersionRequest, version};
pub use vet::{Driven, VetOutcome, VetRequest, vet};
pub use workspace::{Workspace, WorkspaceParts, check_platform};
