//! `go test`: typed for go and for gust, times aside; and each finds the other's results.

mod oracle;

use std::path::Path;

use gust_testkit::{Module, ModuleSet};
use oracle::{Answer, Oracle, Step, go, gust};

const MODULE: &str = r#"-- go.mod --
module example.com/m

go 1.24
-- a.go --
package m

func Add(a, b int) int { return a + b }
-- a_test.go --
package m

import (
	"fmt"
	"os"
	"testing"
)

func TestAdd(t *testing.T) {
	if Add(1, 2) != 3 {
		t.Fatal("bad")
	}
	t.Log(os.Getenv("ASKED"))
	if data, err := os.ReadFile("data.txt"); err == nil {
		t.Logf("%s", data)
	}
}
func BenchmarkAdd(b *testing.B) {}
func ExampleAdd() {
	fmt.Println(Add(1, 2))
	// Output: 3
}
-- data.txt --
one
-- x_test.go --
package m_test

import (
	"testing"

	"example.com/m"
)

func TestX(t *testing.T) {
	if m.Add(2, 2) != 4 {
		t.Fatal("bad")
	}
}
-- fails/f_test.go --
package fails

import (
	"os"
	"testing"
)

func TestFails(t *testing.T) { t.Error("no") }
func TestExits(t *testing.T) { os.Exit(3) }
-- none/n.go --
package none
-- broken/b.go --
package broken

var X int = "text"
-- broken/b_test.go --
package broken
-- missing/m_test.go --
package missing

import _ "example.com/nowhere"
-- prints/p_test.go --
package prints

import (
	"fmt"
	"testing"
)

func TestPrints(t *testing.T) { fmt.Print("no end of line") }
"#;

/// The text without times: `0.012s`, `"Elapsed":0.1`, `"Time":"…"`.
fn timeless(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let line = match line.split_once(",\"Action\"") {
            Some((stamp, rest)) if stamp.starts_with("{\"Time\"") => format!("{{\"Action\"{rest}"),
            _ => line.to_owned(),
        };
        let mut rest = line.as_str();
        while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
            let number = &rest[at..];
            let length = number.find(|c: char| !c.is_ascii_digit() && c != '.');
            let (number, after) = number.split_at(length.unwrap_or(number.len()));
            out.push_str(&rest[..at]);
            let elapsed = rest[..at].ends_with("\"Elapsed\":");
            let seconds = number.contains('.') && after.starts_with('s');
            out.push_str(if elapsed || seconds { "TIME" } else { number });
            rest = after;
        }
        out.push_str(rest);
    }
    out
}

fn steady(answer: &Answer) -> (Option<i32>, String, String) {
    (
        answer.code,
        timeless(&answer.stdout),
        timeless(&answer.stderr),
    )
}

#[track_caller]
fn same(args: &[&str]) -> Answer {
    let place = Oracle::new(MODULE);
    let (expected, got) = (
        place.answer(&go(), args),
        place.answer(Path::new(gust()), args),
    );
    assert_eq!(steady(&got), steady(&expected), "{args:?}");
    assert_eq!(got.files, expected.files, "{args:?}");
    got
}

#[test]
fn packages_are_tested_and_told_in_order() {
    let all = same(&["test", "-vet=off", "./..."]);
    assert_eq!(all.code, Some(1));
    assert!(
        all.stdout
            .contains("FAIL\texample.com/m/broken [build failed]\n")
    );
    assert!(
        all.stdout
            .contains("FAIL\texample.com/m/missing [setup failed]\n")
    );
    assert!(
        all.stdout
            .contains("?   \texample.com/m/none\t[no test files]\n")
    );
    same(&["test", "-vet=off"]);
    same(&["test", "-vet=off", "-v", ".", "./fails"]);
    same(&["test", "-vet=off", "-run=NONE", "."]);
    same(&["test", "-vet=off", "-list=.", "."]);
    same(&["test", "-vet=off", "-v", "./prints"]);
    same(&[
        "test",
        "-vet=off",
        "-bench=.",
        "-benchtime=1x",
        "-run=X",
        "./none",
        "./prints",
    ]);
    same(&[
        "test",
        "-vet=off",
        "-failfast",
        "-p=1",
        "./fails",
        "./prints",
    ]);
    same(&["test", "-vet=off", "-short", "x_test.go", "a.go"]);
}

#[test]
fn events_are_gos() {
    let all = same(&["test", "-vet=off", "-json", "-p=1", "./fails", "./broken"]);
    assert!(
        all.stdout
            .contains("\"FailedBuild\":\"example.com/m/broken [example.com/m/broken.test]\"")
    );
    same(&["test", "-vet=off", "-json", "./missing"]);
}

#[test]
fn binaries_are_gos_to_the_byte() {
    let kept = same(&["test", "-vet=off", "-c"]);
    assert!(kept.files.contains_key("work/m.test"));
    same(&["test", "-vet=off", "-c", "-o", "bin/", ".", "./fails"]);
    same(&["test", "-vet=off", "-o=kept", "."]);
    same(&[
        "test",
        "-vet=off",
        "-c",
        "-gcflags=-N",
        "-ldflags=-X=example.com/m.v=1",
        "-race",
        ".",
    ]);
}

/// What the binary of a test records: no modules, unless it tests a program; then what the program does.
#[test]
fn binaries_record_what_gos_record() {
    let archive = "-- go.mod --
module example.com/m

go 1.24

require example.com/dep v1.0.0
-- lib/l.go --
package lib

import _ \"example.com/dep\"
-- lib/l_test.go --
package lib
-- cmd/c.go --
package main

import _ \"example.com/dep\"

func main() {}
-- cmd/c_test.go --
package main
";
    let dep = Module::new(
        "example.com/dep",
        "v1.0.0",
        &[
            ("go.mod", "module example.com/dep\n"),
            ("d.go", "package dep\n"),
        ],
    );
    let place = Oracle::new(archive)
        .modules(ModuleSet::new([dep]))
        .env("GOFLAGS", "-mod=mod -modcacherw");
    for package in ["./lib", "./cmd"] {
        let kept = place.same(&["test", "-vet=off", "-c", "-o", "kept", package]);
        assert!(kept.files.contains_key("work/kept"), "{}", kept.stderr);
    }
}

#[test]
fn what_cannot_be_asked_is_refused() {
    for args in [
        &["test", "-count=x", "."][..],
        &["test", "-c", "-unknown"],
        &["test", "-shuffle=maybe", "."],
        &["test", "-v=what", "."],
        &["test", "-vet=nosuch", "."],
        &["test", "-cpuprofile=x", "./..."],
        &["test", "-c", "-o", "file", "./..."],
        &["test", "-c", "./prints", "./prints/"],
        &["test", "-h"],
        &["test", "nosuch"],
        &["test", "./nosuch/..."],
    ] {
        same(args);
    }
}

/// What one has kept, the other finds, until a file or a variable that the test asked for changes.
#[test]
fn results_are_kept_for_both() {
    let run: &[&str] = &["test", "-vet=off", "-v", "."];
    let place = Oracle::new(MODULE);
    let steps = [
        Step::Type(run),
        Step::Type(run),
        Step::Write("work/data.txt", "two"),
        Step::Type(run),
    ];
    for (tool, changed) in [(go(), "two"), (gust().into(), "two")] {
        let answers = place.answers(&tool, &steps);
        let cached = |answer: &Answer| answer.stdout.contains("\texample.com/m\t(cached)\n");
        assert!(!cached(&answers[2]), "{}", answers[2].stdout);
        assert!(answers[2].stdout.contains(changed));
    }
}
