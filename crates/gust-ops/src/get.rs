//! `go get`: other versions of modules, and what go.mod and go.sum say then.

use crate::error::{OpError, OpErrorKind};
use crate::load::{Loading, loading};
use crate::modules::{edit_failure, failure};
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::work::raise_go;
use crate::workspace::Workspace;
use gust_edit::get::{self, GetError, Got, Loaders};
use gust_modules::locate::work_file;
use gust_modules::{Modules, ModulesError};
use gust_packages::config::Needs;
use gust_syntax::gowork::{self, WorkFile};
use gust_syntax::{gover, modfile};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What to get.
pub struct GetRequest {
    /// The flags of a build: they say how packages are loaded.
    pub flags: BuildFlags,
    /// The packages or modules, with their versions.
    pub arguments: Vec<String>,
    /// -u
    pub upgrade: Option<Upgrade>,
    /// -t
    pub tests: bool,
    /// -tool
    pub tool: bool,
    /// -d
    pub download_only: Option<bool>,
    /// Flags that were given and mean nothing any more: -f, -fix.
    pub idle: Vec<&'static str>,
    /// -m
    pub modules_only: bool,
    /// -insecure
    pub insecure: bool,
}

/// How far -u goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upgrade {
    /// To the latest version.
    Latest,
    /// To the latest patch release.
    Patch,
    /// Something else, as it was given.
    Unknown(String),
}

/// A request that cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum GetRefusal {
    /// -u=x
    #[error("unknown upgrade flag -u={0}")]
    Upgrade(String),
    /// -d=false
    #[error("-d flag may not be set to false")]
    DownloadOnly,
    /// -m
    #[error("-m flag is no longer supported")]
    ModulesOnly,
    /// -insecure
    #[error("-insecure flag is no longer supported; use GOINSECURE instead")]
    Insecure,
    /// There is no main module.
    #[error(
        "go.mod file not found in current directory or any parent directory.\n\t'go get' is no longer supported outside a module.\n\tTo build and install a command, use 'go install' with a version,\n\tlike 'go install example.com/cmd@latest'\n\tFor more information, see https://golang.org/doc/go-get-install-deprecation\n\tor run 'go help get' or 'go help install'."
    )]
    NoMainModule,
    /// An argument, or what it comes to.
    #[error("{0}")]
    Argument(String),
}

/// Changes the versions that the main module requires.
///
/// # Errors
/// [`OpError`] when arguments make no sense or contradict each other, when versions cannot be had, or when packages named lack
/// something. Nothing is written then.
pub fn get(
    workspace: &Workspace,
    request: GetRequest,
    reporter: &dyn Reporter,
) -> Result<(), OpError> {
    let upgrade = check(&request, reporter)?;
    let asked = get::GetRequest {
        arguments: request.arguments,
        upgrade: upgrade.map(str::to_owned),
        tests: request.tests,
        tool: request.tool,
        ..get::GetRequest::default()
    };
    let decided = decide(workspace, &request.flags, asked)?;
    decided.write(workspace)?;
    for change in &decided.got.changes {
        reporter.note(&Prefixed(change));
    }
    decided.end();
    Ok(())
}

/// What is to be written, and nothing of it has been.
pub(crate) struct Decided<'w> {
    pub(crate) modules: &'w Arc<Modules>,
    pub(crate) got: Got,
    work: Option<Work>,
    loadings: [Loading; 2],
}

/// Finds out what the main module would have to require.
pub(crate) fn decide<'w>(
    workspace: &'w Workspace,
    flags: &BuildFlags,
    asked: get::GetRequest,
) -> Result<Decided<'w>, OpError> {
    let modules = workspace.modules()?.ok_or(ModulesError::Disabled)?;
    if !modules.has_root() {
        return Err(GetRefusal::NoMainModule.into());
    }
    let needs = Needs {
        tests: asked.tests,
        embeds: false,
        bare_modules: true,
        ..Needs::default()
    };
    let for_every_build = Needs {
        every_build: true,
        ..needs
    };
    let mut every = loading(workspace, flags, for_every_build)?;
    let mut this = loading(workspace, flags, needs)?;
    let work = work_of(workspace, modules)?;
    let asked = get::GetRequest {
        verbose: flags.verbose,
        may_switch: workspace.can_switch(),
        nearby: work
            .as_ref()
            .map_or_else(Vec::new, |work| nearby(modules, work)),
        ..asked
    };
    let loaders = Loaders {
        every: &mut every.loader,
        this: &mut this.loader,
    };
    let got = get::get(modules, loaders, &asked).map_err(|error| match modules.fatal() {
        // It ends the command, whatever else was under way.
        Some(fatal) => fatal.clone().into(),
        None => get_failure(workspace, error),
    })?;
    Ok(Decided {
        modules,
        got,
        work,
        loadings: [every, this],
    })
}

impl Decided<'_> {
    /// Writes go.mod and go.sum.
    pub(crate) fn write(&self, workspace: &Workspace) -> Result<(), OpError> {
        let written = gust_edit::commit(self.modules, &self.got.edits);
        written.map_err(|error| edit_failure(workspace, error))
    }

    /// What follows from what was written, and what serves the next command.
    pub(crate) fn end(self) {
        if let Some(work) = self.work {
            raise_work(self.modules, work, self.got.edits.go_version());
        }
        for mut loading in self.loadings {
            loading.loader.save();
        }
    }
}

/// Refuses what cannot be; what means nothing is said to. Gives the query that -u means.
fn check(
    request: &GetRequest,
    reporter: &dyn Reporter,
) -> Result<Option<&'static str>, GetRefusal> {
    let upgrade = match &request.upgrade {
        None => None,
        Some(Upgrade::Latest) => Some("upgrade"),
        Some(Upgrade::Patch) => Some("patch"),
        Some(Upgrade::Unknown(word)) => return Err(GetRefusal::Upgrade(word.clone())),
    };
    match request.download_only {
        Some(false) => return Err(GetRefusal::DownloadOnly),
        Some(true) => reporter.note(&"go: -d flag is deprecated. -d=true is a no-op"),
        None => {}
    }
    for flag in &request.idle {
        reporter.note(&format_args!("go: -{flag} flag is a no-op"));
    }
    match (request.modules_only, request.insecure) {
        (true, _) => Err(GetRefusal::ModulesOnly),
        (_, true) => Err(GetRefusal::Insecure),
        _ => Ok(upgrade),
    }
}

fn get_failure(workspace: &Workspace, error: GetError) -> OpError {
    match error {
        GetError::Told => OpError::told(),
        GetError::Edit(gust_edit::EditError::Modules(error)) => failure(workspace, error),
        GetError::Edit(error) => edit_failure(workspace, error),
        GetError::Complaints(texts) => {
            let texts = texts.into_iter().map(GetRefusal::Argument);
            OpErrorKind::Several(texts.map(OpError::from).collect()).into()
        }
    }
}

/// A go.work, and where it is.
struct Work {
    path: PathBuf,
    file: WorkFile,
}

/// The go.work in force where the command stands, if it can be read: what is wrong with it is for others to tell.
fn work_of(workspace: &Workspace, modules: &Modules) -> Result<Option<Work>, OpError> {
    let settings = workspace.module_settings()?;
    let view = modules.view();
    let found = work_file(view, &settings.cwd, &settings.gowork, &settings.goroot)?;
    Ok(found.and_then(|path| {
        let data = view.read(&path).ok()?;
        let file = gowork::parse("go.work", &data, None).ok()?;
        Some(Work { path, file })
    }))
}

/// The modules of a workspace, as far as they can be read, and their directories.
fn nearby(modules: &Modules, work: &Work) -> Vec<(String, PathBuf)> {
    let dir = work.path.parent().unwrap_or(Path::new("/"));
    let dirs = work.file.uses.iter();
    let dirs = dirs.map(|used| gust_fs::paths::clean(&dir.join(&used.path)));
    dirs.filter_map(|dir| {
        let data = modules.view().read(&dir.join("go.mod")).ok()?;
        Some((modfile::module_path(&data), dir))
    })
    .collect()
}

/// A workspace must not ask for an older release than its modules.
fn raise_work(modules: &Modules, mut work: Work, version: &str) {
    if gover::compare(work.file.go_version(), version).is_ge() {
        return;
    }
    raise_go(&mut work.file, version);
    work.file.cleanup();
    let text = work.file.format();
    // go does not tell either when that fails: the next command will.
    let _ = gust_fs::lock::write_locked(&work.path, &gust_bytes::raw(&text), 0o666);
    modules.view().forget(&work.path);
}

/// A line of go's.
struct Prefixed<'a, T>(&'a T);

impl<T: fmt::Display> fmt::Display for Prefixed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "go: {}", self.0)
    }
}
