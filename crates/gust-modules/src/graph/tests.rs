//! Graphs written as text: `a@1: b@2 c@1` says that a at v1.0.0 requires b at v2.0.0 (of the same path) and c.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::*;

#[derive(Debug)]
pub(super) struct Text {
    pub(super) files: HashMap<ModuleVersion, Arc<Summary>>,
}

pub(super) fn version(text: &str) -> ModuleVersion {
    match text.split_once('@') {
        Some((path, number)) => ModuleVersion::new(path, format!("v1.{number}.0")),
        None => ModuleVersion::main(text),
    }
}

impl Text {
    /// A line `~a@1: ...` is a module of an old release.
    pub(super) fn parse(text: &str) -> Text {
        let files = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| {
                let (name, requires) = line.split_once(':').unwrap();
                let pruning = if name.starts_with('~') {
                    Pruning::Unpruned
                } else {
                    Pruning::Pruned
                };
                let require = requires.split_whitespace().map(version).collect();
                (
                    version(name.trim_start_matches('~')),
                    Arc::new(Summary { pruning, require }),
                )
            });
        Text {
            files: files.collect(),
        }
    }

    /// Adds one module.
    pub(super) fn add(&mut self, module: ModuleVersion, old: bool, require: Vec<ModuleVersion>) {
        let pruning = match old {
            true => Pruning::Unpruned,
            false => Pruning::Pruned,
        };
        let summary = Arc::new(Summary { pruning, require });
        self.files.insert(module, summary);
    }

    pub(super) fn load(&self, pruning: Pruning) -> (ModuleGraph, Option<GraphError<String>>) {
        let main = ModuleVersion::main("m");
        let roots = self.files[&main].require.clone();
        ModuleGraph::load(
            &LoadRequest {
                mains: &[main],
                roots: &roots,
                pruning,
                unprune: &HashSet::new(),
            },
            self,
        )
    }
}

impl Summaries for Text {
    type Error = String;

    fn summary(&self, module: &ModuleVersion) -> Result<Arc<Summary>, String> {
        self.files
            .get(module)
            .cloned()
            .ok_or_else(|| "not found".to_owned())
    }
}

fn list(graph: &ModuleGraph) -> String {
    graph
        .build_list()
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn the_highest_stated_version_is_selected() {
    let text =
        Text::parse("m: a@1 b@1\n ~a@1: c@1\n ~b@1: c@2\n ~c@1: d@9\n ~c@2: d@1\n ~d@1:\n ~d@9:");
    let (graph, error) = text.load(Pruning::Unpruned);
    assert!(error.is_none());
    // d@9 is stated by c@1, which is not selected: it counts all the same
    assert_eq!(list(&graph), "m a@v1.1.0 b@v1.1.0 c@v1.2.0 d@v1.9.0");
}

#[test]
fn complete_requirements_are_not_looked_through() {
    let text =
        Text::parse("m: a@1 b@1\n a@1: c@1\n ~b@1: e@1\n ~e@1: f@1\n ~f@1:\n c@1: d@1\n d@1:");
    let (graph, error) = text.load(Pruning::Pruned);
    assert!(error.is_none());
    assert_eq!(
        list(&graph),
        "m a@v1.1.0 b@v1.1.0 c@v1.1.0 e@v1.1.0 f@v1.1.0"
    );
    assert!(graph.required_by(&version("c@1")).is_none());
    let (graph, _) = text.load(Pruning::Unpruned);
    assert!(graph.selected("d").is_some());
}

#[test]
fn cycles_end() {
    let text = Text::parse("m: a@1\n ~a@1: b@1\n ~b@1: a@2 m\n ~a@2: b@1");
    let (graph, error) = text.load(Pruning::Unpruned);
    assert!(error.is_none());
    assert_eq!(list(&graph), "m a@v1.2.0 b@v1.1.0");
}

#[test]
fn a_failure_is_told_with_its_chain() {
    let text = Text::parse("m: a@1\n ~a@1: b@1\n ~b@1: missing@1");
    let (_, error) = text.load(Pruning::Unpruned);
    assert_eq!(
        error.unwrap().to_string(),
        "a@v1.1.0 requires\n\tb@v1.1.0 requires\n\tmissing@v1.1.0: not found"
    );
}

#[test]
fn a_workspace_follows_what_is_selected() {
    let text =
        Text::parse("m: a@1\n n: a@2\n a@1: b@1\n a@2: b@2\n b@1: c@1\n b@2: c@3\n c@1:\n c@3:");
    let roots = [ModuleVersion::main("m"), ModuleVersion::main("n")];
    let request = LoadRequest {
        mains: &roots,
        roots: &roots,
        pruning: Pruning::Workspace,
        unprune: &HashSet::new(),
    };
    let (graph, error) = ModuleGraph::load(&request, &text);
    assert!(error.is_none());
    assert_eq!(list(&graph), "m n a@v1.2.0 b@v1.2.0 c@v1.3.0");
}

#[test]
fn walks_go_outwards() {
    let text = Text::parse("m: a@1 b@1\n ~a@1: c@1\n ~b@1:\n ~c@1:");
    let (graph, _) = text.load(Pruning::Unpruned);
    let order: Vec<String> = graph
        .breadth_first()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(order, ["m", "a@v1.1.0", "b@v1.1.0", "c@v1.1.0"]);
    let chain = graph.shortest_path(|module| &*module.path == "c").unwrap();
    assert_eq!(chain.len(), 3);
}
