//! `go mod verify`: the module cache against what was downloaded.

use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_modules::ModulesError;
use gust_ops::modules;
use gust_syntax::gover;

/// Hashes zips and directories of the build list.
pub(crate) fn run(session: &Session) -> Outcome {
    if !session.args().is_empty() {
        return Err(Failure::error("verify takes no arguments"));
    }
    let Some(modules) = session.workspace().modules()? else {
        return Err(Failure::error(ModulesError::Disabled));
    };
    let (list, error) = modules.build_list();
    if let Some(err) = error {
        return Err(modules::failure(session.workspace(), &err));
    }
    let downloaded: Vec<(String, String)> = list
        .iter()
        .filter(|m| !gover::is_toolchain_module(&m.path) && modules.main(&m.path).is_none())
        .map(|m| (m.path.to_string(), m.version.to_string()))
        .collect();
    let wrong = modules.fetcher().verify(&downloaded);
    for err in &wrong {
        session.ui().complain(err);
    }
    if wrong.is_empty() {
        session.ui().line("all modules verified");
    }
    Ok(())
}
