//! `go mod init`: the current directory becomes a module.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let request = request::init(session.request())?;
    Ok(gust_ops::module::init(
        session.workspace(),
        request,
        session.ui(),
    )?)
}
