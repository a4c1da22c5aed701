//! `go mod why`: through which imports packages are needed.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let (request, what) = request::mod_why(session.request());
    let needs = gust_ops::module::why(session.workspace(), request, session.ui())?;
    session.ui().with_out(|out| {
        for (at, need) in needs.iter().enumerate() {
            if at > 0 {
                writeln!(out)?;
            }
            writeln!(out, "# {}", need.path)?;
            if need.chain.is_empty() {
                writeln!(out, "(main module does not need {what} {})", need.path)?;
            }
            for step in &need.chain {
                writeln!(out, "{step}")?;
            }
        }
        Ok(())
    });
    Ok(())
}
