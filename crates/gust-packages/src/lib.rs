//! Patterns to packages: import resolution, build contexts, directory indexes, the package graph.
