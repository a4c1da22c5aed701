//! The one door to the disk: observed reads, overlay, digests, locks, atomic writes, persisted stores.
//!
//! | module | what it is |
//! |---|---|
//! | [`view`] | [`View`]: every read of source, module and toolchain files, memoized within the process |
//! | [`overlay`] | [`Overlay`]: the `-overlay` file, files that stand in for others |
//! | [`meta`] | [`Meta`], [`Signature`]: what is known of a file without reading it |
//! | [`observe`] | [`Log`](observe::Log): what a command saw, for those who want to know whether it still holds |
//! | [`store`] | [`Store`](store::Store): a persisted map from bytes to bytes that survives any damage |
//! | [`once`] | [`OnceMap`](once::OnceMap): work done once a key, however many threads ask for it |
//! | [`paths`] | paths as text: clean, relative, short; the nearest file upwards |
//! | [`lock`] | file locks that exclude a running `go` |
//! | [`write`](mod@write) | files that appear whole or not at all |
//! | [`disk`] | the disk as it is at this moment, for the files that gust makes and moves |
//! | [`temp`] | work directories that are removed whatever happens |
//! | [`errtext`] | what Go says for an operating system error |
//!
//! Start reading at [`View`]. Nothing here prints, and nothing here knows what Go is.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is the door: here the disk is read and written"
)]

pub mod disk;
pub mod errtext;
pub mod lock;
pub mod meta;
pub mod observe;
pub mod once;
pub mod overlay;
pub mod paths;
pub mod store;
pub mod temp;
pub mod view;
pub mod write;

mod digest;
mod mapped;
mod resolve;
mod sharded;

pub use digest::{sha256, sha256_reader};
pub use mapped::Mapped;
pub use meta::{DirEntry, FileKind, Meta, Signature};
pub use overlay::{Overlay, OverlayError};
pub use sharded::PathMap;
pub use view::{Counts, View};
