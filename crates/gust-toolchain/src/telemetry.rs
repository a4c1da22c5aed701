//! Where the distribution's tools keep their counters, and whether they may: read for `go env`, set by `go telemetry`.
//!
//! gust itself counts nothing and sends nothing.

use crate::envfile;
use crate::environ::Environ;
use crate::vars;
use gust_fs::View;
use gust_fs::errtext::go_text;
use std::path::{Path, PathBuf};

/// The telemetry directory of the user.
#[derive(Clone, Debug)]
pub struct Telemetry {
    dir: PathBuf,
}

impl Telemetry {
    /// Finds it: TEST_TELEMETRY_DIR, or the user's configuration directory.
    pub fn find(environ: &Environ) -> Telemetry {
        let dir = match environ.get(vars::TEST_TELEMETRY_DIR) {
            "" => envfile::user_config_dir(environ)
                .map_or_else(|_| PathBuf::new(), |dir| dir.join("go/telemetry")),
            dir => PathBuf::from(dir),
        };
        Telemetry { dir }
    }

    /// The directory; empty when the user has none.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The file that holds the mode.
    pub fn mode_file(&self) -> PathBuf {
        self.dir.join("mode")
    }

    /// The mode in effect: on, local or off.
    pub fn mode(&self, view: &View) -> String {
        if self.dir.as_os_str().is_empty() {
            return "off".to_owned();
        }
        let Ok(text) = view.read_to_string(&self.mode_file()) else {
            return "local".to_owned();
        };
        text.trim().split(' ').next().unwrap_or("").to_owned()
    }

    /// Writes the mode and the day since which it holds; the error is go's text.
    pub fn set_mode(&self, mode: &str) -> Result<(), String> {
        if self.dir.as_os_str().is_empty() {
            return Err("cannot determine telemetry mode file name".to_owned());
        }
        gust_fs::disk::create_dir_all(&self.dir).map_err(|e| {
            format!(
                "cannot create a telemetry mode file: mkdir {}: {}",
                self.dir.display(),
                go_text(&e)
            )
        })?;
        let file = self.mode_file();
        let text = format!("{mode} {}", today());
        gust_fs::write::atomic(&file, text.as_bytes(), 0o666)
            .map_err(|e| format!("open {}: {}", file.display(), go_text(&e)))
    }
}

/// The date in UTC, as YYYY-MM-DD.
fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}
