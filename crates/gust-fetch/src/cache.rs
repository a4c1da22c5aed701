//! The module cache on disk: what it knows of a version, and how that is written down.
//!
//! Its files are the go command's too, and written as it writes them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use gust_fs::View;

use crate::config::{Config, Sink};
use crate::disk;
use crate::error::{FetchError, errno_text};
use crate::info::Info;
use crate::layout::Layout;
use crate::names;

/// The files of GOMODCACHE.
pub(crate) struct ModuleCache {
    layout: Layout,
    view: Arc<View>,
    sink: Arc<dyn Sink>,
    /// GOPROXY=off
    offline: bool,
    ready: OnceLock<Result<(), FetchError>>,
}

impl ModuleCache {
    pub(crate) fn new(config: &Config, view: Arc<View>, sink: Arc<dyn Sink>) -> ModuleCache {
        ModuleCache {
            layout: Layout::new(config.gomodcache.clone()),
            view,
            sink,
            offline: config.goproxy == "off",
            ready: OnceLock::new(),
        }
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    /// A file of a version, in a cache that can be used: `info`, `mod`, `zip`, `ziphash`, `lock` or `partial`.
    pub(crate) fn file(
        &self,
        path: &str,
        version: &str,
        suffix: &str,
    ) -> Result<PathBuf, FetchError> {
        self.ready()?;
        self.layout.file(path, version, suffix)
    }

    /// The directory of a version, if it is there and complete.
    pub(crate) fn dir(&self, path: &str, version: &str) -> Option<PathBuf> {
        let dir = self.layout.module_dir(path, version).ok()?;
        if !self.view.is_dir(&dir) {
            return None;
        }
        let partial = self.layout.file(path, version, "partial").ok()?;
        let hash = self.layout.file(path, version, "ziphash").ok()?;
        // golang.org/fips140 comes out of GOROOT and has no hash.
        let whole = !self.view.exists(&partial)
            && (path == crate::install::FIPS || self.view.exists(&hash));
        whole.then_some(dir)
    }

    pub(crate) fn read_info(&self, path: &str, rev: &str) -> Option<Info> {
        let file = self.layout.file(path, rev, "info").ok();
        let data = file.and_then(|file| self.view.read(&file).ok());
        match data {
            Some(data) => serde_json::from_slice(&data).ok(),
            None if self.offline => self.read_info_by_hash(path, rev),
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

    /// The go.mod of a version, as it lies there.
    pub(crate) fn read_go_mod(&self, path: &str, version: &str) -> Option<Vec<u8>> {
        let file = self.layout.file(path, version, "mod").ok()?;
        let data = self.view.read(&file).ok()?;
        // What the experiment before modules left behind is no go.mod.
        (!data.starts_with(b"//vgo 0.0.")).then_some(data)
    }

    pub(crate) fn write_info(&self, path: &str, info: &Info) {
        let written = self.file(path, &info.version, "info").map(|file| {
            let written = disk::write_atomic(&file, &info.to_json());
            self.view.forget(&file);
            written
        });
        if let Ok(Err(err)) = written {
            self.sink
                .line(&format!("go: writing stat cache: {}", errno_text(&err)));
        }
    }

    pub(crate) fn write_go_mod(&self, path: &str, version: &str, data: &[u8]) {
        let Ok(file) = self.file(path, version, "mod") else {
            return;
        };
        let written = disk::write_atomic(&file, data);
        self.view.forget(&file);
        if let Err(err) = written {
            self.sink
                .line(&format!("go: writing go.mod cache: {}", errno_text(&err)));
            return;
        }
        if let Some(dir) = file.parent()
            && let Err(err) = rewrite_list(dir)
        {
            tracing::debug!(dir = %dir.display(), %err, "version list");
        }
    }

    /// That there is a module cache, or that there can be one. Looked at once.
    pub(crate) fn ready(&self) -> Result<(), FetchError> {
        self.ready.get_or_init(|| self.check()).clone()
    }

    fn check(&self) -> Result<(), FetchError> {
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
        // Without it nothing else can be had either.
        let fatal = |err| FetchError::Fatal(Box::new(err));
        let wrong =
            |op, err| fatal(FetchError::io(op, root, err).context("could not create module cache"));
        match self.view.stat(root) {
            Ok(meta) if meta.is_dir() => Ok(()),
            Ok(_) => {
                let quoted = names::quote(&root.to_string_lossy());
                let text = format!("could not create module cache: {quoted} is not a directory");
                Err(fatal(FetchError::message(text)))
            }
            Err(err) if err.kind() == std::io::ErrorKind::NotFound => {
                gust_fs::disk::create_dir_all(root).map_err(|err| wrong("mkdir", err))?;
                self.view.forget(root);
                Ok(())
            }
            Err(err) => Err(wrong("stat", err)),
        }
    }
}

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
