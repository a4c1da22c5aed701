//! `go install pkg@version`, `go run pkg@version`: packages of one module at one version, whatever module one stands in.

use crate::error::{OpError, OpErrorKind};
use crate::modules;
use crate::report::Reporter;
use crate::workspace::Workspace;
use gust_modules::graph::{ModuleGraph, Pruning};
use gust_modules::requirements::Requirements;
use gust_modules::{Clash, Modules, ModulesError};
use gust_packages::model::{PackageError, Problem};
use gust_packages::{Loader, PackageGraph, PackageId};
use gust_syntax::modfile::ModFileErrors;
use gust_syntax::module::ModuleVersion;
use std::collections::BTreeSet;

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
    /// The module leads to a higher version of itself.
    #[error("{arg}: version constraints conflict:\n\t{clash}")]
    Clash {
        /// The argument.
        arg: String,
        /// How.
        clash: Box<Clash>,
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

/// Packages of one module at one version.
pub(super) struct Outside {
    /// The arguments without their version.
    pub(super) patterns: Vec<String>,
    root: ModuleVersion,
}

/// Finds the module that the arguments name, all at the same version.
pub(super) fn find(
    workspace: &Workspace,
    reporter: &dyn Reporter,
    loader: &Loader,
    args: &[String],
) -> Result<Outside, OpError> {
    let (patterns, version) = patterns(workspace, args)?;
    let Some(modules) = workspace.modules()? else {
        return Err(OutsideError::ModulesOff.into());
    };
    let first = &patterns[0];
    let has = |module: &ModuleVersion| match first.contains("...") {
        true => Ok(!loader.matching(module, first).packages.is_empty()),
        false => modules.has_package(module, first),
    };
    let found = gust_edit::providers(modules, modules.stated(), first, &version, &has);
    let root = found.map_err(|error| failure(workspace, &args[0], error))?;
    let root = root.into_iter().next().unwrap_or_default();
    check_module(workspace, reporter, modules, &root, &args[0])?;
    let outside = Outside { patterns, root };
    let requirements = outside.requirements();
    let built = modules.graph_of(&requirements);
    // What the module requires must be there to read, as far as it counts.
    if let Some(error) = &built.error {
        return Err(failure(workspace, &args[0], error.clone().as_conflict()));
    }
    match outside.clash(&built.graph) {
        None => Ok(outside),
        Some(clash) => Err(OutsideError::Clash {
            arg: args[0].clone(),
            clash: Box::new(clash),
        }
        .into()),
    }
}

/// The end of a command whose flags this release does not know: the module that its first argument at a version names may ask for a
/// newer one, which does. None if it does not, or cannot be found.
pub fn newer_release_for(workspace: &Workspace, arg: &str) -> Option<OpError> {
    let args = [arg.to_owned()];
    let (patterns, version) = patterns(workspace, &args).ok()?;
    let modules = workspace.modules().ok()??;
    let package = &patterns[0];
    let has = |module: &ModuleVersion| modules.has_package(module, package);
    let found = gust_edit::providers(modules, modules.stated(), package, &version, &has);
    let error = failure(workspace, arg, found.err()?);
    matches!(error.kind(), OpErrorKind::HandOver(_)).then_some(error)
}

impl Outside {
    /// The module is all that is required; a module of old times need not say what it requires itself, and more is found then.
    pub(super) fn requirements(&self) -> Requirements {
        let direct = BTreeSet::from([self.root.path.clone()]);
        Requirements::new(Pruning::Pruned, vec![self.root.clone()], direct)
    }

    /// A module that leads to a higher version of itself is not to be had at this one.
    fn clash(&self, graph: &ModuleGraph) -> Option<Clash> {
        let selected = graph.selected(&self.root.path)?;
        if *selected == self.root.version {
            return None;
        }
        let higher = ModuleVersion::new(self.root.path.clone(), selected.clone());
        let way = graph.shortest_path(|module| *module == higher)?;
        let from = way.iter().position(|module| *module == self.root)?;
        Some(Clash {
            chain: way[from..].to_vec(),
            held: Some(self.root.clone()),
            error: None,
        })
    }

    /// Every package must be of the one module: those that are not, with the error of each.
    pub(super) fn foreign_packages(&self, graph: &PackageGraph) -> Vec<(PackageId, PackageError)> {
        let root = &self.root;
        let problem = |id: &PackageId| {
            let package = &graph[*id];
            let text = match &package.module {
                None => format!(
                    "package {} not provided by module {}@{}",
                    package.import_path, root.path, root.version
                ),
                Some(m)
                    if *m.path != *root.path.as_str() || *m.version != *root.version.as_str() =>
                {
                    format!(
                        "package {} provided by module {}@{}\n\tAll packages must be provided by the same module ({}@{}).",
                        package.import_path, m.path, m.version, root.path, root.version
                    )
                }
                Some(_) => return None,
            };
            Some((*id, PackageError::new(Problem::Other(text))))
        };
        graph.roots().iter().filter_map(problem).collect()
    }
}

fn failure(workspace: &Workspace, arg: &str, error: ModulesError) -> OpError {
    if error.fatal().is_some() {
        return modules::failure(workspace, error);
    }
    let newer = error.too_new();
    let newer = newer.map(|(what, version)| (what.to_owned(), version.to_owned()));
    let failure = OutsideError::about(arg, error).into();
    match newer {
        Some((what, version)) => workspace.switch(&what, &version, failure),
        None => failure,
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
