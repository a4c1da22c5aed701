//! `go work edit`: changes to go.work one by one.

use super::uses::directory_path;
use super::{required, save};
use crate::error::OpError;
use crate::workspace::Workspace;
use gust_modules::mains;
use gust_syntax::gover;
use gust_syntax::gowork::WorkFile;
use gust_syntax::modfile::EditError;
use gust_syntax::module::ModuleVersion;
use std::path::PathBuf;

/// Which file, and what is to be changed in it.
pub struct WorkEditRequest {
    /// The file; none: the go.work in force.
    pub file: Option<PathBuf>,
    /// -go; empty when not given, `none` to drop the line.
    pub go: String,
    /// -toolchain, likewise.
    pub toolchain: String,
    /// The other changes, in order.
    pub edits: Vec<WorkChange>,
    /// Something was asked for at all.
    pub asked: bool,
    /// The file is written; otherwise only shown.
    pub write: bool,
}

/// What may be changed.
pub enum WorkChange {
    /// A godebug line's key and value.
    Godebug(String, String),
    /// A godebug line's key.
    DropGodebug(String),
    /// A directory.
    Use(String),
    /// A directory that is used no more.
    DropUse(String),
    /// What stands in for what: old, new.
    Replace(ModuleVersion, ModuleVersion),
    /// The old side of a replacement.
    DropReplace(ModuleVersion),
}

/// Why a file was not changed.
#[derive(Debug, thiserror::Error)]
pub enum WorkEditError {
    /// It cannot be read or understood.
    #[error("errors parsing {file}:\n{why}")]
    Read {
        /// The file, as short as can be.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// No flag says what to do.
    #[error("no flags specified (see 'go help work edit').")]
    Nothing,
    /// -go.
    #[error("go work: invalid -go option; expecting something like \"-go {0}\"")]
    Go(String),
    /// -toolchain.
    #[error("go work: invalid -toolchain option; expecting something like \"-toolchain go{0}\"")]
    Toolchain(String),
    /// A checked value was refused after all.
    #[error("internal error: {0}")]
    Checked(EditError),
}

impl WorkEditError {
    pub(crate) fn is_prefixed(&self) -> bool {
        !matches!(self, WorkEditError::Go(_) | WorkEditError::Toolchain(_))
    }
}

/// Changes a go.work; gives it as it is then.
///
/// # Errors
/// [`OpError`] when it is not there or cannot be understood, or a change makes no sense; then nothing is written.
pub fn edit(workspace: &Workspace, request: WorkEditRequest) -> Result<WorkFile, OpError> {
    let settings = workspace.module_settings()?;
    let path = match &request.file {
        Some(file) => settings.cwd.join(file),
        None => required(workspace)?,
    };
    check(&request, workspace.settings().go_version())?;
    if !request.asked {
        return Err(WorkEditError::Nothing.into());
    }
    let read = mains::read_work_file(workspace.view()?, &settings, &path);
    let mut file = read.map_err(|error| WorkEditError::Read {
        file: workspace.settings().short_path(&path).display().to_string(),
        why: error.to_string(),
    })?;
    apply_lines(&request, &mut file).map_err(WorkEditError::Checked)?;
    for edit in &request.edits {
        edit.apply(&mut file);
    }
    file.sort_blocks();
    file.cleanup();
    if request.write {
        save(&path, &file)?;
    }
    Ok(file)
}

fn check(request: &WorkEditRequest, release: &str) -> Result<(), WorkEditError> {
    let (go, toolchain) = (request.go.as_str(), request.toolchain.as_str());
    if !matches!(go, "" | "none") && !gover::is_go_line(go) {
        return Err(WorkEditError::Go(release.to_owned()));
    }
    if !matches!(toolchain, "" | "none") && !gover::is_toolchain_line(toolchain) {
        return Err(WorkEditError::Toolchain(release.to_owned()));
    }
    Ok(())
}

fn apply_lines(request: &WorkEditRequest, file: &mut WorkFile) -> Result<(), EditError> {
    match request.go.as_str() {
        "" => {}
        "none" => file.drop_go(),
        version => file.set_go(version)?,
    }
    match request.toolchain.as_str() {
        "" => {}
        "none" => file.drop_toolchain(),
        name => file.set_toolchain(name)?,
    }
    Ok(())
}

impl WorkChange {
    fn apply(&self, file: &mut WorkFile) {
        match self {
            WorkChange::Godebug(key, value) => file.add_godebug(key, value),
            WorkChange::DropGodebug(key) => file.drop_godebug(key),
            WorkChange::Use(dir) => file.add_use(&directory_path(dir)),
            WorkChange::DropUse(dir) => file.drop_use(&directory_path(dir)),
            WorkChange::Replace(old, new) => file.add_replace(old, new),
            WorkChange::DropReplace(old) => file.drop_replace(old),
        }
    }
}
