//! Answers kept: in memory for this run, in the module cache for all.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use gust_fs::disk::File;
use gust_fs::once::OnceMap;

use super::Origin;
use crate::cache::ModuleCache;
use crate::checksums::Checksums;
use crate::error::FetchError;
use crate::info::{Info, Origin as Rests, Versions};

type Answers<V> = OnceMap<String, Result<V, FetchError>>;

/// Where answers are kept, and what they are checked against.
pub(crate) struct Keeper {
    pub(crate) cache: ModuleCache,
    pub(crate) checksums: Checksums,
}

impl Keeper {
    /// The go.mod that the module cache has of a version, checked.
    pub(crate) fn go_mod(
        &self,
        path: &str,
        version: &str,
    ) -> Result<Option<Arc<[u8]>>, FetchError> {
        let Some(data) = self.cache.read_go_mod(path, version) else {
            return Ok(None);
        };
        self.checksums.check_go_mod(path, version, &data)?;
        Ok(Some(Arc::from(data)))
    }
}

/// An origin behind the module cache.
pub(crate) struct Kept {
    origin: Box<dyn Origin>,
    path: String,
    keeper: Arc<Keeper>,
    versions: Answers<Versions>,
    stats: Answers<Info>,
    latest: OnceLock<Result<Info, FetchError>>,
    go_mods: Answers<Arc<[u8]>>,
}

impl Kept {
    pub(super) fn new(origin: Box<dyn Origin>, path: &str, keeper: Arc<Keeper>) -> Kept {
        Kept {
            origin,
            path: path.to_owned(),
            keeper,
            versions: Answers::default(),
            stats: Answers::default(),
            latest: OnceLock::new(),
            go_mods: Answers::default(),
        }
    }
}

impl Origin for Kept {
    fn versions(&self, prefix: &str) -> Result<Versions, FetchError> {
        let ask = || self.origin.versions(prefix);
        self.versions.get_or_init(prefix.to_owned(), ask)
    }

    fn stat(&self, rev: &str) -> Result<Info, FetchError> {
        self.stats.get_or_init(rev.to_owned(), || {
            let cache = &self.keeper.cache;
            if let Some(info) = cache.read_info(&self.path, rev) {
                return Ok(info);
            }
            let info = self.origin.stat(rev)?;
            if info.version != rev {
                self.stats.offer(info.version.clone(), Ok(info.clone()));
            }
            cache.write_info(&self.path, &info);
            Ok(info)
        })
    }

    fn latest(&self) -> Result<Info, FetchError> {
        let ask = || {
            let cache = &self.keeper.cache;
            let info = self.origin.latest()?;
            self.stats.offer(info.version.clone(), Ok(info.clone()));
            if cache.read_info(&self.path, &info.version).is_none() {
                cache.write_info(&self.path, &info);
            }
            Ok(info)
        };
        self.latest.get_or_init(ask).clone()
    }

    fn go_mod(&self, version: &str) -> Result<Arc<[u8]>, FetchError> {
        self.go_mods.get_or_init(version.to_owned(), || {
            if let Some(data) = self.keeper.go_mod(&self.path, version)? {
                return Ok(data);
            }
            let data = self.origin.go_mod(version)?;
            let Keeper { cache, checksums } = &*self.keeper;
            checksums.check_go_mod(&self.path, version, &data)?;
            cache.write_go_mod(&self.path, version, &data);
            Ok(data)
        })
    }

    /// Zips are kept by who installs them, under the version's lock.
    fn zip(&self, version: &str, to: &mut File, name: &Path) -> Result<(), FetchError> {
        self.origin.zip(version, to, name)
    }

    fn check_reuse(&self, old: &Rests) -> Result<(), FetchError> {
        self.origin.check_reuse(old)
    }
}
