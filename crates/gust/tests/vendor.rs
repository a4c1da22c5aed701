//! `go mod vendor` and `go work vendor`: which files are copied, what modules.txt says, and what cannot be vendored.

mod oracle;

use gust_testkit::{Module, ModuleSet};
use oracle::{Answer, Oracle, Step};

/// a embeds and has files for nobody, b is needed by a, c by tests only.
fn modules() -> ModuleSet {
    let a = "package a\n\nimport (\n\t_ \"embed\"\n\n\t_ \"example.com/b/deep\"\n)\n\n//go:embed data\nvar data string\n";
    let test = "package a\n\nimport (\n\t_ \"embed\"\n\n\t_ \"example.com/c\"\n)\n\n//go:embed testdata/t.txt\nvar t string\n";
    let go_mod =
        |path: &str, go: &str, requires: &str| format!("module {path}\n\ngo {go}\n\n{requires}");
    ModuleSet::new([
        Module::new(
            "example.com/a",
            "v1.0.0",
            &[
                (
                    "go.mod",
                    &go_mod(
                        "example.com/a",
                        "1.20",
                        "require example.com/b v1.0.0\nrequire example.com/c v1.0.0\n",
                    ),
                ),
                ("a.go", a),
                ("a_test.go", test),
                ("a_windows.go", "package a\n"),
                ("ignored.go", "//go:build ignore\n\npackage main\n"),
                ("_hidden.go", "//go:build ignore\n\npackage main\n"),
                ("c.c", "// c\n"),
                ("data/x.txt", "x\n"),
                ("data/sub/y.txt", "y\n"),
                ("testdata/t.txt", "t\n"),
                ("README", "read\n"),
                ("LICENSE.txt", "may\n"),
                ("unused/u.go", "package u\n"),
            ],
        ),
        Module::new(
            "example.com/b",
            "v1.0.0",
            &[
                ("go.mod", &go_mod("example.com/b", "1.16", "")),
                ("deep/b.go", "package b\n"),
                ("deep/go.sum", ""),
                ("COPYING", "may\n"),
                ("licenses", "may not\n"),
                ("b.go", "package b\n"),
            ],
        ),
        Module::new(
            "example.com/c",
            "v1.0.0",
            &[
                ("go.mod", &go_mod("example.com/c", "1.20", "")),
                ("c.go", "package c\n"),
            ],
        ),
    ])
}

const SUMS: [&str; 3] = [
    "example.com/a@v1.0.0",
    "example.com/b@v1.0.0",
    "example.com/c@v1.0.0",
];

fn place(go_mod: &str, sources: &str) -> Oracle {
    let main = format!("-- go.mod --\nmodule example.com/m\n\n{go_mod}\n{sources}");
    Oracle::new(&main).modules(modules())
}

/// Types the command when go.sum is complete.
fn same(place: &Oracle, words: &[&str]) -> Answer {
    let download: Vec<&str> = ["mod", "download"].into_iter().chain(SUMS).collect();
    place.same_steps(&[
        Step::Type(&download),
        Step::Type(&["get", "."]),
        Step::Type(words),
        Step::Type(&["list", "-deps", "-mod=vendor", "."]),
        Step::Type(words),
    ])
}

const REQUIRE: &str = "require example.com/a v1.0.0\nrequire example.com/c v1.0.0";
const M: &str = "-- m.go --\npackage m\n\nimport _ \"example.com/a\"\n-- m_test.go --\npackage m\n\nimport _ \"example.com/c\"\n-- vendor/old/x --\nold\n";

#[test]
fn copies() {
    for go in [
        "", "go 1.13", "go 1.14", "go 1.16", "go 1.17", "go 1.21", "go 1.22", "go 1.24",
    ] {
        let place = place(&format!("{go}\n\n{REQUIRE}"), M);
        same(&place, &["mod", "vendor"]);
        same(&place, &["mod", "vendor", "-v"]);
    }
    let place = place(&format!("go 1.22\n\n{REQUIRE}"), M);
    for words in [
        ["mod", "vendor", "-o", "out/of"],
        ["mod", "vendor", "-e", "-v"],
    ] {
        same(&place, &words);
    }
    let answer = same(&place, &["mod", "vendor"]);
    assert!(
        answer
            .file("vendor/modules.txt")
            .contains("## explicit; go 1.20\nexample.com/a\n")
    );
}

#[test]
fn replacements() {
    for replace in [
        "replace example.com/b => ./b",
        "replace example.com/b v1.0.0 => ./b",
        "replace example.com/b v1.9.9 => ./b",
        "replace example.com/nosuch => ./b",
        "replace (\n\texample.com/b => ./b\n\texample.com/c v1.0.0 => example.com/c v1.0.0\n)",
        "replace example.com/b => ./vendor/b",
    ] {
        let b = "-- b/go.mod --\nmodule example.com/b\n-- b/deep/b.go --\npackage b\n-- b/deep/.x --\nhidden\n";
        for go in ["1.13", "1.16", "1.22"] {
            let place = place(
                &format!("go {go}\n\n{REQUIRE}\n\n{replace}"),
                &format!("{M}{b}"),
            );
            same(&place, &["mod", "vendor"]);
        }
    }
}

#[test]
fn workspaces() {
    let work = format!(
        "-- go.work --\ngo 1.22\n\nuse (\n\t./m\n\t./n\n)\n\nreplace example.com/nosuch => ./n\n-- m/go.mod --\nmodule example.com/m\n\ngo 1.21\n\n{REQUIRE}\n\nrequire example.com/b v1.0.0 // indirect\n-- m/m.go --\npackage m\n\nimport _ \"example.com/a\"\n-- n/go.mod --\nmodule example.com/n\n\ngo 1.20\n\nrequire example.com/b v1.0.0\n-- n/n.go --\npackage n\n\nimport _ \"example.com/b\"\n"
    );
    let place = Oracle::new(&work).modules(modules());
    let download: Vec<&str> = ["mod", "download"].into_iter().chain(SUMS).collect();
    for words in [
        &["work", "vendor"] as &[&str],
        &["work", "vendor", "-v"],
        &["work", "vendor", "-o", "elsewhere"],
        &["mod", "vendor"],
        &["work", "vendor", "x"],
    ] {
        place.same_steps(&[
            Step::Type(&download),
            Step::Type(words),
            Step::Type(&["list", "-deps", "./m", "./n"]),
        ]);
    }
}

#[test]
fn a_broken_file_of_a_dependency() {
    for broken in [
        "package\n",
        "package a\nimport (",
        "package other\n",
        "// nothing\n",
    ] {
        let go_mod = "module example.com/a\n\ngo 1.20\n";
        let files = [
            ("go.mod", go_mod),
            ("a.go", "package a\n"),
            ("b_plan9.go", broken),
        ];
        let module = Module::new("example.com/a", "v1.0.0", &files);
        let main = "-- go.mod --\nmodule example.com/m\n\ngo 1.22\n\nrequire example.com/a v1.0.0\n-- m.go --\npackage m\n\nimport _ \"example.com/a\"\n";
        let place = Oracle::new(main).modules(ModuleSet::new([module]));
        let steps = [
            Step::Type(&["mod", "download", "example.com/a@v1.0.0"]),
            Step::Type(&["get", "."]),
            Step::Type(&["mod", "vendor"]),
        ];
        // What go has copied until then stays behind; gust leaves nothing half-made.
        let [go, gust] = [oracle::go(), oracle::gust().into()].map(|tool: std::path::PathBuf| {
            let answer = place.answers(&tool, &steps).pop().expect("three commands");
            (answer.code, answer.stdout, answer.stderr)
        });
        assert_eq!(gust, go, "{broken:?}");
    }
}

#[test]
fn bad_input() {
    let fine = place("go 1.22", "-- m.go --\npackage m\n");
    for words in [
        &["mod", "vendor"] as &[&str],
        &["mod", "vendor", "x"],
        &["mod", "vendor", "-nosuch"],
        &["work", "vendor"],
    ] {
        fine.same(words);
    }
    for (go_mod, source) in [
        ("go 1.22", "import _ \"example.com/a\""),
        ("go 1.22", "import _ \"nosuch\""),
        (
            "go 1.22\nrequire example.com/a v1.0.0",
            "import _ \"example.com/a/nosuch\"",
        ),
        (
            "go 1.22\nrequire example.com/a v1.0.0",
            "import _ \"example.com/b\"",
        ),
        (
            "go 1.22\nrequire example.com/a v1.9.9",
            "import _ \"example.com/a\"",
        ),
        (
            "go 1.22\nrequire example.com/a v1.0.0",
            "import _ \"example.com/a\"",
        ),
        ("go 1.22\nrequire", ""),
    ] {
        let place = place(
            go_mod,
            &format!("-- m.go --\npackage m\n\n{source}\n-- vendor/old/x --\nold\n"),
        );
        place.same(&["mod", "vendor"]);
        place.same(&["mod", "vendor", "-e"]);
    }
}
