//! `go run`: compiles a program and starts it.

use super::starting::hand_over;
use crate::request;
use crate::session::Session;
use crate::ui::Outcome;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    session.watch();
    let (ui, request) = (session.ui(), request::run(session.request()));
    let outcome = gust_ops::run(session.workspace(), request, ui)?;
    ui.fail_if(outcome.failed);
    let Some(program) = outcome.program else {
        return Ok(());
    };
    hand_over(session, &program, None)
}
