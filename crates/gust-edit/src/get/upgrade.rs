//! Versions that packages call for: of `all`, of what is missing, and (with -u) of all that is imported.

use std::collections::BTreeMap;

use gust_modules::ModulesError;
use gust_packages::model::Problem;
use gust_packages::{ImportGraph, Named};
use gust_syntax::module::{ModuleVersion, check_path};

use super::ask::{is_no_package, providers_of};
use super::{Answer, GetError, Getting, Kind, Narrowed};

/// A package of a dependency, or one that no module provides for sure.
type Asked = (String, Option<ModuleVersion>);

impl Getting<'_> {
    /// `all` calls for the modules of all packages that it stands for, as far as these are known.
    pub(super) fn ask_all(&mut self) -> Result<(), GetError> {
        for i in 0..self.arguments.len() {
            if !matches!(self.arguments[i].kind, Kind::All) {
                continue;
            }
            let packages = self.packages_of(&["all".to_owned()])?;
            let argument = &mut self.arguments[i];
            let fresh: Vec<Asked> = packages
                .into_iter()
                .filter(|(path, _)| argument.first_asks(path))
                .collect();
            let (modules, first, query) = (self.modules, &self.first, &argument.query);
            let answers = modules.fetcher().for_all(fresh.len(), |at| {
                providers_of(modules, &fresh[at].0, query, first)
            });
            for ((path, _), answer) in fresh.iter().zip(answers) {
                self.arguments[i].take(path, answer);
            }
        }
        Ok(())
    }

    /// What the packages named need that is missing, and with -u what could be newer: by import path.
    pub(super) fn find_upgrades(&mut self) -> Result<Vec<(String, Answer)>, GetError> {
        let named = self.arguments.iter();
        let named = named.filter(|argument| argument.names_packages);
        let patterns: Vec<String> = named.map(|argument| argument.pattern.clone()).collect();
        if patterns.is_empty() {
            return Ok(Vec::new());
        }
        let mut packages = self.packages_of(&patterns)?;
        let met = packages.clone();
        packages.dedup();
        let answers = self.modules.fetcher().for_all(packages.len(), |i| {
            let (path, module) = &packages[i];
            self.upgrade_for(path, module.as_ref())
        });
        // Who was met twice is told twice.
        let found: BTreeMap<&Asked, Option<Answer>> = packages.iter().zip(answers).collect();
        let answered = met.iter().filter_map(|asked| {
            let answer = found.get(asked)?.clone()?;
            Some((asked.0.clone(), answer))
        });
        Ok(answered.collect())
    }

    /// What should provide the package instead of its module (or of none); nothing if all is well with it.
    fn upgrade_for(&self, path: &str, module: Option<&ModuleVersion>) -> Option<Answer> {
        let query = match module {
            None => "latest",
            // Arguments have the last word.
            Some(module) if self.decisions.contains_key(&module.path) => return None,
            Some(_) => self.request.upgrade.as_deref()?,
        };
        let answer = providers_of(self.modules, path, query, &self.selected);
        match &answer {
            Ok(options) if module.is_some_and(|m| options.providers.contains(m)) => None,
            // No version would mend that: it is told in the end, with who imports it.
            Err(err) if is_no_package(err) || module.is_none() && check_path(path).is_err() => None,
            _ => Some(answer),
        }
    }

    /// Loads packages for any build and brings requirements in line with them. Gives back those of dependencies, and those that no
    /// module, or more than one, provides; by import path, once for each time that they were loaded.
    fn packages_of(&mut self, patterns: &[String]) -> Result<Vec<Asked>, GetError> {
        let mut packages: Vec<Asked> = Vec::new();
        let imports = loop {
            let named = Named::Patterns(patterns);
            let imports = self.every.imports(named, Some(&self.requirements))?;
            packages.extend(of_dependencies(&imports));
            if self.follow(&imports, true)? {
                break imports;
            }
        };
        let unsure = |problem: &Problem| problem.is_unfound() || problem.is_ambiguous();
        let missing = imports
            .ids()
            .filter(|id| imports.problem(*id).is_some_and(unsure))
            .filter(|id| !self.is_nearby(imports.path(*id)));
        packages.extend(missing.map(|id| (imports.path(id).to_owned(), None)));
        packages.sort();
        Ok(packages)
    }

    /// Brings requirements in line with what was loaded. False if it has to be loaded again.
    pub(super) fn follow(
        &mut self,
        imports: &ImportGraph,
        imported: bool,
    ) -> Result<bool, GetError> {
        if let Some(fatal) = self.modules.fatal() {
            let fatal = Box::new(fatal.clone());
            return Err(crate::EditError::Fatal(fatal).into());
        }
        let demand = match imported {
            true => imports.demand_as_imported(),
            false => imports.demand(),
        };
        let before = imports.requirements().unwrap_or(&self.requirements);
        let mut direct = before.direct.clone();
        direct.extend(demand.direct.iter().map(|module| module.path.clone()));
        let after = self.modules.require(before, &direct, &demand.needed);
        let after = after.map_err(GetError::from)?;
        let same = after.roots == before.roots;
        self.requirements = after;
        Ok(same)
    }

    /// Raises to what packages call for, as far as what is decided allows. True if the build list changed.
    pub(super) fn apply_upgrades(
        &mut self,
        upgrades: Vec<(String, Answer)>,
    ) -> Result<bool, GetError> {
        let (mut raise, mut complaints, mut too_new) = (Vec::new(), Vec::new(), None);
        for (_, answer) in upgrades {
            let options = match answer {
                Ok(options) => options,
                Err(err) => {
                    complaints.push(err.to_string());
                    too_new = too_new.or_else(|| newer(err));
                    continue;
                }
            };
            let module = match self.narrow(&options) {
                Narrowed::One(module, _) => Some(module),
                Narrowed::Nothing => None,
                Narrowed::Doubt(options) => self.by_order(&options).map(|(module, _)| module),
            };
            raise.extend(module);
        }
        if let Some(err) = too_new.filter(|_| self.request.may_switch) {
            return Err(err.into());
        }
        self.end_if(complaints)?;
        self.hold(&raise)
    }
}

/// Packages of dependencies, with their modules.
fn of_dependencies(imports: &ImportGraph) -> impl Iterator<Item = Asked> {
    let sound = |id: &_| imports.problem(*id).is_none() && !imports.is_in_main(*id);
    imports.ids().filter(sound).filter_map(|id| {
        let module = imports.module(id)?;
        let module = ModuleVersion::new(module.path.as_str(), module.version.as_str());
        Some((imports.path(id).to_owned(), Some(module)))
    })
}

fn newer(err: ModulesError) -> Option<ModulesError> {
    err.too_new().is_some().then_some(err)
}
