//! `go mod graph`: which module requires which.

use crate::request;
use crate::session::Session;
use crate::ui::{Failure, Outcome};

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    if !session.args().is_empty() {
        return Err(Failure::error("'go mod graph' accepts no arguments"));
    }
    let request = request::graph(session.request());
    let graph = gust_ops::module::graph(session.workspace(), request)?;
    session.ui().with_out(|out| {
        for module in graph.breadth_first() {
            for required in graph.required_by(module).into_iter().flatten() {
                writeln!(out, "{module} {required}")?;
            }
        }
        Ok(())
    });
    Ok(())
}
