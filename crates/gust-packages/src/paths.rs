//! Paths as text, the way go looks at them.

use gust_syntax::slash;
use std::path::{Path, PathBuf};

use gust_fs::View;

use crate::config::LoadConfig;

pub(crate) use crate::pattern::glob::has_path_prefix;
pub(crate) use gust_fs::paths::clean;

/// `base/rel`, cleaned.
pub(crate) fn join_clean(base: &Path, rel: &str) -> PathBuf {
    clean(&base.join(rel))
}

/// Is `path` `prefix` or below it?
pub(crate) fn has_file_prefix(path: &Path, prefix: &Path) -> bool {
    path.starts_with(prefix)
}

/// With symbolic links resolved, where it exists; cleaned otherwise.
pub(crate) fn real_path(view: &View, path: &Path) -> PathBuf {
    view.canonicalize(path).unwrap_or_else(|_| clean(path))
}

/// `.`, `..`, `./x`, `../x`.
pub(crate) fn is_local_import(path: &str) -> bool {
    path == "." || path == ".." || path.starts_with("./") || path.starts_with("../")
}

/// Could the standard library hold it: is there no dot in the first element?
pub(crate) fn is_standard_path(path: &str) -> bool {
    !path.split('/').next().unwrap_or_default().contains('.')
}

/// The import path that stands for a directory outside of any root: `_` and the path, odd characters replaced.
pub(crate) fn dir_import_path(dir: &Path) -> String {
    let odd = |c: char| {
        "!\"#$%&'()*,:;<=>?[\\]^{|}`\u{FFFD}".contains(c) || c.is_whitespace() || c.is_control()
    };
    let text: String = dir
        .to_string_lossy()
        .chars()
        .map(|c| if odd(c) { '_' } else { c })
        .collect();
    slash::clean(&format!("_/{text}"))
}

/// What -trimpath calls the directory of files named on the command line: the import path that it has by lying in GOROOT or
/// GOPATH, otherwise `.`, in whatever module it lies.
pub(crate) fn of_dir(config: &LoadConfig, dir: &Path) -> String {
    let roots = std::iter::once(&config.goroot).chain(&config.gopath);
    let below = |root: &PathBuf| {
        let path = sub_dir(&config.view, &root.join("src"), dir)?;
        let testdata = path.split('/').any(|element| element == "testdata");
        (!testdata).then_some(path)
    };
    let mut paths = roots.filter_map(below);
    paths.next().unwrap_or_else(|| ".".to_owned())
}

/// `path` below `root`, slash-separated; also when symbolic links lead there.
pub(crate) fn sub_dir(view: &View, root: &Path, dir: &Path) -> Option<String> {
    let rel = |root: &Path, dir: &Path| {
        let rel = dir.strip_prefix(root).ok()?;
        (!rel.as_os_str().is_empty()).then(|| rel.to_string_lossy().into_owned())
    };
    if let Some(sub) = rel(root, dir) {
        return Some(sub);
    }
    let real_dir = view.canonicalize(dir).ok();
    let real_root = view.canonicalize(root).ok();
    let real_dir = real_dir.as_deref();
    let real_root = real_root.as_deref();
    real_dir
        .and_then(|d| rel(root, d))
        .or_else(|| real_root.and_then(|r| rel(r, dir)))
        .or_else(|| rel(real_root?, real_dir?))
}

/// Would the name be taken for something else than itself on a command line?
pub(crate) fn is_safe_arg(name: &str) -> bool {
    let Some(&c) = name.as_bytes().first() else {
        return false;
    };
    c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'/') || c >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleans_as_go_does() {
        for (path, want) in [
            ("a//b/", "a/b"),
            ("./x", "x"),
            ("", "."),
            ("../x/..", ".."),
            ("/../a", "/a"),
            ("a/../..", ".."),
        ] {
            assert_eq!(slash::clean(path), want);
        }
        assert_eq!(dir_import_path(Path::new("/tmp/a b")), "_/tmp/a_b");
    }
}
