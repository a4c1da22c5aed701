//! What `build`, `install`, `run` and `list` do alike: load packages, refuse those with errors, stamp programs, carry out a plan.

pub(crate) mod outside;
pub(crate) mod sink;
mod stamps;

use crate::load::{self, Loading};
use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_build::plan::request::Setting;
use gust_build::{Plan, Purpose, ShapeError, Site, SiteParts, Stamps};
use gust_cache::Hashing;
use gust_packages::config::Needs;
use gust_packages::{LoadError, PackageGraph};
use gust_toolchain::platform::build_mode_supported;
use sink::{JsonSink, TextSink};
use std::io::Write;
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Loaded packages and all that a build of them needs.
///
/// Never taken apart: the process ends right after it has served, and freeing a hundred thousand small things one by one
/// takes a tenth of a command's time.
pub(crate) struct Building<'a> {
    session: &'a Session,
    pub(crate) loading: ManuallyDrop<Loading>,
    pub(crate) graph: ManuallyDrop<PackageGraph>,
}

impl<'a> Building<'a> {
    /// Loads the packages that the arguments name. Their errors are not looked at yet.
    pub(crate) fn load(
        session: &'a Session,
        args: &[String],
        mains_only: bool,
    ) -> Result<Building<'a>, Failure> {
        let needs = Needs {
            mains_only,
            ..Needs::default()
        };
        Building::load_for(session, args, needs, Purpose::Build)
    }

    /// The same for a purpose of its own.
    pub(crate) fn load_for(
        session: &'a Session,
        args: &[String],
        needs: Needs,
        purpose: Purpose,
    ) -> Result<Building<'a>, Failure> {
        if purpose == Purpose::Build {
            check_build(session)?;
        }
        let at_version = purpose == Purpose::Build && args.iter().any(|a| outside::has_version(a));
        let (mut loading, graph) = match at_version {
            true => outside::load(session, args, needs)?,
            false => {
                let mut loading = load::loading(session, needs)?;
                let graph = loading.loader.load(args).map_err(load_failure)?;
                (loading, graph)
            }
        };
        loading.options.purpose = purpose;
        for warning in &graph.warnings {
            session.ui().note(warning);
        }
        Ok(Building {
            session,
            loading: ManuallyDrop::new(loading),
            graph: ManuallyDrop::new(graph),
        })
    }

    /// Ends the command when a package, or one that it needs, has an error.
    pub(crate) fn check(&self) -> Outcome {
        let errors = self.graph.errors(&self.graph.roots);
        if errors.is_empty() {
            return Ok(());
        }
        let sink = self.sink();
        for (id, error) in errors {
            let desc = self.graph[id].desc();
            sink.failure(Some(&desc), &error.to_string());
        }
        Err(Failure::silent(1))
    }

    /// Where the build's output goes: standard error, or with -json standard output.
    fn sink(&self) -> Box<dyn gust_build::Sink> {
        match self.session.flags().bool("json") && self.loading.options.purpose == Purpose::Build {
            true => Box::new(JsonSink::default()),
            false => Box::new(TextSink),
        }
    }

    /// What planning needs.
    pub(crate) fn setting(&self) -> Setting<'_> {
        Setting {
            graph: &self.graph,
            shape: &self.loading.shape,
            options: &self.loading.options,
            goos: self.session.settings().goos(),
        }
    }

    /// Carries out a plan. What failed has been printed; the exit code is noted.
    pub(crate) fn carry_out(&mut self, plan: &Plan) -> Result<gust_build::Outcome, Failure> {
        let session = self.session;
        let stamps = match self.loading.options.purpose {
            Purpose::Build | Purpose::List { .. } => self.stamps()?,
        };
        self.loading.loader.save();
        session.watch();
        let settings = session.settings();
        let hashing = hashing(session);
        let cache = session.cache()?;
        let modules = session.modules()?;
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
            memo: Arc::clone(session.memo()),
            vendor_dir: vendor_dir.as_deref(),
        });
        self.write_graph(plan)?;
        let interrupted = AtomicBool::new(false);
        let outcome = gust_build::execute(&site, plan, &*self.sink(), &interrupted);
        let outcome = outcome.map_err(Failure::plain)?;
        if outcome.failed {
            session.ui().set_code(1);
        }
        let _ = site.view.flush();
        if !site.options.lists() {
            // A cache that cannot be trimmed is trimmed another day.
            let _ = cache.trim();
        }
        Ok(outcome)
    }

    /// -debug-actiongraph.
    fn write_graph(&self, plan: &Plan) -> Outcome {
        let file = self.session.flags().text("debug-actiongraph");
        if file.is_empty() {
            return Ok(());
        }
        if file.ends_with(".go") {
            return Err(Failure::error(format!(
                "refusing to write action graph to {file}\n"
            )));
        }
        let text = gust_build::show::graph::json(plan, &self.graph, "$WORK");
        let path = self.session.settings().cwd().join(file);
        if let Err(error) = gust_fs::write::atomic(&path, text.as_bytes(), 0o666) {
            let why = gust_fs::errtext::go_text(&error);
            self.session
                .ui()
                .error(format_args!("writing action graph: open {file}: {why}"));
        }
        Ok(())
    }

    fn stamps(&self) -> Result<Stamps, Failure> {
        stamps::of(self.session, &self.loading, &self.graph)
    }
}

/// Hashing as the release's go does it, with a trace for GODEBUG=gocachehash=1.
pub(crate) fn hashing(session: &Session) -> Hashing {
    let settings = session.settings();
    let hashing = Hashing::new(settings.release_name());
    match settings.godebug_value("gocachehash") {
        "1" => hashing.with_trace(|line| {
            let _ = std::io::stderr().write_all(line.as_bytes());
        }),
        _ => hashing,
    }
}

/// GOOS and GOARCH must go together, and a list of tags must be of one kind.
fn check_platform(session: &Session) -> Outcome {
    let (goos, goarch) = (session.settings().goos(), session.settings().goarch());
    if !build_mode_supported("default", goos, goarch) {
        let (goos, goarch) = (goos.to_owned(), goarch.to_owned());
        let error = ShapeError::Pair { goos, goarch };
        return Err(Failure::with_code(&error, error.exit_code()));
    }
    if session.flags().tags().iter().any(|tag| tag.contains(',')) {
        let text = "go: -tags space-separated list contains comma";
        return Err(Failure::with_code(text, 2));
    }
    Ok(())
}

/// What is refused before anything is built.
pub(crate) fn check_build(session: &Session) -> Outcome {
    refuse_missing(session)?;
    check_platform(session)?;
    check_tags(session)
}

/// What go can do and gust cannot yet.
fn refuse_missing(session: &Session) -> Outcome {
    let flags = session.flags();
    let missing = if flags.bool("cover") || flags.is_set("covermode") || flags.is_set("coverpkg") {
        "-cover"
    } else if flags.bool("linkshared") || flags.text("buildmode") == "shared" {
        "-buildmode=shared"
    } else if flags.text("compiler") == "gccgo" {
        "-compiler=gccgo"
    } else {
        return Ok(());
    };
    let text = format!("gust: {missing} is not here yet; the README lists what is missing");
    Err(Failure::with_code(text, 2))
}

/// What is wrong with files named on the command line is told without `go: `.
pub(super) fn load_failure(error: LoadError) -> Failure {
    match error {
        LoadError::Modules(_) => Failure::error(error),
        _ => Failure::plain(error),
    }
}

/// Commas or spaces, not both.
fn check_tags(session: &Session) -> Outcome {
    if session.flags().tags().iter().any(|tag| tag.contains(',')) {
        let text = "go: -tags space-separated list contains comma";
        return Err(Failure::with_code(text, 2));
    }
    Ok(())
}
