//! `go test -fuzz`: typed for go and for gust, numbers aside; and ^C while tests run.
#![allow(
    clippy::disallowed_methods,
    reason = "tests start programs and look at what they leave"
)]

mod oracle;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{fs, thread};

use oracle::{Answer, Oracle, Step, go, gust};
use rustix::process::{Pid, Signal, kill_process};

const MODULE: &str = r#"
-- go.mod --
module example.com/f

go 1.20
-- f.go --
package f

func Bad(s string) bool { return len(s) > 2 && s[0] == 'F' && s[1] == 'U' }
-- f_test.go --
package f

import "testing"

func FuzzBad(f *testing.F) {
	f.Add("hello")
	f.Fuzz(func(t *testing.T, s string) {
		if Bad(s) {
			t.Fatal("found")
		}
	})
}

func FuzzGood(f *testing.F) { f.Fuzz(func(t *testing.T, b []byte) { Bad(string(b)) }) }
-- other/other_test.go --
package other

import "testing"

func FuzzOther(f *testing.F) { f.Fuzz(func(t *testing.T, b []byte) {}) }
"#;

/// Words without digits, those that count inputs and times left out.
fn steady(text: &str) -> String {
    let line = |line: &str| {
        let words = line.split_whitespace();
        let words = words.filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
        words.collect::<Vec<_>>().join(" ")
    };
    let lines = text.lines().filter(|line| !line.starts_with("fuzz: "));
    lines.map(line).collect::<Vec<_>>().join("\n")
}

/// What both say; files that were left are compared but for their names, which are hashes of what was found.
#[track_caller]
fn same(args: &[&str]) -> Answer {
    let place = Oracle::new(MODULE);
    let ask = |tool: &Path| place.answers(tool, &[Step::Type(args)]).pop().unwrap();
    let (theirs, ours) = (ask(&go()), ask(Path::new(gust())));
    let told = |answer: &Answer| {
        let left = answer.files.keys().filter(|name| name.contains("testdata"));
        let texts = [steady(&answer.stdout), steady(&answer.stderr)];
        (answer.code, texts, left.count())
    };
    assert_eq!(
        told(&ours),
        told(&theirs),
        "gust (left) and go (right), {args:?}"
    );
    ours
}

#[test]
fn targets_are_fuzzed() {
    let fuzzed = same(&["test", "-run=NONE", "-fuzz=FuzzGood", "-fuzztime=50x"]);
    assert!(fuzzed.stdout.contains("fuzz: elapsed:"), "{fuzzed:?}");
    let found = same(&["test", "-run=NONE", "-fuzz=FuzzBad", "-fuzztime=1000000x"]);
    assert_eq!(found.code, Some(1));
    assert!(
        found
            .stdout
            .contains("Failing input written to testdata/fuzz/FuzzBad/")
    );
    same(&["test", "-fuzz=None"]);
    same(&["test", "-fuzz=Fuzz"]);
}

#[test]
fn what_cannot_be_fuzzed_is_refused() {
    for args in [
        &["test", "-fuzz=x", "./..."] as &[&str],
        &["test", "-fuzz=x", "fmt"],
        &["test", "-fuzz=x", "cmd/gofmt"],
        &["test", "-fuzz=x", "-coverprofile=c.out"],
        &["test", "-fuzz=x", "-cpuprofile=c.out"],
        &["test", "-fuzz=x", "-cpuprofile=c.out", "./..."],
    ] {
        Oracle::new(MODULE).same(args);
    }
    let elsewhere = Oracle::new(MODULE).env("GOOS", "plan9");
    elsewhere.same(&["test", "-fuzz=x"]);
    // Where the compiler counts no branches, inputs are chosen blindly.
    let blind = Oracle::new(MODULE).env("GOARCH", "386");
    blind.same(&["test", "-c", "-fuzz=x", "-o", "f.test"]);
}

#[test]
fn binaries_count_branches_as_gos_do() {
    let place = Oracle::new(MODULE);
    let fuzzed = place.same(&["test", "-c", "-fuzz=x", "-o", "f.test"]);
    let plain = place.same(&["test", "-c", "-o", "f.test"]);
    assert!(fuzzed.files["work/f.test"] != plain.files["work/f.test"]);
}

#[test]
fn tests_end_as_they_like_when_interrupted() {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(place.path().join(name), text).unwrap();
    write("go.mod", "module example.com/s\n");
    let test = "package s\n\nimport (\n\t\"os\"\n\t\"testing\"\n\t\"time\"\n)\n\nfunc TestSlow(t *testing.T) {\n\
                \tos.WriteFile(os.Getenv(\"STARTED\"), nil, 0o666)\n\ttime.Sleep(time.Second)\n}\n";
    write("s_test.go", test);
    let interrupted = |tool: &Path, args: &[&str]| {
        let started = place.path().join("started");
        let _ = fs::remove_file(&started);
        let mut command = Command::new(tool);
        command.args(args).current_dir(place.path());
        command.env("STARTED", &started).env("GOFLAGS", "");
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while !started.exists() {
            thread::sleep(Duration::from_millis(10));
        }
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
        let out = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| steady(&String::from_utf8_lossy(bytes));
        (out.status.code(), text(&out.stdout), text(&out.stderr))
    };
    // Where results are told by an action of their own, go begins it or not as it happens: it is asked until it answers the same.
    for (args, tries) in [
        (&["test", "-count=1"] as &[&str], 1),
        (&["test", "-count=1", "."], 12),
    ] {
        let ours = interrupted(Path::new(gust()), args);
        assert_eq!(ours.0, Some(1));
        let mut theirs = Vec::new();
        while theirs.len() < tries && !theirs.contains(&ours) {
            theirs.push(interrupted(&go(), args));
        }
        assert!(theirs.contains(&ours), "{args:?}: {ours:?}, go: {theirs:?}");
    }
}
