//! `go work`: what its commands do.

mod edit;
mod sync;
mod uses;

pub use edit::{WorkChange, WorkEditError, WorkEditRequest, edit};
pub use sync::sync;
pub use uses::{UseError, UseRequest, init, uses};

use crate::error::OpError;
use crate::modules::failure;
use crate::workspace::Workspace;
use gust_fs::errtext::PathError;
use gust_modules::locate::work_file;
use gust_modules::mains;
use gust_syntax::gover;
use gust_syntax::gowork::WorkFile;
use std::path::{Path, PathBuf};

/// Why there is nothing to be done.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// There is no go.work.
    #[error(
        "no go.work file found\n\t(run 'go work init' first or specify path using GOWORK environment variable)"
    )]
    NoFile,
    /// There is one.
    #[error("{} already exists", .0.display())]
    Exists(PathBuf),
    /// It cannot be written.
    #[error(transparent)]
    Write(PathError),
}

/// The go.work in force; nothing if there is none.
pub(crate) fn found(workspace: &Workspace) -> Result<Option<PathBuf>, OpError> {
    let settings = workspace.module_settings()?;
    let view = workspace.view()?;
    Ok(work_file(
        view,
        &settings.cwd,
        &settings.gowork,
        &settings.goroot,
    )?)
}

/// The go.work in force.
fn required(workspace: &Workspace) -> Result<PathBuf, OpError> {
    found(workspace)?.ok_or_else(|| WorkError::NoFile.into())
}

/// Reads a go.work that this release must be able to follow.
fn read(workspace: &Workspace, path: &Path) -> Result<WorkFile, OpError> {
    let settings = workspace.module_settings()?;
    let file = mains::read_work_file(workspace.view()?, &settings, path);
    let file = file.map_err(|error| failure(workspace, error))?;
    let short = workspace.settings().short_path(path).display().to_string();
    let too_new = file.go.as_ref();
    match too_new.and_then(|go| settings.check_release(short, &go.version, "")) {
        Some(error) => Err(failure(workspace, error)),
        None => Ok(file),
    }
}

fn write(workspace: &Workspace, path: &Path, mut file: WorkFile) -> Result<(), OpError> {
    file.sort_blocks();
    file.cleanup();
    save(path, &file)?;
    workspace.view()?.forget(path);
    Ok(())
}

fn save(path: &Path, file: &WorkFile) -> Result<(), WorkError> {
    let written = gust_fs::lock::write_locked(path, &gust_bytes::raw(&file.format()), 0o666);
    written.map_err(|error| WorkError::Write(PathError::new("open", path, error)))
}

/// A workspace must not ask for an older release than its modules: the go line rises, and a toolchain line that says no more than it
/// does goes.
pub(crate) fn raise_go(file: &mut WorkFile, version: &str) {
    let toolchain = file.toolchain.as_ref().map(|line| line.name.clone());
    if gover::compare(file.go_version(), version).is_ge() || file.set_go(version).is_err() {
        return;
    }
    let release = toolchain.as_deref().and_then(gover::from_toolchain);
    let is_idle = |release: &str| {
        release == version
            || gover::compare(release, version).is_lt()
            || gover::compare(release, gover::GO_STRICT).is_lt()
    };
    if toolchain.is_some() && release.is_none_or(is_idle) {
        file.drop_toolchain();
    }
}
