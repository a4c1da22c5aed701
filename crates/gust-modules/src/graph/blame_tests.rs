//! Who is to blame for a version above the one that is held, and on which way.

use std::collections::HashMap;

use super::blame::Blame;
use super::tests::{Text, version};
use super::*;

/// The chain from a root to what is in the way, where `held` is held.
fn chain(text: &str, root: &str, held: &str) -> Vec<String> {
    let text = Text::parse(text);
    let (graph, _) = text.load(Pruning::Pruned);
    let roots = text.files[&ModuleVersion::main("m")].require.iter();
    let pruning = |module: &ModuleVersion| text.files[module].pruning;
    let roots: Vec<_> = roots.map(|root| (root.clone(), pruning(root))).collect();
    let held = version(held);
    let held = HashMap::from([(held.path, held.version)]);
    let blame = Blame::find(&graph, roots, &held);
    let root = version(root);
    let found = blame.chain(&root, pruning(&root));
    assert_eq!(blame.has(&root, pruning(&root)), !found.is_empty());
    found.iter().map(|module| module.path.to_string()).collect()
}

#[test]
fn blame_goes_as_far_as_the_graph_is_read() {
    let no: [&str; 0] = [];
    let direct = "m: a@1 c@1\na@1: c@2\nc@1:\nc@2:";
    assert_eq!(chain(direct, "a@1", "c@1"), ["a", "c"]);
    assert_eq!(chain(direct, "a@1", "c@2"), no);
    assert_eq!(chain(direct, "c@1", "c@1"), no);
    // What b requires is pruned away below a, unless a is of an old release, or b a root.
    let below = "a@1: b@1\nb@1: c@2\nc@1:\nc@2:";
    assert_eq!(chain(&format!("m: a@1\n{below}"), "a@1", "c@1"), no);
    let old = format!("m: a@1\n~{below}");
    assert_eq!(chain(&old, "a@1", "c@1"), ["a", "b", "c"]);
    let root = format!("m: a@1 b@1\n{below}");
    assert_eq!(chain(&root, "a@1", "c@1"), ["a", "b", "c"]);
    assert_eq!(chain(&root, "b@1", "c@1"), ["b", "c"]);
    // A root of an old release is read in depth, whoever requires it.
    let deep = "m: a@1 b@1\na@1: b@1\n~b@1: d@1\n~d@1: e@1\n~e@1: c@2\nc@2:";
    assert_eq!(chain(deep, "a@1", "c@1"), ["a", "b", "d", "e", "c"]);
    // Circles end.
    let circle = "m: a@1\n~a@1: b@1\n~b@1: a@1 c@2\nc@2:";
    assert_eq!(chain(circle, "a@1", "c@1"), ["a", "b", "c"]);
}
