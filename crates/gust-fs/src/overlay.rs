//! Files that stand in for others: the `-overlay` file.
//!
//! Editors hand over unsaved buffers this way. The file is JSON, `{"Replace": {"/seen/path": "/real/file"}}`; an empty
//! real file makes the seen path look deleted. A replaced path implies its parent directories, and hides whatever lies
//! below a file that it puts in place of a directory.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::ops::Bound;
use std::path::{Component, Path, PathBuf};

use crate::errtext::go_text;

/// Why an overlay file cannot be used. The text is go's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OverlayError {
    /// The overlay file itself cannot be read.
    #[error("reading overlay: open {}: {}", path.display(), go_text(err))]
    Read {
        /// The overlay file.
        path: PathBuf,
        /// What the system said.
        err: io::Error,
    },
    /// It is not JSON of the right shape.
    #[error("parsing overlay JSON: {0}")]
    Json(String),
    /// A path to replace is empty.
    #[error("empty string key in overlay map")]
    EmptyKey,
    /// Two spellings of one path.
    #[error("duplicate paths {first} and {second} in overlay map")]
    Duplicate {
        /// The spelling that sorts first.
        first: String,
        /// The other.
        second: String,
    },
    /// A path is replaced by a file, and so is one below it.
    #[error("inconsistent files {} and {} in overlay map", parent.display(), child.display())]
    Inconsistent {
        /// The path that would have to be a file.
        parent: PathBuf,
        /// The path that makes it a directory.
        child: PathBuf,
    },
}

/// A set of replacements; empty in almost every run.
#[derive(Debug, Default)]
pub struct Overlay {
    /// In the order of path components, so that what lies below a path follows it at once.
    entries: BTreeMap<PathBuf, Option<PathBuf>>,
    cwd: PathBuf,
}

/// What the overlay says of a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen<'a> {
    /// Nothing: the disk decides.
    Untouched,
    /// It looks absent.
    Deleted,
    /// Another file's content stands there.
    File(&'a Path),
    /// Something below it is replaced, so it is a directory.
    Dir,
}

impl Overlay {
    /// No replacements.
    pub const fn none() -> Self {
        Self {
            entries: BTreeMap::new(),
            cwd: PathBuf::new(),
        }
    }

    /// The replacements of an `-overlay` file; relative paths in it are taken from `cwd`.
    ///
    /// # Errors
    /// They contradict each other.
    pub fn new(replace: BTreeMap<String, String>, cwd: &Path) -> Result<Self, OverlayError> {
        let mut spelled: BTreeMap<PathBuf, String> = BTreeMap::new();
        let mut entries = BTreeMap::new();
        for (from, to) in replace {
            if from.is_empty() {
                return Err(OverlayError::EmptyKey);
            }
            let path = absolute(cwd, Path::new(&from)).into_owned();
            if let Some(first) = spelled.insert(path.clone(), from.clone()) {
                return Err(OverlayError::Duplicate {
                    first,
                    second: from,
                });
            }
            let to = (!to.is_empty()).then(|| absolute(cwd, Path::new(&to)).into_owned());
            entries.insert(path, to);
        }
        check_consistent(&entries)?;
        Ok(Self {
            entries,
            cwd: cwd.to_owned(),
        })
    }

    /// Whether there are no replacements.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The replaced path that touches `dir`: `dir` itself, a path below it, or one above. For folders that must not be
    /// overlaid, as the module cache.
    pub fn touches(&self, dir: &Path) -> Option<&Path> {
        if self.is_empty() {
            return None;
        }
        let dir = absolute(&self.cwd, dir);
        self.first_below(&dir)
            .or_else(|| self.nearest_above(&dir).map(|(from, _)| from))
    }

    pub(crate) fn look_up(&self, path: &Path) -> Seen<'_> {
        if self.is_empty() {
            return Seen::Untouched;
        }
        let path = absolute(&self.cwd, path);
        if let Some(to) = self.entries.get(path.as_ref()) {
            return to.as_deref().map_or(Seen::Deleted, Seen::File);
        }
        if self.first_below(&path).is_some() {
            return Seen::Dir;
        }
        match self.nearest_above(&path) {
            Some(_) => Seen::Deleted,
            None => Seen::Untouched,
        }
    }

    /// The names that the overlay puts into `dir`, or takes away from it, in order.
    pub(crate) fn children(&self, dir: &Path) -> Vec<(String, Seen<'_>)> {
        let dir = absolute(&self.cwd, dir);
        let mut out: Vec<(String, Seen<'_>)> = Vec::new();
        for (from, to) in self.below(&dir) {
            let Ok(rest) = from.strip_prefix(&dir) else {
                continue;
            };
            let mut parts = rest.components();
            let Some(Component::Normal(name)) = parts.next() else {
                continue;
            };
            let name = name.to_string_lossy().into_owned();
            let deeper = parts.next().is_some();
            let seen = match to {
                _ if deeper && to.is_some() => Seen::Dir,
                // What is deleted further down does not bring its directories into being.
                _ if deeper => continue,
                Some(to) => Seen::File(to),
                None => Seen::Deleted,
            };
            match out.last_mut() {
                Some((last, held)) if *last == name => *held = seen,
                _ => out.push((name, seen)),
            }
        }
        out
    }

    fn below<'a>(&'a self, dir: &Path) -> impl Iterator<Item = (&'a Path, Option<&'a Path>)> {
        self.entries
            .range::<Path, _>((Bound::Included(dir), Bound::Unbounded))
            .take_while(move |(from, _)| from.starts_with(dir))
            .map(|(from, to)| (from.as_path(), to.as_deref()))
    }

    fn first_below(&self, dir: &Path) -> Option<&Path> {
        let (from, _) = self
            .entries
            .range::<Path, _>((Bound::Included(dir), Bound::Unbounded))
            .next()?;
        from.starts_with(dir).then_some(from.as_path())
    }

    fn nearest_above(&self, path: &Path) -> Option<(&Path, Option<&Path>)> {
        path.ancestors().skip(1).find_map(|above| {
            let (from, to) = self.entries.get_key_value(above)?;
            Some((from.as_path(), to.as_deref()))
        })
    }
}

fn check_consistent(entries: &BTreeMap<PathBuf, Option<PathBuf>>) -> Result<(), OverlayError> {
    let mut files = entries
        .iter()
        .filter(|(_, to)| to.is_some())
        .map(|(from, _)| from)
        .peekable();
    while let (Some(parent), Some(child)) = (files.next(), files.peek()) {
        if child.starts_with(parent) {
            return Err(OverlayError::Inconsistent {
                parent: parent.clone(),
                child: (*child).clone(),
            });
        }
    }
    Ok(())
}

/// The absolute path in its shortest spelling, found without looking at the disk.
fn absolute<'a>(cwd: &Path, path: &'a Path) -> Cow<'a, Path> {
    let clean = path.is_absolute() && !path.components().any(|part| part == Component::ParentDir);
    if clean {
        // Path compares by components, so "." and doubled slashes need no rewriting.
        return Cow::Borrowed(path);
    }
    let mut out = PathBuf::new();
    for part in cwd.join(path).components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlay(pairs: &[(&str, &str)]) -> Result<Overlay, String> {
        let pairs = pairs
            .iter()
            .map(|(from, to)| (from.to_string(), to.to_string()));
        Overlay::new(pairs.collect(), Path::new("/cwd")).map_err(|err| err.to_string())
    }

    #[test]
    fn looks_up() {
        let o = overlay(&[
            ("a/x.go", "/real/x"),
            ("/d/sub/f", "f2"),
            ("/gone", ""),
            ("/d/sub.go", ""),
            ("/q/r/s", ""),
        ])
        .unwrap();
        let seen = |path: &str| format!("{:?}", o.look_up(Path::new(path)));
        assert_eq!(seen("/cwd/a/x.go"), r#"File("/real/x")"#);
        assert_eq!(seen("a/../a/x.go"), r#"File("/real/x")"#);
        assert_eq!(seen("/d/sub/f"), r#"File("/cwd/f2")"#);
        assert_eq!(seen("/d"), "Dir");
        assert_eq!(seen("/d/sub"), "Dir");
        assert_eq!(seen("/d/su"), "Untouched");
        assert_eq!(seen("/gone"), "Deleted");
        assert_eq!(seen("/gone/below"), "Deleted");
        assert_eq!(seen("/d/sub/f/below"), "Deleted");
        assert_eq!(seen("/q/r"), "Dir");
        assert_eq!(o.touches(Path::new("/d/sub")), Some(Path::new("/d/sub/f")));
        assert_eq!(o.touches(Path::new("/gone/x")), Some(Path::new("/gone")));
        assert_eq!(o.touches(Path::new("/else")), None);
    }

    #[test]
    fn lists_children() {
        let o = overlay(&[
            ("/d/b/c", "x"),
            ("/d/a", "y"),
            ("/d/z", ""),
            ("/d/q/gone", ""),
            ("/d", ""),
        ])
        .unwrap();
        let names: Vec<_> = o
            .children(Path::new("/d"))
            .into_iter()
            .map(|(name, seen)| format!("{name} {seen:?}"))
            .collect();
        assert_eq!(names, [r#"a File("/cwd/y")"#, "b Dir", "z Deleted"]);
    }

    #[test]
    fn refuses() {
        assert_eq!(
            overlay(&[("", "x")]).unwrap_err(),
            "empty string key in overlay map"
        );
        assert_eq!(
            overlay(&[("a", "x"), ("/cwd/a", "y")]).unwrap_err(),
            "duplicate paths /cwd/a and a in overlay map"
        );
        assert_eq!(
            overlay(&[("/a", "x"), ("/a/b", "y")]).unwrap_err(),
            "inconsistent files /a and /a/b in overlay map"
        );
        assert!(overlay(&[("/a", ""), ("/a/b", "y")]).is_ok());
        assert!(overlay(&[]).unwrap().is_empty());
    }
}
