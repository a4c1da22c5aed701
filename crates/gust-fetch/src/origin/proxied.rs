//! The proxy protocol: a module at a proxy's URL.

use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use gust_fs::disk::File;
use gust_syntax::module::escape::{self, EscapeError};
use gust_text::decode;

use super::Origin;
use crate::archive::MAX_ZIP;
use crate::error::{FetchError, errno_text};
use crate::http::{self, Url};
use crate::info::{Info, Timestamp, Versions};
use crate::names;

/// A module at a proxy's URL.
pub(crate) struct Proxied {
    path: String,
    server: Url,
    base: Url,
    http: Arc<http::Client>,
    /// What `@v/list` says: two questions are answered by it.
    list: OnceLock<Result<Arc<str>, FetchError>>,
}

impl Proxied {
    /// `escaped` is the path as it stands in a URL.
    pub(crate) fn new(path: &str, server: &Url, escaped: &str, http: Arc<http::Client>) -> Proxied {
        Proxied {
            path: path.to_owned(),
            server: server.clone(),
            base: server.join(escaped),
            http,
            list: OnceLock::new(),
        }
    }

    fn get(&self, place: &str) -> Result<Vec<u8>, FetchError> {
        self.http.get_bytes(&self.base.join(place))
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
                path: self.path.clone(),
                version: String::new(),
                err: Box::new(err),
            };
        }
        let (path, version) = (self.path.clone(), version.to_owned());
        FetchError::Module {
            path,
            version,
            err: Box::new(err),
        }
    }

    fn escape(&self, version: &str) -> Result<String, FetchError> {
        escape::version(version).map_err(|err| {
            let err = match err {
                EscapeError::Version(err) => FetchError::InvalidVersion {
                    version: err.version,
                    pseudo: err.pseudo,
                    err: Box::new(FetchError::message(err.reason)),
                },
                err => FetchError::message(err.to_string()),
            };
            self.wrong(version, err)
        })
    }

    fn list(&self) -> Result<Arc<str>, FetchError> {
        let ask = || {
            let data = self.get("@v/list").map_err(|err| self.wrong("", err))?;
            Ok(Arc::from(gust_bytes::text(&data)))
        };
        self.list.get_or_init(ask).clone()
    }

    fn parse_info(&self, rev: &str, data: &[u8]) -> Result<Info, FetchError> {
        let info: Option<Info> = decode::from_slice(data, &Info::SHAPE).map_err(|err| {
            let server = names::quote(&self.server.redacted());
            let text = format!("invalid response from proxy {server}: {err}");
            self.wrong(rev, FetchError::message(text))
        })?;
        Ok(info.unwrap_or_default())
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

    fn too_large(&self, version: &str) -> FetchError {
        self.wrong(
            version,
            FetchError::message("downloaded zip file too large"),
        )
    }
}

impl Origin for Proxied {
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
        if info.version != rev && canonical && names::check_zip_module(&self.path, rev).is_ok() {
            let text = format!(
                "proxy returned info for version {} instead of requested version",
                info.version
            );
            return Err(self.wrong(rev, FetchError::message(text)));
        }
        Ok(info)
    }

    fn latest(&self) -> Result<Info, FetchError> {
        match self.get("@latest") {
            Ok(data) => self.parse_info("", &data),
            Err(err) if err.is_not_exist() => self.latest_of_list(),
            Err(err) => Err(self.wrong("", err)),
        }
    }

    fn go_mod(&self, version: &str) -> Result<Arc<[u8]>, FetchError> {
        let escaped = self.escape(version)?;
        let data = self.get(&format!("@v/{escaped}.mod"));
        data.map(Arc::from).map_err(|err| self.wrong(version, err))
    }

    fn zip(&self, version: &str, to: &mut File, name: &Path) -> Result<(), FetchError> {
        let escaped = self.escape(version)?;
        let url = self.base.join(&format!("@v/{escaped}.zip"));
        let http = &self.http;
        // That the copy cannot be written is told as a failure to read, as the go command does.
        let stopped = |err: std::io::Error| FetchError::Transport {
            op: "read",
            url: url.redacted(),
            err: format!("write {}: {}", name.display(), errno_text(&err)),
        };
        let response = http.get(&url).map_err(|err| self.wrong(version, err))?;
        if let http::Body::File(mut file) = response.body {
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
}
