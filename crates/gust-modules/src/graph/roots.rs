//! Roots: the requirements that a main module states itself, kept consistent with the graph behind them.
//!
//! Roots are *consistent* when each of them is the version that the graph behind them selects. A requirement that is added, or
//! a go.mod behind them that asks for more, breaks that, and there are two ways to mend it:
//!
//! - A main module whose graph is pruned (go 1.17 and later) must list all that its packages need, since nobody looks further.
//!   Nothing is left out, versions are only raised: [`raise`] goes up until the graph asks for no more. A version is never
//!   taken back on the way, not even when what asked for it is no longer selected, so the end does not depend on the order.
//! - A main module of an older release lists as little as selects the same: [`least`] leaves out what the rest implies.
//!
//! Both are free of files and network: who calls them reads graphs. What is direct and what is commented `// indirect` is not
//! decided here; nor is it whether go.mod may change at all.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

use gust_syntax::module::{self, ModulePath, ModuleVersion, Version};

use super::{ModuleGraph, compare_versions};

/// Roots as [`raise`] leaves them.
#[derive(Debug)]
pub struct Raised<G> {
    /// Sorted, each module once, main modules not among them.
    pub roots: Vec<ModuleVersion>,
    /// The last graph that was read, whose roots these are; nothing if none had to be.
    pub graph: Option<G>,
}

/// Raises roots (and what is added to them) to the versions that the graph behind them selects.
///
/// `known` is the graph behind the roots, if it was read already: only then it is looked at. `read` reads the graph behind other
/// roots; it is asked only when they are not the ones that came in.
///
/// # Errors
/// Those of `read`.
pub fn raise<G: AsRef<ModuleGraph>, E>(
    mains: &[ModuleVersion],
    roots: &[ModuleVersion],
    add: &[ModuleVersion],
    known: Option<&ModuleGraph>,
    mut read: impl FnMut(&[ModuleVersion]) -> Result<G, E>,
) -> Result<Raised<G>, E> {
    let is_main = |module: &&ModuleVersion| mains.iter().any(|main| main.path == module.path);
    let stated: HashSet<&ModuleVersion> = roots.iter().filter(|root| !is_main(root)).collect();
    let mut at = Ceiling::default();
    for module in roots.iter().chain(add).filter(|module| !is_main(module)) {
        at.raise(&module.path, &module.version);
    }
    let mut graph = None;
    let mut changed = !at.is(&stated) || known.is_some_and(|known| at.raise_to(known));
    while changed {
        let behind = read(&at.list())?;
        changed = at.raise_to(behind.as_ref());
        graph = Some(behind);
    }
    let roots = at.list();
    Ok(Raised { roots, graph })
}

/// For each module the highest version that was asked for so far.
#[derive(Default)]
struct Ceiling(BTreeMap<ModulePath, Version>);

impl Ceiling {
    /// True if that is higher than before.
    fn raise(&mut self, path: &ModulePath, version: &Version) -> bool {
        match self.0.get_mut(path) {
            Some(known) if compare_versions(path, known, version) != Ordering::Less => false,
            Some(known) => {
                *known = version.clone();
                true
            }
            None => {
                self.0.insert(path.clone(), version.clone());
                true
            }
        }
    }

    fn raise_to(&mut self, graph: &ModuleGraph) -> bool {
        let mut raised = false;
        for (path, version) in &mut self.0 {
            if let Some(selected) = graph.selected(path)
                && compare_versions(path, version, selected) == Ordering::Less
            {
                *version = selected.clone();
                raised = true;
            }
        }
        raised
    }

    fn is(&self, list: &HashSet<&ModuleVersion>) -> bool {
        let stated = |module: &ModuleVersion| list.contains(module);
        self.0.len() == list.len() && self.modules().all(|module| stated(&module))
    }

    fn modules(&self) -> impl Iterator<Item = ModuleVersion> {
        self.0.iter().map(|(path, version)| ModuleVersion {
            path: path.clone(),
            version: version.clone(),
        })
    }

    fn list(&self) -> Vec<ModuleVersion> {
        let mut list: Vec<ModuleVersion> = self.modules().collect();
        module::sort(&mut list);
        list
    }
}

/// The least requirements that select what `graph` selects: the modules of `keep`, and of the others those that nothing else in
/// the list leads to.
///
/// Where modules require each other in a circle that nothing else leads into, one of them has to stand for all: the first by path.
/// The graph must be unpruned, and start at one main module.
#[must_use]
pub fn least(graph: &ModuleGraph, keep: &HashSet<ModulePath>) -> Vec<ModuleVersion> {
    let selected = graph.dependencies();
    // A module that is met on the way from one before it needs no place of its own. It may turn out that one which got a place is
    // met on the way from one behind it: those lose it again in a second sweep, backwards.
    let mut met = Covered::default();
    let mut heads: Vec<&ModuleVersion> = Vec::new();
    for module in selected.iter().filter(|m| !keep.contains(&m.path)) {
        if met.cover(graph, module) {
            heads.push(module);
        }
    }
    let mut covered = Covered::default();
    let kept = selected.iter().filter(|m| keep.contains(&m.path));
    let mut roots: Vec<ModuleVersion> = kept.cloned().collect();
    for module in &roots {
        covered.cover(graph, module);
    }
    for head in heads.into_iter().rev() {
        if covered.cover(graph, head) {
            roots.push(head.clone());
        }
    }
    roots.sort_by(|a, b| a.path.cmp(&b.path));
    roots
}

/// Module versions that others lead to.
#[derive(Default)]
struct Covered<'g>(HashSet<&'g ModuleVersion>);

impl<'g> Covered<'g> {
    /// Adds a module and all that it leads to. False if it was covered before.
    fn cover(&mut self, graph: &'g ModuleGraph, module: &ModuleVersion) -> bool {
        let Some(module) = graph.known(module).filter(|m| !self.0.contains(m)) else {
            return false;
        };
        self.0.insert(module);
        let mut pending = vec![module];
        while let Some(module) = pending.pop() {
            let required = graph.required_by(module).into_iter().flatten();
            pending.extend(required.filter(|required| self.0.insert(required)));
        }
        true
    }
}
