//! `go mod download`: modules into the module cache.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;

/// Downloads what the arguments name, or what the main module requires.
pub(crate) fn run(session: &Session) -> Outcome {
    session.watch();
    let ui = session.ui();
    let (request, json) = request::download(session.request());
    let outcome = gust_ops::module::download(session.workspace(), request, ui)?;
    for download in &outcome.downloads {
        let failed = !download.error.is_empty();
        ui.fail_if(failed);
        if json {
            ui.json(download);
        } else if failed {
            ui.error(&download.error);
        }
    }
    match outcome.error {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}
