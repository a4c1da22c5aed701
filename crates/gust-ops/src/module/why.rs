//! `go mod why`: through which imports the main module needs packages.

use crate::error::OpError;
use crate::load::loading;
use crate::modules::{edit_failure, failure};
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_edit::examine;
use gust_modules::{InfoMode, ModulesError};
use gust_packages::config::Needs;
use gust_packages::pattern::Match;
use gust_packages::{ImportGraph, ImportId, Loader, Named, Ways};
use gust_syntax::gover;
use std::collections::HashMap;

/// What is asked.
pub struct WhyRequest {
    /// The flags of a build: they say how packages are loaded.
    pub flags: BuildFlags,
    /// Packages, or with -m modules.
    pub arguments: Vec<String>,
    /// -m
    pub modules: bool,
    /// -vendor: tests of dependencies do not count.
    pub vendor: bool,
}

/// An argument that cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum WhyError {
    /// A module at a version.
    #[error("{0}: 'go mod why' requires a module path, not a version query")]
    Version(String),
}

/// The answer for one package or module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Its path.
    pub path: String,
    /// The shortest chain of imports that leads to it; empty if nothing does.
    pub chain: Vec<String>,
}

/// Finds out why packages or modules are needed.
///
/// # Errors
/// [`OpError`] when arguments make no sense, or packages cannot be loaded at all.
pub fn why(
    workspace: &Workspace,
    request: WhyRequest,
    reporter: &dyn Reporter,
) -> Result<Vec<Need>, OpError> {
    let modules = super::modules(workspace)?;
    let with_version = |argument: &&String| request.modules && argument.contains('@');
    if let Some(argument) = request.arguments.iter().find(with_version) {
        return Err(WhyError::Version(argument.clone()).into());
    }
    let needs = Needs {
        tests: !request.vendor,
        embeds: false,
        every_build: true,
        // No module is needed by the standard library.
        std_imports: !request.modules,
        bare_modules: true,
        ..Needs::default()
    };
    let mut loading = loading(workspace, &request.flags, needs)?;
    let loader = &mut loading.loader;
    if request.vendor {
        // What is vendored for a module of any age is what `all` means today.
        loader.set_go_version(Some(gover::NARROW_ALL.to_owned()));
    }
    let mut load = |patterns: &[String]| {
        let loaded = examine(loader, Named::Patterns(patterns));
        let loaded = loaded.map_err(|error| edit_failure(workspace, error))?;
        let matches = loader.matches(loaded.imports());
        tell(loader, &matches, reporter);
        Ok::<_, OpError>((loaded, matches))
    };
    let asked: Vec<String> = match request.modules {
        true => {
            let plain = InfoMode::default();
            let listed = modules.list(modules.stated(), &request.arguments, plain);
            let listed = listed.map_err(|error: ModulesError| failure(workspace, error))?;
            listed
                .modules
                .into_iter()
                .map(|module| module.path)
                .collect()
        }
        false => {
            let packages = load(&request.arguments)?.1.into_iter();
            packages
                .flat_map(|m| m.packages)
                .map(|path| path.to_string())
                .collect()
        }
    };
    let (loaded, _) = load(&["all".to_owned()])?;
    let imports = loaded.imports();
    let ways = imports.ways();
    let nearest = match request.modules {
        true => nearest(imports, &ways),
        false => imports.ids().map(|id| (imports.path(id), id)).collect(),
    };
    let needs = asked.into_iter().map(|path| Need {
        chain: nearest
            .get(path.as_str())
            .map_or_else(Vec::new, |id| ways.chain(*id)),
        path,
    });
    let needs = needs.collect();
    loading.loader.save();
    Ok(needs)
}

fn tell(loader: &Loader, matches: &[Match], reporter: &dyn Reporter) {
    for line in loader.take_ignored() {
        reporter.note(&line);
    }
    for warning in matches.iter().filter_map(Match::unmatched) {
        reporter.note(&warning);
    }
}

/// Of each module the package that the fewest steps lead to, the first by path.
fn nearest<'i>(imports: &'i ImportGraph, ways: &Ways<'_>) -> HashMap<&'i str, ImportId> {
    let mut best: HashMap<&str, (usize, &str, ImportId)> = HashMap::new();
    for id in imports.ids() {
        let Some(module) = imports.module(id) else {
            continue;
        };
        let found = (ways.length(id), imports.path(id), id);
        let known = best.entry(module.path.as_str()).or_insert(found);
        if (found.0, found.1) < (known.0, known.1) {
            *known = found;
        }
    }
    best.into_iter()
        .map(|(path, (.., id))| (path, id))
        .collect()
}
