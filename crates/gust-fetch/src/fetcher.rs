//! The fetcher: one door to everything that is known of modules, on disk or behind proxies.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use gust_fs::View;
use gust_fs::once::OnceMap;

use crate::cache::{ModuleCache, read_ziphash};
use crate::checksums::Checksums;
use crate::config::{Config, Sink};
use crate::direct::Repositories;
use crate::dirhash;
use crate::error::FetchError;
use crate::http;
use crate::info::{Info, Versions};
use crate::names;
use crate::origin::{self, Keeper, Origin};
use crate::proxy::{self, MayNotExist, Place, Proxy};
use crate::repo::Repo;
use crate::sums::{SumKey, SumStore};

/// By module path and version.
type Versioned<V> = OnceMap<(String, String), V>;

/// Modules, from the module cache or from the proxies.
///
/// Blocking, for any number of threads at once; what is asked twice is fetched once. Paths and
/// versions are given unescaped, as they stand in a go.mod.
pub struct Fetcher {
    config: Arc<Config>,
    sink: Arc<dyn Sink>,
    http: Arc<http::Client>,
    keeper: Arc<Keeper>,
    repositories: Arc<Repositories>,
    proxies: OnceLock<Result<Vec<Proxy>, FetchError>>,
    /// By place and module path.
    origins: OnceMap<(Place, String), Arc<dyn Origin>>,
    pub(crate) zips: Versioned<Result<PathBuf, FetchError>>,
    pub(crate) dirs: Versioned<Result<PathBuf, FetchError>>,
    /// The hashes of .ziphash files.
    pub(crate) hashes: Versioned<String>,
}

impl Fetcher {
    /// A fetcher. Nothing is read or sent yet.
    pub fn new(config: Config, view: Arc<View>, sink: Arc<dyn Sink>) -> Self {
        let config = Arc::new(config);
        let http = Arc::new(http::Client::new(
            &config,
            Arc::clone(&sink),
            view.log().cloned(),
        ));
        let keeper = Keeper {
            cache: ModuleCache::new(&config, Arc::clone(&view), Arc::clone(&sink)),
            checksums: Checksums::new(&config, &view, &http, &sink),
        };
        let repositories = Arc::new(Repositories::new(&config, &http, &sink));
        Self {
            config,
            sink,
            http,
            repositories,
            keeper: Arc::new(keeper),
            proxies: OnceLock::new(),
            origins: OnceMap::default(),
            zips: OnceMap::default(),
            dirs: OnceMap::default(),
            hashes: OnceMap::default(),
        }
    }

    /// What this fetcher was told.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// go.sum.
    pub fn sums(&self) -> &SumStore {
        self.checksums().sums()
    }

    /// Writes go.sum, if what was checked in this run and is named by `keep` is missing in it.
    pub fn write_sums(&self, keep: &HashSet<SumKey>, readonly: bool) -> Result<(), FetchError> {
        self.sums().write(self.cache().layout(), keep, readonly)
    }

    /// The lock that older go commands hold while they change go.mod or go.sum; best effort, held until dropped.
    pub fn side_lock(&self) -> Option<gust_fs::lock::FileLock> {
        self.provide_cache().ok()?;
        let file = self.cache().layout().side_lock();
        gust_fs::disk::create_dir_all(file.parent()?).ok()?;
        gust_fs::lock::FileLock::exclusive(&file).ok()
    }

    /// Makes the module cache's directory if it is not there.
    ///
    /// # Errors
    /// It cannot be made, or something else stands there.
    pub fn provide_cache(&self) -> Result<(), FetchError> {
        self.cache().ready()
    }

    pub(crate) fn cache(&self) -> &ModuleCache {
        &self.keeper.cache
    }

    pub(crate) fn checksums(&self) -> &Checksums {
        &self.keeper.checksums
    }

    pub(crate) fn view(&self) -> &View {
        self.cache().view()
    }

    pub(crate) fn say(&self, line: &str) {
        self.sink.line(line);
    }

    /// A module at one of the places that [`Fetcher::try_proxies`] goes through.
    pub fn repo(&self, proxy: &Proxy, path: &str) -> Repo {
        let key = (proxy.place.clone(), path.to_owned());
        Repo(self.origins.get_or_init(key, || {
            let (config, http) = (&self.config, &self.http);
            origin::find(
                &proxy.place,
                path,
                config,
                http,
                &self.repositories,
                &self.keeper,
            )
        }))
    }

    /// Asks one place of the GOPROXY list after the other, until one answers or fails in a way
    /// that ends the search. Of several errors the most telling is returned.
    pub fn try_proxies<T, E>(&self, ask: impl FnMut(&Proxy) -> Result<T, E>) -> Result<T, E>
    where
        E: MayNotExist + From<FetchError>,
    {
        let list = self.proxies().map_err(|err| E::from(err.clone()))?;
        proxy::try_each(list, ask).unwrap_or_else(|| Err(E::from(FetchError::ProxyOff)))
    }

    /// The same for a module of which nobody has said that it is there: what a proxy does not know is not looked for at its origin,
    /// which takes long.
    pub fn try_proxies_for_guess<T, E>(
        &self,
        ask: impl FnMut(&Proxy) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: MayNotExist + From<FetchError>,
    {
        let list = self.proxies().map_err(|err| E::from(err.clone()))?;
        let list = proxy::without_last_resort(list);
        proxy::try_each(&list, ask).unwrap_or_else(|| Err(E::from(FetchError::ProxyOff)))
    }

    fn proxies(&self) -> Result<&Vec<Proxy>, &FetchError> {
        self.proxies
            .get_or_init(|| proxy::parse(&self.config))
            .as_ref()
    }

    /// The tagged versions of a module that begin with `prefix`.
    pub fn versions(&self, path: &str, prefix: &str) -> Result<Versions, FetchError> {
        self.try_proxies(|proxy| self.repo(proxy, path).versions(prefix))
    }

    /// What a revision of a module is.
    pub fn info(&self, path: &str, rev: &str) -> Result<Info, FetchError> {
        if let Some(info) = self.cache().read_info(path, rev) {
            return Ok(info);
        }
        self.try_proxies(|proxy| self.repo(proxy, path).stat(rev))
    }

    /// The newest revision of a module without versions.
    pub fn latest(&self, path: &str) -> Result<Info, FetchError> {
        self.try_proxies(|proxy| self.repo(proxy, path).latest())
    }

    /// What a version is, and the file that says so.
    pub fn info_file(&self, path: &str, version: &str) -> Result<(Info, PathBuf), FetchError> {
        self.check_version(path, version)?;
        let info = self.info(path, version)?;
        Ok((info, self.file(path, version, "info")?))
    }

    /// The go.mod file of a version (or of another revision), checked against go.sum and the
    /// checksum database.
    pub fn go_mod(&self, path: &str, rev: &str) -> Result<Arc<[u8]>, FetchError> {
        self.cache().ready()?;
        let resolved;
        let version = match names::is_valid_version(path, rev) {
            true => rev,
            false => {
                resolved = self.info(path, rev)?.version;
                &resolved
            }
        };
        if let Some(data) = self.keeper.go_mod(path, version)? {
            return Ok(data);
        }
        self.try_proxies(|proxy| self.repo(proxy, path).go_mod(version))
    }

    /// The file in the module cache that holds the go.mod of a version.
    pub fn go_mod_file(&self, path: &str, version: &str) -> Result<PathBuf, FetchError> {
        self.check_version(path, version)?;
        self.go_mod(path, version)?;
        self.file(path, version, "mod")
    }

    /// The `h1:` hash of the go.mod of a version.
    pub fn go_mod_sum(&self, path: &str, version: &str) -> Result<String, FetchError> {
        self.check_version(path, version)?;
        Ok(dirhash::of_go_mod(&self.go_mod(path, version)?))
    }

    fn check_version(&self, path: &str, version: &str) -> Result<(), FetchError> {
        if names::is_valid_version(path, version) {
            return Ok(());
        }
        Err(FetchError::message(format!(
            "invalid version {}",
            names::quote(version)
        )))
    }

    // ---- without network ----

    /// A file of the module cache: `info`, `mod`, `zip`, `ziphash`, `lock` or `partial`. Whether
    /// it is there is not looked at.
    pub fn file(&self, path: &str, version: &str, suffix: &str) -> Result<PathBuf, FetchError> {
        self.cache().file(path, version, suffix)
    }

    /// The directory that a version is, or would be, unpacked into.
    pub fn dir_of(&self, path: &str, version: &str) -> Result<PathBuf, FetchError> {
        self.cache().layout().module_dir(path, version)
    }

    /// What the module cache knows of a version.
    pub fn cached_info(&self, path: &str, version: &str) -> Option<Info> {
        self.cache().read_info(path, version)
    }

    /// The go.mod that the module cache has of a version, checked as [`Fetcher::go_mod`] does.
    pub fn cached_go_mod(
        &self,
        path: &str,
        version: &str,
    ) -> Result<Option<Arc<[u8]>>, FetchError> {
        self.keeper.go_mod(path, version)
    }

    /// The directory of a version, if it is there and complete.
    pub fn cached_dir(&self, path: &str, version: &str) -> Option<PathBuf> {
        self.cache().dir(path, version)
    }

    /// The `h1:` hash of a downloaded version, as its .ziphash file has it.
    pub fn cached_sum(&self, path: &str, version: &str) -> Option<String> {
        let key = (path.to_owned(), version.to_owned());
        if let Some(hash) = self.hashes.get(&key) {
            return Some(hash);
        }
        let file = self.cache().layout().file(path, version, "ziphash").ok()?;
        read_ziphash(self.view(), &file)
    }

    /// The GOPROXY list as go's own message about a mistake in it has it; for commands that want
    /// to fail early.
    pub fn check_proxies(&self) -> Result<(), FetchError> {
        self.proxies().map(|_| ()).map_err(Clone::clone)
    }
}
