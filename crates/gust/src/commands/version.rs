//! `go version`: the release in use, or what Go programs were built with.

use crate::session::Session;
use crate::ui::{Failure, Outcome};

/// Prints the release, or the build information of files.
pub(crate) fn run(session: &Session) -> Outcome {
    let (flags, settings) = (session.flags(), session.settings());
    if session.args().is_empty() {
        for name in ["m", "v", "json"] {
            if flags.bool(name) && !session.in_goflags(&format!("-{name}")) {
                let text = format!("go: 'go version' only accepts -{name} flag with arguments");
                return Err(Failure::with_code(text, 2));
            }
        }
        let version = match settings.version_override() {
            Some(version) => format!("{version} (TESTGO_VERSION)"),
            None => settings.release_name().to_owned(),
        };
        session.ui().line(format_args!(
            "go version {version} {}/{}",
            settings.gohostos(),
            settings.gohostarch()
        ));
        return Ok(());
    }
    Ok(())
}
