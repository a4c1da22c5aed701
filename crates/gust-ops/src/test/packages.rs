//! The packages of tests: those that can be built, and those that cannot be loaded.

use super::binaries::Naming;
use crate::building::Building;
use crate::error::OpError;
use crate::report::Reporter;
use gust_packages::{PackageError, PackageGraph, PackageId, TestCover};
use gust_test::action::{TestBinary, Tested, Testing};

/// What becomes of the packages asked for.
pub(super) struct Loaded {
    /// Those to be tested, in order.
    pub(super) tests: Vec<Tested>,
    /// Those that cannot be.
    pub(super) broken: Vec<Broken>,
}

/// A package whose test cannot be loaded.
pub(super) struct Broken {
    package: PackageId,
    /// What is wrong, and with which package.
    errors: Vec<(PackageId, PackageError)>,
}

impl Loaded {
    pub(super) fn names(&self, graph: &PackageGraph) -> Vec<String> {
        let path = |tested: &Tested| graph[tested.package].import_path.to_string();
        self.tests.iter().map(path).collect()
    }
}

impl Broken {
    /// Says what is wrong, and that the package counts as failed.
    pub(super) fn tell(&self, graph: &PackageGraph, reporter: &dyn Reporter, testing: &Testing) {
        let path = &*graph[self.package].import_path;
        for (culprit, error) in &self.errors {
            let desc = graph[*culprit].desc();
            reporter.failure(Some(&desc), &format!("# {path}\n{error}"));
        }
        let culprit = self.errors.first().map_or(self.package, |(id, _)| *id);
        testing.tell_setup_failure(path, &graph[culprit].desc());
    }
}

/// Makes the packages of the tests of those asked for.
pub(super) fn load(
    building: &mut Building<'_>,
    roots: &[PackageId],
    naming: &Naming,
    cover: Option<&TestCover>,
) -> Result<Loaded, OpError> {
    // Version control may refuse to say what programs record.
    building.stamp()?;
    let (mut broken, mut sound) = (Vec::new(), Vec::new());
    for &id in roots {
        let errors = owned(building.graph.errors(&[id]));
        match errors.is_empty() {
            true => sound.push(id),
            false => broken.push(Broken {
                package: id,
                errors,
            }),
        }
    }
    let has_tests = |id: &PackageId| building.graph[*id].has_tests();
    let with_tests: Vec<PackageId> = sound.iter().copied().filter(has_tests).collect();
    let variants = building.add_tests(&with_tests, cover);
    let graph = &*building.graph;
    let mut made = with_tests.into_iter().zip(variants).peekable();
    let mut tests = Vec::with_capacity(sound.len());
    for package in sound {
        let test = match made.next_if(|(of, _)| *of == package) {
            None => None,
            Some((_, variants)) => {
                let packages = [
                    Some(variants.internal),
                    variants.external,
                    Some(variants.main),
                ];
                if let Some(error) = first_error(graph, packages) {
                    let errors = vec![error];
                    broken.push(Broken { package, errors });
                    continue;
                }
                let name = naming.name(&graph[package]);
                Some(TestBinary {
                    variants,
                    kept: naming.kept(&name),
                    omit_debug: naming.omits_debug(&graph[package]),
                    name,
                })
            }
        };
        tests.push(Tested { package, test });
    }
    Ok(Loaded { tests, broken })
}

fn owned(errors: Vec<(PackageId, &PackageError)>) -> Vec<(PackageId, PackageError)> {
    let pairs = errors.into_iter();
    pairs.map(|(id, error)| (id, error.clone())).collect()
}

/// The first thing that is wrong with the packages of a test.
pub(crate) fn first_error(
    graph: &PackageGraph,
    packages: [Option<PackageId>; 3],
) -> Option<(PackageId, PackageError)> {
    for id in packages.into_iter().flatten() {
        let package = &graph[id];
        if let Some(error) = &package.error {
            return Some((id, error.clone()));
        }
        if package.incomplete {
            return owned(graph.errors(&[id])).into_iter().next();
        }
    }
    None
}
