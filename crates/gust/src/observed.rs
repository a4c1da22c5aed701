//! For `cargo xtask observed`: the log of what a command saw, written to a file. Only with the suite's hooks.

use gust_fs::observe::{Log, Observations, Seen};
use gust_toolchain::{Environ, vars};
use std::path::PathBuf;
use std::sync::Arc;

/// A log and where it is to be written.
pub(crate) struct Observed {
    log: Arc<Log>,
    file: PathBuf,
}

impl Observed {
    /// A log, if the environment asks for one.
    pub(crate) fn asked_for(environ: &Environ) -> Option<Observed> {
        let file = environ.get(vars::TESTGUST_OBSERVATIONS);
        (!file.is_empty()).then(|| Observed {
            log: Arc::new(Log::new()),
            file: PathBuf::from(file),
        })
    }

    /// The log, to be filled.
    pub(crate) fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// Writes what is in the log.
    pub(crate) fn write(&self) -> std::io::Result<()> {
        let text = serde_json::to_vec(&self.log.observations())?;
        gust_fs::write::atomic(&self.file, &text, 0o666)
    }
}

/// Leaves a kind of observation out of what a record is made of, if the environment asks for that: `cargo xtask warm --blind`
/// must find out.
pub(crate) fn blind(environ: &Environ, saw: &mut Observations) {
    let kind = match environ.get(vars::TESTGUST_BLIND) {
        "" => return,
        "variable" => {
            saw.variables.clear();
            saw.whole_environment = false;
            return;
        }
        "program" => return saw.questions.clear(),
        kind => kind,
    };
    saw.files.retain(|file| {
        let seen = match file.seen {
            Seen::Failed(_) => "absent",
            Seen::Found(meta) if meta.is_dir() => "directory",
            Seen::Found(_) => "file",
        };
        seen != kind
    });
}
