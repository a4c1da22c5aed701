//! A person's program or a tool, started, and how its end becomes the command's own.

use crate::process;
use crate::signals::Watch;
use crate::ui::{Failure, Outcome, Ui};
use gust_fs::View;
use gust_ops::Program;
use gust_toolchain::exit_text;

/// Starts the program. `tool` is its name, if it is a tool.
pub(crate) fn start(
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
