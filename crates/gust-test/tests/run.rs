//! Programs that end well, badly, late and not at all.

use std::ffi::OsString;
use std::os::fd::AsFd;
use std::path::Path;
use std::time::{Duration, Instant};

use gust_fs::View;
use gust_fs::overlay::Overlay;
use gust_test::report;
use gust_test::run::{Ending, Killed, Limits, Output, Start, run};
use gust_toolchain::Environ;

fn environ() -> Environ {
    Environ::new([("PATH", "/usr/bin:/bin"), ("KEPT", "kept")].map(|(n, v)| (n.into(), v.into())))
}

/// Runs the words; how they ended, and what they printed.
fn ended(words: &[&str], limits: Limits) -> (Ending, Vec<u8>) {
    let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
    let dir = tempfile::tempdir().unwrap();
    let start = Start {
        words: &words,
        dir: dir.path(),
        environ: &environ(),
        extra: &[("EXTRA", OsString::from("extra"))],
        limits,
        view: &View::new(Overlay::none()),
    };
    let mut out = Vec::new();
    let ending = run(
        &start,
        Output::To(&mut |bytes| out.extend_from_slice(bytes)),
    );
    (ending, out)
}

fn shell(script: &str, limits: Limits) -> (Ending, String) {
    let (ending, out) = ended(&["sh", "-c", script], limits);
    (ending, String::from_utf8(out).unwrap())
}

fn limits(kill_after: u64, delay: u64) -> Limits {
    Limits {
        kill_after: Some(Duration::from_millis(kill_after)),
        delay: Some(Duration::from_millis(delay)),
    }
}

#[test]
fn both_outputs_come_as_one_and_the_input_is_empty() {
    let script =
        "echo one; echo two >&2; cat; echo $KEPT $EXTRA; test \"$PWD\" = \"$(pwd)\" && echo same";
    let (ending, out) = shell(script, Limits::default());
    assert_eq!(out, "one\ntwo\nkept extra\nsame\n");
    assert!(ending.failure.is_none() && ending.killed.is_none());
}

#[test]
fn failures_are_told_as_go_tells_them() {
    let failure = |script: &str| {
        let (ending, _) = shell(script, Limits::default());
        (ending.failure.unwrap(), ending.exited)
    };
    assert_eq!(failure("exit 3"), ("exit status 3".into(), true));
    assert_eq!(failure("kill -9 $$"), ("signal: killed".into(), false));
    let (ending, _) = ended(&["/no/such"], Limits::default());
    let want = "fork/exec /no/such: no such file or directory";
    assert_eq!(ending.failure.as_deref(), Some(want));
    let (ending, out) = ended(&["no-such-program"], Limits::default());
    let want = "exec: \"no-such-program\": executable file not found in $PATH";
    assert_eq!(ending.failure.as_deref(), Some(want));
    assert_eq!(report::why(&ending, &out), format!("{want}\n"));
}

#[test]
fn a_flood_arrives_in_full() {
    let words = ["head", "-c", "100000000", "/dev/zero"];
    let (ending, out) = ended(&words, Limits::default());
    assert!(ending.failure.is_none());
    assert_eq!(out.len(), 100_000_000);
}

#[test]
fn one_that_hangs_is_told_and_then_killed() {
    let began = Instant::now();
    // A shell that waits hears at once; one that starts programs all the time has been seen to miss a signal.
    // What was ignored when it began no shell can trap: the tests may run in the background of another.
    let told = "exec env --default-signal=QUIT sh -c \
                \"sleep 30 >/dev/null 2>&1 & trap 'echo goroutines; kill \\$!; exit 2' QUIT; wait\"";
    // Time enough for a shell to begin, on a machine that has much to do.
    let (ending, out) = shell(told, limits(2000, 10_000));
    assert_eq!(out, "goroutines\n");
    assert_eq!(ending.failure.as_deref(), Some("exit status 2"));
    let limit = Duration::from_millis(2000);
    assert_eq!(ending.killed, Some(Killed::TooLong { limit }));
    let deaf = "trap '' QUIT; while :; do sleep 0.05; done";
    let (ending, _) = shell(deaf, limits(300, 300));
    assert_eq!(ending.failure.as_deref(), Some("signal: killed"));
    assert!(began.elapsed() < Duration::from_secs(9));
}

#[test]
fn children_left_behind_hold_the_output_only_so_long() {
    let (ending, out) = shell("sleep 20 & echo done", limits(60_000, 300));
    assert_eq!(out, "done\n");
    let delay = Duration::from_millis(300);
    assert_eq!(ending.killed, Some(Killed::OutputHeld { delay }));
    assert!(!ending.exited && ending.elapsed < Duration::from_secs(10));
    assert_eq!(
        report::why(&ending, out.as_bytes()),
        "*** Test I/O incomplete 300ms after exiting.\nexec: WaitDelay expired before I/O complete\n"
    );
}

#[test]
fn a_directory_that_is_gone_is_told() {
    let words = ["sh".to_owned()];
    let start = Start {
        words: &words,
        dir: Path::new("/no/such/dir"),
        environ: &environ(),
        extra: &[],
        limits: Limits::default(),
        view: &View::new(Overlay::none()),
    };
    let nowhere = std::fs::File::create("/dev/null").unwrap();
    let ending = run(&start, Output::File(nowhere.as_fd()));
    assert!(!ending.exited && ending.failure.is_some());
}

#[test]
fn a_file_of_ones_own_gets_both_outputs() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("out");
    let file = std::fs::File::create(&path).unwrap();
    let words = ["sh", "-c", "echo one; echo two >&2"].map(str::to_owned);
    let start = Start {
        words: &words,
        dir: dir.path(),
        environ: &environ(),
        extra: &[],
        limits: Limits::default(),
        view: &View::new(Overlay::none()),
    };
    let ending = run(&start, Output::File(file.as_fd()));
    assert!(ending.failure.is_none());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\n");
}
