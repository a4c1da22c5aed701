//! `go build`: compiles packages; a program goes to the current directory, or where -o says.

use crate::building::Building;
use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_build::plan;
use std::path::Path;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let mut building = Building::load(session, session.args(), false)?;
    building.check()?;
    let output = session.flags().last("o");
    // Not through the view: what is there may be of this build's making.
    let cwd = session.settings().cwd();
    let is_directory = |path: &Path| session.settings().view().is_dir(&cwd.join(path));
    let plan = plan::build(building.setting(), output, &is_directory).map_err(failure)?;
    building.carry_out(&plan)?;
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
