//! `go test`: builds and runs the tests of packages.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    session.watch();
    let request = request::test(session.request());
    let outcome = gust_ops::test(session.workspace(), request, &session.reporter())?;
    session.ui().fail_if(outcome.failed);
    Ok(())
}
