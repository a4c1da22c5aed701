//! `go mod x`: one file each.

pub(crate) mod download;
pub(crate) mod verify;
