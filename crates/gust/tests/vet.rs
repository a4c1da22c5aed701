//! `go vet`, and vet before tests: typed for go and for gust.

mod oracle;

use std::path::Path;

use oracle::{Oracle, Step, go, gust};

const MODULE: &str = r#"-- go.mod --
module example.com/m

go 1.24
-- a.go --
package m

import "fmt"

func A() {
	fmt.Printf("%d\n", "x")
	log("%d", 1, 2)
}

func log(format string, args ...any) { fmt.Printf(format, args...) }
-- fine/f.go --
package fine

import "example.com/m"

func F() { m.A() }
-- fine/f_test.go --
package fine

import "testing"

func TestF(t *testing.T) { t.Errorf("%d", "text") }
-- fine/x_test.go --
package fine_test

import "testing"

func TestX(t *testing.T) {}
-- broken/b.go --
package broken

var X int = "text"
-- lib/l.go --
package lib

import "fmt"

// Logf has its format told by a fact.
func Logf(format string, args ...any) { fmt.Printf(format, args...) }
-- uses/u.go --
package uses

import "example.com/m/lib"

func U() { lib.Logf("%s", 1) }
-- cgo/c.go --
package cgo

// int one(void) { return 1; }
import "C"
import "fmt"

func One() { fmt.Printf("%s", C.one()) }
"#;

fn place() -> Oracle {
    Oracle::new(MODULE)
}

#[test]
fn findings_are_gos() {
    let found = place().same(&["vet", "."]);
    assert_eq!(found.code, Some(1));
    assert!(
        found.stderr.starts_with("a.go:6:14: fmt.Printf format %d"),
        "{}",
        found.stderr
    );
    place().same(&["vet", "-c=1", "."]);
    place().same(&["vet", "-json", "./uses"]);
    place().same(&["vet", "-printf=false", "."]);
    place().same(&["vet", "-tags=x", "-copylocks", "."]);
    place().same(&["vet", "./fine"]);
    place().same(&["vet", "./cgo"]);
    place().same(&["vet", "./broken"]);
    place().same(&["vet", "fmt", "errors"]);
}

/// That `Logf` takes a format is found in one package and used in another, anew and from the cache.
#[test]
fn facts_go_from_package_to_package() {
    let vet: &[&str] = &["vet", "./uses"];
    let told = place().same_steps(&[Step::Type(vet), Step::Type(vet)]);
    assert!(
        told.stderr.contains("lib.Logf format %s has arg 1"),
        "{}",
        told.stderr
    );
}

#[test]
fn what_cannot_be_asked_is_refused() {
    for args in [
        &["vet", "-nosuch", "."][..],
        &["vet", "-h"],
        &["vet", "nosuch"],
        &["vet", "-diff", "."],
        &["vet", "-vettool=/nowhere/tool", "."],
    ] {
        place().same(args);
    }
}

#[test]
fn tests_are_vetted_first() {
    for args in [
        &["test", "./fine"][..],
        &["test", "-vet=off", "-run=X", "./fine", "-c"],
    ] {
        let (go, gust) = (
            place().answer(&go(), args),
            place().answer(Path::new(gust()), args),
        );
        assert_eq!(
            (gust.code, &gust.stdout, &gust.stderr),
            (go.code, &go.stdout, &go.stderr)
        );
    }
    let failed = place().answer(Path::new(gust()), &["test", "./fine"]);
    assert_eq!(
        failed.stdout,
        "FAIL\texample.com/m/fine [build failed]\nFAIL\n"
    );
}
