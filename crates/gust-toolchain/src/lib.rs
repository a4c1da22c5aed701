//! Settings, GOROOT, tool IDs, release selection.
