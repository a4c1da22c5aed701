//! -mod=mod: modules are looked for that could provide what the build list does not, and required from then on.

use std::sync::{Arc, PoisonError};

use gust_fetch::FetchError;
use gust_syntax::module::{ModuleVersion, Version, check_path, split_path_version};
use gust_syntax::{gover, module};

use crate::Modules;
use crate::error::ModulesError;
use crate::explain::MissingPackage;
use crate::mains::version_of_replaced;
use crate::query::{Allow, QueryFailure};
use crate::settings::ModFlag;

/// A module that has the package.
struct Found {
    module: ModuleVersion,
}

/// What came of looking into one module.
#[derive(Debug)]
enum Miss {
    NoPackage(ModulesError),
    Failed(Box<ModulesError>),
}

impl From<QueryFailure> for Miss {
    fn from(failure: QueryFailure) -> Self {
        Self::Failed(Box::new(failure.err))
    }
}

impl Modules {
    /// May modules be looked for that nothing requires yet?
    pub fn adds_missing(&self) -> bool {
        self.mode == ModFlag::Mod
    }

    /// Looks for modules that provide the packages, and requires them. True if there are new requirements, so that packages
    /// have to be loaded again; why a package was not found is told by [`Modules::explain_missing`].
    ///
    /// # Errors
    /// The new requirements cannot be had, or one asks for a newer release of Go.
    pub fn add_missing(&self, packages: &[String]) -> Result<bool, ModulesError> {
        if !self.adds_missing() || packages.is_empty() {
            return Ok(false);
        }
        let answers = self
            .fetcher
            .for_all(packages.len(), |i| self.provider_to_add(&packages[i]));
        let mut add: Vec<ModuleVersion> = Vec::new();
        for (package, answer) in packages.iter().zip(answers) {
            match answer {
                Ok(module) => {
                    self.note(&format!(
                        "go: found {package} in {} {}",
                        module.path, module.version
                    ));
                    if !add.contains(&module) {
                        add.push(module);
                    }
                }
                Err(MissingPackage::Other(err)) if err.too_new().is_some() => {
                    self.note(&format!(
                        "go: toolchain upgrade needed to resolve {package}"
                    ));
                    return Err(err);
                }
                Err(why) => {
                    let mut known = self.unfound.lock().unwrap_or_else(PoisonError::into_inner);
                    known.insert(package.clone(), why);
                }
            }
        }
        if add.is_empty() {
            return Ok(false);
        }
        module::sort(&mut add);
        let before = self.requirements();
        let after = self.update_roots(&before, &before.direct, &add)?;
        let changed = after.roots != before.roots;
        self.set_shared_requirements(after);
        Ok(changed)
    }

    /// The module that should be required for a package.
    fn provider_to_add(&self, path: &str) -> Result<ModuleVersion, MissingPackage> {
        let owned = || path.to_owned();
        if let Some(module) = self.replaced_provider(path)? {
            return Ok(module);
        }
        if !path.split('/').next().unwrap_or(path).contains('.') {
            let dir = self.settings.goroot.join("src").join(path);
            return Err(MissingPackage::NotInStd { path: owned(), dir });
        }
        self.note(&format!("go: finding module for package {path}"));
        let found = match self.query_package(path) {
            Ok(found) => found,
            Err(err) if err.is_not_exist() => {
                return Err(MissingPackage::NotFound {
                    path: owned(),
                    err: Some(Box::new(err)),
                });
            }
            Err(err) => return Err(err.into()),
        };
        let mut newer: Option<Version> = None;
        for (i, found) in found.iter().enumerate() {
            let selected = self
                .selected(&found.module.path)?
                .unwrap_or_else(Version::none);
            if !gover::mod_compare(&found.module.path, &selected, &found.module.version).is_gt() {
                return Ok(found.module.clone());
            }
            if i == 0 {
                newer = Some(selected);
            }
        }
        let first = found
            .first()
            .map(|found| found.module.clone())
            .unwrap_or_default();
        Err(match newer {
            Some(version) => ModulesError::text(format!(
                "package {path} provided by {} at latest version {} but not at required version {version}",
                first.path, first.version
            )),
            None => ModulesError::text(format!("missing module for import: {first} provides {path}")),
        }
        .into())
    }

    /// A replaced module that is not required, or required at a lower version than is replaced, and has the package.
    fn replaced_provider(&self, path: &str) -> Result<Option<ModuleVersion>, MissingPackage> {
        let mut modules = Vec::new();
        for (module, version) in &self.highest_replaced {
            let within = path
                .strip_prefix(&**module)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            if !within {
                continue;
            }
            let version = if version.is_empty() {
                version_of_replaced(module).into()
            } else {
                version.clone()
            };
            let selected = self.selected(module)?.unwrap_or_else(Version::none);
            let lower =
                !selected.is_empty() && gover::mod_compare(module, &selected, &version).is_lt();
            if lower {
                modules.push(ModuleVersion {
                    path: module.clone(),
                    version,
                });
            }
        }
        modules.sort_by_key(|module| std::cmp::Reverse(module.path.len()));
        for module in &modules {
            if self.has_package(module, path)? {
                return Ok(Some(module.clone()));
            }
        }
        match modules.first() {
            Some(first) if check_path(path).is_err() => {
                Err(self.not_in_module(first, "latest", path).into())
            }
            _ => Ok(None),
        }
    }

    fn has_package(&self, module: &ModuleVersion, path: &str) -> Result<bool, ModulesError> {
        let place = self.place(module)?;
        let rest = path[module.path.len()..].trim_start_matches('/');
        let dir = place.dir.join(rest);
        if place.local {
            let between = dir.ancestors().take_while(|d| *d != place.dir);
            if between
                .into_iter()
                .any(|d| self.view.is_file(&d.join("go.mod")))
            {
                return Ok(false);
            }
        }
        Ok(self.has_go_files(&dir))
    }

    fn not_in_module(&self, module: &ModuleVersion, query: &str, package: &str) -> ModulesError {
        let found = match self.replacement(module) {
            Some(by) if query == &*module.version => format!(" (replaced by {by})"),
            Some(by) => format!(" ({}, replaced by {by})", module.version),
            None if query == &*module.version => String::new(),
            None => format!(" ({})", module.version),
        };
        let path = &module.path;
        ModulesError::text(format!(
            "module {path}@{query} found{found}, but does not contain package {package}"
        ))
    }

    /// Modules whose latest version has the package, longest path first.
    fn query_package(&self, package: &str) -> Result<Vec<Found>, ModulesError> {
        let mut prefixes: Vec<&str> = Vec::new();
        let mut prefix = package;
        loop {
            if self.main(prefix).is_none() && split_path_version(prefix).is_some() {
                prefixes.push(prefix);
            }
            match prefix.rfind('/') {
                Some(at) => prefix = &prefix[..at],
                None => break,
            }
        }
        if prefixes.is_empty() {
            let mains: Vec<String> = self
                .mains
                .iter()
                .map(|main| main.module.path.to_string())
                .collect();
            let does = match &mains[..] {
                [only] => format!("main module ({only}) does"),
                _ => "workspace modules do".to_owned(),
            };
            return Err(ModulesError::text(format!(
                "{does} not contain package {package}"
            )));
        }
        let results = self
            .fetcher
            .for_all(prefixes.len(), |i| self.look_into(prefixes[i], package));
        judge(results)
    }

    fn look_into(&self, path: &str, package: &str) -> Result<Found, Miss> {
        let current = self
            .selected(path)
            .ok()
            .flatten()
            .unwrap_or_else(Version::none);
        let info = self.query_with_origin(path, "latest", &current, Allow::Good)?;
        let module = ModuleVersion::new(path, info.version);
        match self.has_package(&module, package) {
            Ok(true) => Ok(Found { module }),
            Ok(false) => Err(Miss::NoPackage(
                self.not_in_module(&module, "latest", package),
            )),
            Err(err) => Err(Miss::Failed(Box::new(err))),
        }
    }

    /// Why a package was not found when it was looked for.
    pub(crate) fn unfound_reason(&self, path: &str) -> Option<MissingPackage> {
        self.unfound
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(path)
            .cloned()
    }

    /// Requirements brought in line with the packages that were loaded: modules of packages in `needed` become roots if they
    /// are none, the modules of `direct` lose their `// indirect`. True if packages have to be loaded again.
    ///
    /// # Errors
    /// go.mod would have to change, and may not; or the graph cannot be had.
    pub fn settle(
        &self,
        needed: &[ModuleVersion],
        direct: &[ModuleVersion],
    ) -> Result<bool, ModulesError> {
        let before = self.requirements();
        if !self.has_root() || self.mode == ModFlag::Vendor {
            return Ok(false);
        }
        let mut all_direct = before.direct.clone();
        all_direct.extend(direct.iter().map(|module| module.path.clone()));
        let after = self.settled_roots(&before, &all_direct, needed)?;
        if Arc::ptr_eq(&before, &after) {
            return Ok(false);
        }
        let changed = after.roots != before.roots;
        self.set_shared_requirements(after);
        Ok(changed)
    }
}

/// What came of looking into modules, longest path first: those that have the package; or else the failure that tells most.
fn judge(results: Vec<Result<Found, Miss>>) -> Result<Vec<Found>, ModulesError> {
    let seen = |result: &Result<Found, Miss>| matches!(result, Ok(_) | Err(Miss::NoPackage(_)));
    // Once a module was seen at a path, it does not matter what goes wrong at a shorter one.
    let decided = results.iter().position(seen).unwrap_or(results.len());
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for (at, result) in results.into_iter().enumerate() {
        match result.map_err(|miss| (miss.worth(), miss.into_error())) {
            Ok(module) => found.push(module),
            Err((None, err)) if at < decided => return Err(err),
            Err((None, _)) => {}
            Err((Some(worth), err)) => failures.push((worth, err)),
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let best = failures.into_iter().min_by_key(|(worth, _)| *worth);
    Err(best.map_or_else(|| ModulesError::text("no module"), |(_, err)| err))
}

/// Failures that say that there is nothing, the one that tells most about it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    /// There is a module, and the package is not in it.
    NoPackage,
    NoVersion,
    NoPatchBase,
    BadPath,
    NotThere,
    BadVersion,
}

impl Miss {
    /// Nothing if it is not known whether there is a module.
    fn worth(&self) -> Option<Worth> {
        let err = match self {
            Miss::NoPackage(_) => return Some(Worth::NoPackage),
            Miss::Failed(err) => &**err,
        };
        match err {
            ModulesError::NoMatchingVersion { .. } => Some(Worth::NoVersion),
            ModulesError::NoPatchBase { .. } => Some(Worth::NoPatchBase),
            ModulesError::Path(_) => Some(Worth::BadPath),
            err if err.is_not_exist() => Some(Worth::NotThere),
            ModulesError::Version(_) | ModulesError::Fetch(FetchError::InvalidVersion { .. }) => {
                Some(Worth::BadVersion)
            }
            _ => None,
        }
    }

    fn into_error(self) -> ModulesError {
        match self {
            Miss::NoPackage(err) => err,
            Miss::Failed(err) => *err,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn absent() -> Result<Found, Miss> {
        Err(Miss::Failed(Box::new(FetchError::ProxyOff.into())))
    }

    fn broken(text: &str) -> Result<Found, Miss> {
        Err(Miss::Failed(Box::new(ModulesError::text(text))))
    }

    fn lacking(text: &str) -> Result<Found, Miss> {
        Err(Miss::NoPackage(ModulesError::text(text)))
    }

    fn found(path: &str) -> Result<Found, Miss> {
        let module = ModuleVersion::new(path, "v1.0.0");
        Ok(Found { module })
    }

    #[test]
    fn the_failure_that_tells_most_is_told() {
        let none = || {
            Err(Miss::Failed(Box::new(ModulesError::NoPatchBase {
                path: "p".into(),
            })))
        };
        let text = |results| match judge(results) {
            Ok(found) => found.iter().map(|f| f.module.to_string()).collect(),
            Err(err) => err.to_string(),
        };
        assert_eq!(text(vec![broken("b"), found("a")]), "b");
        assert_eq!(text(vec![found("a"), broken("b")]), "a@v1.0.0");
        assert_eq!(text(vec![lacking("l"), broken("b")]), "l");
        assert_eq!(text(vec![absent(), lacking("l"), lacking("k")]), "l");
        assert!(text(vec![absent(), none()]).starts_with("can't query"));
        assert_eq!(
            text(vec![found("a"), lacking("l"), found("b")]),
            "a@v1.0.0b@v1.0.0"
        );
    }
}
