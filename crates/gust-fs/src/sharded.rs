//! A map from paths that many threads fill at once.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use xxhash_rust::xxh3::xxh3_64;

const SHARDS: usize = 64;

/// A path and its hash, which is taken once however many maps are asked. Paths are compared byte for byte: two spellings
/// of a path are two keys.
#[derive(Clone, Copy)]
pub(crate) struct PathKey<'a> {
    path: &'a [u8],
    hash: u64,
}

impl<'a> PathKey<'a> {
    pub(crate) fn of(path: &'a Path) -> Self {
        let path = path.as_os_str().as_bytes();
        Self {
            path,
            hash: xxh3_64(path),
        }
    }
}

/// A map from paths, byte for byte, that many threads fill at once. Values are handed out as clones.
pub struct PathMap<V> {
    shards: Box<[Mutex<Shard<V>>]>,
}

struct Shard<V> {
    slots: HashTable<Slot<V>>,
    /// The paths one behind the other, so that keeping one allocates nothing. What is removed leaves a gap.
    paths: Vec<u8>,
}

struct Slot<V> {
    hash: u64,
    start: usize,
    end: usize,
    value: V,
}

impl<V> Slot<V> {
    fn is(&self, key: &PathKey<'_>, paths: &[u8]) -> bool {
        self.hash == key.hash && paths[self.start..self.end] == *key.path
    }
}

impl<V> Default for PathMap<V> {
    fn default() -> Self {
        let empty = || Shard {
            slots: HashTable::new(),
            paths: Vec::new(),
        };
        Self {
            shards: (0..SHARDS).map(|_| Mutex::new(empty())).collect(),
        }
    }
}

impl<V: Clone> PathMap<V> {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of `path`; where there is none yet, the one that `make` gives, which is kept. `make` runs under a lock:
    /// it must be quick, and must not ask this map.
    pub fn get_or_insert_with(&self, path: &Path, make: impl FnOnce() -> V) -> V {
        let key = PathKey::of(path);
        let mut shard = self.shard(&key);
        let Shard { slots, paths } = &mut *shard;
        match slots.entry(key.hash, |slot| slot.is(&key, paths), |slot| slot.hash) {
            Entry::Occupied(held) => held.get().value.clone(),
            Entry::Vacant(place) => {
                let slot = new_slot(&key, paths, make());
                place.insert(slot).get().value.clone()
            }
        }
    }

    /// Drops the value of `path` if `gone` says so, which runs under a lock as `make` does.
    pub fn remove_if(&self, path: &Path, gone: impl FnOnce(&V) -> bool) {
        let key = PathKey::of(path);
        let mut shard = self.shard(&key);
        let Shard { slots, paths } = &mut *shard;
        if let Ok(held) = slots.find_entry(key.hash, |slot| slot.is(&key, paths))
            && gone(&held.get().value)
        {
            held.remove();
        }
    }

    pub(crate) fn get(&self, key: &PathKey<'_>) -> Option<V> {
        let shard = self.shard(key);
        let slot = shard
            .slots
            .find(key.hash, |slot| slot.is(key, &shard.paths))?;
        Some(slot.value.clone())
    }

    pub(crate) fn insert(&self, key: &PathKey<'_>, value: V) {
        let mut shard = self.shard(key);
        let Shard { slots, paths } = &mut *shard;
        match slots.entry(key.hash, |slot| slot.is(key, paths), |slot| slot.hash) {
            Entry::Occupied(mut held) => held.get_mut().value = value,
            Entry::Vacant(place) => {
                let slot = new_slot(key, paths, value);
                place.insert(slot);
            }
        }
    }

    pub(crate) fn remove(&self, key: &PathKey<'_>) {
        let mut shard = self.shard(key);
        let Shard { slots, paths } = &mut *shard;
        if let Ok(held) = slots.find_entry(key.hash, |slot| slot.is(key, paths)) {
            held.remove();
        }
    }

    pub(crate) fn clear(&self) {
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.slots.clear();
            shard.paths.clear();
        }
    }

    fn shard(&self, key: &PathKey<'_>) -> MutexGuard<'_, Shard<V>> {
        // The table takes the lowest and the highest bits for the place in it; the shard is chosen by others.
        let index = (key.hash >> 40) as usize % SHARDS;
        self.shards[index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn new_slot<V>(key: &PathKey<'_>, paths: &mut Vec<u8>, value: V) -> Slot<V> {
    let start = paths.len();
    paths.extend_from_slice(key.path);
    Slot {
        hash: key.hash,
        start,
        end: paths.len(),
        value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_value_of_each_path() {
        let map = PathMap::new();
        let paths: Vec<String> = (0..2000).map(|n| format!("/d{}/f{n}", n % 7)).collect();
        let key = |path: &'static str| PathKey::of(Path::new(path));
        for round in 0..2 {
            for (n, path) in paths.iter().enumerate() {
                map.insert(&PathKey::of(Path::new(path)), n + round);
            }
        }
        for (n, path) in paths.iter().enumerate() {
            assert_eq!(map.get(&PathKey::of(Path::new(path))), Some(n + 1));
        }
        assert_eq!(map.get(&key("/d0//f0")), None, "another spelling");
        map.remove(&key("/d0/f0"));
        assert_eq!(map.get(&key("/d0/f0")), None);
        assert_eq!(map.get_or_insert_with(Path::new("/d0/f0"), || 9), 9);
        assert_eq!(map.get_or_insert_with(Path::new("/d0/f0"), || 8), 9);
        map.clear();
        assert_eq!(map.get(&key("/d1/f1")), None);
    }
}
