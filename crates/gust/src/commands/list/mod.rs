//! `go list`: packages (and, with -m, modules) as text by a template, or as JSON.
//!
//! The loader's graph is the answer; nothing of it is copied to be shown. [`answer`] adds what only `list` knows (which packages
//! are shown, names of variants, dependencies), [`fields`] is the one table of fields that both forms of output are made from.

mod answer;
mod context;
mod fields;
mod json;
mod output;
mod reflect;

use crate::load::{self, Loading};
use crate::session::Session;
use crate::ui::{Failure, Outcome};
use answer::Answer;
use gust_cache::{Cache, Hashing};
use gust_packages::config::Needs;
use gust_packages::{PackageGraph, PackageId};
use output::Form;
use std::sync::Arc;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let flags = session.flags();
    let form = Form::from_flags(flags);
    check(session, &form)?;
    if flags.bool("m") {
        return modules(session, &form);
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

/// Modules: not here yet.
fn modules(session: &Session, form: &Form) -> Outcome {
    let _ = form;
    for name in ["compiled", "deps", "export", "find", "test"] {
        if session.flags().bool(name) {
            return Err(Failure::plain(format!(
                "go list -{name} cannot be used with -m"
            )));
        }
    }
    if session.settings().go111module() == "off" {
        return Err(Failure::error(
            "list -m cannot be used with GO111MODULE=off",
        ));
    }
    Err(Failure::with_code(
        "gust: 'go list -m' is not here yet; the README lists what is missing",
        2,
    ))
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
    let tolerant = flags.bool("e");
    let wants_embeds = form.wants_any(&["EmbedFiles", "TestEmbedFiles", "XTestEmbedFiles"]);
    let needs = Needs {
        imports: !flags.bool("find"),
        tests: flags.bool("test"),
        embeds: flags.bool("export") || wants_embeds,
        mains_only: false,
    };
    let Loading { mut loader, .. } = load::loading(session, needs)?;
    let mut graph = loader.load(session.args()).map_err(Failure::error)?;
    for warning in &graph.warnings {
        ui.note(warning);
    }
    let mut roots = graph.roots.clone();
    if !tolerant {
        for &id in &roots {
            if let Some(error) = &graph[id].error {
                ui.complain(error);
            }
        }
        if ui.code() != 0 {
            return Err(Failure::silent(ui.code()));
        }
    }
    if flags.bool("test") {
        add_tests(session, &mut loader, &mut graph, &mut roots)?;
    }
    let listed = if flags.bool("deps") {
        graph.deps_postorder(&roots)
    } else {
        roots.clone()
    };
    if flags.bool("deps") && !tolerant {
        listed
            .iter()
            .filter_map(|id| graph[*id].error.as_ref())
            .for_each(|error| ui.complain(error));
    }
    let answer = Answer::new(&graph, &loader, roots, listed, flags);
    output::write(session, form, template, &answer)?;
    loader.save();
    Ok(())
}

/// Adds the packages of test programs behind the packages that they test.
fn add_tests(
    session: &Session,
    loader: &mut gust_packages::Loader,
    graph: &mut PackageGraph,
    roots: &mut Vec<PackageId>,
) -> Outcome {
    let tolerant = session.flags().bool("e");
    let mut cache = None;
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
        if cache.is_none() {
            cache = Some(Cache::open(session.build_cache_dir()?).map_err(Failure::error)?);
        }
        if let Some(cache) = &cache {
            keep_main(session, cache, graph, tests.main)?;
        }
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
    let hashing = Hashing::new(session.settings().release_name());
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
