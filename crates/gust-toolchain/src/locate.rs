//! Where a person stands: the enclosing go.mod and go.work, before anything is read from them.

use crate::settings::Settings;
use crate::vars;
use gust_fs::View;
use gust_fs::paths::nearest;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A setting that makes it impossible to say.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum LocateError {
    /// GO111MODULE is neither on, off nor auto.
    #[error("unknown environment setting GO111MODULE={0}")]
    Go111Module(String),
    /// GOWORK is not off and no absolute path.
    #[error("invalid GOWORK: not an absolute path")]
    GoWork,
}

/// Whether modules are used at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleMode {
    /// Yes, with or without a go.mod.
    On,
    /// Only where there is a go.mod.
    Auto,
    /// No: GOPATH alone.
    Off,
}

/// What GO111MODULE says.
pub fn module_mode(settings: &Settings) -> Result<ModuleMode, LocateError> {
    match settings.go111module() {
        "" | "on" => Ok(ModuleMode::On),
        "auto" => Ok(ModuleMode::Auto),
        "off" => Ok(ModuleMode::Off),
        other => Err(LocateError::Go111Module(other.to_owned())),
    }
}

/// The nearest directory at or above `dir` that holds a go.mod file.
pub fn module_root(view: &View, dir: &Path) -> Option<PathBuf> {
    nearest(view, dir, "go.mod", None)
}

/// Whether the directory is the system's own place for temporary files, where a stray go.mod is ignored.
pub fn is_temp_root(settings: &Settings, dir: &Path) -> bool {
    let temp = temp_dir(settings);
    let real = |p: &Path| settings.view().canonicalize(p).ok();
    dir == temp || real(dir).is_some_and(|d| Some(d) == real(&temp))
}

/// The system's place for temporary files, by Go's os.TempDir.
pub fn temp_dir(settings: &Settings) -> PathBuf {
    match settings.environ().get(vars::TMPDIR) {
        "" => PathBuf::from("/tmp"),
        dir => PathBuf::from(dir),
    }
}

/// The go.work file that GOWORK names, or the nearest one at or above `dir`; a search that starts in GOROOT stays there.
pub fn work_file(settings: &Settings, dir: &Path) -> Result<Option<PathBuf>, LocateError> {
    match settings.gowork() {
        "off" => Ok(None),
        "" | "auto" => {
            let goroot = Some(settings.goroot());
            let dir = nearest(settings.view(), dir, "go.work", goroot);
            Ok(dir.map(|dir| dir.join("go.work")))
        }
        file if Path::new(file).is_absolute() => Ok(Some(PathBuf::from(file))),
        _ => Err(LocateError::GoWork),
    }
}
