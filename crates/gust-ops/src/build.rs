//! `go build`: compiles packages; a program goes to the current directory, or where -o says.

use crate::building::{Building, Starts};
use crate::error::OpError;
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_build::plan;
use gust_packages::Named;
use std::path::Path;

/// What to build.
pub struct BuildRequest {
    /// How; -o among it.
    pub flags: BuildFlags,
    /// Which packages.
    pub patterns: Vec<String>,
}

/// How a build ended that could be carried out.
pub struct BuildOutcome {
    /// Something could not be built; the reporter has heard why.
    pub failed: bool,
}

/// Builds packages.
///
/// # Errors
/// [`OpError`] when packages cannot be loaded or have errors, or when no plan can be made.
#[tracing::instrument(name = "build", level = "info", skip_all)]
pub fn build(
    workspace: &Workspace,
    request: BuildRequest,
    reporter: &dyn Reporter,
) -> Result<BuildOutcome, OpError> {
    let BuildRequest { flags, patterns } = &request;
    let mut building = Building::load(
        workspace,
        flags,
        reporter,
        Named::Patterns(patterns),
        Starts::First,
    )?;
    building.check()?;
    building.cover();
    let settings = workspace.settings();
    // Not through the view: what is there may be of this build's making.
    let is_directory = |path: &Path| settings.view().is_dir(&settings.cwd().join(path));
    let plan = plan::build(building.setting(), flags.output.as_deref(), &is_directory)?;
    let outcome = building.carry_out(&plan)?;
    Ok(BuildOutcome {
        failed: outcome.failed,
    })
}
