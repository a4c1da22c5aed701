//! What the tests of this crate share: a module cache of its own, and a fetcher on it.
#![allow(
    unreachable_pub,
    reason = "shared by test programs, none of which is a library"
)]
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gust_fetch::{Config, Fetcher, Sink, SumFiles, Timeouts};
use gust_fs::{Overlay, View};
use gust_testkit::{Module, ModuleSet};

/// Keeps the lines it is given.
#[derive(Default)]
pub struct Lines(pub Mutex<Vec<String>>);

impl Sink for Lines {
    fn line(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}

/// A directory with a module cache, a go.sum and a place for the checksum database.
pub struct Room {
    pub dir: tempfile::TempDir,
    pub lines: Arc<Lines>,
}

impl Room {
    pub fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            lines: Arc::default(),
        }
    }

    pub fn cache(&self) -> PathBuf {
        self.dir.path().join("modcache")
    }

    pub fn go_sum(&self) -> PathBuf {
        self.dir.path().join("go.sum")
    }

    pub fn config(&self, goproxy: &str) -> Config {
        Config {
            gomodcache: self.cache(),
            sumdb_dir: Ok(self.dir.path().join("sumdb")),
            goproxy: goproxy.to_owned(),
            gosumdb: "off".to_owned(),
            local_release: "1.26.8".to_owned(),
            timeouts: Timeouts {
                connect: Duration::from_secs(5),
                idle: Duration::from_millis(700),
            },
            ..Config::default()
        }
    }

    pub fn fetcher(&self, goproxy: &str) -> Fetcher {
        self.fetcher_with(self.config(goproxy))
    }

    pub fn fetcher_with(&self, config: Config) -> Fetcher {
        let view = Arc::new(View::new(Overlay::none()));
        let sink: Arc<dyn Sink> = self.lines.clone();
        let fetcher = Fetcher::new(config, view, sink);
        fetcher.sums().set_files(SumFiles {
            main: Some(self.go_sum()),
            ..SumFiles::default()
        });
        fetcher
    }

    /// All files below the module cache, sorted, with their modes.
    pub fn tree(&self) -> Vec<String> {
        use std::os::unix::fs::PermissionsExt as _;
        fn walk(dir: &std::path::Path, root: &std::path::Path, out: &mut Vec<String>) {
            let Ok(entries) = std::fs::read_dir(dir) else {
                return;
            };
            for entry in entries.flatten() {
                let meta = entry.path().symlink_metadata().unwrap();
                let name = entry
                    .path()
                    .strip_prefix(root)
                    .unwrap()
                    .display()
                    .to_string();
                out.push(format!("{:o} {name}", meta.permissions().mode() & 0o777));
                if meta.is_dir() {
                    walk(&entry.path(), root, out);
                }
            }
        }
        let mut out = Vec::new();
        walk(&self.cache(), &self.cache(), &mut out);
        out.sort_by(|a, b| a[4..].cmp(&b[4..]));
        out
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = gust_fetch::remove_all(self.dir.path());
    }
}

/// A module with a go.mod, a package and a file in a directory below.
pub fn hello() -> Module {
    Module::new(
        "example.com/Hello",
        "v1.2.3",
        &[
            ("go.mod", "module example.com/Hello\n\ngo 1.20\n"),
            ("hello.go", "package hello\n"),
            ("sub/dir/file.txt", "text\n"),
            ("empty", ""),
        ],
    )
}

pub fn hello_set() -> ModuleSet {
    ModuleSet::new([hello()])
}

pub const PATH: &str = "example.com/Hello";
pub const VERSION: &str = "v1.2.3";
