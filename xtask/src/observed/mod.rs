//! `cargo xtask observed`: what a command looks at stands in its log of observations.
//!
//! Commands run under strace, with a gust that writes the log of its one view. Every path that gust itself (not a compiler or
//! git) looks at must stand in the log, or lie in a unit that does. Left out: the build cache and work directories, which are
//! gust's own, and what belongs to the system and not to any question (the program's start, /proc).

mod trace;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::go;

/// Each command that can be looked at, by its first word.
const COMMANDS: &[&[&str]] = &[
    &["list", "-deps", "./..."],
    &["build", "-o", "OUT/", "./..."],
    &["run", "."],
    &["install", "."],
    &["env"],
    &["mod", "tidy", "-diff"],
    &["mod", "why", "all"],
];

/// Where only the system's own files lie.
const SYSTEM: &[&str] = &[
    "/proc",
    "/sys",
    "/dev",
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    "/lib",
    "/usr/lib",
];

/// Runs the named commands, or all, in the module of `--dir`; true when nothing was missing.
pub(crate) fn run(args: Vec<String>) -> Result<bool> {
    let mut args = args.into_iter();
    let (mut gust, mut dir, mut names) = (None, None, Vec::new());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--binary" => gust = args.next().map(PathBuf::from),
            "--dir" => dir = args.next().map(PathBuf::from),
            name => names.push(name.to_owned()),
        }
    }
    let gust = match gust {
        Some(gust) => fs::canonicalize(&gust).with_context(|| gust.display().to_string())?,
        None => go::build_gust_with_hooks()?,
    };
    let dir = dir.unwrap_or_else(|| go::top().join("examples/census"));
    let dir = fs::canonicalize(&dir).with_context(|| dir.display().to_string())?;
    let known = |name: &String| COMMANDS.iter().any(|words| words[0] == name);
    if let Some(name) = names.iter().find(|name| !known(name)) {
        anyhow::bail!("observed knows no command {name}");
    }
    let room = Room::new(gust, dir)?;
    let mut sound = true;
    for words in COMMANDS {
        if names.is_empty() || names.iter().any(|name| name == words[0]) {
            sound &= room.check(words)?;
        }
    }
    Ok(sound)
}

/// Where the commands run: a module, and caches that they share.
struct Room {
    gust: PathBuf,
    dir: PathBuf,
    cache: PathBuf,
    /// Holds work directories, results, the trace and the log.
    work: PathBuf,
}

impl Room {
    fn new(gust: PathBuf, dir: PathBuf) -> Result<Self> {
        let work = go::top().join("target/observed");
        if work.exists() {
            fs::remove_dir_all(&work)?;
        }
        for name in ["tmp", "out", "bin"] {
            fs::create_dir_all(work.join(name))?;
        }
        let cache = PathBuf::from(go::env(&gust, "GOCACHE")?);
        Ok(Self {
            gust,
            dir,
            work,
            cache,
        })
    }

    fn check(&self, words: &[&str]) -> Result<bool> {
        // The first fills the build cache, or finds it full; both ways count.
        let mut sound = true;
        for round in ["first", "again"] {
            let log = self.path("log");
            let trace = self.path("trace");
            let mut command = Command::new("strace");
            command
                .args(["-f", "-y", "-qq", "-s", "4096", "-e", trace::CALLS, "-o"])
                .arg(&trace)
                .arg(&self.gust)
                .args(words.iter().map(|word| self.word(word)))
                .current_dir(&self.dir)
                .env("TESTGUST_OBSERVATIONS", &log)
                .env("GOCACHE", &self.cache)
                .env("GOTMPDIR", self.path("tmp"))
                .env("GOBIN", self.path("bin"))
                .env("GOENV", "off")
                // cargo's own; the loader would look for libraries there.
                .env_remove("LD_LIBRARY_PATH")
                .stdin(Stdio::null())
                .stdout(Stdio::null());
            let status = command.status().context("running strace")?;
            ensure!(status.success(), "gust {}: {status}", words.join(" "));
            let seen = Seen::parse(&fs::read(&log)?)?;
            let looked: BTreeSet<PathBuf> =
                trace::looked_at(&String::from_utf8_lossy(&fs::read(&trace)?));
            // the log is written last, and is no part of what a command answers from
            let own = [self.cache.clone(), self.path("tmp"), log];
            let missing = missing(&looked, &seen, &own);
            println!(
                "observed: {} ({round}): {} paths looked at, {} in the log, {} not in the log",
                words.join(" "),
                looked.len(),
                seen.files.len() + seen.units.len(),
                missing.len()
            );
            for path in &missing {
                println!("  {}", path.display());
            }
            sound &= missing.is_empty();
        }
        Ok(sound)
    }

    fn word(&self, word: &str) -> String {
        match word {
            "OUT/" => format!("{}/", self.path("out").display()),
            word => word.to_owned(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.work.join(name)
    }
}

/// The paths of a log.
#[derive(Default)]
struct Seen {
    files: BTreeSet<PathBuf>,
    units: BTreeSet<PathBuf>,
}

impl Seen {
    /// Reads what gust wrote: the JSON of its `Observations`.
    fn parse(json: &[u8]) -> Result<Self> {
        let log: serde_json::Value = serde_json::from_slice(json)?;
        let mut seen = Self::default();
        let files = log["files"].as_array().context("a log without files")?;
        for file in files {
            let path = file["path"].as_str().context("a file without a path")?;
            let set = match file["asked"].as_str() {
                Some("Unit") => &mut seen.units,
                _ => &mut seen.files,
            };
            set.insert(PathBuf::from(path));
        }
        ensure!(!seen.files.is_empty(), "the log is empty");
        Ok(seen)
    }
}

/// What was looked at and does not stand in the log.
fn missing<'a>(looked: &'a BTreeSet<PathBuf>, seen: &Seen, own: &[PathBuf]) -> Vec<&'a Path> {
    let is_system = |path: &Path| SYSTEM.iter().any(|front| path.starts_with(front));
    let in_unit = |path: &Path| path.ancestors().any(|above| seen.units.contains(above));
    looked
        .iter()
        .map(PathBuf::as_path)
        .filter(|path| !is_system(path))
        .filter(|path| !own.iter().any(|own| path.starts_with(own)))
        .filter(|path| !seen.files.contains(*path) && !in_unit(path))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_that_is_not_in_the_log_is_told() {
        let log = br#"{"files": [
            {"path": "/m/go.mod", "asked": "Read", "seen": {"Failed": 2}},
            {"path": "/c/x@v1", "asked": "Unit", "seen": {"Failed": 2}}]}"#;
        let seen = Seen::parse(log).unwrap();
        let looked = |paths: &[&str]| paths.iter().map(PathBuf::from).collect();
        let own = [PathBuf::from("/cache")];
        let good = looked(&["/m/go.mod", "/c/x@v1/a.go", "/cache/x", "/proc/self/exe"]);
        assert!(missing(&good, &seen, &own).is_empty());
        let bad = looked(&["/m/go.mod", "/m/go.sum", "/c/x@v2/a.go"]);
        assert_eq!(
            missing(&bad, &seen, &own),
            [Path::new("/c/x@v2/a.go"), Path::new("/m/go.sum")]
        );
        assert!(Seen::parse(br#"{"files": []}"#).is_err());
    }
}
