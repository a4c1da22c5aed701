//! `go mod init`: the current directory becomes a module.

use crate::error::OpError;
use crate::report::Reporter;
use crate::workspace::Workspace;
use gust_fs::errtext::PathError;
use gust_modules::init::new_module;
use gust_modules::{ModuleSettings, ModulesError};
use std::path::PathBuf;

/// Which module.
pub struct InitRequest {
    /// Its path; none: found from where the directory lies.
    pub path: Option<String>,
}

/// Why there is no new module.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// -modfile is no such file.
    #[error("-modfile={0}: file does not have .mod extension")]
    NoModFile(String),
    /// There is one already.
    #[error("{} already exists", .0.display())]
    Exists(PathBuf),
    /// It cannot be written.
    #[error("updating go.mod: {0}")]
    Write(#[from] PathError),
}

/// Makes the current directory a module.
///
/// # Errors
/// [`OpError`] when it is one, when no path can be found for it, or go.mod cannot be written.
pub fn init(
    workspace: &Workspace,
    request: InitRequest,
    reporter: &dyn Reporter,
) -> Result<(), OpError> {
    let settings = workspace.module_settings()?;
    match settings.go111module.as_str() {
        "" | "on" | "auto" => {}
        "off" => return Err(ModulesError::Disabled.into()),
        other => return Err(ModulesError::UnknownGo111Module(other.to_owned()).into()),
    }
    let file = file(&settings)?;
    let view = workspace.view()?;
    if view.exists(&file) {
        return Err(InitError::Exists(file).into());
    }
    let module = new_module(view, &settings, request.path.as_deref())?;
    reporter.note(&format_args!(
        "go: creating new go.mod: module {}",
        module.path
    ));
    // Locked, as others may be at it too.
    let _side = workspace.fetcher()?.side_lock();
    gust_fs::lock::write_locked(&file, &gust_bytes::raw(&module.text), 0o666)
        .map_err(|error| InitError::Write(PathError::new("open", &file, error)))?;
    view.forget(&file);
    if module.has_sources {
        reporter.note(&"go: to add module requirements and sums:\n\tgo mod tidy");
    }
    Ok(())
}

/// go.mod, or what -modfile names.
fn file(settings: &ModuleSettings) -> Result<PathBuf, InitError> {
    match &settings.modfile {
        Some(file) if !file.ends_with(".mod") => Err(InitError::NoModFile(file.clone())),
        Some(file) => Ok(settings.cwd.join(file)),
        None => Ok(settings.cwd.join("go.mod")),
    }
}
