//! The oracle: the same command typed for go and for gust, in the same place, and every answer compared.
//!
//! Each side gets the same files in the same directory, one after the other, with caches of its own: neither can hand
//! the other its work. Standard output, standard error, the exit code and the files left behind, programs and modules
//! included, must be the same.

#![allow(
    clippy::disallowed_methods,
    reason = "tests start programs and look at what they leave"
)]
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use gust_testkit::{ModuleSet, Txtar};

/// The binary under test.
pub(crate) fn gust() -> &'static str {
    env!("CARGO_BIN_EXE_gust")
}

/// The real go: the one on PATH, or the one that gust found or fetched.
pub(crate) fn go() -> PathBuf {
    if Command::new("go")
        .arg("version")
        .output()
        .is_ok_and(|out| out.status.success())
    {
        return "go".into();
    }
    let out = Command::new(gust())
        .args(["env", "GOROOT"])
        .output()
        .expect("gust runs");
    PathBuf::from(String::from_utf8_lossy(&out.stdout).trim()).join("bin/go")
}

/// What a command did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// What is there afterwards: below `work`, and below `gopath`, where programs and modules go.
    pub(crate) files: BTreeMap<String, Left>,
}

impl Answer {
    /// The text of a file that was left in the work directory.
    #[track_caller]
    pub(crate) fn file(&self, name: &str) -> &str {
        match self.files.get(&format!("work/{name}")) {
            Some(Left::File { data, .. }) => std::str::from_utf8(data).expect("text"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// Something that was left behind, compared by its content.
#[derive(PartialEq, Eq)]
pub(crate) enum Left {
    File { data: Vec<u8>, executable: bool },
    Folder,
    Link(PathBuf),
}

impl fmt::Debug for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Left::Folder => f.write_str("a folder"),
            Left::Link(target) => write!(f, "a link to {}", target.display()),
            Left::File { data, executable } => {
                let kind = if *executable { "executable " } else { "" };
                match std::str::from_utf8(data) {
                    Ok(text) => write!(f, "{kind}{text:?}"),
                    Err(_) => {
                        let sum: u64 = data.iter().fold(17, |sum, &byte| {
                            sum.wrapping_mul(1_099_511_628_211) ^ u64::from(byte)
                        });
                        write!(f, "{kind}({} bytes, {sum:016x})", data.len())
                    }
                }
            }
        }
    }
}

/// One step at a place.
pub(crate) enum Step<'a> {
    /// A command.
    Type(&'a [&'a str]),
    /// A file below the place, written anew. Modules are below `gopath/pkg/mod`.
    Write(&'a str, &'a str),
    /// A file or folder below the place is removed.
    Remove(&'a str),
}

/// A place where both commands are typed.
pub(crate) struct Oracle {
    files: Txtar,
    modules: ModuleSet,
    environment: Vec<(String, String)>,
}

impl Oracle {
    /// A place with the files of a txtar archive.
    pub(crate) fn new(archive: &str) -> Oracle {
        Oracle {
            files: Txtar::parse(archive),
            modules: ModuleSet::new([]),
            environment: Vec::new(),
        }
    }

    /// With modules that a proxy serves.
    pub(crate) fn modules(mut self, modules: ModuleSet) -> Oracle {
        self.modules = modules;
        self
    }

    /// With an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Oracle {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Types `args` for go and for gust and compares.
    #[track_caller]
    pub(crate) fn same(&self, args: &[&str]) -> Answer {
        self.same_steps(&[Step::Type(args)])
    }

    /// Takes the steps, once with go and once with gust; all answers must be the same. Gives the last.
    #[track_caller]
    pub(crate) fn same_steps(&self, steps: &[Step<'_>]) -> Answer {
        let expected = self.answers(&go(), steps);
        let mut got = self.answers(Path::new(gust()), steps);
        for (n, (got, expected)) in got.iter().zip(&expected).enumerate() {
            let mut typed = steps.iter().filter_map(|step| match step {
                Step::Type(args) => Some(args),
                Step::Write(..) | Step::Remove(_) => None,
            });
            let args = typed.nth(n);
            assert_eq!(
                (got.code, &got.stdout, &got.stderr),
                (expected.code, &expected.stdout, &expected.stderr),
                "gust (left) and go (right) differ on {args:?}"
            );
            let differ = |(name, left): &(&String, &Left)| expected.files.get(*name) != Some(*left);
            let more: Vec<_> = got.files.iter().filter(differ).collect();
            let differ = |(name, left): &(&String, &Left)| got.files.get(*name) != Some(*left);
            let less: Vec<_> = expected.files.iter().filter(differ).collect();
            assert!(
                more.is_empty() && less.is_empty(),
                "{args:?} leaves other files:\n gust {more:?}\n go {less:?}"
            );
        }
        assert_eq!(got.len(), expected.len());
        got.pop().expect("a command was typed")
    }

    /// Types `args` for one of them, in a fresh place.
    pub(crate) fn answer(&self, tool: &Path, args: &[&str]) -> Answer {
        let mut answers = self.answers(tool, &[Step::Type(args)]);
        answers.pop().expect("a command was typed")
    }

    pub(crate) fn answers(&self, tool: &Path, steps: &[Step<'_>]) -> Vec<Answer> {
        let place = fresh(&own_folder());
        fs::create_dir_all(place.join("work")).expect("a folder");
        self.files.extract(&place.join("work"));
        self.modules.write_to(&place.join("proxy"));
        let mut answers = Vec::new();
        for step in steps {
            match step {
                Step::Type(args) => answers.push(self.type_in(&place, tool, args)),
                Step::Write(name, text) => fs::write(place.join(name), text).expect("a file"),
                Step::Remove(name) => {
                    let path = place.join(name);
                    let removed = match path.is_dir() {
                        true => fs::remove_dir_all(path),
                        false => fs::remove_file(path),
                    };
                    removed.expect("something to remove");
                }
            }
        }
        answers
    }

    fn type_in(&self, place: &Path, tool: &Path, args: &[&str]) -> Answer {
        let work = place.join("work");
        let cache = build_cache(tool);
        let mut command = Command::new(tool);
        command.args(args).current_dir(&work).env_clear();
        for name in ["PATH", "GOROOT"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
            .env("HOME", place.join("home"))
            .env("PWD", &work)
            .env("GOENV", "off")
            .env("GOTOOLCHAIN", "local")
            .env("GOTELEMETRY", "off")
            .env(
                "GOPROXY",
                format!("file://{}", place.join("proxy").display()),
            )
            .env("GOSUMDB", "off")
            .env("GOFLAGS", "-modcacherw")
            .env("GOPATH", place.join("gopath"))
            .env("GOCACHE", &cache)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        let out = command.output().expect("the command runs");
        let text = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            text.replace(&*cache.to_string_lossy(), "$GOCACHE")
        };
        let mut files = BTreeMap::new();
        for top in ["work", "gopath"] {
            add_files(place, &place.join(top), &mut files);
        }
        Answer {
            code: out.status.code(),
            stdout: text(&out.stdout),
            stderr: text(&out.stderr),
            files,
        }
    }
}

/// An empty place in `folder`, with usage counters off: go would write them from a process of their own.
fn fresh(folder: &Path) -> PathBuf {
    let place = folder.join("place");
    for _ in 0..50 {
        if !place.exists() || fs::remove_dir_all(&place).is_ok() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let telemetry = place.join("home/.config/go/telemetry");
    fs::create_dir_all(&telemetry).expect("a folder");
    fs::write(telemetry.join("mode"), "off").expect("a file");
    place
}

/// Both commands must stand in a directory of the same name, so each test thread has one folder to itself.
fn own_folder() -> PathBuf {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("main").replace(':', "_");
    let folder = std::env::temp_dir()
        .join(format!("gust-oracle-{}", std::process::id()))
        .join(name);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// A build cache for each side, kept from test to test: each compiles the standard library once, by itself.
fn build_cache(tool: &Path) -> PathBuf {
    let side = match tool == Path::new(gust()) {
        true => "cache-of-gust",
        false => "cache-of-go",
    };
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(side)
}

fn add_files(top: &Path, dir: &Path, found: &mut BTreeMap<String, Left>) {
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        let meta = fs::symlink_metadata(&path).expect("its kind");
        let left = if meta.is_dir() {
            add_files(top, &path, found);
            Left::Folder
        } else if meta.is_symlink() {
            Left::Link(fs::read_link(&path).expect("a link"))
        } else {
            Left::File {
                data: fs::read(&path).expect("a file"),
                executable: meta.permissions().mode() & 0o111 != 0,
            }
        };
        let name = path.strip_prefix(top).unwrap_or(&path).to_string_lossy();
        // of a module cache the files count; go makes its folders, and a lock for go.mod, when it might need them
        let scaffold = left == Left::Folder || name == "gopath/pkg/mod/cache/lock";
        if !(scaffold && name.starts_with("gopath/pkg")) {
            found.insert(name.into_owned(), left);
        }
    }
}
