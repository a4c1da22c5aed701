//! Requirements to build list: main modules, minimal version selection, pruning, queries.
