//! `go list -test`: the packages of test programs.

use crate::building::Building;
use crate::error::{OpError, OpErrorKind};
use crate::workspace::Workspace;
use gust_packages::{PackageGraph, PackageId};

/// Adds the packages of test programs behind the packages that they test.
pub(super) fn add(
    workspace: &Workspace,
    building: &mut Building<'_>,
    roots: &mut Vec<PackageId>,
    tolerant: bool,
) -> Result<(), OpError> {
    let graph = std::mem::take(&mut *building.graph);
    let is_tested = |id: &PackageId| graph[*id].has_tests();
    let tested: Vec<PackageId> = roots.iter().copied().filter(is_tested).collect();
    let keep = |source: &[u8]| keep_main(workspace, source);
    let loader = &mut building.loading.loader;
    let (graph, tests) = loader.with_tests(graph, &tested, None, keep)?;
    for (of, tests) in tested.into_iter().zip(tests) {
        if !tolerant {
            let packages = [Some(tests.internal), tests.external, Some(tests.main)];
            check(&graph, packages)?;
        }
        roots.push(tests.main);
        if tests.internal != of {
            roots.push(tests.internal);
        }
        roots.extend(tests.external);
    }
    *building.graph = graph;
    Ok(())
}

/// The first error among the packages of a test ends the listing.
fn check(graph: &PackageGraph, of: [Option<PackageId>; 3]) -> Result<(), OpError> {
    match crate::test::first_error(graph, of) {
        Some((_, error)) => Err(OpErrorKind::TestPackage(Box::new(error)).into()),
        None => Ok(()),
    }
}

/// The generated main file of a test goes into the build cache, so that it can be named.
fn keep_main(workspace: &Workspace, source: &[u8]) -> Result<String, OpError> {
    let hashing = workspace.hashing();
    let mut hasher = hashing.hasher("testmain");
    hasher.write(b"testmain\n");
    hasher.write(source);
    let cache = workspace.cache()?;
    let (output, _) = cache.put_bytes(hasher.finish(), source)?;
    Ok(cache.output_file(output).to_string_lossy().into_owned())
}
