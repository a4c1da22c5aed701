//! The repository in which commands run, and how they are asked.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::go;

const FILES: &[(&str, &str)] = &[
    (".gitignore", "out/\n*.ignored\n"),
    (
        "go.mod",
        "module example.com/m\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n\nreplace example.com/dep => ./dep\n",
    ),
    ("dep/go.mod", "module example.com/dep\n\ngo 1.24\n"),
    ("dep/dep.go", "package dep\n\nconst N = 100\n"),
    (
        "a/a.go",
        "package a\n\nimport \"example.com/dep\"\n\nfunc A() int { return dep.N + 100 }\n",
    ),
    (
        "a/a_test.go",
        "package a\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestA(t *testing.T) {\n\tdata, _ := os.ReadFile(\"data.txt\")\n\tt.Log(os.Getenv(\"WORD\"), len(data))\n\tif A() < 0 {\n\t\tt.Fatal(\"negative\")\n\t}\n}\n",
    ),
    ("a/data.txt", "data 100\n"),
    (
        "b/b.go",
        "package b\n\nimport (\n\t_ \"embed\"\n\n\t\"example.com/m/a\"\n)\n\n//go:embed text.txt\nvar Text string\n\nfunc B() int { return a.A() + 100 }\n",
    ),
    ("b/text.txt", "text 100\n"),
    (
        "b/tagged.go",
        "//go:build word\n\npackage b\n\nconst Tagged = 100\n",
    ),
    (
        "cmd/p/main.go",
        "package main\n\nimport \"example.com/m/b\"\n\nfunc main() { println(b.B(), b.Text, 100) }\n",
    ),
    (
        "cmd/q/main.go",
        "package main\n\nfunc main() { println(100) }\n",
    ),
];

/// A module in a repository, with caches and an environment of its own.
pub(super) struct Tree {
    pub(super) dir: PathBuf,
    /// Beside the repository: files that links lead to, and the user's settings.
    pub(super) beside: PathBuf,
    pub(super) variables: BTreeMap<&'static str, String>,
    gust: PathBuf,
    room: PathBuf,
    cache: PathBuf,
    blind: Option<String>,
    /// Makes every name and message another.
    pub(super) count: u32,
}

/// What a command came to.
pub(super) struct Answer {
    text: String,
    /// The programs it left, by content.
    made: Vec<(PathBuf, Vec<u8>)>,
    pub(super) replayed: bool,
}

impl Answer {
    /// What is not the same, for people.
    pub(super) fn difference(&self, other: &Answer) -> Option<String> {
        if self.text != other.text {
            return Some(format!("--- warm\n{}--- off\n{}", self.text, other.text));
        }
        let mut pairs = self.made.iter().zip(&other.made);
        match self.made.len() == other.made.len() {
            true => pairs
                .find(|(warm, cold)| warm != cold)
                .map(|((file, _), _)| format!("{} differs", file.display())),
            false => Some("not the same programs were left".to_owned()),
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.room);
    }
}

impl Tree {
    pub(super) fn new(gust: &Path, blind: Option<&str>) -> Result<Tree> {
        let all = go::top().join("target/warm");
        let room = all.join(format!(
            "{}-{}",
            std::process::id(),
            blind.unwrap_or("sees")
        ));
        let tree = Tree {
            dir: room.join("m"),
            beside: room.join("beside"),
            variables: BTreeMap::new(),
            gust: gust.to_owned(),
            // The build cache stays from run to run.
            cache: all.join("cache"),
            room,
            blind: blind.map(str::to_owned),
            count: 0,
        };
        for (name, text) in FILES {
            let file = tree.dir.join(name);
            fs::create_dir_all(file.parent().context("no directory")?)?;
            fs::write(file, text)?;
        }
        fs::create_dir_all(&tree.beside)?;
        fs::write(tree.beside.join("env"), "")?;
        tree.git(&["init", "-q", "-b", "main"]);
        tree.git(&["add", "-A"]);
        tree.git(&["commit", "-q", "-m", "first"]);
        Ok(tree)
    }

    /// Runs git; what it refuses (nothing to commit, nothing stashed) is as good a change as any.
    pub(super) fn git(&self, args: &[&str]) {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=n", "-c", "user.email=e@example.com"])
            .args(args)
            .current_dir(&self.dir);
        let _ = git.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }

    /// Runs a command; `warm` is GUST_WARM's value.
    pub(super) fn ask(&self, args: &[&str], warm: &str) -> Result<Answer> {
        let mut gust = Command::new(&self.gust);
        gust.args(args)
            .current_dir(&self.dir)
            .env("GOCACHE", &self.cache)
            .env("GOENV", self.beside.join("env"))
            .env("GOPROXY", "off")
            .env("GOFLAGS", "")
            .env("PWD", &self.dir)
            .env("GUST_WARM", warm)
            .env("GUST_LOG", "gust::warm=info")
            .env_remove("GODEBUG")
            .envs(&self.variables)
            .stdin(Stdio::null());
        if let Some(kind) = &self.blind {
            gust.env("TESTGUST_BLIND", kind);
        }
        let out = gust.output().with_context(|| format!("running {gust:?}"))?;
        let stderr = String::from_utf8_lossy(&out.stderr);
        let (told, mut stderr): (Vec<&str>, Vec<&str>) = stderr
            .lines()
            .partition(|line| line.contains("gust::warm:"));
        if args[0] == "vet" {
            // Packages with errors are told in the order in which they were met.
            stderr.sort_unstable();
        }
        let text = format!(
            "{}\n{}\nexit {:?}\n",
            String::from_utf8_lossy(&out.stdout),
            stderr.join("\n"),
            out.status.code()
        );
        Ok(Answer {
            text: without_times(&text),
            made: self.made()?,
            replayed: told.iter().any(|line| {
                line.contains("answered from its record") && !line.contains("not answered")
            }),
        })
    }

    fn made(&self) -> Result<Vec<(PathBuf, Vec<u8>)>> {
        let Ok(listed) = fs::read_dir(self.dir.join("out")) else {
            return Ok(Vec::new());
        };
        let mut made = Vec::new();
        for entry in listed {
            let path = entry?.path();
            if path.is_file() {
                made.push((path.clone(), fs::read(path)?));
            }
        }
        made.sort();
        Ok(made)
    }
}

/// The text without how long tests took, whether they ran at all, and names by chance.
fn without_times(text: &str) -> String {
    let is_chance = |word: &str| {
        let number = word.trim_start_matches('(').trim_end_matches(')');
        let seconds = number.strip_suffix('s').map(str::parse::<f64>);
        // A program that is run lies in a work directory the first time, in the build cache from then on.
        let place = word.contains("/go-build") || word.contains("/warm/cache/");
        word == "(cached)" || place || matches!(seconds, Some(Ok(_)))
    };
    let line = |line: &str| {
        let words = line.split([' ', '\t']).filter(|word| !is_chance(word));
        words.collect::<Vec<_>>().join(" ")
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}
