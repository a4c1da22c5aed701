//! What is measured: a module, prepared so that nothing is fetched while the clock runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{made, repository};
use crate::go;

/// A module to work in.
pub(super) struct Subject {
    pub(super) title: String,
    pub(super) dir: PathBuf,
    /// What is listed.
    pub(super) listed: Vec<String>,
    /// The program that is built, or several.
    pub(super) program: Vec<String>,
    /// What is built after `edited` has changed.
    pub(super) touched_program: Vec<String>,
    /// A file of the module that may be written to.
    pub(super) edited: PathBuf,
    /// Whether it requires other modules.
    pub(super) requires: bool,
    pub(super) modcache: PathBuf,
    /// What is vetted and tested: nothing where that would take minutes the first time.
    pub(super) tested: Vec<String>,
    /// A program that is run.
    pub(super) run: Option<String>,
}

/// So many versions a project of some age has.
const TAGS: usize = 300;

impl Subject {
    /// `made:N`, `repository:MODULES:TAGS`, `PACKAGE@VERSION`, or a directory.
    pub(super) fn prepare(name: &str, go: &Path, work: &Path) -> Result<Self> {
        let dir = work.join("module");
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        let modcache = PathBuf::from(go::env(go, "GOMODCACHE")?);
        if let Some(count) = name.strip_prefix("made:") {
            return Self::made(
                count.parse().context("made:N takes a number")?,
                dir,
                modcache,
            );
        }
        if let Some(numbers) = name.strip_prefix("repository:") {
            let (modules, tags) = numbers
                .split_once(':')
                .context("repository:MODULES:TAGS takes two numbers")?;
            return Self::repository(modules.parse()?, tags.parse()?, dir, modcache);
        }
        match name.split_once('@') {
            Some((package, version)) => Self::tool(go, package, version, dir, modcache),
            None => Self::directory(go, Path::new(name), dir, modcache),
        }
    }

    fn made(count: usize, dir: PathBuf, modcache: PathBuf) -> Result<Self> {
        anyhow::ensure!(count > 0, "a made module has at least one package");
        made::write(&dir, count)?;
        repository::keep(&dir, TAGS)?;
        Ok(Self {
            title: format!("A module of {count} made packages"),
            edited: dir.join(made::package(count - 1)).join("help.go"),
            dir,
            listed: vec!["./...".to_owned()],
            program: vec!["./cmd/made".to_owned()],
            touched_program: vec!["./cmd/made".to_owned()],
            requires: false,
            modcache,
            tested: Vec::new(),
            run: Some("./cmd/made".to_owned()),
        })
    }

    /// A workspace of many modules in one repository with many tags, and programs in each.
    fn repository(modules: usize, tags: usize, dir: PathBuf, modcache: PathBuf) -> Result<Self> {
        anyhow::ensure!(modules > 0, "a repository has at least one module");
        repository::write(&dir, modules, tags)?;
        let all: Vec<String> = (0..modules)
            .map(|n| format!("./{}/...", repository::module(n)))
            .collect();
        Ok(Self {
            title: format!("A repository of {modules} modules with {tags} version tags"),
            edited: dir.join(repository::module(0)).join("p0/help.go"),
            dir,
            listed: all.clone(),
            tested: all.clone(),
            run: None,
            program: all,
            touched_program: vec![format!("./{}/...", repository::module(0))],
            requires: false,
            modcache,
        })
    }

    /// A module that has `package` as a tool, and beside it a program of its own that imports what the tool does: that
    /// one has a file which can be edited.
    fn tool(
        go: &Path,
        package: &str,
        version: &str,
        dir: PathBuf,
        modcache: PathBuf,
    ) -> Result<Self> {
        let touched = dir.join("touched");
        fs::create_dir_all(&touched)?;
        step(go, &dir, &["mod", "init", "example.com/bench"])?;
        step(go, &dir, &["get", "-tool", &format!("{package}@{version}")])?;
        let edited = touched.join("main.go");
        let imports = step(
            go,
            &dir,
            &["list", "-f", "{{join .Imports \"\\n\"}}", package],
        )?;
        let open = imports
            .lines()
            .filter(|path| !path.contains("internal") && *path != "C" && *path != "unsafe");
        let imports: String = open.map(|path| format!("\t_ \"{path}\"\n")).collect();
        fs::write(
            &edited,
            format!(
                "package main\n\nimport (\n{imports})\n\nfunc main() {{\n\tprintln(\"touched\")\n}}\n"
            ),
        )?;
        step(go, &dir, &["mod", "download"])?;
        step(go, &dir, &["list", "-deps", package, "./touched"])?;
        repository::keep(&dir, TAGS)?;
        Ok(Self {
            title: format!("A module with {package}@{version} as a tool"),
            dir,
            listed: vec![package.to_owned()],
            program: vec![package.to_owned()],
            touched_program: vec!["./touched".to_owned()],
            edited,
            requires: true,
            modcache,
            tested: Vec::new(),
            run: Some("./touched".to_owned()),
        })
    }

    /// A copy of a module with a main package at its top, under version control of its own.
    fn directory(go: &Path, from: &Path, dir: PathBuf, modcache: PathBuf) -> Result<Self> {
        if !from.join("go.mod").is_file() {
            bail!(
                "{}: no go.mod there; a subject is made:N, PACKAGE@VERSION or a module's directory",
                from.display()
            );
        }
        copy(from, &dir)?;
        step(go, &dir, &["mod", "download"])?;
        let file = step(go, &dir, &["list", "-f", "{{index .GoFiles 0}}", "."])?;
        repository::keep(&dir, TAGS)?;
        let requires = fs::read_to_string(dir.join("go.mod"))?.contains("require");
        Ok(Self {
            title: from.display().to_string(),
            edited: dir.join(file.trim()),
            dir,
            listed: vec!["./...".to_owned()],
            program: vec![".".to_owned()],
            touched_program: vec![".".to_owned()],
            requires,
            modcache,
            tested: vec!["./...".to_owned()],
            run: None,
        })
    }
}

fn step(go: &Path, dir: &Path, args: &[&str]) -> Result<String> {
    let mut command = Command::new(go);
    command
        .current_dir(dir)
        .args(args)
        .env("GOFLAGS", "-mod=mod")
        .env("GOWORK", "off");
    Ok(String::from_utf8(go::must(&mut command)?)?)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&source, &target)?;
        } else {
            fs::write(&target, fs::read(&source)?)?;
        }
    }
    Ok(())
}
