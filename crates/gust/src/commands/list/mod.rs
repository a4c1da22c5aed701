//! `go list`: packages (and, with -m, modules) as text by a template, or as JSON.
//!
//! The loader's graph is the answer; nothing of it is copied to be shown. [`answer`] adds what only `list` knows (which packages
//! are shown, names of variants, dependencies), [`fields`] is the one table of fields that both forms of output are made from.

mod answer;
mod context;
mod fields;
mod json;
mod keep;
mod modules;
mod output;
mod reflect;
mod retracted;

use crate::session::Session;
use crate::ui::{Failure, Outcome};
use answer::Answer;
use gust_build::Purpose;
use gust_build::run::Status;
use gust_cache::Cache;
use gust_ops::BuildFlags;
use gust_ops::building::Building;
use gust_packages::config::Needs;
use gust_packages::model::Problem;
use gust_packages::{PackageError, PackageGraph, PackageId};
use output::Form;
use std::collections::HashMap;
use std::sync::Arc;

/// What a build said of packages.
type Statuses = HashMap<PackageId, Status>;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let flags = session.flags();
    let form = Form::from_flags(flags);
    check(session, &form)?;
    if flags.bool("m") {
        return modules::run(session, &form);
    }
    check_packages(session)?;
    packages(session, &form)
}

/// Flags that do not go together, whatever is listed.
fn check(session: &Session, form: &Form) -> Outcome {
    let flags = session.flags();
    if form.is_json() && !flags.text("f").is_empty() {
        return Err(Failure::plain("go list -f cannot be used with -json"));
    }
    if !flags.text("reuse").is_empty() && !flags.bool("m") {
        return Err(Failure::plain("go list -reuse cannot be used without -m"));
    }
    Ok(())
}

/// Flags that make no sense for packages.
fn check_packages(session: &Session) -> Outcome {
    let flags = session.flags();
    for name in ["u", "versions"] {
        if flags.bool(name) {
            return Err(Failure::plain(format!(
                "go list -{name} can only be used with -m"
            )));
        }
    }
    modules::check_retracted(session)?;
    for name in ["deps", "test", "export"] {
        if flags.bool("find") && flags.bool(name) {
            return Err(Failure::plain(format!(
                "go list -{name} cannot be used with -find"
            )));
        }
    }
    Ok(())
}

fn packages(session: &Session, form: &Form) -> Outcome {
    let (flags, ui) = (session.flags(), session.ui());
    let template = form.parse()?;
    let purpose = purpose(session);
    let wants_embeds =
        form.is_not_json_without(&["EmbedFiles", "TestEmbedFiles", "XTestEmbedFiles"]);
    let needs = Needs {
        imports: !flags.bool("find"),
        tests: flags.bool("test"),
        embeds: flags.bool("export") || wants_embeds,
        mains_only: false,
    };
    let build_flags = session.build_flags();
    let (workspace, args) = (session.workspace(), session.args());
    let mut building = Building::load_for(workspace, &build_flags, ui, args, needs, purpose)?;
    let mut roots = building.graph.roots.clone();
    if !flags.bool("e") {
        complain(session, &building.graph, &roots);
        if ui.code() != 0 {
            return Err(Failure::silent(ui.code()));
        }
    }
    if flags.bool("test") {
        add_tests(session, &mut building, &mut roots)?;
    }
    let mut listed = roots.clone();
    if flags.bool("deps") {
        listed = building.graph.deps_postorder(&roots);
        if !flags.bool("e") {
            complain(session, &building.graph, &listed);
        }
    }
    let statuses = match flags.bool("export") || flags.bool("compiled") || form.wants_stale() {
        true => build(session, &build_flags, &mut building, &listed)?,
        false => Statuses::new(),
    };
    if answer::tells_variants(flags, roots.len()) && !flags.bool("deps") && !flags.bool("e") {
        complain(
            session,
            &building.graph,
            &building.graph.deps_postorder(&roots),
        );
    }
    if flags.bool("retracted") {
        retracted::add(session, &mut building.graph, &listed)?;
    }
    let (graph, loader) = (&building.graph, &building.loading.loader);
    let answer = Answer::new(graph, loader, statuses, roots, listed, flags);
    output::write(session, form, template, &answer)?;
    building.loading.loader.save();
    Ok(())
}

/// What a build for this listing is for.
fn purpose(session: &Session) -> Purpose {
    let flags = session.flags();
    Purpose::List {
        export: flags.bool("export"),
        compiled: flags.bool("compiled"),
        tolerant: flags.bool("e"),
    }
}

/// Prints the errors of packages; the command goes on but fails.
fn complain(session: &Session, graph: &PackageGraph, packages: &[PackageId]) {
    packages
        .iter()
        .filter_map(|id| graph[*id].error.as_ref())
        .for_each(|error| session.ui().complain(error));
}

/// Asks the build what is stale, and has it make what is asked for. Errors become those of the packages.
fn build(
    session: &Session,
    flags: &BuildFlags,
    building: &mut Building<'_>,
    listed: &[PackageId],
) -> Result<Statuses, Failure> {
    gust_ops::building::check_build(session.workspace(), flags)?;
    let plan = gust_build::plan::list(building.setting(), listed);
    session.watch();
    let outcome = building.carry_out(&plan)?;
    if outcome.failed {
        session.ui().set_code(1);
    }
    let statuses = outcome.statuses;
    for (id, status) in &statuses {
        if let Some(error) = &status.error {
            let package = &mut building.graph[*id];
            package.incomplete = true;
            if package.error.is_none() {
                package.error = Some(PackageError::new(Problem::Other(error.clone())));
            }
        }
    }
    Ok(statuses)
}

/// Adds the packages of test programs behind the packages that they test.
fn add_tests(
    session: &Session,
    building: &mut Building<'_>,
    roots: &mut Vec<PackageId>,
) -> Outcome {
    let tolerant = session.flags().bool("e");
    let (graph, loader) = (&mut building.graph, &mut building.loading.loader);
    for id in roots.clone() {
        let sources = &graph[id].sources;
        if sources.test_go.is_empty() && sources.xtest_go.is_empty() {
            continue;
        }
        let tests = loader.test_variants(graph, id, None);
        if !tolerant {
            check_test(
                graph,
                [Some(tests.internal), tests.external, Some(tests.main)],
            )?;
        }
        roots.push(tests.main);
        if tests.internal != id {
            roots.push(tests.internal);
        }
        roots.extend(tests.external);
        keep_main(session, session.workspace().cache()?, graph, tests.main)?;
    }
    Ok(())
}

/// The first error among the packages of a test ends the command.
fn check_test(graph: &PackageGraph, of: [Option<PackageId>; 3]) -> Outcome {
    for id in of.into_iter().flatten() {
        let package = &graph[id];
        let found = package.error.as_ref().or_else(|| {
            let inner = package.incomplete.then(|| graph.errors(&[id]));
            inner.and_then(|errors| errors.first().map(|(_, error)| *error))
        });
        if let Some(error) = found {
            return Err(Failure::error(format!("can't load test package: {error}")));
        }
        if package.incomplete {
            break;
        }
    }
    Ok(())
}

/// The generated main file of a test goes into the build cache, so that it can be named.
fn keep_main(
    session: &Session,
    cache: &Cache,
    graph: &mut PackageGraph,
    main: PackageId,
) -> Outcome {
    let Some(testmain) = graph[main].testmain.clone() else {
        return Ok(());
    };
    let hashing = session.workspace().hashing();
    let mut hasher = hashing.hasher("testmain");
    hasher.write(b"testmain\n");
    hasher.write(&testmain.source);
    let (output, _) = cache
        .put_bytes(hasher.finish(), &testmain.source)
        .map_err(Failure::plain)?;
    let file = cache.output_file(output).to_string_lossy().into_owned();
    let sources = Arc::make_mut(&mut graph[main].sources);
    match sources.go.first_mut() {
        Some(first) => *first = file.into(),
        None => sources.go.push(file.into()),
    }
    Ok(())
}
