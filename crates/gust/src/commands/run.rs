//! `go run`: compiles a program and starts it.

use crate::session::Session;
use crate::ui::Outcome;
use crate::{request, start};

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    session.watch();
    let (ui, request) = (session.ui(), request::run(session.request()));
    let outcome = gust_ops::run(session.workspace(), request, ui)?;
    ui.fail_if(outcome.failed);
    let Some(program) = outcome.program else {
        return Ok(());
    };
    start::start(session, &program, None)
}
