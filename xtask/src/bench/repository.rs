//! Made repositories: a workspace of modules, each with packages, tests and programs, and a history full of version tags.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// Packages in a module, beside its programs.
const PACKAGES: usize = 20;

/// Parts of the standard library that packages import, in turns.
const IMPORTS: &[&str] = &[
    "net/http",
    "encoding/json",
    "text/template",
    "os/exec",
    "go/parser",
];

/// The directory of module `n`.
pub(super) fn module(n: usize) -> String {
    format!("m{n}")
}

/// Writes a repository of `modules` modules into `dir`, with `tags` version tags below a last commit.
pub(super) fn write(dir: &Path, modules: usize, tags: usize) -> Result<()> {
    let mut work = String::from("go 1.25\n");
    for n in 0..modules {
        let _ = write!(work, "\nuse ./{}\n", module(n));
        write_module(
            &dir.join(module(n)),
            &format!("example.com/repository/{}", module(n)),
        )?;
    }
    fs::write(dir.join("go.work"), work)?;
    // The module at the root is what versions of all modules in the repository begin with.
    fs::write(
        dir.join("go.mod"),
        "module example.com/repository\n\ngo 1.25\n",
    )?;
    git(dir, &["init", "-q", "-b", "main", "."])?;
    git(dir, &["add", "."])?;
    git(dir, &["commit", "-q", "-m", "all"])?;
    for tag in 0..tags {
        let (minor, place) = (tag / (modules + 1), tag % (modules + 1));
        if place == 0 {
            git(dir, &["commit", "-q", "--allow-empty", "-m", "more"])?;
        }
        let version = format!("v0.{minor}.0");
        match place.checked_sub(1) {
            None => git(dir, &["tag", &version])?,
            Some(n) => git(dir, &["tag", &format!("{}/{version}", module(n))])?,
        }
    }
    git(dir, &["commit", "-q", "--allow-empty", "-m", "last"])
}

fn write_module(dir: &Path, path: &str) -> Result<()> {
    fs::create_dir_all(dir)?;
    fs::write(dir.join("go.mod"), format!("module {path}\n\ngo 1.25\n"))?;
    for n in 0..PACKAGES {
        let place = dir.join(format!("p{n}"));
        fs::create_dir_all(&place)?;
        let std = IMPORTS[n % IMPORTS.len()];
        let mut text = format!("package p{n}\n\nimport (\n\t_ \"{std}\"\n");
        let mut sum = n.to_string();
        if let Some(below) = n.checked_sub(1 + n % 3) {
            let _ = writeln!(text, "\n\t\"{path}/p{below}\"");
            let _ = write!(sum, " + p{below}.Sum()");
        }
        let _ = write!(text, ")\n\nfunc Sum() int {{ return {sum} }}\n");
        fs::write(place.join("p.go"), text)?;
        fs::write(place.join("help.go"), format!("package p{n}\n"))?;
        fs::write(
            place.join("p_test.go"),
            format!(
                "package p{n}\n\nimport \"testing\"\n\nfunc TestSum(t *testing.T) {{ Sum() }}\n"
            ),
        )?;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    for (n, package) in [(0, PACKAGES - 1), (1, PACKAGES / 2)] {
        // Programs have names of their own: all go to one directory.
        let place = dir.join(format!("cmd/{name}-{n}"));
        fs::create_dir_all(&place)?;
        fs::write(
            place.join("main.go"),
            format!(
                "package main\n\nimport \"{path}/p{package}\"\n\nfunc main() {{ println(p{package}.Sum()) }}\n"
            ),
        )?;
    }
    Ok(())
}

/// Puts a module under version control, as a project of some age: with tags.
pub(super) fn keep(dir: &Path, tags: usize) -> Result<()> {
    git(dir, &["init", "-q", "-b", "main", "."])?;
    git(dir, &["add", "."])?;
    git(dir, &["commit", "-q", "-m", "all"])?;
    for number in 0..tags {
        git(dir, &["tag", &format!("v0.1.{number}")])?;
    }
    Ok(())
}

fn git(dir: &Path, args: &[&str]) -> Result<()> {
    let mut command = Command::new("git");
    command.current_dir(dir).args(args).stdout(Stdio::null());
    command.env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "gopher");
        command.env(format!("GIT_{who}_EMAIL"), "gopher@example.com");
    }
    let status = command.status().context("git")?;
    anyhow::ensure!(status.success(), "git {} fails", args.join(" "));
    Ok(())
}
