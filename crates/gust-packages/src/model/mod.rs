//! What is known of packages once they are loaded: plain data, immutable, addressed by small ids.
//!
//! - [`package`]: one package, in parts by who needs them
//! - [`module`]: its module, apart from what is shown of that
//! - [`sources`]: the names of a package's files and what their headers said
//! - [`positions`]: where import paths and patterns stand
//! - [`error`]: why a package could not be loaded as asked, in go's words, with the facts as fields
//! - [`graph`]: the arena of packages, their edges, and walks over them
//! - [`wire`]: how texts and lists are written into records

pub mod error;
pub mod graph;
pub mod module;
pub mod package;
pub mod positions;
pub mod sources;
pub(crate) mod wire;

pub use error::{ImportInfo, PackageError, Problem, SourcePos, Unfound};
pub use graph::{DepSets, PackageGraph};
pub use gust_modules::ModulePublic;
pub use module::PackageModule;
pub use package::{
    About, Asked, BuildFacts, Cover, Imports, Location, Package, PackageId, TestMain, exe_name_of,
};
pub use positions::Positions;
pub use sources::{CgoFlags, EmbedMap, Embeds, List, Sources};

use std::sync::Arc;

/// A text shared by many packages: an import path, a file name.
pub type Str = Arc<str>;
