//! Directory trees, in the order in which go walks them: a directory before its children, children by name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::dir::{DirIndex, Indexer};
use gust_syntax::slash;

/// What a walk thinks of a directory, before it looks inside.
pub(super) enum Verdict {
    /// Neither it nor anything below.
    Skip,
    /// Look inside; `wants_package` tells whether it may be a package itself, `descend` whether to go on below.
    Enter { wants_package: bool, descend: bool },
}

/// One tree.
pub(super) struct Walk<'a> {
    pub(super) indexer: &'a Indexer,
    /// Looks at a directory by its path relative to the root (empty for the root), and its name.
    pub(super) look: &'a (dyn Fn(&str, &str) -> Verdict + Sync),
    /// Other modules are not entered.
    pub(super) stop_at_modules: bool,
    /// A directory that is not looked into, and the one that stands in for it.
    pub(super) binding: Option<(PathBuf, PathBuf)>,
    /// Is it a package for this build?
    pub(super) is_package: &'a (dyn Fn(&DirIndex) -> bool + Sync),
}

/// What a walk meets, in order.
#[derive(Debug)]
pub(super) enum Met {
    /// A package in this directory, relative to the root.
    Package(String),
    /// A symbolic link to a directory, which is not followed.
    Link(PathBuf),
    /// A directory that cannot be read.
    Unreadable(String),
}

impl Walk<'_> {
    /// Walks the tree below `root`, which may itself be a link. Errors call the root `shown`.
    pub(super) fn run(&self, root: &Path, shown: &str) -> Vec<Met> {
        let view = self.indexer.view();
        if let Err(e) = view.stat(root) {
            let shown = format!("{}/", shown.trim_end_matches('/'));
            return vec![unreadable("lstat", &shown, &e)];
        }
        match (self.look)("", "") {
            Verdict::Skip => Vec::new(),
            Verdict::Enter {
                wants_package,
                descend,
            } => self.dir((root, shown), "", wants_package, descend),
        }
    }

    /// One directory, below a root and its name.
    fn dir(&self, root: (&Path, &str), rel: &str, wants_package: bool, descend: bool) -> Vec<Met> {
        let dir = if rel.is_empty() {
            root.0.to_path_buf()
        } else {
            root.0.join(rel)
        };
        let dir = match &self.binding {
            Some((bound, real)) => match dir.strip_prefix(bound) {
                Ok(below) if below.as_os_str().is_empty() => real.clone(),
                Ok(below) => real.join(below),
                Err(_) => dir,
            },
            None => dir,
        };
        let index = match self.indexer.index(&dir) {
            Ok(index) => index,
            Err(e) => {
                // Of the tree's own root go speaks as of a directory whose link it would follow.
                let shown = match rel {
                    "" => format!("{}/", root.1.trim_end_matches('/')),
                    rel => slash::clean(&format!("{}/{rel}", root.1)),
                };
                return vec![unreadable("open", &shown, &e)];
            }
        };
        if self.stop_at_modules && !rel.is_empty() && index.has_go_mod {
            return Vec::new();
        }
        let mut met = Vec::new();
        if wants_package && index.has_go_names && (self.is_package)(&index) {
            met.push(Met::Package(rel.to_owned()));
        }
        if descend {
            let below: Vec<Vec<Met>> = self.children(root, &dir, rel, index);
            met.extend(below.into_iter().flatten());
        }
        met
    }

    fn children(
        &self,
        root: (&Path, &str),
        dir: &Path,
        rel: &str,
        index: Arc<DirIndex>,
    ) -> Vec<Vec<Met>> {
        let child = |sub: &crate::dir::SubDir| {
            let path = if rel.is_empty() {
                sub.name.to_string()
            } else {
                format!("{rel}/{}", sub.name)
            };
            match (self.look)(&path, &sub.name) {
                Verdict::Skip => Vec::new(),
                Verdict::Enter { .. } if sub.symlink => vec![Met::Link(dir.join(&*sub.name))],
                Verdict::Enter {
                    wants_package,
                    descend,
                } => self.dir(root, &path, wants_package, descend),
            }
        };
        if index.dirs().len() > 1 {
            index.dirs().par_iter().map(child).collect()
        } else {
            index.dirs().iter().map(child).collect()
        }
    }
}

fn unreadable(action: &str, shown: &str, error: &std::io::Error) -> Met {
    let reason = gust_fs::errtext::go_text(error);
    Met::Unreadable(format!("{action} {shown}: {reason}"))
}

/// Trees that patterns never reach into.
pub(super) fn is_hidden(name: &str) -> bool {
    name.starts_with(['.', '_']) || name == "testdata"
}
