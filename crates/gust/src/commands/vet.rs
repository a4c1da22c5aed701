//! `go vet`: what is likely a mistake in packages.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    session.watch();
    let request = request::vet(session.request());
    let outcome = gust_ops::vet(session.workspace(), request, &session.reporter())?;
    session.ui().fail_if(outcome.failed);
    Ok(())
}
