//! Errors that must not be lost: what go tells and fails with, gust tells and fails with.

mod oracle;

use gust_testkit::{Module, ModuleSet};
use oracle::Oracle;

const MODULE: &str = r#"
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

import _ "example.com/absent"
-- b/b.go --
package b
-- c/c.go --
package c

import _ "example.com/m/a"
-- main.go --
package main

func main() {}
"#;

/// Where packages may be shown as variants, go looks at all that they need, and then fails for what is wrong there.
#[test]
fn a_list_of_several_packages_fails_with_their_dependencies() {
    let place = Oracle::new(MODULE);
    for args in [
        &["list", "./a", "./b"][..],
        &["list", "./a"],
        &["list", "-pgo=off", "./a", "./b"],
        &["list", "-e", "./a", "./b"],
        &["list", "-deps", "./a", "./b"],
        &["list", "-json=ImportPath", "./c", "./b"],
        &["list", "-test", "./a"],
        &["list", "-compiled", "-f", "{{.Dir}}", "./a", "./b"],
    ] {
        place.same(args);
    }
}

#[test]
fn one_directory_cannot_replace_two_modules() {
    let archive = r#"
-- go.mod --
module example.com/m

go 1.26

require (
	example.com/x v0.0.0
	example.com/y v0.0.0
	example.com/z v0.0.0
)

replace (
	example.com/x => ./r
	example.com/y => ./r
	example.com/z => ./r
)
-- m.go --
package m

import _ "example.com/x"
-- r/go.mod --
module example.com/r
-- r/r.go --
package r
"#;
    let place = Oracle::new(archive);
    for args in [
        &["build"][..],
        &["list", "-e", "./..."],
        &["list", "-m", "all"],
    ] {
        place.same(args);
    }
    let work = format!("{archive}-- go.work --\ngo 1.26\n\nuse .\n");
    Oracle::new(&work).same(&["build"]);
}

#[test]
fn a_module_may_ignore_itself() {
    for lines in [
        "ignore .",
        "ignore ./",
        "ignore ./b/",
        "ignore b",
        "ignore (\n\t./a\n\tb\n)",
    ] {
        let archive = MODULE.replace("go 1.26", &format!("go 1.26\n\n{lines}"));
        let place = Oracle::new(&archive);
        place.same(&["list", "./..."]);
        place.same(&["list", "-x", "./b/..."]);
        place.same(&["list", "example.com/m/..."]);
    }
}

#[test]
fn named_files_are_read_before_all_else() {
    let archive = format!(
        "{MODULE}-- nul.go --\npackage main\u{0}\n-- cgo.go --\npackage main\n\nimport \"C\"\n"
    );
    let place = Oracle::new(&archive);
    for args in [
        &["build", "nul.go"][..],
        &["list", "main.go", "./main.go"],
        &["list", "-e", "-json=GoFiles,Error", "main.go", "main.go"],
        &["list", "nosuch.go"],
        &["build", "main.go", "nosuch.go"],
    ] {
        place.same(args);
    }
    place.env("CGO_ENABLED", "0").same(&["build", "cgo.go"]);
}

/// A package that the standard library has vendored takes the root of its namesake, which in a vendor directory has none.
#[test]
fn a_vendored_namesake_has_no_root() {
    let archive = r#"
-- go.mod --
module example.com/m

go 1.26

require golang.org/x/net v0.1.0
-- m.go --
package m

import (
	_ "golang.org/x/net/idna"
	_ "net/http"
)
-- vendor/modules.txt --
# golang.org/x/net v0.1.0
## explicit
golang.org/x/net/idna
-- vendor/golang.org/x/net/idna/i.go --
package idna
"#;
    Oracle::new(archive).same(&["list", "-deps", "-json=ImportPath,Root"]);
}

#[test]
fn tools_match_as_often_as_go_asks_for_them() {
    let archive = MODULE.replace("go 1.26", "go 1.26\n\ntool example.com/m");
    Oracle::new(&archive).same(&["list", "-f", "{{.Match}}", "tool"]);
}

/// Regular expressions are refused in Go's words.
#[test]
fn a_flag_pattern_that_is_none_is_told() {
    let archive =
        format!("{MODULE}-- g/g.go --\npackage g\n\n// #cgo CFLAGS: -fplugin=x\nimport \"C\"\n");
    for pattern in ["[", "a**", "(?<n>", "\\"] {
        let place = Oracle::new(&archive).env("CGO_CFLAGS_ALLOW", pattern);
        place.same(&["build", "./g"]);
    }
}

/// Where the overlay leads nowhere or to a directory, the package's directory cannot be looked at.
#[test]
fn an_overlay_that_leads_nowhere_is_told() {
    let archive = r#"
-- go.mod --
module example.com/m

go 1.26
-- m.go --
package m

import _ "example.com/m/lib"
-- lib/l.go --
package lib
-- nowhere.json --
{"Replace": {"lib/l.go": "alt/nothere.txt"}}
-- dir.json --
{"Replace": {"lib/l.go": "lib"}}
-- chain.json --
{"Replace": {"lib/l.go": "lib/other.go", "lib/m.go": "m.go"}}
"#;
    let place = Oracle::new(archive);
    for overlay in ["nowhere.json", "dir.json", "chain.json"] {
        place.same(&["build", "-overlay", overlay]);
        place.same(&[
            "list",
            "-e",
            "-json=Error,GoFiles",
            "-overlay",
            overlay,
            "./lib",
        ]);
    }
}

/// A directory whose only Go file is hidden holds a package, with nothing in it.
#[test]
fn hidden_go_files_make_a_package() {
    let archive = r#"
-- go.mod --
module example.com/m

go 1.26
-- m.go --
package m

import _ "example.com/m/hidden"
-- hidden/_x.go --
package hidden
"#;
    let place = Oracle::new(archive);
    for args in [
        &["build"][..],
        &["list", "./hidden"],
        &["list", "./..."],
        &["list", "example.com/m/..."],
    ] {
        place.same(args);
    }
}

/// A name that ends in .go is a file's for `run`, be there one or not.
#[test]
fn run_takes_go_files_for_files() {
    let archive = format!("{MODULE}-- x.go/x.go --\npackage main\n\nfunc main() {{}}\n");
    let place = Oracle::new(&archive);
    for file in [
        "nosuch.go",
        "./nosuch.go",
        "a/none.go",
        "x.go",
        "./x.go",
        ".go",
        "a@v1.go",
    ] {
        place.same(&["run", file]);
    }
    place.same(&["run", "main.go", "main.go"]);
    place.same(&["run", "-exec", "/nonexistent/x", "main.go"]);
}

fn served() -> ModuleSet {
    const MAIN: &str = "package main\n\nfunc main() {}\n";
    let needs = "module example.com/needs\n\ngo 1.20\n\nrequire example.com/gone v1.0.0\n";
    let imports = "package main\n\nimport _ \"example.com/gone\"\n\nfunc main() {}\n";
    let module = |name: &str, files: &[(&str, &str)]| {
        Module::new(&format!("example.com/{name}"), "v1.0.0", files)
    };
    ModuleSet::new([
        module(
            "good",
            &[
                ("go.mod", "module example.com/good\n\ngo 1.20\n"),
                ("lib/l.go", "package lib\n"),
                ("cmd/p/p.go", MAIN),
            ],
        ),
        module("needs", &[("go.mod", needs), ("n.go", imports)]),
        module(
            "moved",
            &[("go.mod", "module example.com/elsewhere\n"), ("m.go", MAIN)],
        ),
        module(
            "future",
            &[
                ("go.mod", "module example.com/future\n\ngo 1.99\n"),
                ("f.go", MAIN),
            ],
        ),
    ])
}

#[test]
fn only_run_and_install_take_versions() {
    let place = Oracle::new(MODULE).modules(served());
    for args in [
        &["build", "example.com/good/cmd/p@v1.0.0"][..],
        &["build", "example.com/good/lib@v1.0.0", "./b"],
        &["build", "std@latest"],
        &["install", "example.com/good/lib@v1.0.0"],
        &[
            "install",
            "example.com/good/lib@v1.0.0",
            "example.com/good/cmd/p@v1.0.0",
        ],
        &["install", "example.com/needs@v1.0.0"],
        &["run", "example.com/needs@latest"],
        &["install", "example.com/moved@v1.0.0"],
        &["run", "example.com/future@latest"],
    ] {
        place.same(args);
    }
}

/// JSON is refused in the words of encoding/json.
#[test]
fn an_overlay_that_is_no_json_is_told() {
    for text in [
        "{\"Replace\": {\"a\": 1}}",
        "{\"Replace\": []}",
        "nope",
        "{} trailing",
        "{\"replace\": {\"b/b.go\": \"a/a.go\"}, \"Other\": [1]}",
    ] {
        let archive = format!("{MODULE}-- o.json --\n{text}\n");
        Oracle::new(&archive).same(&["list", "-overlay", "o.json", "-f", "{{.Name}}", "./b"]);
    }
}

#[test]
fn an_empty_profile_is_the_directory() {
    Oracle::new(MODULE).same(&["build", "-pgo=", "-o", "/dev/null", "main.go"]);
}

/// The program's variables come in their order, PATH last; its arguments as they were given.
#[test]
fn a_program_sees_what_go_would_show_it() {
    let archive = r#"
-- go.mod --
module example.com/m

go 1.26
-- m.go --
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		fmt.Println(name)
	}
	fmt.Println(os.Args[1:])
}
"#;
    let place = Oracle::new(archive).env("ZZ", "1").env("AA", "2");
    place.same(&["run", ".", "a b", ""]);
}

#[test]
fn there_must_be_a_place_to_work_in() {
    let place = Oracle::new(MODULE).env("GOTMPDIR", "/nonexistent/dir");
    place.same(&["build", "./b"]);
    place.same(&["run", "."]);
}

#[test]
fn what_is_in_the_way_of_an_output_is_told() {
    let archive = format!("{MODULE}-- file --\ntext\n");
    let place = Oracle::new(&archive);
    for output in ["file/x", "file/d/x", "a", "file"] {
        place.same(&["build", "-o", output, "main.go"]);
    }
}
