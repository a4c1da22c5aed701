//! Where things lie in the module cache.

use gust_syntax::gover;
use std::path::{Path, PathBuf};

use crate::error::FetchError;
use crate::names;

/// How many bytes of `path` name the directory of a module version in the module cache `root` that the path is or lies in.
/// Such a directory is complete as soon as it is there, and does not change: the go command relies on that too.
pub fn module_dir_around(root: &Path, path: &Path) -> Option<usize> {
    let below = path.strip_prefix(root).ok()?;
    if below.starts_with("cache") {
        return None;
    }
    let path = path.as_os_str().as_encoded_bytes();
    let start = root.as_os_str().len();
    let at = start + path[start..].iter().position(|&byte| byte == b'@')?;
    let rest = path[at..].iter().position(|&byte| byte == b'/');
    Some(rest.map_or(path.len(), |slash| at + slash))
}

/// The places of GOMODCACHE.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where the checksum database's tiles and answers are kept.
    pub(crate) fn sumdb(&self) -> PathBuf {
        self.root.join("cache/download/sumdb")
    }

    /// The lock that once guarded go.mod and go.sum, and still does for older go commands.
    pub(crate) fn side_lock(&self) -> PathBuf {
        self.root.join("cache/lock")
    }

    /// The directory with everything that was downloaded of a module.
    pub(crate) fn downloads(&self, path: &str) -> Result<PathBuf, FetchError> {
        let escaped = names::escape_path(path).map_err(FetchError::message)?;
        Ok(self.root.join("cache/download").join(escaped).join("@v"))
    }

    /// A file of a module version: `info`, `mod`, `zip`, `ziphash`, `lock` or `partial`.
    pub(crate) fn file(
        &self,
        path: &str,
        version: &str,
        suffix: &str,
    ) -> Result<PathBuf, FetchError> {
        if gover::is_toolchain_module(path) {
            let refusal = "internal error: invalid operation on toolchain module";
            return Err(FetchError::message(refusal));
        }
        let mut file = self.downloads(path)?.into_os_string();
        file.push("/");
        file.push(Self::escape(path, version)?);
        file.push(".");
        file.push(suffix);
        Ok(PathBuf::from(file))
    }

    /// The directory that a module version is unpacked into.
    pub(crate) fn module_dir(&self, path: &str, version: &str) -> Result<PathBuf, FetchError> {
        let escaped = names::escape_path(path).map_err(FetchError::message)?;
        let version = Self::escape(path, version)?;
        Ok(self.root.join(format!("{escaped}@{version}")))
    }

    fn escape(_path: &str, version: &str) -> Result<String, FetchError> {
        if !names::is_semver(version) {
            let quoted = names::quote(version);
            return Err(FetchError::message(format!(
                "non-semver module version {quoted}"
            )));
        }
        if names::canonical(version) != version {
            let quoted = names::quote(version);
            return Err(FetchError::message(format!(
                "non-canonical module version {quoted}"
            )));
        }
        names::escape_version(version).map_err(FetchError::message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_s_directory_is_found_around_a_path() {
        let dir = |path: &'static str| {
            module_dir_around(Path::new("/c/mod"), Path::new(path)).map(|end| &path[..end])
        };
        let module = Some("/c/mod/example.com/m/v2@v2.0.0");
        assert_eq!(dir("/c/mod/example.com/m/v2@v2.0.0"), module);
        assert_eq!(dir("/c/mod/example.com/m/v2@v2.0.0/a@b/c.go"), module);
        for path in [
            "/c/mod/example.com/m",
            "/c/mod/cache/download/example.com/m/@v/list",
            "/other/m@v1.0.0/x",
        ] {
            assert_eq!(dir(path), None, "{path}");
        }
    }
}
