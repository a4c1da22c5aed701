//! `go install`: compiles programs and puts them where programs go.

use crate::build::BuildOutcome;
use crate::building::{Building, Starts};
use crate::error::OpError;
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_build::plan;
use gust_modules::explain::MissingPackage;
use gust_packages::Named;
use gust_packages::model::{PackageError, Problem};

/// What to install.
pub struct InstallRequest {
    /// How it is built.
    pub flags: BuildFlags,
    /// Which packages.
    pub patterns: Vec<String>,
}

/// What cannot be installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// Outside of modules, packages that no module is known to have.
    #[error(
        "'go install' requires a version when current directory is not in a module\n\tTry 'go install {}' to install the latest version",
        at_latest(args)
    )]
    NeedsVersion {
        /// As they were named.
        args: Vec<String>,
    },
}

fn at_latest(args: &[String]) -> String {
    let args: Vec<String> = args.iter().map(|arg| format!("{arg}@latest")).collect();
    args.join(" ")
}

/// Installs packages.
///
/// # Errors
/// [`OpError`] when packages cannot be loaded or have errors, or when no plan can be made.
pub fn install(
    workspace: &Workspace,
    request: InstallRequest,
    reporter: &dyn Reporter,
) -> Result<BuildOutcome, OpError> {
    let InstallRequest { flags, patterns } = &request;
    let mut building = Building::load(
        workspace,
        flags,
        reporter,
        Named::Patterns(patterns),
        Starts::Late,
    )?;
    if needs_version(workspace, &building)? {
        let args = patterns.clone();
        return Err(InstallError::NeedsVersion { args }.into());
    }
    building.check()?;
    building.cover();
    let plan = plan::install(building.setting(), workspace.settings().gobin())?;
    let outcome = building.carry_out(&plan)?;
    if !outcome.failed && patterns.is_empty() {
        remove_leftover(workspace, &building);
    }
    Ok(BuildOutcome {
        failed: outcome.failed,
    })
}

/// Whether no module is known for any of the packages, and none can be: there is no main module.
fn needs_version(workspace: &Workspace, building: &Building<'_>) -> Result<bool, OpError> {
    let modules = workspace.modules()?;
    if modules.is_none_or(|modules| modules.has_root()) {
        return Ok(false);
    }
    let roots = building.graph.roots().iter();
    let mut errors = roots
        .filter_map(|&id| building.graph[id].error.as_ref())
        .peekable();
    let missing = |error: &PackageError| match &*error.problem {
        Problem::Unfound(unfound) => matches!(
            *unfound.why,
            MissingPackage::LookupDisabled { .. } | MissingPackage::NotRequired { .. }
        ),
        _ => false,
    };
    Ok(errors.peek().is_some() && errors.all(missing))
}

/// A program that an earlier `go build` left in the directory is out of date now.
fn remove_leftover(workspace: &Workspace, building: &Building<'_>) {
    let [root] = building.graph.roots() else {
        return;
    };
    let package = &building.graph[*root];
    if &*package.name != "main" {
        return;
    }
    let name = package.exe_name(building.loading.options.modules_enabled);
    let name = format!("{name}{}", building.loading.shape.exe_suffix);
    if package.place.target.as_deref() == Some(&package.place.dir.join(&name)) {
        return;
    }
    let settings = workspace.settings();
    let path = settings.cwd().join(name);
    let runs = |meta: &gust_fs::Meta| {
        meta.is_file() && (settings.goos() == "windows" || meta.is_executable())
    };
    let there = settings.view().stat(&path);
    if there.is_ok_and(|meta| runs(&meta)) {
        let _ = gust_fs::disk::remove_file(&path);
    }
}
