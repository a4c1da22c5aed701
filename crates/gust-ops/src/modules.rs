//! From flags and settings to modules.

use crate::error::{OpError, OpErrorKind};
use crate::report::Lines;
use crate::workspace::{Workspace, WorkspaceError};
use gust_edit::{EditError, Edits};
use gust_modules::{
    ModFlag, ModuleSettings, Modules, ModulesError, Release, Requirements, RootMode, Tools,
};
use gust_toolchain::locate;
use std::sync::Arc;

/// What decides which modules a command works with, by its flags and settings and by what kind of command it is.
pub(crate) fn settings(workspace: &Workspace) -> Result<ModuleSettings, OpError> {
    let (settings, flags) = (workspace.settings(), workspace.module_flags());
    let policy = *workspace.policy();
    let mod_flag = match flags.mode.as_str() {
        "" => None,
        text => {
            let flag = ModFlag::parse(text);
            Some(flag.ok_or_else(|| WorkspaceError::ModFlag(text.to_owned()))?)
        }
    };
    let at_version = workspace.at_version();
    Ok(ModuleSettings {
        cwd: settings.cwd().to_owned(),
        goroot: settings.goroot().to_owned(),
        gopath: settings.gopath(),
        temp_dir: locate::temp_dir(settings),
        go111module: settings.go111module().to_owned(),
        gowork: settings.gowork().to_owned(),
        mod_flag,
        modfile: flags.file.clone(),
        modfile_in_goflags: flags.file_in_goflags,
        root: match at_version {
            true => RootMode::Ignored,
            false => policy.root,
        },
        force_modules: policy.force_modules || at_version,
        allow_missing_imports: at_version,
        workspaces: policy.workspaces,
        intent: policy.intent,
        is_work_command: policy.is_work_command,
        add_go_line: policy.intent != gust_modules::Intent::Inspect,
        release: Release {
            version: settings.go_version().to_owned(),
            toolchain: settings.local_toolchain().to_owned(),
            note: workspace.too_new_explanation(),
        },
    })
}

/// Loads the modules; none in GOPATH mode.
pub(crate) fn load(workspace: &Workspace) -> Result<Option<Arc<Modules>>, OpError> {
    let module_settings = settings(workspace)?;
    workspace.settings().fips()?;
    let tools = Tools {
        view: Arc::clone(workspace.view()?),
        fetcher: Arc::clone(workspace.fetcher()?),
        sink: Arc::new(Lines(Arc::clone(workspace.background()))),
    };
    let modules =
        Modules::load(module_settings, tools).map_err(|error| failure(workspace, error))?;
    if modules.is_none() {
        check_gopath_flags(workspace)?;
    }
    Ok(modules)
}

/// Flags that make no sense without modules, unless they stand in GOFLAGS for other commands.
fn check_gopath_flags(workspace: &Workspace) -> Result<(), WorkspaceError> {
    let flags = workspace.module_flags();
    let only = |flag: String| Err(WorkspaceError::OnlyWithModules(flag));
    if !flags.mode.is_empty() && !flags.mode_in_goflags {
        return only(format!("-mod={}", flags.mode));
    }
    if flags.cache_rw && !flags.cache_rw_in_goflags {
        return only("-modcacherw".to_owned());
    }
    if flags.file.is_some() && !flags.mode_in_goflags {
        return only("-modfile".to_owned());
    }
    Ok(())
}

/// An error of modules as a command's end. Where it says that a newer release is needed, and GOTOOLCHAIN allows, the command is to
/// start again as one.
pub fn failure(workspace: &Workspace, error: ModulesError) -> OpError {
    let newer = error
        .too_new()
        .map(|(what, version)| (what.to_owned(), version.to_owned()));
    if let Some(fatal) = error.fatal() {
        return fatal.clone().into();
    }
    let failure: OpError = match error {
        ModulesError::Several(errors) => {
            OpErrorKind::Several(errors.into_iter().map(OpError::from).collect()).into()
        }
        error => error.into(),
    };
    match newer {
        Some((what, version)) if workspace.switches() => workspace.switch(&what, &version, failure),
        _ => failure,
    }
}

/// Writes what requirements mean for go.mod and go.sum, if these say something else.
///
/// # Errors
/// [`OpError`] when they may not be written, or could not be.
pub(crate) fn commit(
    workspace: &Workspace,
    modules: &Modules,
    requirements: &Arc<Requirements>,
) -> Result<(), OpError> {
    let edits = Edits::decide(modules, Arc::clone(requirements), None);
    let edits = edits.map_err(|error| failure(workspace, error))?;
    gust_edit::commit(modules, &edits).map_err(|error| edit_failure(workspace, error))
}

/// What went wrong between packages and requirements, as a command's end.
pub(crate) fn edit_failure(workspace: &Workspace, error: EditError) -> OpError {
    match error {
        EditError::Modules(error) => failure(workspace, error),
        EditError::Load(error) => error.into(),
        EditError::Fatal(error) => (*error).into(),
        EditError::Told => OpError::told(),
        error => OpErrorKind::Commit(error).into(),
    }
}
