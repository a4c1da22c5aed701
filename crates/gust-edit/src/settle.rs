//! From what packages need to what go.mod should require.

use std::collections::HashMap;
use std::sync::Arc;

use gust_modules::explain::MissingPackage;
use gust_modules::graph::Pruning;
use gust_modules::{ModFlag, Modules, ModulesError, Requirements};
use gust_packages::ImportGraph;
use gust_syntax::module::{self, ModuleVersion};

use crate::find;

/// What settling came to.
#[derive(Debug)]
pub struct Settled {
    /// What should be required. Where go.mod may not be changed, as far as that can be told without reading more than is
    /// required now.
    pub requirements: Arc<Requirements>,
    /// Other modules are required than before: everything has to be loaded again.
    pub reload: bool,
    /// Import paths that no module provides, and what came of looking for one.
    pub missing: HashMap<String, MissingPackage>,
    /// That go.mod would have to change, and may not.
    pub refused: Option<ModulesError>,
}

/// The module that provides a package, or why none does.
type Provider = Result<ModuleVersion, MissingPackage>;

/// What becomes of packages that no module provides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// With -mod=mod, modules are looked for that do.
    Sought,
    /// They stay missing.
    Left,
}

impl Settled {
    /// Nothing is to be changed.
    pub(crate) fn unchanged(before: &Arc<Requirements>) -> Settled {
        Settled {
            requirements: Arc::clone(before),
            reload: false,
            missing: HashMap::new(),
            refused: None,
        }
    }
}

/// Holds requirements against what was loaded with them. Modules of imported packages become roots if they are none, and lose
/// their `// indirect` if a main module imports from them; with -mod=mod, modules are added for packages that are missing.
///
/// # Errors
/// The new requirements cannot be had, or one asks for a newer release of Go.
pub fn settle(
    modules: &Modules,
    imports: &ImportGraph,
    before: &Arc<Requirements>,
    missing: Missing,
) -> Result<Settled, ModulesError> {
    let demand = imports.demand();
    let mut settled = Settled::unchanged(before);
    if modules.has_root() && modules.mode() != ModFlag::Vendor {
        let mut direct = before.direct.clone();
        if modules.mode() == ModFlag::Mod {
            direct.extend(demand.direct.iter().map(|module| module.path.clone()));
        }
        match modules.require(before, &direct, &demand.needed) {
            Ok(after) => settled.requirements = after,
            Err(ModulesError::Dirty {
                wanted,
                mode,
                explicit,
                reason,
            }) => {
                let wanted_roots = Requirements::new(before.pruning, wanted.clone(), direct);
                settled.requirements = Arc::new(wanted_roots);
                settled.refused = Some(ModulesError::Dirty {
                    wanted,
                    mode,
                    explicit,
                    reason,
                });
                return Ok(settled);
            }
            Err(err) => return Err(err),
        }
        settled.reload = settled.requirements.roots != before.roots;
    }
    let sought = missing == Missing::Sought && modules.mode() == ModFlag::Mod;
    if !settled.reload && sought && before.pruning != Pruning::Unpruned {
        add_named(modules, imports, &demand.missing, &mut settled)?;
    }
    if !settled.reload && sought && !demand.missing.is_empty() {
        add_missing(modules, imports, &demand.missing, &mut settled)?;
    }
    Ok(settled)
}

/// As [`add_missing`], for those packages only that loading begins with, and without a word of what is found or not: with
/// pruned requirements go sees to them before it loads anything, and looks again later for what it has not found.
fn add_named(
    modules: &Modules,
    imports: &ImportGraph,
    packages: &[String],
    settled: &mut Settled,
) -> Result<(), ModulesError> {
    let is_named = |package: &&String| {
        let id = imports.find(package);
        id.is_some_and(|id| imports.roots().contains(&id))
    };
    let named: Vec<String> = packages.iter().filter(is_named).cloned().collect();
    if named.is_empty() {
        return Ok(());
    }
    let answers = look(modules, &settled.requirements, &named)?;
    let found = named.iter().zip(&answers);
    let found = found.filter_map(|(package, answer)| Some((answer.as_ref().ok()?, &**package)));
    require(modules, imports, found, settled)
}

/// Looks for modules that provide the packages, and requires them.
pub(crate) fn add_missing(
    modules: &Modules,
    imports: &ImportGraph,
    packages: &[String],
    settled: &mut Settled,
) -> Result<(), ModulesError> {
    let answers = look(modules, &settled.requirements, packages)?;
    let mut found = Vec::new();
    for (package, answer) in packages.iter().zip(&answers) {
        match answer {
            Ok(module) => {
                let (path, version) = (&module.path, &module.version);
                modules.note(&format!("go: found {package} in {path} {version}"));
                found.push((module, package.as_str()));
            }
            Err(why) => {
                settled.missing.insert(package.clone(), why.clone());
            }
        }
    }
    require(modules, imports, found, settled)
}

/// What provides each of the packages.
///
/// # Errors
/// One of the modules asks for a newer release of Go.
fn look(
    modules: &Modules,
    before: &Requirements,
    packages: &[String],
) -> Result<Vec<Provider>, ModulesError> {
    let look = |i: usize| find::to_require(modules, before, &packages[i]);
    let answers = modules.fetcher().for_all(packages.len(), look);
    match newest_needed(packages, &answers) {
        None => Ok(answers),
        Some((package, err)) => {
            let why = format!("go: toolchain upgrade needed to resolve {package}");
            modules.note(&why);
            Err(err.clone())
        }
    }
}

/// Requires modules, each with a package that it provides.
fn require<'a>(
    modules: &Modules,
    imports: &ImportGraph,
    found: impl IntoIterator<Item = (&'a ModuleVersion, &'a str)>,
    settled: &mut Settled,
) -> Result<(), ModulesError> {
    let before = Arc::clone(&settled.requirements);
    let mut add: Vec<(ModuleVersion, &str)> = Vec::new();
    for (module, package) in found {
        if !add.iter().any(|(known, _)| known == module) {
            add.push((module.clone(), package));
        }
    }
    if add.is_empty() {
        return Ok(());
    }
    let mut list: Vec<ModuleVersion> = add.iter().map(|(module, _)| module.clone()).collect();
    module::sort(&mut list);
    let added = modules.add(&before, &list);
    settled.requirements = added.map_err(|error| told_of_package(error, &add, imports))?;
    settled.reload = settled.requirements.roots != before.roots;
    Ok(())
}

/// The first of the packages whose module asks for a newer release than any other, and that error.
fn newest_needed<'a>(
    packages: &'a [String],
    answers: &'a [Provider],
) -> Option<(&'a str, &'a ModulesError)> {
    let failed = || {
        packages.iter().zip(answers).filter_map(|pair| match pair {
            (package, Err(MissingPackage::Other(err))) => Some((package.as_str(), err)),
            _ => None,
        })
    };
    let newest = ModulesError::newest_needed(failed().map(|(_, err)| err))?;
    failed().find(|(_, err)| std::ptr::eq(*err, newest))
}

/// What is wrong with a module that was found is told with the package that it is for.
fn told_of_package(
    error: ModulesError,
    found: &[(ModuleVersion, &str)],
    imports: &ImportGraph,
) -> ModulesError {
    let ModulesError::BuildList { stack, err } = error else {
        return error;
    };
    match found
        .iter()
        .find(|(module, _)| Some(module) == stack.last())
    {
        Some((_, package)) => err.context(format!("{}: ", imports.way_to(package))),
        None => ModulesError::BuildList { stack, err },
    }
}
