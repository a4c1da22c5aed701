//! `go clean`: removes what builds leave in source directories, and caches.
//!
//! What is to go is listed first, as data; then each item is shown, if that is asked, and removed.

use crate::building::Building;
use crate::error::OpError;
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_build::Purpose;
use gust_fs::errtext::PathError;
use gust_fs::{Overlay, View, disk};
use gust_packages::config::Needs;
use gust_packages::{Named, Package, PackageGraph, PackageId};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

/// What tools of long ago left behind: directories, files, and endings of files.
const OLD_DIRECTORIES: [&str; 2] = ["_test", "_obj"];
const OLD_FILES: [&str; 4] = ["_testmain.go", "test.out", "build.out", "a.out"];
const OLD_ENDINGS: [&str; 6] = ["5", "6", "8", "a", "o", "so"];

/// What to remove.
pub struct CleanRequest {
    /// How packages are loaded; whether removals are shown and done.
    pub flags: BuildFlags,
    /// The packages as named.
    pub patterns: Vec<String>,
    /// What installing them made too.
    pub installed: bool,
    /// Of the packages that they import too.
    pub recursive: bool,
    /// The caches.
    pub caches: Caches,
}

/// Which caches to empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Caches {
    /// The build cache.
    pub builds: bool,
    /// The results of tests in it.
    pub tests: bool,
    /// The module cache.
    pub modules: bool,
    /// The cache of fuzzing.
    pub fuzzing: bool,
}

impl Caches {
    /// The flag for the first of them.
    fn first(self) -> Option<&'static str> {
        let flags = [
            (self.builds, "-cache"),
            (self.tests, "-testcache"),
            (self.fuzzing, "-fuzzcache"),
            (self.modules, "-modcache"),
        ];
        flags
            .into_iter()
            .find_map(|(asked, flag)| asked.then_some(flag))
    }
}

/// What cannot be removed as asked.
#[derive(Debug, thiserror::Error)]
pub enum CleanError {
    /// A cache has no packages.
    #[error("clean {0} cannot be used with package arguments")]
    CacheOfPackages(&'static str),
    /// There is no place for the build cache: why.
    #[error("{0}")]
    NoBuildCache(String),
    /// There is no module cache.
    #[error("cannot clean -modcache without a module cache")]
    NoModuleCache,
}

/// Something that is to go.
#[derive(Debug, PartialEq, Eq)]
enum Removal {
    /// Files of a package's directory. Shown are all names that could be there.
    Built {
        dir: PathBuf,
        names: Vec<String>,
        found: Vec<PathBuf>,
    },
    /// An installed file.
    Installed(PathBuf),
    /// Directories or files with all that is in them; shown as far as they are there, or always.
    Trees { paths: Vec<PathBuf>, always: bool },
}

/// Removes.
///
/// # Errors
/// [`OpError`] when packages cannot be loaded, or what is asked does not go together. What cannot be removed is told.
pub fn clean(
    workspace: &Workspace,
    request: &CleanRequest,
    reporter: &dyn Reporter,
) -> Result<(), OpError> {
    let caches = request.caches;
    if let Some(flag) = caches.first().filter(|_| !request.patterns.is_empty()) {
        return Err(CleanError::CacheOfPackages(flag).into());
    }
    let asked = !request.patterns.is_empty() || request.installed || request.recursive;
    let here = || -> Result<bool, OpError> {
        Ok(workspace
            .modules()?
            .is_none_or(|modules| modules.has_root()))
    };
    let mut cleaner = Cleaner {
        view: now(),
        reporter,
        shows: request.flags.show || request.flags.dry_run,
        removes: !request.flags.dry_run,
    };
    if asked || caches.first().is_none() && here()? {
        for removal in of_packages(workspace, request, reporter)? {
            cleaner.carry_out(&removal);
        }
    }
    empty_caches(workspace, caches, &mut cleaner)
}

fn empty_caches(
    workspace: &Workspace,
    caches: Caches,
    cleaner: &mut Cleaner<'_>,
) -> Result<(), OpError> {
    let builds = match caches.builds || caches.tests || caches.fuzzing {
        true => build_cache(workspace)?,
        false => None,
    };
    if let Some(dir) = builds.as_ref().filter(|_| caches.builds) {
        let digits = "0123456789abcdef".chars();
        let shelves = digits
            .clone()
            .flat_map(|a| digits.clone().map(move |b| [a, b]));
        let shelves = shelves.map(|name| dir.join(String::from_iter(name)));
        let paths = shelves.filter(|shelf| cleaner.is_there(shelf)).collect();
        cleaner.carry_out(&Removal::Trees {
            paths,
            always: false,
        });
        let log = vec![dir.join("log.txt")];
        cleaner.carry_out(&Removal::Trees {
            paths: log,
            always: false,
        });
    }
    let is_there = builds.as_ref().is_some_and(|dir| cleaner.is_there(dir));
    if caches.tests && !caches.builds && is_there {
        // Results are not looked for one by one: from now on those from before do not count. go does so with -n too.
        workspace.cache()?.expire_tests()?;
    }
    if caches.modules {
        let dir = workspace.settings().gomodcache();
        if dir.as_os_str().is_empty() {
            return Err(CleanError::NoModuleCache.into());
        }
        cleaner.carry_out(&Removal::Trees {
            paths: vec![dir],
            always: true,
        });
    }
    if caches.fuzzing && builds.is_some() {
        let dir = workspace.cache()?.fuzz_dir();
        cleaner.carry_out(&Removal::Trees {
            paths: vec![dir],
            always: false,
        });
    }
    Ok(())
}

/// The build cache's directory; none with GOCACHE=off.
fn build_cache(workspace: &Workspace) -> Result<Option<PathBuf>, CleanError> {
    let dir = workspace.settings().gocache();
    let dir = dir.map_err(|why| CleanError::NoBuildCache(why.to_owned()))?;
    Ok((dir != Path::new("off")).then(|| dir.to_owned()))
}

/// What is to go of the packages named.
fn of_packages(
    workspace: &Workspace,
    request: &CleanRequest,
    reporter: &dyn Reporter,
) -> Result<Vec<Removal>, OpError> {
    let named = Named::Patterns(&request.patterns);
    let (needs, purpose) = (Needs::default(), Purpose::Build);
    let building = Building::load_for(workspace, &request.flags, reporter, named, needs, purpose)?;
    let list = Listing {
        graph: &building.graph,
        modules: workspace.modules()?.is_some(),
        view: now(),
        request,
        reporter,
    };
    let (mut removals, mut seen) = (Vec::new(), HashSet::new());
    for &root in building.graph.roots() {
        list.add(root, &mut seen, &mut removals);
    }
    Ok(removals)
}

struct Listing<'a> {
    graph: &'a PackageGraph,
    modules: bool,
    /// The disk as it is now: what was seen before may be gone.
    view: View,
    request: &'a CleanRequest,
    reporter: &'a dyn Reporter,
}

impl Listing<'_> {
    fn add(&self, id: PackageId, seen: &mut HashSet<PackageId>, removals: &mut Vec<Removal>) {
        if !seen.insert(id) {
            return;
        }
        let package = &self.graph[id];
        let dir = &*package.place.dir;
        if dir.as_os_str().is_empty() {
            let error = package.error.as_ref().map(ToString::to_string);
            self.reporter.complain(&error.unwrap_or_default());
            return;
        }
        let entries = match self.view.read_dir(dir) {
            Ok(entries) => entries,
            Err(error) => {
                let error = PathError::new("open", dir, error);
                let text = format!("go: {}: {error}", dir.display());
                self.reporter.complain(&text);
                return;
            }
        };
        let mut files: Vec<(String, bool)> = entries
            .iter()
            .map(|entry| (entry.name().to_owned(), entry.kind.is_dir()))
            .collect();
        files.sort();
        let names = self.built_names(package, &files);
        let old = files
            .iter()
            .filter(|(name, is_dir)| *is_dir && OLD_DIRECTORIES.contains(&&**name));
        let old: Vec<PathBuf> = old.map(|(name, _)| dir.join(name)).collect();
        let goes = |name: &str| {
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
            let is_old = OLD_FILES.contains(&name) || OLD_ENDINGS.contains(&ending);
            is_old || names.iter().any(|built| built == name)
        };
        let found = files.iter().filter(|(name, is_dir)| !is_dir && goes(name));
        let found = found.map(|(name, _)| dir.join(name)).collect();
        removals.push(Removal::Built {
            dir: dir.to_owned(),
            names,
            found,
        });
        removals.extend(old.into_iter().map(|path| {
            let paths = vec![path];
            Removal::Trees {
                paths,
                always: false,
            }
        }));
        if let Some(target) = package
            .place
            .target
            .as_ref()
            .filter(|_| self.request.installed)
        {
            removals.push(Removal::Installed(target.clone()));
        }
        if self.request.recursive {
            for &import in &package.imports.direct {
                self.add(import, seen, removals);
            }
        }
    }

    /// The names that builds and tests of a package, and of the files beside it, give to what they write.
    fn built_names(&self, package: &Package, files: &[(String, bool)]) -> Vec<String> {
        let is_main = &*package.name == "main";
        let sources = &package.sources;
        let lists = [
            &sources.go,
            &sources.cgo,
            &sources.test_go,
            &sources.xtest_go,
        ];
        let own: HashSet<&str> = match is_main {
            true => HashSet::new(),
            false => lists.into_iter().flatten().map(|file| &**file).collect(),
        };
        let of_dir = package.place.dir.file_name().unwrap_or_default();
        let stems = [
            of_dir.to_string_lossy().into_owned(),
            package.exe_name(self.modules),
        ];
        let mut names = Vec::new();
        let mut add = |stem: &str| names.extend([stem.to_owned(), format!("{stem}.exe")]);
        if is_main {
            stems.iter().for_each(|stem| add(stem));
        }
        stems.iter().for_each(|stem| add(&format!("{stem}.test")));
        for (name, is_dir) in files {
            if *is_dir || own.contains(&**name) {
                continue;
            }
            if let Some(stem) = name.strip_suffix("_test.go") {
                add(&format!("{stem}.test"));
            }
            if let Some(stem) = name.strip_suffix(".go") {
                add(stem);
            }
        }
        names
    }
}

struct Cleaner<'a> {
    view: View,
    reporter: &'a dyn Reporter,
    shows: bool,
    removes: bool,
}

impl Cleaner<'_> {
    fn carry_out(&mut self, removal: &Removal) {
        match removal {
            Removal::Built { dir, names, found } => {
                self.show(&format!("cd {}\nrm -f {}", dir.display(), names.join(" ")));
                found.iter().for_each(|file| self.remove_file(file));
            }
            Removal::Installed(file) => {
                self.show(&format!("rm -f {}", file.display()));
                self.remove_file(file);
            }
            Removal::Trees { paths, always } => {
                if paths.is_empty() || !always && !paths.iter().any(|path| self.is_there(path)) {
                    return;
                }
                let words: Vec<String> = paths
                    .iter()
                    .map(|path| path.display().to_string())
                    .collect();
                self.show(&format!("rm -rf {}", words.join(" ")));
                paths.iter().for_each(|path| self.remove_tree(path));
            }
        }
    }

    fn is_there(&self, path: &Path) -> bool {
        self.view.lstat(path).is_ok()
    }

    fn show(&self, line: &str) {
        if self.shows {
            self.reporter
                .print(&gust_bytes::into_raw(format!("{line}\n")));
        }
    }

    fn remove_file(&self, file: &Path) {
        if self.removes {
            self.told(disk::remove_file(file), "remove", file);
        }
    }

    fn remove_tree(&self, path: &Path) {
        if self.removes {
            self.told(disk::remove_all(path), "unlinkat", path);
        }
    }

    fn told(&self, removed: io::Result<()>, what: &'static str, path: &Path) {
        if let Err(error) = removed
            && error.kind() != io::ErrorKind::NotFound
        {
            let error = PathError::new(what, path, error);
            self.reporter.complain(&format_args!("go: {error}"));
        }
    }
}

/// The disk as it is now.
fn now() -> View {
    View::new(Overlay::none())
}
