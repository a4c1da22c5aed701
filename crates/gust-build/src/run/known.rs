//! What earlier builds found in the cache: an archive's build ID and whether its tools had something to say, by action ID.
//!
//! Without it an archive that need not be made costs the reading of three files (the cache's entry, the archive's head, the
//! entry of its tools' output); with it, one look at the archive's size, or not even that (`presence`). An entry counts for an hour: then the cache itself
//! is asked again, which notes there that the entry is in use and not to be trimmed.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::presence::Presence;
use gust_cache::{ActionId, OutputId};
use gust_fs::store::Store;

/// How long an entry counts, in seconds: as long as the cache leaves the time of a file's use alone.
const COUNTS_FOR: u64 = 3600;
/// The limit of the file, in bytes.
const CAP: u64 = 64 << 20;

/// What is known of archives in the cache.
pub(crate) struct Known {
    store: Option<Store>,
    presence: Presence,
    now: u64,
}

/// One archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Archive {
    /// The output's ID.
    pub(crate) output: OutputId,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The tools wrote nothing when it was made.
    pub(crate) silent: bool,
    /// Its build ID.
    pub(crate) build_id: String,
}

impl Known {
    /// What is known in a state directory (GOCACHE/gust); nothing, and nothing is learnt, without one.
    /// `actions` is how many the plan has.
    pub(crate) fn open(state_dir: Option<&Path>, actions: usize) -> Known {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Known {
            store: state_dir.map(|dir| Store::open_with_cap(&dir.join("archives"), CAP)),
            presence: Presence::new(actions),
            now: now.map_or(0, |d| d.as_secs()),
        }
    }

    /// Earlier builds have left something to know.
    pub(crate) fn is_of_use(&self) -> bool {
        self.store.as_ref().is_some_and(|store| !store.is_new())
    }

    /// The archive of an action, if it was there not long ago.
    pub(crate) fn get(&self, id: ActionId) -> Option<Archive> {
        let value = self.store.as_ref()?.get(&id.0)?;
        let (time, archive) = decode(value)?;
        let age = self.now.checked_sub(time)?;
        (age < COUNTS_FOR).then_some(archive)
    }

    /// Whether an archive, known as it is, still is in the cache.
    pub(crate) fn is_there(&self, cache_dir: &Path, archive: &Archive) -> bool {
        let store = self.store.as_ref();
        store.is_some_and(|store| self.presence.has(store, cache_dir, archive))
    }

    /// Notes that the archive is there now.
    pub(crate) fn put(&self, id: ActionId, archive: &Archive) {
        if let Some(store) = &self.store {
            store.put(id.0.to_vec(), encode(self.now, archive));
        }
    }

    /// Keeps it for the next build. Nothing is lost but time when that fails.
    pub(crate) fn flush(&self) {
        if let Some(store) = &self.store {
            self.presence.keep(store);
            let _ = store.flush();
        }
    }
}

fn encode(time: u64, archive: &Archive) -> Vec<u8> {
    let mut value = Vec::with_capacity(49 + archive.build_id.len());
    value.extend_from_slice(&time.to_le_bytes());
    value.extend_from_slice(&archive.size.to_le_bytes());
    value.extend_from_slice(&archive.output.0);
    value.push(u8::from(archive.silent));
    value.extend_from_slice(archive.build_id.as_bytes());
    value
}

fn decode(value: &[u8]) -> Option<(u64, Archive)> {
    let (time, rest) = value.split_first_chunk::<8>()?;
    let (size, rest) = rest.split_first_chunk::<8>()?;
    let (output, rest) = rest.split_first_chunk::<32>()?;
    let (silent, build_id) = rest.split_first()?;
    let archive = Archive {
        output: OutputId(*output),
        size: u64::from_le_bytes(*size),
        silent: *silent == 1,
        build_id: std::str::from_utf8(build_id).ok()?.to_owned(),
    };
    Some((u64::from_le_bytes(*time), archive))
}

/// Where the cache keeps an output.
pub(crate) fn output_path(cache_dir: &Path, output: OutputId) -> PathBuf {
    let hex = output.to_hex();
    cache_dir.join(&hex[..2]).join(format!("{hex}-d"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back() {
        let archive = Archive {
            output: OutputId([7; 32]),
            size: 1234,
            silent: true,
            build_id: "a/b".to_owned(),
        };
        assert_eq!(decode(&encode(99, &archive)), Some((99, archive)));
        assert_eq!(decode(b"short"), None);
    }

    #[test]
    fn what_is_old_does_not_count() {
        let dir = tempfile::tempdir().unwrap();
        let mut known = Known::open(Some(dir.path()), 0);
        let archive = Archive {
            output: OutputId([1; 32]),
            size: 1,
            silent: false,
            build_id: String::new(),
        };
        let id = ActionId([2; 32]);
        known.put(id, &archive);
        assert_eq!(known.get(id), Some(archive));
        known.now += COUNTS_FOR;
        assert_eq!(known.get(id), None);
    }
}
