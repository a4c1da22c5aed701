//! `cargo xtask bench`: go and gust in turns on the same work.
//!
//! Each has a build cache of its own, both one module cache. Every number is the median of runs in which the two took
//! turns, so that whatever else the machine does meets both. What it finds it writes to BENCHMARKS.md.

mod made;
mod measure;
mod report;
mod repository;
mod subject;
mod tasks;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::go;
use measure::Tool;
use subject::Subject;

/// What is measured when nothing is named: a large program of the world, a large module of our own making, and many modules in
/// one repository.
const DEFAULT_SUBJECTS: &[&str] = &[
    "github.com/gohugoio/hugo@v0.150.0",
    "made:3000",
    "repository:10:300",
];

struct Options {
    go: PathBuf,
    gust: Option<PathBuf>,
    /// Runs of each tool on quick work.
    runs: usize,
    /// No more runs of a task are begun for a tool after this.
    patience: Duration,
    /// Builds by each tool into an empty cache.
    cold_runs: usize,
    rows: Option<Vec<String>>,
    out: PathBuf,
    subjects: Vec<String>,
}

impl Options {
    fn parse(args: Vec<String>) -> Result<Self> {
        let mut options = Self {
            go: "go".into(),
            gust: None,
            runs: 11,
            patience: Duration::from_secs(25),
            cold_runs: 3,
            rows: None,
            out: go::top().join("BENCHMARKS.md"),
            subjects: Vec::new(),
        };
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            let mut value = || args.next().with_context(|| format!("{arg} takes a value"));
            match arg.as_str() {
                "--go" => options.go = value()?.into(),
                "--gust" => options.gust = Some(std::path::absolute(value()?)?),
                "--runs" => options.runs = value()?.parse::<usize>()?.max(1),
                "--patience" => options.patience = Duration::from_secs(value()?.parse()?),
                "--out" => options.out = value()?.into(),
                "--rows" => options.rows = Some(value()?.split(',').map(str::to_owned).collect()),
                "--cold-runs" => options.cold_runs = value()?.parse()?,
                _ if arg.starts_with('-') => bail!("unknown flag {arg}"),
                _ => options.subjects.push(arg),
            }
        }
        if options.subjects.is_empty() {
            options.subjects = DEFAULT_SUBJECTS
                .iter()
                .map(|&name| name.to_owned())
                .collect();
        }
        Ok(options)
    }
}

/// Measures every subject and writes the report; true unless gust failed at something that go did.
pub(crate) fn run(args: Vec<String>) -> Result<bool> {
    let options = Options::parse(args)?;
    let gust = match &options.gust {
        Some(file) => file.clone(),
        None => go::build_gust()?,
    };
    let work = go::top().join("target/bench");
    std::fs::create_dir_all(&work)?;
    let tools = [
        Tool::new("go", &options.go, &work)?,
        Tool::new("gust", &gust, &work)?,
    ];
    let mut sections = Vec::new();
    for name in &options.subjects {
        println!("{name}");
        let subject = Subject::prepare(name, &options.go, &work)?;
        let rows = tasks::measure_all(&subject, &tools, &options)?;
        sections.push(report::Section {
            title: subject.title.clone(),
            rows,
        });
        // After each subject, so that an interrupted run leaves what it found.
        std::fs::write(&options.out, report::page(&options.go, &sections)?)?;
    }
    println!("written: {}", options.out.display());
    Ok(sections
        .iter()
        .flat_map(|section| &section.rows)
        .all(report::Row::is_sound))
}
