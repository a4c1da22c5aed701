//! Why no module provides a package, and what would add one.

use std::path::PathBuf;

use gust_syntax::module::{ModuleVersion, Version, check_path};
use gust_syntax::{gover, pseudo};

use crate::Modules;
use crate::error::ModulesError;
use crate::mains::version_of_replaced;
use crate::requirements::Requirements;
use crate::settings::ModFlag;

/// A package that no module of the build list provides. `Display` is go's text.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MissingPackage {
    /// Its path is the standard library's, which does not have it.
    #[error("package {path} is not in std ({})", dir.display())]
    NotInStd {
        /// The import path.
        path: String,
        /// Where it would be.
        dir: PathBuf,
    },
    /// It is called `C`, as cgo's names are, but it was asked for by name. The text is go's, which knows no better.
    #[error("unknown import path \"C\": internal error: module loader did not resolve import")]
    Cgo,
    /// Modules could be looked for, and none has it.
    #[error("cannot find module providing package {path}{}", cause(err.as_deref()))]
    NotFound {
        /// The import path.
        path: String,
        /// What came of the search, if it failed.
        err: Option<Box<ModulesError>>,
    },
    /// A replaced module that nothing requires has it.
    #[error("module {} provides package {path} and is replaced but not required; to add it:\n\tgo get {}", module.path, get_argument(module))]
    ReplacedNotRequired {
        /// The import path.
        path: String,
        /// The module at its highest replaced version.
        module: ModuleVersion,
    },
    /// go.mod would have to change, and nobody may look for the module.
    #[error("no required module provides package {path}: {err}")]
    LookupDisabled {
        /// The import path.
        path: String,
        /// Why not.
        err: Box<ModulesError>,
    },
    /// The usual case: `go get` adds the module.
    #[error("no required module provides package {path}; to add it:\n\t{}go get {path}", cd(dir.as_ref()))]
    NotRequired {
        /// The import path.
        path: String,
        /// The main module where `go get` is to run, if it is another one than the current directory's.
        dir: Option<PathBuf>,
    },
    /// A replaced module that nothing requires could have it, and go.sum has no line for it.
    #[error("missing go.sum entry for module providing package {0}")]
    ReplacedWithoutSum(String),
    /// The latest version of a module has it, the one that is required has not.
    #[error("package {path} provided by {} at latest version {} but not at required version {required}", latest.path, latest.version)]
    NotAtRequired {
        /// The import path.
        path: String,
        /// The module at its latest version.
        latest: ModuleVersion,
        /// The version that is required.
        required: Version,
    },
    /// Something else is in the way.
    #[error(transparent)]
    Other(#[from] ModulesError),
}

fn cause(err: Option<&ModulesError>) -> String {
    err.map_or_else(String::new, |err| format!(": {err}"))
}

fn get_argument(module: &ModuleVersion) -> String {
    if pseudo::is_zero(&module.version) {
        module.path.to_string()
    } else {
        module.to_string()
    }
}

fn cd(dir: Option<&PathBuf>) -> String {
    dir.map_or_else(String::new, |dir| format!("cd {}\n\t", dir.display()))
}

/// Paths without a dot in their first element are the standard library's.
fn is_standard(path: &str) -> bool {
    !path.split('/').next().unwrap_or(path).contains('.')
}

fn has_prefix(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Modules {
    /// Why a package is in no module. `importer` is the main module from which the chain of imports comes.
    pub fn explain_missing(
        &self,
        requirements: &Requirements,
        path: &str,
        importer: Option<&str>,
    ) -> MissingPackage {
        // The vendor directory has all that there is; nothing beside it may be looked at.
        if self.mode != ModFlag::Vendor
            && let Some(found) = self.in_replacement(requirements, path)
        {
            return found;
        }
        if let Some(missing) = self.not_in_std(path) {
            return missing;
        }
        if self.mode == ModFlag::Mod || self.settings.allow_missing_imports {
            return MissingPackage::NotFound {
                path: path.to_owned(),
                err: None,
            };
        }
        self.not_required(path, importer)
    }

    fn not_required(&self, path: &str, importer: Option<&str>) -> MissingPackage {
        let path = path.to_owned();
        let mode = self.mode.as_str();
        let disabled = if !self.has_root() {
            Some(ModulesError::NoMainModule {
                workspace: self.work.is_some(),
            })
        } else if self.settings.mod_flag.is_some() {
            Some(ModulesError::text(format!(
                "import lookup disabled by -mod={mode}"
            )))
        } else if !self.mod_reason.is_empty() {
            Some(ModulesError::text(format!(
                "import lookup disabled by -mod={mode}\n\t({})",
                self.mod_reason
            )))
        } else {
            None
        };
        if let Some(err) = disabled.map(Box::new) {
            return match self.has_root() {
                true => MissingPackage::NotFound {
                    path,
                    err: Some(err),
                },
                false => MissingPackage::LookupDisabled { path, err },
            };
        }
        let here = self.main_of_cwd().map(|main| main.module.path.clone());
        let dir = importer
            .and_then(|importer| self.main(importer))
            .filter(|main| here.as_ref() != Some(&main.module.path))
            .map(|main| main.dir.clone());
        MissingPackage::NotRequired { path, dir }
    }

    /// A replaced module that is not required could have the package.
    fn in_replacement(&self, requirements: &Requirements, path: &str) -> Option<MissingPackage> {
        let modules = match self.replaced_above(requirements, path) {
            Ok(modules) => modules,
            Err(err) => return Some(err.into()),
        };
        for module in &modules {
            match self.has_package(module, path) {
                Ok(true) => {
                    return Some(MissingPackage::ReplacedNotRequired {
                        path: path.to_owned(),
                        module: module.clone(),
                    });
                }
                Ok(false) => {}
                Err(err) if err.is_missing_sum() => {
                    return Some(MissingPackage::ReplacedWithoutSum(path.to_owned()));
                }
                Err(err) => return Some(err.into()),
            }
        }
        let first = modules.first().filter(|_| check_path(path).is_err())?;
        Some(self.not_in_module(first, "latest", path).into())
    }

    /// Replaced modules that could have the package, and are not required, or at a lower version than is replaced. Longest path
    /// first, each at the highest version that is replaced.
    ///
    /// # Errors
    /// The graph had to be read and is not complete.
    pub fn replaced_above(
        &self,
        requirements: &Requirements,
        package: &str,
    ) -> Result<Vec<ModuleVersion>, ModulesError> {
        let mut modules: Vec<ModuleVersion> = Vec::new();
        let replaced = self.highest_replaced.iter();
        for (path, version) in replaced.filter(|(path, _)| has_prefix(package, path)) {
            let version: Version = match version.is_empty() {
                true => version_of_replaced(path).into(),
                false => version.clone(),
            };
            let selected = self.selected(requirements, path)?;
            let is_enough =
                |v: Version| v.is_empty() || gover::mod_compare(path, &v, &version).is_ge();
            if !selected.is_some_and(is_enough) {
                modules.push(ModuleVersion {
                    path: path.clone(),
                    version,
                });
            }
        }
        modules.sort_by_key(|module| std::cmp::Reverse(module.path.len()));
        Ok(modules)
    }

    /// That a module, whose version answers a query, has not the package.
    pub fn not_in_module(
        &self,
        module: &ModuleVersion,
        query: &str,
        package: &str,
    ) -> ModulesError {
        ModulesError::PackageNotInModule {
            module: module.clone(),
            query: query.to_owned(),
            replaced_by: self.replacement(module),
            package: package.to_owned(),
        }
    }

    /// That a package whose path can only be in a main module is in none.
    pub fn not_in_mains(&self, package: &str) -> ModulesError {
        let does = match &self.mains[..] {
            [only] => format!("main module ({}) does", only.module.path),
            _ => "workspace modules do".to_owned(),
        };
        ModulesError::text(format!("{does} not contain package {package}"))
    }

    /// That a path which can only be the standard library's, or none, is not there.
    pub fn not_in_std(&self, package: &str) -> Option<MissingPackage> {
        match package {
            "C" => Some(MissingPackage::Cgo),
            _ => is_standard(package).then(|| MissingPackage::NotInStd {
                path: package.to_owned(),
                dir: self.settings.goroot.join("src").join(package),
            }),
        }
    }
}
