//! A repository's place in the module cache: `cache/vcs/HASH`, with `HASH.info` that says whose it is and `HASH.lock`.
//!
//! The name is the SHA-256 of kind and URL, so that no URL can reach outside, and no repository lies within another. Layout and locks are go's,
//! which works in the same directories.

use std::path::{Path, PathBuf};

use gust_fs::sha256;

use super::Programs;
use crate::disk;
use crate::error::{FetchError, errno_text};

/// The place of one repository.
pub(super) struct Shelf {
    /// The directory.
    pub(super) dir: PathBuf,
    lock: PathBuf,
}

impl Shelf {
    /// The place of what `kind` keeps of `url`, made if need be.
    pub(super) fn of(kind: &str, url: &str, programs: &Programs) -> Result<Shelf, FetchError> {
        let root = programs.module_cache();
        if root.as_os_str().is_empty() {
            return Err(FetchError::message("neither GOPATH nor GOMODCACHE are set"));
        }
        let key = format!("{kind}:{url}");
        let name: String = sha256(key.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let all = root.join("cache/vcs");
        let dir = all.join(name);
        let shelf = Shelf {
            lock: disk::with_suffix(&dir, ".lock"),
            dir,
        };
        programs.tell(|| format!("mkdir -p {} # {kind} {url}", all.display()));
        gust_fs::disk::create_dir_all(&all).map_err(|err| FetchError::io("mkdir", &all, err))?;
        programs.tell(|| format!("# lock {}", shelf.lock.display()));
        let _held = shelf
            .lock()
            .map_err(|err| err.context("codehost.WorkDir: can't find or create lock file"))?;
        shelf.make(&key, kind, url, programs)?;
        Ok(shelf)
    }

    fn make(
        &self,
        key: &str,
        kind: &str,
        url: &str,
        programs: &Programs,
    ) -> Result<(), FetchError> {
        let info = disk::with_suffix(&self.dir, ".info");
        if let Ok(text) = disk::contents(&info)
            && disk::metadata(&self.dir).is_ok_and(|meta| meta.is_dir())
        {
            let text = gust_bytes::text(&text);
            let have = text.strip_suffix('\n').unwrap_or(&text);
            if have != key {
                let (have, want) = (crate::names::quote(have), crate::names::quote(key));
                return Err(FetchError::message(format!(
                    "{} exists with wrong content (have {have} want {want})",
                    info.display()
                )));
            }
            programs.tell(|| format!("# {} for {kind} {url}", self.dir.display()));
            return Ok(());
        }
        programs.tell(|| format!("mkdir -p {} # {kind} {url}", self.dir.display()));
        let _ = gust_fs::disk::remove_all(&self.dir);
        gust_fs::disk::create_dir_all(&self.dir)
            .map_err(|err| FetchError::io("mkdir", &self.dir, err))?;
        disk::write_atomic(&info, key.as_bytes()).map_err(|err| {
            self.clear();
            FetchError::message(format!("open {}: {}", info.display(), errno_text(&err)))
        })
    }

    /// Keeps every other go command, and every other thread, out of the directory until it is dropped.
    pub(super) fn lock(&self) -> Result<disk::Lock, FetchError> {
        disk::Lock::exclusive(&self.lock).map_err(|err| FetchError::io("open", &self.lock, err))
    }

    /// Whether something stands in the directory just now.
    pub(super) fn has(&self, name: &str) -> bool {
        disk::exists(&self.dir.join(name))
    }

    /// Removes the directory: what could not be begun is begun anew by the next command.
    pub(super) fn clear(&self) {
        let _ = gust_fs::disk::remove_all(&self.dir);
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }
}
