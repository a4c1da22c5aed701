//! `go list -test`: the packages of test programs.

use crate::building::Building;
use crate::error::{OpError, OpErrorKind};
use crate::workspace::Workspace;
use gust_cache::Cache;
use gust_packages::{PackageGraph, PackageId};
use std::sync::Arc;

/// Adds the packages of test programs behind the packages that they test.
pub(super) fn add(
    workspace: &Workspace,
    building: &mut Building<'_>,
    roots: &mut Vec<PackageId>,
    tolerant: bool,
) -> Result<(), OpError> {
    let (graph, loader) = (&mut building.graph, &mut building.loading.loader);
    for id in roots.clone() {
        let sources = &graph[id].sources;
        if sources.test_go.is_empty() && sources.xtest_go.is_empty() {
            continue;
        }
        let tests = loader.test_variants(graph, id, None);
        if !tolerant {
            check(
                graph,
                [Some(tests.internal), tests.external, Some(tests.main)],
            )?;
        }
        roots.push(tests.main);
        if tests.internal != id {
            roots.push(tests.internal);
        }
        roots.extend(tests.external);
        keep_main(workspace, workspace.cache()?, graph, tests.main)?;
    }
    Ok(())
}

/// The first error among the packages of a test ends the listing.
fn check(graph: &PackageGraph, of: [Option<PackageId>; 3]) -> Result<(), OpError> {
    for id in of.into_iter().flatten() {
        let package = &graph[id];
        let found = package.error.as_ref().or_else(|| {
            let inner = package.incomplete.then(|| graph.errors(&[id]));
            inner.and_then(|errors| errors.first().map(|(_, error)| *error))
        });
        if let Some(error) = found {
            return Err(OpErrorKind::TestPackage(Box::new(error.clone())).into());
        }
        if package.incomplete {
            break;
        }
    }
    Ok(())
}

/// The generated main file of a test goes into the build cache, so that it can be named.
fn keep_main(
    workspace: &Workspace,
    cache: &Cache,
    graph: &mut PackageGraph,
    main: PackageId,
) -> Result<(), OpError> {
    let Some(testmain) = graph[main].testmain.clone() else {
        return Ok(());
    };
    let hashing = workspace.hashing();
    let mut hasher = hashing.hasher("testmain");
    hasher.write(b"testmain\n");
    hasher.write(&testmain.source);
    let (output, _) = cache.put_bytes(hasher.finish(), &testmain.source)?;
    let file = cache.output_file(output).to_string_lossy().into_owned();
    let sources = Arc::make_mut(&mut graph[main].sources);
    match sources.go.first_mut() {
        Some(first) => *first = file.into(),
        None => sources.go.push(file.into()),
    }
    Ok(())
}
