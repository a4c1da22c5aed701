//! `go vet`: what is likely a mistake in packages; `go fix`: what can be said better today.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;
use gust_ops::Driven;

/// Runs `go vet`.
pub(crate) fn run(session: &Session) -> Outcome {
    drive(session, Driven::Vet)
}

/// Runs `go fix`.
pub(crate) fn fix(session: &Session) -> Outcome {
    drive(session, Driven::Fix)
}

fn drive(session: &Session, driven: Driven) -> Outcome {
    session.watch();
    let request = request::vet(session.request(), driven);
    let outcome = gust_ops::vet(session.workspace(), request, &session.reporter())?;
    session.ui().fail_if(outcome.failed);
    Ok(())
}
