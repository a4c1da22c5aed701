//! `go test`: builds the tests of packages, runs them, tells how they went.

mod binaries;
mod fuzz;
mod packages;

use crate::building::{Building, Starts};
use crate::error::OpError;
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::run::emulator;
use crate::workspace::Workspace;
use binaries::Naming;
use gust_build::Purpose;
use gust_cache::Cache;
use gust_fs::errtext::PathError;
use gust_packages::config::Needs;
use gust_packages::{Named, PackageId};
use gust_test::action::{self, Asked, Events, Outlet, Shape, Testing};
use gust_test::json::Dialect;
use gust_test::log::{CacheArgs, Uncacheable};
use gust_test::package::Show;
use gust_test::profile::Profile;
use gust_test::run::Limits;
use gust_test::vet::Checks;
use gust_test::zone::Zone;
use gust_toolchain::{Settings, vars};
use gust_vet::{Findings, Vetting};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

pub use binaries::BinaryError;
pub use fuzz::FuzzError;
pub(crate) use packages::first_error;

/// Which tests, and how.
pub struct TestRequest {
    /// How binaries are built.
    pub flags: BuildFlags,
    /// The packages as named; none: the one of the current directory.
    pub patterns: Vec<String>,
    /// The arguments of test binaries.
    pub arguments: Vec<String>,
    /// What binaries are started with, if given.
    pub wrapper: Option<Vec<String>>,
    /// -coverprofile: where the profile of all packages goes.
    pub cover_profile: Option<String>,
    /// -outputdir: where profiles go that are named without a directory; empty if not given.
    pub output_dir: String,
    /// Binaries are built, and not run.
    pub builds_only: bool,
    /// Where binaries go, if given.
    pub output: Option<String>,
    /// The flag that asks for a file of one package alone, with its dash.
    pub profile: Option<String>,
    /// Profiles are written, for which the binary is needed later.
    pub keeps_binary: bool,
    /// What passing tests print is wanted too.
    pub shows_passing: bool,
    /// The answer is events.
    pub events: bool,
    /// Binaries mark their framing.
    pub marked: bool,
    /// Benchmarks are run.
    pub benchmarks: bool,
    /// A target is fuzzed.
    pub fuzzes: bool,
    /// After a failure no further binary is started.
    pub fail_fast: bool,
    /// The checks that are made first.
    pub checks: Checks,
    /// How long a binary may take by itself; zero is without end.
    pub timeout: Duration,
}

/// How the tests went.
pub struct TestOutcome {
    /// Something failed; what, has been told.
    pub failed: bool,
}

/// Tests that cannot be run as asked.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    /// The patterns match nothing.
    #[error("no packages to test")]
    NoPackages,
    /// A profile is of one package.
    #[error("cannot use {0} flag with multiple packages")]
    Profile(String),
    /// The profile of all packages cannot be written.
    #[error("{0}")]
    CoverProfile(PathError),
    /// A target cannot be fuzzed.
    #[error(transparent)]
    Fuzz(#[from] FuzzError),
    /// Test binaries cannot go where they should.
    #[error(transparent)]
    Binary(#[from] BinaryError),
}

/// Tests packages.
///
/// # Errors
/// [`OpError`] when packages cannot be loaded at all or tests cannot be run as asked. What is wrong with single packages is told
/// with their results.
#[tracing::instrument(name = "test", level = "info", skip_all)]
pub fn test(
    workspace: &Workspace,
    request: TestRequest,
    reporter: &Arc<dyn Reporter>,
) -> Result<TestOutcome, OpError> {
    let needs = Needs {
        tests: true,
        ..Needs::default()
    };
    let (purpose, starts) = (Purpose::Build, Starts::First);
    let named = Named::Patterns(&request.patterns);
    let mut building = Building::load_from(
        workspace,
        &request.flags,
        reporter.as_ref(),
        named,
        needs,
        purpose,
        starts,
    )?;
    let roots: Vec<PackageId> = building.graph.roots().to_vec();
    if roots.is_empty() {
        return Err(TestError::NoPackages.into());
    }
    if request.fuzzes {
        fuzz::check(workspace, &request, &building.graph, &roots)?;
    }
    if let (Some(profile), true) = (&request.profile, roots.len() != 1) {
        return Err(TestError::Profile(profile.clone()).into());
    }
    let naming = Naming::of(workspace, &request);
    naming.check(&building.graph, &roots)?;
    let profile = profile(workspace, &request)?;
    let cover = building.cover_tests(&roots);
    if request.fuzzes && fuzz::is_guided(workspace.settings()) {
        building.fuzz_tests(&roots);
    }
    let loaded = packages::load(&mut building, &roots, &naming, cover.as_ref())?;
    let asked = asked(workspace, &request, roots.len())?;
    let outlet = Arc::new(ToReporter(Arc::clone(reporter)));
    let names = loaded.names(&building.graph);
    let testing = Arc::new(Testing::new(asked, outlet, names, profile));
    for broken in &loaded.broken {
        broken.tell(&building.graph, reporter.as_ref(), &testing);
    }
    let shape = Shape {
        vetting: vetting(&request.checks, reporter),
        builds_only: request.builds_only,
        serial: request.benchmarks,
        collects_meta: cover.is_some_and(|cover| !cover.packages.is_empty()),
    };
    let plan = action::plan(building.setting(), &loaded.tests, shape, &testing);
    let outcome = building.carry_out(&plan)?;
    Ok(TestOutcome {
        failed: outcome.failed || testing.has_failed(),
    })
}

/// Begins the profile of all packages, if one is asked for.
fn profile(workspace: &Workspace, request: &TestRequest) -> Result<Option<Profile>, OpError> {
    let Some(name) = request
        .cover_profile
        .as_ref()
        .filter(|_| !request.builds_only)
    else {
        return Ok(None);
    };
    let path = workspace
        .settings()
        .cwd()
        .join(&request.output_dir)
        .join(name);
    let mut options = gust_fs::disk::File::options();
    let opened = options.write(true).create(true).truncate(true).open(&path);
    let failed = |error| TestError::CoverProfile(PathError::new("open", &path, error));
    let out: Box<dyn Write + Send> = Box::new(opened.map_err(failed)?);
    let begun = Profile::begin(out, request.flags.cover_mode());
    Ok(Some(begun.map_err(failed)?))
}

/// The vetting before tests.
fn vetting(checks: &Checks, reporter: &Arc<dyn Reporter>) -> Option<Arc<Vetting>> {
    let vetting = || Vetting {
        tool: None,
        flags: checks.flags.clone(),
        explicit: checks.explicit,
        mends: false,
        for_tests: true,
        findings: Arc::new(ToReporter(Arc::clone(reporter))),
    };
    (!checks.off).then(|| Arc::new(vetting()))
}

/// When kept results have expired. The file that says so counts, whether it is there or not.
fn expiry(settings: &Settings, cache: &Cache) -> i64 {
    let _ = settings.view().stat(&cache.expiry_file());
    cache.tests_expired_ns()
}

/// What is asked of the tests of so many packages.
fn asked(workspace: &Workspace, request: &TestRequest, count: usize) -> Result<Asked, OpError> {
    let settings = workspace.settings();
    let named = !request.patterns.is_empty();
    let endless = request.benchmarks || request.fuzzes;
    let alone = count == 1 || request.flags.jobs == Some(1);
    let events = request.events.then(|| Events {
        dialect: Dialect::of(settings.release_minor()),
        names_builds: settings.godebug_value("gotestjsonbuildtext") != "1",
    });
    let tz = settings.environ().lookup(vars::TZ);
    let tz = tz.map(|tz| tz.to_string_lossy().into_owned());
    let cache = workspace.cache()?;
    Ok(Asked {
        arguments: request.arguments.clone(),
        exec: match &request.wrapper {
            Some(words) => words.clone(),
            None => emulator(settings),
        },
        environ: settings.program_environ(true),
        limits: match endless {
            true => Limits::default(),
            false => Limits::of(request.timeout),
        },
        show: Show::of(named, endless, request.shows_passing, alone, request.events),
        all: request.shows_passing || request.events,
        marked: request.marked,
        named,
        fail_fast: request.fail_fast,
        fuzzing: request.fuzzes,
        cover: request.flags.cover.is_some(),
        cacheable: match named {
            true => CacheArgs::of(&request.arguments),
            false => Err(Uncacheable::NoPackageNamed),
        },
        expired_ns: expiry(settings, cache),
        traced: settings.godebug_value("gocachetest") == "1",
        zone: Zone::local(settings.view(), tz.as_deref()),
        events,
    })
}

/// Tests are told to whoever hears the operation.
struct ToReporter(Arc<dyn Reporter>);

/// vet's findings before a test are its errors; what else it prints is not meant for anybody.
impl Findings for ToReporter {
    fn take(&self, printed: &[u8]) -> Result<(), String> {
        self.0.print(printed);
        Ok(())
    }
}

impl Outlet for ToReporter {
    fn print(&self, bytes: &[u8]) {
        self.0.print(bytes);
    }

    fn trace(&self, line: &str) {
        self.0.trace(line);
    }

    fn own_output(&self) -> Option<OwnedFd> {
        self.0.own_output()
    }
}
