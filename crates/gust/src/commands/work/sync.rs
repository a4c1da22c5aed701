//! `go work sync`: the workspace's versions taken over into its modules.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let flags = request::work_sync(session.request());
    Ok(gust_ops::work::sync(session.workspace(), &flags)?)
}
