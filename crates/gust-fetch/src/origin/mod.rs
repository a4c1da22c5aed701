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
use crate::direct::{Direct, Repositories};
use crate::error::FetchError;
use crate::http;
use crate::info::{Info, Origin as Rests, Versions};
use crate::names;
use crate::proxy::Place;
use crate::toolchain;
pub(crate) use kept::{Keeper, Kept};
pub(crate) use proxied::Proxied;
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

    /// Whether what an earlier answer rested on is still so: an error that says why not, or that nobody here can tell.
    fn check_reuse(&self, _old: &Rests) -> Result<(), FetchError> {
        Err(FetchError::message("unsupported"))
    }
}

/// The origin of module `path` at one place of the GOPROXY list.
pub(crate) fn find(
    place: &Place,
    path: &str,
    config: &Config,
    http: &Arc<http::Client>,
    repositories: &Arc<Repositories>,
    keeper: &Arc<Keeper>,
) -> Arc<dyn Origin> {
    let kept = |path: &str| {
        let origin = at(place, path, config, http, repositories);
        Kept::new(origin, path, Arc::clone(keeper))
    };
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
fn at(
    place: &Place,
    path: &str,
    config: &Config,
    http: &Arc<http::Client>,
    repositories: &Arc<Repositories>,
) -> Box<dyn Origin> {
    let refused = |error| -> Box<dyn Origin> { Box::new(Refused(error)) };
    if let Some(why) = &config.lookup_disabled {
        return refused(FetchError::LookupDisabled { why: why.clone() });
    }
    let private = names::match_prefix_patterns(&config.gonoproxy, path);
    let direct = || -> Box<dyn Origin> { Box::new(Direct::new(path, repositories)) };
    match place {
        Place::NoProxy | Place::Direct if private => direct(),
        _ if private => refused(FetchError::NoProxy),
        Place::Direct => direct(),
        Place::Off => refused(FetchError::ProxyOff),
        Place::NoProxy => refused(FetchError::UseProxy),
        Place::Url(url) => match names::escape_path(path) {
            Ok(escaped) => Box::new(Proxied::new(path, url, &escaped, Arc::clone(http))),
            Err(error) => refused(FetchError::message(error)),
        },
    }
}
