//! From what packages need to what go.mod should require.

use std::collections::HashMap;
use std::sync::Arc;

use gust_modules::explain::MissingPackage;
use gust_modules::{ModFlag, Modules, ModulesError, Requirements};
use gust_packages::ModuleDemand;
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

/// Holds requirements against what was loaded with them. Modules of imported packages become roots if they are none, and lose
/// their `// indirect` if a main module imports from them; with -mod=mod, modules are added for packages that are missing.
///
/// # Errors
/// The new requirements cannot be had, or one asks for a newer release of Go.
pub fn settle(
    modules: &Modules,
    demand: &ModuleDemand,
    before: &Arc<Requirements>,
) -> Result<Settled, ModulesError> {
    let mut settled = Settled {
        requirements: Arc::clone(before),
        reload: false,
        missing: HashMap::new(),
        refused: None,
    };
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
    if !settled.reload && modules.mode() == ModFlag::Mod && !demand.missing.is_empty() {
        add_missing(modules, &demand.missing, &mut settled)?;
    }
    Ok(settled)
}

/// Looks for modules that provide the packages, and requires them.
fn add_missing(
    modules: &Modules,
    packages: &[String],
    settled: &mut Settled,
) -> Result<(), ModulesError> {
    let before = Arc::clone(&settled.requirements);
    let answers = modules.fetcher().for_all(packages.len(), |i| {
        find::to_require(modules, &before, &packages[i])
    });
    let mut add: Vec<ModuleVersion> = Vec::new();
    for (package, answer) in packages.iter().zip(answers) {
        match answer {
            Ok(module) => {
                let (path, version) = (&module.path, &module.version);
                modules.note(&format!("go: found {package} in {path} {version}"));
                if !add.contains(&module) {
                    add.push(module);
                }
            }
            Err(MissingPackage::Other(err)) if err.too_new().is_some() => {
                modules.note(&format!(
                    "go: toolchain upgrade needed to resolve {package}"
                ));
                return Err(err);
            }
            Err(why) => {
                settled.missing.insert(package.clone(), why);
            }
        }
    }
    if !add.is_empty() {
        module::sort(&mut add);
        settled.requirements = modules.add(&before, &add)?;
        settled.reload = settled.requirements.roots != before.roots;
    }
    Ok(())
}
