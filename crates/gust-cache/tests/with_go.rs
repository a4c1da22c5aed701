//! The cache beside the real go: each finds what the other wrote, and go finds nothing wrong.
//! Without a go to compare with they fail.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use gust_cache::{ActionId, Cache, Hashing};
use gust_fs::temp::TempDir;

fn go(module: &Path, cache: &Path, args: &[&str]) -> Output {
    let out = Command::new("go")
        .args(args)
        .current_dir(module)
        .env("GOCACHE", cache)
        .env("GOFLAGS", "")
        .env("GODEBUG", "gocachehash=1")
        .env("GOWORK", "off")
        .env("GOTOOLCHAIN", "local")
        .output()
        .expect("go runs");
    assert!(
        out.status.success(),
        "go {args:?}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    out
}

fn module(dir: &Path) {
    fs::create_dir_all(dir).unwrap();
    fs::write(dir.join("go.mod"), "module m\n\ngo 1.20\n").unwrap();
    fs::write(
        dir.join("m.go"),
        "package main\n\nfunc main() { println(\"hi\") }\n",
    )
    .unwrap();
}

fn actions(cache: &Path) -> Vec<ActionId> {
    let mut out = Vec::new();
    for first in 0..=255u8 {
        for file in fs::read_dir(cache.join(format!("{first:02x}"))).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            if let Some(hex) = name.strip_suffix("-a") {
                out.push(ActionId::from_hex(hex.as_bytes()).unwrap());
            }
        }
    }
    out
}

fn compiles(out: &Output) -> usize {
    let text = String::from_utf8_lossy(&out.stderr);
    text.lines()
        .filter(|line| line.contains("/compile ") || line.contains("/link "))
        .count()
}

#[test]
fn go_and_gust_read_each_other() {
    let dir = TempDir::new_in(&std::env::temp_dir(), "withgo").unwrap();
    let (m, theirs, ours) = (
        dir.path().join("m"),
        dir.path().join("theirs"),
        dir.path().join("ours"),
    );
    module(&m);
    let cold = go(&m, &theirs, &["build", "-x", "-o", "a.out", "."]);
    assert!(compiles(&cold) > 5);
    let release = go(&m, &theirs, &["env", "GOVERSION"]);
    let trace = String::from_utf8_lossy(&cold.stderr).into_owned();
    same_trace(&trace, String::from_utf8_lossy(&release.stdout).trim());

    // gust reads every entry that go wrote, and puts it into a cache that go has never seen.
    let (from, to) = (Cache::open(&theirs).unwrap(), Cache::open(&ours).unwrap());
    let ids = actions(&theirs);
    assert!(ids.len() > 20);
    for id in ids {
        let (data, entry) = from.get_bytes(id).expect("an entry that go wrote");
        let (out, size) = to.put_bytes(id, &data).unwrap();
        assert_eq!((out, size), (entry.output_id, entry.size));
    }
    for name in ["README", "trim.txt"] {
        assert!(theirs.join(name).exists());
    }
    assert_eq!(
        fs::read(theirs.join("README")).unwrap(),
        fs::read(ours.join("README")).unwrap()
    );

    // go finds all of it.
    fs::remove_file(m.join("a.out")).unwrap();
    let warm = go(&m, &ours, &["build", "-x", "-o", "a.out", "."]);
    let text = String::from_utf8_lossy(&warm.stderr);
    assert!(
        !text.lines().any(|line| line.contains("/compile ")),
        "go compiled again:\n{text}"
    );
}

/// Hashes again what go says it hashed, and compares the trace of that with go's.
fn same_trace(trace: &str, release: &str) {
    let name = "HASH[build m]";
    let theirs: Vec<&str> = trace
        .lines()
        .filter(|line| line.starts_with(name))
        .collect();
    assert!(theirs.len() > 5, "{trace}");

    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let hashing = Hashing::new(release)
        .with_trace(move |line| sink.lock().unwrap().push(line.trim_end().to_owned()));
    let mut hasher = hashing.hasher("build m");
    for line in &theirs[2..theirs.len() - 1] {
        let quoted = line
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix(": "))
            .unwrap();
        hasher.write(&gust_text::quote::unquote_bytes(quoted).unwrap());
    }
    hasher.finish();
    assert_eq!(*lines.lock().unwrap(), theirs);
}
