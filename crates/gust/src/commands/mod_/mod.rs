//! `go mod x`: one file each.
