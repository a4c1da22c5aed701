//! `go doc`: the release's own, which is part of its go command since 1.25.

use crate::process;
use crate::session::Session;
use crate::ui::{Failure, Outcome};

/// Runs the command: the release's takes over, with the words as they were typed.
pub(crate) fn run(session: &Session) -> Outcome {
    let settings = session.settings();
    let go = settings.goroot().join("bin/go");
    let real = |path| settings.view().canonicalize(path).ok();
    if real(&go).is_none() || real(&go) == real(settings.program()) {
        let text = format!(
            "doc: it is a part of the release's go command, and {} is none",
            go.display()
        );
        return Err(Failure::error(text));
    }
    let words = [vec!["doc".to_owned()], session.args().to_vec()].concat();
    session.ui().flush();
    let environ = settings.program_environ(false);
    let why = process::become_program(&go, &words, &environ, false);
    Err(Failure::error(format!("doc: {}: {why}", go.display())))
}
