//! The sources that an action reads: those of its package, and what they include.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gust_cache::OutputId;
use gust_packages::Package;
use gust_packages::model::Str;

use super::Input;
use crate::cgo::command::FinalFlags;
use crate::site::Site;
use crate::tools::{absolute, actual};

/// The sources that an action reads, each once.
pub(super) struct Sources<'a> {
    site: &'a Site<'a>,
    package: &'a Package,
    paths: BTreeSet<String>,
}

impl<'a> Sources<'a> {
    /// None yet.
    pub(super) fn new(site: &'a Site<'a>, package: &'a Package) -> Sources<'a> {
        Sources {
            site,
            package,
            paths: BTreeSet::new(),
        }
    }

    /// Files of the package.
    pub(super) fn add<'f>(&mut self, files: impl IntoIterator<Item = &'f Str>) {
        for file in files {
            self.paths.insert(actual(self.site, self.package, file));
        }
    }

    /// Files of the package for an assembler or a C compiler, and what they include; `dirs` are searched besides each
    /// file's own.
    pub(super) fn add_with_includes<'f>(
        &mut self,
        files: impl IntoIterator<Item = &'f Str>,
        dirs: &[PathBuf],
    ) {
        let mut left: Vec<String> = files
            .into_iter()
            .map(|file| actual(self.site, self.package, file))
            .collect();
        let mut seen = BTreeSet::new();
        while let Some(file) = left.pop() {
            if !seen.insert(file.clone()) {
                continue;
            }
            left.extend(self.included(Path::new(&file), dirs));
            self.paths.insert(file);
        }
    }

    fn included(&self, file: &Path, dirs: &[PathBuf]) -> Vec<String> {
        let Ok(text) = self.site.view.read(file) else {
            return Vec::new();
        };
        let text = gust_bytes::text(&text);
        let own = file.parent().unwrap_or(Path::new(""));
        let found = |(name, quoted): (&str, bool)| {
            let own = quoted.then_some(own);
            let dirs = own.into_iter().chain(dirs.iter().map(PathBuf::as_path));
            let mut paths = dirs.map(|dir| clean(&dir.join(name)));
            paths.find(|path| self.site.view.is_file(Path::new(path)))
        };
        text.lines().filter_map(include).filter_map(found).collect()
    }

    /// Files by their paths.
    pub(super) fn add_paths(&mut self, paths: impl IntoIterator<Item = String>) {
        self.paths.extend(paths);
    }

    /// What was added, with what is known of each.
    pub(super) fn inputs(self) -> Vec<Input> {
        let site = self.site;
        let input = |path: &String| source(site, Path::new(path));
        self.paths.iter().filter_map(input).collect()
    }
}

/// A source with what is known of it; none for one that is not there.
pub(super) fn source(site: &Site<'_>, path: &Path) -> Option<Input> {
    let digest = site.view.digest(path).ok()?;
    Some(Input::Source {
        path: path.to_string_lossy().into_owned(),
        sha256: OutputId(digest).to_hex(),
    })
}

fn clean(path: &Path) -> String {
    gust_syntax::slash::clean(&path.to_string_lossy())
}

/// The name in an `#include` line, which in Go files may stand in a comment, and whether it is quoted.
fn include(line: &str) -> Option<(&str, bool)> {
    let line = line.trim_start().trim_start_matches("//").trim_start();
    let rest = line.strip_prefix('#')?.trim_start();
    let rest = rest
        .strip_prefix("include")
        .or_else(|| rest.strip_prefix("import"))?
        .trim_start();
    let (close, quoted) = match rest.chars().next()? {
        '"' => ('"', true),
        '<' => ('>', false),
        _ => return None,
    };
    let name = rest[1..].split(close).next()?;
    Some((name, quoted))
}

/// The directories that flags of a C compiler name with -I.
pub(super) fn include_dirs(p: &Package, flags: &FinalFlags) -> Vec<PathBuf> {
    let mut dirs = vec![p.place.dir.to_path_buf()];
    let lists = [&flags.c, &flags.cxx, &flags.fortran];
    for list in lists {
        let mut words = list.iter();
        while let Some(word) = words.next() {
            let dir = match word.strip_prefix("-I") {
                Some("") => words.next().map(String::as_str),
                dir => dir,
            };
            if let Some(dir) = dir.filter(|dir| !dir.contains('\u{0}')) {
                dirs.push(absolute(p, dir).into());
            }
        }
    }
    dirs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn include_lines() {
        assert_eq!(include("#include \"a/b.h\""), Some(("a/b.h", true)));
        assert_eq!(include("//  # include <x.h> // y"), Some(("x.h", false)));
        assert_eq!(include("#import \"m.h\""), Some(("m.h", true)));
        assert_eq!(include("#define X"), None);
        assert_eq!(include("include \"a.h\""), None);
    }
}
