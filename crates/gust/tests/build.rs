//! `go build`: what is made, where it is put, and every way in which it is not.

mod oracle;

use oracle::{Left, Oracle, Step};

const PROGRAMS: &str = r#"
-- go.mod --
module example.com/m

go 1.25
-- main.go --
package main

import (
	"fmt"

	"example.com/m/lib"
)

var version = "none"

func main() { fmt.Println(lib.Name, version) }
-- lib/lib.go --
package lib

const Name = "lib"
-- lib/lib_tagged.go --
//go:build tagged

package lib

const Tagged = true
-- cmd/one/one.go --
package main

func main() { println("one") }
-- cmd/two/two.go --
package main

func main() { println("two") }
-- asm/asm.go --
package main

func answer() int

func main() { println(answer()) }
-- asm/asm_amd64.s --
TEXT ·answer(SB),4,$0-8
	MOVQ $42, ret+0(FP)
	RET
-- asm/asm_arm64.s --
TEXT ·answer(SB),4,$0-8
	MOVD $42, R0
	MOVD R0, ret+0(FP)
	RET
-- embed/embed.go --
package main

import _ "embed"

//go:embed text.txt
var text string

func main() { print(text) }
-- embed/text.txt --
hello
"#;

#[test]
fn programs_are_the_same_to_the_byte() {
    let place = Oracle::new(PROGRAMS).env("CGO_ENABLED", "0");
    for (args, program) in [
        (&["build"][..], "m"),
        (&["build", "-trimpath", "-o", "out/p", "."], "out/p"),
        (&["build", "-ldflags=-s -w -X main.version=7"], "m"),
        (&["build", "-gcflags=-N -l", "./cmd/one"], "one"),
        (&["build", "-gcflags=-l", "-tags=tagged", "."], "m"),
        (&["build", "-o", "p", "./asm"], "p"),
        (&["build", "-o", "p", "./embed"], "p"),
        (&["build", "-o", "bin/", "./cmd/..."], "bin/two"),
        (&["build", "cmd/one/one.go"], "one"),
        (&["build", "-C", "cmd/two"], "cmd/two/two"),
    ] {
        let answer = place.same(args);
        assert_eq!((answer.code, &*answer.stderr), (Some(0), ""), "{args:?}");
        let left = &answer.files[&format!("work/{program}")];
        let Left::File { data, executable } = left else {
            panic!("{args:?} leaves {left:?}");
        };
        assert!(*executable && data.len() > 100_000, "{args:?}: {left:?}");
    }
}

#[test]
fn other_systems() {
    for (goos, goarch, program) in [("windows", "amd64", "one.exe"), ("linux", "arm64", "one")] {
        let place = Oracle::new(PROGRAMS)
            .env("GOOS", goos)
            .env("GOARCH", goarch)
            .env("CGO_ENABLED", "0");
        let answer = place.same(&["build", "./cmd/one"]);
        assert!(answer.files.contains_key(&format!("work/{program}")));
    }
}

#[test]
fn cgo() {
    let place = Oracle::new(
        "-- go.mod --\nmodule example.com/m\n\ngo 1.25\n-- main.go --\npackage main\n\n// #cgo CFLAGS: -DN=3\n// int n(void);\nimport \"C\"\n\nfunc main() { println(C.n()) }\n-- n.c --\nint n(void) { return N; }\n-- bad/bad.go --\npackage bad\n\n// #cgo CFLAGS: -fplugin=x.so\nimport \"C\"\n-- broken/broken.go --\npackage broken\n\n// int f(void) { return nosuch; }\nimport \"C\"\n\nfunc F() { C.f() }\n",
    )
    .env("CGO_ENABLED", "1");
    let answer = place.same(&["build"]);
    assert!(answer.files.contains_key("work/m"), "{}", answer.stderr);
    assert_eq!(place.same(&["build", "./bad"]).code, Some(1));
    assert_eq!(place.same(&["build", "./broken"]).code, Some(1));
}

#[test]
fn nothing_is_left_where_nothing_is_to_be() {
    let place = Oracle::new(PROGRAMS);
    let nothing = place.same(&["build", "-o", "/dev/null"]).files;
    assert!(!nothing.contains_key("work/m"));
    for args in [
        &["build", "./..."][..],
        &["build", "./lib"],
        &["build", "-n", "-o", "x", "./lib"],
        &["build", "fmt"],
    ] {
        let answer =
            place.same_steps(&[Step::Type(&["build", "-o", "/dev/null"]), Step::Type(args)]);
        assert_eq!(answer.files, nothing, "{args:?}");
    }
}

#[test]
fn bad_input() {
    let place = Oracle::new(PROGRAMS);
    for args in [
        &["build", "-o"][..],
        &["build", "-o", "nosuch/dir/", "./lib"],
        &["build", "-o", "p", "./cmd/..."],
        &["build", "-o", "main.go", "."],
        &["build", "./nosuch"],
        &["build", "example.com/elsewhere"],
        &["build", "nosuch.go"],
        &["build", "main.go", "cmd/one/one.go"],
        &["build", "-buildmode=nosuch"],
        &["build", "-mod=nosuch"],
        &["build", "-modfile=nosuch.mod"],
        &["build", "-overlay=nosuch.json"],
        &["build", "-ldflags='"],
        &["build", "-gcflags=-nosuch", "./lib"],
        &["build", "-p=0", "./lib"],
        &["build", "-C"],
        &["build", "-C", "nosuch"],
        &["build", "-compiler=nosuch", "./lib"],
        &["build", "-pgo=nosuch.pgo", "./cmd/one"],
    ] {
        let answer = place.same(args);
        assert_ne!(answer.code, Some(0), "{args:?}");
    }
}

#[test]
fn an_old_output_gives_way_to_a_new_one_only() {
    let place = Oracle::new(PROGRAMS);
    let build: &[&str] = &["build", "-o", "p", "./cmd/one"];
    place.same_steps(&[Step::Type(build), Step::Type(build)]);
    // a text in the way is somebody's work
    place.same_steps(&[Step::Write("work/p", "mine\n"), Step::Type(build)]);
    let broken = "package main\n\nfunc main() { nosuch() }\n";
    let answer = place.same_steps(&[
        Step::Type(build),
        Step::Write("work/cmd/one/one.go", broken),
        Step::Type(build),
    ]);
    assert_eq!(answer.code, Some(1));
    assert!(answer.files.contains_key("work/p"), "the old program stays");
}

/// GOFIPS140 chooses the sources of a part of the standard library: what is built in, and how it is called.
#[test]
fn a_snapshot_of_the_fips_module_is_built_in() {
    let program = "-- go.mod --\nmodule example.com/m\n\ngo 1.24\n-- m.go --\npackage main\n\n\
                   import \"crypto/sha256\"\n\nfunc main() { println(len(sha256.New().Sum(nil))) }\n";
    for version in ["certified", "latest", "v1.999.0"] {
        let place = Oracle::new(program).env("GOFIPS140", version);
        let built = place.same(&["build", "-o", "m", "."]);
        assert_eq!(built.code == Some(0), version != "v1.999.0", "{built:?}");
        place.same(&[
            "list",
            "-deps",
            "-json=ImportPath,Dir,Imports,Goroot,Root",
            ".",
        ]);
    }
    let place = Oracle::new(program).env("GOFIPS140", "certified");
    place.same(&["list", "std"]);
    place.same(&["list", "-tags=purego", "."]);
}
