//! Go releases as versions of the paths `go` and `toolchain`: what the module of releases has, and the release that is running.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use gust_fs::disk::File;

use super::Origin;
use crate::error::FetchError;
use crate::info::{Info, Timestamp, Versions};
use crate::names;
use crate::toolchain::{release_of, version_for};

/// The list of releases under one of its two names.
pub(super) struct Releases {
    path: String,
    /// In front of a release: `go` for `toolchain`, nothing for `go`.
    prefix: &'static str,
    /// golang.org/toolchain.
    module: Box<dyn Origin>,
    /// The release that is running, such as `1.26.8`; empty when there is none.
    local: String,
}

impl Releases {
    pub(super) fn new(path: &str, module: Box<dyn Origin>, local: &str) -> Releases {
        Releases {
            path: path.to_owned(),
            prefix: if path == "toolchain" { "go" } else { "" },
            module,
            local: local.to_owned(),
        }
    }

    /// Releases up to the running one are known without asking; as a toolchain, only that one.
    fn is_known(&self, release: &str) -> bool {
        match self.prefix {
            "" => names::compare_releases(release, &self.local).is_le(),
            _ => release == self.local,
        }
    }
}

impl Origin for Releases {
    /// All releases, whatever they begin with, and the one that is running.
    fn versions(&self, _prefix: &str) -> Result<Versions, FetchError> {
        let all = self.module.versions("")?;
        let mut seen = HashSet::new();
        let releases = all.list.iter().filter_map(|version| release_of(version));
        let mut list: Vec<&str> = releases
            .chain(std::iter::once(self.local.as_str()))
            .filter(|release| !release.is_empty() && seen.insert(*release))
            .collect();
        list.sort_by(|a, b| names::compare_releases(a, b));
        Ok(Versions {
            list: list.iter().map(|v| format!("{}{v}", self.prefix)).collect(),
            origin: None,
        })
    }

    fn stat(&self, rev: &str) -> Result<Info, FetchError> {
        let release = rev.strip_prefix("go").unwrap_or(rev);
        if !names::is_release(release) {
            return Err(FetchError::message(format!(
                "invalid {} version {rev}",
                self.path
            )));
        }
        let time = if self.is_known(release) {
            Timestamp::ZERO
        } else if names::is_language_version(release) {
            let text = format!("go language version {rev} is not a toolchain version");
            return Err(FetchError::message(text));
        } else {
            // One platform stands for all: the first that there ever was.
            self.module
                .stat(&version_for(release, "linux", "amd64"))?
                .time
        };
        Ok(Info {
            version: format!("{}{release}", self.prefix),
            time,
            origin: None,
        })
    }

    fn latest(&self) -> Result<Info, FetchError> {
        let all = self.versions("")?;
        self.stat(all.list.last().map_or("", String::as_str))
    }

    fn go_mod(&self, _version: &str) -> Result<Arc<[u8]>, FetchError> {
        Ok(Arc::from(format!("module {}\n", self.path).into_bytes()))
    }

    fn zip(&self, _version: &str, _to: &mut File, _name: &Path) -> Result<(), FetchError> {
        Err(FetchError::no_module_of_releases())
    }
}
