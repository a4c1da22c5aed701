//! What `build`, `install`, `run` and `list` do alike: load packages, refuse those with errors, stamp programs, carry out a plan.

mod outside;
mod stamps;

use crate::error::{OpError, Outcome};
use crate::load::{self, Loading};
use crate::report::{BuildOutput, Reporter};
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_build::plan::request::Setting;
use gust_build::{Plan, Purpose, ShapeError, Site, SiteParts, Stamps};
use gust_packages::config::Needs;
use gust_packages::{LoadError, PackageGraph};
use gust_toolchain::platform::build_mode_supported;
use std::mem::ManuallyDrop;
use std::sync::Arc;

pub use outside::has_version;

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
}

impl<'a> Building<'a> {
    /// Loads the packages that the arguments name. Their errors are not looked at yet.
    pub fn load(
        workspace: &'a Workspace,
        flags: &'a BuildFlags,
        reporter: &'a dyn Reporter,
        args: &[String],
        mains_only: bool,
    ) -> Result<Building<'a>, OpError> {
        let needs = Needs {
            mains_only,
            ..Needs::default()
        };
        Building::load_for(workspace, flags, reporter, args, needs, Purpose::Build)
    }

    /// The same for a purpose of its own.
    pub fn load_for(
        workspace: &'a Workspace,
        flags: &'a BuildFlags,
        reporter: &'a dyn Reporter,
        args: &[String],
        needs: Needs,
        purpose: Purpose,
    ) -> Result<Building<'a>, OpError> {
        if purpose == Purpose::Build {
            check_build(workspace, flags)?;
        }
        let (mut loading, graph) = match workspace.at_version() {
            true => outside::load(workspace, flags, reporter, args, needs)?,
            false => {
                let mut loading = load::loading(workspace, flags, needs)?;
                let graph = loading.loader.load(args).map_err(load_failure)?;
                (loading, graph)
            }
        };
        loading.options.purpose = purpose;
        for warning in &graph.warnings {
            reporter.note(warning);
        }
        Ok(Building {
            workspace,
            flags,
            reporter,
            loading: ManuallyDrop::new(loading),
            graph: ManuallyDrop::new(graph),
        })
    }

    /// Ends the command when a package, or one that it needs, has an error.
    pub fn check(&self) -> Outcome {
        let errors = self.graph.errors(&self.graph.roots);
        if errors.is_empty() {
            return Ok(());
        }
        for (id, error) in errors {
            let desc = self.graph[id].desc();
            self.reporter.failure(Some(&desc), &error.to_string());
        }
        Err(OpError::silent(1))
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
    pub fn carry_out(&mut self, plan: &Plan) -> Result<gust_build::Outcome, OpError> {
        let workspace = self.workspace;
        let stamps = match self.loading.options.purpose {
            Purpose::Build | Purpose::List { .. } => self.stamps()?,
        };
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
            stamps: &stamps,
            cache,
            hashing: &hashing,
            memo: Arc::clone(workspace.memo()),
            vendor_dir: vendor_dir.as_deref(),
        });
        self.write_graph(plan)?;
        let sink = BuildOutput(self.reporter);
        let outcome = gust_build::execute(&site, plan, &sink, workspace.interrupt());
        let outcome = outcome.map_err(OpError::plain)?;
        let _ = site.view.flush();
        if !site.options.lists() {
            // A cache that cannot be trimmed is trimmed another day.
            let _ = cache.trim();
        }
        Ok(outcome)
    }

    /// -debug-actiongraph.
    fn write_graph(&self, plan: &Plan) -> Outcome {
        let file = &self.flags.action_graph;
        if file.is_empty() {
            return Ok(());
        }
        if file.ends_with(".go") {
            return Err(OpError::error(format!(
                "refusing to write action graph to {file}\n"
            )));
        }
        let text = gust_build::show::graph::json(plan, &self.graph, "$WORK");
        let path = self.workspace.settings().cwd().join(file);
        if let Err(error) = gust_fs::write::atomic(&path, text.as_bytes(), 0o666) {
            let why = gust_fs::errtext::go_text(&error);
            self.reporter.complain(&format_args!(
                "go: writing action graph: open {file}: {why}"
            ));
        }
        Ok(())
    }

    fn stamps(&self) -> Result<Stamps, OpError> {
        stamps::of(self.workspace, self.flags, &self.loading, &self.graph)
    }
}

/// GOOS and GOARCH must go together.
fn check_platform(workspace: &Workspace) -> Outcome {
    let (goos, goarch) = (workspace.settings().goos(), workspace.settings().goarch());
    if build_mode_supported("default", goos, goarch) {
        return Ok(());
    }
    let (goos, goarch) = (goos.to_owned(), goarch.to_owned());
    let error = ShapeError::Pair { goos, goarch };
    Err(OpError::with_code(&error, error.exit_code()))
}

/// What is refused before anything is built.
pub fn check_build(workspace: &Workspace, flags: &BuildFlags) -> Outcome {
    refuse_missing(flags)?;
    check_platform(workspace)?;
    check_tags(flags)
}

/// What go can do and gust cannot yet.
fn refuse_missing(flags: &BuildFlags) -> Outcome {
    let missing = if flags.cover || flags.cover_details {
        "-cover"
    } else if flags.linkshared || flags.buildmode.as_deref() == Some("shared") {
        "-buildmode=shared"
    } else if flags.compiler.as_deref() == Some("gccgo") {
        "-compiler=gccgo"
    } else {
        return Ok(());
    };
    let text = format!("gust: {missing} is not here yet; the README lists what is missing");
    Err(OpError::with_code(text, 2))
}

/// What is wrong with files named on the command line is told without `go: `.
fn load_failure(error: LoadError) -> OpError {
    match error {
        LoadError::Modules(_) => OpError::error(error),
        _ => OpError::plain(error),
    }
}

/// Commas or spaces, not both.
fn check_tags(flags: &BuildFlags) -> Outcome {
    if flags.tags.iter().any(|tag| tag.contains(',')) {
        let text = "go: -tags space-separated list contains comma";
        return Err(OpError::with_code(text, 2));
    }
    Ok(())
}
