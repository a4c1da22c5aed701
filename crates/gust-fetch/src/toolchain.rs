//! Go releases as versions of the paths `go` and `toolchain`.
//!
//! They are known by the module golang.org/toolchain, one of whose versions is one release for
//! one platform: `v0.0.1-go1.22.0.linux-amd64`. Fetching one is fetching that module.

use std::collections::HashSet;

use crate::error::FetchError;
use crate::info::{Info, Timestamp, Versions};
use crate::names;
use crate::repo::Repo;

/// The module whose zips are Go releases.
pub const MODULE: &str = "golang.org/toolchain";

/// The version of [`MODULE`] for a release (such as `1.22.0`) on a platform.
pub fn version_for(release: &str, goos: &str, goarch: &str) -> String {
    format!("v0.0.1-go{release}.{goos}-{goarch}")
}

/// The release that a version of [`MODULE`] is.
pub fn release_of(version: &str) -> Option<&str> {
    let (_, rest) = version.split_once('-')?;
    let (release, platform) = rest.rsplit_once('.')?;
    platform
        .contains('-')
        .then(|| release.strip_prefix("go").unwrap_or(release))
}

fn underlying<'f>(repo: &Repo<'f>) -> Repo<'f> {
    Repo {
        path: MODULE,
        ..*repo
    }
}

fn prefix(path: &str) -> &'static str {
    if path == "toolchain" { "go" } else { "" }
}

/// All releases, and the one that is running.
pub(crate) fn versions(repo: &Repo<'_>) -> Result<Versions, FetchError> {
    let all = underlying(repo).versions("")?;
    let local = repo.fetcher.config().local_release.as_str();
    let mut seen = HashSet::new();
    let releases = all
        .list
        .iter()
        .filter_map(|v| release_of(v))
        .chain(std::iter::once(local));
    let mut list: Vec<&str> = releases
        .filter(|v| !v.is_empty() && seen.insert(*v))
        .collect();
    list.sort_by(|a, b| names::compare_releases(a, b));
    let prefix = prefix(repo.path);
    Ok(Versions {
        list: list.iter().map(|v| format!("{prefix}{v}")).collect(),
        origin: None,
    })
}

/// Whether there is a release. Releases up to the running one are known without asking.
pub(crate) fn stat(repo: &Repo<'_>, rev: &str) -> Result<Info, FetchError> {
    let local = repo.fetcher.config().local_release.as_str();
    let release = rev.strip_prefix("go").unwrap_or(rev);
    if !names::is_release(release) {
        return Err(FetchError::message(format!(
            "invalid {} version {rev}",
            repo.path
        )));
    }
    let version = format!("{}{release}", prefix(repo.path));
    let known = match repo.path {
        "go" => names::compare_releases(release, local).is_le(),
        _ => release == local,
    };
    if known {
        return Ok(Info {
            version,
            time: Timestamp::ZERO,
            origin: None,
        });
    }
    if names::is_language_version(release) {
        let text = format!("go language version {rev} is not a toolchain version");
        return Err(FetchError::message(text));
    }
    // One platform stands for all: the first that there ever was.
    let info = underlying(repo).stat(&version_for(release, "linux", "amd64"))?;
    Ok(Info {
        version,
        time: info.time,
        origin: None,
    })
}

/// The newest release.
pub(crate) fn latest(repo: &Repo<'_>) -> Result<Info, FetchError> {
    let all = versions(repo)?;
    let newest = all.list.last().map(String::as_str).unwrap_or_default();
    stat(repo, newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_the_module_are_releases() {
        assert_eq!(
            version_for("1.22.0", "linux", "amd64"),
            "v0.0.1-go1.22.0.linux-amd64"
        );
        assert_eq!(
            release_of("v0.0.1-go1.22rc1.windows-arm64"),
            Some("1.22rc1")
        );
        assert_eq!(release_of("v0.0.1"), None);
        assert_eq!(release_of("v0.0.1-go1.22"), None);
    }
}
