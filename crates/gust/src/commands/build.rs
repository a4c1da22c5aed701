//! `go build`: compiles packages; a program goes to the current directory, or where -o says.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;

/// Runs the command.
#[tracing::instrument(name = "gust build", level = "info", skip_all)]
pub(crate) fn run(session: &Session) -> Outcome {
    session.watch();
    let (ui, request) = (session.ui(), request::build(session.request()));
    let outcome = gust_ops::build(session.workspace(), request, ui)?;
    ui.fail_if(outcome.failed);
    Ok(())
}
