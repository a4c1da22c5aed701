//! Which loaded packages a pattern means, for flags that apply to some packages only (`-gcflags=pattern=...`, `-coverpkg`).

use std::path::{Path, PathBuf};

use super::glob::Glob;
use crate::model::Package;
use crate::paths::join_clean;

/// A pattern, ready to be asked about loaded packages.
#[derive(Debug, Clone)]
pub struct PackageMatcher {
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    All,
    Std,
    Cmd,
    Tool(Glob, Option<Vec<String>>),
    Work(Glob, Option<Vec<String>>),
    Dir(PathBuf),
    Under(PathBuf, Glob),
    Path(Glob),
}

impl PackageMatcher {
    /// `./x`, `../x/...`, an import path with or without wildcards, `all`, `std`, `cmd`, `tool`, `work`; relative ones from `cwd`.
    pub fn new(pattern: &str, cwd: &Path) -> PackageMatcher {
        let kind = match pattern {
            "all" => Kind::All,
            "std" => Kind::Std,
            "cmd" => Kind::Cmd,
            "tool" => Kind::Tool(Glob::new(pattern), None),
            "work" => Kind::Work(Glob::new(pattern), None),
            _ if is_relative(pattern) => relative_kind(pattern, cwd),
            _ => Kind::Path(Glob::new(pattern)),
        };
        PackageMatcher { kind }
    }

    /// The same, knowing the main modules' paths (for `work`) and tools (for `tool`).
    pub fn with_modules(mut self, main_modules: Vec<String>, tools: Vec<String>) -> PackageMatcher {
        match &mut self.kind {
            Kind::Tool(_, t) => *t = Some(tools),
            Kind::Work(_, w) => *w = Some(main_modules),
            _ => {}
        }
        self
    }

    /// Does the pattern mean this package?
    pub fn matches(&self, p: &Package) -> bool {
        match &self.kind {
            Kind::All => true,
            Kind::Std => p.place.standard,
            Kind::Cmd => p.place.standard && p.import_path.starts_with("cmd/"),
            Kind::Tool(_, Some(tools)) => tools.iter().any(|t| **t == *p.import_path),
            Kind::Work(_, Some(mains)) => p
                .module
                .as_ref()
                .is_some_and(|m| mains.iter().any(|path| **path == *m.path)),
            Kind::Dir(dir) => *dir == *p.place.dir,
            Kind::Under(dir, glob) => match p.place.dir.strip_prefix(dir) {
                Ok(rel) if rel.as_os_str().is_empty() => glob.matches("."),
                Ok(rel) => glob.matches(&rel.to_string_lossy()),
                Err(_) => false,
            },
            Kind::Path(glob) | Kind::Tool(glob, None) | Kind::Work(glob, None) => {
                // What belongs to a package's test goes with it.
                glob.matches(&p.build.orig_import_path)
            }
        }
    }
}

/// `.`, `..`, `./x`, `../x`.
pub(crate) fn is_relative(pattern: &str) -> bool {
    pattern == "." || pattern == ".." || pattern.starts_with("./") || pattern.starts_with("../")
}

fn relative_kind(pattern: &str, cwd: &Path) -> Kind {
    let Some(dots) = pattern.find("...") else {
        return Kind::Dir(join_clean(cwd, pattern));
    };
    match pattern[..dots].rfind('/') {
        Some(slash) => Kind::Under(
            join_clean(cwd, &pattern[..slash]),
            Glob::new(&pattern[slash + 1..]),
        ),
        None => Kind::Under(cwd.to_path_buf(), Glob::new(pattern)),
    }
}
