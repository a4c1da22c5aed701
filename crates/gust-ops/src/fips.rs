//! GOFIPS140 in a build: the snapshot of the FIPS 140 module that is built in, unpacked.

use crate::error::OpError;
use crate::workspace::Workspace;
use gust_fetch::FetchError;
use gust_packages::FipsSnapshot;
use gust_toolchain::fips::Fips;
use std::path::Path;
use std::sync::Arc;

/// A GOFIPS140 that cannot be built with.
#[derive(Debug, thiserror::Error)]
pub enum FipsUseError {
    /// The tag is there to leave out what the module is made of.
    #[error("cannot use GOFIPS140 with the purego build tag")]
    Purego,
    /// The snapshot's zip cannot be taken into the module cache.
    #[error("unpacking GOFIPS140={version}: {source}")]
    Unpack {
        /// The snapshot's version.
        version: String,
        /// Why not.
        source: FetchError,
    },
}

/// The snapshot that GOFIPS140 names, with its files in the module cache; none if it is off, or the release's own sources are meant.
pub(crate) fn snapshot(
    workspace: &Workspace,
    tags: &[String],
) -> Result<Option<Arc<FipsSnapshot>>, OpError> {
    let fips = workspace.settings().fips()?;
    let snapshot = match &fips {
        Fips::Snapshot { version, zip } => Some(unpacked(workspace, version, zip)?),
        Fips::Off | Fips::Latest => None,
    };
    match fips != Fips::Off && tags.iter().any(|tag| tag == "purego") {
        true => Err(FipsUseError::Purego.into()),
        false => Ok(snapshot),
    }
}

fn unpacked(
    workspace: &Workspace,
    version: &str,
    zip: &Path,
) -> Result<Arc<FipsSnapshot>, OpError> {
    let version = version.to_owned();
    match workspace.fetcher()?.fips_snapshot(&version, zip) {
        Ok(dir) => Ok(Arc::new(FipsSnapshot {
            dir: dir.join("fips140"),
            version,
        })),
        Err(source) => Err(FipsUseError::Unpack { version, source }.into()),
    }
}

/// The tags of a build: those that were given, and the one by which sources know the snapshot.
pub(crate) fn tags(workspace: &Workspace, given: &[String]) -> Vec<String> {
    let fips = workspace.settings().fips().ok();
    let added = fips.and_then(|fips| fips.build_tag());
    given.iter().cloned().chain(added).collect()
}
