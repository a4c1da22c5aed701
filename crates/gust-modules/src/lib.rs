//! Requirements to build list: main modules, minimal version selection, pruning, queries.
//!
//! | module | what it is |
//! |---|---|
//! | [`Modules`] | the door: the set of a command's modules, which does not change, and what was read of others |
//! | [`settings`] | what decides which modules a command works with |
//! | [`locate`] | where a command stands: in a module, a workspace, neither |
//! | [`mains`] | main modules and go.work, read and checked |
//! | [`vendor`] | modules.txt in the place of the graph |
//! | [`summary`], [`replace`] | what dependencies' go.mod files say, and what stands in their place |
//! | [`requirements`], [`roots`] | the roots of the graph, and how they are kept consistent with it |
//! | [`graph`] | minimal version selection and pruning, free of files and network |
//! | [`hold`] | some modules held at a version, others rising or falling around them |
//! | [`tidy`], [`sums`] | requirements and lines of go.sum without what no package needs |
//! | [`provide`] | which modules could provide a package |
//! | [`query`] | `latest`, `upgrade`, `v1`, branches; exclusions, retractions, deprecation |
//! | [`info`], [`list`], [`public`] | what is shown of modules |
//! | [`reuse`] | what still holds of an earlier answer |
//! | [`init`] | a new module |
//! | [`explain`] | why a package cannot be found |
//!
//! Lazily: a main module at go 1.17 or later answers for its imports from go.mod alone; the graph is read when an import
//! is not found that way, or when somebody asks for all modules.

pub mod error;
pub mod explain;
pub mod graph;
pub mod hold;
pub mod info;
pub mod init;
mod layout;
pub mod list;
pub mod locate;
pub mod mains;
mod modules;
pub mod paths;
pub mod provide;
pub mod public;
pub mod query;
pub mod replace;
pub mod requirements;
pub mod reuse;
pub mod roots;
pub mod settings;
pub mod summary;
pub mod sums;
pub mod tidy;
pub mod vendor;

pub use error::ModulesError;
pub use hold::{Clash, HoldError, Holding};
pub use info::InfoMode;
pub use mains::MainModule;
pub use modules::{ModuleSet, Modules, Tools};
pub use provide::{Provider, Reach};
pub use public::{ModuleError, ModulePublic};
pub use requirements::Requirements;
pub use reuse::Reuse;
pub use roots::BuildList;
pub use settings::{Intent, ModFlag, ModuleSettings, Release, RootMode};
pub use tidy::{GoVersionError, ModuleUses, UsedPackage};
