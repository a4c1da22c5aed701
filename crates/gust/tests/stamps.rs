//! What programs record of their working copy: the same as go's in every state of a repository, and asked for with few processes.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests start programs and look at what they leave"
)]

mod oracle;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own for one test, with a build cache for each tool.
struct Place {
    top: tempfile::TempDir,
    path: String,
}

impl Place {
    fn new() -> Place {
        let top = tempfile::tempdir().expect("a folder");
        for folder in ["home/.config/go/telemetry", "bin", "w"] {
            fs::create_dir_all(top.path().join(folder)).expect("a folder");
        }
        fs::write(top.path().join("home/.config/go/telemetry/mode"), "off").expect("a file");
        let path = format!(
            "{}:{}",
            top.path().join("bin").display(),
            std::env::var("PATH").expect("a PATH")
        );
        Place { top, path }
    }

    fn work(&self) -> PathBuf {
        self.top.path().join("w")
    }

    fn command(&self, program: &Path, dir: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(dir).env_clear();
        if let Some(root) = std::env::var_os("GOROOT") {
            command.env("GOROOT", root);
        }
        command
            .env("PATH", &self.path)
            .env("PWD", dir)
            .env("HOME", self.top.path().join("home"))
            .env("TZ", "UTC")
            .env("USER", "gopher")
            .env("GOENV", "off")
            .env("GOTOOLCHAIN", "local")
            .env("GOTELEMETRY", "off")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("HGUSER", "gopher")
            .env("BRZ_EMAIL", "Gopher <gopher@example.com>");
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "gopher")
                .env(format!("GIT_{who}_EMAIL"), "gopher@example.com")
                .env(format!("GIT_{who}_DATE"), "2024-05-06T07:08:09Z");
        }
        command
    }

    /// Runs a shell command in the work folder.
    #[track_caller]
    fn shell(&self, text: &str) {
        let out = self
            .command(Path::new("sh"), &self.work())
            .args(["-ec", text])
            .output()
            .expect("a shell");
        assert!(
            out.status.success(),
            "{text}: {}",
            String::from_utf8_lossy(&out.stderr)
        );
    }

    fn ask(&self, tool: &str, dir: &str, args: &[&str], env: &[(&str, &str)]) -> Output {
        let file = match tool {
            "go" => go(),
            _ => oracle::gust().into(),
        };
        let cache = self.top.path().join(format!("cache-{tool}"));
        self.command(&file, &self.work().join(dir))
            .args(args)
            .env("GOCACHE", cache)
            .envs(env.iter().copied())
            .output()
            .expect("the command runs")
    }

    /// What a program in `dir` would record, or why it cannot be built. Nothing is compiled for it.
    fn stamp(&self, tool: &str, dir: &str, env: &[(&str, &str)]) -> String {
        let out = self.ask(tool, dir, &["build", "-n", "."], env);
        let text = String::from_utf8_lossy(&out.stderr).into_owned();
        let marked: Vec<&str> = text.lines().filter(|l| l.starts_with("modinfo")).collect();
        match marked.is_empty() {
            true => format!("{} {text}", out.status),
            false => marked.join("\n"),
        }
    }

    /// Compares the stamps of both, gust's twice: the second comes from what it kept.
    #[track_caller]
    fn same(&self, step: &str, dir: &str, env: &[(&str, &str)]) -> String {
        let expected = self.stamp("go", dir, env);
        for run in ["first", "second"] {
            let got = self.stamp("gust", dir, env);
            assert_eq!(
                got, expected,
                "gust (left, {run} run) and go (right) differ in {dir} after: {step}"
            );
        }
        expected
    }
}

/// The real go by its whole path: PATH is changed under it.
fn go() -> PathBuf {
    let out = Command::new(oracle::go())
        .args(["env", "GOROOT"])
        .output()
        .expect("go runs");
    PathBuf::from(String::from_utf8_lossy(&out.stdout).trim()).join("bin/go")
}

/// A module at the root, one below, and two that have a major version: one in the module's own folder, one in a folder named for it.
const MODULES: &str = r#"
    module() {
        mkdir -p "$1"
        printf 'module %s\n\ngo 1.25\n' "$2" > "$1/go.mod"
        printf 'package main\n\nfunc main() {}\n' > "$1/main.go"
    }
    module r example.com/r
    module r/sub example.com/r/sub
    module r/two example.com/r/two/v2
    module r/three example.com/r/three
    module r/three/v3 example.com/r/three/v3
"#;

/// States of a Git repository: what is done, one after the other, and where a program is built then.
const GIT: &[(&str, &[&str])] = &[
    ("cd r; git init -q -b main .", &["r"]),
    (
        "cd r; git add .; git commit -qm one",
        &["r", "r/sub", "r/two", "r/three/v3"],
    ),
    ("cd r; touch new", &["r", "r/sub"]),
    (
        "cd r; rm new; git tag v0.1.0; git tag sub/v0.2.0",
        &["r", "r/sub"],
    ),
    ("cd r; echo '// more' >> main.go", &["r"]),
    ("cd r; git commit -qam two", &["r", "r/sub", "r/three"]),
    (
        "cd r; git tag -am x v0.3.0-rc.1; git tag v0.3; git tag nonsense; git tag v0.2.9+meta",
        &["r"],
    ),
    (
        "cd r; git commit -q --allow-empty -m three; git tag v0.4.0+meta",
        &["r"],
    ),
    (
        "cd r; git tag two/v2.0.0; git tag two/v1.0.0; git tag three/v3.1.0; git tag v5.0.0",
        &["r", "r/two", "r/three", "r/three/v3"],
    ),
    (
        "cd r; git commit -q --allow-empty -m four",
        &["r", "r/two", "r/three", "r/three/v3"],
    ),
    (
        "cd r; git tag -am x annotated v0.1.0; git tag -am inner inner; git tag -fam outer v0.5.0 inner",
        &["r"],
    ),
    ("cd r; git tag v0.0.0-20240506070809-0123456789ab", &["r"]),
    ("cd r; git pack-refs --all; git gc -q", &["r", "r/sub"]),
    ("cd r; git checkout -q --detach v0.1.0", &["r", "r/sub"]),
    (
        "cd r; git checkout -q -b side; git commit -q --allow-empty -m side; git tag v1.0.0",
        &["r"],
    ),
    ("cd r; git checkout -q main", &["r"]),
    ("cd r; git merge -q side -m merge", &["r", "r/two"]),
    (
        "git clone -q --depth 1 file://$PWD/r shallow",
        &["shallow", "shallow/sub"],
    ),
    (
        "cd shallow; git fetch -q --unshallow",
        &["shallow", "shallow/sub"],
    ),
    ("cd r; git replace -f HEAD~1 v0.1.0", &["r"]),
    (
        "cd r; git replace -d HEAD~1 >/dev/null; git rm -q go.mod; git commit -qm 'no go.mod'; printf 'module example.com/r\n' > go.mod",
        &["r", "r/sub"],
    ),
    ("cd r; git tag v7.0.0", &["r"]),
    (
        "cd r; mkdir v7; printf 'module example.com/r/v7\n' > v7/go.mod; git add v7; git commit -qm v7; git tag v7.1.0",
        &["r"],
    ),
    ("cd r; git worktree add -q ../tree main~3", &["tree"]),
    ("mkdir r/sub/.hg", &["r/sub"]),
    ("rmdir r/sub/.hg; cd r/sub; git init -q .", &["r/sub"]),
    (
        "rm -r r/sub/.git; cd r; printf 'ref: refs/heads/none\n' > .git/HEAD",
        &["r"],
    ),
    ("cd r; rm -r .git; mkdir .git", &["r"]),
    ("cd r; rm -r .git; touch .git", &["r"]),
    ("cd r; rm .git", &["r"]),
];

#[test]
fn git_in_every_state() {
    let place = Place::new();
    place.shell(MODULES);
    for (step, dirs) in GIT {
        place.shell(step);
        for dir in *dirs {
            place.same(step, dir, &[]);
        }
    }
}

#[test]
fn git_told_by_the_environment() {
    let place = Place::new();
    place.shell(MODULES);
    place.shell(
        "cd r; git init -q .; git add .; git commit -qm one; git tag v1.2.3; cp -r . ../other",
    );
    place.shell("cd other; git commit -q --allow-empty -m two");
    let other = place.work().join("other/.git");
    let other = other.to_str().expect("a path of text");
    let here = place.same("tag v1.2.3", "r", &[]);
    assert!(here.contains("v1.2.3"), "{here}");
    let there = place.same("GIT_DIR", "r", &[("GIT_DIR", other)]);
    assert!(there.contains("v1.2.4-0."), "{there}");
    place.same(
        "GIT_DIR that is not there",
        "r",
        &[("GIT_DIR", "/nonexistent")],
    );
    let go = go();
    let root = go.ancestors().nth(2).and_then(Path::to_str);
    let nowhere = [
        ("PATH", "/nonexistent"),
        ("GOROOT", root.expect("a GOROOT")),
    ];
    place.same("no Git", "r", &nowhere);
    let asked_for = [nowhere[0], nowhere[1], ("GOFLAGS", "-buildvcs=true")];
    place.same("no Git, and stamps asked for", "r", &asked_for);
    place.same("-buildvcs=false", "r", &[("GOFLAGS", "-buildvcs=false")]);
}

/// A system that may not be installed here; .ci/run sees to it that all are.
fn each_state(program: &str, steps: &[(&str, &[&str])]) {
    let place = Place::new();
    if place
        .command(Path::new("sh"), &place.work())
        .args(["-c", &format!("command -v {program}")])
        .output()
        .is_ok_and(|out| !out.status.success())
    {
        eprintln!("skipped: no {program} here");
        return;
    }
    place.shell(MODULES);
    for (step, dirs) in steps {
        place.shell(step);
        for dir in *dirs {
            place.same(step, dir, &[]);
        }
    }
}

#[test]
fn mercurial() {
    each_state(
        "hg",
        &[
            ("cd r; hg init .", &["r"]),
            (
                "cd r; hg -q commit -A -d '2024-01-02 03:04:05 +0000' -m one",
                &["r", "r/sub"],
            ),
            (
                "cd r; hg -q tag -d '2024-01-02 03:04:06 +0000' v1.4.0",
                &["r"],
            ),
            ("cd r; hg -q update v1.4.0", &["r"]),
            (
                "cd r; hg -q update tip; printf '\nretract v1.5.0\n' >> go.mod; hg -q commit -d '2024-01-02 03:04:07 +0000' -m two; \
              hg -q tag -d '2024-01-02 03:04:08 +0000' v1.5.0",
                &["r"],
            ),
            ("cd r; echo x > new", &["r"]),
        ],
    );
}

#[test]
fn subversion() {
    each_state(
        "svn",
        &[
            (
                "svnadmin create repo; svn -q mkdir -m x file://$PWD/repo/trunk; svn -q co file://$PWD/repo/trunk t; \
              cp -r r/* t; cd t; svn -q add *; svn -q ci -m x; svn -q up",
                &["t", "t/sub"],
            ),
            ("cd t; echo x > new", &["t"]),
        ],
    );
}

#[test]
fn bazaar() {
    each_state(
        "bzr",
        &[
            (
                "cd r; bzr init -q; bzr add -q; bzr commit -q -m one",
                &["r", "r/sub"],
            ),
            ("cd r; bzr tag -q v1.2.0", &["r"]),
            (
                "cd r; bzr commit -q --unchanged -m two; echo x > new",
                &["r"],
            ),
        ],
    );
}

#[test]
fn fossil() {
    each_state(
        "fossil",
        &[
            (
                "fossil init f.db >/dev/null; cd r; fossil open -f ../f.db >/dev/null; fossil add . >/dev/null; \
              fossil commit -m x --no-warnings >/dev/null",
                &["r"],
            ),
            ("cp f.db r/.fossil", &["r", "r/sub"]),
            ("echo x >> r/main.go", &["r"]),
        ],
    );
}

/// Ten modules in a workspace, three programs each, and a tag of each of thirty versions.
fn ten_modules(place: &Place) -> Vec<String> {
    place.shell(
        r#"
        printf 'go 1.25\n' > go.work
        for m in 0 1 2 3 4 5 6 7 8 9; do
            mkdir -p m$m/lib
            printf 'module example.com/r/m%s\n\ngo 1.25\n' $m > m$m/go.mod
            printf 'package lib\n' > m$m/lib/lib.go
            printf 'use ./m%s\n' $m >> go.work
            for p in a b c; do
                mkdir m$m/$p
                printf 'package main\n\nimport _ "example.com/r/m%s/lib"\n\nfunc main() {}\n' $m > m$m/$p/main.go
            done
        done
        printf 'module example.com/r\n' > go.mod
        git init -q . ; git add . ; git commit -qm one
        for v in 1 2 3; do
            git commit -q --allow-empty -m $v
            git tag v0.$v.0
            for m in 0 1 2 3 4 5 6 7 8 9; do git tag m$m/v0.$v.0; done
        done
        git commit -q --allow-empty -m last
        "#,
    );
    (0..10).map(|m| format!("./m{m}/...")).collect()
}

/// Puts a git on PATH that writes down each start.
fn counted(place: &Place) -> PathBuf {
    let log = place.top.path().join("started");
    let find = Command::new("sh")
        .args(["-c", "command -v git"])
        .output()
        .expect("a shell");
    let git = String::from_utf8(find.stdout).expect("a path of text");
    let wrapper = place.top.path().join("bin/git");
    let text = format!(
        "#!/bin/sh\necho \"$@\" >> '{}'\nexec {} \"$@\"\n",
        log.display(),
        git.trim()
    );
    fs::write(&wrapper, text).expect("a file");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&wrapper, mode).expect("a program");
    log
}

#[test]
fn few_processes() {
    let place = Place::new();
    let patterns = ten_modules(&place);
    let log = counted(&place);
    let started = |tool: &str, args: &[&str]| {
        let _ = fs::remove_file(&log);
        let args: Vec<&str> = args
            .iter()
            .copied()
            .chain(patterns.iter().map(String::as_str))
            .collect();
        let out = place.ask(tool, ".", &args, &[]);
        let complaint = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{args:?}: {complaint}");
        fs::read_to_string(&log).unwrap_or_default().lines().count()
    };
    let editor = ["list", "-deps", "-test", "-e", "-json"];
    let asked_by_go = started("go", &editor);
    assert!(asked_by_go > 20, "{asked_by_go}");
    // The first time: the working copy, the refs, the tags below the commit, and one process that reads objects.
    assert_eq!(started("gust", &editor), 4);
    // Then what can have changed.
    assert_eq!(started("gust", &editor), 2);
    assert_eq!(started("gust", &["build", "-o", "/dev/null"]), 2);
    // What shows no stamp needs none.
    assert_eq!(started("gust", &["list", "-deps"]), 0);
    // A new commit is asked about anew.
    place.shell("git commit -q --allow-empty -m more");
    fs::remove_file(&log).expect("git was started");
    assert_eq!(started("gust", &editor), 4);
    // What was kept may be lost or damaged.
    let kept = place.top.path().join("cache-gust/gust/vcs");
    let bytes = fs::read(&kept).expect("facts");
    let torn: Vec<u8> = bytes.iter().map(|b| b ^ 0x55).collect();
    for damage in [&bytes[..bytes.len() / 2], &torn, b""] {
        fs::write(&kept, damage).expect("a file");
        place.same("damage", "m3/a", &[]);
    }
}

#[test]
fn run_stamps_only_when_told() {
    let place = Place::new();
    place.shell(
        r#"
        mkdir r; cd r
        printf 'module example.com/r\n\ngo 1.25\n' > go.mod
        printf 'package main\n\nimport "runtime/debug"\n\nfunc main() { info, _ := debug.ReadBuildInfo(); println(info.String()) }\n' > main.go
        git init -q . ; git add . ; git commit -qm one
        "#,
    );
    let log = counted(&place);
    for (args, is_stamped) in [
        (&["run", "."][..], false),
        (&["run", "-buildvcs=auto", "main.go"], false),
        (&["run", "-buildvcs=true", "."], true),
    ] {
        let told = |tool: &str| {
            let _ = fs::remove_file(&log);
            // The standard library is compiled once, not each time that the tests run.
            let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("stamps-{tool}"));
            let cache = cache.to_str().expect("a path of text");
            let out = place.ask(tool, "r", args, &[("GOCACHE", cache)]);
            String::from_utf8_lossy(&out.stderr).into_owned()
        };
        let (expected, got) = (told("go"), told("gust"));
        assert_eq!(got, expected, "{args:?}");
        assert_eq!(got.contains("vcs.revision"), is_stamped, "{args:?}");
        assert_eq!(log.exists(), is_stamped, "{args:?}");
    }
}

/// What version control refuses is an error of each program, beside the others' errors.
#[test]
fn refusals() {
    let place = Place::new();
    place.shell(MODULES);
    place.shell("mkdir r/lib; echo 'package lib' > r/lib/lib.go; mkdir r/.git");
    let always = [("GOFLAGS", "-buildvcs=true")];
    for (step, env) in [
        ("true", &[][..]),
        ("mkdir .hg", &[]),
        (
            "rm -r .hg r/.git; cd r; git init -q .; cd sub; git init -q .",
            &[],
        ),
        ("printf 'go 1.25\nuse .\nuse ./sub\n' > r/go.work", &always),
    ] {
        place.shell(step);
        for args in [
            &["build", "-n", "./..."][..],
            &[
                "list",
                "-e",
                "-f",
                "{{.ImportPath}}: {{.Error}} {{.Incomplete}}",
                "./...",
            ],
            &["list", "-e", "-json=ImportPath,Error,Stale", "./..."],
            &["list", "-f", "{{.Error}}", "./sub"],
            &["build", "-o", "out", "./sub"],
        ] {
            let told = |tool: &str| {
                let out = place.ask(tool, "r", args, env);
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                // Scripts of -n are compared elsewhere.
                let script = out.status.success() && args[0] == "build";
                let said = if script {
                    String::new()
                } else {
                    text(&out.stderr)
                };
                (out.status.code(), text(&out.stdout), said)
            };
            assert_eq!(
                told("gust"),
                told("go"),
                "gust (left) and go (right): {args:?} after {step}"
            );
        }
    }
}
