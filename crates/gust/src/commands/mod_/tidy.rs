//! `go mod tidy`: go.mod made to agree with the sources.

use crate::request;
use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_ops::module::TidyOutcome;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    if !session.args().is_empty() {
        return Err(Failure::error("'go mod tidy' accepts no arguments"));
    }
    let request = request::tidy(session.request());
    let TidyOutcome::Differences(texts) = gust_ops::module::tidy(session.workspace(), request)?
    else {
        return Ok(());
    };
    let shown = || texts.iter().filter(|text| !text.is_empty());
    session
        .ui()
        .with_out(|out| shown().try_for_each(|text| writeln!(out, "{text}")));
    match shown().next() {
        Some(_) => Err(Failure::with_lines(Vec::new(), 1)),
        None => Ok(()),
    }
}
