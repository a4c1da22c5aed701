//! Who imports a package, everyone and not only the nearest.

use super::universe::{ImportId, Universe};
use super::ways::Ways;

/// Of each package that the roots lead to those that import it.
pub struct Importers {
    by_package: Vec<Vec<Importer>>,
}

/// Somebody who imports a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Importer {
    /// The package.
    pub package: ImportId,
    /// Only its tests do.
    pub only_tests: bool,
}

impl Importers {
    /// Turns the imports of everything that `ways` leads to around.
    pub(crate) fn new(universe: &Universe, ways: &Ways<'_>) -> Importers {
        let mut by_package: Vec<Vec<Importer>> = vec![Vec::new(); universe.nodes.len()];
        for &package in ways.order() {
            let node = &universe[package];
            let plain = node.imports.iter().flatten().map(|to| (to, false));
            let tests = node.test_imports.iter().flatten().map(|to| (to, true));
            for (to, only_tests) in plain.chain(tests) {
                let known = &mut by_package[to.index()];
                // What imports it already needs no tests for that.
                if known.last().is_none_or(|last| last.package != package) {
                    known.push(Importer {
                        package,
                        only_tests,
                    });
                }
            }
        }
        for importers in &mut by_package {
            importers.sort_by(|a, b| {
                let path = |importer: &Importer| &universe[importer.package].path;
                path(a).cmp(path(b))
            });
        }
        Importers { by_package }
    }

    /// Who imports the package, in order of their paths.
    pub fn of(&self, package: ImportId) -> &[Importer] {
        &self.by_package[package.index()]
    }
}
