//! `go mod verify`: modules as they were downloaded, and modules that somebody touched.

mod oracle;

use gust_testkit::{Module, ModuleSet};
use oracle::{Oracle, Step};

const MODULE: &str = "-- go.mod --\nmodule example.com/m\n\ngo 1.25\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/b v1.0.0\n)\n";
const ZIPS: &str = "gopath/pkg/mod/cache/download/example.com/a/@v";
const DIR: &str = "gopath/pkg/mod/example.com/a@v1.0.0";

fn place() -> Oracle {
    let module = |path: &str| {
        let go_mod = format!("module {path}\n\ngo 1.20\n");
        Module::new(
            path,
            "v1.0.0",
            &[("go.mod", &go_mod), ("x.go", "package x\n")],
        )
    };
    let set = ModuleSet::new([module("example.com/a"), module("example.com/b")]);
    Oracle::new(MODULE).modules(set)
}

const DOWNLOAD: Step<'static> = Step::Type(&["mod", "download"]);
const VERIFY: Step<'static> = Step::Type(&["mod", "verify"]);

#[test]
fn untouched() {
    let answer = place().same_steps(&[DOWNLOAD, VERIFY]);
    assert_eq!(&*answer.stdout, "all modules verified\n");
    // nothing there is nothing wrong
    place().same_steps(&[VERIFY]);
    let gone = format!("{DIR}/../a@v1.0.0");
    assert_eq!(
        place()
            .same_steps(&[DOWNLOAD, Step::Remove(&gone), VERIFY])
            .code,
        Some(0)
    );
}

#[test]
fn touched() {
    let file = format!("{DIR}/x.go");
    let more = format!("{DIR}/more.go");
    let zip = format!("{ZIPS}/v1.0.0.zip");
    let hash = format!("{ZIPS}/v1.0.0.ziphash");
    for step in [
        Step::Write(&file, "package y\n"),
        Step::Remove(&file),
        Step::Write(&more, "package x\n"),
        Step::Write(&zip, "no zip"),
        Step::Write(&hash, "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        Step::Write(&hash, "nosuch"),
    ] {
        let answer = place().same_steps(&[DOWNLOAD, step, VERIFY]);
        assert_eq!(answer.code, Some(1), "{}", answer.stdout);
    }
    for part in [&zip, &hash] {
        place().same_steps(&[DOWNLOAD, Step::Remove(part), VERIFY]);
    }
}

#[test]
fn bad_input() {
    assert_ne!(place().same(&["mod", "verify", "x"]).code, Some(0));
    assert_ne!(place().same(&["mod", "verify", "-nosuch"]).code, Some(0));
    assert_ne!(Oracle::new("").same(&["mod", "verify"]).code, Some(0));
    let missing = MODULE.replace("example.com/b", "example.com/nosuch");
    assert_ne!(Oracle::new(&missing).same(&["mod", "verify"]).code, Some(0));
}
