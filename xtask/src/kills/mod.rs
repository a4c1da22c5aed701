//! `cargo xtask kills`: gust is killed at random moments, and afterwards everything must be as if it had not been.
//!
//! Each round starts with an empty module cache, a file proxy, and a build cache that holds the standard library at
//! most. gust downloads or builds, and is killed with everything it started; a round that ended before is drawn again.
//! What the kill left is looked at as it is ([`caches`]), and then used twice, each time a copy of it: go is the first to
//! use one, gust the other. Both must arrive at the bytes that go made in caches that no kill has touched. All of it
//! happens at one path, since paths of the module cache stand in programs.
//!
//! `--plant` spoils what the kill left, to see the round fail ([`plant`]); `--plant all` does so with every fault, each in a
//! round of its own, and is content when all are found.

mod caches;
mod plant;

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::go;
use caches::Snapshot;
use plant::Fault;

/// How often a round may be drawn again because gust was done before the kill.
const DRAWS: u32 = 20;

struct Kills {
    go: PathBuf,
    gust: PathBuf,
    /// The module that is built.
    module: PathBuf,
    proxy: String,
    work: PathBuf,
    /// A build cache with the standard library, and what is in it.
    seed: PathBuf,
    seeded: Snapshot,
    /// The program as go builds it where nothing was killed.
    reference: Vec<u8>,
}

/// What is asked of gust when it is killed, and how long it takes when it is not.
struct Work {
    args: &'static [&'static str],
    takes: Duration,
}

const DOWNLOAD: &[&str] = &["mod", "download"];
const BUILD: &[&str] = &["build", "-o", "/dev/null", "."];

/// Runs the rounds; true when all went well.
pub(crate) fn run(args: Vec<String>) -> Result<bool> {
    let (mut gust, mut rounds, mut module, mut plant) = (None, 50, None, None);
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--gust" => gust = Some(PathBuf::from(args.next().context("--gust takes a file")?)),
            "--rounds" => rounds = args.next().context("--rounds takes a number")?.parse()?,
            "--plant" => plant = Some(args.next().context("--plant takes a fault")?),
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
    let works = kills.measure()?;
    match plant.as_deref() {
        Some("all") => Ok(kills.all_faults_are_found(&works)),
        Some(fault) => Ok(kills.rounds(rounds, &works, Some(fault.parse()?))),
        None => Ok(kills.rounds(rounds, &works, None)),
    }
}

impl Kills {
    fn prepare(gust: PathBuf, module: PathBuf) -> Result<Self> {
        let go = PathBuf::from("go");
        let work = go::top().join("target/kills");
        let proxy = format!("file://{}/cache/download", go::env(&go, "GOMODCACHE")?);
        let mut this = Self {
            seed: work.join("seed"),
            seeded: Snapshot::default(),
            reference: Vec::new(),
            go,
            gust,
            module,
            proxy,
            work,
        };
        fs::create_dir_all(&this.work)?;
        // Everything the proxy must have, and the standard library for the seed.
        let mut download = Command::new(&this.go);
        go::must(download.current_dir(&this.module).args(DOWNLOAD))?;
        let mut std = Command::new(&this.go);
        go::must(
            std.current_dir(&this.module)
                .args(["build", "std"])
                .env("GOCACHE", &this.seed)
                .env("GOFLAGS", ""),
        )?;
        this.seeded = Snapshot::of(&this.seed)?;
        let place = this.fresh()?;
        this.reference = this.build(&this.go, &place).context("go, no kill")?;
        Ok(this)
    }

    /// How long gust takes for each work when it is left alone; what it makes must be go's.
    fn measure(&self) -> Result<Vec<Work>> {
        let mut works = Vec::new();
        for args in [DOWNLOAD, BUILD] {
            let place = self.fresh()?;
            let start = Instant::now();
            go::must(&mut self.command(&self.gust, args, &place))?;
            let takes = start.elapsed();
            works.push(Work { args, takes });
            self.same(&self.gust, &place).context("gust, no kill")?;
        }
        Ok(works)
    }

    fn rounds(&self, rounds: u64, works: &[Work], plant: Option<Fault>) -> bool {
        let mut failures = 0;
        for round in 0..rounds {
            if let Err(err) = self.round(round, works, plant) {
                failures += 1;
                println!("round {round}: FAILED: {err:#}");
            }
        }
        println!("kills: {rounds} rounds, each killed in the middle, {failures} failures");
        failures == 0
    }

    /// Plants each fault once; true when each made its round fail.
    fn all_faults_are_found(&self, works: &[Work]) -> bool {
        let mut missed = 0;
        for fault in Fault::ALL {
            match self.round(0, works, Some(fault)) {
                Ok(()) => {
                    missed += 1;
                    println!("planted {fault:?}: NOT FOUND");
                }
                Err(err) => println!("planted {fault:?}: found: {err:#}"),
            }
        }
        println!(
            "kills: {} faults planted, {missed} missed",
            Fault::ALL.len()
        );
        missed == 0
    }

    fn round(&self, round: u64, works: &[Work], plant: Option<Fault>) -> Result<()> {
        let mut dice = Dice::new(round)?;
        for _ in 0..DRAWS {
            let work = &works[usize::from(dice.below(3) > 0)];
            // Half of the kills come early, where files are being made.
            let span = work.takes.as_micros() as u64 >> if dice.below(2) == 0 { 0 } else { 3 };
            let after = Duration::from_micros(dice.below(span.max(1)));
            let place = self.fresh()?;
            if !self.kill(work.args, after, &place)? {
                continue;
            }
            if let Some(fault) = plant
                && !fault.plant(&place, &self.seeded)?
            {
                continue;
            }
            let left = place.temporaries()?;
            println!(
                "round {round}: {} killed after {after:?} of {:?}; temporary files left: {}",
                work.args.join(" "),
                work.takes,
                left.len()
            );
            return self.check(&place);
        }
        bail!("in {DRAWS} draws gust was never killed in the middle");
    }

    /// Starts gust, kills it and its children after `after`; false when it had ended before.
    fn kill(&self, args: &[&str], after: Duration, place: &Place) -> Result<bool> {
        let mut command = self.command(&self.gust, args, place);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let mut child = command.spawn()?;
        std::thread::sleep(after);
        let group = -i32::try_from(child.id())?;
        let ended = child.try_wait()?.is_some();
        // SAFETY: kill takes two numbers, and the group is the one that was made for the child.
        unsafe { libc::kill(group, libc::SIGKILL) };
        child.wait()?;
        let patience = Instant::now() + Duration::from_secs(10);
        // SAFETY: as above; signal 0 only asks whether anybody is left.
        while unsafe { libc::kill(group, 0) } == 0 {
            ensure!(Instant::now() < patience, "a process outlived its kill");
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(!ended)
    }

    fn check(&self, place: &Place) -> Result<()> {
        let caches = caches::inspect(&place.cache(), &self.seeded);
        let killed = self.empty("killed")?;
        copy_caches(place, &killed)?;
        let by_go = self
            .same(&self.go, place)
            .context("go, the first after the kill");
        let verified = go::must(&mut self.command(&self.go, &["mod", "verify"], place));
        let place = self.empty("place")?;
        copy_caches(&killed, &place)?;
        let by_gust = self
            .same(&self.gust, &place)
            .context("gust, the first after the kill")
            .and_then(|()| self.repaired(&place));
        let found: Vec<String> = [caches, by_go, verified.map(drop), by_gust]
            .into_iter()
            .filter_map(Result::err)
            .map(|err| format!("{err:#}"))
            .collect();
        ensure!(found.is_empty(), "{}", found.join("\n    "));
        Ok(())
    }

    /// After gust has fetched and built everything, nothing is left of what it began before the kill.
    fn repaired(&self, place: &Place) -> Result<()> {
        go::must(&mut self.command(&self.gust, DOWNLOAD, place))?;
        caches::inspect(&place.cache(), &self.seeded).context("after gust's repair")?;
        let left = place.temporaries()?;
        ensure!(left.is_empty(), "temporary files stay: {left:?}");
        Ok(())
    }

    /// Builds with `tool` in `place`; the bytes must be those of the reference.
    fn same(&self, tool: &Path, place: &Place) -> Result<()> {
        ensure!(
            self.build(tool, place)? == self.reference,
            "other bytes than go's from caches that no kill touched"
        );
        Ok(())
    }

    fn build(&self, tool: &Path, place: &Place) -> Result<Vec<u8>> {
        let out = place.0.join("program");
        let args = ["build", "-o", &out.to_string_lossy(), "."];
        go::must(&mut self.command(tool, &args, place))?;
        Ok(fs::read(out)?)
    }

    fn command(&self, tool: &Path, args: &[&str], place: &Place) -> Command {
        let mut command = Command::new(tool);
        command
            .current_dir(&self.module)
            .args(args)
            .env("GOCACHE", place.cache())
            .env("GOMODCACHE", place.modules())
            .env("TMPDIR", place.0.join("tmp"))
            .env("GOPROXY", &self.proxy)
            .env("GOSUMDB", "off")
            .env("GOFLAGS", "-buildvcs=false")
            .env("GOTELEMETRY", "off")
            .env("GOTOOLCHAIN", "local")
            .stdin(Stdio::null());
        command
    }

    /// The place, with the seed and nothing else.
    fn fresh(&self) -> Result<Place> {
        let place = self.empty("place")?;
        copy(&self.seed, &place.cache())?;
        Ok(place)
    }

    fn empty(&self, name: &str) -> Result<Place> {
        let place = Place(self.work.join(name));
        if place.0.exists() {
            // directories of a module cache are read-only
            go::must(Command::new("chmod").args(["-R", "u+w"]).arg(&place.0))?;
            fs::remove_dir_all(&place.0)?;
        }
        fs::create_dir_all(place.0.join("tmp"))?;
        Ok(place)
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    go::must(Command::new("cp").arg("-a").arg(from).arg(to)).map(drop)
}

fn copy_caches(from: &Place, to: &Place) -> Result<()> {
    copy(&from.cache(), &to.cache())?;
    if from.modules().exists() {
        copy(&from.modules(), &to.modules())?;
    }
    Ok(())
}

/// A folder with both caches.
struct Place(PathBuf);

impl Place {
    fn cache(&self) -> PathBuf {
        self.0.join("cache")
    }

    fn modules(&self) -> PathBuf {
        self.0.join("modules")
    }

    /// Files in the caches that are only made to be renamed or removed.
    fn temporaries(&self) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for top in [self.cache(), self.modules()] {
            found.extend(caches::temporaries(&top)?);
        }
        Ok(found)
    }
}

/// Random numbers that differ from round to round and from day to day.
struct Dice(u64);

impl Dice {
    fn new(round: u64) -> Result<Dice> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
        Ok(Dice(now.as_nanos() as u64 ^ round.rotate_left(40)))
    }

    /// A number below `limit` (splitmix64).
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}
