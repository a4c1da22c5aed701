//! What `run` and `tool` end with: the program that they have made or found is started.

use crate::session::Session;
use crate::start::start;
use crate::ui::Outcome;
use gust_ops::Program;

/// Starts the program. What the command came to so far is its record, if it may have one: nothing that happens from then on is its
/// own. `tool` is the program's name, if it is a tool.
pub(super) fn hand_over(session: &Session, program: &Program, tool: Option<&str>) -> Outcome {
    session.ui().flush();
    let view = session.settings().view();
    if let Some(warm) = session.warm() {
        warm.keep_before(session.ui(), view, program, tool);
    }
    start(session.ui(), session.watch(), view, program, tool)
}
