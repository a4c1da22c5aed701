//! Roots and selection: by tables that Go made, and by what must hold for any universe of modules.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use gust_syntax::module::{ModulePath, ModuleVersion};
use proptest::prelude::*;

use super::roots::{least, raise};
use super::tests::{Text, version};
use super::{LoadRequest, ModuleGraph, Pruning};

const MAIN: &str = "m";

fn mains() -> [ModuleVersion; 1] {
    [ModuleVersion::main(MAIN)]
}

impl Text {
    fn read(&self, pruning: Pruning, roots: &[ModuleVersion]) -> Arc<ModuleGraph> {
        let request = LoadRequest {
            mains: &mains(),
            roots,
            pruning,
            unprune: &HashSet::new(),
        };
        let (graph, error) = ModuleGraph::load(&request, self);
        assert!(error.is_none(), "{}", error.unwrap());
        Arc::new(graph)
    }

    fn raise(&self, roots: &[ModuleVersion], add: &[ModuleVersion]) -> Vec<ModuleVersion> {
        let graph = self.read(Pruning::Pruned, roots);
        let read = |roots: &[ModuleVersion]| Ok::<_, String>(self.read(Pruning::Pruned, roots));
        raise(&mains(), roots, add, Some(&graph), read)
            .unwrap()
            .roots
    }

    fn least(&self, roots: &[ModuleVersion], keep: &HashSet<ModulePath>) -> Vec<ModuleVersion> {
        least(&self.read(Pruning::Unpruned, roots), keep)
    }
}

/// Every case of a table: the universe, and what Go made of it.
fn cases(table: &str) -> Vec<(Text, BTreeMap<&str, Vec<ModuleVersion>>)> {
    let lines: Vec<&str> = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    let cases = lines.split(|line| line.is_empty());
    let cases = cases.filter(|case| !case.is_empty());
    let parsed = cases.map(|case| {
        let is_answer = |line: &&str| line.starts_with("list: ") || line.starts_with("require: ");
        let (answers, universe): (Vec<&str>, Vec<&str>) = case.iter().partition(|l| is_answer(l));
        let answers = answers.into_iter().map(|line| {
            let (name, list) = line.split_once(": ").unwrap();
            (name, list.split_whitespace().map(version).collect())
        });
        (Text::parse(&universe.join("\n")), answers.collect())
    });
    parsed.collect()
}

fn stated(text: &Text, main: &str) -> Vec<ModuleVersion> {
    text.files[&ModuleVersion::main(main)].require.clone()
}

#[test]
fn a_pruned_main_module_lists_what_go_lists() {
    for (text, go) in cases(include_str!("tables/pruned.txt")) {
        let roots = text.raise(&stated(&text, MAIN), &[]);
        assert_eq!(roots, go["require"]);
        assert_eq!(
            text.read(Pruning::Pruned, &roots).dependencies(),
            go["list"]
        );
    }
}

#[test]
fn an_unpruned_main_module_lists_what_go_lists() {
    for (text, go) in cases(include_str!("tables/unpruned.txt")) {
        let roots = stated(&text, MAIN);
        let graph = text.read(Pruning::Unpruned, &roots);
        assert_eq!(graph.dependencies(), go["list"]);
        let keep = roots.iter().map(|root| root.path.clone()).collect();
        assert_eq!(least(&graph, &keep), go["require"]);
    }
}

#[test]
fn a_workspace_selects_what_go_selects() {
    for (text, go) in cases(include_str!("tables/workspace.txt")) {
        let mains = [ModuleVersion::main("m"), ModuleVersion::main("n")];
        let request = LoadRequest {
            mains: &mains,
            roots: &mains,
            pruning: Pruning::Workspace,
            unprune: &HashSet::new(),
        };
        let (graph, error) = ModuleGraph::load(&request, &text);
        assert!(error.is_none());
        assert_eq!(graph.dependencies(), go["list"]);
    }
}

const PATHS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const VERSIONS: usize = 3;

/// Requirements on some of the modules, at some version each.
fn requires() -> impl Strategy<Value = Vec<ModuleVersion>> {
    prop::collection::btree_map(0..PATHS.len(), 1..=VERSIONS, 0..4).prop_map(|map| {
        let module = |(path, number): (usize, usize)| version(&format!("{}@{number}", PATHS[path]));
        map.into_iter().map(module).collect()
    })
}

/// Three versions of six modules, some of an old release, that require each other at will.
fn universe() -> impl Strategy<Value = Text> {
    let count = PATHS.len() * VERSIONS;
    let file = (prop::bool::weighted(0.4), requires());
    prop::collection::vec(file, count..=count).prop_map(|files| {
        let mut text = Text::parse("");
        for (i, (old, require)) in files.into_iter().enumerate() {
            let module = version(&format!("{}@{}", PATHS[i / VERSIONS], i % VERSIONS + 1));
            text.add(module, old, require);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn raised_roots_are_selected_and_stay(text in universe(), roots in requires(), add in requires()) {
        let raised = text.raise(&roots, &add);
        let graph = text.read(Pruning::Pruned, &raised);
        for root in &raised {
            prop_assert_eq!(graph.selected(&root.path), Some(&root.version));
        }
        for asked in roots.iter().chain(&add) {
            let is_above = |root: &&ModuleVersion| root.path == asked.path && root.compare(asked).is_ge();
            prop_assert!(raised.iter().any(|root| is_above(&root)));
        }
        prop_assert_eq!(text.raise(&raised, &[]), raised.clone());
        prop_assert_eq!(text.raise(&raised, &add), raised);
    }

    #[test]
    fn the_order_of_roots_does_not_matter(text in universe(), roots in requires(), add in requires()) {
        let backwards = |list: &[ModuleVersion]| list.iter().rev().cloned().collect::<Vec<_>>();
        prop_assert_eq!(text.raise(&roots, &add), text.raise(&backwards(&roots), &backwards(&add)));
        let keep = HashSet::new();
        prop_assert_eq!(text.least(&roots, &keep), text.least(&backwards(&roots), &keep));
        let one = text.read(Pruning::Pruned, &roots).build_list();
        prop_assert_eq!(one, text.read(Pruning::Pruned, &backwards(&roots)).build_list());
    }

    #[test]
    fn only_what_is_needed_is_raised(text in universe(), roots in requires()) {
        // A graph that selects the roots leaves them as they are, and is read no second time.
        let graph = text.read(Pruning::Pruned, &roots);
        let settled = roots.iter().all(|root| graph.selected(&root.path) == Some(&root.version));
        let mut read = 0;
        let again = raise(&mains(), &roots, &[], Some(&graph), |roots| {
            read += 1;
            Ok::<_, String>(text.read(Pruning::Pruned, roots))
        }).unwrap();
        prop_assert_eq!(settled, read == 0);
        prop_assert_eq!(settled, again.roots == roots);
    }

    #[test]
    fn the_least_roots_select_the_same_and_none_can_go(
        text in universe(), roots in requires(), kept in requires(),
    ) {
        let keep: HashSet<ModulePath> = kept.iter().map(|module| module.path.clone()).collect();
        let graph = text.read(Pruning::Unpruned, &roots);
        let least = text.least(&roots, &keep);
        let selected = graph.dependencies();
        prop_assert_eq!(text.read(Pruning::Unpruned, &least).dependencies(), selected.clone());
        for module in selected.iter().filter(|module| keep.contains(&module.path)) {
            prop_assert!(least.contains(module));
        }
        for left_out in least.iter().filter(|root| !keep.contains(&root.path)) {
            let without: Vec<_> = least.iter().filter(|root| *root != left_out).cloned().collect();
            prop_assert_ne!(text.read(Pruning::Unpruned, &without).dependencies(), selected.clone());
        }
        prop_assert_eq!(text.least(&least, &keep), least);
    }
}
