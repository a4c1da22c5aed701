//! Versions that should not be used: excluded by a main module, retracted by their author. And notices of deprecation.

use gust_syntax::gover;
use gust_syntax::module::ModuleVersion;

use crate::Modules;
use crate::error::ModulesError;

/// Which versions a query may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allow {
    /// All.
    All,
    /// All but excluded ones.
    NotExcluded,
    /// Neither excluded nor retracted ones.
    Good,
    /// As `Good`; but one that is asked for by its name may be retracted, and one that is selected already may stay.
    Asked,
}

impl Allow {
    /// What counts for a version that is asked for by its name.
    pub(super) fn of_named(self) -> Allow {
        match self {
            Allow::Asked => Allow::NotExcluded,
            allow => allow,
        }
    }
}

impl Modules {
    /// May the version be used?
    ///
    /// # Errors
    /// It is excluded or retracted ([`ModulesError::is_disallowed`]), or that could not be found out.
    pub fn check_allowed(&self, module: &ModuleVersion, allow: Allow) -> Result<(), ModulesError> {
        if allow != Allow::All && self.is_excluded(module) {
            return Err(ModulesError::Excluded.of_module(module));
        }
        if matches!(allow, Allow::Good | Allow::Asked) {
            self.check_retracted(module)
        } else {
            Ok(())
        }
    }

    /// Is the version retracted? The latest version of the module tells.
    ///
    /// # Errors
    /// It is, or that could not be found out.
    pub fn check_retracted(&self, module: &ModuleVersion) -> Result<(), ModulesError> {
        let failed = |err: ModulesError| {
            let err = match err {
                ModulesError::Module { err, .. } => err,
                ModulesError::Fetch(gust_fetch::FetchError::Module { err, .. }) => {
                    Box::new((*err).into())
                }
                other => Box::new(other),
            };
            ModulesError::RetractionLoading {
                module: module.clone(),
                err,
            }
        };
        let all = ModuleVersion::main(module.path.clone());
        if module.version.is_empty() || self.replacement(&all).is_some() {
            return Ok(());
        }
        let latest = self.latest_of(&module.path).map_err(failed)?;
        let go_mod = self.raw_go_mod(&latest).map_err(failed)?;
        let mut rationale = Vec::new();
        let mut retracted = false;
        for (interval, why) in &go_mod.retract {
            let compare = |a: &str, b: &str| gover::mod_compare(&module.path, a, b);
            if compare(&interval.low, &module.version).is_le()
                && compare(&module.version, &interval.high).is_le()
            {
                retracted = true;
                rationale.extend((!why.is_empty()).then(|| why.clone()));
            }
        }
        if retracted {
            Err(ModulesError::Retracted { rationale }.of_module(module))
        } else {
            Ok(())
        }
    }

    /// The notice in the latest version's go.mod that the module is deprecated; empty if there is none.
    ///
    /// # Errors
    /// It could not be found out.
    pub fn deprecation(&self, module: &ModuleVersion) -> Result<String, ModulesError> {
        let failed =
            |err: ModulesError| err.context(format!("loading deprecation for {}: ", module.path));
        let all = ModuleVersion::main(module.path.clone());
        if module.version.is_empty() || self.replacement(&all).is_some() {
            return Ok(String::new());
        }
        let latest = self.latest_of(&module.path).map_err(failed)?;
        let go_mod = self.raw_go_mod(&latest).map_err(failed)?;
        Ok(go_mod.deprecated.clone())
    }

    /// The latest version of a module, retracted or not, or what stands in its place.
    fn latest_of(&self, path: &str) -> Result<ModuleVersion, ModulesError> {
        self.caches.latest.get_or_init(&path.to_owned(), || {
            if let Some(replacement) = self.replacement(&ModuleVersion::main(path)) {
                return Ok(replacement);
            }
            let info = self.query(path, "latest", "", Allow::All)?;
            Ok(self.resolve(&ModuleVersion::new(path, info.version)))
        })
    }
}
