//! The arena of packages and walks over it.

use std::ops::Index;

use super::error::PackageError;
use super::package::{Package, PackageId};

/// All packages of a load: those asked for and those that they need. Nobody changes them once they are here: what a command adds (how
/// a build of them went, what is retracted) lives in its own answer, by id.
#[derive(Debug, Clone, Default)]
pub struct PackageGraph {
    packages: Vec<Package>,
    roots: Vec<PackageId>,
    warnings: Vec<String>,
}

impl Index<PackageId> for PackageGraph {
    type Output = Package;
    fn index(&self, id: PackageId) -> &Package {
        &self.packages[id.index()]
    }
}

/// While the graph is made.
impl PackageGraph {
    /// Adds a package and gives it its id.
    pub(crate) fn push(&mut self, mut package: Package) -> PackageId {
        let id = PackageId(self.packages.len() as u32);
        package.id = id;
        self.packages.push(package);
        id
    }

    pub(crate) fn at(&mut self, id: PackageId) -> &mut Package {
        &mut self.packages[id.index()]
    }

    pub(crate) fn reserve(&mut self, more: usize) {
        self.packages.reserve(more);
    }

    pub(crate) fn set_roots(&mut self, roots: Vec<PackageId>) {
        self.roots = roots;
    }

    pub(crate) fn warn(&mut self, warnings: impl IntoIterator<Item = String>) {
        self.warnings.extend(warnings);
    }
}

impl PackageGraph {
    /// The packages, by id. Those that tests add stand at the end.
    pub fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// Those that the command line names, in its order.
    pub fn roots(&self) -> &[PackageId] {
        &self.roots
    }

    /// Warnings to print, in order, without the leading `go: ` where go prints none.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The same packages, of which some cannot be used as they were asked for. An error that a package has already stays.
    #[must_use]
    pub fn with_errors(
        mut self,
        errors: impl IntoIterator<Item = (PackageId, PackageError)>,
    ) -> PackageGraph {
        for (id, error) in errors {
            let package = self.at(id);
            if package.error.is_none() {
                package.error = Some(error);
                package.incomplete = true;
            }
        }
        self
    }

    /// The roots and all that they import, each after what it imports; the order of `go list -deps`.
    pub fn deps_postorder(&self, roots: &[PackageId]) -> Vec<PackageId> {
        let mut seen = vec![false; self.packages.len()];
        let mut order = Vec::with_capacity(self.packages.len());
        let mut stack: Vec<(PackageId, usize)> = Vec::new();
        for &root in roots {
            if std::mem::replace(&mut seen[root.index()], true) {
                continue;
            }
            stack.push((root, 0));
            while let Some((id, next)) = stack.last_mut() {
                let direct = &self.packages[id.index()].imports.direct;
                match direct.get(*next) {
                    Some(&dep) => {
                        *next += 1;
                        if !std::mem::replace(&mut seen[dep.index()], true) {
                            stack.push((dep, 0));
                        }
                    }
                    None => {
                        order.push(*id);
                        stack.pop();
                    }
                }
            }
        }
        order
    }

    /// For each package, all that it imports directly or not, itself excluded: rows of bits over package ids.
    /// Made once for a whole answer; see [`DepSets::of`].
    pub fn dep_sets(&self, order: &[PackageId]) -> DepSets {
        let words = self.packages.len().div_ceil(64);
        let mut rows = vec![0u64; words * self.packages.len()];
        for &id in order {
            let mut row = vec![0u64; words];
            for dep in &self.packages[id.index()].imports.direct {
                let theirs = &rows[dep.index() * words..][..words];
                row.iter_mut().zip(theirs).for_each(|(a, b)| *a |= b);
                row[dep.index() / 64] |= 1 << (dep.index() % 64);
            }
            rows[id.index() * words..][..words].copy_from_slice(&row);
        }
        DepSets { words, rows }
    }

    /// Every package with an error among `roots` and what they import, dependencies first. Empty when nothing is incomplete.
    pub fn errors(&self, roots: &[PackageId]) -> Vec<(PackageId, &PackageError)> {
        if !roots.iter().any(|&r| self[r].incomplete) {
            return Vec::new();
        }
        let order = self.deps_postorder(roots);
        order
            .into_iter()
            .filter_map(|id| Some((id, self.packages[id.index()].error.as_ref()?)))
            .collect()
    }

    /// The first package of the given import path that is no variant.
    pub fn find(&self, import_path: &str) -> Option<PackageId> {
        let plain = |p: &&Package| {
            &*p.import_path == import_path && p.for_test.is_none() && p.for_main.is_none()
        };
        self.packages.iter().find(plain).map(|p| p.id)
    }
}

/// Transitive dependencies as sets of bits, one row a package.
#[derive(Debug)]
pub struct DepSets {
    words: usize,
    rows: Vec<u64>,
}

impl DepSets {
    /// All packages that `id` needs, by id.
    pub fn of(&self, id: PackageId) -> impl Iterator<Item = PackageId> + '_ {
        let row = &self.rows[id.index() * self.words..][..self.words];
        row.iter().enumerate().flat_map(|(w, &bits)| {
            (0..64)
                .filter(move |b| bits & (1 << b) != 0)
                .map(move |b| PackageId((w * 64 + b) as u32))
        })
    }
}
