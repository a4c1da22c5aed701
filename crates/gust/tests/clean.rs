//! `go clean`: typed for go and for gust, with the files that are left.

mod oracle;

use std::path::Path;

use oracle::{Oracle, Step, go, gust};

const MODULE: &str = "-- go.mod --
module example.com/m

go 1.24
-- main.go --
package main

import _ \"example.com/m/lib\"

func main() {}
-- main_test.go --
package main
-- m --
a program
-- m.test --
a test
-- main --
of a file
-- a.out --
-- x.o --
-- keep.txt --
-- _obj/old.a --
-- lib/l.go --
package lib
-- lib/tool.go --
//go:build ignore

package main
-- lib/tool --
of a file that is not the package's
-- lib/l --
stays, since l.go is the package's
-- lib/lib.test --
a test
";

#[test]
fn what_builds_left_goes() {
    let cleaned = Oracle::new(MODULE).same(&["clean"]);
    assert!(!cleaned.files.contains_key("work/m"));
    for args in [
        &["clean", "-n", "./..."][..],
        &["clean", "-x", "./lib"],
        &["clean", "-x", "-r"],
        &["clean", "-n", "-i", "-r", "."],
        &["clean", "./nosuch"],
        &["clean", "-cache", "./lib"],
        &["clean", "-n", "-modcache"],
    ] {
        Oracle::new(MODULE).same(args);
    }
}

#[test]
fn what_install_made_goes_too() {
    let steps = [Step::Type(&["install", "."]), Step::Type(&["clean", "-i"])];
    let left = Oracle::new(MODULE).same_steps(&steps);
    assert!(!left.files.contains_key("gopath/bin/m"));
}

/// Results that were kept count no more.
#[test]
fn results_of_tests_expire() {
    let test: &[&str] = &["test", "-vet=off", "./lib", "."];
    let steps = [
        Step::Type(test),
        Step::Type(test),
        Step::Type(&["clean", "-testcache"]),
        Step::Type(test),
    ];
    for tool in [go(), Path::new(gust()).to_owned()] {
        let answers = Oracle::new(MODULE).answers(&tool, &steps);
        let cached = |at: usize| answers[at].stdout.contains("(cached)");
        assert!(cached(1) && !cached(3), "{}", answers[3].stdout);
        assert_eq!((answers[2].code, &*answers[2].stdout), (Some(0), ""));
    }
}
