//! Versions that packages call for: of `all`, of what is missing, and (with -u) of all that is imported.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use gust_modules::{Modules, ModulesError};
use gust_packages::model::Problem;
use gust_packages::{Gate, ImportGraph, Named};
use gust_syntax::module::{ModuleVersion, check_path};

use super::ask::{Selected, is_no_package, providers_of};
use super::{Answer, GetError, Getting, Kind, Narrowed};

/// Answers by import path, taken while packages are loaded.
#[derive(Default)]
struct Found(Mutex<BTreeMap<String, Answer>>);

impl Found {
    fn put(&self, path: &str, answer: Answer) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.insert(path.to_owned(), answer);
    }

    fn take(&self) -> BTreeMap<String, Answer> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What -u asks of a package that is imported.
struct Upgrading {
    modules: Arc<Modules>,
    selected: Arc<Selected>,
    /// Of modules whose version is not decided, the query.
    query: Option<String>,
    decided: HashMap<String, ()>,
    found: Found,
}

impl Upgrading {
    /// Asks for a package; of a module, or missing. False if another version is wanted.
    fn ask(&self, path: &str, module: Option<&ModuleVersion>) -> bool {
        let query = match (module, &self.query) {
            (None, _) => "latest",
            (Some(module), Some(query)) if !self.decided.contains_key(&*module.path) => query,
            _ => return true,
        };
        let answer = providers_of(&self.modules, path, query, &self.selected);
        match &answer {
            Ok(options) if module.is_some_and(|m| options.providers.contains(m)) => return true,
            // No version would mend that: it is told in the end, with who imports it.
            Err(err) if is_no_package(err) || module.is_none() && check_path(path).is_err() => {
                return true;
            }
            _ => self.found.put(path, answer),
        }
        false
    }
}

impl Getting<'_> {
    /// `all` calls for the modules of all packages that it stands for, as far as these are known.
    pub(super) fn ask_all(&mut self) -> Result<(), GetError> {
        let asking: Vec<usize> = (0..self.arguments.len())
            .filter(|&i| matches!(self.arguments[i].kind, Kind::All))
            .collect();
        for i in asking {
            let query = self.arguments[i].query.clone();
            let (modules, first) = (Arc::clone(self.modules), Arc::clone(&self.first));
            let found = Arc::new(Found::default());
            let asked = Arc::new(Mutex::new(std::mem::take(&mut self.all_asked)));
            let ask = {
                let (found, asked) = (Arc::clone(&found), Arc::clone(&asked));
                move |path: &str, module: Option<&ModuleVersion>| {
                    let fresh = {
                        let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
                        asked.insert((i, path.to_owned()))
                    };
                    if !fresh {
                        return true;
                    }
                    let answer = providers_of(&modules, path, &query, &first);
                    let is_sure = answer
                        .as_ref()
                        .is_ok_and(|o| o.providers.len() == 1 && Some(&o.providers[0]) == module);
                    found.put(path, answer);
                    is_sure
                }
            };
            let ask = Arc::new(ask);
            let gate: Gate = {
                let ask = Arc::clone(&ask);
                Arc::new(move |path, module| ask(path, Some(module)))
            };
            let missing = self.load_with(gate, &["all".to_owned()])?;
            let each = |at: usize| ask(&missing[at], None);
            self.modules.fetcher().for_all(missing.len(), each);
            self.all_asked =
                std::mem::take(&mut *asked.lock().unwrap_or_else(PoisonError::into_inner));
            for (path, answer) in found.take() {
                self.arguments[i].take(&path, answer);
            }
        }
        Ok(())
    }

    /// What the packages named need that is missing, and with -u what could be newer.
    pub(super) fn find_upgrades(&mut self) -> Result<BTreeMap<String, Answer>, GetError> {
        let named = self
            .arguments
            .iter()
            .filter(|argument| argument.names_packages);
        let patterns: Vec<String> = named.map(|argument| argument.pattern.clone()).collect();
        if patterns.is_empty() {
            return Ok(BTreeMap::new());
        }
        let decided = self.decisions.keys();
        let upgrading = Arc::new(Upgrading {
            modules: Arc::clone(self.modules),
            selected: Arc::clone(&self.selected),
            query: self.request.upgrade.clone(),
            decided: decided.map(|path| (path.to_string(), ())).collect(),
            found: Found::default(),
        });
        let gate: Gate = {
            let upgrading = Arc::clone(&upgrading);
            Arc::new(move |path, module| upgrading.ask(path, Some(module)))
        };
        let missing = self.load_with(gate, &patterns)?;
        let ask = |i: usize| upgrading.ask(&missing[i], None);
        self.modules.fetcher().for_all(missing.len(), ask);
        Ok(upgrading.found.take())
    }

    /// Loads packages for any build, as far as the gate lets; brings requirements in line with them; gives back the packages that no
    /// module, or more than one, provides.
    fn load_with(&mut self, gate: Gate, patterns: &[String]) -> Result<Vec<String>, GetError> {
        self.every.set_gate(Some(gate));
        let imports = loop {
            let loaded = self
                .every
                .imports(Named::Patterns(patterns), Some(&self.requirements));
            let imports = loaded?;
            if self.follow(&imports, true)? {
                break imports;
            }
        };
        self.every.set_gate(None);
        let unsure = |problem: &Problem| problem.is_unfound() || problem.is_ambiguous();
        let mut missing: Vec<String> = imports
            .ids()
            .filter(|id| imports.problem(*id).is_some_and(unsure))
            .map(|id| imports.path(id).to_owned())
            .collect();
        missing.sort();
        Ok(missing)
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
        upgrades: BTreeMap<String, Answer>,
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

fn newer(err: ModulesError) -> Option<ModulesError> {
    err.too_new().is_some().then_some(err)
}
