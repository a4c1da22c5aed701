//! Directories as text: relative to each other, short in messages, one inside the other.

use std::path::{Component, Path, PathBuf};

use gust_fs::View;

/// The path without `.` and `..` where that can be told from the text alone.
pub fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(out.components().next_back(), Some(Component::Normal(_))) =>
            {
                out.pop();
            }
            Component::ParentDir if out.has_root() => {}
            _ => out.push(part),
        }
    }
    if out.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        out
    }
}

/// The path from the directory `base`, by text alone; both absolute.
pub fn relative(base: &Path, path: &Path) -> PathBuf {
    let (base, path) = (clean(base), clean(path));
    let shared = base
        .components()
        .zip(path.components())
        .take_while(|(a, b)| a == b)
        .count();
    let ups = base.components().count() - shared;
    let mut out: PathBuf = std::iter::repeat_n("..", ups).collect();
    out.extend(path.components().skip(shared));
    if out.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        out
    }
}

/// The path as messages have it: relative to the current directory, if that is shorter.
pub fn short(cwd: &Path, path: &Path) -> String {
    let full = path.display().to_string();
    if !path.is_absolute() {
        return full;
    }
    let rel = relative(cwd, path).display().to_string();
    if rel.len() < full.len() { rel } else { full }
}

/// The path's place in the directory (`.` for the directory itself), looking through symbolic links too.
pub fn in_dir(view: &View, path: &Path, dir: &Path) -> Option<PathBuf> {
    let lexical = |path: &Path, dir: &Path| {
        let rest = path.strip_prefix(dir).ok()?;
        Some(if rest.as_os_str().is_empty() {
            PathBuf::from(".")
        } else {
            rest.to_owned()
        })
    };
    if let Some(found) = lexical(path, dir) {
        return Some(found);
    }
    let real_path = view.canonicalize(path).ok().filter(|real| real != path);
    if let Some(found) = real_path.as_ref().and_then(|real| lexical(real, dir)) {
        return Some(found);
    }
    let real_dir = view.canonicalize(dir).ok().filter(|real| real != dir)?;
    lexical(path, &real_dir).or_else(|| lexical(real_path.as_ref()?, &real_dir))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_paths() {
        assert_eq!(clean(Path::new("/a/./b/../c/")), Path::new("/a/c"));
        assert_eq!(clean(Path::new("/../a")), Path::new("/a"));
        assert_eq!(
            relative(Path::new("/a/b"), Path::new("/a/c/d")),
            Path::new("../c/d")
        );
        assert_eq!(relative(Path::new("/a"), Path::new("/a")), Path::new("."));
        assert_eq!(short(Path::new("/a"), Path::new("/a/go.mod")), "go.mod");
    }
}
