//! `go mod graph`: edges in order, with and without pruning, and a graph that cannot be had.

mod oracle;

use gust_testkit::{Module, ModuleSet};
use oracle::Oracle;

/// A module of which only the go.mod matters.
fn module(path: &str, version: &str, go: &str, requires: &[&str]) -> Module {
    let lines: String = requires.iter().map(|r| format!("require {r}\n")).collect();
    let go_mod = format!("module {path}\n\ngo {go}\n\n{lines}");
    Module::new(
        path,
        version,
        &[("go.mod", &go_mod), ("x.go", "package x\n")],
    )
}

fn modules() -> ModuleSet {
    ModuleSet::new([
        module(
            "example.com/a",
            "v1.0.0",
            "1.20",
            &["example.com/b v1.1.0", "example.com/c v1.0.0"],
        ),
        module(
            "example.com/b",
            "v1.0.0",
            "1.16",
            &["example.com/old v1.0.0"],
        ),
        module(
            "example.com/b",
            "v1.1.0",
            "1.16",
            &["example.com/old v1.2.0"],
        ),
        module(
            "example.com/c",
            "v1.0.0",
            "1.20",
            &["example.com/deep v1.0.0"],
        ),
        module(
            "example.com/deep",
            "v1.0.0",
            "1.20",
            &["example.com/deeper v1.0.0"],
        ),
        module("example.com/old", "v1.0.0", "1.12", &[]),
        module(
            "example.com/old",
            "v1.2.0",
            "1.12",
            &["example.com/deep v1.0.0"],
        ),
    ])
}

#[test]
fn edges() {
    for go in ["1.16", "1.17", "1.25"] {
        let archive = format!(
            "-- go.mod --\nmodule example.com/m\n\ngo {go}\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/b v1.0.0\n)\n\nexclude example.com/old v1.2.0\n"
        );
        let place = Oracle::new(&archive).modules(modules());
        let answer = place.same(&["mod", "graph"]);
        place.same(&["mod", "graph", "-x"]);
        place.same(&["mod", "graph", "-go=1.16"]);
        if answer.code == Some(0) {
            assert!(
                answer
                    .stdout
                    .contains("example.com/m example.com/a@v1.0.0\n")
            );
        }
    }
    let alone = Oracle::new("-- go.mod --\nmodule example.com/m\n\ngo 1.25\n");
    assert_eq!(alone.same(&["mod", "graph"]).code, Some(0));
}

#[test]
fn bad_input() {
    let requires =
        "-- go.mod --\nmodule example.com/m\n\ngo 1.25\n\nrequire example.com/nosuch v1.0.0\n";
    for args in [
        &["mod", "graph"][..],
        &["mod", "graph", "x"],
        &["mod", "graph", "-nosuch"],
    ] {
        assert_ne!(Oracle::new(requires).same(args).code, Some(0), "{args:?}");
        assert_ne!(Oracle::new("").same(args).code, Some(0), "{args:?}");
    }
}
