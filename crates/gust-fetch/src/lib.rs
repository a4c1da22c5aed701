//! Where modules come from: proxy protocol, zips, module cache, checksum database.
pub mod vcs;
