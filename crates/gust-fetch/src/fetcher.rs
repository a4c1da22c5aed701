//! The fetcher: one door to everything that is known of modules, on disk or behind proxies.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use gust_fs::View;

use crate::config::{Config, Sink};
use crate::dirhash;
use crate::disk;
use crate::error::{FetchError, errno_text};
use crate::http;
use crate::info::{Info, Versions};
use crate::layout::Layout;
use crate::names;
use crate::proxy::{self, MayNotExist, Proxy};
use crate::repo::Repo;
use crate::sumdb::{self, Database};
use crate::sums::{Found, SumKey, SumStore};
use crate::toolchain;
use gust_fs::once::OnceMap;

type Answers<K, V> = OnceMap<K, Result<V, FetchError>>;

/// What was asked in this run, by place, path and what was asked.
#[derive(Default)]
pub(crate) struct Memo {
    pub(crate) lists: Answers<(String, String), Arc<str>>,
    pub(crate) versions: Answers<(String, String, String), Versions>,
    pub(crate) stats: Answers<(String, String, String), Info>,
    pub(crate) latest: Answers<(String, String), Info>,
    pub(crate) go_mods: Answers<(String, String, String), Arc<[u8]>>,
    pub(crate) zips: Answers<(String, String), PathBuf>,
    pub(crate) dirs: Answers<(String, String), PathBuf>,
    /// The hashes of .ziphash files.
    pub(crate) hashes: OnceMap<(String, String), String>,
}

/// Modules, from the module cache or from the proxies.
///
/// Blocking, for any number of threads at once; what is asked twice is fetched once. Paths and
/// versions are given unescaped, as they stand in a go.mod.
pub struct Fetcher {
    config: Config,
    layout: Layout,
    view: Arc<View>,
    sink: Arc<dyn Sink>,
    http: Arc<http::Client>,
    sums: SumStore,
    proxies: OnceLock<Result<Vec<Proxy>, FetchError>>,
    database: OnceLock<Result<Database, FetchError>>,
    cache_ready: OnceLock<Result<(), FetchError>>,
    pub(crate) memo: Memo,
}

impl Fetcher {
    /// A fetcher. Nothing is read or sent yet.
    pub fn new(config: Config, view: Arc<View>, sink: Arc<dyn Sink>) -> Self {
        let layout = Layout::new(config.gomodcache.clone());
        let http = Arc::new(http::Client::new(&config, Arc::clone(&sink)));
        Self {
            config,
            layout,
            sums: SumStore::new(Arc::clone(&view)),
            view,
            sink,
            http,
            proxies: OnceLock::new(),
            database: OnceLock::new(),
            cache_ready: OnceLock::new(),
            memo: Memo::default(),
        }
    }

    /// What this fetcher was told.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// go.sum.
    pub fn sums(&self) -> &SumStore {
        &self.sums
    }

    /// Writes go.sum, if what was checked in this run and is named by `keep` is missing in it.
    pub fn write_sums(&self, keep: &HashSet<SumKey>, readonly: bool) -> Result<(), FetchError> {
        self.sums.write(&self.layout, keep, readonly)
    }

    /// The lock that older go commands hold while they change go.mod or go.sum; best effort, held until dropped.
    pub fn side_lock(&self) -> Option<gust_fs::lock::FileLock> {
        gust_fs::lock::FileLock::exclusive(&self.layout.side_lock()).ok()
    }

    pub(crate) fn http(&self) -> &http::Client {
        &self.http
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    pub(crate) fn say(&self, line: &str) {
        self.sink.line(line);
    }

    /// A module at one of the places that [`Fetcher::try_proxies`] goes through.
    pub fn repo<'f>(&'f self, proxy: &'f Proxy, path: &'f str) -> Repo<'f> {
        Repo {
            fetcher: self,
            proxy,
            path,
        }
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
        if let Some(info) = self.read_info(path, rev) {
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
        self.cache_ready()?;
        let resolved;
        let version = match names::is_valid_version(path, rev) {
            true => rev,
            false => {
                resolved = self.info(path, rev)?.version;
                &resolved
            }
        };
        if let Some(data) = self.read_go_mod(path, version)? {
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
        self.cache_ready()?;
        self.layout.file(path, version, suffix)
    }

    /// The directory that a version is, or would be, unpacked into.
    pub fn dir_of(&self, path: &str, version: &str) -> Result<PathBuf, FetchError> {
        self.layout.module_dir(path, version)
    }

    /// What the module cache knows of a version.
    pub fn cached_info(&self, path: &str, version: &str) -> Option<Info> {
        self.read_info(path, version)
    }

    /// The go.mod that the module cache has of a version, checked as [`Fetcher::go_mod`] does.
    pub fn cached_go_mod(
        &self,
        path: &str,
        version: &str,
    ) -> Result<Option<Arc<[u8]>>, FetchError> {
        self.read_go_mod(path, version)
    }

    /// The directory of a version, if it is there and complete.
    pub fn cached_dir(&self, path: &str, version: &str) -> Option<PathBuf> {
        let dir = self.layout.module_dir(path, version).ok()?;
        if !self.view.is_dir(&dir) {
            return None;
        }
        let partial = self.layout.file(path, version, "partial").ok()?;
        let hash = self.layout.file(path, version, "ziphash").ok()?;
        // golang.org/fips140 comes out of GOROOT and has no hash.
        let whole = !self.view.exists(&partial)
            && (path == "golang.org/fips140" || self.view.exists(&hash));
        whole.then_some(dir)
    }

    /// The `h1:` hash of a downloaded version, as its .ziphash file has it.
    pub fn cached_sum(&self, path: &str, version: &str) -> Option<String> {
        let key = (path.to_owned(), version.to_owned());
        if let Some(hash) = self.memo.hashes.get(&key) {
            return Some(hash);
        }
        let file = self.layout.file(path, version, "ziphash").ok()?;
        read_ziphash(&self.view, &file)
    }

    pub(crate) fn read_info(&self, path: &str, rev: &str) -> Option<Info> {
        if matches!(path, "go" | "toolchain") {
            return None;
        }
        let file = self.layout.file(path, rev, "info").ok();
        let data = file.and_then(|file| self.view.read(&file).ok());
        match data {
            Some(data) => serde_json::from_slice(&data).ok(),
            None if self.config.goproxy == "off" => self.read_info_by_hash(path, rev),
            None => None,
        }
    }

    /// Without any proxy, a commit is the newest pseudo-version that names it.
    fn read_info_by_hash(&self, path: &str, rev: &str) -> Option<Info> {
        if rev.len() < 12 || !rev.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let suffix = format!("-{}.info", &rev[..12]);
        let listing = self
            .view
            .read_dir(&self.layout.downloads(path).ok()?)
            .ok()?;
        let newest = listing
            .iter()
            .filter_map(|entry| {
                entry
                    .name
                    .strip_suffix(".info")
                    .filter(|_| entry.name.ends_with(&suffix))
            })
            .filter(|version| names::is_pseudo(version))
            .max_by(|a, b| names::compare(a, b))?;
        self.read_info(path, newest)
    }

    pub(crate) fn read_go_mod(
        &self,
        path: &str,
        version: &str,
    ) -> Result<Option<Arc<[u8]>>, FetchError> {
        if matches!(path, "go" | "toolchain") {
            return Ok(None);
        }
        let Ok(file) = self.layout.file(path, version, "mod") else {
            return Ok(None);
        };
        let Ok(data) = self.view.read(&file) else {
            return Ok(None);
        };
        // What the experiment before modules left behind is no go.mod.
        if data.starts_with(b"//vgo 0.0.") {
            return Ok(None);
        }
        self.check_go_mod(path, version, &data)?;
        Ok(Some(Arc::from(data)))
    }

    pub(crate) fn write_info(&self, path: &str, info: &Info) {
        let written = self.file(path, &info.version, "info").map(|file| {
            let written = disk::write_atomic(&file, &info.to_json());
            self.view.forget(&file);
            written
        });
        if let Ok(Err(err)) = written {
            self.say(&format!("go: writing stat cache: {}", errno_text(&err)));
        }
    }

    pub(crate) fn write_go_mod(&self, path: &str, version: &str, data: &[u8]) {
        let Ok(file) = self.file(path, version, "mod") else {
            return;
        };
        let written = disk::write_atomic(&file, data);
        self.view.forget(&file);
        if let Err(err) = written {
            self.say(&format!("go: writing go.mod cache: {}", errno_text(&err)));
            return;
        }
        if let Some(dir) = file.parent()
            && let Err(err) = rewrite_list(dir)
        {
            tracing::debug!(dir = %dir.display(), %err, "version list");
        }
    }

    // ---- checksums ----

    pub(crate) fn check_go_mod(
        &self,
        path: &str,
        version: &str,
        data: &[u8],
    ) -> Result<(), FetchError> {
        let hash = dirhash::of_go_mod(data);
        self.check_sum(path, &format!("{version}/go.mod"), &hash)
    }

    /// Holds a hash against go.sum, and if it does not stand there, against the database.
    pub(crate) fn check_sum(
        &self,
        path: &str,
        version: &str,
        hash: &str,
    ) -> Result<(), FetchError> {
        if matches!(self.sums.check(path, version, hash)?, Found::Listed) {
            return Ok(());
        }
        if self.uses_database(path) {
            self.check_database(path, version, hash)?;
        }
        if let Some(warning) = self.sums.add(path, version, hash)? {
            self.say(&warning);
        }
        Ok(())
    }

    fn uses_database(&self, path: &str) -> bool {
        if path == toolchain::MODULE {
            // A release is never listed in a go.sum, so the database must know it, whatever the
            // settings say. Only someone who tests a release of their own may go without.
            let goproxy = &self.config.goproxy;
            let own = goproxy.starts_with("file://") && !goproxy.contains([',', '|']);
            if !own && !self.config.is_module_proxy {
                return true;
            }
        }
        self.config.gosumdb != "off" && !names::match_prefix_patterns(&self.config.gonosumdb, path)
    }

    fn check_database(&self, path: &str, version: &str, hash: &str) -> Result<(), FetchError> {
        let (bare, noun) = match version.strip_suffix("/go.mod") {
            Some(bare) => (bare, "go.mod"),
            None => (version, "module"),
        };
        let wrong = |err: FetchError| {
            if err.is_fatal() {
                return err;
            }
            err.context(format!("verifying {noun}"))
                .of_module(path, bare)
        };
        let security = |text: String| FetchError::Security {
            text: format!("{path}@{bare}: verifying {noun}: {text}"),
        };
        let database = self.database().map_err(|err| wrong(err.clone()))?;
        let lines = database.client.lookup(path, version).map_err(wrong)?;
        let prefix = format!("{path} {version} ");
        for line in &lines {
            let Some(listed) = line.strip_prefix(&prefix) else {
                continue;
            };
            if listed == hash {
                return Ok(());
            }
            if listed.starts_with("h1:") {
                let name = &database.name;
                return Err(security(format!(
                    "checksum mismatch\n\tdownloaded: {hash}\n\t{name}: {listed}{DATABASE_MISMATCH}"
                )));
            }
        }
        Err(security(format!(
            "checksum missing from sumdb response{DATABASE_ABSENT}"
        )))
    }

    fn database(&self) -> Result<&Database, &FetchError> {
        let dial = || {
            let proxies = self.proxies().cloned().map_err(Clone::clone);
            sumdb::dial(&self.config, &self.layout, Arc::clone(&self.http), proxies)
        };
        self.database.get_or_init(dial).as_ref()
    }

    // ---- the module cache itself ----

    /// That there is a module cache, or that there can be one. Looked at once.
    pub(crate) fn cache_ready(&self) -> Result<(), FetchError> {
        self.cache_ready.get_or_init(|| self.check_cache()).clone()
    }

    fn check_cache(&self) -> Result<(), FetchError> {
        let root = self.layout.root();
        if root.as_os_str().is_empty() {
            let text = "module cache not found: neither GOMODCACHE nor GOPATH is set";
            return Err(FetchError::message(text));
        }
        if !root.is_absolute() {
            let quoted = names::quote(&root.to_string_lossy());
            let text = format!("GOMODCACHE entry is relative; must be absolute path: {quoted}.\n");
            return Err(FetchError::message(text));
        }
        let wrong =
            |op, err| FetchError::io(op, root, err).context("could not create module cache");
        match self.view.stat(root) {
            Ok(meta) if meta.is_dir() => Ok(()),
            Ok(_) => {
                let quoted = names::quote(&root.to_string_lossy());
                let text = format!("could not create module cache: {quoted} is not a directory");
                Err(FetchError::message(text))
            }
            Err(err) if err.kind() == std::io::ErrorKind::NotFound => {
                gust_fs::disk::create_dir_all(root).map_err(|err| wrong("mkdir", err))?;
                self.view.forget(root);
                Ok(())
            }
            Err(err) => Err(wrong("stat", err)),
        }
    }

    /// The GOPROXY list as go's own message about a mistake in it has it; for commands that want
    /// to fail early.
    pub fn check_proxies(&self) -> Result<(), FetchError> {
        self.proxies().map(|_| ()).map_err(Clone::clone)
    }
}

const DATABASE_MISMATCH: &str = "

SECURITY ERROR
This download does NOT match the one reported by the checksum server.
The bits may have been replaced on the origin server, or an attacker may
have intercepted the download attempt.

For more information, see 'go help module-auth'.
";

const DATABASE_ABSENT: &str = "

SECURITY ERROR
This download does NOT match one reported by the checksum server.
The checksum server has provided checksums, but the checksums do
not contain an entry for the download.
The checksum server may be malfunctioning, or an attacker may have
intercepted the checksum request.
The download cannot be verified.

For more information, see 'go help module-auth'.
";

/// The hash in a .ziphash file; `None` if there is none, or what a write that failed left.
pub(crate) fn read_ziphash(view: &View, file: &Path) -> Option<String> {
    const LEN: usize = "h1:".len() + 44;
    let data = view.read_locked(file).ok()?;
    let text = std::str::from_utf8(&data).ok()?.trim();
    (text.len() == LEN && !text.contains('\0')).then(|| text.to_owned())
}

/// Brings the list of versions in a module's download directory up to date with its .mod files.
fn rewrite_list(dir: &Path) -> std::io::Result<()> {
    let file = dir.join("list");
    let mut lock = gust_fs::lock::FileLock::exclusive(&file)?;
    let mut versions = Vec::new();
    for name in disk::names_in(dir)? {
        if let Some(version) = name.strip_suffix(".mod")
            && names::is_semver(version)
            && names::canonical(version) == version
        {
            versions.push(version.to_owned());
        }
    }
    versions.sort_by(|a, b| names::compare(a, b).then_with(|| a.cmp(b)));
    let mut text = versions.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    disk::rewrite(lock.file(), text.as_bytes())
}
