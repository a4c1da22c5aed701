//! A checksum database in memory: a log of go.sum lines, and the notes that sign its head.

use std::sync::{Arc, Mutex};

use gust_fetch::sumdb::note::Signer;
use gust_fetch::sumdb::tlog::{self, Hash, Node, TILE_HEIGHT, Tile, Tree};

use crate::{Module, ModuleSet, Server};

/// The log.
pub struct SumDb {
    name: String,
    signer: Signer,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    /// `path@version` and the text of the record.
    records: Vec<(String, String)>,
    leaves: Vec<Hash>,
}

impl SumDb {
    /// An empty log with a key of its own.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            signer: Signer::from_seed(name, [42; 32]),
            log: Mutex::default(),
        }
    }

    /// The public key, as GOSUMDB takes it.
    pub fn key(&self) -> String {
        self.signer.verifier_key()
    }

    /// Adds what is true of a module; `None` in place of a hash leaves the line out.
    pub fn add(&self, path: &str, version: &str, zip_hash: Option<&str>, mod_hash: Option<&str>) {
        let mut text = String::new();
        if let Some(hash) = zip_hash {
            text.push_str(&format!("{path} {version} {hash}\n"));
        }
        if let Some(hash) = mod_hash {
            text.push_str(&format!("{path} {version}/go.mod {hash}\n"));
        }
        let mut log = self.log();
        log.leaves.push(tlog::record_hash(text.as_bytes()));
        log.records.push((format!("{path}@{version}"), text));
    }

    /// Adds a module with its true hashes.
    pub fn add_module(&self, module: &Module) {
        let zip = module_zip_hash(module);
        let go_mod = gust_fetch::dirhash::of_go_mod(module.go_mod.as_bytes());
        self.add(&module.path, &module.version, Some(&zip), Some(&go_mod));
    }

    /// Adds all modules of a set.
    pub fn add_all(&self, set: &ModuleSet) {
        set.modules
            .iter()
            .for_each(|module| self.add_module(module));
    }

    /// Adds records that nobody asks for, so that the tree has several tiles.
    pub fn add_filler(&self, count: usize) {
        for i in 0..count {
            self.add(
                "example.com/filler",
                &format!("v0.0.{i}"),
                Some("h1:none"),
                None,
            );
        }
    }

    /// What the database answers for a path such as `lookup/m@v1.0.0`, `tile/8/0/000` or `latest`.
    pub fn answer(&self, path: &str) -> Option<Vec<u8>> {
        let log = self.log();
        if path == "supported" {
            return Some(Vec::new());
        }
        if path == "latest" {
            return Some(self.signed(&log));
        }
        if let Some(wanted) = path.strip_prefix("lookup/") {
            let id = log
                .records
                .iter()
                .position(|(name, _)| name == wanted || crate::module::escape(name) == wanted)?;
            let mut answer = format!("{id}\n{}\n", log.records[id].1).into_bytes();
            answer.extend(self.signed(&log));
            return Some(answer);
        }
        let tile = Tile::parse_path(path)?;
        let level = tile.level * TILE_HEIGHT;
        let first = tile.n << TILE_HEIGHT;
        let hashes = (first..first + u64::from(tile.width)).map(|n| log.node(Node { level, n }));
        hashes
            .collect::<Option<Vec<Hash>>>()
            .map(|hashes| hashes.concat())
    }

    /// Serves the database at its own URL.
    pub fn serve(self: &Arc<Self>) -> Server {
        let database = Arc::clone(self);
        Server::start(move |path| database.answer(path))
    }

    /// Serves modules, and the database as a proxy does, below `sumdb/<name>/`.
    pub fn serve_with(self: &Arc<Self>, set: ModuleSet) -> Server {
        let database = Arc::clone(self);
        Server::start(move |path| {
            let prefix = format!("sumdb/{}/", database.name);
            match path.strip_prefix(&prefix) {
                Some(path) => database.answer(path),
                None => set.files.get(path).cloned(),
            }
        })
    }

    fn log(&self) -> std::sync::MutexGuard<'_, Log> {
        self.log.lock().expect("the log of the checksum database")
    }

    fn signed(&self, log: &Log) -> Vec<u8> {
        let size = log.leaves.len() as u64;
        let parts: Option<Vec<Hash>> = tlog::subtrees(0, size)
            .into_iter()
            .map(|node| log.node(node))
            .collect();
        let hash = parts
            .and_then(|parts| tlog::fold_right(&parts))
            .unwrap_or_else(tlog::empty_tree);
        self.signer.sign(&Tree { size, hash }.format())
    }
}

impl Log {
    fn node(&self, node: Node) -> Option<Hash> {
        if node.level == 0 {
            return self.leaves.get(node.n as usize).copied();
        }
        let below = |n| {
            self.node(Node {
                level: node.level - 1,
                n,
            })
        };
        Some(tlog::node_hash(
            &below(2 * node.n)?,
            &below(2 * node.n + 1)?,
        ))
    }
}

/// The `h1:` hash of a module's zip.
///
/// # Panics
/// When it is no zip.
pub fn module_zip_hash(module: &Module) -> String {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("m.zip");
    std::fs::write(&path, &module.zip).expect("write a zip");
    let view = gust_fs::View::new(gust_fs::Overlay::none());
    gust_fetch::dirhash::of_zip(&view, &path).expect("hash a zip")
}
