//! What a module should require, now that its packages are known.
//!
//! **The problem.** Which packages a command loads depends on what go.mod requires, and what go.mod should require depends on the
//! packages that were loaded. Whoever answers both at once writes files while it loads, and asks networks in the middle of it.
//!
//! **The terms.**
//! - *Requirements* are a value: roots and which of them are direct ([`gust_modules::Requirements`]). They are not changed, others
//!   are made from them.
//! - *Load* ([`gust_packages::Loader::imports`]): patterns and requirements in, an immutable import graph out. It writes nothing, and
//!   asks the network for what is required already and for nothing else.
//! - *Settle* ([`mod@settle`]): an import graph's demand and requirements in, requirements out: modules of imported packages are
//!   roots, and modules are looked for that could provide what is missing, where -mod=mod allows that. It writes nothing.
//! - *Edits* ([`Edits`]): what go.mod and go.sum would have to say for that, as data, and whether they may be told so.
//! - *Commit* ([`mod@commit`]): edits to disk. It decides nothing.
//!
//! **The decision.** [`mod@load`] is the only loop: load, settle, and again with other requirements, until settling changes no root.
//! Requirements only rise from one round to the next, so it ends. Nothing is written on the way; who wants the files changed
//! commits the edits that came out in the end, and a command that only wants to know prints them.
//!
//! [`get`] asks the same loop for other versions, [`tidy`] for no more than is needed: their own modules say how. [`vendor`] writes what was
//! loaded into a directory.
//!
//! **What is left out.** Selection, pruning and queries are gust-modules' (no packages are known there); how go.mod is written is
//! gust-syntax's.

mod commit;
mod edits;
mod error;
mod find;
pub mod get;
mod load;
mod settle;
pub mod tidy;
pub mod vendor;

pub use commit::commit;
pub use edits::{Edit, Edits, FileChanges};
pub use error::EditError;
pub use find::providers;
pub use load::{Loaded, examine, load};
pub use settle::{Missing, Settled, settle};
