//! `go run`: compiles a program and starts it.

use crate::session::Session;
use crate::ui::{Failure, Outcome};
use crate::{process, request};

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    session.watch();
    let (ui, request) = (session.ui(), request::run(session.request()));
    let outcome = gust_ops::run(session.workspace(), request, ui)?;
    ui.fail_if(outcome.failed);
    let Some(program) = outcome.program else {
        return Ok(());
    };
    ui.flush();
    let _theirs = session.watch().leave_to_program();
    // Its exit code becomes a message, as `go run` has it.
    let status = process::run_program(&program, session.settings().view());
    match status.map_err(Failure::plain)? {
        status if status.success() => Ok(()),
        status => Err(Failure::plain(gust_toolchain::exit_text(&status))),
    }
}
