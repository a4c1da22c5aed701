//! Which archives are in the cache, without a look at each.
//!
//! The cache keeps outputs in 256 directories. A file does not leave a directory without the directory's times telling, so
//! what was seen under a directory's signature is there as long as the signature is the same: one look a directory then
//! spares one a file. The signature is taken before the files are looked at, and what is seen under one so young that a
//! change could hide behind it is not remembered. That a sound output is never cut short in place is the cache's promise.

use std::path::Path;
use std::sync::{Mutex, OnceLock};

use gust_cache::OutputId;
use gust_fs::disk;
use gust_fs::meta::{SIGNATURE_LEN, Signature, now_ns};
use gust_fs::store::Store;

use super::known::{Archive, output_path};
use crate::site::lock;

/// Fewer actions than this lie in hardly fewer directories than they have files.
const FEW: usize = 1500;
/// So much of an output's ID tells it from others in its directory, in bytes.
const TAG: usize = 12;

/// Which outputs are present: the cache's directories, as far as they were looked at.
pub(crate) struct Presence(Vec<OnceLock<CacheDir>>);

/// One directory.
#[derive(Default)]
struct CacheDir {
    /// None when it proves nothing.
    signature: Option<Signature>,
    /// Tags of files seen under this signature: by earlier builds, and by this one.
    held: Vec<u8>,
    seen: Mutex<Vec<u8>>,
}

impl Presence {
    /// For a plan of so many actions.
    pub(crate) fn new(actions: usize) -> Presence {
        let dirs = if actions < FEW { 0 } else { 256 };
        Presence((0..dirs).map(|_| OnceLock::new()).collect())
    }

    /// Whether the archive is there, whole.
    pub(crate) fn has(&self, store: &Store, cache_dir: &Path, archive: &Archive) -> bool {
        let file = || output_path(cache_dir, archive.output);
        let Some(place) = self.0.get(usize::from(archive.output.0[0])) else {
            return is_there(&file(), archive.size);
        };
        let tag = tag(&archive.output);
        let dir = place.get_or_init(|| CacheDir::open(store, file().parent(), tag[0]));
        if dir.held.chunks_exact(TAG).any(|held| held == tag) {
            return true;
        }
        let there = is_there(&file(), archive.size);
        if there && dir.signature.is_some() {
            lock(&dir.seen).extend_from_slice(tag);
        }
        there
    }

    /// Keeps in `store` what was seen.
    pub(crate) fn keep(&self, store: &Store) {
        for (first, place) in self.0.iter().enumerate() {
            let Some(dir) = place.get() else { continue };
            let (seen, signature) = (lock(&dir.seen), dir.signature);
            if let (false, Some(signature)) = (seen.is_empty(), signature) {
                let value = [&signature.to_bytes()[..], &dir.held, &seen].concat();
                store.put(vec![first as u8], value);
            }
        }
    }
}

impl CacheDir {
    /// The directory as it is now, with what was seen there before.
    fn open(store: &Store, dir: Option<&Path>, first: u8) -> CacheDir {
        let now = now_ns();
        let meta = dir.and_then(|dir| disk::metadata(dir).ok());
        let signature = meta.map(|meta| meta.sig);
        let Some(signature) = signature.filter(|sig| !sig.is_racy_at(now)) else {
            return CacheDir::default();
        };
        let value = store.get(&[first]).unwrap_or_default();
        let held = match value.split_at_checked(SIGNATURE_LEN) {
            Some((then, held)) if then == signature.to_bytes() => held.to_vec(),
            _ => Vec::new(),
        };
        CacheDir {
            signature: Some(signature),
            held,
            seen: Mutex::default(),
        }
    }
}

/// The first bytes of an ID; the first of all is the directory's.
fn tag(output: &OutputId) -> &[u8] {
    &output.0[..TAG]
}

fn is_there(file: &Path, size: u64) -> bool {
    disk::metadata(file).is_ok_and(|meta| meta.is_file() && meta.size == size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_counts_until_the_directory_changes() {
        let cache = tempfile::tempdir().unwrap();
        let archive = Archive {
            output: OutputId([0; 32]),
            size: 3,
            silent: true,
            build_id: String::new(),
        };
        let file = output_path(cache.path(), archive.output);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "abc").unwrap();
        let store = Store::memory();
        let look = || {
            let presence = Presence::new(FEW);
            let there = presence.has(&store, cache.path(), &archive);
            presence.keep(&store);
            there
        };
        assert!(look());
        assert_eq!(store.get(&[0]), None, "too young to prove anything");
        std::thread::sleep(std::time::Duration::from_millis(60));
        assert!(look());
        assert_eq!(store.get(&[0]).unwrap().len(), SIGNATURE_LEN + TAG);
        assert!(look());
        std::fs::remove_file(&file).unwrap();
        assert!(!look());
    }
}
