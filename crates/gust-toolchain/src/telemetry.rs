//! Where the distribution's tools keep their counters, and whether they may: read for `go env`, set by `go telemetry`.
//!
//! gust itself counts nothing and sends nothing.

use crate::envfile;
use crate::environ::Environ;
use std::path::{Path, PathBuf};

/// The telemetry directory of the user.
#[derive(Clone, Debug)]
pub struct Telemetry {
    dir: PathBuf,
}

impl Telemetry {
    /// Finds it: TEST_TELEMETRY_DIR, or the user's configuration directory.
    pub fn find(environ: &Environ) -> Telemetry {
        let dir = match environ.get("TEST_TELEMETRY_DIR") {
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
    pub fn mode(&self) -> String {
        if self.dir.as_os_str().is_empty() {
            return "off".to_owned();
        }
        let Ok(text) = std::fs::read_to_string(self.mode_file()) else {
            return "local".to_owned();
        };
        text.trim().split(' ').next().unwrap_or("").to_owned()
    }
}
