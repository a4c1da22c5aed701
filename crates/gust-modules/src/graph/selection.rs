//! What selection came to, as a graph of its own: each module once, at the version selected, with the versions that the
//! others ask of it. Made for telling a person; nothing is decided here.

use std::collections::{HashMap, HashSet, VecDeque};

use gust_syntax::module::{ModulePath, ModuleVersion, Version};

use super::{ModuleGraph, compare_versions};

/// A module's place in a [`Selection`].
pub type ModuleIndex = usize;

/// That a module requires another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The other one: who is required, or in [`Selection::required_by`] who requires.
    pub module: ModuleIndex,
    /// The version that is asked for; selected is this one or a higher one.
    pub wants: Version,
}

/// A requirement on a module that counts in its selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Who states it. Of this module another version may be selected: what was read on the way counts as well.
    pub by: ModuleVersion,
    /// The version stated.
    pub wants: Version,
}

/// The selected modules and what they require of each other.
#[derive(Debug)]
pub struct Selection {
    modules: Vec<ModuleVersion>,
    indices: HashMap<ModulePath, ModuleIndex>,
    starts: usize,
    requires: Vec<Vec<Requirement>>,
    required_by: Vec<Vec<Requirement>>,
}

impl Selection {
    /// The selection of a graph: the modules where it starts first, the others in order of their paths.
    #[must_use]
    pub fn of(graph: &ModuleGraph) -> Selection {
        let modules = graph.build_list();
        let indices: HashMap<ModulePath, ModuleIndex> = modules
            .iter()
            .enumerate()
            .map(|(index, module)| (module.path.clone(), index))
            .collect();
        let mut required_by = vec![Vec::new(); modules.len()];
        let requires = modules.iter().enumerate().map(|(of, module)| {
            let stated = graph.required_by(module).into_iter().flatten();
            let known = stated.filter_map(|other| Some((*indices.get(&other.path)?, other)));
            let requires = known.map(|(module, other)| {
                let wants = other.version.clone();
                required_by[module].push(Requirement {
                    module: of,
                    wants: wants.clone(),
                });
                Requirement { module, wants }
            });
            requires.collect()
        });
        let requires = requires.collect();
        Selection {
            starts: graph.roots.len().min(modules.len()),
            modules,
            indices,
            requires,
            required_by,
        }
    }

    /// The modules where the graph starts: the main module, or a workspace's.
    pub fn starts(&self) -> impl Iterator<Item = ModuleIndex> {
        0..self.starts
    }

    /// Whether the graph starts at the module.
    #[must_use]
    pub fn is_start(&self, module: ModuleIndex) -> bool {
        module < self.starts
    }

    /// All modules, in order.
    #[must_use]
    pub fn modules(&self) -> &[ModuleVersion] {
        &self.modules
    }

    /// The module with that path, if it is selected at all.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<ModuleIndex> {
        self.indices.get(path).copied()
    }

    /// What the module requires, in the order of its go.mod. Nothing for a module whose requirements could not matter and
    /// were not read.
    #[must_use]
    pub fn requires(&self, module: ModuleIndex) -> &[Requirement] {
        &self.requires[module]
    }

    /// Who requires the module.
    #[must_use]
    pub fn required_by(&self, module: ModuleIndex) -> &[Requirement] {
        &self.required_by[module]
    }

    /// The modules that `from` leads to, themselves included.
    #[must_use]
    pub fn reached(&self, from: impl IntoIterator<Item = ModuleIndex>) -> HashSet<ModuleIndex> {
        let mut reached: HashSet<ModuleIndex> = HashSet::new();
        let mut queue: VecDeque<ModuleIndex> = from.into_iter().collect();
        while let Some(module) = queue.pop_front() {
            if reached.insert(module) {
                queue.extend(self.requires[module].iter().map(|r| r.module));
            }
        }
        reached
    }
}

impl ModuleGraph {
    /// Every requirement on a module that counts in its selection: the highest version first, then by who is nearest to
    /// the start.
    #[must_use]
    pub fn statements(&self, path: &str) -> Vec<Statement> {
        let mut statements: Vec<Statement> = Vec::new();
        for by in self.breadth_first() {
            let required = self.required_by(by).into_iter().flatten();
            let about = required.filter(|module| &*module.path == path);
            statements.extend(about.map(|module| Statement {
                by: by.clone(),
                wants: module.version.clone(),
            }));
        }
        statements.sort_by(|a, b| compare_versions(path, &b.wants, &a.wants));
        statements
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;

    use super::super::{LoadRequest, Pruning, Summaries, Summary};
    use super::*;

    /// Modules by what they require.
    struct Table(&'static [(&'static str, &'static [&'static str])]);

    fn module(text: &str) -> ModuleVersion {
        let (path, version) = text.split_once('@').unwrap_or((text, ""));
        ModuleVersion::new(path, version)
    }

    impl Summaries for Table {
        type Error = Infallible;

        fn summary(&self, of: &ModuleVersion) -> Result<Arc<Summary>, Infallible> {
            let row = self.0.iter().find(|(name, _)| module(name) == *of);
            let require = row.iter().flat_map(|(_, list)| list.iter());
            Ok(Arc::new(Summary {
                pruning: Pruning::Unpruned,
                require: require.map(|text| module(text)).collect(),
            }))
        }
    }

    fn graph() -> ModuleGraph {
        let table = Table(&[
            ("a@v1.0.0", &["c@v1.1.0"]),
            ("b@v1.0.0", &["c@v1.2.0", "d@v1.0.0"]),
            ("c@v1.1.0", &["d@v1.5.0"]),
        ]);
        let request = LoadRequest {
            mains: &[module("m")],
            roots: &[module("a@v1.0.0"), module("b@v1.0.0")],
            pruning: Pruning::Unpruned,
            unprune: &HashSet::new(),
        };
        let (graph, error) = ModuleGraph::load(&request, &table);
        assert!(error.is_none());
        graph
    }

    #[test]
    fn each_module_stands_once_at_its_selected_version() {
        let selection = Selection::of(&graph());
        let names: Vec<String> = selection.modules().iter().map(|m| m.to_string()).collect();
        assert_eq!(names, ["m", "a@v1.0.0", "b@v1.0.0", "c@v1.2.0", "d@v1.5.0"]);
        assert_eq!(selection.starts().collect::<Vec<_>>(), [0]);
        let c = selection.find("c").unwrap();
        let wants: Vec<(&str, &str)> = selection
            .required_by(c)
            .iter()
            .map(|r| {
                (
                    &*selection.modules()[r.module].path as &str,
                    &*r.wants as &str,
                )
            })
            .collect();
        assert_eq!(wants, [("a", "v1.1.0"), ("b", "v1.2.0")]);
        assert!(selection.find("e").is_none());
        assert_eq!(selection.reached([selection.find("a").unwrap()]).len(), 2);
    }

    #[test]
    fn what_an_unselected_version_states_counts_as_well() {
        let statements = graph().statements("d");
        let told: Vec<(String, &str)> = statements
            .iter()
            .map(|s| (s.by.to_string(), &*s.wants as &str))
            .collect();
        let expected = [
            ("c@v1.1.0".to_owned(), "v1.5.0"),
            ("b@v1.0.0".to_owned(), "v1.0.0"),
        ];
        assert_eq!(told, expected);
    }
}
