//! Command lines beside the real go: `go test -n` shows what it would give to the test binary.

use std::path::Path;
use std::process::Command;

use gust_test::flags::{self, Words};
use gust_text::flags::Kind;

/// The flags that the lines below use.
fn lookup(name: &str) -> Option<Kind> {
    let checked = |optional, check| Some(Kind::Checked { optional, check });
    match name.strip_prefix("test.").unwrap_or(name) {
        "v" => return checked(true, flags::check_verbose),
        "shuffle" => return checked(false, flags::check_shuffle),
        "short" | "benchmem" | "failfast" | "fullpath" | "artifacts" => return Some(Kind::Bool),
        "count" | "parallel" => return Some(Kind::Int),
        "timeout" => return Some(Kind::Duration),
        "run" | "skip" | "bench" | "cpuprofile" | "trace" | "outputdir" | "cpu" | "list" => {
            return Some(Kind::String);
        }
        _ => {}
    }
    match name {
        "n" | "c" | "json" | "race" => Some(Kind::Bool),
        "exec" => Some(Kind::Fields),
        "o" | "mod" => Some(Kind::String),
        _ => None,
    }
}

fn split(line: &str) -> Vec<String> {
    gust_text::quote::split_fields(line).unwrap()
}

/// What go says: the arguments of the test binary, or the first line of its refusal.
fn theirs(module: &Path, goflags: &str, line: &str) -> String {
    let out = Command::new("go")
        .args(["test", "-n"])
        .args(split(line))
        .env("GOFLAGS", goflags)
        .env("GOTOOLCHAIN", "local")
        .current_dir(module)
        .output()
        .expect("go is on PATH");
    let text = String::from_utf8(out.stderr).unwrap();
    if out.status.code() == Some(2) {
        return text.lines().next().unwrap_or_default().to_owned();
    }
    // With -json, commands are events on standard output.
    let events = String::from_utf8(out.stdout).unwrap();
    let run = text
        .lines()
        .chain(
            events
                .lines()
                .filter_map(|line| line.strip_suffix("\\n\"}")),
        )
        .find_map(|line| Some(line.split_once("-test.paniconexit0")?.1))
        .unwrap_or_else(|| panic!("{line}: {text}"));
    run.trim_start().to_owned()
}

fn read(module: &Path, goflags: &str, line: &str) -> Result<Words, String> {
    let words = [vec!["-n".to_owned()], split(line)].concat();
    flags::read(&lookup, &split(goflags), &words, module).map_err(|refused| refused.to_string())
}

const LINES: &[(&str, &str)] = &[
    ("", ""),
    ("", "."),
    ("", "-v -run=A . -short"),
    ("", "-test.v=test2json -test.run A ."),
    ("", ". -custom value -run=B"),
    ("", ". -custom=value rest -run=B"),
    ("", ". -custom value rest -run=B"),
    ("", "-custom . -v"),
    ("", ". -args -run=C -v"),
    ("", ". --args x"),
    ("", ". -- -v x"),
    ("", "-run=A -- ."),
    ("", "-timeout=90s -count 0x10 -parallel=3 ."),
    ("", "-timeout=0 ."),
    ("", "-timeout=1h2m3.5s -test.timeout=4m ."),
    ("", "-shuffle=on . -shuffle=+17"),
    ("", "-cpuprofile=c.out ."),
    ("", "-trace=t.out -outputdir=sub/.. ."),
    ("", "-cpuprofile= -artifacts=false ."),
    ("", "-artifacts ."),
    ("", "-json -v ."),
    ("", "-json -v=false -run=A ."),
    ("", "-bench=. -benchmem=0 -cpu=1,2 ."),
    ("-v -run=G -timeout=5s -short", "."),
    ("-v -run=G", ". -run=H"),
    ("-test.run=G -skip=S", ". -run=H"),
    ("-run=G", ". -test.run=H"),
    ("-v -json", "."),
    ("-outputdir=/tmp -cpuprofile=x", "."),
    ("-race=false", "-short=F ."),
    ("", "-count=x ."),
    ("", "-timeout=1x ."),
    ("", "-v=maybe ."),
    ("", "-shuffle=x ."),
    ("", "-shuffle=99999999999999999999 ."),
    ("", "-short=x ."),
    ("", ". -run"),
    ("", "-c -custom ."),
    ("", "-c . -args -custom"),
];

#[test]
fn arguments_of_the_test_binary() {
    let module = tempfile::tempdir().unwrap();
    let dir = module.path().canonicalize().unwrap();
    std::fs::write(dir.join("go.mod"), "module example.com/p\n\ngo 1.26\n").unwrap();
    let test = "package p\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {}\n";
    std::fs::write(dir.join("p_test.go"), test).unwrap();
    for (goflags, line) in LINES {
        let got = match read(&dir, goflags, line) {
            Ok(words) if words.flags.bool("c") => continue,
            Ok(words) => words.arguments.join(" "),
            Err(refused) => refused,
        };
        assert_eq!(
            got,
            theirs(&dir, goflags, line),
            "GOFLAGS={goflags:?} {line}"
        );
    }
}

#[test]
fn packages_and_help() {
    let dir = Path::new("/d");
    let packages = |line: &str| read(dir, "", line).unwrap().packages.join(" ");
    assert_eq!(packages("-v a b -run=X c"), "a b");
    assert_eq!(packages("a -run X b -v"), "a");
    assert_eq!(packages("-custom a"), "");
    assert_eq!(packages("-- a"), "");
    let help = |line: &str| read(dir, "", line).unwrap().help;
    assert!(help(". -args -help") && help(". -args x -h"));
    assert!(!help(". -args -- -h") && !help(". -args -helpful"));
    assert_eq!(read(dir, "", "-help"), Err("flag: help requested".into()));
}
