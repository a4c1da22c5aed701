//! `//go:embed` patterns to files.
//!
//! Only what a module's zip would hold can be embedded, so that a package means the same in its repository and in the module cache:
//! no links, no other module's files, no names that zips refuse.

use crate::model::{EmbedMap, Problem, Str};
use gust_fs::errtext::PathError;
use gust_fs::{FileKind, View};
use gust_syntax::embed::{is_bad_name, is_valid_path, split_all};
use gust_syntax::glob::Glob;
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

/// Matches patterns to files below `dir`. All files, sorted, and the files of each pattern, sorted.
///
/// `follow_links` admits links to regular files (GODEBUG=embedfollowsymlinks=1).
pub fn resolve_embeds(
    view: &View,
    dir: &Path,
    patterns: &[Str],
    follow_links: bool,
) -> Result<(Vec<Str>, EmbedMap), Problem> {
    let mut resolver = Resolver {
        view,
        dir,
        follow_links,
        good_dirs: HashSet::new(),
    };
    let mut all: BTreeSet<Str> = BTreeSet::new();
    let mut map = EmbedMap::new();
    for pattern in patterns {
        let files = resolver.pattern(pattern).map_err(|reason| Problem::Embed {
            pattern: pattern.clone(),
            reason,
        })?;
        all.extend(files.iter().cloned());
        map.insert(pattern.clone(), files.into_iter().collect());
    }
    Ok((all.into_iter().collect(), map))
}

struct Resolver<'a> {
    view: &'a View,
    dir: &'a Path,
    follow_links: bool,
    good_dirs: HashSet<String>,
}

impl Resolver<'_> {
    fn pattern(&mut self, pattern: &str) -> Result<BTreeSet<Str>, String> {
        let (hidden, glob) = split_all(pattern);
        if Glob::new(glob).is_err() || glob == "." || !is_valid_path(glob) {
            return Err("invalid pattern syntax".into());
        }
        let mut files = BTreeSet::new();
        for found in self.glob(glob) {
            self.add(&found, hidden, &mut files)?;
        }
        if files.is_empty() {
            return Err("no matching files found".into());
        }
        Ok(files)
    }

    /// Paths relative to the directory that the pattern matches, in order.
    fn glob(&self, glob: &str) -> Vec<String> {
        // To go the directory is part of the pattern, in which it makes plain all that is special but a backslash.
        if self.dir.as_os_str().as_encoded_bytes().contains(&b'\\') {
            return Vec::new();
        }
        let mut found = vec![String::new()];
        for element in glob.split('/') {
            found = if element.contains(['*', '?', '[', '\\']) {
                // a class that the slash cuts in two matches nothing
                let Ok(element) = Glob::new(element) else {
                    return Vec::new();
                };
                let matching = found.iter().map(|base| self.matching(base, &element));
                matching.flatten().collect()
            } else {
                found.iter().map(|base| join(base, element)).collect()
            };
        }
        found.retain(|path| self.view.lstat(&self.dir.join(path)).is_ok());
        found
    }

    fn matching(&self, base: &str, element: &Glob) -> Vec<String> {
        let Ok(entries) = self.view.read_dir(&self.dir.join(base)) else {
            return Vec::new();
        };
        entries
            .iter()
            .filter(|entry| element.matches(&entry.name))
            .map(|entry| join(base, &entry.name))
            .collect()
    }

    fn add(&mut self, path: &str, hidden: bool, files: &mut BTreeSet<Str>) -> Result<(), String> {
        let full = self.dir.join(path);
        let meta = self
            .view
            .lstat(&full)
            .map_err(|e| PathError::new("lstat", &full, e).to_string())?;
        let what = if meta.kind == FileKind::Dir {
            "directory"
        } else {
            "file"
        };
        self.check_parents(path, what)?;
        match meta.kind {
            FileKind::File => {
                files.insert(path.into());
            }
            FileKind::Symlink if self.follow_links && self.view.is_file(&full) => {
                files.insert(path.into());
            }
            FileKind::Dir => {
                if self.walk(path, hidden, true, files)? == 0 {
                    return Err(format!(
                        "cannot embed directory {path}: contains no embeddable files"
                    ));
                }
            }
            _ => return Err(format!("cannot embed irregular file {path}")),
        }
        Ok(())
    }

    /// Everything on the way to the file must be a plain directory of this module with a good name.
    fn check_parents(&mut self, path: &str, what: &str) -> Result<(), String> {
        let mut at = path;
        while !at.is_empty() && !self.good_dirs.contains(at) {
            let full = self.dir.join(at);
            if self.view.exists(&full.join("go.mod")) {
                return Err(format!("cannot embed {what} {path}: in different module"));
            }
            if at != path
                && self
                    .view
                    .lstat(&full)
                    .is_ok_and(|meta| meta.kind != FileKind::Dir)
            {
                return Err(format!("cannot embed {what} {path}: in non-directory {at}"));
            }
            self.good_dirs.insert(at.to_string());
            let (parent, name) = at.rsplit_once('/').unwrap_or(("", at));
            if is_bad_name(name) {
                let place = if at == path {
                    "invalid name"
                } else {
                    "in invalid directory"
                };
                return Err(format!("cannot embed {what} {path}: {place} {name}"));
            }
            at = parent;
        }
        Ok(())
    }

    /// Adds the files below a directory; how many they are.
    fn walk(
        &self,
        path: &str,
        hidden: bool,
        top: bool,
        files: &mut BTreeSet<Str>,
    ) -> Result<usize, String> {
        let mut count = 0;
        let full: PathBuf = self.dir.join(path);
        if !top && self.view.exists(&full.join("go.mod")) {
            return Ok(count);
        }
        let entries = self
            .view
            .read_dir(&full)
            .map_err(|e| PathError::new("open", &full, e).to_string())?;
        for entry in entries.iter() {
            let name: &str = &entry.name;
            let is_hidden = name.starts_with(['.', '_']);
            let child = join(path, name);
            if is_bad_name(name) || is_hidden && !hidden {
                if entry.kind == FileKind::Dir || is_hidden {
                    continue;
                }
                return Err(format!("cannot embed file {child}: invalid name {name}"));
            }
            match entry.kind {
                FileKind::Dir => count += self.walk(&child, hidden, false, files)?,
                FileKind::File => {
                    count += 1;
                    files.insert(child.as_str().into());
                }
                _ => {}
            }
        }
        Ok(count)
    }
}

fn join(base: &str, name: &str) -> String {
    if base.is_empty() {
        name.to_string()
    } else {
        format!("{base}/{name}")
    }
}
