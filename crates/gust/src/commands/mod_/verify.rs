//! `go mod verify`: the module cache against what was downloaded.

use crate::session::Session;
use crate::ui::{Failure, Outcome};

/// Hashes zips and directories of the build list.
pub(crate) fn run(session: &Session) -> Outcome {
    if !session.args().is_empty() {
        return Err(Failure::error("verify takes no arguments"));
    }
    let ui = session.ui();
    let outcome = gust_ops::module::verify(session.workspace())?;
    outcome.wrong.iter().for_each(|error| ui.complain(error));
    if outcome.wrong.is_empty() {
        ui.line("all modules verified");
    }
    Ok(())
}
