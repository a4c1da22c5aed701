//! Choosing a release when a module needs a newer Go than the one that is running.

use crate::environ::is_executable;
use crate::settings::Settings;
use gust_syntax::gover;
use thiserror::Error;

/// No release is new enough.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("no releases found for go >= {0}")]
pub struct NoReleaseError(pub String);

/// The release to take out of `list` (versions such as 1.26.8, oldest first) for a need of `need`.
///
/// Of each minor version only the newest counts; the one before the newest is preferred, since it has settled, unless the need
/// is newer.
pub fn newer(need: &str, list: &[String]) -> Result<String, NoReleaseError> {
    let mut chosen: Option<&str> = None;
    for version in list.iter().rev() {
        if gover::compare(version, need).is_lt() {
            break;
        }
        if chosen.is_some_and(|c| gover::lang(c) == gover::lang(version)) {
            continue;
        }
        let newest = chosen.replace(version);
        if newest.is_some_and(|n| !gover::is_prerelease(n)) {
            break;
        }
    }
    chosen
        .map(|v| format!("go{v}"))
        .ok_or_else(|| NoReleaseError(need.to_owned()))
}

/// The versions of the releases that PATH has programs for, oldest first.
pub fn path_releases(settings: &Settings) -> Vec<String> {
    let view = settings.view();
    let mut list: Vec<String> = Vec::new();
    for dir in settings.environ().path_dirs().filter(|d| d.is_absolute()) {
        let Ok(entries) = view.read_dir(&dir) else {
            continue;
        };
        for entry in entries.iter().filter(|e| e.name().starts_with("go1.")) {
            let Some(version) = gover::from_toolchain(entry.name()) else {
                continue;
            };
            if version.starts_with("1.")
                && is_executable(view, &dir.join(entry.name()))
                && !list.iter().any(|v| v == version)
            {
                list.push(version.to_owned());
            }
        }
    }
    list.sort_by(|a, b| gover::compare(a, b));
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pick(need: &str, list: &str) -> String {
        let list: Vec<String> = list.split(' ').map(str::to_owned).collect();
        newer(need, &list).unwrap_or_else(|e| e.to_string())
    }

    #[test]
    fn the_settled_release_is_preferred() {
        let list = "1.30 1.39 1.39.5 1.40 1.40.1 1.41rc1";
        assert_eq!(pick("1.30", list), "go1.39.5");
        assert_eq!(pick("1.30", "1.39.5 1.40.1"), "go1.39.5");
        assert_eq!(pick("1.40", "1.39.5 1.40 1.40.1"), "go1.40.1");
        assert_eq!(pick("1.41", "1.40.1 1.41rc1"), "go1.41rc1");
        assert_eq!(
            pick("1.42", "1.40.1 1.41rc1"),
            "no releases found for go >= 1.42"
        );
    }
}
