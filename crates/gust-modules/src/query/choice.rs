//! Queries that choose from a list of versions: a range, what versions begin with, and which end of what is left is wanted.
//!
//! Nothing here asks anybody: what is allowed, and whether a version has a go.mod of its own, is told by the caller.

use std::ops::Bound;

use gust_syntax::module::{match_path_major, split_path_version};
use gust_syntax::{gover, pseudo};

use crate::error::ModulesError;

/// Which end of the versions in range is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Highest,
    /// What satisfies "at least" with the least change.
    Lowest,
}

/// What a query asks for.
#[derive(Debug)]
pub(super) enum Question<'q> {
    /// One revision, by its name.
    Revision,
    /// One of many versions.
    Choice(Choice<'q>),
}

/// A query that chooses.
#[derive(Debug)]
pub(super) struct Choice<'q> {
    path: &'q str,
    /// What versions begin with; may be empty.
    pub(super) prefix: String,
    low: Bound<&'q str>,
    high: Bound<&'q str>,
    end: End,
    /// Where no version is in range, the newest commit will do.
    pub(super) or_latest_commit: bool,
    /// Versions of a higher major, from before modules, are as good as any.
    takes_incompatible: bool,
}

impl<'q> Question<'q> {
    /// Reads a query. `current` is the selected version, `none` or empty if nothing is.
    ///
    /// # Errors
    /// A range that is none, or `patch` where there is nothing to be patched.
    pub(super) fn read(
        path: &'q str,
        query: &'q str,
        current: &'q str,
    ) -> Result<Self, ModulesError> {
        let selected = Some(current).filter(|version| !matches!(*version, "" | "none"));
        let mut choice = Choice {
            path,
            prefix: String::new(),
            low: Bound::Unbounded,
            high: Bound::Unbounded,
            end: End::Highest,
            or_latest_commit: false,
            takes_incompatible: current.ends_with("+incompatible"),
        };
        match (query, selected) {
            ("latest", _) | ("upgrade", None) => choice.or_latest_commit = true,
            ("patch", None) => {
                let path = path.to_owned();
                return Err(ModulesError::NoPatchBase { path });
            }
            ("upgrade" | "patch", Some(current)) => {
                // Who is on a commit gets a later commit, unless there is a version.
                choice.or_latest_commit = pseudo::is_pseudo(current);
                choice.low = Bound::Included(current);
                if query == "patch" {
                    choice.prefix = format!("{}.", gover::mod_major_minor(path, current));
                }
            }
            _ if query.starts_with(['<', '>']) => choice.set_range(query)?,
            _ if gover::mod_is_valid(path, query) && gover::mod_is_prefix(path, query) => {
                choice.prefix = format!("{query}.");
                choice.low = Bound::Included(query);
                choice.takes_incompatible |= !is_major_of(path, query);
            }
            _ => return Ok(Self::Revision),
        }
        Ok(Self::Choice(choice))
    }
}

impl<'q> Choice<'q> {
    fn set_range(&mut self, query: &'q str) -> Result<(), ModulesError> {
        let (sign, version) = match query[1..].strip_prefix('=') {
            Some(rest) => (&query[..2], rest),
            None => (&query[..1], &query[1..]),
        };
        let wrong = |what: &str| {
            let text = format!("{what} semantic version \"{version}\" in range \"{query}\"");
            Err(ModulesError::text(text))
        };
        if !gover::mod_is_valid(self.path, version) {
            return wrong("invalid");
        }
        // v1.2 is where v1.2.x begins. Whether it is also where that ends, nobody can tell.
        if matches!(sign, "<=" | ">") && gover::mod_is_prefix(self.path, version) {
            return wrong("ambiguous");
        }
        match sign {
            "<" => self.high = Bound::Excluded(version),
            "<=" => self.high = Bound::Included(version),
            ">" => self.low = Bound::Excluded(version),
            _ => self.low = Bound::Included(version),
        }
        if matches!(self.high, Bound::Unbounded) {
            self.end = End::Lowest;
        }
        self.takes_incompatible |= !is_major_of(self.path, version);
        Ok(())
    }

    /// Is the version one of those that the query speaks of?
    pub(super) fn contains(&self, version: &str) -> bool {
        // A release of Go may have the name of its language.
        let is_language = || {
            gover::is_toolchain_module(self.path) && self.prefix.strip_suffix('.') == Some(version)
        };
        let order = |bound: &str| gover::mod_compare(self.path, version, bound);
        let above = match self.low {
            Bound::Unbounded => true,
            Bound::Included(bound) => order(bound).is_ge(),
            Bound::Excluded(bound) => order(bound).is_gt(),
        };
        let below = match self.high {
            Bound::Unbounded => true,
            Bound::Included(bound) => order(bound).is_le(),
            Bound::Excluded(bound) => order(bound).is_lt(),
        };
        above && below && (version.starts_with(&self.prefix) || is_language())
    }

    /// The version that the query wants of a sorted list. Releases come before prereleases, and compatible versions, once the
    /// highest of them has a go.mod, before those that ask for a new major of a path without one.
    ///
    /// # Errors
    /// Those of `has_go_mod`.
    pub(super) fn of<'v, E>(
        &self,
        versions: &'v [String],
        is_allowed: impl Fn(&str) -> bool,
        has_go_mod: impl FnOnce(&str) -> Result<bool, E>,
    ) -> Result<Option<&'v str>, E> {
        let versions = versions.iter().map(String::as_str);
        let mut versions: Vec<&str> = versions
            .filter(|version| self.contains(version) && is_allowed(version))
            .collect();
        let incompatible = versions.iter().position(|v| v.ends_with("+incompatible"));
        if let Some(at) = incompatible.filter(|at| *at > 0 && !self.takes_incompatible)
            && has_go_mod(versions[at - 1])?
        {
            versions.truncate(at);
        }
        if self.end == End::Highest {
            versions.reverse();
        }
        let is_release = |version: &&&str| !gover::mod_is_prerelease(self.path, version);
        let release = versions.iter().find(is_release);
        Ok(release.or(versions.first()).copied())
    }
}

/// Does the version's major go with the end of the path?
fn is_major_of(path: &str, version: &str) -> bool {
    split_path_version(path).is_some_and(|(_, major)| match_path_major(version, major))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(path: &str, query: &str, current: &str, versions: &str) -> String {
        let Question::Choice(choice) = Question::read(path, query, current).unwrap() else {
            return "revision".to_owned();
        };
        let versions: Vec<String> = versions.split(' ').map(str::to_owned).collect();
        let found = choice.of(&versions, |_| true, |_| Ok::<_, ModulesError>(true));
        found.unwrap().unwrap_or("nothing").to_owned()
    }

    #[test]
    fn releases_of_go_have_names_of_their_own() {
        let versions = "1.19.1 1.20 1.20.1 1.21rc1 1.21.0 1.21.1 1.22rc1";
        for (query, current, want) in [
            ("latest", "", "1.21.1"),
            ("1.20", "", "revision"),
            ("1.21", "", "1.21.1"),
            ("1.22", "", "nothing"),
            ("patch", "1.20", "1.20.1"),
            ("upgrade", "1.22rc1", "1.22rc1"),
            (">1.20.1", "", "1.21.0"),
            ("1.21.0", "", "revision"),
        ] {
            assert_eq!(choose("go", query, current, versions), want, "{query}");
        }
    }

    #[test]
    fn commits_are_revisions() {
        for query in ["master", "v1.2.3", "abcdef", "v1.0.0-rc.1", "none"] {
            assert_eq!(choose("x.y/z", query, "", "v1.0.0"), "revision");
        }
    }
}
