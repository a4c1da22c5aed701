//! `go mod graph`: which module requires which.

use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_modules::ModulesError;
use gust_ops::modules;
use gust_syntax::gover;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    if !session.args().is_empty() {
        return Err(Failure::error("'go mod graph' accepts no arguments"));
    }
    let go = session.flags().text("go");
    let release = session.settings().go_version();
    if !go.is_empty() && !gover::is_go_line(go) {
        return Err(Failure::with_code(
            format!(
                "invalid value \"{go}\" for flag -go: expecting a Go version like \"{release}\""
            ),
            2,
        ));
    }
    if gover::compare(release, go).is_lt() {
        let note = session.workspace().too_new_explanation();
        let text = format!("-go flag requires go >= {go} (running go {release}{note})");
        return Err(session
            .workspace()
            .switch("-go flag", go, Failure::error(text)));
    }
    let Some(modules) = session.workspace().modules()? else {
        return Err(Failure::error(ModulesError::Disabled));
    };
    let graph = modules
        .graph_as_of(go)
        .map_err(|error| modules::failure(session.workspace(), &error))?;
    session.ui().with_out(|out| {
        for module in graph.breadth_first() {
            for required in graph.required_by(module).into_iter().flatten() {
                writeln!(out, "{module} {required}")?;
            }
        }
        Ok::<(), std::io::Error>(())
    });
    Ok(())
}
