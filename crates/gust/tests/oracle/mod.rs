//! The oracle: the same command typed for go and for gust, in the same place, and every answer compared.
//!
//! Each side gets the same files in the same directory, one after the other, with caches of its own; standard output,
//! standard error, the exit code and the files left behind must be the same.

#![allow(
    clippy::disallowed_methods,
    reason = "tests start programs and look at what they leave"
)]
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::fs;
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
    /// Files left in the work directory, caches aside: their text, or their size when they are no text.
    pub(crate) files: BTreeMap<String, String>,
}

/// A place where both commands are typed.
pub(crate) struct Oracle {
    files: Txtar,
    modules: ModuleSet,
    environment: Vec<(String, String)>,
    build_cache: bool,
}

impl Oracle {
    /// A place with the files of a txtar archive.
    pub(crate) fn new(archive: &str) -> Oracle {
        Oracle {
            files: Txtar::parse(archive),
            modules: ModuleSet::new([]),
            environment: Vec::new(),
            build_cache: false,
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
        let expected = self.answer(&go(), args);
        let got = self.answer(Path::new(gust()), args);
        assert_eq!(
            got, expected,
            "gust (left) and go (right) differ on {args:?}"
        );
        got
    }

    /// Types `args` for one of them, in a fresh place.
    pub(crate) fn answer(&self, tool: &Path, args: &[&str]) -> Answer {
        let place = fresh(&own_folder());
        let work = place.join("work");
        fs::create_dir_all(&work).expect("a folder");
        self.files.extract(&work);
        let proxy = place.join("proxy");
        self.modules.write_to(&proxy);
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
            .env("GOPROXY", format!("file://{}", proxy.display()))
            .env("GOSUMDB", "off")
            .env("GOFLAGS", "-modcacherw")
            .env("GOPATH", place.join("gopath"))
            .env("GOCACHE", shared_cache())
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        let out = command.output().expect("the command runs");
        Answer {
            code: out.status.code(),
            stdout: String::from_utf8_lossy(&out.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&out.stderr).into_owned(),
            files: files_below(&work),
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

/// One build cache for all tests: the standard library is compiled once, by whoever comes first.
fn shared_cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-build")
}

fn files_below(dir: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let data = fs::read(&path).unwrap_or_default();
            let name = path
                .strip_prefix(dir)
                .unwrap_or(&path)
                .to_string_lossy()
                .into_owned();
            let size = data.len();
            found.insert(
                name,
                String::from_utf8(data).unwrap_or_else(|_| format!("({size} bytes)")),
            );
        }
    }
    found
}
