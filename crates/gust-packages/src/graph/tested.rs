//! The packages that tests are made of, before there are tests.

use std::collections::HashSet;

use super::assemble::{Assembler, Place};
use crate::model::{PackageId, Str};

/// The packages, what they import, and what their tests do, each after what it imports itself.
pub(super) fn test_packages(a: &mut Assembler, roots: &[PackageId]) -> Vec<PackageId> {
    let (mut seen, mut list) = (HashSet::new(), Vec::new());
    let mut walk = |a: &mut Assembler, id: PackageId| {
        for id in a.graph().deps_postorder(&[id]) {
            if seen.insert(id) {
                list.push(id);
            }
        }
    };
    for &root in roots {
        walk(a, root);
        let imports = &a.graph()[root].imports;
        let paths: Vec<Str> = imports
            .tests
            .iter()
            .chain(&imports.xtests)
            .cloned()
            .collect();
        for path in paths {
            let (id, error) = a.import_by(Some(root), &path, &Place::Nowhere, true);
            if error.is_none() && a.graph()[id].error.is_none() {
                walk(a, id);
            }
        }
    }
    list
}
