//! ^C in the middle of a build: it ends at once, starts nothing more, and leaves neither children nor files.

#![allow(
    clippy::disallowed_methods,
    reason = "tests start programs and look at what they leave"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// A tool that says who it is, and otherwise never ends.
const TOOL: &str = r#"#!/bin/sh
case "$*" in *-V=full*) exec "$@" ;; esac
echo $$ >>"$STARTED"
exec sleep 300
"#;

fn pids(file: &Path) -> Vec<Pid> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let numbers = text.lines().filter_map(|line| line.parse().ok());
    numbers.filter_map(Pid::from_raw).collect()
}

/// Waits until it is so, for a minute at most.
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn an_interrupted_build_leaves_nothing() {
    let place = tempfile::tempdir().expect("a folder");
    let at = |name: &str| place.path().join(name);
    fs::write(at("go.mod"), "module example.com/m\n").expect("a file");
    fs::write(
        at("main.go"),
        "package main\n\nimport _ \"fmt\"\n\nfunc main() {}\n",
    )
    .expect("a file");
    fs::write(at("tool"), TOOL).expect("a file");
    fs::set_permissions(at("tool"), fs::Permissions::from_mode(0o755)).expect("a mode");
    fs::create_dir(at("tmp")).expect("a folder");

    let mut build = Command::new(env!("CARGO_BIN_EXE_gust"))
        .args(["build", "-p", "2", "-toolexec"])
        .arg(at("tool"))
        .current_dir(place.path())
        .env("GOCACHE", at("cache"))
        .env("GOTMPDIR", at("tmp"))
        .env("GOTOOLCHAIN", "local")
        .env("GOFLAGS", "")
        .env("STARTED", at("started"))
        .stderr(Stdio::null())
        .spawn()
        .expect("gust runs");
    wait_until("two tools at work", || pids(&at("started")).len() == 2);
    let pid = Pid::from_child(&build);
    kill_process(pid, Signal::INT).expect("it is there to be told");
    let status = build.wait().expect("it ends");

    assert_eq!(status.code(), Some(1));
    let started = pids(&at("started"));
    assert_eq!(started.len(), 2, "a tool was started after ^C");
    for pid in started {
        wait_until("the tool is gone", || test_kill_process(pid).is_err());
    }
    let left = fs::read_dir(at("tmp")).expect("a folder").count();
    assert_eq!(left, 0, "the work directory is still there");
}
