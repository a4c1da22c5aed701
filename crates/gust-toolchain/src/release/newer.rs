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
/// Of each language the newest release that is new enough stands for all. The newest language that is out gets its first
/// bugs now, so the one before it is taken where there is one.
pub fn newer(need: &str, list: &[String]) -> Result<String, NoReleaseError> {
    let too_old = list.partition_point(|version| gover::compare(version, need).is_lt());
    let languages = list[too_old..].chunk_by(|a, b| gover::lang(a) == gover::lang(b));
    let newest_first: Vec<&String> = languages.rev().filter_map(<[String]>::last).collect();
    let out = newest_first.iter().position(|v| !gover::is_prerelease(v));
    out.and_then(|newest| newest_first.get(newest + 1))
        .or(newest_first.last())
        .map(|version| format!("go{version}"))
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
    use gust_syntax::literal::unquote;

    /// The table is of Go's own choices: see gust-syntax/tests/oracle/make.sh.
    #[test]
    fn as_go() {
        for row in include_str!("../../tests/oracle/newer.tsv").lines() {
            let cells: Vec<String> = row
                .split('\t')
                .map(|cell| unquote(cell).expect("a quoted string"))
                .collect();
            let [need, list, want] = &cells[..] else {
                panic!("{row}");
            };
            let list: Vec<String> = list.split_whitespace().map(str::to_owned).collect();
            let got = newer(need, &list).unwrap_or_else(|none| none.to_string());
            assert_eq!(&got, want, "{need} of {list:?}");
        }
    }

    #[test]
    fn the_settled_release_is_preferred() {
        let list = ["1.39.5", "1.40", "1.40.1", "1.41rc1"].map(str::to_owned);
        assert_eq!(newer("1.39", &list).as_deref(), Ok("go1.39.5"));
        assert_eq!(newer("1.40", &list).as_deref(), Ok("go1.40.1"));
        assert_eq!(newer("1.41", &list).as_deref(), Ok("go1.41rc1"));
    }
}
