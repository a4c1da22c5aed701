//! `go work init`, `use`, `edit` and `sync`: which modules are worked on together, and at which versions.

mod oracle;

use gust_testkit::{Module, ModuleSet};
use oracle::{Oracle, Step};
use std::path::PathBuf;

const MODULES: &str = "-- a/go.mod --\nmodule example.com/a\n\ngo 1.20\n-- a/a.go --\npackage a\n-- b/go.mod --\nmodule example.com/b\n\ngo 1.22\n-- b/sub/go.mod --\nmodule example.com/b/sub\n\ngo 1.24.1\n-- b/sub/deep/none.txt --\nnone\n-- plain/x.go --\npackage x\n-- file --\nno directory\n-- new/go.mod --\nmodule example.com/new\n\ngo 1.99\n-- unnamed/go.mod --\ngo 1.20\n-- broken/go.mod --\nmodul x\n";
const WORK: &str = "-- go.work --\n// a comment\ngo 1.20\n\ntoolchain go1.21.0\n\nuse (\n\t./b\n\t./gone // behind\n\t./a\n)\n\nreplace example.com/x => ./a\n";

#[test]
fn init() {
    let words: &[&[&str]] = &[
        &[],
        &["./a"],
        &["a", "./b", "b/sub/"],
        &["."],
        &["nosuch"],
        &["file"],
        &["plain"],
        &["new"],
        &["unnamed"],
        &["broken", "nosuch"],
        &["-r", "."],
    ];
    let place = Oracle::new(MODULES);
    for words in words {
        let init: Vec<&str> = ["work", "init"].iter().chain(*words).copied().collect();
        place.same(&init);
    }
    Oracle::new(&format!("{MODULES}{WORK}")).same(&["work", "init"]);
}

#[test]
fn uses() {
    let place = Oracle::new(&format!("{MODULES}{WORK}"));
    let words: &[&[&str]] = &[
        &[],
        &["a"],
        &["./b/sub"],
        &["gone"],
        &["plain", "b"],
        &["nosuch"],
        &["file"],
        &["-r", "b"],
        &["-r", "./a", "plain"],
        &["new"],
        &["unnamed"],
        &["-nosuch"],
        &["-C", "b", "sub"],
    ];
    for words in words {
        let uses: Vec<&str> = ["work", "use"].iter().chain(*words).copied().collect();
        place.same_steps(&[Step::Remove("work/broken"), Step::Type(&uses)]);
        let drop = ["work", "edit", "-dropuse=./gone"];
        place.same_steps(&[Step::Type(&drop), Step::Type(&uses)]);
    }
    let outside = Oracle::new(MODULES);
    outside.same(&["work", "use", "a"]);
    let off = Oracle::new(&format!("{MODULES}{WORK}")).env("GOWORK", "off");
    off.same(&["work", "use", "a"]);
}

#[test]
fn edits() {
    let place = Oracle::new(&format!("{MODULES}{WORK}"));
    let words: &[&[&str]] = &[
        &[],
        &["-fmt"],
        &["-json"],
        &["-print"],
        &["-json", "-print"],
        &["-go=1.22", "-print"],
        &["-go=none"],
        &["-go=x"],
        &["-toolchain=go1.24.0"],
        &["-toolchain=none"],
        &["-toolchain=x"],
        &["-use=plain", "-use=./b/sub"],
        &["-dropuse=./a", "-dropuse=b"],
        &["-replace=example.com/y@v1.0.0=example.com/z@v1.1.0"],
        &["-replace=example.com/y=>x"],
        &["-replace=example.com/y"],
        &["-replace=example.com/y=x"],
        &["-dropreplace=example.com/x"],
        &["-godebug=a=b", "-print"],
        &["-godebug=a"],
        &["-dropgodebug=a"],
        &["-json", "go.work"],
        &["-json", "nosuch.work"],
        &["-json", "a", "b"],
        &["-nosuch"],
    ];
    for words in words {
        let edit: Vec<&str> = ["work", "edit"].iter().chain(*words).copied().collect();
        place.same(&edit);
    }
    let broken = Oracle::new("-- go.work --\ngo\nuse x y\n");
    broken.same(&["work", "edit", "-json"]);
    Oracle::new(MODULES).same(&["work", "edit", "-json"]);
}

#[test]
fn sync() {
    let module = |version: &str, requires: &str| {
        let go_mod = format!("module example.com/x\n\ngo 1.20\n\n{requires}\n");
        Module::new(
            "example.com/x",
            version,
            &[("go.mod", &go_mod), ("x.go", "package x\n")],
        )
    };
    let y = |version: &str| {
        let files = [
            ("go.mod", "module example.com/y\n\ngo 1.21\n"),
            ("y.go", "package y\n"),
        ];
        Module::new("example.com/y", version, &files)
    };
    let modules = || {
        ModuleSet::new([
            module("v1.0.0", ""),
            module("v1.1.0", "require example.com/y v1.1.0"),
            y("v1.0.0"),
            y("v1.1.0"),
        ])
    };
    for go in ["1.16", "1.20"] {
        let place = Oracle::new(&format!(
            "-- go.work --\ngo 1.20\nuse (\n\t./a\n\t./b\n)\n-- a/go.mod --\nmodule example.com/a\n\ngo {go}\n\nrequire example.com/x v1.0.0\n\nrequire example.com/y v1.0.0 // indirect\n-- a/a.go --\npackage a\n\nimport _ \"example.com/x\"\n-- b/go.mod --\nmodule example.com/b\n\ngo {go}\n\nrequire example.com/x v1.1.0\n-- b/b_test.go --\npackage b\n\nimport _ \"example.com/x\"\nimport _ \"example.com/a\"\n"
        ))
        .modules(modules());
        let versions = ["x@v1.0.0", "x@v1.1.0", "y@v1.0.0", "y@v1.1.0"];
        let all: Vec<String> = versions
            .iter()
            .map(|v| format!("example.com/{v}"))
            .collect();
        let download: Vec<&str> = ["mod", "download"]
            .into_iter()
            .chain(all.iter().map(String::as_str))
            .collect();
        let sync = [
            Step::Type(&download),
            Step::Type(&["work", "sync"]),
            Step::Type(&["work", "sync"]),
        ];
        let [go, gust] = [oracle::go(), oracle::gust().into()].map(|tool: PathBuf| {
            let answer = place.answers(&tool, &sync).pop().expect("three commands");
            let file = |name: &str| match answer.files.contains_key(&format!("work/{name}")) {
                true => answer.file(name).to_owned(),
                false => String::new(),
            };
            let written = ["go.work", "a/go.mod", "b/go.mod"].map(file);
            let sums = ["a/go.sum", "b/go.sum"].map(file).concat();
            (answer.code, answer.stderr.clone(), written, sums)
        });
        assert_eq!(
            (&gust.0, &gust.1, &gust.2),
            (&go.0, &go.1, &go.2),
            "go {go:?}"
        );
        // go forgets to note the go.mod files that it has read for the workspace already.
        assert!(
            go.3.lines().all(|line| gust.3.contains(line)),
            "{} {}",
            go.3,
            gust.3
        );
    }
    Oracle::new(MODULES).same(&["work", "sync"]);
}
