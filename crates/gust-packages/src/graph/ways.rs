//! The shortest way from the command line to each package of a load.

use super::universe::{ImportId, Universe};

/// For each package the one that imports it on the shortest way from a root.
pub struct Ways<'u> {
    universe: &'u Universe,
    /// And whether a test of that one does.
    steps: Vec<Option<(ImportId, bool)>>,
    order: Vec<ImportId>,
}

impl<'u> Ways<'u> {
    pub(crate) fn new(universe: &'u Universe, roots: &[ImportId]) -> Ways<'u> {
        let mut steps = vec![None; universe.nodes.len()];
        let mut seen = vec![false; universe.nodes.len()];
        let mut queue: Vec<(ImportId, bool)> = Vec::new();
        for &root in roots {
            if !std::mem::replace(&mut seen[root.index()], true) {
                queue.push((root, false));
            }
        }
        let mut at = 0;
        while let Some(&(id, test)) = queue.get(at) {
            at += 1;
            let node = &universe[id];
            let next: Vec<ImportId> = if test {
                node.test_imports.iter().flatten().copied().collect()
            } else {
                node.imports.iter().flatten().copied().collect()
            };
            for to in next {
                if !std::mem::replace(&mut seen[to.index()], true) {
                    steps[to.index()] = Some((id, test));
                    queue.push((to, false));
                }
            }
            if !test && node.test_imports.is_some() {
                queue.push((id, true));
            }
        }
        let packages = queue.into_iter().filter(|(_, test)| !test);
        Ways {
            universe,
            steps,
            order: packages.map(|(id, _)| id).collect(),
        }
    }

    /// Every package that the roots lead to, the nearest first: the order in which go goes through packages.
    pub(crate) fn order(&self) -> &[ImportId] {
        &self.order
    }

    /// Who imports the package; and whether a test does.
    pub(crate) fn step(&self, id: ImportId) -> Option<(ImportId, bool)> {
        self.steps[id.index()]
    }

    /// The main module that is met first on the way back from a package.
    pub(crate) fn main_before(&self, id: ImportId) -> Option<&'u str> {
        let back = std::iter::successors(Some(id), |at| Some(self.step(*at)?.0));
        back.into_iter().find_map(|at| {
            let located = &self.universe[at].located;
            let module = located.module.as_ref().filter(|_| located.in_main);
            module.map(|module| module.path.as_str())
        })
    }

    /// How many steps [`Self::chain`] has.
    pub fn length(&self, id: ImportId) -> usize {
        let back = std::iter::successors(self.step(id), |(by, _)| self.step(*by));
        1 + back.map(|(_, test)| 1 + usize::from(test)).sum::<usize>()
    }

    /// The steps of the way to a package, from a root on; a package's tests are a step of their own, `.test` behind its path.
    pub fn chain(&self, id: ImportId) -> Vec<String> {
        let mut chain = vec![self.universe[id].path.to_string()];
        let mut at = id;
        while let Some((by, test)) = self.step(at) {
            let path = &self.universe[by].path;
            if test {
                chain.push(format!("{path}.test"));
            }
            chain.push(path.to_string());
            at = by;
        }
        chain.reverse();
        chain
    }

    /// The chain of imports that leads to a package, a line a step.
    pub(crate) fn to(&self, id: ImportId) -> String {
        let mut text = self.universe[id].path.to_string();
        let mut at = id;
        while let Some((by, test)) = self.step(at) {
            let path = &self.universe[by].path;
            text = match test {
                true => format!("{path} tested by\n\t{path}.test imports\n\t{text}"),
                false => format!("{path} imports\n\t{text}"),
            };
            at = by;
        }
        text
    }
}
