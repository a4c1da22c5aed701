//! `go test`: builds and runs the tests of packages.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;
use std::sync::atomic::Ordering;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    session.watch().let_children_finish();
    let request = request::test(session.request());
    let outcome = gust_ops::test(session.workspace(), request, &session.reporter())?;
    let interrupted = session.watch().interrupt().load(Ordering::SeqCst);
    session.ui().fail_if(outcome.failed || interrupted);
    Ok(())
}
