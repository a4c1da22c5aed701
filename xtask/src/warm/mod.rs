//! `cargo xtask warm`: records never answer what the command itself would not.
//!
//! A module in a git repository is changed at random, in all the ways in which people, editors and version control change files.
//! After each change a command is run twice: as it is, when it may answer from its record, and with `GUST_WARM=off`. Both must
//! write and leave the same. `--blind KIND` drops one kind of observation from the records: then a change that only this kind
//! shows must lead to a wrong answer, and without the blindness it must not, or the check proves nothing.

mod edits;
mod tree;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::go;
use edits::Chance;
use tree::Tree;

/// A kind of observation that can be dropped, and how that shows.
struct Blindness {
    kind: &'static str,
    /// What is asked, until its record answers.
    command: &'static [&'static str],
    /// What changes then.
    change: fn(&mut Tree) -> Result<()>,
}

const KINDS: &[Blindness] = &[
    Blindness {
        kind: "file",
        // Without stamps: version control would see it too.
        command: &["build", "-buildvcs=false", "-o", "out/", "./..."],
        change: edits::one_file,
    },
    Blindness {
        kind: "directory",
        command: &["list", "-f", "{{.GoFiles}}", "./..."],
        change: edits::one_more_file,
    },
    Blindness {
        kind: "absent",
        command: &["env", "GOWORK"],
        change: edits::go_work_above,
    },
    Blindness {
        kind: "variable",
        command: &["env", "CC"],
        change: edits::another_compiler,
    },
    Blindness {
        kind: "program",
        command: &["build", "-o", "out/", "./..."],
        change: edits::one_tag,
    },
];

/// So often a command is asked before its record must answer: what was changed just now is not recorded.
const MOST_ASKED: u32 = 8;

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
    &["mod", "tidy", "-diff"],
    &["mod", "why", "all"],
    &["build", "-o", "out/", "./..."],
    &["build", "./..."],
    &["vet", "./..."],
    &["run", "./cmd/p"],
    &["run", "cmd/q/main.go", "word"],
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
        None => walk(&wanted),
        Some("all") => {
            let mut all_found = true;
            for blindness in KINDS {
                all_found &= shows(&wanted, blindness)?;
            }
            Ok(all_found)
        }
        Some(kind) => {
            let known = KINDS.iter().find(|blindness| blindness.kind == kind);
            shows(
                &wanted,
                known.with_context(|| format!("--blind knows no {kind}"))?,
            )
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

/// Whether it shows that a build is blind for one kind of observation, and only then.
fn shows(wanted: &Wanted, blindness: &Blindness) -> Result<bool> {
    let began = Instant::now();
    let kind = blindness.kind;
    let wrong_when = |blind| is_wrong(wanted, blindness, blind);
    ensure!(
        !wrong_when(None)?,
        "warm: the answer for {kind} is wrong with open eyes"
    );
    let shows = wrong_when(Some(kind))?;
    let what = if shows { "shows" } else { "DOES NOT SHOW" };
    println!("warm: blind for {kind}: {what}, {:.0?}", began.elapsed());
    Ok(shows)
}

/// Asks until a record answers, makes the change, and asks again: is that answer another than without records?
fn is_wrong(wanted: &Wanted, blindness: &Blindness, blind: Option<&str>) -> Result<bool> {
    let mut tree = Tree::new(&wanted.gust, blind)?;
    let mut asked = 0;
    while !tree.ask(blindness.command, "on")?.replayed {
        asked += 1;
        let words = blindness.command.join(" ");
        ensure!(asked < MOST_ASKED, "warm: no record answers gust {words}");
        std::thread::sleep(SETTLED);
    }
    (blindness.change)(&mut tree)?;
    std::thread::sleep(SETTLED);
    let warm = tree.ask(blindness.command, "on")?;
    let cold = tree.ask(blindness.command, "off")?;
    Ok(warm.difference(&cold).is_some())
}

/// Changes and asks; false when an answer differed.
fn walk(wanted: &Wanted) -> Result<bool> {
    let mut tree = Tree::new(&wanted.gust, None)?;
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
            return Ok(false);
        }
    }
    println!(
        "warm: {} steps, {answered} answered from records, no difference",
        wanted.steps
    );
    ensure!(
        answered * 4 >= wanted.steps,
        "too few answers came from records for this to prove anything"
    );
    Ok(true)
}
