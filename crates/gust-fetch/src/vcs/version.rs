//! The version that the checked-out revision has as a module: a tag on it, or a pseudo-version behind the newest tag below it.
//!
//! A module lies in a folder of its repository, and so do its tags: `sub/v1.2.3` is version v1.2.3 of the module in `sub`. Major
//! versions from 2 on stand in the module's path; a tag of another major version counts only for a module without a go.mod
//! (`+incompatible`). Versions that the newest go.mod takes back are passed over.

use gust_syntax::modfile::{self, Interval};
use gust_syntax::module::{match_path_major, path_major_prefix, split_path_version};
use gust_syntax::{pseudo, semver};
use jiff::Timestamp;
use std::cell::OnceCell;
use std::cmp::Ordering;

use super::history::{At, History};

/// The path in a go.mod's module line, read without understanding the rest.
pub(super) fn module_line(text: &[u8]) -> Option<String> {
    let text = gust_bytes::text(text);
    let line = text
        .split('\n')
        .find_map(|line| line.strip_prefix("module "))?;
    let path = line.trim();
    let path = path
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(path);
    (!path.is_empty()).then(|| path.to_owned())
}

/// Where a module lies in its repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    path: String,
    code_root: String,
    /// The module's folder below the root, without a major version's.
    folder: String,
    /// `/v2`, `.v1` or nothing.
    major: String,
}

impl Place {
    /// The place of module `path` in a repository whose root holds the module `root_path`; `None` when it cannot lie there.
    pub(super) fn of(root_path: &str, path: &str) -> Option<Place> {
        let below = |long: &str, short: &str| {
            long.strip_prefix(short)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let (code_root, _) = split_path_version(root_path)?;
        let (prefix, major) = split_path_version(path)?;
        if !below(path, code_root) {
            return None;
        }
        let folder = if code_root == path {
            ""
        } else if below(prefix, code_root) {
            prefix[code_root.len()..].trim_matches('/')
        } else {
            return None;
        };
        Some(Place {
            path: path.to_owned(),
            code_root: code_root.to_owned(),
            folder: folder.to_owned(),
            major: major.to_owned(),
        })
    }

    /// The import path of the repository's root.
    pub(super) fn code_root(&self) -> &str {
        &self.code_root
    }

    /// The module's version; the revision was made at `time`.
    pub(super) fn version(&self, history: &dyn History, time: Option<Timestamp>) -> Option<String> {
        let candidates = Candidates {
            place: self,
            history,
            retracted: self.retracted(history),
            has_go_mod: OnceCell::new(),
        };
        let version = match candidates.newest(&history.tags_here(), true) {
            Some(tag) => tag,
            None => {
                let base = candidates.newest(&history.tags_below()?, false);
                let time = time?.strftime("%Y%m%d%H%M%S").to_string();
                let major = path_major_prefix(&self.major);
                pseudo::make(major, &base.unwrap_or_default(), &time, &history.short())
            }
        };
        self.go_mod(history, At::Here)?;
        match match_path_major(&version, &self.major) {
            true => Some(version),
            false => Some(version + "+incompatible"),
        }
    }

    /// The version that a tag stands for: without the folder, canonical, and whether the tag says just that.
    fn tagged(&self, tag: &str) -> Option<(String, bool)> {
        let trimmed = match self.folder.as_str() {
            "" => tag,
            folder => tag.strip_prefix(folder)?.strip_prefix('/')?,
        };
        let version = semver::canonical(trimmed);
        if pseudo::is_pseudo(tag) || version.is_empty() || !trimmed.starts_with(&version) {
            return None;
        }
        let exact = version == trimmed;
        Some((version, exact))
    }

    /// A file in the module's folder.
    fn file(&self, name: &str) -> String {
        match self.folder.as_str() {
            "" => name.to_owned(),
            folder => format!("{folder}/{name}"),
        }
    }

    /// The module's go.mod at a revision: in its folder, or below in one named for its major version, not both. Empty where a
    /// module at the root needs none; `None` where the revision does not hold the module.
    fn go_mod(&self, history: &dyn History, at: At<'_>) -> Option<Vec<u8>> {
        let has_own_folder = self.major.starts_with('/') && self.code_root != self.path;
        let outer = history.file(at, &self.file("go.mod"));
        let inner = match has_own_folder {
            true => history.file(at, &self.file(&format!("{}/go.mod", &self.major[1..]))),
            false => None,
        };
        let fits = |text: &[u8]| serves(&modfile::module_path(text), &self.major);
        match (outer, inner) {
            (outer, Some(inner)) => {
                let both = outer.is_some_and(|outer| fits(&outer));
                (fits(&inner) && !both).then_some(inner)
            }
            (Some(outer), None) => fits(&outer).then_some(outer),
            (None, None) => {
                let needs_none = self.folder.is_empty() && !self.major.starts_with('/');
                needs_none.then(Vec::new)
            }
        }
    }

    /// What the newest version takes back; the newest release, where there is one.
    fn retracted(&self, history: &dyn History) -> Vec<Interval> {
        let all = history.all_tags();
        let versions = all
            .iter()
            .filter_map(|tag| Some((tag, self.tagged(tag)?)))
            .filter(|(_, (version, exact))| *exact && match_path_major(version, &self.major))
            .map(|(tag, (version, _))| (tag, version));
        let rank = |version: &str| semver::prerelease(version).is_empty();
        let newest = versions
            .max_by(|(_, a), (_, b)| rank(a).cmp(&rank(b)).then_with(|| semver::compare(a, b)));
        let read = || {
            let text = self.go_mod(history, At::Tag(newest?.0))?;
            let file = modfile::parse_lax("go.mod", &text, None).ok()?;
            Some(file.retract.into_iter().map(|r| r.interval).collect())
        };
        read().unwrap_or_default()
    }
}

/// Which tags may name the revision or stand behind its name.
struct Candidates<'a> {
    place: &'a Place,
    history: &'a dyn History,
    retracted: Vec<Interval>,
    /// There is a go.mod at the root.
    has_go_mod: OnceCell<bool>,
}

impl Candidates<'_> {
    /// The newest version among tags; `exact` passes over tags that carry more than a version.
    fn newest(&self, tags: &[String], exact: bool) -> Option<String> {
        let mut versions: Vec<String> = tags
            .iter()
            .filter_map(|tag| self.place.tagged(tag))
            .filter(|(_, is_exact)| *is_exact || !exact)
            .map(|(version, _)| version)
            .collect();
        versions.sort_by(|a, b| semver::compare(b, a));
        // From the newest down: what is asked of the history is asked for few of them.
        versions.into_iter().find(|version| self.is_usable(version))
    }

    fn is_usable(&self, version: &str) -> bool {
        let taken_back = self.retracted.iter().any(|interval| {
            semver::compare(&interval.low, version) != Ordering::Greater
                && semver::compare(version, &interval.high) != Ordering::Greater
        });
        !taken_back
            && (match_path_major(version, &self.place.major) || self.may_be_incompatible(version))
    }

    /// A version 2 or later without a major version in the path: only where there is no go.mod.
    fn may_be_incompatible(&self, version: &str) -> bool {
        let own = format!("{}/go.mod", semver::major(version));
        let absent = |file: &str| self.history.file(At::Here, file).is_none();
        self.place.folder.is_empty()
            && self.place.major.is_empty()
            && !self.has_go_mod.get_or_init(|| !absent("go.mod"))
            && absent(&own)
    }
}

/// Whether a go.mod that states `path` may serve a module whose path ends in `major`: the same rules of versions.
fn serves(path: &str, major: &str) -> bool {
    let Some((_, theirs)) = split_path_version(path).filter(|_| !path.is_empty()) else {
        return false;
    };
    match (major, theirs) {
        // Forks of gopkg.in modules keep the path that they were forked with.
        ("", _) if path.starts_with("gopkg.in/") => true,
        ("", _) => matches!(path_major_prefix(theirs), "" | "v0" | "v1"),
        (_, "") => false,
        _ => major[1..] == theirs[1..],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// A history in memory: files by revision (empty for the one checked out) and name.
    #[derive(Default)]
    struct Made {
        here: Vec<String>,
        below: Vec<String>,
        all: Vec<String>,
        files: HashMap<(&'static str, &'static str), &'static str>,
    }

    impl History for Made {
        fn short(&self) -> String {
            "0123456789ab".to_owned()
        }
        fn tags_here(&self) -> Vec<String> {
            self.here.clone()
        }
        fn tags_below(&self) -> Option<Vec<String>> {
            Some([self.below.clone(), self.here.clone()].concat())
        }
        fn all_tags(&self) -> Vec<String> {
            self.all.clone()
        }
        fn file(&self, at: At<'_>, name: &str) -> Option<Vec<u8>> {
            let revision = match at {
                At::Here => "",
                At::Tag(tag) => tag,
            };
            let found = self.files.iter().find(|(k, _)| **k == (revision, name));
            found.map(|(_, text)| text.as_bytes().to_vec())
        }
    }

    fn tags(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn version(path: &str, history: &Made) -> Option<String> {
        let time = Timestamp::from_second(1_700_000_000).ok();
        Place::of("example.com/repo", path)?.version(history, time)
    }

    #[test]
    fn where_modules_lie() {
        let place = Place::of("example.com/repo", "example.com/repo/sub/v2").unwrap();
        assert_eq!(
            (place.folder.as_str(), place.major.as_str()),
            ("sub", "/v2")
        );
        assert_eq!(
            place.tagged("sub/v2.1.0"),
            Some(("v2.1.0".to_owned(), true))
        );
        assert_eq!(place.tagged("v2.1.0"), None);
        assert_eq!(place.tagged("sub/v2.1"), None);
        assert!(Place::of("example.com/repo", "example.com/repository").is_none());
        let root = Place::of("example.com/repo/v3", "example.com/repo/v3").unwrap();
        assert_eq!((root.folder.as_str(), root.major.as_str()), ("", "/v3"));
    }

    #[test]
    fn tags_and_pseudo_versions() {
        let mut history = Made {
            below: tags(&["v1.0.0", "v1.2.0-rc.1", "v2.0.0", "sub/v1.9.0", "junk"]),
            files: HashMap::from([(("", "go.mod"), "module example.com/repo\n")]),
            ..Made::default()
        };
        let pseudo = "v1.2.0-rc.1.0.20231114221320-0123456789ab";
        assert_eq!(
            version("example.com/repo", &history).as_deref(),
            Some(pseudo)
        );
        history.here = tags(&["v1.1.0+meta", "v1.1.0", "v1.0.9"]);
        assert_eq!(
            version("example.com/repo", &history).as_deref(),
            Some("v1.1.0")
        );
        // Its folder has no go.mod at this revision.
        assert_eq!(version("example.com/repo/sub", &history), None);
    }

    #[test]
    fn incompatible_versions() {
        let mut history = Made {
            here: tags(&["v2.0.0"]),
            ..Made::default()
        };
        let found = version("example.com/repo", &history);
        assert_eq!(found.as_deref(), Some("v2.0.0+incompatible"));
        history.files = HashMap::from([(("", "v2/go.mod"), "module example.com/repo/v2\n")]);
        let found = version("example.com/repo", &history);
        assert_eq!(found.as_deref(), Some("v0.0.0-20231114221320-0123456789ab"));
        history.here = tags(&["v2.0.0"]);
        assert_eq!(
            version("example.com/repo/v2", &history).as_deref(),
            Some("v2.0.0")
        );
    }

    #[test]
    fn what_is_taken_back() {
        let text = "module example.com/repo\n\nretract [v1.0.0, v1.1.0]\n";
        let history = Made {
            here: tags(&["v1.1.0"]),
            below: tags(&["v0.9.0", "v1.0.0"]),
            all: tags(&[
                "v0.9.0",
                "v1.0.0",
                "v1.1.0",
                "v1.2.0",
                "v1.3.0-pre",
                "v2.0.0",
            ]),
            files: HashMap::from([(("", "go.mod"), text), (("v1.2.0", "go.mod"), text)]),
        };
        assert_eq!(
            version("example.com/repo", &history).as_deref(),
            Some("v0.9.1-0.20231114221320-0123456789ab")
        );
    }

    #[test]
    fn majors_that_serve_each_other() {
        assert!(serves("a.b/c", "") && serves("gopkg.in/c.v1", "") && serves("a.b/c/v2", ".v2"));
        assert!(!serves("a.b/c", "/v2") && !serves("a.b/c/v2", "") && !serves("", ""));
        assert!(serves("gopkg.in/c.v3", ""));
    }

    #[test]
    fn the_module_line() {
        assert_eq!(
            module_line(b"// x\nmodule example.com/a\r\n").as_deref(),
            Some("example.com/a")
        );
        assert_eq!(
            module_line(b"module \"example.com/a\"\n").as_deref(),
            Some("example.com/a")
        );
        assert_eq!(module_line(b"go 1.20\n"), None);
    }
}
