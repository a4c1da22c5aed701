//! Edits to disk. Nothing is decided here.

use gust_fs::errtext::PathError;
use gust_fs::lock;
use gust_modules::{MainModule, ModFlag, Modules, ModulesError};

use crate::edits::Edits;
use crate::error::EditError;

/// Writes go.mod, if it should say something else, and go.sum, if hashes were found that it lacks. With -mod=readonly either is an
/// error. In a workspace only go.work.sum is written.
///
/// # Errors
/// They may not be written, or could not be.
pub fn commit(modules: &Modules, edits: &Edits) -> Result<(), EditError> {
    if let Some(refused) = &edits.refused {
        return Err(refused.clone().into());
    }
    if let Some(only) = &edits.only_sums {
        let sums = modules.fetcher().sums();
        let written = sums.trim(&only.keep);
        let written = written.and_then(|()| modules.fetcher().write_sums(&only.keep, false));
        written.map_err(ModulesError::from)?;
    }
    match (modules.main_modules().first(), &edits.go_mod) {
        (Some(main), Some(text)) => write_go_mod(modules, main, text)?,
        // A tidy that changes nothing takes the lock as well.
        _ if edits.only_sums.is_some() => drop(modules.fetcher().side_lock()),
        _ => {}
    }
    if edits.has_sums {
        let readonly = modules.mode() != ModFlag::Mod && modules.workspace().is_none();
        let written = modules.fetcher().write_sums(&edits.sums(modules), readonly);
        written.map_err(ModulesError::from)?;
    }
    Ok(())
}

fn write_go_mod(modules: &Modules, main: &MainModule, text: &str) -> Result<(), EditError> {
    let view = modules.view();
    if view.is_overlaid(&main.go_mod) {
        return Err(EditError::Overlaid);
    }
    // Held against older go commands, as far as possible. go.sum's writer takes it for itself.
    let _side = modules.fetcher().side_lock();
    let text = gust_bytes::raw(text);
    let mut changed_meanwhile = false;
    let written: Result<(), std::io::Error> = lock::transform(&main.go_mod, |old| {
        if *old == *text {
            return Ok(None);
        }
        if old != main.data {
            changed_meanwhile = true;
            return Ok(None);
        }
        // Over the file as it was before, it would have to be written again.
        view.note_unprovable();
        Ok(Some(text.to_vec()))
    });
    view.forget(&main.go_mod);
    if changed_meanwhile {
        return Err(EditError::ChangedMeanwhile);
    }
    written.map_err(|err| EditError::Write(PathError::new("open", &main.go_mod, err)))
}
