//! Modules straight from version control: `GOPROXY=direct` with Git repositories on this disk, which Git's `insteadOf` puts in the place of sites.

#![allow(
    clippy::disallowed_methods,
    reason = "tests make repositories and look at what is left"
)]

mod oracle;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use oracle::{Answer, Oracle, go, gust};

/// Repositories for the tests of this file, in a folder of their own.
struct Repositories {
    root: PathBuf,
    clock: u32,
}

impl Repositories {
    fn new(name: &str) -> Repositories {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("direct-{name}"));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("site/u")).expect("a folder");
        let config = format!(
            "[user]\n\tname = g\n\temail = g@example.com\n[init]\n\tdefaultBranch = main\n[url \"file://{0}/site/\"]\n\tinsteadOf = https://github.com/\n[url \"file://{0}/site/u/\"]\n\tinsteadOf = https://code.example/\n",
            root.display()
        );
        fs::write(root.join("gitconfig"), config).expect("a file");
        Repositories {
            root,
            clock: 1_700_000_000,
        }
    }

    fn git(&self, dir: &Path, args: &[&str]) {
        let date = format!("{} +0100", self.clock);
        let out = Command::new("git")
            .args(args)
            .current_dir(dir)
            .env("GIT_CONFIG_GLOBAL", self.root.join("gitconfig"))
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .output()
            .expect("git runs");
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{args:?}: {said}");
    }

    /// A repository of these commits: `+TAG` tags, `/BRANCH` begins a branch, `=NAME TEXT` writes a file, `.` commits.
    fn add(&mut self, name: &str, init: &[&str], steps: &[&str]) {
        let work = self.root.join("work").join(name);
        fs::create_dir_all(&work).expect("a folder");
        self.git(&work, &[&["init", "-q"], init].concat());
        for step in steps {
            let (kind, rest) = step.split_at(1);
            match kind {
                "+" => self.git(&work, &["tag", rest]),
                "/" => self.git(&work, &["checkout", "-q", "-b", rest]),
                "=" => {
                    let (file, text) = rest.split_once(' ').expect("a name and a text");
                    let file = work.join(file);
                    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
                    fs::write(file, text).expect("a file");
                }
                _ => {
                    self.clock += 60;
                    self.git(&work, &["add", "-A"]);
                    self.git(&work, &["commit", "-q", "--allow-empty", "-m", "x"]);
                }
            }
        }
        let to = self.root.join("site/u").join(name);
        self.git(
            &work,
            &["clone", "-q", "--bare", ".", &to.to_string_lossy()],
        );
    }

    fn oracle(&self) -> Oracle {
        let config = self.root.join("gitconfig");
        Oracle::new("-- x --\n")
            .env("GOPROXY", "direct")
            .env("GOSUMDB", "off")
            .env("GIT_CONFIG_GLOBAL", &config.to_string_lossy())
    }
}

fn plain(repositories: &mut Repositories) {
    repositories.add(
        "plain",
        &[],
        &[
            "=a.go package plain\n",
            ".",
            "+v0.1.0",
            "=go.mod module github.com/u/plain\n\ngo 1.20\n",
            "=vendor/x/x.go package x\n",
            "=vendor/modules.txt m\n",
            "=nested/go.mod module github.com/u/plain/nested\n",
            "=nested/n.go package nested\n",
            "=LICENSE free\n",
            "=subst.txt $Format:%H$\n",
            "=.gitattributes subst.txt export-subst\nLICENSE export-ignore\n",
            ".",
            "+v1.0.0",
            "+nested/v0.5.0",
            "=a.go package plain // 3\n",
            ".",
            "+v1.1.0-pre",
            "+v1.1.0-pre+meta",
            "=v2/go.mod module github.com/u/plain/v2\n",
            ".",
            "+v2.0.0",
            "+v1.2.0",
            "=go.mod module github.com/u/plain\n\ngo 1.24\n\nretract v1.2.0 // bad\n",
            ".",
            "+v1.3.0",
            "=a.go package plain // 6\n",
            ".",
            "/dev",
            "=a.go package plain // 7\n",
            ".",
        ],
    );
}

/// What is compared of the files that are left: zips too, to the byte. What lies within Git's directories is Git's, which tidies up behind its
/// commands.
fn compared(mut answer: Answer) -> Answer {
    let is_git_s = |name: &str| {
        let below = name.split_once("/cache/vcs/").map_or("", |(_, rest)| rest);
        below.contains('/')
    };
    answer.files.retain(|name, _| !is_git_s(name));
    answer
}

#[track_caller]
fn same(place: &Oracle, args: &[&str]) -> Answer {
    let expected = compared(place.answer(&go(), args));
    let got = compared(place.answer(Path::new(gust()), args));
    assert_eq!(got, expected, "{args:?}");
    got
}

#[test]
fn versions_are_what_go_finds() {
    let mut repositories = Repositories::new("versions");
    plain(&mut repositories);
    repositories.add(
        "inc",
        &[],
        &[
            "=a.go package inc\n",
            ".",
            "+v1.0.0",
            ".",
            "+v2.0.0",
            ".",
            "+v3.1.0",
            ".",
        ],
    );
    repositories.add("none", &[], &["=a.go package none\n", "."]);
    repositories.add(
        "bad",
        &[],
        &["=go.mod module github.com/u/other/v3\n", ".", "+v1.0.0"],
    );
    repositories.add(
        "sha",
        &["--object-format=sha256"],
        &["=go.mod module code.example/sha.git\n", ".", "+v1.0.0", "."],
    );
    let place = repositories.oracle();
    for (module, found) in [
        ("github.com/u/plain@v1.0.0", true),
        ("github.com/u/plain@latest", true),
        ("github.com/u/plain@main", true),
        ("github.com/u/plain@dev", true),
        ("github.com/u/plain@v1.1.0-pre", true),
        ("github.com/u/plain@v1.1.0-pre+meta", true),
        ("github.com/u/plain@v1", true),
        ("github.com/u/plain@v2.0.0", false),
        ("github.com/u/plain@nosuch", false),
        ("github.com/u/plain@v1.9.9", false),
        (
            "github.com/u/plain@v1.2.1-0.20231114221720-123456789abc",
            false,
        ),
        ("github.com/u/plain/v2@latest", true),
        ("github.com/u/plain/v3@latest", false),
        ("github.com/u/plain/nested@latest", true),
        ("github.com/u/plain/nested@main", true),
        ("github.com/u/plain/nowhere@latest", false),
        ("github.com/u/inc@latest", true),
        ("github.com/u/inc@main", true),
        ("github.com/u/inc@v2.0.0", true),
        ("github.com/u/inc@v1.0.0+incompatible", false),
        ("github.com/u/none@latest", true),
        ("github.com/u/bad@latest", false),
        ("github.com/u/missing@latest", false),
        ("github.com/u@latest", false),
        ("github.com/u/plain.git@latest", false),
        ("code.example/sha.git@latest", true),
        ("code.example/sha.git@main", true),
    ] {
        let answer = same(&place, &["list", "-m", "-json", module]);
        assert_eq!(answer.code == Some(0), found, "{module}: {}", answer.stderr);
    }
    for module in [
        "github.com/u/plain",
        "github.com/u/inc",
        "code.example/sha.git",
    ] {
        same(&place, &["list", "-m", "-versions", module]);
    }
}

#[test]
fn downloads_are_the_same_to_the_byte() {
    let mut repositories = Repositories::new("downloads");
    plain(&mut repositories);
    let place = repositories.oracle();
    for module in [
        "github.com/u/plain@v0.1.0",
        "github.com/u/plain@v1.0.0",
        "github.com/u/plain@v1.3.0",
        "github.com/u/plain@dev",
        "github.com/u/plain/v2@v2.0.0",
        "github.com/u/plain/nested@v0.5.0",
    ] {
        let answer = same(&place, &["mod", "download", "-json", module]);
        assert!(
            answer.stdout.contains("\"Sum\": \"h1:"),
            "{}",
            answer.stdout
        );
    }
}

/// Names that could be taken for flags, protocols or further lines run nothing; nor does a repository that is not there.
#[test]
fn hostile_names_run_nothing() {
    let mut repositories = Repositories::new("hostile");
    repositories.add(
        "x",
        &[],
        &["=go.mod module github.com/u/x\n", ".", "+v1.0.0"],
    );
    let marker = repositories.root.join("ran");
    let place = repositories.oracle();
    for query in [
        "-x",
        "--upload-pack=touch%20ran",
        "v1.0.0\nv1.0.1",
        "ext::sh",
        "refs/heads/main:refs/heads/other",
        "main~1",
        "HEAD",
        "$(touch ran)",
    ] {
        let module = format!("github.com/u/x@{query}");
        let answer = same(&place, &["list", "-m", &module]);
        assert!(answer.code == Some(0) || answer.code == Some(1), "{module}");
    }
    for module in [
        "github.com/u/-x@latest",
        "github.com/-u/x@latest",
        "ext::sh/x.git@latest",
        "-x.example/y.git@latest",
    ] {
        let answer = same(&place, &["list", "-m", module]);
        assert_ne!(answer.code, Some(0), "{module}");
    }
    assert!(!marker.exists());
}

/// What was answered before is answered again as long as nothing has changed.
#[test]
fn answers_are_used_again() {
    let mut repositories = Repositories::new("reuse");
    repositories.add(
        "x",
        &[],
        &["=go.mod module github.com/u/x\n", ".", "+v1.0.0", "."],
    );
    for query in ["latest", "main", "v1.0.0", "nosuch"] {
        let module = format!("github.com/u/x@{query}");
        let place = repositories.oracle();
        let first = place.answer(&go(), &["list", "-m", "-e", "-json", &module]);
        let again = Oracle::new(&format!("-- old.json --\n{}", first.stdout))
            .env("GOPROXY", "direct")
            .env("GOSUMDB", "off")
            .env(
                "GIT_CONFIG_GLOBAL",
                &repositories.root.join("gitconfig").to_string_lossy(),
            );
        for command in [
            &["list", "-m", "-e", "-json", "-reuse=old.json"][..],
            &["mod", "download", "-json", "-reuse=old.json"],
        ] {
            let answer = same(&again, &[command, &[&module]].concat());
            assert!(
                answer.stdout.contains("\"Reuse\": true"),
                "{query}: {}",
                answer.stdout
            );
        }
    }
}
