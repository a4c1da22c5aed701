//! `go list` of packages: what files a build takes, what they say, and what is wrong with them.

mod oracle;

use oracle::Oracle;

const FILES: &str = r#"
-- go.mod --
module example.com/m

go 1.25
-- p/a.go --
// Package p is one of many. It does little.
package p

import (
	_ "embed"
	"fmt"
)

//go:embed text/*.txt
var text string

func F() { fmt.Println(text) }
-- p/text/a.txt --
a
-- p/a_windows.go --
package p

import "syscall"
-- p/tagged.go --
//go:build mine && !linux || extra

package p

import "os"
-- p/old.go --
// +build ignore

package main
-- p/asm_amd64.s --
-- p/a_test.go --
package p

import "testing"

func TestF(t *testing.T) {}

func ExampleF() {
	F()
	// Output: a
}
-- p/x_test.go --
package p_test

import (
	"testing"

	"example.com/m/p"
	"example.com/m/q"
)

func TestX(t *testing.T) { p.F(); q.G() }
-- q/q.go --
package q

import "example.com/m/p"

func G() { p.F() }
-- cmd/prog/main.go --
//go:debug panicnil=1
package main

import _ "example.com/m/q"

func main() {}
-- internal/hidden/h.go --
package hidden
"#;

const BROKEN: &str = r#"
-- go.mod --
module example.com/m

go 1.25
-- syntax/a.go --
package syntax

import "fmt
-- clause/a.go --
pakage clause
-- two/a.go --
package one
-- two/b.go --
package two
-- constraint/a.go --
//go:build linux &&

package constraint
-- many/a.go --
//go:build linux
//go:build amd64

package many
-- path/a.go --
package path

import "a b"
-- embed/a.go --
package embed

import _ "embed"

//go:embed missing*
var s string
-- cgo/a.go --
package cgo

// #cgo NOSUCH: -lm
import "C"
-- cgotest/a.go --
package cgotest
-- cgotest/a_test.go --
package cgotest

import "C"
-- excluded/a_plan9.go --
package excluded
-- onlytests/a_test.go --
package onlytests
-- signature/a_test.go --
package signature

import "testing"

func TestBad(t *testing.B) {}
-- cycle/a/a.go --
package a

import "example.com/m/cycle/b"
-- cycle/b/b.go --
package b

import "example.com/m/cycle/a"
"#;

#[test]
fn files_and_what_they_say() {
    for (goos, cgo) in [("linux", "1"), ("windows", "0"), ("plan9", "0")] {
        let place = Oracle::new(FILES).env("GOOS", goos).env("CGO_ENABLED", cgo);
        for args in [
            &["list", "./..."][..],
            &["list", "-find", "-json", "./..."],
            &["list", "-find", "-json", "-tags=extra", "./p"],
            &[
                "list",
                "-f",
                "{{.GoFiles}} {{.IgnoredGoFiles}} {{.EmbedFiles}} {{.Doc}}",
                "./p",
            ],
            &["list", "-deps", "./cmd/prog"],
            &["list", "-f", "{{.DefaultGODEBUG}}", "./cmd/prog"],
        ] {
            place.same(args);
        }
    }
}

#[test]
fn tests_and_their_variants() {
    let place = Oracle::new(FILES);
    for args in [
        &["list", "-test", "./..."][..],
        &["list", "-test", "-deps", "./p"],
        &[
            "list",
            "-test",
            "-f",
            "{{.ImportPath}} {{.ForTest}} {{.Imports}}",
            "./p",
        ],
    ] {
        place.same(args);
    }
}

#[test]
fn what_is_wrong() {
    let place = Oracle::new(BROKEN);
    for args in [
        &["list", "./..."][..],
        &["list", "-e", "./..."],
        &[
            "list",
            "-e",
            "-json=ImportPath,Error,InvalidGoFiles,IgnoredGoFiles,Incomplete",
            "./...",
        ],
        &[
            "list",
            "-e",
            "-test",
            "-f",
            "{{.ImportPath}} {{.Error}}",
            "./...",
        ],
        &["list", "./nowhere"],
        &["list", "../outside"],
        &["list", "example.com/elsewhere"],
        &["list", "two/a.go", "cgo/a.go"],
        &["list", "two/missing.go"],
    ] {
        place.same(args);
    }
}
