//! Answers that are found once, whoever asks, and from however many threads.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

type Cell<V> = Arc<OnceLock<V>>;

/// A map whose values are made at the first question; others that ask meanwhile wait for that one answer.
pub(crate) struct OnceMap<K, V>(Mutex<HashMap<K, Cell<V>>>);

impl<K, V> Default for OnceMap<K, V> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<K: Eq + Hash + Clone, V: Clone> OnceMap<K, V> {
    pub(crate) fn get_or(&self, key: &K, make: impl FnOnce() -> V) -> V {
        let cell = {
            let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match map.get(key) {
                Some(cell) => Arc::clone(cell),
                None => Arc::clone(map.entry(key.clone()).or_default()),
            }
        };
        cell.get_or_init(make).clone()
    }
}
