//! The text of a test program's main package beside the one that the real go writes.

use gust_fs::temp::TempDir;
use gust_fs::{Overlay, View};
use gust_packages::context::BuildContext;
use gust_packages::{BuildShape, LoadConfig, Loader, Needs, TestCover};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

const FULL: &str = "package p

import (
\t\"fmt\"
\t\"testing\"
)

func TestMain(m *testing.M)   { m.Run() }
func TestA(t *testing.T)      {}
func BenchmarkB(b *testing.B) {}
func FuzzC(f *testing.F)      { f.Fuzz(func(t *testing.T, b []byte) {}) }
func ExampleP() {
\tfmt.Println(1)
\t// Output: 1
}
func ExampleQ() {
\tfmt.Println(\"a\\\"b\\n\\té\\x00\")
\t// Unordered output:
\t// a\"b
\t//\té
}
func ExampleSilent() {}
";
const EXTERNAL: &str = "package p_test

import \"testing\"

func TestX(t *testing.T) {}
";
const UNUSED: &str = "package p_test

func helper() {}
";

/// A package in a GOPATH of its own.
struct Fixture {
    gopath: TempDir,
}

impl Fixture {
    fn new(files: &[(&str, &str)]) -> Fixture {
        let gopath = TempDir::new_in(&std::env::temp_dir(), "gust-testmain").unwrap();
        let dir = gopath.path().join("src/p");
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("p.go"), "package p\n\nvar P, Q, Silent int\n").unwrap();
        for (name, text) in files {
            std::fs::write(dir.join(name), text).unwrap();
        }
        Fixture { gopath }
    }

    fn go(&self, toolchain: &str, args: &[&str]) -> Option<std::process::Output> {
        let out = Command::new("go")
            .args(args)
            .env("GO111MODULE", "off")
            .env("GOPATH", self.gopath.path())
            .env("GOMODCACHE", go_env("GOMODCACHE"))
            .env("GOFLAGS", "")
            .env("GOPROXY", "off")
            .env("GOTOOLCHAIN", toolchain)
            .current_dir(self.gopath.path().join("src/p"))
            .output()
            .ok()?;
        out.status.success().then_some(out)
    }

    /// The root of a release, and its number.
    fn release(&self, toolchain: &str) -> Option<(PathBuf, String)> {
        let out = self.go(toolchain, &["env", "GOROOT", "GOVERSION"])?;
        let said = String::from_utf8(out.stdout).ok()?;
        let (goroot, release) = said.trim().split_once("\ngo")?;
        Some((goroot.into(), release.to_owned()))
    }

    /// What go writes, taken from the directory that -work leaves behind.
    fn theirs(&self, toolchain: &str, cover: &[&str]) -> String {
        let head = ["test", "-c", "-vet=off", "-work", "-o", "/dev/null"];
        let out = self
            .go(toolchain, &[&head, cover].concat())
            .expect("go test -c");
        let said = String::from_utf8(out.stderr).unwrap();
        let work = said.lines().find_map(|line| line.strip_prefix("WORK="));
        let work = PathBuf::from(work.unwrap());
        let dirs = std::fs::read_dir(&work).unwrap();
        let mut files = dirs.map(|dir| dir.unwrap().path().join("_testmain.go"));
        let file = files.find(|file| file.is_file()).unwrap();
        let text = std::fs::read_to_string(file).unwrap();
        std::fs::remove_dir_all(work).unwrap();
        text
    }

    fn ours(&self, goroot: &Path, release: &str, cover: Option<&TestCover>) -> String {
        let context = BuildContext {
            goos: "linux".into(),
            goarch: "amd64".into(),
            compiler: "gc".into(),
            ..BuildContext::default()
        };
        let mut loader = Loader::new(LoadConfig {
            view: Arc::new(View::new(Overlay::none())),
            context: Arc::new(context),
            modules: None,
            cwd: self.gopath.path().join("src"),
            goroot: goroot.to_owned(),
            gopath: vec![self.gopath.path().to_owned()],
            gobin: None,
            host: ("linux".into(), "amd64".into()),
            build: BuildShape::default(),
            fips: None,
            needs: Needs {
                tests: true,
                ..Needs::default()
            },
            state_dir: None,
            module_cache: None,
            release: release.into(),
            go_version: None,
            show_ignored: false,
        });
        let graph = loader.load(&["p".to_owned()]).unwrap();
        let tested = graph.roots()[0];
        let cover = cover.map(|cover| TestCover {
            packages: vec![tested],
            ..cover.clone()
        });
        let mut text = Vec::new();
        let keep = |source: &[u8]| {
            text = source.to_vec();
            Ok::<_, std::convert::Infallible>("_testmain.go".to_owned())
        };
        loader
            .with_tests(graph, &[tested], cover.as_ref(), keep)
            .unwrap();
        String::from_utf8(text).unwrap()
    }
}

fn go_env(name: &str) -> String {
    let out = Command::new("go")
        .args(["env", name])
        .output()
        .expect("go is on PATH");
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

#[test]
fn every_mode_of_every_release() {
    let covers = [
        (vec![], None),
        (
            vec!["-cover"],
            Some(TestCover {
                mode: "set".into(),
                local: true,
                ..TestCover::default()
            }),
        ),
        (
            vec!["-covermode=atomic", "-coverpkg=p,./..."],
            Some(TestCover {
                mode: "atomic".into(),
                paths: vec!["p".into(), "./...".into()],
                ..TestCover::default()
            }),
        ),
    ];
    let full = Fixture::new(&[("a_test.go", FULL), ("x_test.go", EXTERNAL)]);
    for toolchain in ["local", "go1.25.8", "go1.27.0"] {
        // Other releases are asked where they are on the machine.
        let Some((goroot, release)) = full.release(toolchain) else {
            assert_ne!(toolchain, "local");
            continue;
        };
        for (flags, cover) in &covers {
            let want = full.theirs(toolchain, flags);
            let got = full.ours(&goroot, &release, cover.as_ref());
            assert_eq!(got, want, "{toolchain} {flags:?}");
        }
    }
}

#[test]
fn packages_that_are_imported_and_not_called() {
    for (name, text) in [
        ("x_test.go", EXTERNAL),
        ("x_test.go", UNUSED),
        ("a_test.go", "package p\n"),
    ] {
        let fixture = Fixture::new(&[(name, text)]);
        let (goroot, release) = fixture.release("local").unwrap();
        let got = fixture.ours(&goroot, &release, None);
        assert_eq!(got, fixture.theirs("local", &[]), "{text}");
    }
}
