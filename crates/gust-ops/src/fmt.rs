//! `go fmt`: the sources of packages through gofmt.

use crate::building::Building;
use crate::error::OpError;
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::run::Program;
use crate::workspace::Workspace;
use gust_build::Purpose;
use gust_packages::config::Needs;
use gust_packages::model::{List, Problem, Str};
use gust_packages::{Named, Package};
use gust_toolchain::Settings;
use std::path::PathBuf;

/// What to format.
pub struct FmtRequest {
    /// How packages are loaded.
    pub flags: BuildFlags,
    /// The packages.
    pub patterns: Vec<String>,
}

/// How to format it.
pub struct FmtOutcome {
    /// gofmt, with as many files at once as it takes.
    pub programs: Vec<Program>,
    /// Packages could not be loaded; the reporter has heard why.
    pub failed: bool,
}

/// As many bytes of words as any system takes.
const LONGEST: usize = 30 << 10;

/// Finds the files of packages, those that no build takes as well.
///
/// # Errors
/// [`OpError`] when packages cannot be loaded at all.
pub fn fmt(
    workspace: &Workspace,
    request: FmtRequest,
    reporter: &dyn Reporter,
) -> Result<FmtOutcome, OpError> {
    let named = Named::Patterns(&request.patterns);
    let (needs, purpose) = (Needs::default(), Purpose::Build);
    let building = Building::load_for(workspace, &request.flags, reporter, named, needs, purpose)?;
    let settings = workspace.settings();
    let mut told = false;
    let mut outcome = FmtOutcome {
        programs: Vec::new(),
        failed: false,
    };
    let mut files = Vec::new();
    for &id in building.graph.roots() {
        let package = &building.graph[id];
        if is_foreign(package) {
            if !std::mem::replace(&mut told, true) {
                reporter.note(&"go: not formatting packages in dependency modules");
            }
            continue;
        }
        let all = paths(package, &go_files(package));
        if let Some(error) = &package.error {
            let harmless = match &*error.problem {
                Problem::NoGo { .. } => true,
                Problem::Embed { .. } => !all.is_empty(),
                _ => false,
            };
            if !harmless {
                reporter.note(error);
                outcome.failed = true;
                continue;
            }
        }
        let short = |file: &PathBuf| settings.short_path(file).display().to_string();
        files.extend(all.iter().map(short));
    }
    outcome.programs = programs(settings, files);
    Ok(outcome)
}

/// It belongs to a module that is not being worked on.
pub(crate) fn is_foreign(package: &Package) -> bool {
    let module = package.module.as_ref();
    module.is_some_and(|module| !module.is_main())
}

/// Its Go files: also those that this build leaves out.
pub(crate) fn go_files(package: &Package) -> [&List<Str>; 5] {
    let s = &*package.sources;
    [&s.ignored_go, &s.go, &s.cgo, &s.test_go, &s.xtest_go]
}

/// Files of a package with their paths, sorted.
pub(crate) fn paths(package: &Package, lists: &[&List<Str>]) -> Vec<PathBuf> {
    let names = lists.iter().flat_map(|list| list.iter());
    let mut paths: Vec<PathBuf> = names.map(|name| package.place.dir.join(&**name)).collect();
    paths.sort_unstable();
    paths
}

fn programs(settings: &Settings, files: Vec<String>) -> Vec<Program> {
    let gofmt = gofmt(settings);
    let start = || vec![gofmt.clone(), "-l".to_owned(), "-w".to_owned()];
    let own = gofmt.len() + " -l -w".len();
    let (mut programs, mut words, mut length) = (Vec::new(), start(), own);
    let mut end = |words: Vec<String>| {
        if words.len() > start().len() {
            programs.push(Program::lasting(words, settings.program_environ(false)));
        }
    };
    for file in files {
        length += 1 + file.len();
        words.push(file);
        if length >= LONGEST {
            end(std::mem::replace(&mut words, start()));
            length = own;
        }
    }
    end(words);
    programs
}

/// The person's gofmt, the release's, or whichever is found.
fn gofmt(settings: &Settings) -> String {
    let name = format!("gofmt{}", if cfg!(windows) { ".exe" } else { "" });
    let places = [
        PathBuf::from(settings.gobin()),
        settings.goroot().join("bin"),
    ];
    let mut files = places.iter().map(|dir| dir.join(&name));
    let found = files.find(|file| settings.view().exists(file));
    found.map_or_else(
        || "gofmt".to_owned(),
        |file| file.to_string_lossy().into_owned(),
    )
}
