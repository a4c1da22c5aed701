//! `go install`: compiles programs and puts them where programs go.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    session.watch();
    let (ui, request) = (session.ui(), request::install(session.request()));
    let outcome = gust_ops::install(session.workspace(), request, ui)?;
    ui.fail_if(outcome.failed);
    Ok(())
}
