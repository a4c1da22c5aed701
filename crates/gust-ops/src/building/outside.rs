//! `go install pkg@version`, `go run pkg@version`: packages of one module at one version, whatever module one stands in.

use crate::error::OpError;
use crate::load::{self, Loading};
use crate::modules;
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_modules::graph::Pruning;
use gust_modules::query::{Allow, is_revision_query};
use gust_modules::requirements::Requirements;
use gust_modules::{Modules, ModulesError};
use gust_packages::PackageGraph;
use gust_packages::config::Needs;
use gust_packages::model::{PackageError, Problem};
use gust_syntax::modfile::ModFileErrors;
use gust_syntax::module::ModuleVersion;
use std::collections::BTreeSet;
use std::path::Path;

/// Why packages at a version cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// GO111MODULE=off.
    #[error("modules are disabled by GO111MODULE=off")]
    ModulesOff,
    /// Nothing stands behind the @.
    #[error("{0}: version must not be empty")]
    EmptyVersion(String),
    /// Not every argument names the same version.
    #[error(
        "{arg}: all arguments must refer to packages in the same module at the same version ({suffix})"
    )]
    OtherVersion {
        /// One that does not.
        arg: String,
        /// What it should end in.
        suffix: String,
    },
    /// An argument that names no package of a module.
    #[error("{arg}: argument must {must}")]
    Pattern {
        /// The argument.
        arg: String,
        /// What it must be, in go's words.
        must: &'static str,
    },
    /// The module cannot be found, or its versions not be told.
    #[error("{arg}: {source}")]
    Module {
        /// The argument.
        arg: String,
        /// Why.
        source: Box<ModulesError>,
    },
    /// The module's go.mod cannot be read.
    #[error("{arg} (in {module}): {source}")]
    GoMod {
        /// The argument.
        arg: String,
        /// The module.
        module: String,
        /// Why.
        source: ModFileErrors,
    },
    /// The module's go.mod says how to build it as a main module only.
    #[error(
        "{arg} (in {module}):\n\tThe go.mod file for the module providing named packages contains one or\n\tmore {what} directives. It must not contain directives that would cause\n\tit to be interpreted differently than if it were the main module."
    )]
    MainModuleOnly {
        /// The argument.
        arg: String,
        /// The module.
        module: String,
        /// `replace` or `exclude`.
        what: &'static str,
    },
}

impl OutsideError {
    fn about(arg: &str, source: ModulesError) -> OutsideError {
        OutsideError::Module {
            arg: arg.to_owned(),
            source: Box::new(source),
        }
    }
}

/// Does the argument name a package at a version?
pub fn has_version(arg: &str) -> bool {
    let local = matches!(arg, "." | "..") || arg.starts_with("./") || arg.starts_with("../");
    arg.contains('@') && !local && !arg.starts_with('/')
}

/// Loads the packages that the arguments name, all at the same version.
pub(super) fn load(
    workspace: &Workspace,
    flags: &BuildFlags,
    reporter: &dyn Reporter,
    args: &[String],
    needs: Needs,
) -> Result<(Loading, PackageGraph), OpError> {
    let (patterns, version) = patterns(workspace, args)?;
    let Some(found) = workspace.modules()? else {
        return Err(OutsideError::ModulesOff.into());
    };
    let root = module_of(found, &patterns[0], &version)
        .map_err(|error| failure(workspace, &args[0], error))?;
    check_module(workspace, reporter, found, &root, &args[0])?;
    let mut roots = vec![root.clone()];
    let (loading, mut graph) = loop {
        let direct: BTreeSet<_> = roots.iter().map(|root| root.path.clone()).collect();
        let requirements = Requirements::new(Pruning::Pruned, roots.clone(), direct);
        found.set_requirements(requirements);
        let mut loading = load::loading(workspace, flags, needs)?;
        let graph = loading.loader.load(&patterns)?;
        if !add_missing(reporter, found, &graph, &mut roots) {
            break (loading, graph);
        }
    };
    check_packages(&mut graph, &root);
    Ok((loading, graph))
}

/// Packages that no required module has come from the latest version of whichever has them; a module of old times need not say
/// what it requires. Says whether a module was added.
fn add_missing(
    reporter: &dyn Reporter,
    modules: &Modules,
    graph: &PackageGraph,
    roots: &mut Vec<ModuleVersion>,
) -> bool {
    let known = roots.len();
    for (_, error) in graph.errors(&graph.roots) {
        let Problem::Import { path, text } = &*error.problem else {
            continue;
        };
        if !text.starts_with("cannot find module providing package") {
            continue;
        }
        reporter.note(&format_args!("go: finding module for package {path}"));
        let Ok(module) = module_of(modules, path, "latest") else {
            continue;
        };
        if roots.iter().all(|root| root.path != module.path) {
            let (at, version) = (&module.path, &module.version);
            reporter.note(&format_args!("go: found {path} in {at} {version}"));
            roots.push(module);
        }
    }
    roots.len() > known
}

fn failure(workspace: &Workspace, arg: &str, error: ModulesError) -> OpError {
    match error.too_new() {
        Some(_) => modules::failure(workspace, error),
        None => OutsideError::about(arg, error).into(),
    }
}

/// The arguments without their version, which must be the same.
fn patterns(workspace: &Workspace, args: &[String]) -> Result<(Vec<String>, String), OutsideError> {
    let mut version = "";
    for arg in args {
        if let Some((_, after)) = arg.split_once('@') {
            if after.is_empty() {
                return Err(OutsideError::EmptyVersion(arg.clone()));
            }
            version = after;
            break;
        }
    }
    let suffix = format!("@{version}");
    let mut patterns = Vec::with_capacity(args.len());
    for arg in args {
        let Some(path) = arg.strip_suffix(&suffix) else {
            let arg = arg.clone();
            return Err(OutsideError::OtherVersion { arg, suffix });
        };
        check_pattern(workspace, path).map_err(|must| OutsideError::Pattern {
            arg: arg.clone(),
            must,
        })?;
        // As a courtesy to those who are used to backslashes.
        patterns.push(path.replace('\\', "/"));
    }
    Ok((patterns, version.to_owned()))
}

fn check_pattern(workspace: &Workspace, path: &str) -> Result<(), &'static str> {
    let relative = matches!(path, "." | "..") || path.starts_with("./") || path.starts_with("../");
    if relative {
        return Err("be a package path, not a relative path");
    }
    if path.starts_with('/') {
        return Err("be a package path, not an absolute path");
    }
    if matches!(path, "std" | "cmd" | "tool" | "work" | "all") {
        return Err("be a package path, not a meta-package");
    }
    if gust_syntax::slash::clean(path) != path {
        return Err("be a clean package path");
    }
    let first = path.split('/').next().unwrap_or("");
    let settings = workspace.settings();
    let standard = || {
        let dir = settings.goroot_src().join(path);
        settings.view().is_dir(&dir)
    };
    if !path.contains("...") && !first.contains('.') && standard() {
        return Err("not be a package in the standard library");
    }
    Ok(())
}

/// The module that provides the packages, with the longest path that does.
fn module_of(
    modules: &Modules,
    pattern: &str,
    version: &str,
) -> Result<ModuleVersion, ModulesError> {
    let base = match pattern.find("...") {
        Some(dots) => pattern[..dots].rfind('/').map_or("", |at| &pattern[..at]),
        None => pattern,
    };
    let prefixes: Vec<&str> = std::iter::successors(Some(base), |p| Some(p.rsplit_once('/')?.0))
        .filter(|p| !p.is_empty() && p.split('/').next().is_some_and(|first| first.contains('.')))
        .collect();
    let ask = |path: &str| -> Result<ModuleVersion, ModulesError> {
        let allow = match is_revision_query(path, version) {
            true => Allow::All,
            false => Allow::Good,
        };
        let info = modules.query(path, version, "none", allow)?;
        Ok(ModuleVersion::new(path, info.version))
    };
    let answers: Vec<Result<ModuleVersion, ModulesError>> = std::thread::scope(|scope| {
        let asked: Vec<_> = prefixes
            .iter()
            .map(|path| scope.spawn(|| ask(path)))
            .collect();
        let lost = || ModulesError::text("internal error: a query was lost");
        asked
            .into_iter()
            .map(|answer| answer.join().unwrap_or_else(|_| Err(lost())))
            .collect()
    });
    choose(modules, pattern, answers)
}

/// The first module that has the package; otherwise the error that says most.
fn choose(
    modules: &Modules,
    pattern: &str,
    answers: Vec<Result<ModuleVersion, ModulesError>>,
) -> Result<ModuleVersion, ModulesError> {
    let mut lacking = None;
    let mut missing = None;
    let mut other = None;
    for answer in answers {
        match answer {
            Ok(module) => match provides(modules, &module, pattern) {
                Ok(true) => return Ok(module),
                Ok(false) => {
                    lacking.get_or_insert(module);
                }
                Err(error) => return Err(error),
            },
            Err(error) if error.is_not_exist() => {
                missing.get_or_insert(error);
            }
            Err(error) => {
                if lacking.is_none() {
                    other.get_or_insert(error);
                }
            }
        }
    }
    if let Some(module) = lacking {
        let what = match pattern.contains("...") {
            true => format!("matching {pattern}"),
            false => pattern.to_owned(),
        };
        return Err(ModulesError::text(format!(
            "module {}@{} found, but does not contain package{} {what}",
            module.path,
            module.version,
            if pattern.contains("...") { "s" } else { "" }
        )));
    }
    let none = || {
        ModulesError::text(format!(
            "malformed module path \"{pattern}\": missing dot in first path element"
        ))
    };
    Err(other.or(missing).unwrap_or_else(none))
}

fn provides(
    modules: &Modules,
    module: &ModuleVersion,
    pattern: &str,
) -> Result<bool, ModulesError> {
    let place = modules.place(module)?;
    if pattern.contains("...") {
        return Ok(true);
    }
    let below = pattern
        .strip_prefix(module.path.as_str())
        .unwrap_or(pattern);
    let dir = place.dir.join(below.trim_start_matches('/'));
    Ok(has_go_files(modules, &dir))
}

fn has_go_files(modules: &Modules, dir: &Path) -> bool {
    let listing = modules.view().read_dir(dir);
    listing.is_ok_and(|entries| entries.iter().any(|e| e.name().ends_with(".go")))
}

/// A go.mod that says how to build it as a main module only cannot be used like this.
fn check_module(
    workspace: &Workspace,
    reporter: &dyn Reporter,
    modules: &Modules,
    root: &ModuleVersion,
    arg: &str,
) -> Result<(), OpError> {
    let failed = |error: ModulesError| failure(workspace, arg, error);
    let notice = modules.deprecation(root).map_err(failed)?;
    if !notice.is_empty() {
        reporter.note(&format_args!(
            "go: module {} is deprecated: {}",
            root.path,
            gust_modules::error::short_message(&notice, "")
        ));
    }
    let data = modules
        .fetcher()
        .go_mod(&root.path, root.version.as_str())
        .map_err(|e| OutsideError::about(arg, e.into()))?;
    let module = format!("{}@{}", root.path, root.version);
    let file = gust_syntax::modfile::parse("go.mod", &data, None).map_err(|source| {
        OutsideError::GoMod {
            arg: arg.to_owned(),
            module: module.clone(),
            source,
        }
    })?;
    let has = [
        ("replace", !file.replace.is_empty()),
        ("exclude", !file.exclude.is_empty()),
    ];
    if let Some((what, _)) = has.iter().find(|(_, has)| *has) {
        return Err(OutsideError::MainModuleOnly {
            arg: arg.to_owned(),
            module,
            what,
        }
        .into());
    }
    Ok(())
}

/// Every package must be of the one module.
fn check_packages(graph: &mut PackageGraph, root: &ModuleVersion) {
    for id in graph.roots.clone() {
        let package = &mut graph[id];
        let text = match &package.module {
            None => format!(
                "package {} not provided by module {}@{}",
                package.import_path, root.path, root.version
            ),
            Some(m) if *m.path != *root.path.as_str() || *m.version != *root.version.as_str() => {
                format!(
                    "package {} provided by module {}@{}\n\tAll packages must be provided by the same module ({}@{}).",
                    package.import_path, m.path, m.version, root.path, root.version
                )
            }
            Some(_) => continue,
        };
        if package.error.is_none() {
            package.error = Some(PackageError::new(Problem::Other(text)));
            package.incomplete = true;
        }
    }
}
