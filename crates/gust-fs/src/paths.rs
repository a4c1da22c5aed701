//! Paths as text, and the way up: what every crate asks of them, in one place.

use std::io;
use std::path::{Component, Path, PathBuf};

use crate::View;

/// The path without `.` and `..` where that can be told from the text alone, as Go's filepath.Clean makes it.
pub fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match out.components().next_back() {
                Some(Component::Normal(_)) => {
                    out.pop();
                }
                Some(Component::RootDir) => {}
                _ => out.push(part),
            },
            part => out.push(part),
        }
    }
    match out.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => out,
    }
}

/// The path, from where the process stands if it is a relative one. Nothing is resolved.
pub fn absolute(path: &Path) -> io::Result<PathBuf> {
    std::path::absolute(gust_bytes::os_path(path)).map(gust_bytes::path_of)
}

/// The path as seen from the directory `base`, by text alone, with as many `..` as it takes; nothing if only one of them is absolute.
pub fn relative(base: &Path, path: &Path) -> Option<PathBuf> {
    if path.is_absolute() != base.is_absolute() {
        return None;
    }
    let (base, path) = (clean(base), clean(path));
    let pairs = base.components().zip(path.components());
    let shared = pairs.take_while(|(a, b)| a == b).count();
    let ups = base.components().count() - shared;
    let mut out: PathBuf = std::iter::repeat_n("..", ups).collect();
    out.extend(path.components().skip(shared));
    Some(match out.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => out,
    })
}

/// The path as messages have it: as seen from the current directory, if that is shorter.
pub fn short(cwd: &Path, path: &Path) -> PathBuf {
    match relative(cwd, path) {
        Some(seen) if path.is_absolute() && seen.as_os_str().len() < path.as_os_str().len() => seen,
        _ => path.to_owned(),
    }
}

/// The nearest directory at or above `dir` that holds a file of that name. A search that starts below `top` does not look there or
/// further up.
pub fn nearest(view: &View, dir: &Path, name: &str, top: Option<&Path>) -> Option<PathBuf> {
    let dir = clean(dir);
    let is_there = |file: &Path| view.stat(file).is_ok_and(|meta| !meta.is_dir());
    let start = dir.as_path();
    let mut above = dir.ancestors();
    above
        .by_ref()
        .take_while(|dir| *dir == start || top != Some(dir))
        .find(|dir| is_there(&dir.join(name)))
        .map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Overlay;

    #[test]
    fn texts_of_paths() {
        for (path, want) in [
            ("/a/./b/../c/", "/a/c"),
            ("/../a", "/a"),
            ("../a/..", ".."),
            ("a/..", "."),
            ("", "."),
        ] {
            assert_eq!(clean(Path::new(path)), Path::new(want));
        }
    }

    #[test]
    fn paths_as_seen_from_elsewhere() {
        let seen = |base: &str, path: &str| relative(Path::new(base), Path::new(path));
        assert_eq!(seen("/a/b", "/a/c/d"), Some("../c/d".into()));
        assert_eq!(seen("/a", "/a/."), Some(".".into()));
        assert_eq!(seen("/a", "b"), None);
        let short = |cwd: &str, path: &str| short(Path::new(cwd), Path::new(path));
        assert_eq!(short("/a", "/a/go.mod"), Path::new("go.mod"));
        assert_eq!(short("/a/b/c", "/x"), Path::new("/x"));
        assert_eq!(short("/a", "b"), Path::new("b"));
    }

    #[test]
    fn the_nearest_file_upwards() {
        let temp = crate::temp::TempDir::new_in(&std::env::temp_dir(), "gust-nearest").unwrap();
        let (top, below) = (temp.path(), temp.path().join("a/b"));
        std::fs::create_dir_all(below.join("x.mod")).unwrap();
        std::fs::write(top.join("x.mod"), "").unwrap();
        let view = View::new(Overlay::none());
        let found = nearest(&view, &below, "x.mod", None);
        assert_eq!(found.as_deref(), Some(top));
        assert_eq!(nearest(&view, &below, "x.mod", Some(top)), None);
        assert_eq!(
            nearest(&view, top, "x.mod", Some(top)).as_deref(),
            Some(top)
        );
    }
}
