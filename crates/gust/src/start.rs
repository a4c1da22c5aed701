//! The program that a command starts when it has done everything else, and how its end becomes the command's own.

use crate::process;
use crate::session::Session;
use crate::signals::Watch;
use crate::ui::{Failure, Outcome, Ui};
use gust_fs::View;
use gust_ops::Program;
use gust_toolchain::exit_text;

/// Starts a program that a command has made or found. What the command came to so far is its record, if it may have one.
pub(crate) fn start(session: &Session, program: &Program, tool: Option<&str>) -> Outcome {
    session.ui().flush();
    let view = session.settings().view();
    if let Some(warm) = session.warm() {
        warm.keep_before(session.ui(), view, program, tool);
    }
    start_now(session.ui(), session.watch(), view, program, tool)
}

/// Starts the program. `tool` is its name, if it is a tool.
pub(crate) fn start_now(
    ui: &Ui,
    watch: &Watch,
    view: &View,
    program: &Program,
    tool: Option<&str>,
) -> Outcome {
    ui.flush();
    let _theirs = watch.leave_to_program();
    let status = process::run_program(program, view);
    let Some(name) = tool else {
        // Its exit code becomes a message, as `go run` has it.
        return match status.map_err(Failure::plain)? {
            status if status.success() => Ok(()),
            status => Err(Failure::plain(exit_text(&status))),
        };
    };
    let status = status.map_err(|text| Failure::plain(format!("go tool {name}: {text}")))?;
    match status.code() {
        Some(0) => Ok(()),
        // It has said itself what was wrong.
        Some(code) => Err(Failure::with_lines(
            Vec::new(),
            u8::try_from(code).unwrap_or(1),
        )),
        // Which go takes for no failure.
        None => {
            ui.note(format_args!("go tool {name}: {}", exit_text(&status)));
            Ok(())
        }
    }
}
