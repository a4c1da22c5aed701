//! What files say: source headers, build constraints, go.mod, go.sum, modules.txt, versions, paths.
