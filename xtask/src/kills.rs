//! `cargo xtask kills`: gust is killed at random moments, and afterwards everything must be as if it had not been.
//!
//! Each round starts with an empty module cache, a file proxy, and a build cache that holds the standard library at
//! most. gust downloads or builds, and is killed with everything it started after a random time. Then, on the same
//! caches: gust builds; go verifies the modules, builds, and finds the same bytes.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::go;

struct Kills {
    go: PathBuf,
    gust: PathBuf,
    /// The module that is built.
    module: PathBuf,
    proxy: String,
    work: PathBuf,
    /// A build cache with the standard library.
    seed: PathBuf,
}

/// Runs the rounds; true when all went well.
pub(crate) fn run(args: Vec<String>) -> Result<bool> {
    let (mut gust, mut rounds, mut module) = (None, 50, None);
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--gust" => gust = Some(PathBuf::from(args.next().context("--gust takes a file")?)),
            "--rounds" => rounds = args.next().context("--rounds takes a number")?.parse()?,
            _ if arg.starts_with('-') => bail!("unknown flag {arg}"),
            _ => module = Some(PathBuf::from(arg)),
        }
    }
    let gust = match gust {
        Some(file) => fs::canonicalize(file)?,
        None => go::build_gust()?,
    };
    let module = fs::canonicalize(module.unwrap_or_else(|| go::top().join("examples/census")))?;
    let kills = Kills::prepare(gust, module)?;
    let mut failures = 0;
    for round in 0..rounds {
        let outcome = kills.round(round);
        if let Err(err) = &outcome {
            failures += 1;
            println!("round {round}: {err:#}");
        }
    }
    println!("kills: {rounds} rounds, {failures} failures");
    Ok(failures == 0)
}

impl Kills {
    fn prepare(gust: PathBuf, module: PathBuf) -> Result<Self> {
        let go = PathBuf::from("go");
        let work = go::top().join("target/kills");
        let proxy = format!("file://{}/cache/download", go::env(&go, "GOMODCACHE")?);
        let seed = work.join("seed");
        let this = Self {
            go,
            gust,
            module,
            proxy,
            work,
            seed,
        };
        fs::create_dir_all(&this.work)?;
        // Everything the proxy must have, and the standard library for the seed.
        go::must(
            Command::new(&this.go)
                .current_dir(&this.module)
                .args(["mod", "download"]),
        )?;
        let mut std = Command::new(&this.go);
        go::must(
            std.current_dir(&this.module)
                .args(["build", "std"])
                .env("GOCACHE", &this.seed)
                .env("GOFLAGS", ""),
        )?;
        Ok(this)
    }

    fn round(&self, round: u64) -> Result<()> {
        self.reset()?;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
        let seed = now.as_nanos() as u64 ^ round;
        let dice = seed
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(23)
            .wrapping_mul(0xD6E8_FEB8_6659_FD93);
        let (args, longest): (&[&str], u64) = match dice % 3 {
            0 => (&["mod", "download"], 400),
            _ => (&["build", "-o", "/dev/null", "."], 4000),
        };
        // Half of the kills come early, where files are being made.
        let scale = if dice & 8 == 0 { longest } else { longest / 8 };
        let after = Duration::from_millis((dice >> 32) % scale);
        let ended = self.kill(args, after)?;
        println!(
            "round {round}: {} killed after {after:?}{}",
            args.join(" "),
            if ended { " (had ended)" } else { "" }
        );
        self.check()
    }

    fn reset(&self) -> Result<()> {
        let _ = Command::new("chmod")
            .args(["-R", "u+w"])
            .arg(self.modules())
            .stderr(Stdio::null())
            .status();
        let _ = fs::remove_dir_all(self.modules());
        let _ = fs::remove_dir_all(self.cache());
        go::must(
            Command::new("cp")
                .arg("-r")
                .arg(&self.seed)
                .arg(self.cache()),
        )?;
        Ok(())
    }

    /// Starts gust, kills it and its children after `after`; tells whether it had ended before.
    fn kill(&self, args: &[&str], after: Duration) -> Result<bool> {
        let mut command = self.command(&self.gust, args);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let mut child = command.spawn()?;
        std::thread::sleep(after);
        let ended = child.try_wait()?.is_some();
        let group = format!("-{}", child.id());
        let _ = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        child.wait()?;
        Ok(ended)
    }

    fn check(&self) -> Result<()> {
        let (by_gust, by_go) = (self.work.join("by-gust"), self.work.join("by-go"));
        let build = |tool: &Path, out: &Path| {
            go::must(&mut self.command(tool, &["build", "-o", &out.to_string_lossy(), "."]))
        };
        build(&self.gust, &by_gust).context("gust after the kill")?;
        go::must(&mut self.command(&self.go, &["mod", "verify"])).context("go mod verify")?;
        build(&self.go, &by_go).context("go after the kill")?;
        if fs::read(&by_gust)? != fs::read(&by_go)? {
            bail!("go builds other bytes from these caches than gust");
        }
        Ok(())
    }

    fn command(&self, tool: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(tool);
        command
            .current_dir(&self.module)
            .args(args)
            .env("GOCACHE", self.cache())
            .env("GOMODCACHE", self.modules())
            .env("GOPROXY", &self.proxy)
            .env("GOSUMDB", "off")
            .env("GOFLAGS", "-buildvcs=false")
            .env("GOTOOLCHAIN", "local")
            .stdin(Stdio::null());
        command
    }

    fn cache(&self) -> PathBuf {
        self.work.join("cache")
    }

    fn modules(&self) -> PathBuf {
        self.work.join("modules")
    }
}
