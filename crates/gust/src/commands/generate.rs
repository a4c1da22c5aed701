//! `go generate`: runs the generators that sources name.

use crate::session::Session;
use crate::ui::Outcome;
use crate::{process, request};

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    session.watch();
    let ui = session.ui();
    let request = request::generate(session.request());
    let _theirs = session.watch().leave_to_program();
    let mut start = |program: &gust_ops::Program| {
        ui.flush();
        let status = process::run_program(program, session.settings().view())?;
        match status.success() {
            true => Ok(()),
            false => Err(gust_toolchain::exit_text(&status)),
        }
    };
    let outcome = gust_ops::generate(session.workspace(), request, ui, &mut start)?;
    ui.fail_if(outcome.failed);
    Ok(())
}
