//! Where the distribution's tools keep their counters, and whether they may: read for `go env`, set by `go telemetry`.
//!
//! gust itself counts nothing and sends nothing.

use crate::envfile;
use crate::environ::Environ;
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
        std::fs::create_dir_all(&self.dir).map_err(|e| {
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
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let days = i64::try_from(since.as_secs() / 86_400).unwrap_or(0);
    // Days to a civil date by eras of 400 years that start on March 1st.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}
