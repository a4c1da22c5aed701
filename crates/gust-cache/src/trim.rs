//! When entries are forgotten: once a day, those that were not used for five days.
//!
//! `trim.txt` holds the time of the last trim in seconds since 1970. It is written before the trim, under a lock, so that
//! of several processes that end at the same time one trims. A time that cannot be read, or lies in the future by more than
//! an hour, does not count.

use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gust_fs::{disk, lock};

use crate::cache::{Cache, MTIME_INTERVAL};

const TRIM_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);
const TRIM_LIMIT: Duration = Duration::from_secs(5 * 24 * 60 * 60);

impl Cache {
    /// Forgets what was not used for long, if it is time for that. To be called when a command is done with the cache.
    /// Tells whether it was time.
    pub fn trim(&self) -> io::Result<bool> {
        self.trim_at(SystemTime::now())
    }

    /// As [`Cache::trim`], at a given time.
    pub fn trim_at(&self, now: SystemTime) -> io::Result<bool> {
        let stamp = self.dir().join("trim.txt");
        // The common case takes no exclusive lock.
        if lock::read_locked(&stamp).is_ok_and(|text| trimmed_lately(&text, now)) {
            return Ok(false);
        }
        let mut time_to_trim = true;
        lock::transform::<io::Error>(&stamp, |text| {
            time_to_trim = !trimmed_lately(text, now);
            Ok(time_to_trim.then(|| seconds(now).to_string().into_bytes()))
        })?;
        if time_to_trim {
            // What is recorded of a file's last use may be an hour behind the truth.
            let cutoff = now
                .checked_sub(TRIM_LIMIT + MTIME_INTERVAL)
                .unwrap_or(UNIX_EPOCH);
            for first in 0..=255 {
                trim_dir(&self.subdir(first), cutoff);
            }
        }
        Ok(time_to_trim)
    }
}

fn trimmed_lately(text: &[u8], now: SystemTime) -> bool {
    let Some(last) = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.trim().parse::<i64>().ok())
    else {
        return false;
    };
    let since = seconds(now).saturating_sub(last);
    since < TRIM_INTERVAL.as_secs() as i64 && since > -(MTIME_INTERVAL.as_secs() as i64)
}

fn seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs() as i64)
}

fn trim_dir(dir: &Path, cutoff: SystemTime) {
    let Ok(entries) = disk::read_dir(dir) else {
        return;
    };
    for entry in entries {
        let name = entry.name();
        if !name.ends_with("-a") && !name.ends_with("-d") {
            continue;
        }
        let path = dir.join(name);
        if disk::metadata(&path).is_ok_and(|meta| meta.modified() < cutoff) {
            let _ = disk::remove_all(&path);
        }
    }
}
