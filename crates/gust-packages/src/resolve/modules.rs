//! Module mode: the standard library, main modules, dependencies of the build list, or a vendor directory.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use gust_fs::View;
use gust_fs::errtext::PathError;
use gust_text::quote::quote;

use super::Located;
use super::std::Std;
use crate::config::Needs;
use crate::dir::{DirIndex, Indexer};
use crate::model::{PackageModule, Problem, Str, Unfound};
use crate::paths::{is_local_import, is_standard_path, sub_dir};
use crate::pattern::is_meta;
use crate::source::{Candidate, ModuleSource, Vendored};
use gust_modules::{Reach, Requirements};
use gust_syntax::module::check_import_path;

fn with_go_files(index: &DirIndex) -> Result<bool, String> {
    match &index.go_files_problem {
        Some(problem) => Err(problem.to_string()),
        None => Ok(index.has_go_files),
    }
}

fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// A directory that is there and cannot be listed: by the system's word, or by the overlay's.
fn unreadable(dir: &Path, error: io::Error) -> String {
    let op = match error.raw_os_error() {
        Some(_) => "open",
        None => "read",
    };
    PathError::new(op, dir, error).to_string()
}

/// Module mode's settings.
#[derive(Clone)]
pub(crate) struct ModuleResolver {
    pub(crate) source: Arc<ModuleSource>,
    pub(crate) std: Std,
    pub(crate) view: Arc<View>,
    pub(crate) indexer: Arc<Indexer>,
    /// Where programs are installed.
    pub(crate) bin_dir: Option<Arc<Path>>,
}

/// A module that has the package.
struct Hit {
    candidate: Candidate,
    dir: Arc<Path>,
}

impl ModuleResolver {
    /// The same with other requirements.
    pub(crate) fn with_requirements(
        &self,
        requirements: &Arc<Requirements>,
        needs: Needs,
    ) -> ModuleResolver {
        let modules = Arc::clone(&self.source.modules);
        let source = ModuleSource::new(modules, Arc::clone(requirements), needs);
        ModuleResolver {
            source: Arc::new(source),
            ..self.clone()
        }
    }

    /// What a path means to its importer: in the distribution, vendored packages in full.
    pub(crate) fn meaning(&self, importer: Option<(&str, bool)>, path: &Str) -> Str {
        match importer {
            Some((by, true)) => self.std.vendored(by, path).unwrap_or_else(|| path.clone()),
            _ => path.clone(),
        }
    }

    /// Where the package of a canonical path is.
    pub(crate) fn locate(&self, path: &str) -> Located {
        if is_passed_over(path) {
            return Located::failed(Problem::PassedOver);
        }
        if let Some(text) = self.refuse(path) {
            return import_problem(path, text);
        }
        let in_std = match is_standard_path(path) {
            true => self.std.dir_of(path),
            false => None,
        };
        if in_std.is_some() {
            let mains = self.source.mains().filter(|m| m.in_goroot_src);
            for main in mains {
                let dir = self.dir_in_module(path, &main.prefix, &main.dir, true);
                if let Ok(Some(dir)) = dir {
                    return self.found(dir, None, true);
                }
            }
        }
        if self.source.vendor_dir().is_some() {
            return self.locate_vendored(path, in_std);
        }
        self.locate_in_build_list(path, in_std)
    }

    /// Paths that can be nobody's.
    fn refuse(&self, path: &str) -> Option<String> {
        if path.contains('@') {
            return Some(format!(
                "import path {} should not have @version",
                quote(path)
            ));
        }
        if is_local_import(path) {
            return Some(format!(
                "{} is relative, but relative import paths are not supported in module mode",
                quote(path)
            ));
        }
        if path.starts_with('/') {
            return Some(format!(
                "{} is not a package path; see 'go help packages'",
                quote(path)
            ));
        }
        if is_meta(path) {
            return Some(format!(
                "{} is not an importable package; see 'go help packages'",
                quote(path)
            ));
        }
        check_import_path(path).err().map(|err| err.to_string())
    }

    fn locate_in_build_list(&self, path: &str, in_std: Option<Arc<Path>>) -> Located {
        for reach in [Reach::Roots, Reach::Graph] {
            let candidates = match self.source.candidates(path, reach) {
                Ok(list) => list,
                Err(err) => return Located::failed(err.into()),
            };
            // Almost always one module has it.
            let (mut hits, mut unsummed) = (Vec::with_capacity(1), Vec::new());
            for candidate in candidates {
                match &candidate.place {
                    Ok(place) => {
                        let module = &candidate.module.path;
                        match self.dir_in_module(path, module, &place.dir, place.local) {
                            Ok(Some(dir)) => hits.push(Hit { candidate, dir }),
                            Ok(None) => {}
                            Err(text) => return Located::failed(Problem::Other(text)),
                        }
                    }
                    Err(err) if err.is_missing_sum() => {
                        unsummed.push(candidate.module.path.to_string());
                    }
                    Err(err) => return Located::failed(err.clone().into()),
                }
            }
            if hits.len() + usize::from(in_std.is_some()) > 1 {
                return import_problem(path, ambiguous(path, in_std.as_deref(), hits));
            }
            if !unsummed.is_empty() {
                unsummed.reverse();
                let found = !hits.is_empty() || in_std.is_some();
                return Located::failed(Problem::MissingSum {
                    path: path.into(),
                    found,
                    modules: unsummed,
                    importer: None,
                });
            }
            if let Some(dir) = in_std {
                return self.found(dir, None, false);
            }
            if let Some(hit) = hits.pop() {
                return self.provided(hit);
            }
        }
        self.unfound(path)
    }

    fn locate_vendored(&self, path: &str, in_std: Option<Arc<Path>>) -> Located {
        let mut dirs: Vec<(Arc<Path>, Option<Candidate>)> = Vec::new();
        dirs.extend(in_std.map(|dir| (dir, None)));
        for main in self.source.mains() {
            match self.dir_in_module(path, &main.prefix, &main.dir, true) {
                Ok(Some(dir)) => dirs.push((dir, Some(Candidate::main(main)))),
                Ok(None) => {}
                Err(text) => return Located::failed(Problem::Other(text)),
            }
        }
        if let Some(vendor) = self.source.vendor_dir()
            && let Ok(Some(index)) = self.go_dir(&vendor.join(path))
        {
            let dir = index.dir.clone();
            match self.source.vendored(path) {
                Vendored::By(candidate) => dirs.push((dir, Some(candidate))),
                Vendored::Tolerated => dirs.push((dir, None)),
                Vendored::Unlisted => self.source.warn_unlisted(path),
            }
        }
        if dirs.len() > 1 {
            let list: Vec<String> = dirs
                .iter()
                .map(|(d, _)| format!("\n\t{}", d.display()))
                .collect();
            let text = format!(
                "ambiguous import: found package {path} in multiple directories:{}",
                list.concat()
            );
            return import_problem(path, text);
        }
        match dirs.pop() {
            Some((dir, None)) => self.found(dir, None, false),
            Some((dir, Some(candidate))) => self.provided(Hit { candidate, dir }),
            None => self.unfound(path),
        }
    }

    /// The directory that would hold the package in this module, if it has Go files and no other module in between.
    ///
    /// # Errors
    /// It is there and cannot be looked at: go's text.
    pub(crate) fn dir_in_module(
        &self,
        path: &str,
        module: &str,
        root: &Path,
        local: bool,
    ) -> Result<Option<Arc<Path>>, String> {
        let below = match (path.strip_prefix(module), module.is_empty()) {
            (None, _) => return Ok(None),
            (Some(below), true) => below,
            (Some(below), false) => match below.strip_prefix('/') {
                None if !below.is_empty() => return Ok(None),
                below => below.unwrap_or_default(),
            },
        };
        let dir = if below.is_empty() {
            Cow::Borrowed(root)
        } else {
            Cow::Owned(root.join(below))
        };
        let Some(index) = self.listed(&dir)? else {
            return Ok(None);
        };
        let begins = || index.has_go_mod || self.module_between(root, &dir);
        if local && !below.is_empty() && begins() {
            return Ok(None);
        }
        Ok(with_go_files(&index)?.then(|| index.dir.clone()))
    }

    /// The index of a directory with Go files.
    fn go_dir(&self, dir: &Path) -> Result<Option<Arc<DirIndex>>, String> {
        let index = self.listed(dir)?;
        let has_files = index.as_deref().map_or(Ok(false), with_go_files)?;
        Ok(index.filter(|_| has_files))
    }

    /// The index of a directory, if it is there and is one.
    fn listed(&self, dir: &Path) -> Result<Option<Arc<DirIndex>>, String> {
        // Most paths that are asked for are not there; that is found out soonest like this.
        let index = match self.view.stat(dir) {
            Ok(meta) if meta.is_dir() => self.indexer.index(dir),
            Ok(_) => return Ok(None),
            Err(error) => Err(error),
        };
        match index {
            Ok(index) => Ok(Some(index)),
            Err(error) if is_absence(&error) => Ok(None),
            Err(error) => Err(unreadable(dir, error)),
        }
    }

    /// Does another module begin in a directory above `dir`, below `root`? `dir` is `root` and a path after it.
    fn module_between(&self, root: &Path, dir: &Path) -> bool {
        let (root, dir) = (root.as_os_str().as_bytes(), dir.as_os_str().as_bytes());
        let mut path = dir.to_vec();
        let below = root.len() + 1..dir.len();
        below.rev().filter(|&at| dir[at] == b'/').any(|at| {
            path.truncate(at);
            path.extend_from_slice(b"/go.mod");
            self.view.is_file(Path::new(OsStr::from_bytes(&path)))
        })
    }

    fn unfound(&self, path: &str) -> Located {
        let why = self.source.explain(path, None);
        Located::failed(Problem::Unfound(Unfound::new(path, why)))
    }

    fn provided(&self, hit: Hit) -> Located {
        let info = match self.source.module_info(&hit.candidate) {
            Ok(info) => info,
            Err(err) => return Located::failed(err.into()),
        };
        self.found(hit.dir, Some(info), hit.candidate.main)
    }

    fn found(&self, dir: Arc<Path>, module: Option<Arc<PackageModule>>, in_main: bool) -> Located {
        let in_snapshot = self.std.in_snapshot(&dir);
        let goroot = in_snapshot
            || dir.starts_with(&self.std.src)
            || module.is_none() && sub_dir(&self.view, &self.std.src, &dir).is_some();
        let root = if goroot && !in_snapshot {
            Some(self.std.goroot.clone())
        } else {
            None
        };
        let root = match &module {
            Some(m) if !m.dir.is_empty() => Some(Arc::from(Path::new(&m.dir))),
            _ => root,
        };
        let bin_dir = if goroot {
            Some(self.std.goroot.join("bin").into())
        } else {
            self.bin_dir.clone()
        };
        Located {
            dir: Some(dir),
            root,
            goroot,
            bin_dir,
            module,
            in_main,
            ..Located::default()
        }
    }
}

impl ModuleResolver {
    /// A directory taken as it is, for files named on the command line.
    pub(crate) fn locate_dir(&self, dir: &Path) -> Located {
        self.found(dir.into(), None, false)
    }

    /// What a directory would be imported as in the main modules; `.` outside.
    pub(crate) fn dir_import_path(&self, dir: &Path) -> String {
        let mut best: Option<(&str, String)> = None;
        for main in self.source.mains() {
            let Ok(below) = dir.strip_prefix(&main.dir) else {
                continue;
            };
            let suffix = below.to_string_lossy();
            if suffix.is_empty() {
                return main.prefix.clone();
            }
            if best
                .as_ref()
                .is_none_or(|(prefix, _)| main.prefix.as_str() > *prefix)
            {
                let path = match suffix.strip_prefix("vendor/") {
                    Some(vendored) => vendored.to_owned(),
                    None if main.prefix.is_empty() => suffix.into_owned(),
                    None => format!("{}/{suffix}", main.prefix),
                };
                best = Some((&main.prefix, path));
            }
        }
        best.map_or(".".to_owned(), |(_, path)| path)
    }
}

/// Import paths from before there were modules, which no module is looked for.
fn is_passed_over(path: &str) -> bool {
    path == "appengine" || path.starts_with("appengine/")
}

fn import_problem(path: &str, text: String) -> Located {
    Located::failed(Problem::Import {
        path: path.into(),
        text,
    })
}

fn ambiguous(path: &str, in_std: Option<&Path>, mut hits: Vec<Hit>) -> String {
    // The candidates came longest path first, the standard library before them all; they are told the other way round.
    hits.reverse();
    let mut text = format!("ambiguous import: found package {path} in multiple modules:");
    for hit in &hits {
        let gust_syntax::module::ModuleVersion { path, version } = &hit.candidate.module;
        let space = if version.is_empty() { "" } else { " " };
        let dir = hit.dir.display();
        text.push_str(&format!("\n\t{path}{space}{version} ({dir})"));
    }
    if let Some(dir) = in_std {
        text.push_str(&format!("\n\t ({})", dir.display()));
    }
    text
}
