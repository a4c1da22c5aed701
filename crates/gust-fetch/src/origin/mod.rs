//! Where a module's versions come from.
//!
//! An [`Origin`] answers for one module: a proxy, the list of Go releases, version control. It remembers nothing that lasts;
//! [`Kept`] stands in front of one and keeps its answers in the module cache, checked against go.sum and the checksum database.
//! A further kind of origin is a file here and a line in [`find`].

mod kept;
mod proxied;
mod refused;
mod releases;

use std::path::Path;
use std::sync::Arc;

use gust_fs::disk::File;

use crate::config::Config;
use crate::error::FetchError;
use crate::http;
use crate::info::{Info, Versions};
use crate::names;
use crate::proxy::Place;
use crate::toolchain;
pub(crate) use kept::{Keeper, Kept};
use proxied::Proxied;
use refused::Refused;
use releases::Releases;

/// One module, as one place has it. Versions and revisions are given unescaped.
pub(crate) trait Origin: Send + Sync {
    /// The tagged versions that begin with `prefix`, in their order.
    fn versions(&self, prefix: &str) -> Result<Versions, FetchError>;

    /// What a revision (a version, a branch, a commit) is.
    fn stat(&self, rev: &str) -> Result<Info, FetchError>;

    /// The newest revision, for a module without versions.
    fn latest(&self) -> Result<Info, FetchError>;

    /// The go.mod file of a version.
    fn go_mod(&self, version: &str) -> Result<Arc<[u8]>, FetchError>;

    /// Writes the zip of a version into `to`, which errors call `name`.
    fn zip(&self, version: &str, to: &mut File, name: &Path) -> Result<(), FetchError>;
}

/// The origin of module `path` at one place of the GOPROXY list.
pub(crate) fn find(
    place: &Place,
    path: &str,
    config: &Config,
    http: &Arc<http::Client>,
    keeper: &Arc<Keeper>,
) -> Arc<dyn Origin> {
    let kept = |path: &str| Kept::new(at(place, path, config, http), path, Arc::clone(keeper));
    match gust_syntax::gover::is_toolchain_module(path) {
        true => Arc::new(Releases::new(
            path,
            Box::new(kept(toolchain::MODULE)),
            &config.local_release,
        )),
        false => Arc::new(kept(path)),
    }
}

/// Who may be asked about the path at this place.
fn at(place: &Place, path: &str, config: &Config, http: &Arc<http::Client>) -> Box<dyn Origin> {
    let refused = |error| -> Box<dyn Origin> { Box::new(Refused(error)) };
    if let Some(why) = &config.lookup_disabled {
        return refused(FetchError::LookupDisabled { why: why.clone() });
    }
    let private = names::match_prefix_patterns(&config.gonoproxy, path);
    let direct = || FetchError::Direct {
        path: path.to_owned(),
    };
    match place {
        Place::NoProxy | Place::Direct if private => refused(direct()),
        _ if private => refused(FetchError::NoProxy),
        Place::Direct => refused(direct()),
        Place::Off => refused(FetchError::ProxyOff),
        Place::NoProxy => refused(FetchError::UseProxy),
        Place::Url(url) => match names::escape_path(path) {
            Ok(escaped) => Box::new(Proxied::new(path, url, &escaped, Arc::clone(http))),
            Err(error) => refused(FetchError::message(error)),
        },
    }
}
