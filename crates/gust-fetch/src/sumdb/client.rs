//! A client of a checksum database that believes nothing it has not checked.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::note::{self, Verifier};
use super::tlog::{self, Hash, Node, Tile, Tree};
use crate::disk;
use crate::error::FetchError;
use crate::names;
use gust_fs::once::OnceMap;

/// Where the client's questions go: a path that begins with `/lookup/` or `/tile/`.
pub(crate) trait Remote: Send + Sync {
    fn read(&self, path: &str) -> Result<Vec<u8>, FetchError>;
}

/// The newest tree head seen, with the note that says it.
#[derive(Clone)]
struct Head {
    tree: Tree,
    message: Arc<[u8]>,
}

/// How a tree head relates to the newest one known before.
#[derive(PartialEq)]
enum When {
    Past,
    Now,
    Future,
}

pub(crate) struct Client {
    verifier: Verifier,
    remote: Box<dyn Remote>,
    /// `GOMODCACHE/cache/download/sumdb`
    cache: PathBuf,
    /// `GOPATH/pkg/sumdb`; or why there is none.
    config: Result<PathBuf, String>,
    head: Mutex<Head>,
    started: OnceLock<Result<(), FetchError>>,
    records: OnceMap<String, Result<Arc<str>, FetchError>>,
    tiles: OnceMap<Tile, Result<Arc<[u8]>, FetchError>>,
    saved: Mutex<HashSet<Tile>>,
}

impl Client {
    pub(crate) fn new(
        verifier: Verifier,
        remote: Box<dyn Remote>,
        cache: PathBuf,
        config: Result<PathBuf, String>,
    ) -> Self {
        let tree = Tree {
            size: 0,
            hash: tlog::empty_tree(),
        };
        Self {
            verifier,
            remote,
            cache,
            config,
            head: Mutex::new(Head {
                tree,
                message: Arc::from(&[][..]),
            }),
            started: OnceLock::new(),
            records: OnceMap::default(),
            tiles: OnceMap::default(),
            saved: Mutex::default(),
        }
    }

    /// The go.sum lines that the database has for a version (with or without `/go.mod`).
    pub(crate) fn lookup(&self, path: &str, version: &str) -> Result<Vec<String>, FetchError> {
        let text = self
            .record(path, version)
            .map_err(|err| err.in_lookup(path, version))?;
        let prefix = format!("{path} {version} ");
        Ok(text
            .lines()
            .filter(|l| l.starts_with(&prefix))
            .map(str::to_owned)
            .collect())
    }

    fn record(&self, path: &str, version: &str) -> Result<Arc<str>, FetchError> {
        let started = self.started.get_or_init(|| self.start());
        if let Err(err) = started {
            return Err(match err.is_fatal() {
                true => err.clone(),
                false => FetchError::message(format!("initializing sumdb.Client: {err}")),
            });
        }
        let escaped_path = names::escape_path(path).map_err(FetchError::message)?;
        let escaped_version = names::escape_version(version.trim_end_matches("/go.mod"))
            .map_err(FetchError::message)?;
        let place = format!("/lookup/{escaped_path}@{escaped_version}");
        self.records
            .get_or_init(place.clone(), || self.fetch_record(&place))
    }

    fn start(&self) -> Result<(), FetchError> {
        let known = self.read_config()?;
        self.merge(&known)
    }

    fn fetch_record(&self, place: &str) -> Result<Arc<str>, FetchError> {
        let file = format!("{}{place}", self.verifier.name());
        let cached = self.read_cache(&file);
        let fresh = cached.is_none();
        let data = match cached {
            Some(data) => data,
            None => self.remote.read(place)?,
        };
        let (id, text, signed) = tlog::parse_record(&data)
            .ok_or_else(|| FetchError::message("malformed record data"))?;
        self.merge(signed)?;
        self.check_record(id, text)?;
        let text = Arc::from(text);
        if fresh {
            self.write_cache(&file, &data);
        }
        Ok(text)
    }

    fn check_record(&self, id: u64, text: &str) -> Result<(), FetchError> {
        let tree = self.head().tree;
        if id >= tree.size {
            let size = tree.size;
            let text = format!("cannot validate record {id} in tree of size {size}");
            return Err(FetchError::message(text));
        }
        let hashes = self.read_hashes(tree, &[Node::record(id)])?;
        if hashes[..] == [tlog::record_hash(text.as_bytes())] {
            return Ok(());
        }
        Err(FetchError::message(
            "cannot authenticate record data in server response",
        ))
    }

    fn head(&self) -> Head {
        self.head
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Takes a signed tree head in: it must be on the one timeline, and if it is newer than all
    /// before, it becomes the newest, here and in the file that outlives this process.
    fn merge(&self, message: &[u8]) -> Result<(), FetchError> {
        if self.merge_in_memory(message)? != When::Future {
            return Ok(());
        }
        loop {
            let known = self.read_config()?;
            if self.merge_in_memory(&known)? != When::Past {
                return Ok(());
            }
            if self.write_config(&known, &self.head().message)? {
                return Ok(());
            }
        }
    }

    fn merge_in_memory(&self, message: &[u8]) -> Result<When, FetchError> {
        if message.is_empty() {
            let known = self.head().tree.size;
            return Ok(if known == 0 { When::Now } else { When::Past });
        }
        let shown = || String::from_utf8_lossy(message);
        let text = note::open(message, &self.verifier).map_err(|err| {
            FetchError::message(format!("reading tree note: {err}\nnote:\n{}", shown()))
        })?;
        let tree = Tree::parse(text).ok_or_else(|| {
            FetchError::message(format!("reading tree: malformed tree note\ntree:\n{text}"))
        })?;
        let new = Head {
            tree,
            message: Arc::from(message),
        };
        loop {
            let head = self.head();
            if new.tree.size <= head.tree.size {
                self.check_trees(&new, &head)?;
                let same = new.tree.size == head.tree.size;
                return Ok(if same { When::Now } else { When::Past });
            }
            self.check_trees(&head, &new)?;
            let mut current = self.head.lock().unwrap_or_else(PoisonError::into_inner);
            if current.tree == head.tree {
                *current = new;
                return Ok(When::Future);
            }
        }
    }

    /// That the older tree is the beginning of the newer one.
    fn check_trees(&self, older: &Head, newer: &Head) -> Result<(), FetchError> {
        let (old, new) = (older.tree, newer.tree);
        let hash = self.tree_hash(old.size, new).map_err(|err| {
            let against = match old.size == new.size {
                true => String::new(),
                false => format!(" against tree#{}", new.size),
            };
            FetchError::message(format!("checking tree#{}{against}: {err}", old.size))
        })?;
        if hash == old.hash {
            return Ok(());
        }
        Err(self.misbehavior(older, newer, &hash))
    }

    fn tree_hash(&self, size: u64, within: Tree) -> Result<Hash, FetchError> {
        if size == 0 {
            return Ok(tlog::empty_tree());
        }
        let hashes = self.read_hashes(within, &tlog::subtrees(0, size))?;
        tlog::fold_right(&hashes).ok_or_else(inconsistent)
    }

    /// The server showed two timelines: everything that is needed to prove it to others.
    fn misbehavior(&self, older: &Head, newer: &Head, hash: &Hash) -> FetchError {
        let indent = |note: &[u8]| String::from_utf8_lossy(note).replace('\n', "\n\t");
        let mut text = format!(
            "SECURITY ERROR\ngo.sum database server misbehavior detected!\n\n\
             old database:\n\t{}\nnew database:\n\t{}\nproof of misbehavior:\n\t{}",
            indent(&older.message),
            indent(&newer.message),
            super::base64(hash)
        );
        match self.prove_tree(newer.tree, older.tree.size) {
            Ok(proof) => {
                for hash in proof {
                    text.push_str("\n\t");
                    text.push_str(&super::base64(&hash));
                }
            }
            Err(err) => text.push_str(&format!("\tinternal error: {err}\n")),
        }
        FetchError::Security { text }
    }

    /// The hashes that lead from a tree's first `old` records to the tree.
    fn prove_tree(&self, tree: Tree, old: u64) -> Result<Vec<Hash>, FetchError> {
        let mut ranges = Vec::new();
        let (mut lo, mut hi) = (0, tree.size);
        while old != hi {
            let half = 1 << (hi - lo - 1).ilog2();
            if old <= lo + half {
                ranges.push((lo + half, hi));
                hi = lo + half;
            } else {
                ranges.push((lo, lo + half));
                lo += half;
            }
        }
        if lo != 0 {
            ranges.push((lo, hi));
        }
        let mut proof = Vec::new();
        for (lo, hi) in ranges.into_iter().rev() {
            let hashes = self.read_hashes(tree, &tlog::subtrees(lo, hi))?;
            proof.push(tlog::fold_right(&hashes).ok_or_else(inconsistent)?);
        }
        Ok(proof)
    }

    /// The hashes of subtrees of a tree, each proved to be in it by the tiles above.
    ///
    /// The tiles of the right edge prove themselves: together they yield the tree's hash. Every
    /// other tile is full, and its hash stands in the tile above it.
    fn read_hashes(&self, tree: Tree, nodes: &[Node]) -> Result<Vec<Hash>, FetchError> {
        let mut plan = Plan::default();
        let edge = tlog::subtrees(0, tree.size);
        for &node in &edge {
            plan.add(Tile::holding(node, tree.size).ok_or_else(inconsistent)?);
        }
        let trusted = plan.tiles.len();
        for &node in nodes {
            let mut next = Tile::holding(node, tree.size);
            let mut chain = Vec::new();
            while let Some(tile) = next.filter(|tile| !plan.place.contains_key(tile)) {
                chain.push(tile);
                next = tile.parent(tree.size);
            }
            next.ok_or_else(inconsistent)?;
            chain.into_iter().rev().for_each(|tile| plan.add(tile));
        }
        let data = self.read_tiles(&plan.tiles)?;
        let hash_of = |node: Node| -> Option<Hash> {
            let tile = Tile::holding(node, tree.size)?;
            tile.hash_of(node, &data[*plan.place.get(&tile)?])
        };
        let edge: Vec<Hash> = edge.into_iter().map_while(hash_of).collect();
        if tlog::fold_right(&edge) != Some(tree.hash) {
            return Err(inconsistent());
        }
        for (tile, data) in plan.tiles.iter().zip(&data).skip(trusted) {
            if tlog::tile_hash(data).is_none() || hash_of(tile.root()) != tlog::tile_hash(data) {
                return Err(inconsistent());
            }
        }
        self.save_tiles(&plan.tiles, &data);
        nodes
            .iter()
            .map(|&node| hash_of(node).ok_or_else(inconsistent))
            .collect()
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Arc<[u8]>>, FetchError> {
        let read = |tile: &Tile| {
            let data = self.tiles.get_or_init(*tile, || self.read_tile(*tile))?;
            if data.len() == tile.byte_len() {
                Ok(data)
            } else {
                Err(inconsistent())
            }
        };
        if let [tile] = tiles {
            return Ok(vec![read(tile)?]);
        }
        std::thread::scope(|scope| {
            let threads: Vec<_> = tiles
                .iter()
                .map(|tile| scope.spawn(move || read(tile)))
                .collect();
            threads
                .into_iter()
                .map(|t| t.join().unwrap_or_else(|_| Err(inconsistent())))
                .collect()
        })
    }

    /// A tile from the cache or the server; a partial one is also the beginning of the full one.
    fn read_tile(&self, tile: Tile) -> Result<Arc<[u8]>, FetchError> {
        let name = self.verifier.name();
        let beginning = |data: Vec<u8>| Arc::from(&data[..tile.byte_len().min(data.len())]);
        let full = tile.full();
        let mark_saved = || {
            self.saved
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(tile)
        };
        if let Some(data) = self.read_cache(&format!("{name}/{}", tile.path())) {
            mark_saved();
            return Ok(data.into());
        }
        if tile != full
            && let Some(data) = self.read_cache(&format!("{name}/{}", full.path()))
        {
            mark_saved();
            return Ok(beginning(data));
        }
        let err = match self.remote.read(&format!("/{}", tile.path())) {
            Ok(data) => return Ok(data.into()),
            Err(err) => err,
        };
        if tile != full
            && let Ok(data) = self.remote.read(&format!("/{}", full.path()))
        {
            return Ok(beginning(data));
        }
        Err(err)
    }

    fn save_tiles(&self, tiles: &[Tile], data: &[Arc<[u8]>]) {
        for (tile, data) in tiles.iter().zip(data) {
            let new = self
                .saved
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(*tile);
            if new {
                self.write_cache(&format!("{}/{}", self.verifier.name(), tile.path()), data);
            }
        }
    }

    /// A file of the cache. An empty one is another process about to write it.
    fn read_cache(&self, file: &str) -> Option<Vec<u8>> {
        disk::read_locked(&self.cache.join(file))
            .ok()
            .filter(|data| !data.is_empty())
    }

    /// Best effort: what is not kept is fetched again.
    fn write_cache(&self, file: &str, data: &[u8]) {
        let path = self.cache.join(file);
        if let Err(err) = disk::write_locked(&path, data) {
            tracing::debug!(path = %path.display(), %err, "checksum database cache");
        }
    }

    fn config_file(&self) -> Result<PathBuf, FetchError> {
        let dir = self.config.as_ref().map_err(|why| {
            FetchError::message(format!(
                "could not locate sumdb file: missing $GOPATH: {why}"
            ))
        })?;
        Ok(dir.join(self.verifier.name()).join("latest"))
    }

    fn read_config(&self) -> Result<Vec<u8>, FetchError> {
        let path = self.config_file()?;
        match disk::read_locked(&path) {
            Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            other => other.map_err(|err| FetchError::io("open", &path, err)),
        }
    }

    /// Replaces the tree head kept on disk, unless somebody else has replaced it meanwhile.
    fn write_config(&self, old: &[u8], new: &[u8]) -> Result<bool, FetchError> {
        let path = self.config_file()?;
        disk::replace_locked(&path, old, new).map_err(|err| FetchError::io("open", &path, err))
    }
}

/// The tiles to read, each once.
#[derive(Default)]
struct Plan {
    tiles: Vec<Tile>,
    place: HashMap<Tile, usize>,
}

impl Plan {
    fn add(&mut self, tile: Tile) {
        if let std::collections::hash_map::Entry::Vacant(entry) = self.place.entry(tile) {
            entry.insert(self.tiles.len());
            self.tiles.push(tile);
        }
    }
}

fn inconsistent() -> FetchError {
    FetchError::message("downloaded inconsistent tile")
}
