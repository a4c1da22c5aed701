//! `go tool`: the release's tools, those that it ships as sources only, and those that go.mod names.

use crate::error::OpError;
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::run::{Program, emulator, make_program};
use crate::workspace::Workspace;
use gust_fs::errtext::PathError;
use gust_modules::Modules;
use gust_packages::Named;
use gust_packages::model::exe_name_of;
use gust_toolchain::platform::{PLATFORMS, Platform};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Which tool.
pub struct ToolRequest {
    /// The flags of a build: tools may have to be built.
    pub flags: BuildFlags,
    /// The tool's name, or its import path.
    pub name: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// What is asked of `dist list`, if this is that.
    pub dist_list: Option<DistList>,
    /// -n: where the tool is kept matters, for it is not run.
    pub show: bool,
}

/// `tool dist list`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DistList {
    /// -json
    pub json: bool,
    /// -broken: ports that do not work as well.
    pub broken: bool,
}

/// What came of it.
pub enum ToolOutcome {
    /// A tool, ready to be started.
    Ready(Box<Program>),
    /// The platforms, where `dist` is not there to list them itself.
    Platforms(Vec<&'static Platform>),
    /// It could not be built; the reporter has heard why.
    Failed,
}

/// Why there is no such tool.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// Nothing has the name.
    #[error("no such tool {}", gust_text::quote::quote(.0))]
    Unknown(String),
    /// Several lines of go.mod have it.
    #[error("tool {} is ambiguous; choose one of:\n\t{}\n\t", gust_text::quote::quote(name), paths.join("\n\t"))]
    Ambiguous {
        /// As it was typed.
        name: String,
        /// The import paths.
        paths: Vec<String>,
    },
    /// The directory of tools.
    #[error("no tool directory: {0}")]
    NoDirectory(PathError),
}

impl ToolError {
    pub(crate) fn code(&self) -> u8 {
        match self {
            ToolError::Unknown(_) | ToolError::NoDirectory(_) => 2,
            ToolError::Ambiguous { .. } => 1,
        }
    }
}

/// The tools that the release has as programs, sorted.
///
/// # Errors
/// Their directory cannot be read.
pub fn release_tools(workspace: &Workspace) -> Result<Vec<String>, OpError> {
    let settings = workspace.settings();
    let dir = settings.gotooldir();
    let listed = settings.view().read_dir(&dir);
    let listed = listed.map_err(|err| ToolError::NoDirectory(PathError::new("open", &dir, err)))?;
    let suffix = settings.goexe();
    let names = listed.iter().map(|entry| entry.name().to_lowercase());
    let names = names.map(|name| {
        name.strip_suffix(suffix)
            .map_or(name.clone(), str::to_owned)
    });
    Ok(names.collect())
}

/// The tools that the main modules name, sorted.
///
/// # Errors
/// These cannot be read.
pub fn module_tools(workspace: &Workspace) -> Result<BTreeSet<String>, OpError> {
    let named = |modules: &Modules| {
        let mains = modules.main_modules().iter();
        mains
            .flat_map(|main| main.tools())
            .map(str::to_owned)
            .collect()
    };
    Ok(workspace
        .modules()?
        .map_or_else(BTreeSet::new, |modules| named(modules)))
}

/// Finds a tool, and builds it if need be.
///
/// # Errors
/// [`OpError`] when there is none of that name, or it cannot be built.
pub fn tool(
    workspace: &Workspace,
    request: ToolRequest,
    reporter: &dyn Reporter,
) -> Result<ToolOutcome, OpError> {
    let settings = workspace.settings();
    let name = request.name.as_str();
    let shipped = settings.tool(name);
    if is_tool_name(name) && settings.view().exists(&shipped) {
        let file = shipped.to_string_lossy().into_owned();
        let words = [vec![file], request.args].concat();
        let environ = settings.program_environ(false);
        return Ok(ToolOutcome::Ready(Box::new(Program::lasting(
            words, environ,
        ))));
    }
    if let Some(list) = request.dist_list {
        let shown = |platform: &&Platform| list.broken || !platform.broken;
        return Ok(ToolOutcome::Platforms(
            PLATFORMS.iter().filter(shown).collect(),
        ));
    }
    if let Some(package) = source_of(workspace, name) {
        let host = workspace.for_release();
        let environ = settings.program_environ(false);
        return make(&host, &request, &package, Vec::new(), environ, reporter);
    }
    let environ = settings.program_environ(true);
    match of_module(workspace, name)? {
        Some(package) => {
            let wrapper = emulator(settings);
            let mut made = make(workspace, &request, &package, wrapper, environ, reporter)?;
            if let ToolOutcome::Ready(program) = &mut made {
                program.first_on_path = settings.goroot_bin();
            }
            Ok(made)
        }
        None => Err(ToolError::Unknown(request.name).into()),
    }
}

fn make(
    workspace: &Workspace,
    request: &ToolRequest,
    package: &str,
    wrapper: Vec<String>,
    environ: gust_toolchain::Environ,
    reporter: &dyn Reporter,
) -> Result<ToolOutcome, OpError> {
    let patterns = [package.to_owned()];
    let named = Named::Patterns(&patterns);
    let made = make_program(workspace, &request.flags, named, &request.args, reporter)?;
    let Some((built, build)) = made.program else {
        return Ok(ToolOutcome::Failed);
    };
    // What was just built is run from where it was built: the cache's own copy may still be open for writing. To be shown, that is
    // the one which will be there later.
    let kept = build.program_id.filter(|_| request.show);
    let kept = kept.and_then(|id| {
        let cache = workspace.cache().ok()?;
        let (file, _) = cache.get_file(id)?;
        Some(file.to_string_lossy().into_owned())
    });
    let file = kept.unwrap_or(built);
    let words = [wrapper, vec![file], request.args.clone()].concat();
    let program = Program::built(words, environ, build);
    Ok(ToolOutcome::Ready(Box::new(program)))
}

fn is_tool_name(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    !name.is_empty() && name.bytes().all(fits)
}

/// The package of a tool that the release has as source: a command below cmd that is installed among the tools.
fn source_of(workspace: &Workspace, name: &str) -> Option<String> {
    let elsewhere = matches!(name, "go" | "gofmt");
    let settings = workspace.settings();
    let dir: PathBuf = settings.goroot_src().join("cmd").join(name);
    let listed = settings.view().read_dir(&dir).ok();
    let has_go = listed.is_some_and(|list| list.iter().any(|entry| entry.name().ends_with(".go")));
    (is_tool_name(name) && !elsewhere && has_go).then(|| format!("cmd/{name}"))
}

/// The import path of a tool of the main modules, by that path or by the name of its program.
fn of_module(workspace: &Workspace, name: &str) -> Result<Option<String>, OpError> {
    let tools = module_tools(workspace)?.into_iter();
    let is_meant = |path: &String| path == name || exe_name_of(path) == name;
    let mut paths: Vec<String> = tools.filter(is_meant).collect();
    match paths.len() {
        0 | 1 => Ok(paths.pop()),
        _ => {
            let name = name.to_owned();
            Err(ToolError::Ambiguous { name, paths }.into())
        }
    }
}
