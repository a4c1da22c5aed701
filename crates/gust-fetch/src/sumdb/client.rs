//! A client of a checksum database that believes nothing it has not checked.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use gust_fs::once::OnceMap;

use super::answers::{Answers, Remote};
use super::note::Verifier;
use super::proof;
use super::timeline::Timeline;
use super::tlog::{self, Node};
use crate::error::FetchError;
use crate::names;

/// One database.
pub(crate) struct Client {
    answers: Answers,
    timeline: Timeline,
    resumed: OnceLock<Result<(), FetchError>>,
    records: OnceMap<String, Result<Arc<str>, FetchError>>,
}

impl Client {
    /// `cache` is `GOMODCACHE/cache/download/sumdb`, `config` `GOPATH/pkg/sumdb` or why there is none.
    pub(crate) fn new(
        verifier: Verifier,
        remote: Box<dyn Remote>,
        cache: &Path,
        config: Result<PathBuf, String>,
    ) -> Self {
        Self {
            answers: Answers::new(remote, cache.join(verifier.name())),
            timeline: Timeline::new(verifier, config),
            resumed: OnceLock::new(),
            records: OnceMap::default(),
        }
    }

    /// The go.sum lines that the database has for a version (with or without `/go.mod`).
    pub(crate) fn lookup(&self, path: &str, version: &str) -> Result<Vec<String>, FetchError> {
        let text = self
            .record(path, version)
            .map_err(|err| err.in_lookup(path, version))?;
        let prefix = format!("{path} {version} ");
        Ok(text
            .lines()
            .filter(|l| l.starts_with(&prefix))
            .map(str::to_owned)
            .collect())
    }

    /// The lines of both hashes of a version.
    fn record(&self, path: &str, version: &str) -> Result<Arc<str>, FetchError> {
        let resumed = self
            .resumed
            .get_or_init(|| self.timeline.resume(&self.answers));
        if let Err(err) = resumed {
            return Err(match err.is_fatal() {
                true => err.clone(),
                false => FetchError::message(format!("initializing sumdb.Client: {err}")),
            });
        }
        let path = names::escape_path(path).map_err(FetchError::message)?;
        let version = names::escape_version(version.trim_end_matches("/go.mod"))
            .map_err(FetchError::message)?;
        let place = format!("/lookup/{path}@{version}");
        self.records
            .get_or_init(&place, || self.proved_record(&place))
    }

    /// A record that stands in the newest tree. It comes with a signed tree that has it, which may be newer than all before.
    fn proved_record(&self, place: &str) -> Result<Arc<str>, FetchError> {
        let answer = self.answers.lookup(place)?;
        let (id, text, signed) = tlog::parse_record(&answer.bytes)
            .ok_or_else(|| FetchError::message("malformed record data"))?;
        self.timeline.extend(&self.answers, signed)?;
        let tree = self.timeline.newest();
        if id >= tree.size {
            let size = tree.size;
            let text = format!("cannot validate record {id} in tree of size {size}");
            return Err(FetchError::message(text));
        }
        let proved = proof::hashes(&self.answers, tree, &[Node::record(id)])?;
        if proved != [tlog::record_hash(text.as_bytes())] {
            let text = "cannot authenticate record data in server response";
            return Err(FetchError::message(text));
        }
        self.answers.keep(place, &answer);
        Ok(Arc::from(text))
    }
}
