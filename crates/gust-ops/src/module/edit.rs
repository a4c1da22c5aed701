//! `go mod edit`: changes to go.mod one by one, whatever the rest of the module looks like.

use crate::error::OpError;
use crate::report::Reporter;
use crate::workspace::Workspace;
use gust_fs::errtext::PathError;
use gust_modules::locate::{Place, locate};
use gust_modules::{ModulesError, RootMode};
use gust_syntax::gover;
use gust_syntax::modfile::{self, EditError, Interval, ModFile, ModFileErrors};
use gust_syntax::module::{ModuleVersion, PathError as NoPath, check_import_path};
use std::path::{Path, PathBuf};

/// Which file, and what is to be changed in it.
pub struct EditRequest {
    /// The file; none: the go.mod of the module that the current directory lies in, or what -modfile names.
    pub file: Option<PathBuf>,
    /// -module; empty when not given.
    pub module: String,
    /// -go; empty when not given, `none` to drop the line.
    pub go: String,
    /// -toolchain; empty when not given, `none` to drop the line.
    pub toolchain: String,
    /// The other changes, in order.
    pub edits: Vec<Edit>,
    /// The file is written; otherwise only shown.
    pub write: bool,
}

/// The file as it is after the changes.
pub struct EditOutcome {
    /// What it says.
    pub file: ModFile,
}

/// One change.
pub struct Edit {
    /// As it was asked for, such as `-require=example.com/x@v1.0.0`.
    pub shown: String,
    /// What is to be changed.
    pub change: Change,
}

/// What may be changed.
pub enum Change {
    /// A godebug line's key and value.
    Godebug(String, String),
    /// A godebug line's key.
    DropGodebug(String),
    /// A requirement's path and version.
    Require(String, String),
    /// A requirement's path.
    DropRequire(String),
    /// A path and version that must not be used.
    Exclude(String, String),
    /// A path and version that may be used again.
    DropExclude(String, String),
    /// What stands in for what: old, new.
    Replace(ModuleVersion, ModuleVersion),
    /// The old side of a replacement.
    DropReplace(ModuleVersion),
    /// Versions that are taken back.
    Retract(Interval),
    /// Versions that are no longer taken back.
    DropRetract(Interval),
    /// A package that is a tool.
    Tool(String),
    /// A package that is no tool any more.
    DropTool(String),
    /// A directory that patterns pass over.
    Ignore(String),
    /// A directory that they do not pass over any more.
    DropIgnore(String),
}

/// Why a file was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditFileError {
    /// It cannot be understood.
    #[error("errors parsing {}:\n{source}", file.display())]
    Parse {
        /// The file, as short as can be.
        file: PathBuf,
        /// What is wrong with it.
        source: ModFileErrors,
    },
    /// -module.
    #[error("invalid -module: {0}")]
    Module(NoPath),
    /// -module is not for modules.
    #[error("invalid -module: module path is reserved")]
    Reserved,
    /// -go.
    #[error("go mod: invalid -go option; expecting something like \"-go {release}\"")]
    Go {
        /// The release that runs.
        release: String,
    },
    /// -toolchain.
    #[error(
        "go mod: invalid -toolchain option; expecting something like \"-toolchain go{release}\""
    )]
    Toolchain {
        /// The release that runs.
        release: String,
    },
    /// A change cannot be made.
    #[error("{shown}: {source}")]
    Change {
        /// As it was asked for.
        shown: String,
        /// Why.
        source: EditError,
    },
    /// A checked value was refused after all.
    #[error("internal error: {0}")]
    Checked(EditError),
    /// Somebody else was at it.
    #[error("go.mod changed during editing; not overwriting")]
    ChangedMeanwhile,
    /// It cannot be read or written.
    #[error(transparent)]
    File(#[from] PathError),
}

impl EditFileError {
    pub(crate) fn is_prefixed(&self) -> bool {
        !matches!(
            self,
            EditFileError::Go { .. } | EditFileError::Toolchain { .. }
        )
    }
}

/// Changes a go.mod file.
///
/// # Errors
/// [`OpError`] when the file is not there, cannot be understood, or a change makes no sense; then nothing is written.
pub fn edit(
    workspace: &Workspace,
    request: EditRequest,
    reporter: &dyn Reporter,
) -> Result<EditOutcome, OpError> {
    let path = match &request.file {
        Some(file) => file.clone(),
        None => own_file(workspace, reporter)?,
    };
    check(&request, workspace.settings().go_version())?;
    let data = read(&path)?;
    let mut file = modfile::parse(&path.to_string_lossy(), &data, None).map_err(|source| {
        let file = workspace.settings().short_path(&path);
        EditFileError::Parse { file, source }
    })?;
    apply_plain(&request, &mut file).map_err(EditFileError::Checked)?;
    for edit in request.edits {
        let shown = edit.shown;
        let applied = edit.change.apply(&mut file);
        applied.map_err(|source| EditFileError::Change { shown, source })?;
    }
    file.sort_blocks();
    file.cleanup();
    if request.write {
        let _side = workspace.fetcher()?.side_lock();
        write(&path, &data, &file.format())?;
    }
    Ok(EditOutcome { file })
}

fn read(file: &Path) -> Result<Vec<u8>, EditFileError> {
    gust_fs::lock::read_locked(file).map_err(|error| PathError::new("open", file, error).into())
}

/// Writes the file, unless somebody else has in the meantime.
fn write(file: &Path, before: &[u8], text: &str) -> Result<(), EditFileError> {
    let now = read(file)?;
    if now != before {
        return Err(EditFileError::ChangedMeanwhile);
    }
    let text = gust_bytes::raw(text);
    if now == *text {
        return Ok(());
    }
    gust_fs::lock::write_locked(file, &text, 0o666)
        .map_err(|error| PathError::new("open", file, error).into())
}

/// The go.mod of the module that the current directory lies in, or what -modfile names.
fn own_file(workspace: &Workspace, reporter: &dyn Reporter) -> Result<PathBuf, OpError> {
    let mut settings = workspace.module_settings()?;
    settings.root = RootMode::Needed;
    let located = locate(workspace.view()?, &settings)?;
    for line in &located.warnings {
        reporter.note(line);
    }
    let Place::Module(dir) = located.place else {
        return Err(ModulesError::Disabled.into());
    };
    Ok(match &settings.modfile {
        Some(file) => settings.cwd.join(file),
        None => dir.join("go.mod"),
    })
}

/// What -module, -go and -toolchain may say.
fn check(request: &EditRequest, release: &str) -> Result<(), EditFileError> {
    let release = || release.to_owned();
    let module = &request.module;
    if !module.is_empty() {
        check_import_path(module).map_err(EditFileError::Module)?;
        if gover::is_toolchain_module(module) {
            return Err(EditFileError::Reserved);
        }
    }
    let go = request.go.as_str();
    if !matches!(go, "" | "none") && !gover::is_go_line(go) {
        return Err(EditFileError::Go { release: release() });
    }
    let toolchain = request.toolchain.as_str();
    if !matches!(toolchain, "" | "none") && !gover::is_toolchain_line(toolchain) {
        return Err(EditFileError::Toolchain { release: release() });
    }
    Ok(())
}

fn apply_plain(request: &EditRequest, file: &mut ModFile) -> Result<(), EditError> {
    if !request.module.is_empty() {
        file.set_module(&request.module);
    }
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

impl Change {
    fn apply(&self, file: &mut ModFile) -> Result<(), EditError> {
        match self {
            Change::Godebug(key, value) => file.add_godebug(key, value),
            Change::DropGodebug(key) => file.drop_godebug(key),
            Change::Require(path, version) => file.add_require(path, version),
            Change::DropRequire(path) => file.drop_require(path),
            Change::Exclude(path, version) => return file.add_exclude(path, version),
            Change::DropExclude(path, version) => file.drop_exclude(path, version),
            Change::Replace(old, new) => file.add_replace(old, new),
            Change::DropReplace(old) => file.drop_replace(old),
            Change::Retract(interval) => return file.add_retract(interval, ""),
            Change::DropRetract(interval) => file.drop_retract(interval),
            Change::Tool(path) => file.add_tool(path),
            Change::DropTool(path) => file.drop_tool(path),
            Change::Ignore(path) => file.add_ignore(path),
            Change::DropIgnore(path) => file.drop_ignore(path),
        }
        Ok(())
    }
}
