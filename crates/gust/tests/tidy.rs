//! `go mod tidy`: requirements added and dropped, go.sum, tests of dependencies, old releases, and what cannot be tidied.

mod oracle;

use gust_testkit::{Module, ModuleSet};
use oracle::{Answer, Oracle, Step};

fn module(path: &str, version: &str, go: &str, requires: &str, files: &[(&str, &str)]) -> Module {
    let lines = requires.split(", ").filter(|line| !line.is_empty());
    let lines: String = lines.map(|line| format!("require {line}\n")).collect();
    let go_mod = format!("module {path}\n\ngo {go}\n\n{lines}");
    let files: Vec<(&str, &str)> = [("go.mod", go_mod.as_str())]
        .into_iter()
        .chain(files.iter().copied())
        .collect();
    Module::new(path, version, &files)
}

const B: &str = "package b\n\nimport _ \"example.com/c\"\n";
const C_TEST: &str = "package c\n\nimport _ \"example.com/d\"\n";

/// a needs b, b needs c, tests of c need d; newer versions of a and b ask for more than they use.
fn modules() -> ModuleSet {
    let (a, b, c, d) = (
        "example.com/a",
        "example.com/b",
        "example.com/c",
        "example.com/d",
    );
    let needs_b = [("a.go", "package a\n\nimport _ \"example.com/b\"\n")];
    let with_test = [("c.go", "package c\n"), ("c_test.go", C_TEST)];
    ModuleSet::new([
        module(a, "v1.0.0", "1.20", "example.com/b v1.0.0", &needs_b),
        module(a, "v1.1.0", "1.16", "example.com/b v1.1.0", &needs_b),
        module(b, "v1.0.0", "1.20", "example.com/c v1.0.0", &[("b.go", B)]),
        module(b, "v1.1.0", "1.16", "example.com/c v1.1.0", &[("b.go", B)]),
        module(c, "v1.0.0", "1.20", "example.com/d v1.0.0", &with_test),
        module(c, "v1.1.0", "1.16", "example.com/d v1.0.0", &with_test),
        module(
            d,
            "v1.0.0",
            "1.16",
            "",
            &[("d.go", "package d\n"), ("e/e.go", "package e\n")],
        ),
        module(d, "v1.1.0", "1.20", "", &[("d.go", "package d\n")]),
    ])
}

/// Types the command where all modules are at hand: in which order they are downloaded depends on threads.
fn same(place: &Oracle, words: &[&str]) -> Answer {
    let versions = [
        "a@v1.0.0", "a@v1.1.0", "b@v1.0.0", "b@v1.1.0", "c@v1.0.0", "c@v1.1.0",
    ];
    let versions = versions.iter().chain(&["d@v1.0.0", "d@v1.1.0"]);
    let all: Vec<String> = versions.map(|v| format!("example.com/{v}")).collect();
    let download = ["mod", "download"].into_iter();
    let download: Vec<&str> = download.chain(all.iter().map(String::as_str)).collect();
    let tidy: Vec<&str> = ["mod", "tidy"].iter().chain(words).copied().collect();
    place.same_steps(&[Step::Type(&download), Step::Type(&tidy)])
}

fn place(go_mod: &str, sources: &str) -> Oracle {
    Oracle::new(&format!(
        "-- go.mod --\nmodule example.com/m\n\n{go_mod}\n{sources}"
    ))
    .modules(modules())
}

const A: &str = "-- m.go --\npackage m\n\nimport _ \"example.com/a\"\n";
const WINDOWS: &str = "-- m_windows.go --\npackage m\n\nimport _ \"example.com/d/e\"\n";

#[test]
fn requirements() {
    let words: &[&[&str]] = &[
        &[],
        &["-v"],
        &["-diff"],
        &["-x"],
        &["-go=1.16"],
        &["-go=1.17"],
        &["-go=1.21"],
        &["-compat=1.16"],
        &["-compat=1.17"],
        &["-e", "-v"],
    ];
    let required = [
        "require example.com/a v1.0.0",
        "require example.com/a v1.1.0 // indirect",
        "require example.com/a v1.0.0\nrequire example.com/d v1.1.0 // nobody needs it",
        "require (\n\texample.com/a v1.0.0\n\texample.com/c v1.1.0\n)\nexclude example.com/c v1.0.0",
        "require example.com/a v1.0.0\nrequire example.com/a v1.1.0\n\n\n// a comment\n",
    ];
    for go in ["", "go 1.15", "go 1.16", "go 1.20", "go 1.21"] {
        for required in required {
            let place = place(&format!("{go}\n\n{required}"), A);
            for words in words {
                same(&place, words);
            }
        }
    }
}

#[test]
fn sources_decide() {
    for go in ["1.16", "1.20", "1.21"] {
        for (required, sources) in [
            ("", A),
            ("", WINDOWS),
            ("require example.com/d v1.1.0", WINDOWS),
            ("require example.com/a v1.0.0", "-- m.go --\npackage m\n"),
            ("require example.com/a v1.0.0", "-- x.txt --\nno package\n"),
            (
                "tool example.com/b\n\nrequire example.com/b v1.0.0 // indirect",
                "-- m.go --\npackage m\n",
            ),
            (
                "require example.com/a v1.0.0\nignore ./sub",
                "-- sub/m.go --\npackage m\n\nimport _ \"example.com/a\"\n",
            ),
            (
                "require example.com/c v1.0.0",
                "-- m_test.go --\npackage m_test\n\nimport _ \"example.com/c\"\n",
            ),
        ] {
            let place = place(&format!("go {go}\n\n{required}"), sources);
            same(&place, &[]);
            same(&place, &["-v", "-diff"]);
        }
    }
}

#[test]
fn what_is_missing_is_found() {
    let place = place("go 1.20", A);
    let answer = place.same_steps(&[
        Step::Type(&["mod", "download", "example.com/a@v1.1.0"]),
        Step::Type(&["mod", "tidy", "-diff"]),
    ]);
    assert_eq!(answer.code, Some(1));
    assert!(answer.stdout.contains("+require example.com/a v1.1.0\n"));
    assert!(
        !answer.file("go.mod").contains("require"),
        "nothing is written"
    );
}

#[test]
fn bad_input() {
    let sound = place("go 1.20\n\nrequire example.com/a v1.0.0", A);
    let words: &[&[&str]] = &[
        &["x"],
        &["-go=nosuch"],
        &["-go=1.99"],
        &["-compat=go1.20"],
        &["-compat=2"],
        &["-nosuch"],
        &["-mod=mod"],
    ];
    for words in words {
        let answer = same(&sound, words);
        assert_ne!(answer.code, Some(0), "{words:?}");
    }
    for (go_mod, source) in [
        ("go 1.20", "import _ \"example.com/nosuch\""),
        ("go 1.20", "import _ \"nosuch\""),
        ("go 1.20", "import _ \"./x\""),
        ("go 1.20", "import \""),
        ("go 1.20", "import _ \"example.com/m/nosuch\""),
        (
            "go 1.20\nrequire example.com/a v1.9.9",
            "import _ \"example.com/a\"",
        ),
        (
            "go 1.20\nrequire example.com/d v1.1.0",
            "import _ \"example.com/d/e\"",
        ),
        ("go 1.20\nrequire", ""),
        ("go 1.99", ""),
        (
            "go 1.20\nreplace example.com/a => ../nosuch",
            "import _ \"example.com/a\"",
        ),
    ] {
        let place = place(go_mod, &format!("-- m.go --\npackage m\n\n{source}\n"));
        same(&place, &[]);
        same(&place, &["-e"]);
    }
    let outside = Oracle::new("-- x.go --\npackage x\n");
    assert_eq!(outside.same(&["mod", "tidy"]).code, Some(1));
    let off = sound.env("GO111MODULE", "off");
    assert_eq!(off.same(&["mod", "tidy"]).code, Some(1));
}

/// tidy mends go.sum; whatever else reads it says what is wrong.
#[test]
fn lines_of_go_sum_that_are_none_are_passed_over() {
    const BAD: &str = "-- go.mod --\nmodule example.com/m\n\ngo 1.24\n-- go.sum --\nexample.com/x v1.0.0 h1:a more words here\n\
         example.com/y v1.0.0\n-- m.go --\npackage m\n";
    let place = Oracle::new(BAD);
    let tidied = place.same(&["mod", "tidy"]);
    assert_eq!((tidied.code, tidied.stderr.as_str()), (Some(0), ""));
    place.same(&["mod", "tidy", "-diff"]);
    place.same(&["mod", "download"]);
    place.same(&["build", "./..."]);
}
