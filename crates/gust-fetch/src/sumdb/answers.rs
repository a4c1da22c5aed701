//! What the database answers, by place: from the cache on disk, or from the server.
//!
//! The cache holds only what was proved: whoever proves an answer that came from the server keeps it then.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gust_fs::once::OnceMap;

use super::tlog::{Tile, Tree};
use crate::disk;
use crate::error::FetchError;

/// Where questions go: a path that begins with `/lookup/` or `/tile/`.
pub(crate) trait Remote: Send + Sync {
    fn read(&self, path: &str) -> Result<Vec<u8>, FetchError>;
}

/// The answers of one database.
pub(super) struct Answers {
    remote: Box<dyn Remote>,
    /// `GOMODCACHE/cache/download/sumdb/NAME`
    cache: PathBuf,
    tiles: OnceMap<Tile, Result<Arc<TileContent>, FetchError>>,
    /// The tiles that were proved in the tree that was asked about last: what is in memory does not change any more.
    proved: Mutex<Option<(Tree, HashSet<Tile>)>>,
}

/// A tile as it was read; nothing is proved by that.
pub(super) struct TileContent {
    tile: Tile,
    pub(super) bytes: Box<[u8]>,
    /// It stands in the cache under its own name or under the full tile's.
    on_disk: AtomicBool,
}

/// An answer that was read.
pub(super) struct Answer {
    pub(super) bytes: Vec<u8>,
    is_fresh: bool,
}

impl Answers {
    pub(super) fn new(remote: Box<dyn Remote>, cache: PathBuf) -> Answers {
        Answers {
            remote,
            cache,
            tiles: OnceMap::default(),
            proved: Mutex::default(),
        }
    }

    /// The tiles that are known to be of a tree.
    pub(super) fn proved(&self, tree: Tree) -> HashSet<Tile> {
        let proved = self.proved.lock().unwrap_or_else(PoisonError::into_inner);
        match &*proved {
            Some((known, tiles)) if *known == tree => tiles.clone(),
            _ => HashSet::new(),
        }
    }

    /// Adds tiles that were proved to be of a tree.
    pub(super) fn add_proved(&self, tree: Tree, tiles: HashSet<Tile>) {
        let mut proved = self.proved.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *proved {
            Some((known, all)) if *known == tree => all.extend(tiles),
            other => *other = Some((tree, tiles)),
        }
    }

    /// The answer to `/lookup/...`.
    pub(super) fn lookup(&self, place: &str) -> Result<Answer, FetchError> {
        if let Some(bytes) = self.read(place) {
            return Ok(Answer {
                bytes,
                is_fresh: false,
            });
        }
        Ok(Answer {
            bytes: self.remote.read(place)?,
            is_fresh: true,
        })
    }

    /// Keeps an answer that was proved.
    pub(super) fn keep(&self, place: &str, answer: &Answer) {
        if answer.is_fresh {
            self.write(place, &answer.bytes);
        }
    }

    /// Tiles, in the order in which they are named; those that are missing are asked for at once.
    pub(super) fn tiles(&self, tiles: &[Tile]) -> Result<Vec<Arc<TileContent>>, FetchError> {
        if let [tile] = tiles {
            return Ok(vec![self.tile(*tile)?]);
        }
        std::thread::scope(|scope| {
            let asked: Vec<_> = tiles
                .iter()
                .map(|tile| scope.spawn(|| self.tile(*tile)))
                .collect();
            let joined = asked.into_iter().map(|asked| match asked.join() {
                Ok(answer) => answer,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            joined.collect()
        })
    }

    /// Keeps a tile that was proved.
    pub(super) fn keep_tile(&self, content: &TileContent) {
        if !content.on_disk.swap(true, Ordering::Relaxed) {
            self.write(&place(content.tile), &content.bytes);
        }
    }

    fn tile(&self, tile: Tile) -> Result<Arc<TileContent>, FetchError> {
        self.tiles.get_or_init(tile, || {
            let (bytes, on_disk) = self.find_tile(tile)?;
            Ok(Arc::new(TileContent {
                tile,
                bytes: bytes.into(),
                on_disk: AtomicBool::new(on_disk),
            }))
        })
    }

    /// A tile's bytes, and whether they come from disk. The tree may have grown since the tile was asked for last: it is then the
    /// beginning of the full one.
    fn find_tile(&self, tile: Tile) -> Result<(Vec<u8>, bool), FetchError> {
        let places: &[Tile] = match tile.full() {
            full if full == tile => &[tile],
            full => &[tile, full],
        };
        let beginning = |mut bytes: Vec<u8>| {
            bytes.truncate(tile.byte_len().max(1));
            bytes
        };
        if let Some(bytes) = places.iter().find_map(|tile| self.read(&place(*tile))) {
            return Ok((beginning(bytes), true));
        }
        let mut first_refusal = None;
        for asked in places {
            match self.remote.read(&place(*asked)) {
                Ok(bytes) if *asked == tile => return Ok((bytes, false)),
                Ok(bytes) => return Ok((beginning(bytes), false)),
                Err(error) => first_refusal = first_refusal.or(Some(error)),
            }
        }
        Err(first_refusal.unwrap_or_else(super::inconsistent))
    }

    /// A file of the cache. An empty one is another process about to write it.
    fn read(&self, place: &str) -> Option<Vec<u8>> {
        let bytes = disk::read_locked(&self.file(place)).ok()?;
        (!bytes.is_empty()).then_some(bytes)
    }

    /// Best effort: what is not kept is asked for again.
    fn write(&self, place: &str, bytes: &[u8]) {
        let path = self.file(place);
        if let Err(err) = disk::write_locked(&path, bytes) {
            tracing::debug!(path = %path.display(), %err, "checksum database cache");
        }
    }

    fn file(&self, place: &str) -> PathBuf {
        self.cache.join(place.trim_start_matches('/'))
    }
}

fn place(tile: Tile) -> String {
    format!("/{}", tile.path())
}
