//! `go mod why`: the shortest chain of imports to packages and modules, and that there is none.

mod oracle;

use gust_testkit::{Module, ModuleSet};
use oracle::Oracle;

fn module(path: &str, requires: &str, files: &[(&str, &str)]) -> Module {
    let lines = requires.split(", ").filter(|line| !line.is_empty());
    let lines: String = lines.map(|line| format!("require {line}\n")).collect();
    let go_mod = format!("module {path}\n\ngo 1.20\n\n{lines}");
    let files: Vec<(&str, &str)> = [("go.mod", go_mod.as_str())]
        .into_iter()
        .chain(files.iter().copied())
        .collect();
    Module::new(path, "v1.0.0", &files)
}

/// The main module imports a (and x for Windows only), a imports b, tests of b import c; nothing leads to d.
fn place(go: &str) -> Oracle {
    let (a, b, c, d) = (
        "example.com/a",
        "example.com/b",
        "example.com/c",
        "example.com/d",
    );
    let b_test = "package b\n\nimport _ \"example.com/c/deep\"\n";
    let modules = ModuleSet::new([
        module(
            a,
            "example.com/b v1.0.0",
            &[
                ("a.go", "package a\n\nimport _ \"example.com/b\"\n"),
                ("x/x.go", "package x\n"),
            ],
        ),
        module(
            b,
            "example.com/c v1.0.0",
            &[("b.go", "package b\n"), ("b_test.go", b_test)],
        ),
        module(
            c,
            "",
            &[("deep/c.go", "package c\n"), ("other/o.go", "package o\n")],
        ),
        module(d, "", &[("d.go", "package d\n")]),
    ]);
    Oracle::new(&format!(
        "-- go.mod --\nmodule example.com/m\n\ngo {go}\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/b v1.0.0 // indirect\n\texample.com/d v1.0.0 // indirect\n)\n-- m.go --\npackage m\n\nimport _ \"example.com/a\"\nimport _ \"fmt\"\n-- m_windows.go --\npackage m\n\nimport _ \"example.com/a/x\"\n-- sub/s.go --\npackage s\n\nimport _ \"example.com/m\"\n"
    ))
    .modules(modules)
}

#[test]
fn chains() {
    let words: &[&[&str]] = &[
        &[],
        &["example.com/a"],
        &["example.com/b", "example.com/a/x"],
        &["example.com/c/deep"],
        &["-vendor", "example.com/c/deep"],
        &["example.com/c/other"],
        &["-vendor", "example.com/c/other", "example.com/b"],
        &["example.com/d"],
        &["example.com/nosuch", "fmt"],
        &["./sub"],
        &["./..."],
        &["example.com/..."],
        &["nothing/..."],
        &["all"],
        &["-m", "example.com/a"],
        &["-m", "example.com/b", "example.com/c"],
        &["-m", "-vendor", "example.com/c", "example.com/d"],
        &["-m", "example.com/m"],
        &["-m"],
        &["-m", "all"],
        &["-m", "example.com/..."],
        &["-m", "example.com/a@v1.0.0"],
        &["-m", "example.com/nosuch"],
        &["-nosuch"],
    ];
    for go in ["1.15", "1.16", "1.17", "1.21"] {
        let place = place(go);
        // In which order modules are downloaded depends on threads.
        let download = ["mod", "download", "all"];
        for words in words {
            let why: Vec<&str> = ["mod", "why"].iter().chain(*words).copied().collect();
            place.same_steps(&[oracle::Step::Type(&download), oracle::Step::Type(&why)]);
        }
    }
    let answer = place("1.21").same(&["mod", "why", "example.com/c/deep"]);
    assert!(answer.stdout.ends_with(
        "example.com/m\nexample.com/a\nexample.com/b\nexample.com/b.test\nexample.com/c/deep\n"
    ));
}
