//! Directories as text: relative to each other, short in messages, one inside the other.

use std::path::{Path, PathBuf};

use gust_fs::View;

pub use gust_fs::paths::clean;

/// The path as messages have it: relative to the current directory, if that is shorter.
pub(crate) fn short(cwd: &Path, path: &Path) -> String {
    gust_fs::paths::short(cwd, path).display().to_string()
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
