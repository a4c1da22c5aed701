//! `get`: other versions of modules, as arguments ask for them.
//!
//! **The problem.** An argument names packages before it names modules, and which module has a package depends on the versions that
//! are selected; those depend on what the arguments come to. Two arguments may want what cannot be had together.
//!
//! **The terms.**
//! - An *argument* ([`argument`]) is a path, a wildcard, a directory or a word for many packages, with a *query* for a version.
//! - *Asking* ([`ask`]) gives an argument *options*: for a path, the modules that have the package at the version that the query
//!   means, and the module of that very path. Queries mean what they mean at the start of the command, whatever happens later: so
//!   each path is asked for once.
//! - To *decide* is to choose one of the options. Decided versions are *held* ([`gust_modules::hold`]): others give way to them. A module
//!   that two arguments decide differently is a contradiction, and so is a decided version that another one rules out.
//! - *Upgrades* ([`upgrade`]) are wanted, and not decided: what is missing, and with -u whatever the packages named lead to.
//!
//! **The decision.** Rounds: ask wildcards and `all` (which see the build list), decide what is beyond doubt, hold it; if that changed the
//! build list, again. What is in doubt is decided by order only when nothing else is left to be done, upgrades come after that, and
//! wildcards that match nothing are looked for last. Decisions only grow, so it ends. Then packages are loaded once more as a build
//! would load them, and what is wrong with them is told ([`verdict`]); only if nothing is, there are edits.
//!
//! **What is left out.** Version selection and giving way are gust-modules'. Nothing is written here.

mod argument;
mod ask;
mod changes;
mod upgrade;
mod verdict;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use gust_modules::{Clash, HoldError, Holding, Modules, ModulesError, Requirements};
use gust_packages::Loader;
use gust_packages::pattern::{clean_patterns, is_meta};
use gust_syntax::gover;
use gust_syntax::module::{ModulePath, ModuleVersion, Version};

use crate::edits::{Edits, FileChanges};
use crate::error::EditError;
use argument::{Answer, Argument, Kind, Options, quoted};
use ask::{Selected, at};

pub use changes::Change;

/// What is asked of `get`.
#[derive(Debug, Clone, Default)]
pub struct GetRequest {
    /// The arguments.
    pub arguments: Vec<String>,
    /// -u: what packages need is upgraded too, by this query.
    pub upgrade: Option<String>,
    /// -t: tests of the packages count.
    pub tests: bool,
    /// -tool: `tool` lines are added or dropped.
    pub tool: bool,
    /// -v: every step is told.
    pub verbose: bool,
    /// Another release may take over where a module needs one.
    pub may_switch: bool,
    /// The modules of a go.work that this one is part of, and their directories: their packages are not looked for.
    pub nearby: Vec<(String, PathBuf)>,
}

/// What loads packages, in two ways.
pub struct Loaders<'a> {
    /// For any build at all.
    pub every: &'a mut Loader,
    /// For this build.
    pub this: &'a mut Loader,
}

/// What `get` came to. Nothing is written yet.
#[derive(Debug)]
pub struct Got {
    /// What go.mod and go.sum should say.
    pub edits: Edits,
    /// What of that is told, in order.
    pub changes: Vec<Change>,
}

/// Why `get` came to nothing.
#[derive(Debug)]
pub enum GetError {
    /// What is wrong with arguments, a text each.
    Complaints(Vec<String>),
    /// It was told already.
    Told,
    /// Anything else.
    Edit(EditError),
}

impl<E: Into<EditError>> From<E> for GetError {
    fn from(error: E) -> GetError {
        GetError::Edit(error.into())
    }
}

/// A decided version, and the argument that decided it first.
#[derive(Debug, Clone)]
struct Decision {
    version: Version,
    by: usize,
}

/// One command at work.
struct Getting<'a> {
    modules: &'a Arc<Modules>,
    every: &'a mut Loader,
    request: &'a GetRequest,
    arguments: Vec<Argument>,
    decisions: BTreeMap<ModulePath, Decision>,
    requirements: Arc<Requirements>,
    /// The build list, and its versions by path.
    list: Vec<ModuleVersion>,
    selected: Arc<Selected>,
    /// As they were in the beginning.
    first: Arc<Selected>,
}

/// Finds out what go.mod and go.sum have to say for what is asked.
///
/// # Errors
/// [`GetError`]
pub fn get(
    modules: &Arc<Modules>,
    loaders: Loaders<'_>,
    request: &GetRequest,
) -> Result<Got, GetError> {
    let (arguments, drop_toolchain) = read_arguments(modules, request)?;
    let built = modules.build_list(modules.stated());
    if let Some(err) = built.error {
        return Err(err.into());
    }
    let first = Arc::new(by_path(&built.modules));
    let mut getting = Getting {
        modules,
        every: loaders.every,
        request,
        arguments,
        decisions: BTreeMap::new(),
        requirements: built.requirements,
        list: built.modules,
        selected: Arc::clone(&first),
        first,
    };
    getting.settle_all()?;
    let mut file = FileChanges {
        drop_toolchain,
        explicit_toolchain: getting.arguments.iter().any(|a| a.pattern == "toolchain"),
        ..FileChanges::default()
    };
    getting.verdict(loaders.this)?;
    if request.tool {
        getting.tools(loaders.this, &mut file)?;
    }
    let requirements = Arc::clone(&getting.requirements);
    let edits = Edits::decide_with(modules, requirements, None, &file)?;
    let changes = getting.changes(&edits);
    Ok(Got { edits, changes })
}

fn by_path(list: &[ModuleVersion]) -> Selected {
    let pairs = list.iter();
    pairs
        .map(|module| (module.path.clone(), module.version.clone()))
        .collect()
}

/// The arguments, and whether the toolchain line is to go.
fn read_arguments(
    modules: &Modules,
    request: &GetRequest,
) -> Result<(Vec<Argument>, bool), GetError> {
    let default = request.upgrade.as_deref().unwrap_or("upgrade");
    let (mut arguments, mut complaints, mut drop_toolchain) = (Vec::new(), Vec::new(), false);
    for text in clean_patterns(&request.arguments) {
        let mut argument = match Argument::read(&text, default) {
            Ok(argument) => argument,
            Err(err) => {
                complaints.push(err.to_string());
                continue;
            }
        };
        match (argument.pattern.as_str(), argument.query.as_str()) {
            ("go", "none") => {
                complaints.push("cannot use go@none".to_owned());
                continue;
            }
            ("toolchain", "none") => {
                drop_toolchain = true;
                continue;
            }
            _ => {}
        }
        if request.arguments.is_empty() {
            argument.text.clear();
        }
        match file_instead(modules, &argument) {
            Some(complaint) => complaints.push(complaint),
            None => arguments.push(argument),
        }
    }
    match complaints.is_empty() {
        true => Ok((arguments, drop_toolchain)),
        false => Err(GetError::Complaints(complaints)),
    }
}

/// A Go file stands where a package should.
fn file_instead(modules: &Modules, argument: &Argument) -> Option<String> {
    let text = &argument.text;
    if !text.ends_with(".go") || argument.has_version {
        return None;
    }
    if !text.contains('/') {
        return Some(format!("{text}: arguments must be package or module paths"));
    }
    let file = modules.settings().cwd.join(text);
    modules
        .view()
        .is_file(&file)
        .then(|| format!("{text} exists as a file, but 'go get' requires package arguments"))
}

impl Getting<'_> {
    fn settle_all(&mut self) -> Result<(), GetError> {
        self.ask_first();
        loop {
            self.ask_wildcards();
            self.ask_all()?;
            if self.decide(|_| true)? {
                continue;
            }
            let upgrades = self.find_upgrades()?;
            if self.apply_upgrades(upgrades)? {
                continue;
            }
            self.ask_missing_wildcards();
            if !self.decide(|argument| matches!(argument.kind, Kind::Wildcard(_)))? {
                break;
            }
        }
        let complaints = self.check_wildcards();
        self.end_if(complaints)
    }

    /// Has another module of the workspace the package?
    fn is_nearby(&self, package: &str) -> bool {
        let mut nearby = self.request.nearby.iter();
        nearby.any(|(module, dir)| self.every.is_in_module(package, module, dir))
    }

    fn end_if(&self, complaints: Vec<String>) -> Result<(), GetError> {
        match complaints.is_empty() {
            true => Ok(()),
            false => Err(GetError::Complaints(complaints)),
        }
    }

    /// Decides what the options of these arguments leave no doubt about; if that changes nothing, the rest by order. True if the
    /// build list changed.
    fn decide(&mut self, which: impl Fn(&Argument) -> bool) -> Result<bool, GetError> {
        let chosen: Vec<usize> = (0..self.arguments.len())
            .filter(|&i| which(&self.arguments[i]))
            .collect();
        let mut decided_any = false;
        loop {
            self.hand_over_if_too_new(&chosen)?;
            let mut complaints = Vec::new();
            let mut decided = false;
            for &i in &chosen {
                for (path, answer) in std::mem::take(&mut self.arguments[i].open) {
                    let options = match answer {
                        Ok(options) => options,
                        Err(err) => {
                            complaints.push(self.arguments[i].complaint(&err.to_string()));
                            continue;
                        }
                    };
                    match self.narrow(&options) {
                        Narrowed::Doubt(options) => {
                            self.arguments[i].open.push((path, Ok(options)));
                            continue;
                        }
                        Narrowed::One(module, is_package) => {
                            self.decide_one(i, module, is_package, &mut complaints);
                        }
                        // Whatever is chosen contradicts, and is told.
                        Narrowed::Nothing => {
                            if let Some((module, is_package)) = self.by_order(&options) {
                                self.decide_one(i, module, is_package, &mut complaints);
                            }
                        }
                    }
                    decided = true;
                }
            }
            self.end_if(complaints)?;
            if !decided {
                break;
            }
            decided_any = true;
        }
        if decided_any && self.hold(&[])? {
            return Ok(true);
        }
        self.decide_by_order(&chosen)
    }

    fn decide_by_order(&mut self, chosen: &[usize]) -> Result<bool, GetError> {
        let (mut decided, mut complaints) = (false, Vec::new());
        for &i in chosen {
            for (_, answer) in std::mem::take(&mut self.arguments[i].open) {
                if let Some((module, is_package)) = answer.ok().and_then(|o| self.by_order(&o)) {
                    self.decide_one(i, module, is_package, &mut complaints);
                    decided = true;
                }
            }
        }
        self.end_if(complaints)?;
        Ok(decided && self.hold(&[])?)
    }

    /// Modules that need a newer release are no matter of arguments where that release can take over.
    fn hand_over_if_too_new(&mut self, chosen: &[usize]) -> Result<(), GetError> {
        if !self.request.may_switch {
            return Ok(());
        }
        // Of several that need the same, the first by name is told.
        let mut worst: Option<(String, String, ModulesError)> = None;
        for &i in chosen {
            for (_, answer) in &self.arguments[i].open {
                let Err(err) = answer else { continue };
                let Some((what, version)) = err.too_new() else {
                    continue;
                };
                let is_worse = |(known, by, _): &(String, String, ModulesError)| {
                    let order = gover::compare(known, version);
                    order.is_lt() || order.is_eq() && what < by.as_str()
                };
                if worst.as_ref().is_none_or(is_worse) {
                    worst = Some((version.to_owned(), what.to_owned(), err.clone()));
                }
            }
        }
        worst.map_or(Ok(()), |(.., err)| Err(err.into()))
    }

    /// The options that what is decided already leaves.
    fn narrow(&self, options: &Options) -> Narrowed {
        let mut left = Options {
            path: options.path.clone(),
            ..Options::default()
        };
        for module in &options.providers {
            if self.is_removed(&module.path) {
                continue;
            }
            if self.modules.main(&module.path).is_some() {
                if module.version.is_empty() {
                    return Narrowed::One(module.clone(), true);
                }
                continue;
            }
            match self.decisions.get(&module.path) {
                None => left.providers.push(module.clone()),
                // Any other choice would make two modules with one package.
                Some(decision) if decision.version == module.version => {
                    return Narrowed::One(module.clone(), true);
                }
                Some(_) => {}
            }
        }
        let stays = |module: &&ModuleVersion| {
            let decision = self.decisions.get(&module.path);
            decision.is_none_or(|decision| decision.version == module.version)
        };
        left.module = options.module.as_ref().filter(stays).cloned();
        match (&left.providers[..], &left.module) {
            ([only], None) => Narrowed::One(only.clone(), true),
            ([only], Some(module)) if only == module => Narrowed::One(only.clone(), true),
            ([], Some(module)) => Narrowed::One(module.clone(), false),
            ([], None) => Narrowed::Nothing,
            _ => Narrowed::Doubt(left),
        }
    }

    /// The first of the options, one that was selected before rather than others; and whether it has the package.
    fn by_order(&self, options: &Options) -> Option<(ModuleVersion, bool)> {
        let known = |module: &&ModuleVersion| !at(&self.first, &module.path).is_none();
        let provider = options.providers.iter().find(known);
        let provider = provider.or(options.providers.first());
        let provider = provider.map(|module| (module.clone(), true));
        provider.or_else(|| Some((options.module.clone()?, false)))
    }

    fn decide_one(
        &mut self,
        by: usize,
        module: ModuleVersion,
        is_package: bool,
        complaints: &mut Vec<String>,
    ) {
        self.arguments[by].names_packages |= is_package;
        if self.modules.main(&module.path).is_some() && !module.version.is_empty() {
            let argument = &self.arguments[by];
            let err = ask::version_of_main(self.modules, argument, &module.path);
            complaints.push(argument.complaint(&err.to_string()));
            return;
        }
        match self.decisions.get(&module.path) {
            Some(other) if other.version != module.version => {
                if !std::mem::replace(&mut self.arguments[by].contradicts, true) {
                    complaints.push(self.contradiction(by, &module, other));
                }
            }
            _ => {
                let version = module.version.clone();
                let decision = Decision { version, by };
                self.decisions.insert(module.path.clone(), decision);
                self.arguments[by].decided.push(module);
            }
        }
    }

    /// Two arguments want a module at two versions.
    fn contradiction(&self, by: usize, module: &ModuleVersion, other: &Decision) -> String {
        let this = (&self.arguments[by], &module.version);
        let that = (&self.arguments[other.by], &other.version);
        // One that names it is told before one that matches it.
        let (first, second) = match this.0.is_wild() && !that.0.is_wild() {
            true => (that, this),
            false => (this, that),
        };
        let of = match *module.path == *first.0.pattern {
            true => String::new(),
            false => format!("for module {}, ", module.path),
        };
        let text = format!(
            "{of}{} conflicts with {}",
            first.0.told_at(first.1),
            second.0.told_at(second.1)
        );
        this.0.complaint(&text)
    }

    /// Makes requirements of what is decided, with `raise` as far as that allows. True if the build list changed.
    fn hold(&mut self, raise: &[ModuleVersion]) -> Result<bool, GetError> {
        let held: Vec<ModuleVersion> = self
            .decisions
            .iter()
            .filter(|(path, _)| self.modules.main(path).is_none())
            .map(|(path, decision)| ModuleVersion {
                path: path.clone(),
                version: decision.version.clone(),
            })
            .collect();
        let asked = Holding {
            raise,
            hold: &held,
            verbose: self.request.verbose,
        };
        let requirements = match self.modules.hold(&self.requirements, &asked) {
            Ok(requirements) => requirements,
            Err(HoldError::Modules(err)) => return Err(err.into()),
            Err(HoldError::Clashes(clashes)) => return Err(self.clashes(&clashes)),
        };
        if Arc::ptr_eq(&requirements, &self.requirements) {
            return Ok(false);
        }
        let built = self.modules.build_list(&requirements);
        if let Some(err) = built.error {
            return Err(err.into());
        }
        self.requirements = built.requirements;
        self.selected = Arc::new(by_path(&built.modules));
        self.list = built.modules;
        Ok(true)
    }

    /// Clashes in the words of the arguments that led to them.
    fn clashes(&self, clashes: &[Clash]) -> GetError {
        if self.request.verbose {
            for clash in clashes {
                self.modules.note(&format!("go: {}", clash.in_full()));
            }
        }
        let reason = |module: &ModuleVersion| match self.decisions.get(&module.path) {
            Some(decision) => self.arguments[decision.by].told_of(&ModuleVersion {
                path: module.path.clone(),
                version: decision.version.clone(),
            }),
            None => module.to_string(),
        };
        let told = clashes.iter().map(|clash| {
            let first = reason(&clash.chain[0]);
            let (adverb, last) = (clash.adverb(), clash.last());
            match (clash.reason(), &clash.held) {
                (None, Some(held)) => {
                    format!("{first} {adverb}requires {last}, not {}", reason(held))
                }
                (error, _) => {
                    format!(
                        "{first} {adverb}requires {last}: {}",
                        error.unwrap_or_default()
                    )
                }
            }
        });
        GetError::Complaints(told.collect())
    }

    /// `tool` lines for the packages that arguments name. What is wrong with these is told once more, and no matter.
    fn tools(&mut self, this: &mut Loader, file: &mut FileChanges) -> Result<(), GetError> {
        for argument in &self.arguments {
            if is_meta(&argument.pattern) || argument.pattern == "toolchain" {
                let text = format!(
                    "go get -tool does not work with {}.",
                    quoted(&argument.pattern)
                );
                return Err(GetError::Complaints(vec![text]));
            }
        }
        let patterns = self
            .arguments
            .iter()
            .map(|argument| argument.pattern.clone());
        let patterns: Vec<String> = patterns.collect();
        for trouble in self.load_whole(this, &patterns)?.1 {
            self.modules.note(&format!("go: {trouble}"));
        }
        for argument in &self.arguments {
            let found = this.named(&argument.pattern)?;
            let packages = found.packages.iter().map(ToString::to_string);
            match argument.removes() {
                true => file.drop_tools.extend(packages),
                false => file.add_tools.extend(packages),
            }
        }
        Ok(())
    }
}

/// What is left of options.
enum Narrowed {
    /// One module, and whether it has the package.
    One(ModuleVersion, bool),
    /// None that would not contradict.
    Nothing,
    /// Several.
    Doubt(Options),
}
