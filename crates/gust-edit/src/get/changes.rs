//! What `get` tells of the versions that it changed.

use std::collections::BTreeMap;
use std::fmt;

use gust_modules::graph::compare_versions;
use gust_syntax::gover;
use gust_syntax::module::{ModulePath, Version};

use super::{Getting, at};
use crate::edits::Edits;

/// A module (or `go`, or `toolchain`) that is at another version now. `Display` is go's text, without the `go: ` in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub path: ModulePath,
    /// Before; `none` if it was not there.
    pub from: Version,
    /// Now; `none` if it is gone.
    pub to: Version,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Change { path, from, to } = self;
        if from.is_none() {
            return write!(f, "added {path} {to}");
        }
        if to.is_none() {
            return write!(f, "removed {path} {from}");
        }
        if !compare_versions(path, to, from).is_gt() {
            return write!(f, "downgraded {path} {from} => {to}");
        }
        write!(f, "upgraded {path} {from} => {to}")?;
        let is_lazy = |version: &str| gover::compare(version, gover::EXPLICIT_INDIRECT).is_ge();
        if *path == *"go" && !is_lazy(from) && is_lazy(to) {
            let lazy = gover::EXPLICIT_INDIRECT;
            write!(
                f,
                "\n\tnote: expanded dependencies to upgrade to go {lazy} or higher; run 'go mod tidy' to clean up"
            )?;
        }
        Ok(())
    }
}

/// What a go.mod requires, and its lines for the release.
type Stated = BTreeMap<ModulePath, Version>;

impl Getting<'_> {
    /// Modules that arguments decided and that go.mod requires now or did before: those that changed. The release first, then
    /// by path.
    pub(super) fn changes(&self, edits: &Edits) -> Vec<Change> {
        let [before, after] = edits.stated(self.modules);
        let mut changes: BTreeMap<ModulePath, Change> = BTreeMap::new();
        let mut put = |path: &ModulePath, from: Version, to: Version| {
            let path = path.clone();
            if from != to {
                changes.insert(path.clone(), Change { path, from, to });
            }
        };
        let is_module = |path: &ModulePath| !gover::is_toolchain_module(path);
        for (path, decision) in self.decisions.iter().filter(|(path, _)| is_module(path)) {
            put(path, at(&self.first, path), decision.version.clone());
        }
        for (path, from) in before.iter().filter(|(path, _)| is_module(path)) {
            put(path, from.clone(), at(&self.selected, path));
        }
        for (path, to) in after.iter().filter(|(path, _)| is_module(path)) {
            put(path, at(&self.first, path), to.clone());
        }
        let of =
            |stated: &Stated, path: &str| stated.get(path).cloned().unwrap_or_else(Version::none);
        for path in ["go", "toolchain"] {
            put(&path.into(), of(&before, path), of(&after, path));
        }
        let rank = |change: &Change| match &*change.path {
            "go" => 0,
            "toolchain" => 1,
            _ => 2,
        };
        let mut list: Vec<Change> = changes.into_values().collect();
        list.sort_by_key(rank);
        list
    }
}
