//! Roots made consistent with the graph behind them.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use gust_syntax::gover;
use gust_syntax::module::{ModulePath, ModuleVersion, Version};

use crate::error::ModulesError;
use crate::graph::{ModuleGraph, Pruning, roots};
use crate::requirements::Requirements;
use crate::settings::ModFlag;
use crate::{ModuleSet, Modules};

/// The answer of [`Modules::build_list`].
#[derive(Debug)]
pub struct BuildList {
    /// The modules.
    pub modules: Vec<ModuleVersion>,
    /// The requirements that select them: roots that were lower than what they lead to have risen.
    pub requirements: Arc<Requirements>,
    /// What is wrong with the graph, which may then lack modules.
    pub error: Option<ModulesError>,
}

impl ModuleSet {
    /// go.mod would have to change, so that it requires what is wanted, and may not.
    pub fn dirty(&self, wanted: Vec<ModuleVersion>) -> ModulesError {
        ModulesError::Dirty {
            mode: self.mode.as_str(),
            explicit: self.settings.mod_flag.is_some(),
            reason: self.mod_reason.clone(),
            wanted,
        }
    }

    /// Must go.mod list everything that it needs to, because nobody will add it?
    pub(crate) fn must_be_complete(&self) -> bool {
        self.mode != ModFlag::Mod && self.work.is_none()
    }
}

impl Modules {
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

    /// All modules of the graph at their selected versions, main modules first.
    pub fn build_list(&self, requirements: &Arc<Requirements>) -> BuildList {
        let (requirements, error) = self.expand(requirements);
        let modules = self.graph_of(&requirements).graph.build_list();
        BuildList {
            modules,
            requirements,
            error,
        }
    }

    /// The selected version of a module, from the roots where they suffice; empty for main modules.
    ///
    /// # Errors
    /// The graph had to be read and is not complete.
    pub fn selected(
        &self,
        requirements: &Requirements,
        path: &str,
    ) -> Result<Option<Version>, ModulesError> {
        if requirements.pruning == Pruning::Pruned
            && let Some(version) = self.root_selected(requirements, path)
        {
            return Ok(Some(version));
        }
        let loaded = self.graph_of(requirements);
        match &loaded.error {
            Some(err) => Err(err.clone()),
            None => Ok(loaded.graph.selected(path).cloned()),
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

    /// Requirements with more modules among the roots.
    ///
    /// # Errors
    /// go.mod would have to change, and may not; or a graph that is needed cannot be had.
    pub fn add(
        &self,
        requirements: &Arc<Requirements>,
        modules: &[ModuleVersion],
    ) -> Result<Arc<Requirements>, ModulesError> {
        self.update_roots(requirements, &requirements.direct, modules)
    }

    /// Requirements for packages that were loaded: their modules are roots, at versions that no root of theirs contradicts.
    ///
    /// # Errors
    /// go.mod would have to change, and may not; or a graph that is needed cannot be had.
    pub fn require(
        &self,
        requirements: &Arc<Requirements>,
        direct: &BTreeSet<ModulePath>,
        needed: &[ModuleVersion],
    ) -> Result<Arc<Requirements>, ModulesError> {
        self.require_with(requirements, direct, needed, &[])
    }

    /// The same, with more modules among the roots.
    ///
    /// # Errors
    /// Those of [`Modules::require`].
    pub fn require_with(
        &self,
        requirements: &Arc<Requirements>,
        direct: &BTreeSet<ModulePath>,
        needed: &[ModuleVersion],
        more: &[ModuleVersion],
    ) -> Result<Arc<Requirements>, ModulesError> {
        match requirements.pruning {
            Pruning::Workspace => Ok(Arc::clone(requirements)),
            Pruning::Unpruned => self.update_unpruned(requirements, direct, more),
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
                let add: Vec<ModuleVersion> = add.into_iter().chain(more).cloned().collect();
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
        let known = requirements
            .has_graph()
            .then(|| Arc::clone(&self.graph_of(requirements).graph));
        let raised = roots::raise(
            &self.main_versions(),
            &requirements.roots,
            add,
            known.as_deref(),
            |roots| {
                if self.must_be_complete() {
                    return Err(self.dirty(roots.to_vec()));
                }
                self.read_graph(Pruning::Pruned, roots).whole()
            },
        )?;
        let unchanged = raised.roots == requirements.roots && *direct == requirements.direct;
        if self.mode != ModFlag::Mod || unchanged {
            return Ok(Arc::clone(requirements));
        }
        let updated = Requirements::new(Pruning::Pruned, raised.roots, direct.clone());
        if let Some(graph) = raised.graph.or(known) {
            updated.set_graph(graph);
        }
        Ok(Arc::new(updated))
    }

    fn update_unpruned(
        &self,
        requirements: &Arc<Requirements>,
        direct: &BTreeSet<ModulePath>,
        add: &[ModuleVersion],
    ) -> Result<Arc<Requirements>, ModulesError> {
        let mut graph = self.graph_of(requirements).clone().whole()?;
        let selected =
            |module: &&ModuleVersion| graph.selected(&module.path) == Some(&module.version);
        if self.must_be_complete() {
            let is_root = |path: &ModulePath| self.root_selected(requirements, path).is_some();
            let complete = requirements
                .roots
                .iter()
                .chain(add)
                .all(|root| selected(&root))
                && direct.iter().all(is_root);
            return match complete {
                true => Ok(Arc::clone(requirements)),
                false => {
                    let keep = direct.iter().cloned().collect();
                    Err(self.dirty([roots::least(&graph, &keep), add.to_vec()].concat()))
                }
            };
        }
        // What go.mod lists stays in it as long as it says something that is so.
        let stated = requirements.roots.iter().filter(selected);
        let mut keep: HashSet<ModulePath> = stated.map(|root| root.path.clone()).collect();
        keep.extend(direct.iter().cloned());
        if !add.is_empty() {
            let list = [graph.dependencies(), add.to_vec()].concat();
            graph = self.read_graph(Pruning::Unpruned, &list).whole()?;
        }
        let roots = roots::least(&graph, &keep);
        if roots == requirements.roots && *direct == requirements.direct {
            return Ok(Arc::clone(requirements));
        }
        let updated = Requirements::new(Pruning::Unpruned, roots, direct.clone());
        Ok(Arc::new(updated))
    }
}
