//! Finding the Go distribution: GOROOT, the place of the program itself, `go` on PATH.

use crate::environ::Environ;
use std::path::{Component, Path, PathBuf};

/// How the distribution was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// By the GOROOT setting.
    Setting,
    /// Around the program's own file.
    Program,
    /// By the `go` command on PATH.
    Path,
    /// Chosen by the release selection.
    Release,
    /// Nowhere.
    Nowhere,
}

/// Finds the distribution's directory; `setting` is GOROOT as environment or files give it, `program` the path of the running file.
pub fn find(setting: &str, environ: &Environ, program: &Path) -> (PathBuf, Found) {
    if !setting.is_empty() {
        return (clean(Path::new(setting)), Found::Setting);
    }
    if let Some(dir) = around(program) {
        return (dir, Found::Program);
    }
    if let Ok(real) = std::fs::canonicalize(program)
        && let Some(dir) = around(&real)
    {
        return (dir, Found::Program);
    }
    on_path(environ).map_or((PathBuf::new(), Found::Nowhere), |dir| (dir, Found::Path))
}

/// The distribution that `go` on PATH belongs to; symbolic links and a bin/GOOS_GOARCH folder are seen through.
fn on_path(environ: &Environ) -> Option<PathBuf> {
    for dir in environ.path_dirs().filter(|d| d.is_absolute()) {
        let go = dir.join("go");
        if !crate::environ::is_executable(&go) {
            continue;
        }
        if let Some(dir) = around(&go) {
            return Some(dir);
        }
        if let Some(dir) = std::fs::canonicalize(&go)
            .ok()
            .and_then(|real| around(&real))
        {
            return Some(dir);
        }
    }
    None
}

fn around(program: &Path) -> Option<PathBuf> {
    let bin = program.parent()?;
    let candidates = [bin.parent(), bin.parent().and_then(Path::parent)];
    candidates
        .into_iter()
        .flatten()
        .find(|dir| is_goroot(dir))
        .map(Path::to_owned)
}

/// Whether the directory looks like a distribution: it holds pkg/tool.
pub fn is_goroot(dir: &Path) -> bool {
    dir.join("pkg/tool").is_dir()
}

/// The path without `.`, `..` and doubled slashes, as Go's filepath.Clean makes it.
pub fn clean(path: &Path) -> PathBuf {
    let mut out: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, out.last()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                out.pop();
            }
            _ => out.push(part),
        }
    }
    if out.is_empty() {
        return PathBuf::from(".");
    }
    out.into_iter().collect()
}

/// The release's name as its VERSION file gives it, such as go1.26.8.
pub fn release_name(goroot: &Path) -> Option<String> {
    let text = std::fs::read_to_string(goroot.join("VERSION")).ok()?;
    let line = text.lines().next()?.trim();
    (!line.is_empty()).then(|| line.to_owned())
}
