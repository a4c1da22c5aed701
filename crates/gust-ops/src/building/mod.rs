//! What `build`, `install`, `run` and `list` do alike: load packages, refuse those with errors, stamp programs, carry out a plan.

mod cover;
mod outside;
mod stamps;

use crate::error::OpError;
use crate::load::{self, Loading};
use crate::modules;
use crate::report::{BuildOutput, Reporter};
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_build::lowered::LoweredPlan;
use gust_build::plan::request::Setting;
use gust_build::run::Work;
use gust_build::{Plan, Purpose, ShapeError, Site, SiteParts, Stamps};
use gust_modules::Requirements;
use gust_packages::config::Needs;
use gust_packages::model::{PackageError, Problem, TestMain};
use gust_packages::{Named, PackageGraph, PackageId, TestCover, TestVariants};
use gust_toolchain::platform::build_mode_supported;
use std::convert::Infallible;
use std::mem::ManuallyDrop;
use std::sync::Arc;

pub use outside::{OutsideError, has_version, newer_release_for};

/// Loaded packages and all that a build of them needs.
///
/// Never taken apart: the process ends right after it has served, and freeing a hundred thousand small things one by one
/// takes a tenth of a command's time.
pub struct Building<'a> {
    workspace: &'a Workspace,
    flags: &'a BuildFlags,
    reporter: &'a dyn Reporter,
    /// What loads packages, and the options of a build of them.
    pub loading: ManuallyDrop<Loading>,
    /// The packages.
    pub graph: ManuallyDrop<PackageGraph>,
    /// The requirements that they were loaded with; none in GOPATH mode.
    pub requirements: Option<Arc<Requirements>>,
    /// What programs record, as far as it was asked for.
    stamps: Stamps,
    /// How many of the graph's packages were looked at for it.
    stamped: usize,
    /// The work directory, where it was named ahead.
    work: Option<Work>,
}

/// When a command that builds begins to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starts {
    /// When packages are loaded and planned: its script begins there.
    Late,
    /// Before packages are loaded: a script names the work directory even if that is all that comes of it.
    First,
    /// The same, for programs only.
    WithMains,
}

impl<'a> Building<'a> {
    /// Loads the packages that the arguments name. Their errors are not looked at yet.
    pub fn load(
        workspace: &'a Workspace,
        flags: &'a BuildFlags,
        reporter: &'a dyn Reporter,
        named: Named<'_>,
        starts: Starts,
    ) -> Result<Building<'a>, OpError> {
        let needs = Needs {
            // What is asked for at a version must be a program.
            mains_only: starts == Starts::WithMains || workspace.at_version(),
            ..Needs::default()
        };
        let purpose = Purpose::Build;
        Building::load_from(workspace, flags, reporter, named, needs, purpose, starts)
    }

    /// The same for a purpose of its own.
    pub fn load_for(
        workspace: &'a Workspace,
        flags: &'a BuildFlags,
        reporter: &'a dyn Reporter,
        named: Named<'_>,
        needs: Needs,
        purpose: Purpose,
    ) -> Result<Building<'a>, OpError> {
        let starts = Starts::Late;
        Building::load_from(workspace, flags, reporter, named, needs, purpose, starts)
    }

    /// The same, beginning when the command wants it.
    pub(crate) fn load_from(
        workspace: &'a Workspace,
        flags: &'a BuildFlags,
        reporter: &'a dyn Reporter,
        named: Named<'_>,
        needs: Needs,
        purpose: Purpose,
        starts: Starts,
    ) -> Result<Building<'a>, OpError> {
        if purpose == Purpose::Build {
            check_build(workspace, flags)?;
        }
        // Version control answers while packages are loaded.
        if let Ok(stamper) = workspace.stamper() {
            stamper.begin();
        }
        let mut loading = load::loading(workspace, flags, needs)?;
        let outside = match workspace.at_version() {
            true => {
                let loader = &loading.loader;
                Some(outside::find(workspace, reporter, loader, named.args())?)
            }
            false => None,
        };
        let (named, start) = match &outside {
            Some(outside) => {
                let patterns = Named::Patterns(&outside.patterns);
                (patterns, Some(outside.requirements()))
            }
            None => (named, None),
        };
        let mut work = None;
        if starts != Starts::Late && loading.options.names_work() {
            let mut made = Work::named(workspace.settings(), &BuildOutput(reporter))?;
            if loading.options.keep_work {
                made.keep();
            }
            work = Some(made);
        }
        let failed = |error| modules::edit_failure(workspace, error);
        let loaded = gust_edit::load(&mut loading.loader, named, start).map_err(failed)?;
        loaded.commit(workspace.modules()?).map_err(failed)?;
        let requirements = loaded.edits().map(|edits| Arc::clone(edits.requirements()));
        let mut graph = loaded.packages(&mut loading.loader);
        if let Some(outside) = &outside {
            let foreign = outside.foreign_packages(&graph);
            graph = graph.with_errors(foreign);
        }
        loading.options.purpose = purpose;
        for warning in graph.warnings() {
            reporter.note(warning);
        }
        Ok(Building {
            workspace,
            flags,
            reporter,
            loading: ManuallyDrop::new(loading),
            graph: ManuallyDrop::new(graph),
            requirements,
            work,
            stamps: Stamps::default(),
            stamped: 0,
        })
    }

    /// Finds out what programs record that have joined the graph since it was asked last. Where version control refuses, that is
    /// the package's error.
    pub fn stamp(&mut self) -> Result<(), OpError> {
        let from = std::mem::replace(&mut self.stamped, self.graph.packages().len());
        let (stamps, failures) =
            stamps::of(self.workspace, self.flags, &self.loading, &self.graph, from)?;
        self.stamps.extend(stamps);
        let refused = failures.into_iter().map(|(id, error)| {
            if let Some(system) = error.missing_command() {
                self.reporter.note(&format_args!(
                    "go: missing {system} command. See https://golang.org/s/gogetcmd"
                ));
            }
            (id, PackageError::new(Problem::Other(error.to_string())))
        });
        let refused: Vec<(PackageId, PackageError)> = refused.collect();
        if !refused.is_empty() {
            let graph = std::mem::take(&mut *self.graph);
            *self.graph = graph.with_errors(refused);
        }
        Ok(())
    }

    /// Ends the command when a package, or one that it needs, has an error.
    pub fn check(&mut self) -> Result<(), OpError> {
        self.stamp()?;
        let errors = self.graph.errors(self.graph.roots());
        if errors.is_empty() {
            return Ok(());
        }
        for (id, error) in errors {
            let desc = self.graph[id].desc();
            self.reporter.failure(Some(&desc), &error.to_string());
        }
        Err(OpError::told())
    }

    /// Adds the packages of the tests of some of the packages; the main packages are made where they are compiled.
    pub(crate) fn add_tests(
        &mut self,
        of: &[PackageId],
        cover: Option<&TestCover>,
    ) -> Vec<TestVariants> {
        let graph = std::mem::take(&mut *self.graph);
        let keep = |_: &[u8]| Ok::<_, Infallible>(TestMain::FILE.to_owned());
        let Ok((graph, tests)) = self.loading.loader.with_tests(graph, of, cover, keep);
        *self.graph = graph;
        tests
    }

    /// What planning needs.
    pub fn setting(&self) -> Setting<'_> {
        Setting {
            graph: &self.graph,
            shape: &self.loading.shape,
            options: &self.loading.options,
            goos: self.workspace.settings().goos(),
        }
    }

    /// Carries out a plan. What failed has been printed; the exit code is noted.
    #[tracing::instrument(name = "carry out", level = "info", skip_all)]
    pub fn carry_out(&mut self, plan: &Plan) -> Result<gust_build::Outcome, OpError> {
        self.write_graph(plan)?;
        let (reporter, interrupt) = (self.reporter, self.workspace.interrupt());
        let work = self.work.take();
        let outcome = self.on_site(|site| {
            let sink = BuildOutput(reporter);
            let outcome = gust_build::execute(site, plan, &sink, interrupt, work);
            let outcome = outcome?;
            let _ = site.view.flush();
            if !site.options.lists() {
                // A cache that cannot be trimmed is trimmed another day.
                let _ = site.cache.trim();
            }
            Ok(outcome)
        })?;
        self.write_trace(&outcome);
        Ok(outcome)
    }

    /// A plan with every action lowered, to be written down and carried out by another process.
    pub fn lowered(&mut self, plan: &Plan) -> Result<LoweredPlan, OpError> {
        self.on_site(|site| Ok(gust_build::lowered::lower(site, plan)?))
    }

    /// Everything that a build stands on. Programs' stamps, with what version control says, are found before anything is done.
    fn on_site<T>(
        &mut self,
        act: impl FnOnce(&Site<'_>) -> Result<T, OpError>,
    ) -> Result<T, OpError> {
        self.stamp()?;
        let workspace = self.workspace;
        self.loading.loader.save();
        let settings = workspace.settings();
        let hashing = workspace.hashing();
        let cache = workspace.cache()?;
        let modules = workspace.modules()?;
        let vendor_dir = modules.map(|modules| modules.vendor_dir());
        let site = Site::new(SiteParts {
            settings,
            view: &self.loading.loader.config().view,
            graph: &self.graph,
            options: &self.loading.options,
            shape: &self.loading.shape,
            stamps: &self.stamps,
            cache,
            hashing: &hashing,
            memo: Arc::clone(workspace.memo()),
            vendor_dir: vendor_dir.as_deref(),
        });
        act(&site)
    }

    /// -debug-trace.
    fn write_trace(&self, outcome: &gust_build::Outcome) {
        let file = &self.flags.trace;
        if !file.is_empty() {
            let text = gust_build::show::trace::json(&outcome.spans);
            self.write_aside("trace", file, &text);
        }
    }

    /// A file for whoever wants to look at the build. That it cannot be written is no reason to end.
    fn write_aside(&self, what: &str, file: &str, text: &str) {
        let path = self.workspace.settings().cwd().join(file);
        if let Err(error) = gust_fs::write::atomic(&path, &gust_bytes::raw(text), 0o666) {
            let why = gust_fs::errtext::go_text(&error);
            self.reporter
                .complain(&format_args!("go: writing {what}: open {file}: {why}"));
        }
    }

    /// -debug-actiongraph.
    fn write_graph(&self, plan: &Plan) -> Result<(), BuildRefusal> {
        let file = &self.flags.action_graph;
        if file.is_empty() {
            return Ok(());
        }
        if file.ends_with(".go") {
            return Err(BuildRefusal::GraphOverSource(file.clone()));
        }
        let text = gust_build::show::graph::json(plan, &self.graph, "$WORK");
        self.write_aside("action graph", file, &text);
        Ok(())
    }
}

/// What is asked of a build and not done.
#[derive(Debug, thiserror::Error)]
pub enum BuildRefusal {
    /// go can do it and gust cannot yet.
    #[error("gust: {0} is not here yet; the README lists what is missing")]
    NotHere(&'static str),
    /// -tags has commas and spaces.
    #[error("-tags space-separated list contains comma")]
    CommaInTags,
    /// -covermode, with -race: counters in any other mode race.
    #[error("-covermode must be \"atomic\", not {}, when -race is enabled", gust_text::quote::quote(.0))]
    CoverMode(String),
    /// -debug-actiongraph names a Go file.
    #[error("refusing to write action graph to {0}")]
    GraphOverSource(String),
}

impl BuildRefusal {
    pub(crate) fn is_prefixed(&self) -> bool {
        !matches!(self, BuildRefusal::NotHere(_) | BuildRefusal::CoverMode(_))
    }

    pub(crate) fn code(&self) -> u8 {
        match self {
            BuildRefusal::NotHere(_) | BuildRefusal::CommaInTags => 2,
            BuildRefusal::GraphOverSource(_) | BuildRefusal::CoverMode(_) => 1,
        }
    }
}

/// What is refused before anything is built.
///
/// # Errors
/// [`OpError`] for what gust cannot do yet, platforms that there are none, and tags that cannot be read.
pub fn check_build(workspace: &Workspace, flags: &BuildFlags) -> Result<(), OpError> {
    if let Some(missing) = not_here(flags) {
        return Err(BuildRefusal::NotHere(missing).into());
    }
    if flags.race && flags.cover_mode() != "atomic" {
        return Err(BuildRefusal::CoverMode(flags.cover_mode().to_owned()).into());
    }
    let (goos, goarch) = (workspace.settings().goos(), workspace.settings().goarch());
    if !build_mode_supported("default", goos, goarch) {
        let (goos, goarch) = (goos.to_owned(), goarch.to_owned());
        return Err(ShapeError::Pair { goos, goarch }.into());
    }
    // Commas or spaces, not both.
    match flags.tags.iter().any(|tag| tag.contains(',')) {
        true => Err(BuildRefusal::CommaInTags.into()),
        false => Ok(()),
    }
}

/// What go can do and gust cannot yet.
fn not_here(flags: &BuildFlags) -> Option<&'static str> {
    if flags.linkshared || flags.buildmode.as_deref() == Some("shared") {
        Some("-buildmode=shared")
    } else if flags.compiler.as_deref() == Some("gccgo") {
        Some("-compiler=gccgo")
    } else {
        None
    }
}
