//! `tidy`: go.mod and go.sum with all that the packages of the module need, for any build, and nothing else.
//!
//! **The problem.** What is not needed shows only when everything is loaded, and what is loaded depends on what is required. Dropping a
//! requirement may lower the version of another module, or bring a second module into view that has the same package.
//!
//! **The decision.** While packages are loaded requirements only grow: modules of `all` become roots, so do those that a tidy go.mod would
//! name ([`gust_modules::tidy`]), and modules that are missing are looked for as in every settling. When nothing grows any more,
//! the tidy requirements are a part of what there is, and stand alone. Then the go line is put in its place, it is checked that
//! the release before would find every package where this one does, and lines of go.sum are chosen.
//!
//! **What is left out.** Nothing is written here. Errors of packages are told, and with `keep_going` they are no more than told.

use std::collections::HashMap;
use std::sync::Arc;

use gust_modules::explain::MissingPackage;
use gust_modules::summary::pruning_of;
use gust_modules::{GoVersionError, ModuleUses, Modules, ModulesError, Requirements, UsedPackage};
use gust_packages::pattern::Match;
use gust_packages::{ImportGraph, Loader, Named};
use gust_syntax::gover;
use gust_syntax::module::ModulePath;

use crate::edits::{Edits, FileChanges, OnlySums};
use crate::error::EditError;
use crate::settle::{Settled, add_missing};

mod compat;

/// The last release that reads whole graphs.
const UNPRUNED: &str = "1.16";

/// What is asked of `tidy`.
#[derive(Debug, Clone, Default)]
pub struct TidyRequest {
    /// -go: the go line to come.
    pub go_version: Option<String>,
    /// -compat: the release that must find the same packages and checksums.
    pub compat: Option<String>,
    /// -e: errors are told, and no more.
    pub keep_going: bool,
    /// -v: modules that are dropped are told.
    pub verbose: bool,
    /// No module is looked for that could provide what is missing, nothing is told of packages, and a file that means the same stays
    /// as it is.
    pub quiet: bool,
}

/// Errors on the way.
struct Complaints<'a> {
    modules: &'a Modules,
    keep_going: bool,
    list: Vec<ModulesError>,
}

impl Complaints<'_> {
    fn take(&mut self, error: ModulesError) {
        match self.keep_going {
            true => self.modules.note(&format!("go: {error}")),
            false => self.list.push(error),
        }
    }

    /// Tells the errors that count, and then what would help.
    fn end_with(&mut self, advice: &str) -> Result<(), EditError> {
        for error in std::mem::take(&mut self.list) {
            self.modules.note(&format!("go: {error}"));
        }
        self.modules.note(advice);
        Err(EditError::Told)
    }

    /// Ends the command if there is an error that counts.
    fn end(&mut self) -> Result<(), EditError> {
        let errors = ModulesError::of(std::mem::take(&mut self.list));
        errors.map_or(Ok(()), |error| Err(error.into()))
    }
}

/// One command at work.
struct Tidying<'a> {
    modules: &'a Arc<Modules>,
    loader: &'a mut Loader,
    request: &'a TidyRequest,
    complaints: Complaints<'a>,
    requirements: Arc<Requirements>,
    missing: HashMap<String, MissingPackage>,
}

/// Finds out what go.mod and go.sum have to say. The loader must load for every build, tests too.
///
/// # Errors
/// Packages cannot be found, graphs or checksums cannot be had, or a go version cannot be.
pub fn tidy(
    modules: &Arc<Modules>,
    loader: &mut Loader,
    request: &TidyRequest,
) -> Result<Edits, EditError> {
    tidy_from(modules, loader, request, Arc::clone(modules.stated()))
}

/// The same, with `start` in the place of what go.mod states.
///
/// # Errors
/// Those of [`tidy`].
pub fn tidy_from(
    modules: &Arc<Modules>,
    loader: &mut Loader,
    request: &TidyRequest,
    start: Arc<Requirements>,
) -> Result<Edits, EditError> {
    loader.set_go_version(request.go_version.clone());
    let mut tidying = Tidying {
        modules,
        loader,
        request,
        complaints: Complaints {
            modules,
            keep_going: request.keep_going,
            list: Vec::new(),
        },
        requirements: start,
        missing: HashMap::new(),
    };
    let (imports, uses) = tidying.load()?;
    tidying.complaints.end()?;
    tidying.reduce(&uses);
    tidying.complaints.end()?;
    tidying.tell(&imports);
    tidying.complaints.end()?;
    let matches = tidying.loader.matches(&imports);
    for warning in matches.iter().filter_map(Match::unmatched) {
        if !request.quiet {
            modules.note(&warning);
        }
    }
    tidying.tell_unused();
    let only_sums = tidying.sums(&imports, &uses.packages)?;
    let changes = FileChanges {
        reformat: !request.quiet,
        ..FileChanges::default()
    };
    let requirements = Arc::clone(&tidying.requirements);
    let mut edits = Edits::decide_with(modules, requirements, None, &changes)?;
    edits.only_sums = Some(only_sums);
    Ok(edits)
}

impl Tidying<'_> {
    fn go_version(&self) -> &str {
        let asked = self.request.go_version.as_deref();
        asked.unwrap_or(self.requirements.go_version())
    }

    /// Loads until requirements do not grow any more.
    fn load(&mut self) -> Result<(ImportGraph, ModuleUses), EditError> {
        if pruning_of(self.requirements.go_version()) == gust_modules::graph::Pruning::Unpruned {
            let (expanded, error) = self.modules.expand(&self.requirements);
            self.requirements = expanded;
            error
                .into_iter()
                .for_each(|error| self.complaints.take(error));
            self.complaints.end()?;
        }
        loop {
            let pruning = pruning_of(self.go_version());
            match self.modules.with_pruning(&self.requirements, pruning) {
                Ok(requirements) => self.requirements = requirements,
                Err(error) => self.complaints.take(error),
            }
            self.complaints.end()?;
            let all = ["all".to_owned()];
            let named = Named::Patterns(&all);
            let imports = self.loader.imports(named, Some(&self.requirements))?;
            for line in self.loader.take_ignored() {
                self.modules.note(&line);
            }
            if let Some(fatal) = self.modules.fatal() {
                return Err(EditError::Fatal(Box::new(fatal.clone())));
            }
            if let Some(before) = imports.requirements() {
                self.requirements = Arc::clone(before);
            }
            let uses = self.loader.uses(&imports);
            match self.grow(&imports, &uses) {
                Ok(true) => {}
                Ok(false) => return Ok((imports, uses)),
                Err(error) => {
                    self.complaints.take(error);
                    return Ok((imports, uses));
                }
            }
        }
    }

    /// More requirements, if packages need them. True if everything has to be loaded again.
    fn grow(&mut self, imports: &ImportGraph, uses: &ModuleUses) -> Result<bool, ModulesError> {
        if let Some(error) = imports.too_new() {
            return Err(error.clone());
        }
        let before = Arc::clone(&self.requirements);
        let tidied = self.tidied(uses)?;
        let after =
            self.modules
                .require_with(&before, &uses.direct, &uses.in_all, &tidied.roots)?;
        self.requirements = after;
        if self.requirements.roots != before.roots {
            return Ok(true);
        }
        let mut settled = Settled::unchanged(&self.requirements);
        if self.request.quiet {
            return Ok(false);
        }
        let unfound = imports.unfound().map(|id| imports.path(id).to_owned());
        let unfound: Vec<String> = unfound.collect();
        add_missing(self.modules, imports, &unfound, &mut settled)?;
        self.requirements = settled.requirements;
        self.missing = settled.missing;
        Ok(settled.reload)
    }

    fn tidied(&self, uses: &ModuleUses) -> Result<Arc<Requirements>, ModulesError> {
        let loader = &*self.loader;
        let ambiguity = |requirements: &Arc<Requirements>, packages: &[&UsedPackage]| {
            loader.ambiguous(requirements, packages)
        };
        self.modules
            .tidy_requirements(&self.requirements, uses, &ambiguity)
    }

    /// Only what is needed stays; then the go line takes its place.
    fn reduce(&mut self, uses: &ModuleUses) {
        match self.tidied(uses) {
            Ok(tidied) => self.requirements = tidied,
            Err(error) => return self.complaints.take(error),
        }
        let Some(go_version) = &self.request.go_version else {
            return;
        };
        match self.modules.at_go_version(&self.requirements, go_version) {
            Ok(requirements) => self.requirements = requirements,
            Err(GoVersionError::Modules(error)) => self.complaints.take(error),
            Err(GoVersionError::Clash(clash)) => {
                let text = match self.request.verbose {
                    true => clash.in_full(),
                    false => clash.to_string(),
                };
                self.complaints.take(ModulesError::text(text));
            }
        }
    }

    /// What is wrong with packages. That the standard library lacks one may be the release's fault, and is not told.
    fn tell(&mut self, imports: &ImportGraph) {
        for trouble in self.loader.troubles(imports, &self.missing) {
            if !trouble.is_std && !self.request.quiet {
                self.complaints
                    .take(ModulesError::text(trouble.to_string()));
            }
        }
        if let Err(error) = self.modules.check_shared_replacements(&self.requirements) {
            self.complaints.take(error);
        }
    }

    /// Modules that go.mod required and no longer does; in an unpruned graph, those that nothing leads to any more.
    fn tell_unused(&self) {
        if !self.request.verbose {
            return;
        }
        let is_gone = |path: &ModulePath| match self.requirements.pruning {
            gust_modules::graph::Pruning::Unpruned => {
                let graph = &self.modules.graph_of(&self.requirements).graph;
                graph.selected(path).is_none_or(|version| version.is_none())
            }
            _ => self
                .modules
                .root_selected(&self.requirements, path)
                .is_none(),
        };
        for root in &self.modules.stated().roots {
            if is_gone(&root.path) {
                self.modules.note(&format!("unused {}", root.path));
            }
        }
    }

    /// The lines of go.sum that are needed, by this release and by the one that must still do.
    fn sums(
        &mut self,
        imports: &ImportGraph,
        packages: &[UsedPackage],
    ) -> Result<OnlySums, EditError> {
        let go_version = self.requirements.go_version().to_owned();
        let mut keep = self
            .modules
            .sums_of_packages(&self.requirements, packages, &go_version);
        let compat = compat::version(self.request.compat.as_deref(), &go_version);
        let pruning = pruning_of(&compat);
        if pruning != self.requirements.pruning {
            let (roots, direct) = (&self.requirements.roots, &self.requirements.direct);
            let old = Requirements::new(pruning, roots.clone(), direct.clone());
            let old = Arc::new(old);
            self.check_compat(imports, &old, &compat)?;
            keep.extend(self.modules.sums_of_packages(&old, packages, &go_version));
        }
        // Releases as old as 1.16 need lines that nothing of this one's needs.
        let also_whole = gover::compare(&compat, UNPRUNED).is_gt();
        Ok(OnlySums { keep, also_whole })
    }
}
