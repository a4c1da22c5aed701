//! The files that hold settings: the user's (GOENV) and the release's own ($GOROOT/go.env).

use crate::environ::Environ;
use crate::platform;
use crate::vars;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use thiserror::Error;

/// Why there is no user's file.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NoEnvFile {
    /// GOENV=off.
    #[error("GOENV=off")]
    Off,
    /// Neither XDG_CONFIG_HOME nor HOME tells where it would be.
    #[error("{0}")]
    NoConfigDir(String),
}

/// Where the user's file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvFile {
    /// The path, or why there is none.
    pub path: Result<PathBuf, NoEnvFile>,
    /// Whether GOENV names one.
    pub changed: bool,
}

impl EnvFile {
    /// Finds the file from GOENV or the user's configuration directory.
    pub fn find(environ: &Environ) -> EnvFile {
        match environ.get(vars::GOENV) {
            "" => EnvFile {
                path: user_config_dir(environ)
                    .map(|dir| dir.join("go/env"))
                    .map_err(NoEnvFile::NoConfigDir),
                changed: false,
            },
            "off" => EnvFile {
                path: Err(NoEnvFile::Off),
                changed: false,
            },
            file => EnvFile {
                path: Ok(PathBuf::from(file)),
                changed: true,
            },
        }
    }
}

/// The directory for configuration files, or go's text saying why there is none.
pub fn user_config_dir(environ: &Environ) -> Result<PathBuf, String> {
    user_dir(
        environ,
        vars::XDG_CONFIG_HOME,
        ".config",
        "Library/Application Support",
    )
}

/// The directory for caches, or go's text saying why there is none.
pub fn user_cache_dir(environ: &Environ) -> Result<PathBuf, String> {
    user_dir(environ, vars::XDG_CACHE_HOME, ".cache", "Library/Caches")
}

fn user_dir(
    environ: &Environ,
    variable: &str,
    unix: &str,
    darwin: &str,
) -> Result<PathBuf, String> {
    let home = environ.get(vars::HOME);
    if platform::HOST_OS == "darwin" {
        return match home {
            "" => Err("$HOME is not defined".to_owned()),
            home => Ok(PathBuf::from(home).join(darwin)),
        };
    }
    let dir = PathBuf::from(environ.get(variable));
    if !dir.as_os_str().is_empty() {
        return match dir.is_absolute() {
            true => Ok(dir),
            false => Err(format!("path in ${variable} is relative")),
        };
    }
    match home {
        "" => Err(format!("neither ${variable} nor $HOME are defined")),
        home => Ok(PathBuf::from(home).join(unix)),
    }
}

/// Reads KEY=VALUE lines; the last of a key counts, anything else is passed over.
pub fn parse(text: &str) -> HashMap<String, String> {
    let lines = text
        .split('\n')
        .filter(|l| l.starts_with(|c: char| c.is_ascii_uppercase()));
    let pairs = lines.filter_map(|line| line.split_once('='));
    pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

/// The file's text after `go env -w` (add) or `-u` (remove): of a key's several lines the last stays, changed where it stands,
/// new ones go to the end, and each run of settings is sorted.
pub fn edit(text: &str, add: &BTreeMap<String, String>, remove: &BTreeSet<String>) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    if let Some(last) = lines.last_mut()
        && !last.ends_with('\n')
    {
        last.push('\n');
    }
    let mut at: HashMap<String, usize> = HashMap::new();
    for i in 0..lines.len() {
        if let Some(key) = key_of(&lines[i]).map(str::to_owned)
            && let Some(earlier) = at.insert(key, i)
        {
            lines[earlier].clear();
        }
    }
    for (key, value) in add {
        let line = format!("{key}={value}\n");
        match at.get(key) {
            Some(&i) => lines[i] = line,
            None => lines.push(line),
        }
    }
    for key in remove {
        if let Some(&i) = at.get(key) {
            lines[i].clear();
        }
    }
    for run in lines.split_mut(|line| key_of(line).is_none()) {
        run.sort_by(|a, b| key_of(a).cmp(&key_of(b)));
    }
    lines.concat()
}

fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    (!key.contains('#') && !key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_keep_comments_and_sort_runs() {
        let text = "GOX=1\nGOA=2\n# note\nGOX=3";
        let add = BTreeMap::from([("GOB".to_owned(), "b".to_owned())]);
        let remove = BTreeSet::from(["GOA".to_owned()]);
        assert_eq!(edit(text, &add, &remove), "# note\nGOB=b\nGOX=3\n");
    }

    #[test]
    fn only_settings_are_read() {
        let map = parse("# A=1\nlower=2\nGOX=a=b\n\nGOX=c");
        assert_eq!(map.len(), 1);
        assert_eq!(map["GOX"], "c");
    }
}
