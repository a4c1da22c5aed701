//! The work that is measured.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use super::Options;
use super::measure::{Run, Tool, median};
use super::report::{Cell, Row};
use super::subject::Subject;

/// One kind of work.
struct Task<'a> {
    name: String,
    args: Vec<&'a str>,
    before: Before,
    /// gust may not answer from a record.
    anew: bool,
}

/// What is done before each run, off the clock.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// The build cache is emptied.
    EmptyCache,
    /// A file of the module is given content that it never had.
    Edit,
    /// The module cache is one of its own, and empty; modules come from a proxy that is a directory.
    EmptyModules,
}

impl Task<'_> {
    fn builds(&self) -> bool {
        self.args[0] == "build"
    }
}

fn task<'a>(name: &str, args: &[&'a str], last: &'a [String], before: Before) -> Task<'a> {
    let last = last.iter().map(String::as_str);
    Task {
        name: name.to_owned(),
        args: args.iter().copied().chain(last).collect(),
        before,
        anew: false,
    }
}

/// What is typed all day over files that have not changed: answered from a record, and without one.
fn quick<'a>(name: &str, args: &[&'a str], last: &'a [String]) -> [Task<'a>; 2] {
    let replayed = task(name, args, last, Before::Nothing);
    let anew = Task {
        name: format!("{name}, no record"),
        anew: true,
        ..task(name, args, last, Before::Nothing)
    };
    [replayed, anew]
}

fn tasks(subject: &Subject) -> Vec<Task<'_>> {
    let (listed, program) = (&subject.listed, &subject.program);
    let editor = ["list", "-deps", "-test", "-e", "-json"];
    // The cold build comes first: it fills the caches for all that follows.
    let mut tasks = vec![
        task("cold build", &["build"], program, Before::EmptyCache),
        task("version", &["version"], &[], Before::Nothing),
        task("env", &["env"], &[], Before::Nothing),
        task("env GOMOD", &["env", "GOMOD"], &[], Before::Nothing),
    ];
    tasks.extend(quick("list", &["list"], listed));
    tasks.extend(quick("list -deps", &["list", "-deps"], listed));
    tasks.extend(quick(
        "list -deps -json",
        &["list", "-deps", "-json"],
        listed,
    ));
    tasks.extend(quick("list -deps -test -e -json", &editor, listed));
    tasks.extend(quick("list -m all", &["list", "-m", "all"], &[]));
    tasks.extend(quick("mod graph", &["mod", "graph"], &[]));
    tasks.extend(quick("build, nothing to do", &["build"], program));
    if let Some(run) = &subject.run {
        tasks.extend(quick("run", &["run"], std::slice::from_ref(run)));
    }
    if !subject.tested.is_empty() {
        tasks.extend(quick("vet, cached", &["vet"], &subject.tested));
        tasks.extend(quick("test, cached", &["test"], &subject.tested));
    }
    tasks.push(task(
        "build, one file changed",
        &["build"],
        &subject.touched_program,
        Before::Edit,
    ));
    if subject.requires {
        tasks.push(task(
            "mod download, file proxy",
            &["mod", "download"],
            &[],
            Before::EmptyModules,
        ));
        tasks.push(task("mod verify", &["mod", "verify"], &[], Before::Nothing));
    }
    tasks
}

/// Runs that do not count.
const WARM_UP: usize = 3;

/// Measures every task with both tools.
pub(super) fn measure_all(
    subject: &Subject,
    tools: &[Tool; 2],
    options: &Options,
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for task in tasks(subject) {
        let wanted = options
            .rows
            .as_ref()
            .is_none_or(|rows| rows.iter().any(|row| task.name.contains(row.as_str())));
        let cold = task.before == Before::EmptyCache;
        if !wanted || (cold && options.cold_runs == 0) {
            continue;
        }
        let row = measure(&task, subject, tools, options)?;
        println!("  {}", row.line());
        rows.push(row);
    }
    Ok(rows)
}

fn measure(
    task: &Task<'_>,
    subject: &Subject,
    tools: &[Tool; 2],
    options: &Options,
) -> Result<Row> {
    let mut runs: [Result<Vec<Run>, String>; 2] = [Ok(Vec::new()), Ok(Vec::new())];
    let long = matches!(task.before, Before::EmptyCache);
    // The first runs of quick work warm what is warmed, and do not count: one fills caches, the next, over files that have settled,
    // leaves the record.
    let counted = !long && task.before != Before::EmptyModules;
    let warm_up = if counted { WARM_UP } else { 0 };
    let rounds = if long {
        options.cold_runs
    } else {
        options.runs + warm_up
    };
    let started = Instant::now();
    for round in 0..rounds {
        if !long && round > warm_up && started.elapsed() > options.patience * 2 {
            break;
        }
        for side in order(round) {
            let (tool, runs) = (&tools[side], &mut runs[side]);
            let Ok(kept) = runs else { continue };
            prepare(task, subject, tool)?;
            match tool.run(
                &subject.dir,
                &args(task, subject, tool),
                &env(task, subject, tool),
            ) {
                Ok(run) if round >= warm_up => kept.push(run),
                Ok(_) => {}
                Err(err) => *runs = Err(format!("{err:#}")),
            }
        }
    }
    let [go, gust] = runs;
    let cell = |tool: &Tool, runs: Result<Vec<Run>, String>| -> Result<Cell> {
        let runs = match runs {
            Ok(runs) => runs,
            Err(text) => return Ok(Cell::Failed(text)),
        };
        if counted {
            prepare(task, subject, tool)?;
        }
        Ok(Cell::Measured {
            took: median(runs.iter().map(|run| run.took).collect()).unwrap_or_default(),
            peak: median(runs.iter().map(|run| run.peak).collect()).unwrap_or_default(),
            calls: counted
                .then(|| {
                    tool.calls(
                        &subject.dir,
                        &args(task, subject, tool),
                        &env(task, subject, tool),
                    )
                })
                .flatten(),
            runs: runs.len(),
        })
    };
    Ok(Row {
        name: task.name.clone(),
        go: cell(&tools[0], go)?,
        gust: cell(&tools[1], gust)?,
    })
}

/// Who goes first, who second: they take turns at that too, so that what a run leaves in the machine's caches helps both.
fn order(round: usize) -> [usize; 2] {
    match round.is_multiple_of(2) {
        true => [0, 1],
        false => [1, 0],
    }
}

fn args(task: &Task<'_>, subject: &Subject, tool: &Tool) -> Vec<String> {
    let mut args: Vec<String> = task.args.iter().map(|&arg| arg.to_owned()).collect();
    if task.builds() {
        // Several programs go to a directory, which the trailing slash names.
        let slash = if subject.program.len() > 1 { "/" } else { "" };
        let output = format!("{}{slash}", tool.output().display());
        args.splice(1..1, ["-o".to_owned(), output]);
    }
    args
}

fn env(task: &Task<'_>, subject: &Subject, tool: &Tool) -> Vec<(String, String)> {
    let mut env = Vec::new();
    let mut set = |name: &str, value: String| env.push((name.to_owned(), value));
    if task.anew {
        set("GUST_WARM", "off".to_owned());
    }
    if task.before == Before::EmptyModules {
        let proxy = format!("file://{}/cache/download", subject.modcache.display());
        set("GOPROXY", proxy);
        set("GOMODCACHE", modules(tool).display().to_string());
        set("GOSUMDB", "off".to_owned());
    }
    env
}

fn modules(tool: &Tool) -> std::path::PathBuf {
    tool.output().with_extension("modules")
}

fn prepare(task: &Task<'_>, subject: &Subject, tool: &Tool) -> Result<()> {
    match task.before {
        Before::Nothing => Ok(()),
        Before::EmptyCache => tool.clear_cache(),
        Before::Edit => edit(&subject.edited),
        Before::EmptyModules => empty(&modules(tool)),
    }
}

/// Replaces the marked last line of `file`, or adds one: a constant whose value was never seen before.
fn edit(file: &Path) -> Result<()> {
    const MARK: &str = "\n// edited while measuring\n";
    let text = fs::read_to_string(file)?;
    let before = text.split(MARK).next().unwrap_or_default();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)?
        .as_nanos();
    Ok(fs::write(
        file,
        format!("{before}{MARK}var Edited = \"{now}\"\n"),
    )?)
}

/// Removes a module cache, whose directories are write-protected.
fn empty(dir: &Path) -> Result<()> {
    if dir.exists() {
        Command::new("chmod")
            .args(["-R", "u+w"])
            .arg(dir)
            .status()?;
        fs::remove_dir_all(dir)?;
    }
    Ok(())
}
