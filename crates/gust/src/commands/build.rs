//! `go build`: compiles packages; a program goes to the current directory, or where -o says.

use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_build::plan;
use gust_ops::building::Building;
use std::path::Path;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let flags = session.build_flags();
    if session.flags().bool("json") {
        session.ui().show_builds_as_json();
    }
    session.watch();
    let (workspace, ui) = (session.workspace(), session.ui());
    let mut building = Building::load(workspace, &flags, ui, session.args(), false)?;
    building.check()?;
    let output = flags.output.as_deref();
    // Not through the view: what is there may be of this build's making.
    let cwd = session.settings().cwd();
    let is_directory = |path: &Path| session.settings().view().is_dir(&cwd.join(path));
    let plan = plan::build(building.setting(), output, &is_directory).map_err(failure)?;
    let outcome = building.carry_out(&plan)?;
    if outcome.failed {
        ui.set_code(1);
    }
    Ok(())
}

/// A plan that cannot be made.
pub(super) fn failure(error: plan::PlanError) -> Failure {
    let code = match &error {
        plan::PlanError::Shape(error) => error.exit_code(),
        _ => 1,
    };
    Failure::with_code(error, code)
}
