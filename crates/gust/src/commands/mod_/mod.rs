//! `go mod x`: one file each.

pub(crate) mod download;
pub(crate) mod edit;
pub(crate) mod graph;
pub(crate) mod init;
pub(crate) mod tidy;
pub(crate) mod vendor;
pub(crate) mod verify;
pub(crate) mod why;
