//! A plan is data: written down, another process carries it out and makes the same bytes; and each of its actions works in a
//! place that holds what the action declares and nothing else.

#![allow(
    clippy::disallowed_methods,
    reason = "tests start programs and look at what they leave"
)]

mod place;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gust_build::lowered::LoweredPlan;
use place::{Place, copy_tree, flags, go, go_env};

#[test]
fn census_is_made_by_another_process() {
    made_by_another_process("census");
}

#[test]
fn mandelbrot_is_made_by_another_process() {
    made_by_another_process("mandelbrot");
}

#[test]
fn census_is_made_by_actions_that_are_alone() {
    made_by_actions_that_are_alone("census");
}

#[test]
fn mandelbrot_is_made_by_actions_that_are_alone() {
    made_by_actions_that_are_alone("mandelbrot");
}

/// Writes the plan of an example down, has it carried out by another process that has no cache and no environment, and
/// compares with what go makes.
fn made_by_another_process(example: &str) {
    let scratch = tempfile::tempdir().unwrap();
    let place = example_in(scratch.path(), example);
    let (ours, theirs) = (scratch.path().join("ours"), scratch.path().join("theirs"));
    let json = write(scratch.path(), &place.lowered(flags(&ours), &["."]));
    carry_out(&[&json, &scratch.path().join("work")]);
    build_with_go(&place, &theirs);
    same(&ours, &theirs);
}

/// The same, with sources, modules and the standard library's sources out of reach but for the files that the one action at
/// work declares.
fn made_by_actions_that_are_alone(example: &str) {
    let scratch = tempfile::tempdir().unwrap();
    let root = scratch.path();
    let (goroot, modules) = (root.join("goroot"), root.join("modules"));
    copy_tree(Path::new(&go_env("GOROOT")), &goroot);
    let downloads = format!("file://{}/cache/download", go_env("GOMODCACHE"));
    let path = std::env::var("PATH").unwrap();
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let source = example_in(root, example);
    source.go(&["mod", "download"], &[]);
    let place = source
        .with("GOROOT", &text(&goroot))
        .with("PATH", &format!("{}/bin:{path}", text(&goroot)))
        .with("GOMODCACHE", &text(&modules))
        .with("GOFLAGS", "-buildvcs=false -modcacherw")
        .with("GOPROXY", &downloads)
        .with("GOSUMDB", "off");
    let (ours, theirs) = (root.join("out/ours"), root.join("theirs"));
    let json = write(root, &place.lowered(flags(&ours), &["."]));
    build_with_go(&place, &theirs);

    let store = root.join("store");
    for tree in [&place.dir, &modules, &goroot.join("src")] {
        if tree.exists() {
            let hidden = store.join(tree.strip_prefix("/").unwrap());
            fs::create_dir_all(hidden.parent().unwrap()).unwrap();
            fs::rename(tree, hidden).unwrap();
        }
    }
    carry_out(&[&json, &root.join("work"), &store]);
    same(&ours, &theirs);
    assert!(
        !goroot.join("src").exists(),
        "sources are out of reach again"
    );
}

fn example_in(scratch: &Path, example: &str) -> Place {
    let dir = scratch.join("source");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    fs::create_dir(&dir).unwrap();
    for entry in fs::read_dir(examples.join(example)).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), dir.join(entry.file_name())).unwrap();
        }
    }
    Place::new(&dir, scratch)
}

fn write(dir: &Path, plan: &LoweredPlan) -> PathBuf {
    let json = plan.to_json().unwrap();
    assert_eq!(&LoweredPlan::from_json(&json).unwrap(), plan);
    let file = dir.join("plan.json");
    fs::write(&file, json).unwrap();
    file
}

/// Runs the example program of this crate that carries plans out.
fn carry_out(args: &[&Path]) {
    let tests = std::env::current_exe().unwrap();
    let program = tests.ancestors().nth(2).unwrap().join("examples/carry_out");
    let out = Command::new(&program).args(args).env_clear().output();
    let out = out.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}");
}

/// With the cache of whoever runs the tests, which has the standard library.
fn build_with_go(place: &Place, output: &Path) {
    assert!(go().exists());
    let cache = go_env("GOCACHE");
    let output = output.to_string_lossy();
    place.go(&["build", "-o", &output, "."], &[("GOCACHE", &cache)]);
}

fn same(ours: &Path, theirs: &Path) {
    let (ours, theirs) = (fs::read(ours).unwrap(), fs::read(theirs).unwrap());
    assert_eq!(ours.len(), theirs.len());
    assert!(ours == theirs, "the programs differ");
}
