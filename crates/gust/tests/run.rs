//! `go run`: the program's own output, arguments and exit code; what is no program.

mod oracle;

use oracle::Oracle;

const PROGRAMS: &str = r#"
-- go.mod --
module example.com/m

go 1.25
-- main.go --
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.Args[1:])
	fmt.Fprintln(os.Stderr, "to standard error")
	if len(os.Args) > 1 && os.Args[1] == "fail" {
		os.Exit(3)
	}
}
-- lib/lib.go --
package lib
-- only_test.go --
package main
-- cmd/one/one.go --
package main

func main() { println("one") }
-- cmd/two/two.go --
package main

func helper() string { return "two" }
-- cmd/two/main.go --
package main

func main() { println(helper()) }
-- cmd/panics/main.go --
package main

import "os"

func main() { os.Stdout.WriteString("before\n"); os.Exit(2) }
-- dir/file.txt --
text
"#;

#[test]
fn what_the_program_says() {
    let place = Oracle::new(PROGRAMS);
    let answer = place.same(&["run", ".", "-v", "a b", ""]);
    assert_eq!(answer.stdout, "[-v a b ]\n");
    assert_eq!(answer.code, Some(0));
    let answer = place.same(&["run", ".", "fail"]);
    assert_eq!(answer.code, Some(1));
    assert!(answer.stderr.ends_with("exit status 3\n"));
    for args in [
        &["run", "main.go", "x.go.txt"][..],
        &["run", "./cmd/one"],
        &["run", "example.com/m/cmd/two"],
        &["run", "cmd/two/two.go", "cmd/two/main.go", "more"],
        &["run", "./cmd/panics"],
        &["run", "-C", "cmd/one", "."],
        &["run", "-exec", "echo run", "./cmd/one", "a"],
        &["run", "-ldflags=-s", "-tags=x", "./cmd/one"],
    ] {
        place.same(args);
    }
}

#[test]
fn nothing_is_left() {
    let place = Oracle::new(PROGRAMS);
    let answer = place.same(&["run", "./cmd/one"]);
    assert_eq!(answer.stderr, "one\n");
    let programs = answer.files.keys().filter(|name| name.ends_with("/one"));
    assert_eq!(programs.collect::<Vec<_>>(), ["work/cmd/one"]);
}

#[test]
fn bad_input() {
    let place = Oracle::new(PROGRAMS);
    for args in [
        &["run"][..],
        &["run", "./lib"],
        &["run", "./cmd/..."],
        &["run", "./nosuch"],
        &["run", "./dir"],
        &["run", "only_test.go"],
        &["run", "main.go", "cmd/one/one.go"],
        &["run", "cmd/two/two.go"],
        &["run", "fmt"],
        &["run", "example.com/elsewhere"],
        &["run", "-nosuch", "."],
        &["run", "-exec", "'", "."],
        &["run", "-exec", "nosuch-program", "."],
        &["run", "-o", "x", "."],
    ] {
        let answer = place.same(args);
        assert_ne!(answer.code, Some(0), "{args:?}");
    }
}
