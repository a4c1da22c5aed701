//! What a version is made of: tags and go.mod files, as a system's history has them.

/// A place in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At<'a> {
    /// The revision that is checked out.
    Here,
    /// The revision of a tag.
    Tag(&'a str),
}

/// The history behind the revision that is checked out.
///
/// Only questions that this machine can answer; nothing here changes the working copy. A system that cannot tell gives nothing.
pub(super) trait History: Send + Sync {
    /// The revision as a pseudo-version names it, twelve characters.
    fn short(&self) -> String;

    /// Tags on the revision.
    fn tags_here(&self) -> Vec<String>;

    /// Tags on the revision and on its ancestors. `None` when the system was asked and failed.
    fn tags_below(&self) -> Option<Vec<String>> {
        Some(Vec::new())
    }

    /// All tags, on whatever revision: among them stands the go.mod that retracts versions.
    fn all_tags(&self) -> Vec<String> {
        Vec::new()
    }

    /// The content of a file; its name is relative to the repository's root.
    fn file(&self, at: At<'_>, name: &str) -> Option<Vec<u8>>;

    /// A digest of everything that the other answers follow from; `None` when they may change while it does not.
    fn digest(&self) -> Option<[u8; 32]> {
        None
    }

    /// Whether another go command's work in the repository is kept out by a lock file beside it.
    fn is_locked(&self) -> bool {
        true
    }
}
