//! Who may import whom: internal and vendor directories.

use std::path::Path;

use gust_fs::View;

use crate::model::{Package, Problem, Str};
use crate::paths::{clean, has_file_prefix, has_path_prefix, real_path};

/// The importing side of an import.
pub(super) struct Importer<'a> {
    /// Its import path; empty when the command line names the package.
    pub(super) path: &'a str,
    /// Its directory.
    pub(super) dir: &'a Path,
    /// For files named on the command line: the import path of their directory, `.` outside the main modules.
    pub(super) dir_path: Option<&'a str>,
}

/// Internal packages are for the tree of their parent directory.
pub(super) fn check_internal(view: &View, by: &Importer, p: &Package) -> Option<Problem> {
    if p.error.is_some() || by.path.is_empty() {
        return None;
    }
    if has_path_prefix(&p.import_path, "testing/internal") && by.path == "testmain" {
        return None;
    }
    if p.place.standard && by.path.starts_with("bootstrap/") {
        return None;
    }
    let at = find_internal(&p.import_path)?;
    let parent_len = at.saturating_sub(1);
    if allowed_internal(view, by, p, parent_len) {
        return None;
    }
    Some(Problem::Internal(p.import_path.clone()))
}

fn allowed_internal(view: &View, by: &Importer, p: &Package, parent_len: usize) -> bool {
    if has_path_prefix(by.path, "crypto")
        && has_path_prefix(&p.import_path, "crypto/internal/fips140")
    {
        return true;
    }
    if has_path_prefix(by.path, "crypto/internal/fips140") {
        return has_path_prefix(&p.import_path, "crypto/internal");
    }
    if p.module.is_some() {
        return has_path_prefix(by.dir_path.unwrap_or(by.path), &p.import_path[..parent_len]);
    }
    in_tree_of(view, by.dir, p, parent_len).unwrap_or(false)
}

/// Vendored packages likewise; and they are imported by the path behind `vendor/`.
pub(super) fn check_vendor(view: &View, by: &Importer, path: &Str, p: &Package) -> Option<Problem> {
    if by.path.is_empty() {
        return None;
    }
    if let Some(at) = find_vendor(&p.import_path)
        && in_tree_of(view, by.dir, p, at.saturating_sub(1)) == Some(false)
    {
        return Some(Problem::Vendored);
    }
    let at = find_vendor(path)?;
    let as_path = Str::from(&path[at + "vendor/".len()..]);
    Some(Problem::ImportedAs {
        path: path.clone(),
        as_path,
    })
}

/// Is `dir` in the tree of the directory that the first `len` bytes of the import path stand for? `None`: it cannot be told.
fn in_tree_of(view: &View, dir: &Path, p: &Package, len: usize) -> Option<bool> {
    let text = p.place.dir.to_str()?;
    let cut = (len + text.len()).checked_sub(p.import_path.len())?;
    let parent = Path::new(text.get(..cut)?);
    if has_file_prefix(&clean(dir), &clean(parent)) {
        return Some(true);
    }
    Some(has_file_prefix(
        &real_path(view, dir),
        &real_path(view, parent),
    ))
}

/// Neither rule says anything about a package of this path.
pub(super) fn is_open(path: &str) -> bool {
    elements_backwards(path).all(|(_, elem)| elem != "internal" && elem != "vendor")
}

/// Where the last `internal` element starts.
fn find_internal(path: &str) -> Option<usize> {
    elements_backwards(path)
        .find(|&(_, elem)| elem == "internal")
        .map(|(at, _)| at)
}

/// Where the last `vendor` element starts that is not the last element.
pub(crate) fn find_vendor(path: &str) -> Option<usize> {
    let mut elements = elements_backwards(path);
    elements.next();
    elements
        .find(|&(_, elem)| elem == "vendor")
        .map(|(at, _)| at)
}

/// The elements of a path and where they start, the last one first.
fn elements_backwards(path: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut end = Some(path.len());
    std::iter::from_fn(move || {
        let to = end?;
        let slash = memchr::memrchr(b'/', &path.as_bytes()[..to]);
        let from = slash.map_or(0, |at| at + 1);
        end = slash;
        Some((from, &path[from..to]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_element_of_the_name_counts() {
        assert_eq!(find_internal("a/internal/b/internal/c"), Some(13));
        assert_eq!(find_internal("a/internal"), Some(2));
        assert_eq!(find_internal("internal/a"), Some(0));
        assert_eq!(find_internal("internal"), Some(0));
        assert_eq!(find_internal("a/internals/b"), None);
        assert_eq!(find_internal(""), None);
        assert_eq!(find_vendor("a/vendor/b/vendor/c"), Some(11));
        assert_eq!(find_vendor("vendor/a"), Some(0));
        assert_eq!(find_vendor("a/vendor"), None);
        assert_eq!(find_vendor("vendor"), None);
        assert_eq!(find_vendor("vendor/vendor"), Some(0));
    }
}
