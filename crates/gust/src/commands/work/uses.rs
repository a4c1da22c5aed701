//! `go work init` and `go work use`: the modules of a workspace.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;

/// Runs `go work use`.
pub(crate) fn run(session: &Session) -> Outcome {
    let request = request::work_use(session.request());
    Ok(gust_ops::work::uses(
        session.workspace(),
        &request,
        session.ui(),
    )?)
}

/// Runs `go work init`.
pub(crate) fn init(session: &Session) -> Outcome {
    let dirs = session.args().to_vec();
    Ok(gust_ops::work::init(
        session.workspace(),
        dirs,
        session.ui(),
    )?)
}
