//! `go work sync`: every module of a workspace requires what the workspace selects for it.

use super::{raise_go, read, required, write};
use crate::error::OpError;
use crate::load::loading;
use crate::modules::{edit_failure, failure};
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_edit::examine;
use gust_edit::tidy::{TidyRequest, tidy_from};
use gust_modules::{Holding, MainModule, Modules};
use gust_packages::Named;
use gust_packages::config::Needs;
use gust_syntax::gover;
use gust_syntax::module::ModuleVersion;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Packages as they are needed by any build, and their tests.
const NEEDS: Needs = Needs {
    imports: true,
    tests: true,
    embeds: false,
    mains_only: false,
    every_build: true,
    std_imports: false,
    bare_modules: true,
    go_mods: true,
};

/// Takes the versions that the workspace selects over into its modules. One whose requirements cannot be changed so stays as it is.
///
/// # Errors
/// [`OpError`] when there is no workspace, its graph cannot be had, or a file cannot be written.
pub fn sync(workspace: &Workspace, flags: &BuildFlags) -> Result<(), OpError> {
    let path = required(workspace)?;
    let modules = crate::module::modules(workspace)?;
    let graph = modules.graph_as_of(modules.stated(), "");
    graph.map_err(|error| failure(workspace, error))?;
    let mains = || {
        modules
            .main_modules()
            .iter()
            .filter(|main| main.file.is_some())
    };
    let selected: Vec<Vec<ModuleVersion>> = mains()
        .map(|main| selected_for(workspace, flags, main))
        .collect::<Result<_, _>>()?;
    let mut highest = String::new();
    for (main, selected) in mains().zip(selected) {
        let Some(version) = take_over(workspace, flags, main, &selected)? else {
            continue;
        };
        if gover::compare(&version, &highest).is_gt() {
            highest = version;
        }
    }
    let mut file = read(workspace, &path)?;
    raise_go(&mut file, &highest);
    write(workspace, &path, file)
}

/// The modules from which packages come that a main module's packages and their tests need.
fn selected_for(
    workspace: &Workspace,
    flags: &BuildFlags,
    main: &MainModule,
) -> Result<Vec<ModuleVersion>, OpError> {
    let mut loading = loading(workspace, flags, NEEDS)?;
    let loader = &mut loading.loader;
    let own = loader.matching(&main.module, "work").packages;
    let own: Vec<String> = own.iter().map(ToString::to_string).collect();
    let loaded = examine(loader, Named::AllOf(&own));
    let loaded = loaded.map_err(|error| edit_failure(workspace, error))?;
    let imports = loaded.imports();
    let modules = imports.ids().filter_map(|id| {
        let module = imports
            .module(id)
            .filter(|module| !module.version.is_empty())?;
        Some(ModuleVersion::new(
            module.path.as_str(),
            module.version.as_str(),
        ))
    });
    let modules: BTreeSet<ModuleVersion> = modules.collect();
    loading.loader.save();
    Ok(modules.into_iter().collect())
}

/// Makes one module require these versions; its go version then. Nothing if it cannot.
fn take_over(
    workspace: &Workspace,
    flags: &BuildFlags,
    main: &MainModule,
    selected: &[ModuleVersion],
) -> Result<Option<String>, OpError> {
    let alone = workspace.in_module(&main.dir);
    let modules: &Arc<Modules> = crate::module::modules(&alone)?;
    let holding = Holding {
        hold: selected,
        ..Holding::default()
    };
    let stated = modules.stated();
    let Ok(held) = modules.hold(stated, &holding) else {
        return Ok(None);
    };
    let held = modules.build_list(&held).requirements;
    if held.roots == stated.roots {
        return Ok(Some(modules.go_version()));
    }
    let mut loading = loading(&alone, flags, NEEDS)?;
    let quiet = TidyRequest {
        keep_going: true,
        quiet: true,
        ..TidyRequest::default()
    };
    let failed = |error| edit_failure(&alone, error);
    let edits = tidy_from(modules, &mut loading.loader, &quiet, held).map_err(failed)?;
    gust_edit::commit(modules, &edits).map_err(failed)?;
    Ok(Some(edits.go_version().to_owned()))
}
