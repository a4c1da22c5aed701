//! `go get`: other versions of modules.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let request = request::get(session.request());
    Ok(gust_ops::get(session.workspace(), request, session.ui())?)
}
