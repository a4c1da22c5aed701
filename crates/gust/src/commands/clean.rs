//! `go clean`: removes what builds leave behind, and caches.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let request = request::clean(session.request());
    gust_ops::clean::clean(session.workspace(), &request, session.ui())?;
    Ok(())
}
