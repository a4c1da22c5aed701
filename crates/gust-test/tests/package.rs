//! Packages' tests beside the real go: the same binary, run and told by both.

use std::path::{Path, PathBuf};
use std::process::Command;

use gust_fs::View;
use gust_fs::overlay::Overlay;
use gust_test::flags;
use gust_test::json::{Clock, Converter, Dialect};
use gust_test::package::{Show, Telling, Test, perform};
use gust_test::run::{Given, Limits, Start};
use gust_test::zone::Zone;
use gust_text::flags::Kind;
use gust_toolchain::Environ;

const TESTS: &str = r#"package p

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestPass(t *testing.T)     { t.Log("logged") }
func TestPrint(t *testing.T)    { fmt.Println("printed") }
func TestCutOff(t *testing.T)   { fmt.Print("no newline") }
func TestFail(t *testing.T)     { t.Error("an error") }
func TestExit(t *testing.T)     { os.Exit(3) }
func TestExitZero(t *testing.T) { os.Exit(0) }
func TestCutExit(t *testing.T)  { fmt.Print("cut off"); os.Exit(4) }
func TestPanic(t *testing.T)    { panic("a panic") }
func TestKill(t *testing.T)     { p, _ := os.FindProcess(os.Getpid()); p.Kill(); select {} }
func TestSkip(t *testing.T)     { t.Skip("skipped") }
func TestBinary(t *testing.T)   { os.Stdout.WriteString("\xff\xfe\x00\n--- FAIL: TestNo (0.00s)\n") }
func TestLong(t *testing.T)     { fmt.Println(strings.Repeat("long ", 5000)) }
func TestHang(t *testing.T)     { select {} }
func TestSub(t *testing.T) {
	t.Run("a", func(t *testing.T) { t.Log("in a") })
	t.Run("b", func(t *testing.T) { t.Skip("in b") })
}
func TestDir(t *testing.T) {
	dir, _ := os.Getwd()
	fmt.Println(os.Getenv("PWD") == dir, os.Getenv("TERM"))
}
func BenchmarkB(b *testing.B) { for b.Loop() { } }
func Example() {
	fmt.Println("example")
	// Output: example
}
"#;

struct Fixture {
    module: tempfile::TempDir,
    view: View,
    environ: Environ,
}

impl Fixture {
    fn new() -> Fixture {
        let module = tempfile::tempdir().unwrap();
        let top = module.path();
        std::fs::write(top.join("go.mod"), "module example.com/p\n\ngo 1.26\n").unwrap();
        std::fs::write(top.join("p_test.go"), TESTS).unwrap();
        let vars = std::env::vars_os().filter(|(name, _)| name != "GOFLAGS");
        let fixture = Fixture {
            module,
            view: View::new(Overlay::none()),
            environ: Environ::new(vars),
        };
        let built = fixture.go(&["test", "-c", "-vet=off", "-o", "p.test"]);
        assert_eq!(built, "", "the test binary is built");
        fixture
    }

    fn dir(&self) -> PathBuf {
        self.module.path().canonicalize().unwrap()
    }

    /// go's standard output, and its standard error after it.
    fn go(&self, args: &[&str]) -> String {
        let out = Command::new("go")
            .args(args)
            .env("GOFLAGS", "")
            .env("GOTOOLCHAIN", "local")
            .current_dir(self.dir())
            .output()
            .expect("go is on PATH");
        let text = [out.stdout, out.stderr].concat();
        String::from_utf8_lossy(&text).into_owned()
    }

    /// What gust makes of the same words, `FAIL` at the end included, which go prints after all packages.
    fn gust(&self, args: &[&str]) -> String {
        let words: Vec<String> = args.iter().map(|word| (*word).to_owned()).collect();
        let words = flags::read(&lookup, &[], &words, &self.dir()).unwrap();
        let on = |name| words.flags.bool(name);
        let json = on("json");
        let all = on("v") || words.flags.is_set("list");
        let binary = self.dir().join("p.test");
        let given = Given {
            exec: &[],
            binary: &binary,
            log: None,
            fuzz_cache: None,
            cover_dir: None,
            profile: None,
            arguments: &words.arguments,
        };
        let (dir, words) = (self.dir(), given.words());
        let test = Test {
            package: "example.com/p",
            start: Start {
                words: &words,
                dir: &dir,
                environ: &self.environ,
                extra: &[],
                limits: Limits::default(),
                view: &self.view,
            },
            own_output: None,
            all: all || json,
            coverage: false,
            marked: json,
        };
        let mut out = Vec::new();
        let show = Show::of(
            true,
            args.iter().any(|a| a.contains("bench")),
            all,
            true,
            json,
        );
        let passed = if json {
            let clock = Some(Clock {
                zone: Zone::local(&self.view, None),
            });
            let dialect = Dialect::of(26);
            let mut events = Converter::start(&mut out, test.package, dialect, clock).unwrap();
            let mut shown = |bytes: &[u8]| events.write(bytes).unwrap();
            let passed = perform(&test, &mut Telling::new(show, &mut shown));
            events.exited(passed);
            events.close().unwrap();
            passed
        } else {
            let mut shown = |bytes: &[u8]| out.extend_from_slice(bytes);
            let mut telling = Telling::new(show, &mut shown);
            let passed = perform(&test, &mut telling);
            let later = telling.into_later();
            out.extend(later);
            passed
        };
        if !passed && !json {
            out.extend_from_slice(b"FAIL\n");
        }
        String::from_utf8_lossy(&out).into_owned()
    }
}

fn lookup(name: &str) -> Option<Kind> {
    match name {
        "v" | "json" | "vet" => Some(Kind::Bool),
        "run" | "bench" | "list" | "benchtime" => Some(Kind::String),
        "timeout" => Some(Kind::Duration),
        _ => None,
    }
}

/// Without what differs from run to run: times, addresses, places on this machine, and how output is cut into events.
fn settled(text: &str, dir: &Path) -> String {
    let text = text.replace(&*dir.to_string_lossy(), "DIR");
    let mut lines: Vec<String> = Vec::new();
    let mut hidden = false;
    for line in text.lines() {
        // A dump of goroutines is the runtime's, and says where on this machine the binary was.
        hidden |= line.contains("goroutine ");
        hidden &= !line.contains("FAIL\texample.com/p");
        if !hidden {
            lines.push(without_numbers(line));
        }
    }
    lines.join("\n")
}

/// Digits become one `#`, the spaces that fill a column before them one space; not so exit codes.
fn without_numbers(line: &str) -> String {
    if line.starts_with("exit status") {
        return line.to_owned();
    }
    let mut out = String::new();
    for c in line.chars() {
        match c {
            '0'..='9' | '.' if out.ends_with('#') => {}
            '0'..='9' => {
                while out.ends_with("  ") {
                    out.pop();
                }
                out.push('#');
            }
            c => out.push(c),
        }
    }
    out
}

const LINES: &[&[&str]] = &[
    &["-run=TestPass"],
    &["-v", "-run=TestPass|TestSkip|TestSub"],
    &["-run=TestPrint"],
    &["-v", "-run=TestPrint"],
    &["-run=TestCutOff"],
    &["-v", "-run=TestCutOff"],
    &["-run=TestFail"],
    &["-run=TestExit$"],
    &["-v", "-run=TestExit$"],
    &["-run=TestExitZero"],
    &["-run=TestCutExit"],
    &["-run=TestPanic"],
    &["-run=TestKill"],
    &["-run=TestNone"],
    &["-run=Example"],
    &["-run=TestDir", "-v"],
    &["-list=Test.*i"],
    &["-run=TestHang", "-timeout=50ms"],
    &["-run=NONE", "-bench=B", "-benchtime=1x"],
    &["-json", "-run=TestPass|TestSkip|TestSub|TestPrint"],
    &["-json", "-run=TestFail|TestBinary"],
    &["-json", "-run=TestExit$"],
    &["-json", "-run=TestCutExit"],
    &["-json", "-run=TestLong"],
    &["-json", "-run=TestNone"],
    &["-json", "-run=TestHang", "-timeout=50ms"],
];

#[test]
fn told_as_go_tells_it() {
    let fixture = Fixture::new();
    let dir = fixture.dir();
    for line in LINES {
        let words = [&["-vet=off"], *line, &["."]].concat();
        let theirs = fixture.go(&[&["test", "-count=1"], &*words].concat());
        let ours = fixture.gust(line);
        assert_eq!(settled(&ours, &dir), settled(&theirs, &dir), "{line:?}");
    }
}
