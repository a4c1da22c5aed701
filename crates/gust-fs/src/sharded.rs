//! A map from paths that many threads fill at once.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::hash::{BuildHasherDefault, Hasher};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

const SHARDS: usize = 64;

#[derive(Default)]
pub(crate) struct PathHasher(u64);

impl Hasher for PathHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }

    fn write_u8(&mut self, byte: u8) {
        self.0 ^= u64::from(byte);
    }

    fn write_usize(&mut self, n: usize) {
        self.0 ^= n as u64;
    }
}

type Shard<V> = HashMap<OsString, V, BuildHasherDefault<PathHasher>>;

pub(crate) struct PathMap<V> {
    shards: Vec<Mutex<Shard<V>>>,
}

impl<V: Clone> PathMap<V> {
    pub(crate) fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }

    fn shard(&self, path: &OsStr) -> MutexGuard<'_, Shard<V>> {
        // The low bits choose the shard, all bits (seeded otherwise) the place in it.
        let index = xxh3_64(path.as_bytes()) as usize % SHARDS;
        self.shards[index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, path: &Path) -> Option<V> {
        self.shard(path.as_os_str()).get(path.as_os_str()).cloned()
    }

    pub(crate) fn insert(&self, path: &Path, value: V) {
        self.shard(path.as_os_str())
            .insert(path.as_os_str().to_owned(), value);
    }

    pub(crate) fn remove(&self, path: &Path) {
        self.shard(path.as_os_str()).remove(path.as_os_str());
    }

    pub(crate) fn clear(&self) {
        for shard in &self.shards {
            shard.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }
}
