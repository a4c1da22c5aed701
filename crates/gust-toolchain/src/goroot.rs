//! Finding the Go distribution: GOROOT, the place of the program itself, `go` on PATH.

use crate::environ::{Environ, is_executable};
use gust_fs::View;
use std::path::{Path, PathBuf};

/// The release whose behaviour gust follows.
pub const REFERENCE: &str = "go1.26.8";

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
pub fn find(view: &View, setting: &str, environ: &Environ, program: &Path) -> (PathBuf, Found) {
    if !setting.is_empty() {
        return (PathBuf::from(setting), Found::Setting);
    }
    if let Some(dir) = around(view, program) {
        return (dir, Found::Program);
    }
    if let Ok(real) = view.canonicalize(program)
        && let Some(dir) = around(view, &real)
    {
        return (dir, Found::Program);
    }
    on_path(view, environ).map_or((PathBuf::new(), Found::Nowhere), |dir| (dir, Found::Path))
}

/// The distribution that `go` on PATH belongs to; symbolic links and a bin/GOOS_GOARCH folder are seen through.
fn on_path(view: &View, environ: &Environ) -> Option<PathBuf> {
    for dir in environ.path_dirs().filter(|d| d.is_absolute()) {
        let go = dir.join("go");
        if !is_executable(view, &go) {
            continue;
        }
        if let Some(dir) = around(view, &go) {
            return Some(dir);
        }
        if let Some(dir) = view
            .canonicalize(&go)
            .ok()
            .and_then(|real| around(view, &real))
        {
            return Some(dir);
        }
    }
    None
}

fn around(view: &View, program: &Path) -> Option<PathBuf> {
    let bin = program.parent()?;
    let candidates = [bin.parent(), bin.parent().and_then(Path::parent)];
    candidates
        .into_iter()
        .flatten()
        .find(|dir| is_goroot(view, dir))
        .map(Path::to_owned)
}

/// Whether the directory looks like a distribution: it holds pkg/tool.
pub fn is_goroot(view: &View, dir: &Path) -> bool {
    view.is_dir(&dir.join("pkg/tool"))
}

/// The release's name as its VERSION file gives it, such as go1.26.8.
pub fn release_name(view: &View, goroot: &Path) -> Option<String> {
    let text = view.read_to_string(&goroot.join("VERSION")).ok()?;
    let line = text.lines().next()?.trim();
    (!line.is_empty()).then(|| line.to_owned())
}
