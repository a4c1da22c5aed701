//! Fixtures for tests: txtar archives, a local module proxy and checksum database.
//!
//! | module | what it is |
//! |---|---|
//! | [`txtar`] | several small files in one text, as cmd/go's tests write them |
//! | [`zipfile`] | zips, honest ones and others |
//! | [`module`] | modules made of text, as a proxy serves them |
//! | [`server`] | an HTTP server on this machine whose answers can go wrong in chosen ways |
//! | [`sumdb`] | a checksum database that signs what it says |
//!
//! Used by tests only; everything panics when the test's own setup is wrong.

#![expect(
    clippy::disallowed_methods,
    reason = "fixtures are written with the plainest means"
)]

pub mod module;
pub mod server;
pub mod sumdb;
pub mod txtar;
pub mod zipfile;

pub use module::{Module, ModuleSet};
pub use server::{Fault, Server};
pub use txtar::Txtar;
