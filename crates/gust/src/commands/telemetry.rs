//! `go telemetry`: whether the distribution's tools may count what they do. gust counts nothing.

use crate::request;
use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_toolchain::telemetry::Telemetry;

const PROMISE: &str = "gust itself collects nothing and sends nothing, whatever the mode.";

/// Prints the mode, or sets it.
pub(crate) fn run(session: &Session) -> Outcome {
    let telemetry = Telemetry::find(session.settings().environ());
    let mode = match session.args() {
        [] => {
            session.ui().line(telemetry.mode(session.settings().view()));
            return Ok(());
        }
        [mode] if matches!(mode.as_str(), "on" | "local" | "off") => mode,
        _ => return Err(request::usage(session.request().command, None)),
    };
    if telemetry.mode(session.settings().view()) == *mode {
        return Ok(());
    }
    telemetry.set_mode(mode).map_err(|why| {
        Failure::error(format!("failed to set the telemetry mode to {mode}: {why}"))
    })?;
    if mode == "on" {
        session.ui().note(format!(
            "Telemetry uploading is now enabled for the tools of the Go distribution that gust runs.\n{PROMISE}\nTo disable telemetry \
             uploading, but keep local data collection, run\n“go telemetry local”.\nTo disable both collection and uploading, run \
             “go telemetry off“."
        ));
    }
    Ok(())
}
