//! One module as one proxy has it.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use crate::archive::MAX_ZIP;
use crate::error::{FetchError, errno_text};
use crate::fetcher::Fetcher;
use crate::http::Url;
use crate::info::{Info, Timestamp, Versions};
use crate::names;
use crate::proxy::{Place, Proxy};
use crate::toolchain;
use gust_text::decode;

/// A module as one place of the GOPROXY list has it.
///
/// What it answers is remembered in the fetcher, and looked up and kept in the module cache.
#[derive(Clone, Copy)]
pub struct Repo<'f> {
    pub(crate) fetcher: &'f Fetcher,
    pub(crate) proxy: &'f Proxy,
    /// The module path.
    pub(crate) path: &'f str,
}

impl Repo<'_> {
    /// The tagged versions that begin with `prefix`.
    pub fn versions(&self, prefix: &str) -> Result<Versions, FetchError> {
        let key = (self.place_key(), self.path.to_owned(), prefix.to_owned());
        self.fetcher
            .memo
            .versions
            .get_or_init(key, || match self.path {
                "go" | "toolchain" => toolchain::versions(self),
                _ => self.proxied()?.versions(prefix),
            })
    }

    /// What a revision (a version, a branch, a commit) is.
    pub fn stat(&self, rev: &str) -> Result<Info, FetchError> {
        if matches!(self.path, "go" | "toolchain") {
            return toolchain::stat(self, rev);
        }
        let key = |rev: &str| (self.place_key(), self.path.to_owned(), rev.to_owned());
        self.fetcher.memo.stats.get_or_init(key(rev), || {
            if let Some(info) = self.fetcher.read_info(self.path, rev) {
                return Ok(info);
            }
            let info = self.proxied()?.stat(rev)?;
            if info.version != rev {
                self.fetcher
                    .memo
                    .stats
                    .offer(key(&info.version), Ok(info.clone()));
            }
            self.fetcher.write_info(self.path, &info);
            Ok(info)
        })
    }

    /// The newest revision, for a module without versions.
    pub fn latest(&self) -> Result<Info, FetchError> {
        if matches!(self.path, "go" | "toolchain") {
            return toolchain::latest(self);
        }
        let key = (self.place_key(), self.path.to_owned());
        self.fetcher.memo.latest.get_or_init(key, || {
            let info = self.proxied()?.latest()?;
            let key = (self.place_key(), self.path.to_owned(), info.version.clone());
            self.fetcher.memo.stats.offer(key, Ok(info.clone()));
            if self.fetcher.read_info(self.path, &info.version).is_none() {
                self.fetcher.write_info(self.path, &info);
            }
            Ok(info)
        })
    }

    /// The go.mod file of a version.
    pub fn go_mod(&self, version: &str) -> Result<Arc<[u8]>, FetchError> {
        if matches!(self.path, "go" | "toolchain") {
            return Ok(Arc::from(format!("module {}\n", self.path).into_bytes()));
        }
        let key = (self.place_key(), self.path.to_owned(), version.to_owned());
        self.fetcher.memo.go_mods.get_or_init(key, || {
            if let Some(data) = self.fetcher.read_go_mod(self.path, version)? {
                return Ok(data);
            }
            let data = self.proxied()?.go_mod(version)?;
            self.fetcher.check_go_mod(self.path, version, &data)?;
            self.fetcher.write_go_mod(self.path, version, &data);
            Ok(Arc::from(data))
        })
    }

    /// Streams the zip of a version.
    pub(crate) fn zip(
        &self,
        version: &str,
        to: &mut gust_fs::disk::File,
        name: &Path,
    ) -> Result<(), FetchError> {
        self.proxied()?.zip(version, to, name)
    }

    fn place_key(&self) -> String {
        match &self.proxy.place {
            Place::NoProxy => "noproxy".to_owned(),
            Place::Off => "off".to_owned(),
            Place::Direct => "direct".to_owned(),
            Place::Url(url) => url.redacted(),
        }
    }

    /// Whether, and where, a server may be asked about this path.
    fn proxied(&self) -> Result<Proxied<'_>, FetchError> {
        let config = self.fetcher.config();
        if let Some(why) = &config.lookup_disabled {
            return Err(FetchError::LookupDisabled { why: why.clone() });
        }
        let direct = || FetchError::Direct {
            path: self.path.to_owned(),
        };
        if names::match_prefix_patterns(&config.gonoproxy, self.path) {
            return Err(match self.proxy.place {
                Place::NoProxy | Place::Direct => direct(),
                _ => FetchError::NoProxy,
            });
        }
        match &self.proxy.place {
            Place::Off => Err(FetchError::ProxyOff),
            Place::Direct => Err(direct()),
            Place::NoProxy => Err(FetchError::UseProxy),
            Place::Url(url) => {
                let escaped = names::escape_path(self.path).map_err(FetchError::message)?;
                let base = url.join(&escaped);
                Ok(Proxied {
                    fetcher: self.fetcher,
                    path: self.path,
                    server: url,
                    base,
                })
            }
        }
    }
}

/// A module at a proxy's URL; nothing is remembered here.
struct Proxied<'r> {
    fetcher: &'r Fetcher,
    path: &'r str,
    server: &'r Url,
    base: Url,
}

impl Proxied<'_> {
    fn get(&self, place: &str) -> Result<Vec<u8>, FetchError> {
        self.fetcher.http().get_bytes(&self.base.join(place))
    }

    /// An error as one about a version of this module.
    fn wrong(&self, version: &str, err: FetchError) -> FetchError {
        if !version.is_empty() && names::canonical(version) != version {
            let pseudo = names::is_pseudo(version);
            let err = Box::new(err);
            let err = FetchError::InvalidVersion {
                version: version.to_owned(),
                pseudo,
                err,
            };
            return FetchError::Module {
                path: self.path.to_owned(),
                version: String::new(),
                err: Box::new(err),
            };
        }
        let (path, version) = (self.path.to_owned(), version.to_owned());
        FetchError::Module {
            path,
            version,
            err: Box::new(err),
        }
    }

    fn escape(&self, version: &str) -> Result<String, FetchError> {
        names::escape_version(version).map_err(|err| self.wrong(version, FetchError::message(err)))
    }

    fn list(&self) -> Result<Arc<str>, FetchError> {
        let key = (self.server.redacted(), self.path.to_owned());
        self.fetcher.memo.lists.get_or_init(key, || {
            let data = self.get("@v/list").map_err(|err| self.wrong("", err))?;
            Ok(Arc::from(String::from_utf8_lossy(&data)))
        })
    }

    fn versions(&self, prefix: &str) -> Result<Versions, FetchError> {
        let text = self.list()?;
        let mut list: Vec<String> = text
            .split('\n')
            .filter_map(|line| line.split_whitespace().next())
            .filter(|v| names::is_semver(v) && v.starts_with(prefix) && !names::is_pseudo(v))
            .map(str::to_owned)
            .collect();
        list.sort_by(|a, b| names::compare(a, b).then_with(|| a.cmp(b)));
        Ok(Versions { list, origin: None })
    }

    fn stat(&self, rev: &str) -> Result<Info, FetchError> {
        let escaped = self.escape(rev)?;
        let data = self
            .get(&format!("@v/{escaped}.info"))
            .map_err(|err| self.wrong(rev, err))?;
        let info = self.parse_info(rev, &data)?;
        let canonical = names::canonical(rev) == rev;
        if info.version != rev && canonical && names::check_zip_module(self.path, rev).is_ok() {
            let text = format!(
                "proxy returned info for version {} instead of requested version",
                info.version
            );
            return Err(self.wrong(rev, FetchError::message(text)));
        }
        Ok(info)
    }

    fn parse_info(&self, rev: &str, data: &[u8]) -> Result<Info, FetchError> {
        let info: Option<Info> = decode::from_slice(data, &Info::SHAPE).map_err(|err| {
            let server = names::quote(&self.server.redacted());
            let text = format!("invalid response from proxy {server}: {err}");
            self.wrong(rev, FetchError::message(text))
        })?;
        Ok(info.unwrap_or_default())
    }

    fn latest(&self) -> Result<Info, FetchError> {
        match self.get("@latest") {
            Ok(data) => self.parse_info("", &data),
            Err(err) if err.is_not_exist() => self.latest_of_list(),
            Err(err) => Err(self.wrong("", err)),
        }
    }

    /// The newest by time of what the list names, tagged versions left out unless it gives times.
    fn latest_of_list(&self) -> Result<Info, FetchError> {
        let text = self.list()?;
        let mut best: Option<(Timestamp, &str)> = None;
        for line in text.split('\n') {
            let mut fields = line.split_whitespace();
            let Some(version) = fields.next().filter(|v| names::is_semver(v)) else {
                continue;
            };
            let time = match fields.next() {
                Some(time) => Timestamp::parse(time),
                None if names::is_pseudo(version) => names::pseudo_time(version),
                None => continue,
            };
            let time = time.unwrap_or(Timestamp::ZERO);
            if best.map_or(Timestamp::ZERO, |(time, _)| time) < time {
                best = Some((time, version));
            }
        }
        match best {
            Some((_, version)) => self.stat(version),
            None => Err(self.wrong("", FetchError::NoCommits)),
        }
    }

    fn go_mod(&self, version: &str) -> Result<Vec<u8>, FetchError> {
        let escaped = self.escape(version)?;
        self.get(&format!("@v/{escaped}.mod"))
            .map_err(|err| self.wrong(version, err))
    }

    fn zip(
        &self,
        version: &str,
        to: &mut gust_fs::disk::File,
        name: &Path,
    ) -> Result<(), FetchError> {
        let escaped = self.escape(version)?;
        let url = self.base.join(&format!("@v/{escaped}.zip"));
        let http = self.fetcher.http();
        // That the copy cannot be written is told as a failure to read, as the go command does.
        let stopped = |err: std::io::Error| FetchError::Transport {
            op: "read",
            url: url.redacted(),
            err: format!("write {}: {}", name.display(), errno_text(&err)),
        };
        let response = http.get(&url).map_err(|err| self.wrong(version, err))?;
        if let crate::http::Body::File(mut file) = response.body {
            // Within one file system the kernel copies, or only shares the blocks.
            return match gust_fs::disk::copy(&mut file, to) {
                Ok(n) if n > MAX_ZIP => Err(self.too_large(version)),
                Ok(_) => Ok(()),
                Err(err) => Err(self.wrong(version, stopped(err))),
            };
        }
        let mut left = MAX_ZIP;
        http.read(response, &mut |chunk| {
            left = left
                .checked_sub(chunk.len() as u64)
                .ok_or_else(|| FetchError::message("downloaded zip file too large"))?;
            to.write_all(chunk).map_err(stopped)
        })
        .map_err(|err| self.wrong(version, err))
    }

    fn too_large(&self, version: &str) -> FetchError {
        self.wrong(
            version,
            FetchError::message("downloaded zip file too large"),
        )
    }
}
