//! `go mod vendor` and `go work vendor`: copies of all packages that are needed.

use crate::error::{OpError, OpErrorKind};
use crate::load::loading;
use crate::modules::edit_failure;
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::work::WorkError;
use crate::workspace::Workspace;
use gust_edit::examine;
use gust_edit::vendor::{self, VendorError};
use gust_modules::ModulesError;
use gust_packages::config::Needs;
use gust_packages::pattern::Match;
use gust_packages::{Loader, Named};
use gust_syntax::gover;
use std::collections::HashMap;

/// How to vendor.
pub struct VendorRequest {
    /// The flags of a build: they say how packages are loaded.
    pub flags: BuildFlags,
    /// -o: the directory, if not the usual one.
    pub out: String,
    /// -e: errors of packages are told, and no more.
    pub keep_going: bool,
    /// For a workspace, and not for one module.
    pub for_workspace: bool,
}

/// Why there is nothing vendored.
#[derive(Debug, thiserror::Error)]
pub enum VendorFailure {
    /// `mod vendor` in a workspace.
    #[error(
        "go: 'go mod vendor' cannot be run in workspace mode. Run 'go work vendor' to vendor the workspace or set 'GOWORK=off' to exit workspace mode."
    )]
    InWorkspace,
    /// What is loaded cannot be vendored.
    #[error(transparent)]
    Vendor(#[from] VendorError),
}

/// Makes the vendor directory.
///
/// # Errors
/// [`OpError`] when packages cannot be found or files not be copied.
pub fn vendor(
    workspace: &Workspace,
    request: VendorRequest,
    reporter: &dyn Reporter,
) -> Result<(), OpError> {
    check_place(workspace, request.for_workspace)?;
    let modules = super::modules(workspace)?;
    let needs = Needs {
        embeds: false,
        every_build: true,
        ..Needs::default()
    };
    let mut loading = loading(workspace, &request.flags, needs)?;
    let loader = &mut loading.loader;
    // A vendor directory holds what `all` means today, whatever it meant when the module was written.
    loader.set_go_version(Some(gover::NARROW_ALL.to_owned()));
    let all = ["all".to_owned()];
    let failed = |error| edit_failure(workspace, error);
    let loaded = examine(loader, Named::Patterns(&all)).map_err(failed)?;
    check_packages(loader, loaded.imports(), request.keep_going, reporter)?;
    for warning in loader
        .matches(loaded.imports())
        .iter()
        .filter_map(Match::unmatched)
    {
        reporter.note(&warning);
    }
    loaded.commit(Some(modules)).map_err(failed)?;
    let requirements = loaded
        .edits()
        .map_or(modules.stated(), |edits| edits.requirements());
    let plan = vendor::plan(modules, requirements, loaded.imports());
    let plan = plan.map_err(VendorFailure::from)?;
    if request.flags.verbose {
        for line in plan.text.lines() {
            reporter.note(&line);
        }
    }
    let target = vendor::target(modules, &request.out);
    let faults = vendor::make(loader, &plan, &target).map_err(VendorFailure::from)?;
    if plan.text.is_empty() {
        reporter.note(&"go: no dependencies to vendor");
    }
    loading.loader.save();
    for fault in &faults {
        reporter.note(fault);
    }
    match faults.is_empty() || request.keep_going {
        true => Ok(()),
        false => Err(OpError::told()),
    }
}

fn check_place(workspace: &Workspace, for_workspace: bool) -> Result<(), OpError> {
    let found = crate::work::found(workspace)?;
    match (found.is_some(), for_workspace) {
        (true, false) => Err(VendorFailure::InWorkspace.into()),
        (false, true) => Err(WorkError::NoFile.into()),
        _ => Ok(()),
    }
}

/// Tells what is wrong with packages. That the standard library lacks one may be the release's fault.
fn check_packages(
    loader: &Loader,
    imports: &gust_packages::ImportGraph,
    keep_going: bool,
    reporter: &dyn Reporter,
) -> Result<(), OpError> {
    let troubles = loader.troubles(imports, &HashMap::new());
    let told: Vec<String> = troubles
        .iter()
        .filter(|trouble| !trouble.is_std)
        .map(ToString::to_string)
        .collect();
    if told.is_empty() || keep_going {
        told.iter()
            .for_each(|text| reporter.note(&format_args!("go: {text}")));
        return Ok(());
    }
    let errors = told.into_iter().map(|text| ModulesError::text(text).into());
    Err(OpErrorKind::Several(errors.collect()).into())
}
