//! `go install`: compiles programs and puts them where programs go.

use super::build::failure;
use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_build::plan;
use gust_ops::building::Building;
use gust_packages::model::PackageError;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let flags = session.build_flags();
    if session.flags().bool("json") {
        session.ui().show_builds_as_json();
    }
    session.watch();
    let (workspace, ui) = (session.workspace(), session.ui());
    let mut building = Building::load(workspace, &flags, ui, session.args(), false)?;
    suggest_version(session, &building)?;
    building.check()?;
    let gobin = session.settings().gobin();
    let plan = plan::install(building.setting(), gobin).map_err(failure)?;
    let outcome = building.carry_out(&plan)?;
    if outcome.failed {
        ui.set_code(1);
    }
    if !outcome.failed && session.args().is_empty() {
        remove_leftover(session, &building);
    }
    Ok(())
}

/// Outside of modules, packages that no module is known to have can be installed at a version.
fn suggest_version(session: &Session, building: &Building<'_>) -> Outcome {
    let rootless = session
        .workspace()
        .modules()?
        .is_some_and(|modules| !modules.has_root());
    let roots = building.graph.roots.iter();
    let mut errors = roots
        .filter_map(|&id| building.graph[id].error.as_ref())
        .peekable();
    let missing = |error: &PackageError| {
        let text = error.problem.to_string();
        text.starts_with("no required module provides package")
    };
    if !rootless || errors.peek().is_none() || !errors.all(missing) {
        return Ok(());
    }
    let hint: Vec<String> = session
        .args()
        .iter()
        .map(|arg| format!("{arg}@latest"))
        .collect();
    Err(Failure::error(format!(
        "'go install' requires a version when current directory is not in a module\n\tTry 'go install {}' to install the latest version",
        hint.join(" ")
    )))
}

/// A program that an earlier `go build` left in the directory is out of date now.
fn remove_leftover(session: &Session, building: &Building<'_>) {
    let [root] = building.graph.roots.as_slice() else {
        return;
    };
    let package = &building.graph[*root];
    if &*package.name != "main" {
        return;
    }
    let name = package.exe_name(building.loading.options.modules_enabled);
    let name = format!("{name}{}", building.loading.shape.exe_suffix);
    if package.target.as_deref() == Some(&package.dir.join(&name)) {
        return;
    }
    let path = session.settings().cwd().join(name);
    let runs = |meta: &gust_fs::Meta| {
        let windows = session.settings().goos() == "windows";
        meta.is_file() && (windows || meta.is_executable())
    };
    let there = session.settings().view().stat(&path);
    if there.is_ok_and(|meta| runs(&meta)) {
        let _ = gust_fs::disk::remove_file(&path);
    }
}
