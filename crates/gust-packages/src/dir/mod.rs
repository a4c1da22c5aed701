//! One directory: what its files say, kept between commands, and what a build takes of it.
//!
//! [`DirIndex`] holds the raw facts of every source file of a directory, whatever the platform; it changes only with the
//! files, so it is persisted. [`Indexer`] finds indexes: in memory, in the persisted store when the signatures of the directory
//! and its files still hold, or by reading the files' headers. [`mod@select`] then sorts an index for one [`BuildContext`](crate::context::BuildContext):
//! pure computation, no disk. What it yields is kept next to the facts, so that most commands never look at these. [`embed`] matches
//! `//go:embed` patterns to files.

mod chooser;
pub mod embed;
mod error;
mod facts;
mod indexer;
mod persist;
mod read;
mod records;
mod scan_imports;
mod select;
#[cfg(test)]
mod tests;
mod vendored;

pub use chooser::Chooser;
pub use embed::resolve_embeds;
pub use error::SelectError;
pub use facts::{DirIndex, FileFacts, FileKind, SubDir};
pub use indexer::Indexer;
pub use scan_imports::{ScannedImports, scan_imports, scan_imports_any};
pub(crate) use select::position;
pub use select::{SelectMode, Selected, select};
pub use vendored::VendorRules;
pub(crate) use vendored::{vendor_embeds, vendor_files};
