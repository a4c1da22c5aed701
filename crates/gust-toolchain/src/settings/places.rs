//! Directories: GOPATH, the module cache, the build cache, temporary files.

use super::Settings;
use crate::envfile::{self, EnvFile};
use crate::environ::Environ;
use crate::vars;
use gust_fs::View;
use std::path::{Path, PathBuf};

impl Settings {
    /// GOPATH as it stands.
    pub fn gopath_text(&self) -> &str {
        match self.has_no_gopath() {
            true => "",
            false => &self.gopath,
        }
    }

    /// A GOPATH that is made from a HOME which is no absolute path is none; the module cache stays where it was found.
    fn has_no_gopath(&self) -> bool {
        let mut entries = self.gopath.split(':').take_while(|e| !e.starts_with('~'));
        let relative = |entry: &str| !entry.is_empty() && !entry.starts_with('/');
        self.get(vars::GOPATH).is_empty() && entries.any(relative)
    }

    /// Why there is no GOPATH, when there is none.
    pub fn gopath_error(&self) -> &'static str {
        if self.environ.get(vars::HOME).is_empty() {
            "HOME is not set"
        } else {
            "cannot set GOROOT as GOPATH"
        }
    }

    /// GOPATH's directories. GOROOT is none, and a `~` that no shell has made a path of leads nowhere.
    pub fn gopath(&self) -> Vec<PathBuf> {
        let parts = std::env::split_paths(self.gopath_text());
        let counts = |part: &PathBuf| {
            let text = part.as_os_str().as_encoded_bytes();
            !text.is_empty()
                && !text.starts_with(b"~")
                && part.as_os_str() != self.goroot().as_os_str()
        };
        parts.filter(counts).collect()
    }

    /// A directory under the first of GOPATH; empty when that is empty.
    fn gopath_dir(&self, rel: &str) -> PathBuf {
        match std::env::split_paths(&self.gopath).next() {
            Some(first) if !first.as_os_str().is_empty() => gust_fs::paths::clean(&first.join(rel)),
            _ => PathBuf::new(),
        }
    }

    /// The module cache; empty when neither GOMODCACHE nor GOPATH tells where it is.
    pub fn gomodcache(&self) -> PathBuf {
        match self.get(vars::GOMODCACHE) {
            "" => self.gopath_dir("pkg/mod"),
            dir => PathBuf::from(dir),
        }
    }

    pub(crate) fn default_gopath(&self) -> String {
        default_gopath(&self.environ)
    }

    pub(crate) fn default_modcache(&self) -> PathBuf {
        self.gopath_dir("pkg/mod")
    }

    /// Where the checksum database's latest trees are remembered (GOPATH/pkg/sumdb).
    pub fn sumdb_dir(&self) -> PathBuf {
        self.gopath_dir("pkg/sumdb")
    }

    /// The build cache, or go's text saying why there is none.
    pub fn gocache(&self) -> Result<&Path, &str> {
        self.gocache.as_deref().map_err(String::as_str)
    }

    pub(super) fn find_gocache(&self) -> Result<PathBuf, String> {
        match self.get(vars::GOCACHE) {
            "" => envfile::user_cache_dir(&self.environ)
                .map(|dir| dir.join("go-build"))
                .map_err(|why| format!("GOCACHE is not defined and {why}")),
            "off" => Ok(PathBuf::from("off")),
            dir if Path::new(dir).is_absolute() => Ok(PathBuf::from(dir)),
            _ => Err("GOCACHE is not an absolute path".to_owned()),
        }
    }

    /// GOCACHE as printed: `off` when there is none.
    pub fn gocache_text(&self) -> &str {
        self.gocache
            .as_ref()
            .ok()
            .and_then(|p| p.to_str())
            .unwrap_or("off")
    }

    /// Where gust keeps what it remembers between runs (GOCACHE/gust); None without a build cache.
    pub fn state_dir(&self) -> Option<PathBuf> {
        match &self.gocache {
            Ok(dir) if dir.is_absolute() => Some(dir.join("gust")),
            _ => None,
        }
    }

    /// Where `install` puts programs, if GOBIN says so.
    pub fn gobin(&self) -> &str {
        self.get(vars::GOBIN)
    }

    /// Where temporary files go: GOTMPDIR, or the system's place.
    pub fn gotmpdir(&self) -> PathBuf {
        match (self.get(vars::GOTMPDIR), self.environ.get(vars::TMPDIR)) {
            ("", "") => PathBuf::from("/tmp"),
            ("", dir) | (dir, _) => PathBuf::from(dir),
        }
    }
}

pub(super) fn default_gopath(environ: &Environ) -> String {
    let home = environ.get(vars::HOME);
    if home.is_empty() {
        return String::new();
    }
    let dir = gust_fs::paths::clean(&Path::new(home).join("go"));
    let goroot = environ.get(vars::GOROOT);
    if !goroot.is_empty() && gust_fs::paths::clean(Path::new(goroot)) == dir {
        return String::new();
    }
    dir.into_os_string().into_string().unwrap_or_default()
}

/// [`Settings::state_dir`] for those who have no settings yet; of the files that hold settings only the user's has a say.
pub fn state_dir(environ: &Environ, view: &View) -> Option<PathBuf> {
    let file = || {
        let path = EnvFile::find(environ).path.ok()?;
        let text = view.read_to_string(&path).ok()?;
        envfile::parse(&text).remove(vars::GOCACHE)
    };
    let dir = match environ.get(vars::GOCACHE) {
        "" => file().unwrap_or_default(),
        dir => dir.to_owned(),
    };
    let dir = match dir.as_str() {
        "" => envfile::user_cache_dir(environ).ok()?.join("go-build"),
        dir => PathBuf::from(dir),
    };
    dir.is_absolute().then(|| dir.join("gust"))
}
