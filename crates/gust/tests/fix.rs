//! `go fix` and `go vet -fix`: typed for go and for gust; what is left in the files is compared too.

mod oracle;

use oracle::{Oracle, Step};

const MODULE: &str = r#"-- go.mod --
module example.com/m

go 1.26

require example.com/other v1.0.0

replace example.com/other => ./other
-- x/x.go --
package x

import (
	"fmt"
	"net"

	_ "example.com/other"
)

var s string

// For vet alone.
var _ = fmt.Sprintf(s)

// For vet and fix.
var _, _ = net.Dial("tcp", fmt.Sprintf("%s:%d", s, 80))
-- x/x_test.go --
package x

import "testing"

func TestX(t *testing.T) { var _ interface{} = 1 }
-- x/o_test.go --
package x_test

import "testing"

func TestO(t *testing.T) { var _ interface{} = 1 }
-- clean/c.go --
package clean
-- one/x.go --
package one

import (
	"fmt"
	"net"
)

var s string

// For vet alone.
var _ = fmt.Sprintf(s)

// For vet and fix.
var _, _ = net.Dial("tcp", fmt.Sprintf("%s:%d", s, 80))
-- old/o.go --
package old

var _ interface{}
-- cgo/c.go --
package cgo

// int one(void) { return 1; }
import "C"

var _ interface{} = C.one()
-- broken/b.go --
package broken

var X int = "text"
-- only/x_linux_test.go --
//go:build never

package only
-- other/go.mod --
module example.com/other

go 1.26
-- other/o.go --
package other

var _ interface{}
"#;

fn place() -> Oracle {
    Oracle::new(MODULE)
}

#[test]
fn files_are_mended() {
    let mended = place().same(&["fix", "./x"]);
    assert_eq!((mended.code, mended.stderr.as_str()), (Some(0), ""));
    let text = mended.file("x/x.go");
    assert!(text.contains("net.JoinHostPort(s, \"80\")"), "{text}");
    assert!(mended.file("x/o_test.go").contains("var _ any = 1"));
    for args in [
        &["vet", "-fix", "./x"][..],
        &["fix", "./x", "./clean", "./cgo"],
        &["fix", "-any", "./x"],
        &["fix", "-any=false", "./x"],
        &["fix", "x/x.go"],
    ] {
        place().same(args);
    }
}

/// The second time comes from the cache, for a file that was put back.
#[test]
fn what_was_mended_before_is_known() {
    let fix: &[&str] = &["fix", "./clean"];
    place().same_steps(&[
        Step::Type(fix),
        Step::Write("work/clean/c.go", "package clean\n\nvar _ interface{}\n"),
        Step::Type(fix),
        Step::Write("work/clean/c.go", "package clean\n\nvar _ interface{}\n"),
        Step::Type(fix),
    ]);
}

#[test]
fn changes_are_shown_and_not_made() {
    let shown = place().same(&["fix", "-diff", "./old"]);
    assert_eq!(shown.code, Some(1));
    for args in [
        &["fix", "-diff", "./clean"][..],
        &["vet", "-fix", "-diff", "./one"],
        &["fix", "-json", "./one"],
        &["vet", "-fix", "-json", "./one"],
    ] {
        place().same(args);
    }
}

#[test]
fn what_belongs_to_others_stays() {
    let left = place().same(&[
        "fix",
        "./x",
        "example.com/other",
        "vendor/golang.org/x/net/idna",
    ]);
    assert!(left.file("other/o.go").contains("interface{}"));
}

#[test]
fn what_cannot_be_mended_is_refused() {
    for args in [
        &["fix", "-json", "-diff", "./x"][..],
        &["fix", "-c=1", "./x"],
        &["fix", "-fix=old1,buildtag", "./clean"],
        &["fix", "-nosuch", "./x"],
        &["fix", "-h"],
        &["fix", "./broken"],
        &["fix", "./broken", "./x"],
        &["fix", "./only"],
        &["fix", "nosuch"],
        &["fix", "./nosuch/..."],
        &["fix", "-fixtool=tool", "./x"],
        &["fix", "-fixtool=/nowhere/tool", "./x"],
    ] {
        place().same(args);
    }
}

/// Flags that the tool and the command have both are for both; those of GOFLAGS give way.
#[test]
fn flags_reach_the_tool() {
    for args in [
        &["vet", "-tags=never", "-v", "./clean"][..],
        &["vet", "-json", "-tags", "x", "./one"],
        &["fix", "-diff", "-tags=never", "./old"],
    ] {
        place().same(args);
    }
    let preset = || place().env("GOFLAGS", "-tags=a -printf=false -json");
    preset().same(&["vet", "./one"]);
    preset().same(&["vet", "-tags=b", "-json=false", "./one"]);
}
