//! `go mod vendor` and `go work vendor`: copies of all packages that are needed.

use crate::request;
use crate::session::Session;
use crate::ui::{Failure, Outcome};

/// Runs `go mod vendor`.
pub(crate) fn run(session: &Session) -> Outcome {
    vendor(session, false)
}

/// Runs `go work vendor`.
pub(crate) fn run_for_workspace(session: &Session) -> Outcome {
    vendor(session, true)
}

fn vendor(session: &Session, for_workspace: bool) -> Outcome {
    if !session.args().is_empty() {
        return Err(Failure::error("'go mod vendor' accepts no arguments"));
    }
    let request = request::vendor(session.request(), for_workspace);
    Ok(gust_ops::module::vendor(
        session.workspace(),
        request,
        session.ui(),
    )?)
}
