//! `go generate`: directives in order, what they may name, what ends a package; `go fmt` and `go doc`, which programs of the release
//! do.

mod oracle;

use oracle::Oracle;

const MODULE: &str = "-- go.mod --\nmodule example.com/m\n\ngo 1.22\n-- a/a.go --\npackage a\n\n//go:generate -command say echo said\n//go:generate say one \"two three\" $GOFILE:$GOLINE:$GOPACKAGE ${DOLLAR}x $NOTHING.\n//go:generate\techo tab \\n\n// not: //go:generate echo no\n//go:generate sh -c \"echo out > made.go; pwd; cat\"\n-- a/b.go --\npackage a\n\n//go:generate echo b\n//go:generate false\n//go:generate echo never\n-- a/c.go --\npackage a\n\n//go:generate echo never either\n-- a/a_test.go --\npackage a_test\n\n//go:generate echo test\n-- bad/one.go --\npackage bad\n\n//go:generate \"unended\n-- bad2/one.go --\npackage bad\n\n//go:generate -command\n-- bad3/one.go --\npackage bad\n\n//go:generate -command x y\n//go:generate -command x z\n-- bad4/one.go --\npackage bad\n\n//go:generate nosuchprogram\n-- bad5/one.go --\npackage bad\n\n//go:generate \"a\"b\n-- tagged/t.go --\n//go:build generate\n\npackage tagged\n\n//go:generate echo tagged\n-- broken/b.go --\npackage\n\n//go:generate echo broken\n-- ugly/u.go --\npackage   ugly\n\nfunc  F( ) { }\n-- ugly/u_plan9.go --\npackage ugly\nvar  x =  1\n-- ugly/_hidden.go --\npackage   ugly\n-- ugly/sub/s.go --\npackage   sub\n-- wrong/w.go --\npackage wrong\n\nfunc {\n";

#[test]
fn generators() {
    let place = Oracle::new(MODULE);
    let words: &[&[&str]] = &[
        &["./a"],
        &["-n", "./..."],
        &["-x", "./a"],
        &["-v", "./tagged", "./broken"],
        &["-run", "say one", "./a"],
        &["-skip=echo|false", "./a"],
        &["-run=tab", "-skip=x", "-n", "./a"],
        &["-run=(", "./a"],
        &["./bad"],
        &["./bad2"],
        &["./bad3"],
        &["./bad4"],
        &["./bad5"],
        &["a/a.go"],
        &["./nosuch"],
        &["fmt"],
        &["-nosuch"],
    ];
    for words in words {
        let generate: Vec<&str> = ["generate"].iter().chain(*words).copied().collect();
        place.same(&generate);
    }
}

#[test]
fn formatting() {
    let place = Oracle::new(MODULE);
    for words in [
        &["./ugly"] as &[&str],
        &["-n", "./..."],
        &["-x", "./ugly/..."],
        &["./wrong"],
        &["./nosuch"],
        &["fmt"],
        &["ugly/u.go"],
        &["-nosuch"],
    ] {
        let fmt: Vec<&str> = ["fmt"].iter().chain(words).copied().collect();
        place.same(&fmt);
    }
}

#[test]
fn documentation() {
    let place = Oracle::new(MODULE);
    for words in [
        &["fmt.Println"] as &[&str],
        &["-short", "example.com/m/ugly"],
        &["-src", "errors", "New"],
        &["nosuch"],
        &["-nosuch"],
        &["-C", "ugly"],
        &["--help"],
    ] {
        let doc: Vec<&str> = ["doc"].iter().chain(words).copied().collect();
        place.same(&doc);
    }
}
