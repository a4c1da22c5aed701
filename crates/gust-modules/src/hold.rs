//! Requirements in which some modules are held at a version: others rise or fall around them.
//!
//! **The problem.** Minimal version selection only ever rises. Whoever asks for a version below the one that is selected wants
//! others to give way, and whoever asks for two versions of which one requires more than the other wants to hear why not.
//!
//! **The decision.** Roots are tried: the graph behind them is read, far enough that what is selected for each root is part of it
//! ([`Modules::open_graph`]); blame is laid ([`Blame`]); and each root to blame steps down to its next lower version, or to what
//! was selected before anything was asked, until nobody is to blame. A held root that is to blame is a [`Clash`], and then
//! nothing changes. Only when all is well do roots rise to what the graph selects. No version is tried twice, so it ends.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use gust_fetch::FetchError;
use gust_syntax::gover;
use gust_syntax::module::{self, ModulePath, ModuleVersion, Version};

use crate::Modules;
use crate::error::ModulesError;
use crate::graph::blame::Blame;
use crate::graph::{LoadRequest, ModuleGraph, Pruning, compare_versions, roots};
use crate::query::Allow;
use crate::requirements::Requirements;
use crate::summary::pruning_of;

/// What is asked of requirements.
#[derive(Debug, Default)]
pub struct Holding<'a> {
    /// Versions to rise to, as far as what is held allows.
    pub raise: &'a [ModuleVersion],
    /// Versions that must be selected; `none` if the module must not be there.
    pub hold: &'a [ModuleVersion],
    /// Every step is told, not only those that an error leads to.
    pub verbose: bool,
}

/// Why versions cannot be held together. `Display` is go's one-line summary.
#[derive(Debug, Clone)]
pub struct Clash {
    /// From a held version to what is in the way; never empty.
    pub chain: Vec<ModuleVersion>,
    /// What the end of the chain ought to be, unless it cannot be read.
    pub held: Option<ModuleVersion>,
    /// Why it cannot.
    pub error: Option<ModulesError>,
}

/// Why requirements could not be changed.
#[derive(Debug)]
pub enum HoldError {
    /// Versions contradict each other.
    Clashes(Vec<Clash>),
    /// A graph or a list of versions cannot be had.
    Modules(ModulesError),
}

impl From<ModulesError> for HoldError {
    fn from(error: ModulesError) -> HoldError {
        HoldError::Modules(error)
    }
}

impl Clash {
    /// `indirectly ` if there are others between the ends.
    pub fn adverb(&self) -> &'static str {
        if self.chain.len() > 2 {
            "indirectly "
        } else {
            ""
        }
    }

    /// The end of the chain.
    pub fn last(&self) -> &ModuleVersion {
        self.chain.last().unwrap_or(&self.chain[0])
    }

    /// Why the end cannot be read, without its name in front.
    pub fn reason(&self) -> Option<String> {
        let last = self.last();
        Some(match self.error.as_ref()? {
            ModulesError::Module { module, err } if module == last => err.to_string(),
            ModulesError::Fetch(FetchError::Module { path, version, err })
                if **path == *last.path && *version == *last.version.as_str() =>
            {
                err.to_string()
            }
            err => err.to_string(),
        })
    }

    /// The whole chain, a line a step.
    pub fn in_full(&self) -> String {
        let mut text = self.chain[0].to_string();
        match &self.chain[1..] {
            [] => text.push_str(" found"),
            rest => {
                for module in rest {
                    text.push_str(&format!(" requires\n\t{module}"));
                }
            }
        }
        if let Some(held) = &self.held {
            text.push_str(&format!(", but {} is requested", held.version));
        }
        if let Some(reason) = self.reason() {
            text.push_str(&format!(": {reason}"));
        }
        text
    }
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last, adverb) = (&self.chain[0], self.last(), self.adverb());
        let version = self.held.as_ref().map_or("", |held| held.version.as_str());
        match (self.chain.len(), self.reason()) {
            (1, Some(reason)) => write!(f, "{first}: {reason}"),
            (1, None) => write!(f, "{first} is above {version}"),
            (_, Some(reason)) => write!(f, "{first} {adverb}requires {last}: {reason}"),
            (_, None) => write!(
                f,
                "{first} {adverb}requires {last}, but {version} is requested"
            ),
        }
    }
}

/// A search for roots.
struct Search<'a> {
    modules: &'a Modules,
    /// Before anything was asked.
    before: &'a Arc<Requirements>,
    pruning: Pruning,
    held: HashMap<ModulePath, Version>,
    /// The version of each root as it is tried; `none` if it is to go.
    at: BTreeMap<ModulePath, Version>,
    rejected: HashSet<ModuleVersion>,
    verbose: bool,
}

/// A graph that holds, for each root, what is selected in its place.
struct Opened {
    graph: ModuleGraph,
    error: Option<ModulesError>,
    opened: HashSet<ModuleVersion>,
}

impl Modules {
    /// Requirements with what is asked in them; the same ones if that changes nothing.
    ///
    /// # Errors
    /// [`HoldError`]
    pub fn hold(
        &self,
        before: &Arc<Requirements>,
        asked: &Holding<'_>,
    ) -> Result<Arc<Requirements>, HoldError> {
        let pruning = pruning_asked(before, asked.hold);
        let start = self.with_pruning(before, pruning)?;
        let mut search = Search {
            modules: self,
            before,
            pruning,
            held: HashMap::new(),
            at: self.root_versions(&start)?,
            rejected: HashSet::new(),
            verbose: asked.verbose,
        };
        search.set(asked);
        search.take_blame_away()?;
        self.held_requirements(&search, &start, asked.hold)
    }

    /// The same requirements, read with another pruning.
    ///
    /// # Errors
    /// A graph cannot be had.
    pub fn with_pruning(
        &self,
        requirements: &Arc<Requirements>,
        pruning: Pruning,
    ) -> Result<Arc<Requirements>, ModulesError> {
        match (requirements.pruning, pruning) {
            (from, to) if from == to => Ok(Arc::clone(requirements)),
            (_, Pruning::Unpruned) => {
                let graph = self
                    .read_graph(Pruning::Unpruned, &requirements.roots)
                    .whole()?;
                let keep = requirements.roots.iter().map(|root| root.path.clone());
                let list = roots::least(&graph, &keep.collect());
                let direct = requirements.direct.clone();
                Ok(Arc::new(Requirements::new(pruning, list, direct)))
            }
            _ => {
                let graph = self.graph_of(requirements).clone().whole()?;
                let direct = requirements.direct.clone();
                let list = graph.dependencies();
                Ok(Arc::new(Requirements::new(pruning, list, direct)))
            }
        }
    }

    /// What would be roots if nothing could be left out of a go.mod: there is no telling which of the others are needed.
    fn root_versions(
        &self,
        requirements: &Arc<Requirements>,
    ) -> Result<BTreeMap<ModulePath, Version>, ModulesError> {
        let pair = |module: &ModuleVersion| (module.path.clone(), module.version.clone());
        if requirements.pruning == Pruning::Pruned {
            let paths = requirements.roots.iter().map(|root| &root.path);
            let highest =
                |path: &ModulePath| Some((path.clone(), requirements.root(path)?.clone()));
            return Ok(paths.filter_map(highest).collect());
        }
        let graph = self.graph_of(requirements).clone().whole()?;
        Ok(graph.dependencies().iter().map(pair).collect())
    }

    /// Reads the graph behind roots; and, as what is selected for them may be pruned away, again with that looked through.
    fn open_graph(
        &self,
        pruning: Pruning,
        roots: &[ModuleVersion],
        paths: &[ModulePath],
    ) -> Opened {
        let mains = self.main_versions();
        let mut opened = HashSet::new();
        loop {
            let request = LoadRequest {
                mains: &mains,
                roots,
                pruning,
                unprune: &opened,
            };
            let (graph, error) = ModuleGraph::load(&request, self);
            let error = error.map(|error| ModulesError::BuildList {
                stack: error.chain,
                err: Box::new(ModulesError::clone(&error.source)),
            });
            let known = opened.len();
            if pruning == Pruning::Pruned {
                for path in paths {
                    let Some(version) = graph.selected(path).filter(|v| !v.is_none()) else {
                        continue;
                    };
                    let module = ModuleVersion {
                        path: path.clone(),
                        version: version.clone(),
                    };
                    if graph.required_by(&module).is_none() {
                        opened.insert(module);
                    }
                }
            }
            if opened.len() == known {
                return Opened {
                    graph,
                    error,
                    opened,
                };
            }
        }
    }

    /// The next lower version that there is a tag for and that may be used; `none` below the lowest.
    fn version_below(&self, module: &ModuleVersion) -> Result<Version, ModulesError> {
        let tagged = match self.all_versions(&module.path) {
            Ok(tagged) => tagged.list,
            Err(err) if err.is_not_exist() => return Ok(Version::none()),
            Err(err) => return Err(err),
        };
        let is_below = |version: &&String| {
            compare_versions(&module.path, version, &module.version) == Ordering::Less
        };
        for version in tagged.iter().rev().filter(is_below) {
            let candidate = ModuleVersion::new(module.path.clone(), version.as_str());
            match self.check_allowed(&candidate, Allow::Good) {
                Err(err) if err.is_disallowed() => {}
                _ => return Ok(candidate.version),
            }
        }
        Ok(Version::none())
    }

    fn held_requirements(
        &self,
        search: &Search<'_>,
        start: &Arc<Requirements>,
        hold: &[ModuleVersion],
    ) -> Result<Arc<Requirements>, HoldError> {
        let mut list = search.roots();
        if search.pruning == Pruning::Unpruned {
            let mut keep: HashSet<ModulePath> = HashSet::new();
            let asked = hold.iter().filter(|m| !m.version.is_none());
            keep.extend(asked.map(|module| module.path.clone()));
            let stays = |module: &&ModuleVersion| {
                let stated = self.root_selected(start, &module.path);
                stated.is_some_and(|v| v == module.version || start.direct.contains(&module.path))
            };
            keep.extend(list.iter().filter(stays).map(|module| module.path.clone()));
            let graph = self.read_graph(Pruning::Unpruned, &list).whole()?;
            list = roots::least(&graph, &keep);
            module::sort(&mut list);
        }
        if search.pruning == search.before.pruning && list == search.before.roots {
            return Ok(Arc::clone(search.before));
        }
        let direct = list.iter().map(|root| &root.path);
        let direct = direct.filter(|path| start.direct.contains(*path)).cloned();
        let held = Arc::new(Requirements::new(
            search.pruning,
            list.clone(),
            direct.collect(),
        ));
        if search.pruning == Pruning::Unpruned && pruning_of(held.go_version()) == Pruning::Pruned {
            return Ok(self.with_pruning(&held, Pruning::Pruned)?);
        }
        Ok(held)
    }
}

/// How the graph will be read once what is held is so.
fn pruning_asked(before: &Requirements, hold: &[ModuleVersion]) -> Pruning {
    for module in hold {
        match &*module.path {
            "go" => return pruning_of(&module.version),
            "toolchain" => {
                let release = gover::from_toolchain(&module.version).unwrap_or("");
                if pruning_of(release) == Pruning::Unpruned {
                    return Pruning::Unpruned;
                }
            }
            _ => {}
        }
    }
    before.pruning
}

impl Search<'_> {
    fn set(&mut self, asked: &Holding<'_>) {
        for module in asked.raise {
            let known = self.at.get(&module.path);
            if known.is_some_and(|v| compare_versions(&module.path, v, &module.version).is_ge()) {
                continue;
            }
            if self.verbose {
                self.modules
                    .note(&format!("go: trying upgrade to {module}"));
            }
            self.at.insert(module.path.clone(), module.version.clone());
        }
        for module in asked.hold {
            self.held
                .insert(module.path.clone(), module.version.clone());
            self.at.insert(module.path.clone(), module.version.clone());
        }
    }

    fn roots(&self) -> Vec<ModuleVersion> {
        let stay = self.at.iter().filter(|(_, version)| !version.is_none());
        let mut list: Vec<ModuleVersion> = stay
            .map(|(path, version)| ModuleVersion {
                path: path.clone(),
                version: version.clone(),
            })
            .collect();
        module::sort(&mut list);
        list
    }

    fn take_blame_away(&mut self) -> Result<(), HoldError> {
        loop {
            let roots = self.roots();
            let paths: Vec<ModulePath> = self.at.keys().cloned().collect();
            let opened = self.modules.open_graph(self.pruning, &roots, &paths);
            if let Some(err) = opened.error.filter(|err| err.too_new().is_some()) {
                return Err(err.into());
            }
            let graph = &opened.graph;
            let all: HashMap<ModuleVersion, Pruning> = roots
                .iter()
                .chain(&opened.opened)
                .map(|root| (root.clone(), self.pruning_of(root)))
                .collect();
            let blame = Blame::find(graph, all.clone(), &self.held);
            let (mut lower, mut clashes) = (Vec::new(), Vec::new());
            for root in &roots {
                let pruning = all.get(root).copied().unwrap_or(self.pruning);
                let chain = blame.chain(root, pruning);
                if chain.is_empty() {
                    continue;
                }
                let clash = self.clash(graph, chain);
                match self.give_way(graph, &blame, root, pruning, &clash)? {
                    Way::Clash => clashes.push(clash),
                    Way::Rise => {}
                    Way::To(version) => lower.push((root.path.clone(), version)),
                }
            }
            if !clashes.is_empty() {
                return Err(HoldError::Clashes(clashes));
            }
            let settled = lower.is_empty();
            self.at.extend(lower);
            if settled && !self.rise(graph) {
                return Ok(());
            }
        }
    }

    fn pruning_of(&self, root: &ModuleVersion) -> Pruning {
        match self.pruning {
            Pruning::Pruned => {
                let go_mod = self.modules.go_mod(root);
                go_mod.map_or(Pruning::Pruned, |go_mod| go_mod.pruning)
            }
            other => other,
        }
    }

    /// Why the go.mod of a version cannot be had.
    fn error_of(&self, graph: &ModuleGraph, module: &ModuleVersion) -> Option<ModulesError> {
        let unread = graph.is_unread(module);
        self.modules.go_mod(module).err().filter(|_| unread)
    }

    fn clash(&self, graph: &ModuleGraph, chain: Vec<ModuleVersion>) -> Clash {
        let last = chain.last();
        let error = last.and_then(|last| self.error_of(graph, last));
        let held = last.filter(|_| error.is_none()).and_then(|last| {
            Some(ModuleVersion {
                path: last.path.clone(),
                version: self.held.get(&last.path)?.clone(),
            })
        });
        Clash { chain, held, error }
    }

    /// What a root that is to blame does.
    fn give_way(
        &mut self,
        graph: &ModuleGraph,
        blame: &Blame<'_>,
        root: &ModuleVersion,
        pruning: Pruning,
        clash: &Clash,
    ) -> Result<Way, HoldError> {
        if self.held.get(&root.path) == Some(&root.version) {
            return Ok(Way::Clash);
        }
        if let Some(version) = graph.selected(&root.path).filter(|v| **v != root.version) {
            let higher = ModuleVersion {
                path: root.path.clone(),
                version: version.clone(),
            };
            if !blame.has(&higher, pruning) && !self.rejected.contains(&higher) {
                return Ok(Way::Rise);
            }
        }
        let first = self
            .modules
            .graph_of(self.before)
            .graph
            .selected(&root.path)
            .cloned();
        let first = first.unwrap_or_else(Version::none);
        if clash.error.is_some() && first == root.version {
            return Ok(Way::Clash);
        }
        let version = self.next_below(blame, root, pruning, &first)?;
        if clash.error.is_some() || self.verbose {
            let step = if version.is_none() {
                format!("removing {root}")
            } else if version == first {
                format!("restoring {}@{version}", root.path)
            } else {
                format!("trying {}@{version}", root.path)
            };
            self.modules.note(&format!("go: {clash}\n\t{step}"));
        }
        Ok(Way::To(version))
    }

    /// The next lower version that was not rejected yet. The version of before is among those to be tried, tagged or not.
    fn next_below(
        &mut self,
        blame: &Blame<'_>,
        root: &ModuleVersion,
        pruning: Pruning,
        first: &Version,
    ) -> Result<Version, ModulesError> {
        self.rejected.insert(root.clone());
        let was_lower = compare_versions(&root.path, &root.version, first).is_gt();
        let mut at = root.clone();
        loop {
            let below = self.modules.version_below(&at);
            let skipped = |v: &Version| compare_versions(&root.path, v, first).is_lt();
            at.version = match below {
                Ok(version) if was_lower && !self.tried(&root.path, first) && skipped(&version) => {
                    first.clone()
                }
                Err(_) if was_lower && !self.tried(&root.path, first) => first.clone(),
                other => other?,
            };
            if at.version.is_none() {
                return Ok(at.version);
            }
            if self.rejected.contains(&at) {
                continue;
            }
            if blame.has(&at, pruning) {
                self.rejected.insert(at.clone());
                continue;
            }
            return Ok(at.version);
        }
    }

    fn tried(&self, path: &ModulePath, version: &Version) -> bool {
        self.rejected.contains(&ModuleVersion {
            path: path.clone(),
            version: version.clone(),
        })
    }

    /// Raises roots to what is selected for them. True if that changed any.
    fn rise(&mut self, graph: &ModuleGraph) -> bool {
        let mut from = Vec::new();
        for (path, version) in &mut self.at {
            let selected = graph.selected(path).cloned().unwrap_or_else(Version::none);
            if self.held.contains_key(path) || selected == *version {
                continue;
            }
            let old = std::mem::replace(version, selected);
            from.push(ModuleVersion {
                path: path.clone(),
                version: old,
            });
        }
        if self.verbose {
            module::sort(&mut from);
            for old in &from {
                let new = self
                    .at
                    .get(&old.path)
                    .map_or("", |version| version.as_str());
                self.modules.note(&format!(
                    "go: accepting indirect upgrade from {old} to {new}"
                ));
            }
        }
        !from.is_empty()
    }
}

/// What becomes of a root that is to blame.
enum Way {
    /// It cannot give way.
    Clash,
    /// What is selected in its place is all right.
    Rise,
    /// It steps down.
    To(Version),
}
