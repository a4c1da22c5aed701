//! Roots made consistent with the graph behind them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use gust_syntax::gover;
use gust_syntax::module::{ModulePath, ModuleVersion, Version};

use crate::Modules;
use crate::error::ModulesError;
use crate::graph::{ModuleGraph, Pruning};
use crate::requirements::Requirements;
use crate::settings::ModFlag;

impl Modules {
    /// go.mod would have to change, and may not.
    pub(crate) fn dirty(&self) -> ModulesError {
        ModulesError::Dirty {
            mode: self.mode.as_str(),
            explicit: self.settings.mod_flag.is_some(),
            reason: self.mod_reason.clone(),
        }
    }

    /// Must go.mod list everything that it needs to, because nobody will add it?
    pub(crate) fn must_be_complete(&self) -> bool {
        self.mode != ModFlag::Mod && self.work.is_none()
    }

    /// The whole graph, with roots that are selected by it; other roots are brought up to what is selected.
    ///
    /// The requirements are always usable; the error tells why they may not be consistent.
    pub fn expand(
        &self,
        requirements: &Arc<Requirements>,
    ) -> (Arc<Requirements>, Option<ModulesError>) {
        let loaded = self.graph_of(requirements);
        if loaded.error.is_some() || self.roots_are_selected(requirements, &loaded.graph) {
            return (Arc::clone(requirements), loaded.error.clone());
        }
        match self.update_roots(requirements, &requirements.direct, &[]) {
            Err(err) => (Arc::clone(requirements), Some(err)),
            Ok(updated) => {
                let error = self.graph_of(&updated).error.clone();
                (updated, error)
            }
        }
    }

    fn roots_are_selected(&self, requirements: &Requirements, graph: &ModuleGraph) -> bool {
        let selected =
            |module: &ModuleVersion| graph.selected(&module.path) == Some(&module.version);
        if self.work.is_some() {
            return self.mains.iter().all(|main| selected(&main.module));
        }
        requirements.roots.iter().all(selected)
    }

    /// Roots that are selected, with `add` (if higher) among them.
    pub(crate) fn update_roots(
        &self,
        requirements: &Arc<Requirements>,
        direct: &BTreeSet<ModulePath>,
        add: &[ModuleVersion],
    ) -> Result<Arc<Requirements>, ModulesError> {
        match requirements.pruning {
            Pruning::Unpruned => self.update_unpruned(requirements, direct, add),
            Pruning::Pruned => self.update_pruned(requirements, direct, add),
            Pruning::Workspace => Ok(Arc::clone(requirements)),
        }
    }

    /// Roots for packages that were loaded: their modules are roots, at versions that no root of theirs contradicts.
    pub(crate) fn settled_roots(
        &self,
        requirements: &Arc<Requirements>,
        direct: &BTreeSet<ModulePath>,
        needed: &[ModuleVersion],
    ) -> Result<Arc<Requirements>, ModulesError> {
        match requirements.pruning {
            Pruning::Workspace => Ok(Arc::clone(requirements)),
            Pruning::Unpruned => self.update_unpruned(requirements, direct, &[]),
            Pruning::Pruned => {
                let is_root =
                    |m: &&ModuleVersion| self.root_selected(requirements, &m.path).is_some();
                let (rooted, add): (Vec<_>, Vec<_>) = needed.iter().partition(is_root);
                if !requirements.has_graph() && !self.agrees(requirements, &rooted) {
                    let loaded = self.graph_of(requirements);
                    if let Some(err) = &loaded.error {
                        return Err(err.clone());
                    }
                }
                let add: Vec<ModuleVersion> = add.into_iter().cloned().collect();
                self.update_pruned(requirements, direct, &add)
            }
        }
    }

    /// Do the modules, all of them roots, ask for nothing higher than the roots state?
    fn agrees(&self, requirements: &Requirements, modules: &[&ModuleVersion]) -> bool {
        use rayon::prelude::*;
        modules.par_iter().all(|module| {
            let Ok(go_mod) = self.go_mod(module) else {
                return false;
            };
            go_mod.require.iter().all(|required| {
                self.root_selected(requirements, &required.path)
                    .is_none_or(|v| {
                        v.is_empty()
                            || gover::mod_compare(&required.path, &v, &required.version).is_ge()
                    })
            })
        })
    }

    fn update_pruned(
        &self,
        requirements: &Arc<Requirements>,
        direct: &BTreeSet<ModulePath>,
        add: &[ModuleVersion],
    ) -> Result<Arc<Requirements>, ModulesError> {
        let mut current = Arc::clone(requirements);
        let lower = |module: &&ModuleVersion| {
            self.root_selected(requirements, &module.path)
                .is_none_or(|v| {
                    !v.is_empty() && gover::mod_compare(&module.path, &v, &module.version).is_lt()
                })
        };
        let added: Vec<ModuleVersion> = add.iter().filter(lower).cloned().collect();
        let mut upgraded = !added.is_empty();
        let mut roots: Vec<ModuleVersion> =
            requirements.roots.iter().cloned().chain(added).collect();
        loop {
            if upgraded {
                if self.must_be_complete() {
                    return Err(self.dirty());
                }
                current = Arc::new(Requirements::new(Pruning::Pruned, roots, direct.clone()));
                if let Some(err) = &self.graph_of(&current).error {
                    return Err(err.clone());
                }
            }
            let graph = current
                .has_graph()
                .then(|| Arc::clone(&self.graph_of(&current).graph));
            let mut seen: HashSet<&ModulePath> =
                self.mains.iter().map(|main| &main.module.path).collect();
            roots = Vec::with_capacity(current.roots.len());
            upgraded = false;
            for root in &current.roots {
                if !seen.insert(&root.path) {
                    continue;
                }
                let version = match &graph {
                    Some(graph) => graph.selected(&root.path).cloned(),
                    None => current.root(&root.path).cloned(),
                };
                let version = version.unwrap_or_else(Version::none);
                upgraded |= version != root.version;
                roots.push(ModuleVersion {
                    path: root.path.clone(),
                    version,
                });
            }
            if !upgraded {
                break;
            }
        }
        let unchanged = current.pruning == Pruning::Pruned
            && roots == current.roots
            && *direct == current.direct;
        if self.mode != ModFlag::Mod || unchanged {
            return Ok(current);
        }
        Ok(Arc::new(Requirements::new(
            Pruning::Pruned,
            roots,
            direct.clone(),
        )))
    }

    fn update_unpruned(
        &self,
        requirements: &Arc<Requirements>,
        direct: &BTreeSet<ModulePath>,
        add: &[ModuleVersion],
    ) -> Result<Arc<Requirements>, ModulesError> {
        let loaded = self.graph_of(requirements);
        if let Some(err) = &loaded.error {
            return Err(err.clone());
        }
        let graph = &loaded.graph;
        let selected =
            |module: &ModuleVersion| graph.selected(&module.path) == Some(&module.version);
        if self.must_be_complete() {
            let complete = requirements.roots.iter().chain(add).all(selected)
                && direct
                    .iter()
                    .all(|path| self.root_selected(requirements, path).is_some());
            return if complete {
                Ok(Arc::clone(requirements))
            } else {
                Err(self.dirty())
            };
        }
        let mut base: Vec<ModulePath> = Vec::new();
        for root in requirements.roots.iter().filter(|root| selected(root)) {
            if !base.contains(&root.path) {
                base.push(root.path.clone());
            }
        }
        let mut keep: Vec<ModuleVersion> = graph.build_list().split_off(self.mains.len());
        keep.extend_from_slice(add);
        for module in &keep {
            if direct.contains(&module.path) && !base.contains(&module.path) {
                base.push(module.path.clone());
            }
        }
        let roots = self.minimal(&base, &keep)?;
        if requirements.pruning == Pruning::Unpruned
            && roots == requirements.roots
            && *direct == requirements.direct
        {
            return Ok(Arc::clone(requirements));
        }
        Ok(Arc::new(Requirements::new(
            Pruning::Unpruned,
            roots,
            direct.clone(),
        )))
    }

    /// The least requirements that select what `list` selects: the modules of `base`, and what these do not imply.
    pub(crate) fn minimal(
        &self,
        base: &[ModulePath],
        list: &[ModuleVersion],
    ) -> Result<Vec<ModuleVersion>, ModulesError> {
        let loaded = self.read_graph(Pruning::Unpruned, list);
        if let Some(err) = loaded.error {
            return Err(err);
        }
        let graph = &loaded.graph;
        let selected: Vec<ModuleVersion> = graph.build_list().split_off(self.mains.len());
        let chosen: HashMap<&ModulePath, &Version> =
            selected.iter().map(|m| (&m.path, &m.version)).collect();
        let mut implied: HashSet<ModuleVersion> = HashSet::new();
        let mut minimal: Vec<ModuleVersion> = Vec::new();
        for path in base {
            let version = chosen
                .get(path)
                .map_or_else(Version::none, |version| (*version).clone());
            let module = ModuleVersion {
                path: path.clone(),
                version,
            };
            mark(graph, &module, &mut implied);
            minimal.push(module);
        }
        for module in postorder(graph, &selected).into_iter().rev() {
            if chosen.get(&module.path) == Some(&&module.version) && !implied.contains(&module) {
                mark(graph, &module, &mut implied);
                minimal.push(module);
            }
        }
        minimal.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(minimal)
    }
}

fn required(graph: &ModuleGraph, module: &ModuleVersion) -> Vec<ModuleVersion> {
    graph
        .required_by(module)
        .map(|list| list.cloned().collect())
        .unwrap_or_default()
}

/// Everything that a module leads to.
fn mark(graph: &ModuleGraph, module: &ModuleVersion, seen: &mut HashSet<ModuleVersion>) {
    let mut pending = vec![module.clone()];
    while let Some(module) = pending.pop() {
        if seen.insert(module.clone()) {
            pending.extend(required(graph, &module));
        }
    }
}

/// Modules behind those that they require, main modules aside.
fn postorder(graph: &ModuleGraph, list: &[ModuleVersion]) -> Vec<ModuleVersion> {
    let mut seen: HashSet<ModuleVersion> = HashSet::new();
    let mut order = Vec::new();
    for start in list {
        let mut stack = vec![(start.clone(), false)];
        while let Some((module, done)) = stack.pop() {
            if done {
                order.push(module);
                continue;
            }
            if module.version.is_empty() || !seen.insert(module.clone()) {
                continue;
            }
            let next = required(graph, &module);
            stack.push((module, true));
            stack.extend(next.into_iter().rev().map(|module| (module, false)));
        }
    }
    order
}
