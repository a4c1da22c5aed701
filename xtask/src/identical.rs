//! `cargo xtask identical`: the same program from go and from gust, compared to the byte.
//!
//! Each builds in a build cache of its own, so that neither can hand the other its work. Modules come from one
//! module cache. GOOS, GOARCH, CGO_ENABLED, GOTOOLCHAIN and the like reach both through the environment; what stands
//! behind `--` is given to both as build flags.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::go;

#[derive(Debug, Default)]
struct Options {
    gust: Option<PathBuf>,
    go: Option<PathBuf>,
    programs: Vec<String>,
    flags: Vec<String>,
}

fn parse(args: Vec<String>) -> Result<Options> {
    let mut options = Options::default();
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--gust" => options.gust = Some(args.next().context("--gust takes a file")?.into()),
            "--go" => options.go = Some(args.next().context("--go takes a file")?.into()),
            "--" => options.flags = args.by_ref().collect(),
            _ if arg.starts_with('-') => bail!("unknown flag {arg}; build flags stand behind --"),
            _ => options.programs.push(arg),
        }
    }
    if options.programs.is_empty() {
        bail!("which program? MODULE@VERSION, PACKAGE@VERSION or a directory");
    }
    Ok(options)
}

/// Compares every program; true when all are the same.
pub(crate) fn run(args: Vec<String>) -> Result<bool> {
    let options = parse(args)?;
    let go = options.go.clone().unwrap_or_else(|| "go".into());
    let gust = match &options.gust {
        Some(file) => fs::canonicalize(file).with_context(|| file.display().to_string())?,
        None => go::build_gust()?,
    };
    // Both drive one release: that of the go that was named, if one was.
    let goroot = match &options.go {
        Some(go) => Some(go::env(go, "GOROOT")?),
        None => None,
    };
    let work = go::top().join("target/identical");
    let mut same = true;
    for program in &options.programs {
        let source = source_of(&go, program, &work)?;
        for (name, tool) in [("go", &go), ("gust", &gust)] {
            build(
                tool,
                &source,
                &work.join(name),
                &options.flags,
                goroot.as_deref(),
            )?;
        }
        same &= compare(program, &work.join("go/out"), &work.join("gust/out"))?;
    }
    println!(
        "{}",
        if same {
            "identical: every byte is equal"
        } else {
            "identical: DIFFERENCES"
        }
    );
    Ok(same)
}

/// A directory to build in, and the package in it.
struct Source {
    dir: PathBuf,
    package: String,
}

/// A directory stands for its main package; `package@version` is required by a module made for it.
fn source_of(go: &Path, program: &str, work: &Path) -> Result<Source> {
    let named = program
        .split_once('@')
        .filter(|_| !Path::new(program).is_dir());
    let Some((package, version)) = named else {
        let dir = fs::canonicalize(program).with_context(|| program.to_owned())?;
        return Ok(Source {
            dir,
            package: ".".to_owned(),
        });
    };
    let dir = work.join("module");
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    fs::create_dir_all(&dir)?;
    let step = |args: &[&str]| {
        go::must(
            Command::new(go)
                .current_dir(&dir)
                .args(args)
                .env("GOFLAGS", "-mod=mod"),
        )
    };
    step(&["mod", "init", "example.com/identical"])?;
    step(&["get", "-tool", &format!("{package}@{version}")])?;
    Ok(Source {
        dir,
        package: package.to_owned(),
    })
}

fn build(
    tool: &Path,
    source: &Source,
    place: &Path,
    flags: &[String],
    goroot: Option<&str>,
) -> Result<()> {
    if place.exists() {
        fs::remove_dir_all(place)?;
    }
    fs::create_dir_all(place)?;
    let started = std::time::Instant::now();
    go::must(
        Command::new(tool)
            .current_dir(&source.dir)
            .arg("build")
            .args(flags)
            .arg("-o")
            .arg(place.join("out"))
            .arg(&source.package)
            .env("GOCACHE", place.join("cache"))
            .env("GOENV", "off")
            .env(
                "GOTOOLCHAIN",
                std::env::var_os("GOTOOLCHAIN").unwrap_or_else(|| "local".into()),
            )
            .envs(goroot.map(|dir| ("GOROOT", dir))),
    )?;
    println!(
        "{:>8.1} s  {} build {}",
        started.elapsed().as_secs_f64(),
        tool.display(),
        source.package
    );
    Ok(())
}

fn compare(program: &str, by_go: &Path, by_gust: &Path) -> Result<bool> {
    let read = |file: &Path| fs::read(file).with_context(|| file.display().to_string());
    let (left, right) = (read(by_go)?, read(by_gust)?);
    if left == right {
        println!("same     {program}: {} bytes", left.len());
        return Ok(true);
    }
    let at = left
        .iter()
        .zip(&right)
        .position(|(a, b)| a != b)
        .unwrap_or(left.len().min(right.len()));
    println!(
        "DIFFERS  {program}: {} and {} bytes, first at {at:#x}",
        left.len(),
        right.len()
    );
    Ok(false)
}
