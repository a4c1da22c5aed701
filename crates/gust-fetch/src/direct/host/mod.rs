//! Code hosts: a repository somewhere else, asked through the system's own command and a copy in the module cache.
//!
//! [`CodeHost`] is what the rest needs to know of a repository, whatever keeps it; one type a system answers it. All work in a directory of
//! GOMODCACHE/cache/vcs ([`Shelf`]), which go uses too, under the same locks.

mod bazaar;
mod copy;
mod fossil;
mod git;
mod mercurial;
mod programs;
mod shelf;
mod subversion;

use std::sync::Arc;

use crate::error::FetchError;
use crate::http;
use crate::info::{Origin, Timestamp};
use crate::names;
use crate::vcs::System;
pub(super) use programs::Programs;
use shelf::Shelf;

/// A revision of a repository.
#[derive(Debug, Clone, Default)]
pub(super) struct Revision {
    /// Its whole ID.
    pub(super) id: String,
    /// The ID as pseudo-versions have it.
    pub(super) short: String,
    /// The tag that was asked for, or what else it was asked by; the ID where that may mean another revision tomorrow.
    pub(super) asked: String,
    /// When it was committed.
    pub(super) time: Timestamp,
    /// The tags on it, in order.
    pub(super) tags: Vec<String>,
    /// What the answer rests on.
    pub(super) origin: Origin,
}

/// Tags with a common prefix, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Tags {
    pub(super) names: Vec<String>,
    /// What the answer rests on.
    pub(super) origin: Origin,
}

/// A repository.
///
/// Errors that mean "there is no such thing" say so ([`FetchError::is_not_exist`]).
pub(super) trait CodeHost: Send + Sync {
    /// The tags that begin with `prefix`.
    fn tags(&self, prefix: &str) -> Result<Tags, FetchError>;

    /// What a tag, a branch or (the beginning of) an ID is.
    fn stat(&self, rev: &str) -> Result<Revision, FetchError>;

    /// The newest revision of the default branch.
    fn latest(&self) -> Result<Revision, FetchError>;

    /// A file at a revision; `None` when it has no such file.
    fn file(&self, rev: &str, name: &str) -> Result<Option<Vec<u8>>, FetchError>;

    /// A zip of the directory `subdir` at a revision, whose names all stand under one directory of whatever name.
    fn archive(&self, rev: &str, subdir: &str) -> Result<Vec<u8>, FetchError>;

    /// Whose repository it is.
    fn system(&self) -> System;

    /// The highest of the tags with a prefix on the revision or an ancestor that `allowed` lets pass; versions are compared behind the prefix.
    /// Not every system is asked that.
    fn recent_tag(
        &self,
        _rev: &str,
        _prefix: &str,
        _allowed: &dyn Fn(&str) -> bool,
    ) -> Result<Option<String>, FetchError> {
        Err(unsupported(self.system(), "RecentTag"))
    }

    /// Whether the tag is on the revision or an ancestor. Not every system is asked that.
    fn descends_from(&self, _rev: &str, _tag: &str) -> Result<bool, FetchError> {
        Err(unsupported(self.system(), "DescendsFrom"))
    }

    /// Whether what an earlier answer rested on is still so; an error that says why not.
    fn check_reuse(&self, old: &Origin, subdir: &str) -> Result<(), FetchError>;
}

/// The repository at a URL.
pub(super) fn open(
    system: System,
    url: &str,
    programs: &Arc<Programs>,
    http: &Arc<http::Client>,
) -> Result<Arc<dyn CodeHost>, FetchError> {
    Ok(match system {
        System::Git => Arc::new(git::Git::open(url, programs, http)?),
        System::Mercurial => Arc::new(mercurial::Mercurial::open(url, programs)?),
        System::Subversion => Arc::new(subversion::Subversion::open(url, programs)?),
        System::Bazaar => Arc::new(bazaar::Bazaar::open(url, programs)?),
        System::Fossil => Arc::new(fossil::Fossil::open(url, programs)?),
    })
}

/// A question that is not asked of a system.
fn unsupported(system: System, what: &'static str) -> FetchError {
    let system = system.command();
    FetchError::Unsupported { system, what }
}

/// Lowercase hexadecimal digits.
fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a tag (without the directory in front of it) may decide how a version is called: semantic versions do, with build metadata or
/// without; what looks like a pseudo-version does not.
fn decides_versions(tag: &str) -> bool {
    let canonical = gust_syntax::semver::canonical(tag);
    !canonical.is_empty() && tag.starts_with(&canonical) && !names::is_pseudo(tag)
}

/// The highest of tags by the version behind the prefix.
fn highest<'t>(tags: impl Iterator<Item = &'t str>, prefix: &str) -> Option<String> {
    let versions = tags.filter_map(|tag| tag.strip_prefix(prefix));
    let mut best: Option<&str> = None;
    for version in versions.filter(|version| names::is_semver(version)) {
        if best.is_none_or(|best| names::compare(version, best).is_gt()) {
            best = Some(version);
        }
    }
    best.map(|version| format!("{prefix}{version}"))
}

/// An earlier answer came from elsewhere.
fn check_place(old: &Origin, now: &Origin) -> Result<(), FetchError> {
    let quote = names::quote;
    if old.vcs != now.vcs || old.url != now.url {
        return Err(FetchError::message(format!(
            "origin moved from {} {} to {} {}",
            old.vcs,
            quote(&old.url),
            now.vcs,
            quote(&now.url)
        )));
    }
    if old.subdir != now.subdir {
        return Err(FetchError::message(format!(
            "origin moved from {} {} {} to {} {} {}",
            old.vcs,
            quote(&old.url),
            quote(&old.subdir),
            now.vcs,
            quote(&now.url),
            quote(&now.subdir)
        )));
    }
    Ok(())
}
