//! `go fmt`: sources through gofmt.

use crate::session::Session;
use crate::ui::{Failure, Outcome};
use crate::{process, request};

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    session.watch();
    let ui = session.ui();
    let request = request::fmt(session.request());
    let (dry_run, show) = (request.flags.dry_run, request.flags.show);
    let outcome = gust_ops::fmt(session.workspace(), request, ui)?;
    ui.fail_if(outcome.failed);
    let _theirs = session.watch().leave_to_program();
    for program in outcome.programs {
        if dry_run || show {
            ui.line(program.words.join(" "));
        }
        if dry_run {
            continue;
        }
        ui.flush();
        let status = process::run_program(&program, session.settings().view());
        match status.map_err(Failure::plain)? {
            status if status.success() => {}
            status => {
                ui.note(gust_toolchain::exit_text(&status));
                ui.fail_if(true);
            }
        }
    }
    Ok(())
}
