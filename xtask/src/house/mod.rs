//! `cargo xtask house`: the rules of the house that neither the compiler nor clippy sees.
//!
//! - [`binary`]: flags are read in one folder, one file writes, policy stands in the rows of commands, and the binary stays small
//! - [`code`]: a file without its tests
//! - [`floors`]: a crate depends only on crates of the floors below it
//! - [`doors`]: clippy.toml forbids what it must, every crate obeys, and a door stands open only where the table says
//! - [`edges`]: a manifest asks for nothing that no source uses
//! - [`files`]: no source file outgrows one subject
//! - [`licences`]: every dependency's licence is on the list in deny.toml
//! - [`statics`]: nothing static can change but what is named
//! - [`variables`]: a variable is named by the table that declares it
//! - [`traces`]: no committed file knows the machine it was written on
//! - [`words`]: product code knows no acceptance case by name, and allows away neither documentation nor a door
//!   without a reason

mod binary;
mod code;
mod doors;
mod edges;
mod files;
mod floors;
mod licences;
mod map;
mod statics;
mod traces;
mod variables;
mod words;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::go;

/// Prints every breach; true when there is none.
pub(crate) fn run(args: Vec<String>) -> Result<bool> {
    anyhow::ensure!(args.is_empty(), "house takes no arguments");
    let breaches = breaches(&go::top())?;
    for breach in &breaches {
        println!("{breach}");
    }
    println!("house: {} breaches", breaches.len());
    Ok(breaches.is_empty())
}

fn breaches(top: &Path) -> Result<Vec<String>> {
    let mut found = floors::breaches(top)?;
    found.extend(map::breaches(top)?);
    let sources = sources(top)?;
    found.extend(binary::breaches(&sources));
    found.extend(doors::breaches(top, &sources)?);
    found.extend(edges::breaches(top, &sources)?);
    found.extend(statics::breaches(&sources));
    found.extend(variables::breaches(&sources));
    found.extend(traces::breaches(top)?);
    found.extend(files::breaches(&sources));
    found.extend(words::breaches(&sources, &cases(top)?));
    found.extend(licences::breaches(top).unwrap_or_else(|err| vec![format!("licences: {err:#}")]));
    Ok(found)
}

/// One source file: its path below the top, and its text.
struct Source {
    path: PathBuf,
    text: String,
}

/// The directories of the crates and of xtask.
fn crates(sources: &[Source]) -> BTreeSet<PathBuf> {
    let manifest_dir = |source: &Source| {
        let mut parts = source.path.iter();
        let first = PathBuf::from(parts.next()?);
        match first == Path::new("crates") {
            true => Some(first.join(parts.next()?)),
            false => Some(first),
        }
    };
    sources.iter().filter_map(manifest_dir).collect()
}

/// Every Rust file of the crates and of xtask.
fn sources(top: &Path) -> Result<Vec<Source>> {
    let mut found = Vec::new();
    let mut folders = vec![top.join("crates"), top.join("xtask")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() && path.file_name().is_none_or(|name| name != "target") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path)?;
                found.push(Source {
                    path: path.strip_prefix(top).unwrap_or(&path).to_path_buf(),
                    text,
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// The names of the acceptance cases that are listed as passing.
fn cases(top: &Path) -> Result<Vec<String>> {
    let file = top.join("conformance/passing.txt");
    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    Ok(text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_house_is_in_order() {
        assert_eq!(breaches(&go::top()).unwrap(), Vec::<String>::new());
    }
}
