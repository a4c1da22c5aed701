//! `go mod download`: what lies in the module cache afterwards, and what cannot be had.

mod oracle;

use gust_testkit::{Module, ModuleSet};
use oracle::{Oracle, Step};

const MODULE: &str = "-- go.mod --\nmodule example.com/m\n\ngo 1.25\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/B v1.2.0 // indirect\n)\n";

fn modules() -> ModuleSet {
    let a = "module example.com/a\n\ngo 1.20\n\nrequire example.com/B v1.2.0\n";
    let damaged = Module::new("example.com/damaged", "v1.0.0", &[("x.go", "package x\n")]);
    ModuleSet::new([
        Module::new(
            "example.com/a",
            "v1.0.0",
            &[
                ("go.mod", a),
                ("a.go", "package a\n"),
                ("sub/b.go", "package sub\n"),
            ],
        ),
        Module::new(
            "example.com/a",
            "v1.1.0",
            &[("go.mod", a), ("a.go", "package a\n")],
        ),
        Module::new("example.com/B", "v1.2.0", &[("b.go", "package b\n")]),
        damaged.with_zip(b"this is no zip".to_vec()),
    ])
}

#[test]
fn the_cache_is_the_same() {
    let place = Oracle::new(MODULE).modules(modules());
    for args in [
        &["mod", "download"][..],
        &["mod", "download", "example.com/a"],
        &["mod", "download", "example.com/a@v1.1.0"],
        &[
            "mod",
            "download",
            "example.com/a@latest",
            "example.com/B@v1.2.0",
        ],
        &["mod", "download", "all"],
        &["mod", "download", "-json"],
        &["mod", "download", "-json", "example.com/a@v1"],
        &["mod", "download", "-x", "example.com/a@v1.0.0"],
    ] {
        let answer = place.same(args);
        assert_eq!(answer.code, Some(0), "{args:?}: {}", answer.stderr);
        let zips = answer.files.keys().filter(|name| name.ends_with(".zip"));
        assert!(zips.count() > 0, "{args:?}");
    }
    let twice = &["mod", "download", "-json"][..];
    place.same_steps(&[Step::Type(twice), Step::Type(twice)]);
}

#[test]
fn what_is_missing_in_the_cache_comes_again() {
    let place = Oracle::new(MODULE).modules(modules());
    let download = &["mod", "download"][..];
    for part in [
        "gopath/pkg/mod/example.com/a@v1.0.0",
        "gopath/pkg/mod/cache/download/example.com/a/@v/v1.0.0.zip",
        "gopath/pkg/mod/cache/download/example.com/a/@v/v1.0.0.ziphash",
        "gopath/pkg/mod/cache/download/example.com/a/@v/v1.0.0.info",
        "gopath/pkg/mod/cache/download/example.com/a/@v/v1.0.0.mod",
    ] {
        let answer = place.same_steps(&[
            Step::Type(download),
            Step::Remove(part),
            Step::Type(download),
        ]);
        assert_eq!(answer.code, Some(0), "{part}");
    }
}

#[test]
fn bad_input() {
    let place = Oracle::new(MODULE).modules(modules());
    for args in [
        &["mod", "download", "example.com/nosuch"][..],
        &["mod", "download", "example.com/nosuch@v1.0.0"],
        &["mod", "download", "example.com/a@v9.0.0"],
        &["mod", "download", "example.com/a@nosuch"],
        &["mod", "download", "example.com/damaged@v1.0.0"],
        &["mod", "download", "-json", "example.com/a@v9.0.0"],
        &["mod", "download", "-nosuch"],
        &["mod", "download", "-reuse=nosuch.json"],
        &["mod", "download", "./..."],
    ] {
        let answer = place.same(args);
        assert_ne!(answer.code, Some(0), "{args:?}");
    }
}

/// go.mod asks for less than the graph needs: what is downloaded is what the graph selects, and go.mod says so afterwards.
#[test]
fn requirements_that_the_graph_contradicts_are_raised() {
    let older = Module::new("example.com/B", "v1.1.0", &[("b.go", "package b\n")]);
    let place = |go: &str| {
        let text = MODULE.replace("B v1.2.0", "B v1.1.0").replace("1.25", go);
        let mut modules = modules();
        modules.add(older.clone());
        Oracle::new(&text).modules(modules)
    };
    let raised = place("1.25").same(&["mod", "download"]);
    assert!(raised.file("go.mod").contains("B v1.2.0"));
    place("1.16").same(&["mod", "download"]);
    place("1.25").same(&["mod", "download", "all"]);
}
