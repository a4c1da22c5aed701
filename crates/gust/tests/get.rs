//! `go get`: added, raised, lowered and removed requirements, contradictions, tools, and what cannot be asked.

mod oracle;

use gust_testkit::{Module, ModuleSet};
use oracle::{Answer, Oracle, Step};

fn module(path: &str, version: &str, go: &str, requires: &[&str], extra: &str) -> Module {
    let lines: String = requires.iter().map(|r| format!("require {r}\n")).collect();
    let imports: String = requires
        .iter()
        .map(|r| format!("import _ \"{}\"\n", r.split(' ').next().unwrap_or_default()))
        .collect();
    let go_mod = format!("{extra}module {path}\n\ngo {go}\n\n{lines}");
    Module::new(
        path,
        version,
        &[
            ("go.mod", &go_mod),
            ("x.go", &format!("package x\n\n{imports}")),
        ],
    )
}

fn modules() -> ModuleSet {
    let (a, b, c) = ("example.com/a", "example.com/b", "example.com/c");
    ModuleSet::new([
        module(a, "v1.0.0", "1.20", &["example.com/b v1.0.0"], ""),
        module(a, "v1.0.1", "1.20", &["example.com/b v1.1.0"], ""),
        module(a, "v1.1.0", "1.20", &["example.com/b v1.2.0"], ""),
        module(b, "v1.0.0", "1.20", &[], ""),
        module(b, "v1.1.0", "1.16", &["example.com/c v1.0.0"], ""),
        module(b, "v1.2.0", "1.20", &["example.com/c v1.1.0"], ""),
        module(b, "v1.3.0-pre", "1.20", &[], ""),
        module(c, "v1.0.0", "1.16", &[], ""),
        module(c, "v1.1.0", "1.20", &[], "// Deprecated: old.\n"),
    ])
}

/// Types the command where all modules are at hand: in which order they are downloaded depends on threads.
fn same(place: &Oracle, words: &[&str]) -> Answer {
    let versions = [
        "a@v1.0.0",
        "a@v1.0.1",
        "a@v1.1.0",
        "b@v1.0.0",
        "b@v1.1.0",
        "b@v1.2.0",
        "b@v1.3.0-pre",
        "c@v1.0.0",
        "c@v1.1.0",
    ];
    let all: Vec<String> = versions
        .iter()
        .map(|v| format!("example.com/{v}"))
        .collect();
    let download = ["mod", "download"].into_iter();
    let download: Vec<&str> = download.chain(all.iter().map(String::as_str)).collect();
    let get: Vec<&str> = ["get"].iter().chain(words).copied().collect();
    place.same_steps(&[Step::Type(&download), Step::Type(&get)])
}

const MAIN: &str = "-- go.mod --\nmodule example.com/m\n\ngo GO\n\nrequire example.com/a v1.0.1\n-- m.go --\npackage m\n\nimport _ \"example.com/a\"\n";

#[test]
fn versions() {
    let arguments: &[&[&str]] = &[
        &[],
        &["."],
        &["./..."],
        &["all"],
        &["-u"],
        &["-u", "./..."],
        &["-u=patch", "./..."],
        &["-u=patch", "example.com/a"],
        &["-t", "-u", "all"],
        &["-v", "example.com/b@v1.0.0"],
        &["example.com/a@latest"],
        &["example.com/a@v1.0"],
        &["example.com/a@<v1.0.1"],
        &["example.com/a@>=v1.0.1"],
        &["example.com/a@none"],
        &["example.com/b@none"],
        &["example.com/c@none"],
        &["example.com/c@latest"],
        &["example.com/c@v1.0.0"],
        &["example.com/b@v1.3.0-pre"],
        &["example.com/..."],
        &["example.com/...@patch"],
        &["example.com/a@v1.1.0", "example.com/b@v1.0.0"],
        &["example.com/a@v1.1.0", "example.com/a@v1.0.0"],
        &["-tool", "example.com/a"],
        &["-tool", "example.com/a@none"],
        &["go@1.20"],
        &["go@1.22"],
        &["toolchain@go1.25.0"],
        &["toolchain@none"],
        &["fmt"],
    ];
    for go in ["1.16", "1.21"] {
        let place = Oracle::new(&MAIN.replace("GO", go)).modules(modules());
        for words in arguments {
            same(&place, words);
        }
    }
    let place = Oracle::new(&MAIN.replace("GO", "1.21")).modules(modules());
    let answer = place.same(&["get", "example.com/a@v1.1.0"]);
    assert_eq!(answer.code, Some(0));
    assert!(
        answer
            .stderr
            .contains("go: upgraded example.com/a v1.0.1 => v1.1.0\n")
    );
}

#[test]
fn bad_input() {
    let place = Oracle::new(&MAIN.replace("GO", "1.21")).modules(modules());
    let arguments: &[&[&str]] = &[
        &["example.com/a@"],
        &["example.com/a@v1@v2"],
        &["example.com/a@-x"],
        &["example.com/a@v9"],
        &["example.com/nosuch"],
        &["example.com/a/nosuch@v1.0.0"],
        &["example.com/m@v1.0.0"],
        &["./nosuch"],
        &[".."],
        &["./m@v1.0.0"],
        &["all@none"],
        &["all@v1.0.0"],
        &["x.go"],
        &["./m.go"],
        &["go@none"],
        &["fmt@v1.0.0"],
        &["tool@v1.0.0"],
        &["-u=minor"],
        &["-d=false"],
        &["-m"],
        &["-insecure", "example.com/a"],
        &["-nosuch"],
        &["example.c...@v1.0.0"],
    ];
    for words in arguments {
        assert_ne!(same(&place, words).code, Some(0), "{words:?}");
    }
    let outside = Oracle::new("-- x.go --\npackage x\n");
    assert_eq!(outside.same(&["get", "example.com/a"]).code, Some(1));
    let off = Oracle::new(&MAIN.replace("GO", "1.21")).env("GO111MODULE", "off");
    assert_eq!(off.same(&["get", "example.com/a"]).code, Some(1));
}
