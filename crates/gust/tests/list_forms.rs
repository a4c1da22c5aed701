//! `go list`: every form of answer, flags that do not go together, and errors, held against go.

mod oracle;

use oracle::Oracle;

const MODULE: &str = r#"
-- go.mod --
module example.com/m

go 1.25
-- main.go --
// Command m does <little> & says so.
package main

import (
	_ "embed"
	"fmt"

	"example.com/m/lib"
)

//go:embed main.txt
var text string

func main() { fmt.Println(text, lib.A) }
-- main.txt --
hello
-- lib/lib.go --
// Package lib is a library.
package lib

const A = 1
-- lib/lib_windows.go --
package lib
-- lib/lib_test.go --
package lib

import "testing"

func TestA(t *testing.T) {}
-- lib/x_test.go --
package lib_test

import (
	_ "example.com/m/lib"
	"testing"
)

func TestX(t *testing.T) {}
-- broken/broken.go --
package broken

import _ "example.com/m/nosuch"
-- empty/README --
nothing here
-- cycle/a/a.go --
package a

import _ "example.com/m/cycle/b"
-- cycle/b/b.go --
package b

import _ "example.com/m/cycle/a"
"#;

fn place() -> Oracle {
    Oracle::new(MODULE)
}

#[test]
fn forms() {
    let place = place();
    for args in [
        &["list"][..],
        &["list", ".", "./lib"],
        &["list", "-deps", "./lib", "."],
        &[
            "list",
            "-json=Dir,ImportPath,Name,Doc,Imports,EmbedFiles,Module,Match,IgnoredGoFiles",
            ".",
            "./lib",
        ],
        &[
            "list",
            "-json=Deps,DepsErrors,DepOnly,Standard",
            "-deps",
            ".",
        ],
        &["list", "-json=NoSuchField", "."],
        &["list", "-json=false", "."],
        &[
            "list",
            "-f",
            "{{.ImportPath}} {{.Name}} {{join .Imports \",\"}} {{len .Deps}} {{.Module}}",
            ".",
            "./lib",
        ],
        &[
            "list",
            "-f",
            "{{if .DepOnly}}{{.ImportPath}}\n{{end}}",
            "-deps",
            ".",
        ],
        &[
            "list",
            "-f",
            "{{context.GOOS}} {{(module \"example.com/m\").Path}} {{printf \"%q\" .Doc}}",
            ".",
        ],
        &[
            "list",
            "-find",
            "-f",
            "{{.ImportPath}} {{.Imports}}",
            "./...",
        ],
        &["list", "-tags=x", "-f", "{{context.BuildTags}}", "."],
        &["list", "-m"],
        &["list", "-m", "-json", "all"],
        &["list", "-m", "-f", "{{.Path}} {{.Main}} {{.Dir}}"],
    ] {
        place.same(args);
    }
}

#[test]
fn tests_and_builds() {
    let place = place();
    for args in [
        &["list", "-test", "./lib"][..],
        &[
            "list",
            "-test",
            "-deps",
            "-json=ImportPath,ForTest,Imports,ImportMap",
            "./lib",
        ],
        &["list", "-compiled", "-json=CompiledGoFiles", "./lib"],
        &["list", "-json=Stale,StaleReason", "./lib"],
    ] {
        place.same(args);
    }
}

#[test]
fn errors() {
    let place = place();
    for args in [
        &["list", "./broken"][..],
        &[
            "list",
            "-e",
            "-json=ImportPath,Error,DepsErrors,Incomplete",
            "-deps",
            "./broken",
        ],
        &["list", "./empty"],
        &["list", "./nosuch", "nosuch", "example.com/m/nosuch"],
        &[
            "list",
            "-e",
            "-f",
            "{{.ImportPath}}: {{.Error}}",
            "./empty",
            "nosuch",
        ],
        &["list", "./cycle/a"],
        &[
            "list",
            "-e",
            "-deps",
            "-json=ImportPath,Error,DepsErrors",
            "./cycle/a",
        ],
        &["list", "-f", "{{.NoSuch}}", "."],
        &["list", "-f", "{{.ImportPath", "."],
        &["list", "-f", "x", "-json"],
        &["list", "-u"],
        &["list", "-versions"],
        &["list", "-find", "-deps"],
        &["list", "-find", "-test"],
        &["list", "-find", "-export"],
        &["list", "-m", "-deps"],
        &["list", "-m", "-test"],
        &["list", "-m", "nosuch"],
        &["list", "-reuse=x"],
        &["list", "-mod=sometimes"],
        &["list", "a.go"],
    ] {
        place.same(args);
    }
    let gopath = self::place().env("GO111MODULE", "off");
    gopath.same(&["list", "-m"]);
    gopath.same(&["list", "-f", "{{.ImportPath}} {{.Module}}", "fmt"]);
}
