//! `cargo xtask warm`: records never answer what the command itself would not.
//!
//! A module in a git repository is changed at random, in all the ways in which people, editors and version control change files.
//! After each change a command is run twice: as it is, when it may answer from its record, and with `GUST_WARM=off`. Both must
//! write and leave the same. `--blind KIND` drops one kind of observation from the records: then a difference must be found, or
//! the check proves nothing.

mod edits;
mod tree;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::go;
use edits::Chance;
use tree::Tree;

/// The kinds of observations that can be dropped.
const KINDS: &[&str] = &["file", "directory", "absent", "variable", "program"];

/// What is asked, in turns by chance.
const COMMANDS: &[&[&str]] = &[
    &["list", "./..."],
    &["list", "-deps", "-test", "-e", "-json", "./..."],
    &["list", "-m", "-json", "all"],
    &[
        "list",
        "-e",
        "-f",
        "{{.Dir}} {{.GoFiles}} {{.EmbedFiles}}",
        "./...",
    ],
    &["env", "CC", "AR"],
    &["env", "GOFLAGS", "GOMOD", "GOWORK", "GOOS"],
    &["mod", "graph"],
    &["build", "-o", "out/", "./..."],
    &["build", "./..."],
    &["vet", "./..."],
    &["test", "-v", "./..."],
];

/// Longer than clocks of file systems take to tick.
const SETTLED: Duration = Duration::from_millis(40);

/// What was asked for on the command line.
struct Wanted {
    gust: PathBuf,
    steps: u32,
    seed: u64,
    blind: Option<String>,
}

/// Runs so many steps; true when no answer differed, or, with --blind, when one did.
pub(crate) fn run(args: Vec<String>) -> Result<bool> {
    let wanted = wanted(args)?;
    match wanted.blind.as_deref() {
        None => Ok(walk(&wanted, None)?.is_none()),
        Some("all") => {
            let mut all_found = true;
            for kind in KINDS {
                all_found &= finds(&wanted, kind)?;
            }
            Ok(all_found)
        }
        Some(kind) => {
            ensure!(KINDS.contains(&kind), "--blind knows {}", KINDS.join(", "));
            finds(&wanted, kind)
        }
    }
}

fn wanted(args: Vec<String>) -> Result<Wanted> {
    let (mut gust, mut steps, mut seed, mut blind) = (None, 200, 1, None);
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let value = args
            .next()
            .with_context(|| format!("{arg} needs a value"))?;
        match arg.as_str() {
            "--gust" => gust = Some(std::fs::canonicalize(&value).context(value)?),
            "--steps" => steps = value.parse()?,
            "--seed" => seed = value.parse()?,
            "--blind" => blind = Some(value),
            _ => bail!("warm knows no {arg}"),
        }
    }
    let gust = match gust {
        Some(gust) => gust,
        None => go::build_gust_with_hooks()?,
    };
    Ok(Wanted {
        gust,
        steps,
        seed,
        blind,
    })
}

/// Whether a build that is blind for one kind of observation is found out.
fn finds(wanted: &Wanted, kind: &str) -> Result<bool> {
    let began = Instant::now();
    let found = walk(wanted, Some(kind))?;
    match found {
        Some(step) => println!(
            "warm: blind for {kind}: found at step {step}, {:.0?}",
            began.elapsed()
        ),
        None => println!(
            "warm: blind for {kind}: NOT FOUND in {} steps",
            wanted.steps
        ),
    }
    Ok(found.is_some())
}

/// Changes and asks; the step at which an answer differed.
fn walk(wanted: &Wanted, blind: Option<&str>) -> Result<Option<u32>> {
    let mut tree = Tree::new(&wanted.gust, blind)?;
    let mut chance = Chance::new(wanted.seed);
    let (mut history, mut answered) = (Vec::new(), 0);
    let mut command = COMMANDS[0];
    for step in 0..wanted.steps {
        // Now and then nothing changes, so that there is something to answer from.
        let edit = match chance.below(3) {
            0 => "nothing",
            _ => edits::apply(&mut tree, &mut chance)?,
        };
        history.push(edit);
        if chance.below(2) == 0 {
            // What was changed long enough ago may be recorded.
            std::thread::sleep(SETTLED);
        }
        // A record is of use to those who ask the same again.
        if chance.below(3) == 0 {
            command = COMMANDS[chance.below(COMMANDS.len())];
        }
        let (warm, cold) = (tree.ask(command, "on")?, tree.ask(command, "off")?);
        std::thread::sleep(SETTLED);
        let again = tree.ask(command, "on")?;
        answered += u32::from(warm.replayed) + u32::from(again.replayed);
        let difference = warm.difference(&cold).or_else(|| again.difference(&cold));
        if let Some(difference) = difference {
            if blind.is_none() {
                println!(
                    "warm: step {step} of seed {}: gust {} (from its record: {}, {})\n  after: {}\n{difference}",
                    wanted.seed,
                    command.join(" "),
                    warm.replayed,
                    again.replayed,
                    history
                        .iter()
                        .rev()
                        .take(8)
                        .copied()
                        .collect::<Vec<_>>()
                        .join(", "),
                );
            }
            return Ok(Some(step));
        }
    }
    if blind.is_none() {
        println!(
            "warm: {} steps, {answered} answered from records, no difference",
            wanted.steps
        );
        ensure!(
            answered * 4 >= wanted.steps,
            "too few answers came from records for this to prove anything"
        );
    }
    Ok(None)
}
