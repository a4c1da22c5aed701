//! Modules for packages: those that nothing requires yet, found by asking for every path that a package's module could have.

use gust_fetch::{FetchError, Proxy};
use gust_modules::explain::MissingPackage;
use gust_modules::query::{Allow, is_revision_query};
use gust_modules::{Modules, ModulesError, Requirements};
use gust_syntax::gover;
use gust_syntax::module::{ModuleVersion, Version, check_path, split_path_version};

/// What came of looking into one module that has not the package.
#[derive(Debug)]
enum Miss {
    NoPackage(ModulesError),
    Failed(Box<ModulesError>),
}

/// The module that should be required for a package that no module of the build list has.
pub(crate) fn to_require(
    modules: &Modules,
    requirements: &Requirements,
    package: &str,
) -> Result<ModuleVersion, MissingPackage> {
    if let Some(module) = replaced(modules, requirements, package)? {
        return Ok(module);
    }
    if let Some(missing) = modules.not_in_std(package) {
        return Err(missing);
    }
    modules.note(&format!("go: finding module for package {package}"));
    let has = |module: &ModuleVersion| modules.has_package(module, package);
    let found = match providers(modules, requirements, package, "latest", &has) {
        Ok(found) => found,
        Err(err) if err.is_not_exist() => {
            return Err(MissingPackage::NotFound {
                path: package.to_owned(),
                err: Some(Box::new(err)),
            });
        }
        Err(err) => return Err(err.into()),
    };
    let mut required: Vec<Version> = Vec::with_capacity(found.len());
    for module in &found {
        let selected = modules.selected(requirements, &module.path)?;
        let selected = selected.unwrap_or_else(Version::none);
        if !gover::mod_compare(&module.path, &selected, &module.version).is_gt() {
            return Ok(module.clone());
        }
        required.push(selected);
    }
    // All of them are required at a higher version, which has lost the package.
    match (found.into_iter().next(), required.into_iter().next()) {
        (Some(latest), Some(required)) => Err(MissingPackage::NotAtRequired {
            path: package.to_owned(),
            latest,
            required,
        }),
        _ => Err(MissingPackage::NotFound {
            path: package.to_owned(),
            err: None,
        }),
    }
}

/// A replaced module that is not required, or required at a lower version than is replaced, and has the package.
fn replaced(
    modules: &Modules,
    requirements: &Requirements,
    package: &str,
) -> Result<Option<ModuleVersion>, ModulesError> {
    let candidates = modules.replaced_above(requirements, package)?;
    for module in &candidates {
        if modules.has_package(module, package)? {
            return Ok(Some(module.clone()));
        }
    }
    match candidates.first() {
        Some(first) if check_path(package).is_err() => {
            Err(modules.not_in_module(first, "latest", package))
        }
        _ => Ok(None),
    }
}

/// Modules that have the package at the version that a query means, longest path first; `has` says which do. Of a pattern with
/// `...` any module may whose path is a prefix of what stands before the dots.
///
/// # Errors
/// No module has it: of what was found out at each path, what tells most.
pub fn providers(
    modules: &Modules,
    requirements: &Requirements,
    package: &str,
    query: &str,
    has: &(dyn Fn(&ModuleVersion) -> Result<bool, ModulesError> + Sync),
) -> Result<Vec<ModuleVersion>, ModulesError> {
    let base = match package.find("...") {
        Some(dots) => package[..dots].rfind('/').map_or("", |at| &package[..at]),
        None => package,
    };
    let paths = paths_above(modules, base);
    if paths.is_empty() {
        return Err(modules.not_in_mains(package));
    }
    let all = |proxy: &Proxy| {
        let asked = Asked {
            package,
            query,
            has,
        };
        let look = |i: usize| look_into(modules, proxy, requirements, paths[i], &asked);
        judge(modules.fetcher().for_all(paths.len(), look))
    };
    modules.fetcher().try_proxies(all)
}

/// What modules are looked into for.
struct Asked<'a> {
    package: &'a str,
    query: &'a str,
    has: &'a (dyn Fn(&ModuleVersion) -> Result<bool, ModulesError> + Sync),
}

fn look_into(
    modules: &Modules,
    proxy: &Proxy,
    requirements: &Requirements,
    path: &str,
    asked: &Asked<'_>,
) -> Result<ModuleVersion, Miss> {
    let Asked { package, query, .. } = *asked;
    let selected = modules.selected(requirements, path).ok().flatten();
    let current = selected.unwrap_or_else(Version::none);
    let allow = match is_revision_query(path, query) {
        true => Allow::All,
        false => Allow::Good,
    };
    let failed = |err| Miss::Failed(Box::new(err));
    let info = modules
        .query_on(proxy, path, query, &current, allow)
        .map_err(failed)?;
    let module = ModuleVersion::new(path, info.version);
    match (asked.has)(&module) {
        Ok(true) => Ok(module),
        Ok(false) => Err(Miss::NoPackage(
            modules.not_in_module(&module, query, package),
        )),
        Err(err) => Err(failed(err)),
    }
}

/// A search for what could provide a pattern's packages.
pub(crate) struct Finding<'a> {
    pub(crate) modules: &'a Modules,
    /// The path at and above which modules are looked for.
    pub(crate) base: &'a str,
    /// What is looked for.
    pub(crate) pattern: &'a str,
    /// At which version.
    pub(crate) query: &'a str,
    /// The version of a module that is selected now.
    pub(crate) current: &'a (dyn Fn(&str) -> Version + Sync),
    /// Whether the module has packages that are meant; nothing if it is not meant at all.
    pub(crate) is_meant: &'a (dyn Fn(&ModuleVersion) -> Result<Option<bool>, ModulesError> + Sync),
}

/// Modules that are meant, longest path first, and whether they have packages that are. Nothing if no path can be a module's.
pub(crate) fn candidates(
    finding: &Finding<'_>,
) -> Option<Result<Vec<(ModuleVersion, bool)>, ModulesError>> {
    let modules = finding.modules;
    let paths = paths_above(modules, finding.base);
    let failed = |err| Miss::Failed(Box::new(err));
    let look = |proxy: &Proxy, path: &str| {
        let current = (finding.current)(path);
        let info = modules.query_on(proxy, path, finding.query, &current, Allow::Asked);
        let module = ModuleVersion::new(path, info.map_err(failed)?.version);
        match (finding.is_meant)(&module).map_err(failed)? {
            Some(has_packages) => Ok((module, has_packages)),
            None => Err(Miss::NoPackage(modules.not_in_module(
                &module,
                finding.query,
                finding.pattern,
            ))),
        }
    };
    let all = |proxy: &Proxy| {
        let fetcher = modules.fetcher();
        judge(fetcher.for_all(paths.len(), |i| look(proxy, paths[i])))
    };
    (!paths.is_empty()).then(|| modules.fetcher().try_proxies(all))
}

/// The path and those above it that could be modules'.
fn paths_above<'p>(modules: &Modules, base: &'p str) -> Vec<&'p str> {
    let parents = std::iter::successors(Some(base), |path| Some(path.rsplit_once('/')?.0));
    parents
        .filter(|path| modules.main(path).is_none() && split_path_version(path).is_some())
        .collect()
}

/// What came of looking into modules, longest path first: those that have the package; or else the failure that tells most.
fn judge<T>(results: Vec<Result<T, Miss>>) -> Result<Vec<T>, ModulesError> {
    let seen = |result: &Result<T, Miss>| matches!(result, Ok(_) | Err(Miss::NoPackage(_)));
    // Once a module was seen at a path, it does not matter what goes wrong at a shorter one.
    let decided = results.iter().position(seen).unwrap_or(results.len());
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for (at, result) in results.into_iter().enumerate() {
        match result.map_err(|miss| (miss.rank(), miss.into_error())) {
            Ok(module) => found.push(module),
            Err((None, err)) if at < decided => return Err(err),
            Err((None, _)) => {}
            Err((Some(rank), err)) => failures.push((rank, err)),
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let best = failures.into_iter().min_by_key(|(rank, _)| *rank);
    Err(best.map_or_else(|| ModulesError::text("no module"), |(_, err)| err))
}

/// Failures that say that there is nothing, the one that tells most about it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
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
    fn rank(&self) -> Option<Rank> {
        let err = match self {
            Miss::NoPackage(_) => return Some(Rank::NoPackage),
            Miss::Failed(err) => &**err,
        };
        match err {
            ModulesError::NoMatchingVersion { .. } => Some(Rank::NoVersion),
            ModulesError::NoPatchBase { .. } => Some(Rank::NoPatchBase),
            ModulesError::Path(_) => Some(Rank::BadPath),
            err if err.is_not_exist() => Some(Rank::NotThere),
            ModulesError::Version(_) | ModulesError::Fetch(FetchError::InvalidVersion { .. }) => {
                Some(Rank::BadVersion)
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

    fn absent() -> Result<ModuleVersion, Miss> {
        Err(Miss::Failed(Box::new(FetchError::ProxyOff.into())))
    }

    fn broken(text: &str) -> Result<ModuleVersion, Miss> {
        Err(Miss::Failed(Box::new(ModulesError::text(text))))
    }

    fn lacking(text: &str) -> Result<ModuleVersion, Miss> {
        Err(Miss::NoPackage(ModulesError::text(text)))
    }

    fn found(path: &str) -> Result<ModuleVersion, Miss> {
        Ok(ModuleVersion::new(path, "v1.0.0"))
    }

    #[test]
    fn the_failure_that_tells_most_is_told() {
        let none = || {
            Err(Miss::Failed(Box::new(ModulesError::NoPatchBase {
                path: "p".into(),
            })))
        };
        let text = |results| match judge(results) {
            Ok(found) => found.iter().map(ToString::to_string).collect(),
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
