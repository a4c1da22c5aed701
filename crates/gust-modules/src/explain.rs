//! Why no module provides a package, and what would add one.

use std::path::PathBuf;

use gust_syntax::module::{ModuleVersion, Version, check_path};
use gust_syntax::{gover, pseudo};

use crate::Modules;
use crate::error::ModulesError;
use crate::mains::version_of_replaced;
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
    pub fn explain_missing(&self, path: &str, importer: Option<&str>) -> MissingPackage {
        let owned = || path.to_owned();
        if let Some(why) = self.unfound_reason(path) {
            return why;
        }
        // The vendor directory has all that there is; nothing beside it may be looked at.
        if self.mode != ModFlag::Vendor
            && let Some(found) = self.in_replacement(path)
        {
            return found;
        }
        if is_standard(path) {
            return MissingPackage::NotInStd {
                path: owned(),
                dir: self.settings.goroot.join("src").join(path),
            };
        }
        if self.mode == ModFlag::Mod || self.settings.allow_missing_imports {
            return MissingPackage::NotFound {
                path: owned(),
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
    fn in_replacement(&self, path: &str) -> Option<MissingPackage> {
        let mut modules: Vec<ModuleVersion> = Vec::new();
        for (module, version) in self
            .highest_replaced
            .iter()
            .filter(|(module, _)| has_prefix(path, module))
        {
            let version: Version = match version.is_empty() {
                true => version_of_replaced(module).into(),
                false => version.clone(),
            };
            match self.selected(module) {
                Err(err) => return Some(err.into()),
                Ok(Some(v)) if v.is_empty() || gover::mod_compare(module, &v, &version).is_ge() => {
                }
                Ok(_) => modules.push(ModuleVersion {
                    path: module.clone(),
                    version,
                }),
            }
        }
        modules.sort_by_key(|module| std::cmp::Reverse(module.path.len()));
        for module in &modules {
            let place = match self.place(module) {
                Ok(place) => place,
                Err(err) if err.is_missing_sum() => {
                    return Some(
                        ModulesError::text(format!(
                            "missing go.sum entry for module providing package {path}"
                        ))
                        .into(),
                    );
                }
                Err(err) => return Some(err.into()),
            };
            let rest = path[module.path.len()..].trim_start_matches('/');
            if self.has_go_files(&place.dir.join(rest)) {
                return Some(MissingPackage::ReplacedNotRequired {
                    path: path.to_owned(),
                    module: module.clone(),
                });
            }
        }
        let first = modules.first()?;
        if check_path(path).is_ok() {
            return None;
        }
        let by = self
            .replacement(first)
            .map_or_else(String::new, |new| new.to_string());
        Some(
            ModulesError::text(format!(
                "module {}@latest found ({}, replaced by {by}), but does not contain package {path}",
                first.path, first.version
            ))
            .into(),
        )
    }

    pub(crate) fn has_go_files(&self, dir: &std::path::Path) -> bool {
        let Ok(entries) = self.view.read_dir(dir) else {
            return false;
        };
        entries
            .iter()
            .any(|entry| entry.name.ends_with(".go") && !self.view.is_dir(&dir.join(&*entry.name)))
    }
}
