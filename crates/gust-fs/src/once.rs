//! Work done once a key, however many threads ask for it.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A map whose values are each made once; whoever asks meanwhile waits for that one value.
pub struct OnceMap<K, V> {
    cells: Mutex<HashMap<K, Arc<OnceLock<V>>>>,
}

impl<K, V> Default for OnceMap<K, V> {
    fn default() -> Self {
        Self {
            cells: Mutex::new(HashMap::new()),
        }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> OnceMap<K, V> {
    fn cell(&self, key: &K) -> Arc<OnceLock<V>> {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        match cells.get(key) {
            Some(cell) => Arc::clone(cell),
            None => Arc::clone(cells.entry(key.clone()).or_default()),
        }
    }

    /// The value of a key, made by `init` if nobody has made it.
    pub fn get_or_init(&self, key: impl Borrow<K>, init: impl FnOnce() -> V) -> V {
        self.cell(key.borrow()).get_or_init(init).clone()
    }

    /// The value of a key if it was made.
    pub fn get(&self, key: &K) -> Option<V> {
        let cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        cells.get(key)?.get().cloned()
    }

    /// Gives a key a value unless it has one, or one in the making.
    pub fn offer(&self, key: impl Borrow<K>, value: V) {
        let _ = self.cell(key.borrow()).set(value);
    }
}

#[cfg(test)]
mod tests {
    use super::OnceMap;

    #[test]
    fn the_first_answer_counts() {
        let map: OnceMap<&str, u32> = OnceMap::default();
        assert_eq!(map.get(&"a"), None);
        assert_eq!(map.get_or_init("a", || 1), 1);
        map.offer("a", 2);
        assert_eq!(map.get_or_init("a", || 3), 1);
        map.offer("b", 4);
        assert_eq!(map.get(&"b"), Some(4));
    }
}
