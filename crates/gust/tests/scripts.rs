//! What -n prints is go's script, and what goes into a command is go's too: the same action ID must mean the same result.

mod oracle;

use oracle::Oracle;

const FILES: &str = "\
-- go.mod --
module example.com/m

go 1.25
-- lib/lib.go --
package lib

func Lib() int { return 1 }
-- cmd/tool/main.go --
package main

import (
	\"runtime\"

	\"example.com/m/lib\"
)

func main() {
	_, file, _, _ := runtime.Caller(0)
	println(file, lib.Lib())
}
-- cgo/c.go --
package cgo

// int c(void);
import \"C\"

func F() int { return int(C.c()) }
-- cgo/c.c --
int c(void) { return 2; }
-- overlay.json --
{\"Replace\": {\"cgo/c.c\": \"other.c\", \"lib/lib.go\": \"other.txt\"}}
-- other.c --
int c(void) { return 3; }
-- other.txt --
package lib

func Lib() int { return 4 }
";

#[test]
fn scripts_of_go_and_c() {
    let place = Oracle::new(FILES);
    place.same(&["build", "-n", "-a", "-p=1", "./lib"]);
    place.same(&["build", "-n", "-a", "-p=1", "-o", "x", "./cmd/tool"]);
    // A dry run asks C compilers nothing, shows what it would ask, and goes on as if they knew no flags.
    let answer = place.same(&["build", "-n", "-p=1", "./cgo"]);
    assert!(
        answer
            .stderr
            .contains("-fno-caret-diagnostics -O2 -g -c -x c - -o /dev/null || true\n")
    );
    assert!(!answer.stderr.contains("-frandom-seed=1 -o"));
}

#[test]
fn settings_of_the_architecture_are_shown_where_they_differ() {
    let place = Oracle::new(FILES).env("GOARCH", "arm").env("GOARM", "6");
    let answer = place.same(&["build", "-n", "-a", "-p=1", "-o", "x", "./cmd/tool"]);
    assert!(answer.stderr.contains("\nGOARM='6' "), "{}", answer.stderr);
    let place = Oracle::new(FILES).env("GOARCH", "arm").env("GOARM", "7");
    let answer = place.same(&["build", "-n", "-p=1", "./lib"]);
    assert!(!answer.stderr.contains("GOARM="), "{}", answer.stderr);
}

/// The import path does not tell where such files lie, and nor does -trimpath.
#[test]
fn files_without_their_directory() {
    let place = Oracle::new(FILES);
    let answer = place.same(&[
        "build",
        "-n",
        "-p=1",
        "-trimpath",
        "-o",
        "x",
        "cmd/tool/main.go",
    ]);
    assert!(
        answer.stderr.contains("/cmd/tool=>.;$WORK"),
        "{}",
        answer.stderr
    );
    let answer = place.same(&["run", "-trimpath", "cmd/tool/main.go"]);
    assert_eq!(answer.stderr, "./main.go 1\n");
}

#[test]
fn a_tool_that_does_not_say_what_it_is_ends_the_build_once() {
    let place = Oracle::new(FILES);
    for wrapper in [
        "-toolexec=/nonexistent/x",
        "-toolexec=nonexistent-x",
        "-toolexec=sh -c 'echo no >&2; exit 3'",
    ] {
        let answer = place.same(&["build", wrapper, "./lib", "./cgo"]);
        assert_eq!(answer.code, Some(1));
        let told = "go: error obtaining buildID for go tool ";
        assert_eq!(answer.stderr.matches(told).count(), 1, "{}", answer.stderr);
    }
}

/// The environment and the arguments of a build.
type Shape = (
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

/// Whatever goes into a command goes into its ID, and both are go's: the scripts hold the commands and, as build IDs, the IDs.
#[test]
fn scripts_of_many_shapes() {
    let shapes: [Shape; 14] = [
        (&[], &["-overlay=overlay.json", "./cgo"]),
        (&[], &["-overlay=overlay.json", "-trimpath", "./cmd/tool"]),
        (&[], &["-buildmode=pie", "./cmd/tool"]),
        (&[], &["-buildmode=plugin", "cmd/tool/main.go"]),
        (&[], &["-race", "./lib"]),
        (
            &[],
            &[
                "-gcflags=example.com/...=-N",
                "-gcflags=-l",
                "-ldflags=all=-s",
                "./cmd/tool",
            ],
        ),
        (&[], &["-installsuffix=x", "-tags=purego", "./lib"]),
        (&[("CGO_ENABLED", "0")], &["./cmd/tool"]),
        (
            &[("CGO_CFLAGS", "-O1"), ("CGO_LDFLAGS", "-lpthread")],
            &["-trimpath", "./cgo"],
        ),
        (&[("GOAMD64", "v3"), ("GOARCH", "amd64")], &["./cmd/tool"]),
        (&[("GOOS", "js"), ("GOARCH", "wasm")], &["./cmd/tool"]),
        (
            &[
                ("GOOS", "windows"),
                ("GOARCH", "386"),
                ("GO386", "softfloat"),
            ],
            &["./cmd/tool"],
        ),
        (&[("GOFIPS140", "latest")], &["./cmd/tool"]),
        (&[("GO111MODULE", "off")], &["-trimpath", "lib/lib.go"]),
    ];
    for (variables, words) in shapes {
        let place = variables
            .iter()
            .fold(Oracle::new(FILES), |place, (name, value)| {
                place.env(name, value)
            });
        let args = ["build", "-n", "-a", "-p=1", "-o", "out.x"];
        let answer = place.same(&[&args, words].concat());
        assert!(
            answer.stderr.contains(" -buildid "),
            "{words:?}: {}",
            answer.stderr
        );
    }
}

/// A script of -x begins with the work directory's name, even if nothing comes after it; one of `install` when it builds.
#[test]
fn the_work_directory_is_named_first() {
    let place = Oracle::new(FILES);
    for (args, named) in [
        (&["build", "-x", "./nosuch"][..], true),
        (&["run", "-x", "./lib"], true),
        (&["install", "-x", "./nosuch"], false),
        (&["build", "-n", "./nosuch"], false),
    ] {
        let rest = |tool: &std::path::Path| {
            let answer = place.answer(tool, args);
            let work = answer
                .stderr
                .lines()
                .filter(|line| line.starts_with("WORK=/"))
                .count();
            assert_eq!(work, usize::from(named), "{args:?}: {}", answer.stderr);
            let lines = answer
                .stderr
                .lines()
                .filter(|line| !line.starts_with("WORK="));
            (answer.code, lines.map(str::to_owned).collect::<Vec<_>>())
        };
        let expected = rest(&oracle::go());
        assert_eq!(rest(oracle::gust().as_ref()), expected, "{args:?}");
    }
}
