//! `go install`: where programs go, versions of other modules, and what cannot be installed.

mod oracle;

use gust_testkit::{Module, ModuleSet};
use oracle::{Oracle, Step};

const PROGRAMS: &str = r#"
-- go.mod --
module example.com/m

go 1.25
-- main.go --
package main

func main() {}
-- lib/lib.go --
package lib
-- cmd/one/one.go --
package main

func main() { println("one") }
-- cmd/two/two.go --
package main

func main() { println("two") }
"#;

fn tools() -> ModuleSet {
    let main = "package main\n\nfunc main() { println(\"tool\") }\n";
    let go_mod = "module example.com/tool\n\ngo 1.20\n";
    ModuleSet::new([
        Module::new(
            "example.com/tool",
            "v1.0.0",
            &[
                ("go.mod", go_mod),
                ("main.go", main),
                ("lib/lib.go", "package lib\n"),
            ],
        ),
        Module::new(
            "example.com/tool",
            "v1.1.0",
            &[
                (
                    "go.mod",
                    "module example.com/tool\n\ngo 1.20\n\nreplace example.com/a => ./a\n",
                ),
                ("main.go", main),
            ],
        ),
    ])
}

#[test]
fn programs_go_to_the_bin_folder() {
    let place = Oracle::new(PROGRAMS).env("CGO_ENABLED", "0");
    for (args, program) in [
        (&["install"][..], "gopath/bin/m"),
        (&["install", "./cmd/..."], "gopath/bin/two"),
        (&["install", "-ldflags=-s", "./cmd/one"], "gopath/bin/one"),
        (&["install", "-C", "cmd/one"], "gopath/bin/one"),
    ] {
        let answer = place.same(args);
        assert!(
            answer.files.contains_key(program),
            "{args:?}: {}",
            answer.stderr
        );
    }
    place.same_steps(&[
        Step::Type(&["install", "./..."]),
        Step::Type(&["install", "./..."]),
    ]);
    let other = Oracle::new(PROGRAMS)
        .env("GOOS", "windows")
        .env("GOARCH", "amd64")
        .env("CGO_ENABLED", "0");
    let answer = other.same(&["install", "./cmd/one"]);
    assert!(
        answer
            .files
            .contains_key("gopath/bin/windows_amd64/one.exe")
    );
}

#[test]
fn other_modules_at_a_version() {
    let place = Oracle::new(PROGRAMS).modules(tools());
    let answer = place.same(&["install", "example.com/tool@v1.0.0"]);
    assert!(
        answer.files.contains_key("gopath/bin/tool"),
        "{}",
        answer.stderr
    );
    for args in [
        &["install", "example.com/tool@v1.1.0"][..],
        &["install", "example.com/tool/nosuch@v1.0.0"],
        &["install", "example.com/tool@v9.0.0"],
        &["install", "example.com/nosuch@latest"],
        &[
            "install",
            "example.com/tool@v1.0.0",
            "example.com/tool@v1.1.0",
        ],
        &["install", "./cmd/one@v1.0.0"],
        &["install", "-modfile=go.mod", "example.com/tool@v1.0.0"],
    ] {
        let answer = place.same(args);
        assert_ne!(answer.code, Some(0), "{args:?}");
    }
}

#[test]
fn bad_input() {
    let place = Oracle::new(PROGRAMS);
    for args in [
        &["install", "./nosuch"][..],
        &["install", "-o", "x"],
        &["install", "example.com/elsewhere"],
        &["install", "main.go", "cmd/one/one.go"],
    ] {
        let answer = place.same(args);
        assert_ne!(answer.code, Some(0), "{args:?}");
    }
    let relative = Oracle::new(PROGRAMS).env("GOBIN", "bin");
    assert_eq!(relative.same(&["install"]).code, Some(1));
    let outside = Oracle::new("-- x.go --\npackage main\n\nfunc main() {}\n");
    assert_eq!(outside.same(&["install"]).code, Some(1));
}
