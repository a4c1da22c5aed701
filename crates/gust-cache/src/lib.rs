//! Go's build cache on disk.
