//! Whether what came is what everybody gets: go.sum, and behind it the checksum database.

use std::sync::{Arc, OnceLock};

use gust_fs::View;

use crate::config::{Config, Sink};
use crate::dirhash;
use crate::error::FetchError;
use crate::http;
use crate::layout::Layout;
use crate::names;
use crate::proxy;
use crate::sumdb::{self, Database};
use crate::sums::{Found, SumStore};
use crate::toolchain;

/// What hashes are held against.
pub(crate) struct Checksums {
    config: Arc<Config>,
    sums: SumStore,
    http: Arc<http::Client>,
    sink: Arc<dyn Sink>,
    database: OnceLock<Result<Database, FetchError>>,
}

impl Checksums {
    pub(crate) fn new(
        config: &Arc<Config>,
        view: &Arc<View>,
        http: &Arc<http::Client>,
        sink: &Arc<dyn Sink>,
    ) -> Checksums {
        Checksums {
            config: Arc::clone(config),
            sums: SumStore::new(Arc::clone(view)),
            http: Arc::clone(http),
            sink: Arc::clone(sink),
            database: OnceLock::new(),
        }
    }

    /// go.sum.
    pub(crate) fn sums(&self) -> &SumStore {
        &self.sums
    }

    /// Holds a go.mod against what is known of it.
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
            self.sink.line(&warning);
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
            let err = Box::new(err);
            FetchError::Unverified { noun, err }.of_module(path, bare)
        };
        let denied = |text: String| {
            let text = format!("verifying {noun}: {text}");
            FetchError::Denied { text }.of_module(path, bare)
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
                return Err(denied(format!(
                    "checksum mismatch\n\tdownloaded: {hash}\n\t{name}: {listed}{DATABASE_MISMATCH}"
                )));
            }
        }
        Err(denied(format!(
            "checksum missing from sumdb response{DATABASE_ABSENT}"
        )))
    }

    fn database(&self) -> Result<&Database, &FetchError> {
        let dial = || {
            let layout = Layout::new(self.config.gomodcache.clone());
            let http = Arc::clone(&self.http);
            sumdb::dial(&self.config, &layout, http, proxy::parse(&self.config))
        };
        self.database.get_or_init(dial).as_ref()
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
