//! Commands of gust's own: what they answer, and that they are not there under the name `go`.

mod oracle;

use std::path::Path;
use std::{env, fs};

use gust_testkit::{Module, ModuleSet};
use oracle::{Answer, Oracle, gust};

/// A module of which only the go.mod matters.
fn module(path: &str, version: &str, lines: &str) -> Module {
    let go_mod = format!("module {path}\n\ngo 1.20\n\n{lines}");
    Module::new(
        path,
        version,
        &[("go.mod", &go_mod), ("x.go", "package x\n")],
    )
}

const MAIN: &str = "-- go.mod --
module example.com/m

go 1.20

require (
	example.com/a v1.0.0
	example.com/b v1.0.0
	example.com/c v1.1.0 // indirect
	example.com/c/v2 v2.0.0
	example.com/d v1.0.0 // indirect
)
";

fn place() -> Oracle {
    let c = "require example.com/d v1.0.0\n";
    let retract = "retract v1.0.0 // lost a digit\n";
    let modules = ModuleSet::new([
        module("example.com/a", "v1.0.0", "require example.com/c v1.0.0\n"),
        module("example.com/a", "v1.0.3", "require example.com/c v1.0.0\n"),
        module("example.com/a", "v1.2.0", retract),
        module("example.com/b", "v1.0.0", "require example.com/c v1.1.0\n"),
        module("example.com/b/v2", "v2.0.0", ""),
        module("example.com/b/v3", "v3.1.0", ""),
        module("example.com/c", "v1.0.0", ""),
        module("example.com/c", "v1.1.0", c),
        module("example.com/c/v2", "v2.0.0", ""),
        module("example.com/d", "v1.0.0", ""),
    ]);
    Oracle::new(MAIN).modules(modules)
}

#[track_caller]
fn answer(args: &[&str]) -> Answer {
    let answer = place().answer(Path::new(gust()), args);
    assert_eq!((answer.code, &*answer.stderr), (Some(0), ""), "{args:?}");
    answer
}

#[test]
fn a_tree_goes_down_from_the_main_module() {
    let expected = "\
example.com/m
├── example.com/a v1.0.0
│   └── example.com/c v1.1.0 (asks for v1.0.0)
│       └── example.com/d v1.0.0
├── example.com/b v1.0.0
│   └── example.com/c v1.1.0 (*)
└── example.com/c/v2 v2.0.0
";
    assert_eq!(answer(&["tree"]).stdout, expected);
    let first = "\
example.com/m
├── example.com/a v1.0.0
├── example.com/b v1.0.0
└── example.com/c/v2 v2.0.0
";
    assert_eq!(answer(&["tree", "--depth", "1"]).stdout, first);
}

#[test]
fn a_tree_goes_up_from_a_module() {
    let expected = "\
example.com/c v1.1.0
├── example.com/a v1.0.0 (asks for v1.0.0)
│   └── example.com/m
└── example.com/b v1.0.0
    └── example.com/m
example.com/c/v2 v2.0.0
└── example.com/m
";
    assert_eq!(answer(&["tree", "--duplicates"]).stdout, expected);
    let one = answer(&["tree", "--reverse=example.com/c/v2"]).stdout;
    assert_eq!(one, "example.com/c/v2 v2.0.0\n└── example.com/m\n");
}

#[test]
fn a_tree_as_json_names_requirements() {
    let json = answer(&["tree", "--depth=1", "--json"]).stdout;
    let b = "\t\t{
\t\t\t\"Path\": \"example.com/b\",
\t\t\t\"Version\": \"v1.0.0\",
\t\t\t\"Own\": true,
\t\t\t\"Requires\": [
\t\t\t\t{
\t\t\t\t\t\"Path\": \"example.com/c\",
\t\t\t\t\t\"Wants\": \"v1.1.0\"
\t\t\t\t}
\t\t\t]
\t\t}";
    assert!(json.contains(b), "{json}");
    assert!(!json.contains("\"Path\": \"example.com/d\",\n\t\t\t\"Version\""));
}

#[test]
fn why_names_who_decides_and_what_would_come_then() {
    let expected = "\
example.com/c v1.1.0
asked for by
	example.com/m
	example.com/m → example.com/b v1.0.0
lower versions are asked for
	v1.0.0 by example.com/a v1.0.0
it goes down to v1.0.0 when these ask for less
	example.com/m, example.com/b v1.0.0
";
    assert_eq!(answer(&["why", "example.com/c"]).stdout, expected);
    let all = answer(&["why", "--all", "example.com/d"]).stdout;
    let ways = "\
it goes when these no longer ask for it
	example.com/m, example.com/c v1.1.0
every way
	example.com/d v1.0.0
	└── example.com/c v1.1.0
	    ├── example.com/a v1.0.0 (asks for v1.0.0)
	    │   └── example.com/m
	    └── example.com/b v1.0.0
	        └── example.com/m
";
    assert!(all.ends_with(ways), "{all}");
    let json = answer(&["why", "--json", "example.com/c"]).stdout;
    assert!(json.contains("\"Lower\": [\n"), "{json}");
}

/// Two packages of a dependency, one of which only a test leads to.
const IMPORTS: &str = "-- go.mod --
module example.com/m

go 1.20

require example.com/p v1.0.0
-- m.go --
package m

import _ \"example.com/p\"
-- sub/s.go --
package sub

import _ \"example.com/m\"
import _ \"example.com/p/a\"
-- sub/s_test.go --
package sub

import _ \"example.com/p/b\"
";

fn importing() -> Oracle {
    let p = Module::new(
        "example.com/p",
        "v1.0.0",
        &[
            ("go.mod", "module example.com/p\n\ngo 1.20\n"),
            ("p.go", "package p\n\nimport _ \"example.com/p/a\"\n"),
            ("a/a.go", "package a\n"),
            ("b/b.go", "package b\n"),
        ],
    );
    Oracle::new(IMPORTS).modules(ModuleSet::new([p]))
}

#[test]
fn why_names_who_imports_a_package_before_its_module() {
    let place = importing();
    let answer = |args: &[&str]| {
        let answer = place.answer(Path::new(gust()), args);
        assert_eq!(answer.code, Some(0), "{args:?}: {answer:?}");
        answer.stdout
    };
    let module = "\
example.com/p v1.0.0
asked for by
	example.com/m
it goes when these no longer ask for it
	example.com/m
";
    let shortest = "\
example.com/p/b
imported by
	example.com/m/sub → example.com/m/sub.test → example.com/p/b
";
    assert_eq!(
        answer(&["why", "example.com/p/b"]),
        format!("{shortest}{module}")
    );
    let all = "\
example.com/p/a
├── example.com/m/sub
└── example.com/p
    └── example.com/m
        └── example.com/m/sub
";
    let told = answer(&["why", "--all", "example.com/p/a"]);
    assert!(told.starts_with(all), "{told}");
    let json = answer(&["why", "--json", "example.com/p", "example.com/p/b"]);
    let chain = "\"Chain\": [
				\"example.com/m/sub\",
				\"example.com/m/sub.test\",
				\"example.com/p/b\"
			]";
    assert!(json.contains(chain), "{json}");
}

#[test]
fn an_upgrade_is_shown_and_then_written() {
    let place = place();
    let ask = |args: &[&str]| {
        let answer = place.answer(Path::new(gust()), args);
        assert_eq!(answer.code, Some(0), "{args:?}: {answer:?}");
        answer
    };
    let shown = ask(&["upgrade", "--dry-run"]);
    let change = "-\texample.com/a v1.0.0\n";
    assert!(shown.stdout.contains(change), "{shown:?}");
    assert!(shown.stdout.contains("+\texample.com/a v1.2.0\n"));
    let written = ask(&["upgrade", "--level=patch", "example.com/a"]);
    assert!(
        written.stdout.contains("+\texample.com/a v1.0.3\n"),
        "{written:?}"
    );
    assert!(shown.files["work/go.mod"] != written.files["work/go.mod"]);
    let json = ask(&["upgrade", "--json", "--dry-run"]).stdout;
    let a = "\"Path\": \"example.com/a\",\n\t\t\t\"From\": \"v1.0.0\",\n\t\t\t\"To\": \"v1.2.0\"";
    assert!(json.contains(a), "{json}");
    for (args, text) in [
        (
            &["upgrade", "--level=major"] as &[&str],
            "--level is patch or minor",
        ),
        (
            &["upgrade", "example.com/no"],
            "module example.com/no is not in the module graph",
        ),
    ] {
        let answer = place.answer(Path::new(gust()), args);
        assert_eq!(
            (answer.code, &*answer.stderr),
            (Some(1), &*format!("go: {text}\n"))
        );
    }
}

#[test]
fn a_release_made_wrongly_keeps_nobody_else_from_going_up() {
    let wrong = Module::new(
        "example.com/q",
        "v1.1.0",
        &[
            ("go.mod", "module example.com/other\n"),
            ("q.go", "package q\n"),
        ],
    );
    let modules = ModuleSet::new([
        module("example.com/p", "v1.0.0", ""),
        module("example.com/p", "v1.2.0", ""),
        module("example.com/q", "v1.0.0", ""),
        wrong,
    ]);
    let requiring = "-- go.mod --
module example.com/m

go 1.20

require (
	example.com/p v1.0.0
	example.com/q v1.0.0
)
";
    let place = Oracle::new(requiring).modules(modules);
    let told = place.answer(Path::new(gust()), &["upgrade"]);
    assert_eq!(told.code, Some(1));
    let why = "go: example.com/q@v1.1.0: parsing go.mod:\n\tmodule declares its path as: example.com/other\n";
    assert!(told.stderr.contains(why), "{}", told.stderr);
    let written = told.file("go.mod");
    assert!(written.contains("example.com/p v1.2.0"), "{written}");
    assert!(written.contains("example.com/q v1.0.0"), "{written}");
    let named = place.answer(
        Path::new(gust()),
        &["upgrade", "example.com/p", "example.com/q"],
    );
    assert_eq!(named.code, Some(1));
    assert!(named.file("go.mod").contains("example.com/p v1.0.0"));
}

#[test]
fn outdated_lists_what_is_newer_and_what_is_withdrawn() {
    let expected = "\
MODULE         NOW     PATCH   MINOR   MAJOR
example.com/a  v1.0.0  v1.0.3  v1.2.0  -                        retracted: lost a digit
example.com/b  v1.0.0  -       -       example.com/b/v3 v3.1.0
";
    assert_eq!(answer(&["outdated"]).stdout, expected);
    let all = answer(&["outdated", "--all", "--json"]).stdout;
    assert!(
        all.contains("\"Retracted\": [\n\t\t\t\t\"lost a digit\"\n"),
        "{all}"
    );
}

#[test]
fn a_module_that_is_not_there_is_an_error() {
    let neither =
        "example.com/no is neither a module of the graph nor a package that a main module needs";
    let module = "module example.com/no is not in the module graph";
    for (args, text) in [
        (["why", "example.com/no"], neither),
        (["tree", "--reverse=example.com/no"], module),
    ] {
        let answer = place().answer(Path::new(gust()), &args);
        let text = format!("go: {text}\n");
        assert_eq!((answer.code, answer.stderr), (Some(1), text));
    }
}

/// Under the name `go` gust is go, and nothing besides.
#[test]
fn under_the_name_go_there_are_no_commands_of_its_own() {
    let dir = env::temp_dir().join(format!("gust-own-{}", std::process::id()));
    fs::create_dir_all(&dir).expect("a folder");
    let link = dir.join("go");
    std::os::unix::fs::symlink(gust(), &link).expect("a link");
    let tree = place().answer(&link, &["tree"]);
    let help = place().answer(&link, &["help"]);
    fs::remove_dir_all(&dir).expect("the folder goes");
    assert_eq!(
        tree.stderr,
        "go tree: unknown command\nRun 'go help' for usage.\n"
    );
    assert_eq!(tree.code, Some(2));
    assert!(!help.stdout.contains("gust"));
    assert!(
        answer(&["help"])
            .stdout
            .contains("Commands of gust's own:\n\n\toutdated ")
    );
}
