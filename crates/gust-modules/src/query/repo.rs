//! The versions of a module at one proxy, and those that exist by being replaced.

use gust_fetch::{Info, Proxy, Repo, Timestamp, Versions};
use gust_syntax::module::{
    ModuleVersion, canonical_version, check_path, match_path_major, split_path_version,
};
use gust_syntax::{gover, pseudo, semver};

use crate::Modules;
use crate::error::ModulesError;
use crate::mains::version_of_replaced;

pub(super) struct VersionRepo<'r> {
    modules: &'r Modules,
    /// Or why the path cannot be fetched; a replaced path need not be one that can.
    repo: Result<Repo<'r>, ModulesError>,
    path: &'r str,
    replaced: bool,
}

impl<'r> VersionRepo<'r> {
    pub(super) fn new(
        modules: &'r Modules,
        proxy: &'r Proxy,
        path: &'r str,
    ) -> Result<Self, ModulesError> {
        let replaced = modules.highest_replaced.contains_key(path);
        let repo = match check_path(path) {
            Err(err) if !gover::is_toolchain_module(path) => Err(ModulesError::from(err)),
            _ => Ok(modules.fetcher.repo(proxy, path)),
        };
        if let (Err(err), false) = (&repo, replaced) {
            return Err(err.clone());
        }
        Ok(Self {
            modules,
            repo,
            path,
            replaced,
        })
    }

    pub(super) fn versions(&self, prefix: &str) -> Result<Versions, ModulesError> {
        let found = match &self.repo {
            Err(_) => Ok(Versions::default()),
            Ok(repo) => repo.versions(prefix).map_err(ModulesError::from),
        };
        let mut versions = match found {
            Err(err) if self.replaced && err.is_not_exist() => Versions::default(),
            other => other?,
        };
        if !self.replaced {
            return Ok(versions);
        }
        let olds = self
            .modules
            .mains
            .iter()
            .flat_map(|main| main.replace.keys());
        let added: Vec<String> = olds
            .filter(|old| old.path == self.path && old.version.starts_with(prefix))
            .filter(|old| !old.version.is_empty() && !pseudo::is_pseudo(&old.version))
            .map(|old| old.version.to_string())
            .collect();
        if !added.is_empty() {
            versions.origin = None;
            versions.list.extend(added);
            versions
                .list
                .sort_by(|a, b| gover::mod_compare(self.path, a, b));
            versions.list.dedup();
        }
        Ok(versions)
    }

    pub(super) fn stat(&self, rev: &str) -> Result<Info, ModulesError> {
        let err = match &self.repo {
            Err(err) => err.clone(),
            Ok(repo) => match repo.stat(rev) {
                Ok(info) => return Ok(info),
                Err(err) => ModulesError::from(err),
            },
        };
        if !self.replaced || canonical_version(rev) != rev {
            return Err(err);
        }
        let mut version = rev.to_owned();
        let unsuffixed = split_path_version(self.path).is_some_and(|(_, major)| major.is_empty());
        if unsuffixed && !match_path_major(&version, "") && semver::build(&version).is_empty() {
            version.push_str("+incompatible");
        }
        match self
            .modules
            .replacement(&ModuleVersion::new(self.path, version.as_str()))
        {
            None => Err(err),
            Some(_) => Ok(replaced_info(&version)),
        }
    }

    pub(super) fn latest(&self) -> Result<Info, ModulesError> {
        let latest = match &self.repo {
            Err(err) => Err(err.clone()),
            Ok(repo) => repo.latest().map_err(ModulesError::from),
        };
        let Some(highest) = self.modules.highest_replaced.get(self.path) else {
            return latest;
        };
        let version = if highest.is_empty() {
            version_of_replaced(self.path)
        } else {
            highest.to_string()
        };
        match latest {
            Ok(info) if !gover::mod_compare(self.path, &version, &info.version).is_gt() => Ok(info),
            _ => Ok(replaced_info(&version)),
        }
    }
}

/// What is known of a version that need not exist but as a replaced one.
fn replaced_info(version: &str) -> Info {
    let time = pseudo::time(version).map_or(
        Timestamp::ZERO,
        |(year, month, day, hour, minute, second)| {
            Timestamp::from_utc((i64::from(year), month, day), (hour, minute, second))
        },
    );
    Info {
        version: version.to_owned(),
        time,
        origin: None,
    }
}
