//! Go's build cache on disk, shared with `go` in both directions.
//!
//! | module | what it is |
//! |---|---|
//! | [`cache`] | [`Cache`]: from an action's ID to its output, read and written as go does |
//! | [`entry`] | the line that an action's file holds |
//! | [`hash`] | [`Hashing`], [`Hasher`]: how IDs are made, and `GODEBUG=gocachehash=1` |
//! | [`id`] | [`ActionId`], [`OutputId`] |
//! | [`trim`] | when entries are forgotten |
//!
//! What is cached, and under which ID, is for others to say.

#![expect(
    clippy::disallowed_methods,
    reason = "several programs write the cache at once: a view that remembers what it saw would lie about it"
)]

pub mod cache;
pub mod entry;
pub mod error;
pub mod hash;
pub mod id;
pub mod trim;

pub use cache::{Cache, Verify};
pub use entry::Entry;
pub use error::{CacheError, Mismatch};
pub use hash::{Hasher, Hashing};
pub use id::{ActionId, OutputId};
