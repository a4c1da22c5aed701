//! `go bug`: what a bug report should say of the machine and the settings. It opens no browser: the text is printed.

use crate::session::Session;
use crate::ui::{Failure, Outcome};
use std::fmt::Write;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    if !session.args().is_empty() {
        return Err(Failure::error("bug takes no arguments"));
    }
    let settings = session.settings();
    let mut text = format!(
        "Please open an issue at {}/issues/new with this text:\n\n",
        env!("CARGO_PKG_REPOSITORY")
    );
    let _ = writeln!(text, "### What did you do, see, and expect?\n\n");
    let _ = writeln!(
        text,
        "### Versions\n\n    gust {}\n    {} {}/{}\n",
        env!("CARGO_PKG_VERSION"),
        settings.release_name(),
        settings.gohostos(),
        settings.gohostarch()
    );
    let _ = writeln!(text, "### Settings (go env)\n");
    for variable in settings.variables().iter().filter(|v| !v.value.is_empty()) {
        let _ = writeln!(
            text,
            "    {}={}",
            variable.name,
            gust_text::quote::quote(&variable.value)
        );
    }
    session.ui().print(text);
    Ok(())
}
