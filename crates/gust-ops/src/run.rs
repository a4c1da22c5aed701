//! `go run`: compiles a program. To start it is for whoever asked.

use crate::building::{Building, Starts};
use crate::error::OpError;
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_build::plan;
use gust_packages::{Named, PackageGraph, PackageId};
use gust_toolchain::child::program_environ;
use gust_toolchain::{Environ, Settings};
use std::path::{Path, PathBuf};

/// What to run.
pub struct RunRequest {
    /// How it is built.
    pub flags: BuildFlags,
    /// The package or its files, then the program's own arguments.
    pub args: Vec<String>,
    /// -exec, if given: what the program is started with.
    pub wrapper: Option<Vec<String>>,
}

/// How the build of a program ended that could be carried out.
pub struct RunOutcome {
    /// It could not be built; the reporter has heard why.
    pub failed: bool,
    /// What to start; nothing when it was not built.
    pub program: Option<Program>,
}

/// A program that is ready to be started.
pub struct Program {
    /// What it is started with, its file, its arguments.
    pub words: Vec<String>,
    /// Its file, where the first word alone does not say it.
    pub file: Option<PathBuf>,
    /// Its environment.
    pub environ: Environ,
    /// What comes first on PATH there, and not in the environment that gust itself got: all by which the two differ.
    pub first_on_path: Option<PathBuf>,
    /// Where it runs, if not where the command does; it is then given nothing to read.
    pub dir: Option<PathBuf>,
    /// What keeps the work directory that its file may be in.
    _build: Option<gust_build::Outcome>,
}

impl Program {
    /// A program that lies where it will stay.
    pub(crate) fn lasting(words: Vec<String>, environ: Environ) -> Program {
        Program {
            words,
            file: None,
            environ,
            first_on_path: None,
            dir: None,
            _build: None,
        }
    }

    /// A program that was found and written down before, for one who starts it again in `environ`.
    pub fn again(words: Vec<String>, environ: &Environ, first_on_path: Option<&Path>) -> Program {
        Program::lasting(words, program_environ(environ, first_on_path))
    }

    /// A program that was built, and what keeps its file.
    pub(crate) fn built(
        words: Vec<String>,
        environ: Environ,
        build: gust_build::Outcome,
    ) -> Program {
        Program {
            _build: Some(build),
            ..Program::lasting(words, environ)
        }
    }
}

/// Arguments that name no program.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Nothing is named.
    #[error("no go files listed")]
    Nothing,
    /// A test file is named.
    #[error("cannot run *_test.go files ({0})")]
    TestFile(String),
    /// The pattern matches nothing.
    #[error("no packages loaded from {0}")]
    NoPackage(String),
    /// The pattern matches too much.
    #[error("pattern {pattern} matches multiple packages:\n\t{}", packages.join("\n\t"))]
    Several {
        /// The pattern.
        pattern: String,
        /// What it matches.
        packages: Vec<String>,
    },
}

/// Builds a program.
///
/// # Errors
/// [`OpError`] when the arguments name no program, or it cannot be loaded or planned.
pub fn run(
    workspace: &Workspace,
    request: RunRequest,
    reporter: &dyn Reporter,
) -> Result<RunOutcome, OpError> {
    let (patterns, rest) = split(&request.args)?;
    let named = match patterns[0].ends_with(".go") {
        true => Named::Files(patterns),
        false => Named::Patterns(patterns),
    };
    let wrapper = request
        .wrapper
        .unwrap_or_else(|| emulator(workspace.settings()));
    let made = make_program(workspace, &request.flags, named, rest, reporter)?;
    let Made { failed, program } = made;
    let environ = workspace.settings().program_environ(true);
    let program = program.map(|(file, build)| {
        let words = [wrapper, vec![file], rest.to_vec()].concat();
        Program {
            first_on_path: workspace.settings().goroot_bin(),
            ..Program::built(words, environ, build)
        }
    });
    Ok(RunOutcome { failed, program })
}

/// A program that was built, or not.
pub(crate) struct Made {
    /// It could not be built; the reporter has heard why.
    pub(crate) failed: bool,
    /// Its file, and what keeps the directory that it may be in; nothing when it was not to be built in earnest.
    pub(crate) program: Option<(String, gust_build::Outcome)>,
}

/// Builds the one program that is named, to be run from the cache with the arguments of `rest`.
pub(crate) fn make_program(
    workspace: &Workspace,
    flags: &BuildFlags,
    named: Named<'_>,
    rest: &[String],
    reporter: &dyn Reporter,
) -> Result<Made, OpError> {
    let mut building = Building::load(workspace, flags, reporter, named, Starts::WithMains)?;
    let pattern = named.args().first().map_or("", String::as_str);
    let main = only(&building.graph, pattern)?;
    building.check()?;
    building.cover();
    let cgo = workspace.settings().cgo_enabled();
    let plan = plan::run(building.setting(), main, rest.to_vec(), cgo)?;
    let mut outcome = building.carry_out(&plan)?;
    let failed = outcome.failed;
    let done = !failed && !building.loading.options.dry_run;
    let program = outcome.program.take().filter(|_| done);
    let program = program.map(|file| (file.to_string_lossy().into_owned(), outcome));
    Ok(Made { failed, program })
}

/// What names the program, and what is for the program.
fn split(args: &[String]) -> Result<(&[String], &[String]), RunError> {
    let files = args.iter().take_while(|a| a.ends_with(".go")).count();
    let named = match (files, args.first()) {
        (0, Some(arg)) if !arg.starts_with('-') => 1,
        (0, _) => return Err(RunError::Nothing),
        (files, _) => files,
    };
    let (patterns, rest) = args.split_at(named);
    let test = patterns.iter().find(|f| f.ends_with("_test.go"));
    match test {
        Some(test) => Err(RunError::TestFile(test.clone())),
        None => Ok((patterns, rest)),
    }
}

/// The one package that was loaded.
fn only(graph: &PackageGraph, pattern: &str) -> Result<PackageId, RunError> {
    let pattern = || pattern.to_owned();
    match graph.roots() {
        [main] => Ok(*main),
        [] => Err(RunError::NoPackage(pattern())),
        many => Err(RunError::Several {
            pattern: pattern(),
            packages: many
                .iter()
                .map(|&id| graph[id].import_path.to_string())
                .collect(),
        }),
    }
}

/// For another platform, a program named for it starts programs, where there is one.
pub(crate) fn emulator(settings: &Settings) -> Vec<String> {
    if settings.goos() == settings.gohostos() && settings.goarch() == settings.gohostarch() {
        return Vec::new();
    }
    let name = format!("go_{}_{}_exec", settings.goos(), settings.goarch());
    let found = settings.look_path(&name);
    found
        .map(|path| path.to_string_lossy().into_owned())
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_before_the_programs_arguments() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let args = words("a.go b.go c d.go");
        let (patterns, rest) = split(&args).unwrap();
        assert_eq!((patterns.len(), rest.len()), (2, 2));
        let args = words("./cmd -x");
        assert_eq!(split(&args).unwrap().0, ["./cmd"]);
        assert!(matches!(split(&words("-x")), Err(RunError::Nothing)));
        let with_test = split(&words("a_test.go")).map(|_| ());
        assert!(matches!(with_test, Err(RunError::TestFile(_))));
    }
}
