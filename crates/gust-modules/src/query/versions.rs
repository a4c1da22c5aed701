//! The versions of one module: those at a proxy, and those that exist because a main module replaces them.

use std::cmp::Ordering;

use gust_fetch::{Info, Proxy, Repo, Timestamp, Versions};
use gust_syntax::module::{
    ModuleVersion, canonical_version, check_path, match_path_major, split_path_version,
};
use gust_syntax::{gover, pseudo, semver};

use crate::Modules;
use crate::error::ModulesError;
use crate::mains::version_of_replaced;

/// Where the versions of a module come from.
pub(super) struct ModuleVersions<'r> {
    path: &'r str,
    /// Or why nothing can be fetched by such a path.
    proxy: Result<Repo, ModulesError>,
    replaced: Option<Replaced<'r>>,
}

/// What replacements say of a module.
struct Replaced<'r> {
    modules: &'r Modules,
    /// The highest version that is replaced; where all are, the one that stands for them.
    highest: String,
}

impl Replaced<'_> {
    /// The versions that replace lines of main modules name and that are worth choosing. Sorted.
    fn named(&self, path: &str, prefix: &str) -> Vec<String> {
        let mains = self.modules.mains.iter();
        let lines = mains.flat_map(|main| main.replace.keys());
        let versions = lines
            .filter(|old| old.path == path && !old.version.is_empty())
            .map(|old| old.version.to_string());
        versions
            .filter(|version| version.starts_with(prefix) && !pseudo::is_pseudo(version))
            .collect()
    }

    /// The version that is meant by a canonical one which no proxy has, if that is replaced.
    fn version(&self, path: &str, version: &str) -> Option<String> {
        let unmarked = split_path_version(path).is_some_and(|(_, major)| major.is_empty())
            && !match_path_major(version, "")
            && semver::build(version).is_empty();
        let version = match unmarked {
            true => format!("{version}+incompatible"),
            false => version.to_owned(),
        };
        let module = ModuleVersion::new(path, version.as_str());
        self.modules.replacement(&module).map(|_| version)
    }
}

impl<'r> ModuleVersions<'r> {
    pub(super) fn new(
        modules: &'r Modules,
        proxy: &Proxy,
        path: &'r str,
    ) -> Result<Self, ModulesError> {
        let replaced = modules.highest_replaced.get(path).map(|highest| Replaced {
            modules,
            highest: match highest.is_empty() {
                true => version_of_replaced(path),
                false => highest.to_string(),
            },
        });
        let proxy = match check_path(path) {
            Err(err) if !gover::is_toolchain_module(path) => Err(ModulesError::from(err)),
            _ => Ok(modules.fetcher.repo(proxy, path)),
        };
        match (proxy, replaced) {
            // A path that is replaced need not be one that can be fetched.
            (Err(err), None) => Err(err),
            (proxy, replaced) => Ok(Self {
                path,
                proxy,
                replaced,
            }),
        }
    }

    /// All tagged versions that begin with the prefix.
    pub(super) fn tagged(&self, prefix: &str) -> Result<Versions, ModulesError> {
        let at_proxy = self.at_proxy(|repo| repo.versions(prefix));
        let Some(replaced) = &self.replaced else {
            return at_proxy;
        };
        let mut versions = match at_proxy {
            Err(err) if self.proxy.is_err() || err.is_not_exist() => Versions::default(),
            other => other?,
        };
        let named = replaced.named(self.path, prefix);
        if !named.is_empty() {
            // No place has just these.
            versions.origin = None;
            versions.list.extend(named);
            let list = &mut versions.list;
            list.sort_by(|a, b| gover::mod_compare(self.path, a, b));
            list.dedup();
        }
        Ok(versions)
    }

    /// What a revision (a version, a branch, a commit) is.
    pub(super) fn revision(&self, name: &str) -> Result<Info, ModulesError> {
        let replaced = self
            .replaced
            .as_ref()
            .filter(|_| canonical_version(name) == name);
        self.at_proxy(|repo| repo.stat(name)).or_else(|err| {
            let version = replaced.and_then(|replaced| replaced.version(self.path, name));
            version.map(unpublished).ok_or(err)
        })
    }

    /// The newest revision; a version that is replaced, if that is higher or the only one.
    pub(super) fn latest(&self) -> Result<Info, ModulesError> {
        let latest = self.at_proxy(Repo::latest);
        let Some(Replaced { highest, .. }) = &self.replaced else {
            return latest;
        };
        let published = latest.ok().filter(|latest| {
            gover::mod_compare(self.path, highest, &latest.version) != Ordering::Greater
        });
        Ok(published.unwrap_or_else(|| unpublished(highest.clone())))
    }

    fn at_proxy<T>(
        &self,
        ask: impl FnOnce(&Repo) -> Result<T, gust_fetch::FetchError>,
    ) -> Result<T, ModulesError> {
        let repo = self.proxy.as_ref().map_err(Clone::clone)?;
        Ok(ask(repo)?)
    }
}

/// What is known of a version that need not exist anywhere but in a replace line.
fn unpublished(version: String) -> Info {
    let time = match pseudo::time(&version) {
        Ok((year, month, day, hour, minute, second)) => {
            Timestamp::from_utc((i64::from(year), month, day), (hour, minute, second))
        }
        Err(_) => Timestamp::ZERO,
    };
    Info {
        version,
        time,
        origin: None,
    }
}
