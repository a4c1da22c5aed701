//! `go list -m`: which modules are listed, and what is known of them.

use super::{ListError, ListFlags, check_retracted};
use crate::error::OpError;
use crate::modules::{commit, failure};
use crate::report::Reporter;
use crate::workspace::Workspace;
use gust_modules::{InfoMode, ModFlag, ModuleError, ModulePublic, Modules, Requirements, Reuse};
use gust_syntax::module::ModuleVersion;
use gust_text::decode;
use std::sync::Arc;

/// Which modules, and what of them will be shown.
pub struct ListModulesRequest {
    /// What is listed.
    pub list: ListFlags,
    /// Modules, as path@version, patterns or queries; none: the main module.
    pub args: Vec<String>,
    /// -reuse: the file of an earlier answer, empty for none; None when not given.
    pub reuse: Option<String>,
}

/// Modules to show.
pub struct ModuleListing {
    /// In the order of the arguments.
    pub modules: Vec<ModulePublic>,
    /// The requirements that this is the answer for.
    pub requirements: Arc<Requirements>,
}

/// Lists modules.
///
/// # Errors
/// [`OpError`] when flags do not go together or modules cannot be loaded; unless errors are to be carried, when a module has one.
pub fn list_modules(
    workspace: &Workspace,
    request: &ListModulesRequest,
    reporter: &dyn Reporter,
) -> Result<ModuleListing, OpError> {
    let (flags, args) = (&request.list, &request.args);
    let modules = enabled(workspace, flags)?;
    check(modules, request)?;
    let reuse = reuse(workspace, request.reuse.as_deref())?;
    if request.reuse.is_some() && args.is_empty() {
        return Err(ListError::ReuseOfNothing.into());
    }
    let listed = modules
        .list_reusing(modules.stated(), args, mode(flags), &reuse)
        .map_err(|error| failure(workspace, error))?;
    if let Some(fatal) = modules.fatal() {
        return Err(fatal.clone().into());
    }
    let mut problem = listed.error.map(|error| failure(workspace, error));
    // What is looked up for -u is in nobody's go.sum, and is not to come there.
    if problem.is_none() && !flags.upgrades {
        problem = commit(workspace, modules, &listed.requirements).err();
    }
    if !flags.tolerant {
        let errors = listed.modules.iter().filter_map(|m| m.error.as_ref());
        let mut failed = false;
        for error in errors {
            failed = true;
            reporter.complain(&format_args!("go: {}", error.err));
        }
        match problem {
            Some(problem) => return Err(problem),
            None if failed => return Err(OpError::told()),
            None => {}
        }
    }
    Ok(ModuleListing {
        modules: listed.modules,
        requirements: listed.requirements,
    })
}

/// The modules, and the flags that make no sense with them.
fn enabled<'w>(workspace: &'w Workspace, flags: &ListFlags) -> Result<&'w Arc<Modules>, OpError> {
    let modules = workspace.modules()?;
    check_retracted(workspace, flags)?;
    let packages_only = [
        (flags.compiled, "compiled"),
        (flags.deps, "deps"),
        (flags.export, "export"),
        (flags.find, "find"),
        (flags.tests, "test"),
    ];
    if let Some((_, name)) = packages_only.iter().find(|(given, _)| *given) {
        return Err(ListError::NotModules(name).into());
    }
    Ok(modules.ok_or(ListError::ModulesOff)?)
}

/// With a vendor directory, only what modules.txt says is known.
fn check(modules: &Modules, request: &ListModulesRequest) -> Result<(), ListError> {
    if request.reuse.is_some() && modules.has_root() {
        return Err(ListError::ReuseInModule);
    }
    if modules.mode() != ModFlag::Vendor {
        return Ok(());
    }
    let mut args = request.args.iter();
    let what = if request.list.versions {
        "determine available versions"
    } else if request.list.upgrades {
        "determine available upgrades"
    } else if args.clone().any(|arg| arg == "all") {
        "compute 'all'"
    } else if args.any(|arg| arg.contains("...")) {
        "match module patterns"
    } else {
        return Ok(());
    };
    Err(ListError::Vendored(what))
}

fn mode(flags: &ListFlags) -> InfoMode {
    InfoMode {
        update: flags.upgrades,
        retracted: flags.upgrades || flags.retracted,
        deprecated: flags.upgrades,
        versions: flags.versions,
        retracted_versions: flags.versions && flags.retracted,
    }
}

/// The answers of an earlier run; none without a file.
pub(crate) fn reuse(workspace: &Workspace, file: Option<&str>) -> Result<Reuse, ListError> {
    let Some(file) = file.filter(|file| !file.is_empty()) else {
        return Ok(Reuse::default());
    };
    let settings = workspace.settings();
    let path = settings.cwd().join(file);
    let file = || file.to_owned();
    let bytes = settings.view().read(&path);
    let bytes = bytes.map_err(|source| ListError::ReuseFile {
        file: file(),
        source,
    })?;
    let modules = decode::stream::<Option<ModulePublic>>(&bytes, &gust_modules::public::SHAPE);
    let modules = modules.map(|list| list.into_iter().map(Option::unwrap_or_default).collect());
    modules
        .map(Reuse::new)
        .map_err(|source| ListError::ReuseText {
            file: file(),
            source,
        })
}

/// What is known of a module of the build, or of any as path@version; an error in it when there is none.
pub fn module_info(modules: &Modules, requirements: &Requirements, path: &str) -> ModulePublic {
    let failed = |err: String| ModulePublic {
        path: path.to_owned(),
        error: Some(ModuleError { err }),
        ..ModulePublic::default()
    };
    if let Some((path, version)) = path.split_once('@') {
        let module = ModuleVersion::new(path, version);
        return modules.module_info(None, &module, InfoMode::default());
    }
    match modules.selected(requirements, path) {
        Ok(Some(version)) => {
            let module = ModuleVersion::new(path, version.to_string().as_str());
            modules.module_info(Some(requirements), &module, InfoMode::default())
        }
        Ok(None) => failed("module not in current build".to_owned()),
        Err(error) => failed(error.to_string()),
    }
}
