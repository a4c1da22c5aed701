//! `go work x`: one file each; `go work vendor` is `go mod vendor`'s.

pub(crate) mod edit;
pub(crate) mod sync;
pub(crate) mod uses;
