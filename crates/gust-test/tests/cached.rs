//! Cached results beside the real go: the same hash inputs, and each finds what the other kept.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use gust_cache::{Cache, Hashing};
use gust_fs::View;
use gust_fs::overlay::Overlay;
use gust_test::log::{CacheArgs, Look, Results, Run};
use gust_test::zone::Zone;
use gust_toolchain::Environ;

const TEST: &str = r#"package p

import (
	"os"
	"testing"
)

func TestA(t *testing.T) {
	os.Getenv("P_SET")
	os.Getenv("P_EMPTY")
	os.Getenv("P_UNSET")
	os.Stat("testdata/link")
	os.Stat("testdata/dangling")
	os.Stat("/etc/passwd")
	os.Stat("../outside")
	os.ReadFile("testdata/old file")
	os.ReadFile("testdata/missing")
	os.ReadFile("testdata/script")
	os.ReadDir("testdata")
	os.Chdir("testdata")
	os.ReadFile("link")
	os.ReadFile("./sub/../link")
	os.Stat("sub")
}
"#;

/// A module with a test that looks at much, and the environment of both.
struct Fixture {
    module: tempfile::TempDir,
    cache: PathBuf,
    vars: Vec<(&'static str, String)>,
}

impl Fixture {
    fn new(zone: Option<&str>) -> Fixture {
        let module = tempfile::tempdir().unwrap();
        let top = module.path();
        fs::write(top.join("go.mod"), "module example.com/p\n\ngo 1.26\n").unwrap();
        fs::write(top.join("p_test.go"), TEST).unwrap();
        let data = top.join("testdata");
        fs::create_dir_all(data.join("sub")).unwrap();
        fs::write(data.join("old file"), "content").unwrap();
        fs::write(data.join("script"), "#!/bin/sh\n").unwrap();
        std::os::unix::fs::symlink("old file", data.join("link")).unwrap();
        std::os::unix::fs::symlink("nowhere", data.join("dangling")).unwrap();
        chmod(&data.join("script"), 0o4755);
        chmod(&data.join("sub"), 0o1777);
        set_age(
            &data.join("old file"),
            Duration::new(86_400 * 120, 500_000_000),
        );
        set_age(&data.join("script"), Duration::from_secs(3600));
        let var = |name: &str| std::env::var(name).unwrap_or_default();
        let mut vars = vec![
            ("PATH", var("PATH")),
            ("HOME", var("HOME")),
            ("GOFLAGS", String::new()),
            ("GOTOOLCHAIN", "local".into()),
            ("GODEBUG", "gocachehash=1,gocachetest=1".into()),
            ("P_SET", "some thing".into()),
            ("P_EMPTY", String::new()),
        ];
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gocache");
        vars.push(("GOCACHE", cache.display().to_string()));
        vars.extend(zone.map(|zone| ("TZ", zone.to_owned())));
        Fixture {
            module,
            cache,
            vars,
        }
    }

    fn go(&self, args: &[&str]) -> Output {
        Command::new("go")
            .args(args)
            .env_clear()
            .envs(self.vars.iter().map(|(name, value)| (name, value)))
            .current_dir(self.module.path())
            .output()
            .expect("go is on PATH")
    }

    fn environ(&self) -> Environ {
        let os = |text: &str| OsString::from(text);
        Environ::new(self.vars.iter().map(|(name, value)| (os(name), os(value))))
    }

    /// Does `work` with results as gust sees them; what it said on the way.
    fn with_results<T>(&self, work: impl FnOnce(&Results<'_>) -> T) -> (T, String) {
        let lines = Arc::new(Mutex::new(String::new()));
        let sink = Arc::clone(&lines);
        let release = String::from_utf8(self.go(&["env", "GOVERSION"]).stdout).unwrap();
        let hashing = Hashing::new(release.trim())
            .with_trace(move |line| sink.lock().unwrap().push_str(line));
        let view = View::new(Overlay::none());
        let environ = self.environ();
        let zone = Zone::local(&view, environ.lookup("TZ").and_then(|tz| tz.to_str()));
        let cache = Cache::open(&self.cache).unwrap();
        let trace = |line: &str| lines.lock().unwrap().push_str(line);
        let results = Results {
            cache: &cache,
            look: Look {
                hashing: &hashing,
                view: &view,
                environ: &environ,
                zone: &zone,
            },
            expired_ns: 0,
            trace: Some(&trace),
        };
        let answer = work(&results);
        let said = lines.lock().unwrap().clone();
        (answer, said)
    }
}

fn chmod(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn set_age(path: &Path, age: Duration) {
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
}

/// The lines of a trace that are about test results.
fn about_results(trace: &str) -> Vec<&str> {
    let ours = [
        "HASH[testR",
        "HASH[testI",
        "HASH[getenv",
        "HASH[stat",
        "HASH[open",
        "testcache:",
    ];
    let subkeys = |line: &str| line.starts_with("HASH subkey") && line.contains("inputs:");
    let mut lines: Vec<&str> = trace
        .lines()
        .filter(|line| ours.iter().any(|start| line.starts_with(start)) || subkeys(line))
        .collect();
    // go makes the key anew for each use of it: only the first time counts.
    let mut seen = HashSet::new();
    lines.retain(|line| !subkeys(line) || seen.insert(*line));
    lines
}

/// The IDs of the binary that go told apart results with: of the link's action, then of its content.
fn binaries(trace: &str) -> Vec<&str> {
    let lines = trace
        .lines()
        .filter_map(|line| line.split_once("\"test binary "));
    lines
        .filter_map(|(_, rest)| rest.split(' ').next())
        .collect()
}

fn check(zone: Option<&str>) {
    let fixture = Fixture::new(zone);
    let words = [
        "-test.timeout=10m0s",
        "-test.short=true",
        "-test.run=Te\"s.t|A",
    ];
    let args = CacheArgs::of(&words.map(str::to_owned)).unwrap();
    let run = Run {
        import_path: "example.com/p",
        dir: fixture.module.path(),
        root: fixture.module.path(),
        args: &args,
        exec: &[],
        profile: false,
        covered: None,
    };
    let question = ["test", "-short", "-run=Te\"s.t|A", "."];
    let first = fixture.go(&question);
    assert!(
        first.status.success(),
        "{}",
        String::from_utf8_lossy(&first.stdout)
    );
    let trace = String::from_utf8_lossy(&first.stderr).into_owned();
    let ids = binaries(&trace);
    assert_eq!(ids.len(), 2, "go looks twice: {trace}");

    // go kept it, gust finds it.
    let (found, said) = fixture.with_results(|results| {
        let test = results.test_id(&run, ids[0]);
        results.find(&run, test)
    });
    let stored = found.unwrap();
    assert_eq!(stored.output, b"ok  \texample.com/p\t(cached)\n");
    // go says the same when it finds it.
    let second = fixture.go(&question);
    assert_eq!(second.stdout, stored.output);
    let trace = String::from_utf8_lossy(&second.stderr).into_owned();
    let (said, trace) = (about_results(&said), about_results(&trace));
    for (ours, theirs) in said.iter().zip(&trace) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(said.len(), trace.len());

    // Something changes: gust misses, keeps the new result, and go finds it.
    set_age(
        &fixture.module.path().join("testdata/old file"),
        Duration::from_secs(77),
    );
    let log = b"# test log\ngetenv P_SET\nopen testdata/old file\n";
    let output = b"PASS\nok  \texample.com/p\t0.123s\n";
    let (missed, _) = fixture.with_results(|results| {
        let tests = [0, 1].map(|at| results.test_id(&run, ids[at]));
        let missed = results.find(&run, tests[0]).unwrap_err();
        results.keep(&run, &tests, log, output, None).unwrap();
        missed.to_string()
    });
    assert!(missed.starts_with("test output not found: "), "{missed}");
    let third = fixture.go(&question);
    assert_eq!(
        String::from_utf8_lossy(&third.stdout),
        "PASS\nok  \texample.com/p\t(cached)\n"
    );

    // A file that has just changed proves nothing.
    fs::write(fixture.module.path().join("testdata/old file"), "new").unwrap();
    let (kept, _) = fixture.with_results(|results| {
        let test = results.test_id(&run, ids[0]);
        results.keep(&run, &[test], log, output, None)
    });
    assert!(
        kept.unwrap_err()
            .to_string()
            .ends_with("file used as input is too new")
    );
}

#[test]
fn each_finds_the_others_results() {
    check(None);
}

#[test]
fn times_are_told_in_the_local_zone() {
    check(Some("Europe/Berlin"));
    check(Some(""));
}
