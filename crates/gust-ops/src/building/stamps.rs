//! The build information of every program about to be built.

use crate::error::{OpError, OpErrorKind};
use crate::load::Loading;
use crate::report::Lines;
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_build::Stamps;
use gust_build::stamp::program::Stamping;
use gust_build::stamp::settings::Recorded;
use gust_build::stamp::vcs::{Known, StampError, Stamper};
use gust_modules::ModFlag;
use gust_packages::PackageGraph;
use gust_packages::model::PackageModule;
use std::sync::Arc;

/// Why a program could not be stamped.
#[derive(Debug, thiserror::Error)]
pub enum StampFailure {
    /// The command of the version control system is not installed.
    #[error("missing {0} command. See https://golang.org/s/gogetcmd")]
    NoCommand(&'static str),
    /// The state of the working copy could not be told.
    #[error(transparent)]
    Stamp(#[from] StampError),
}

impl StampFailure {
    pub(crate) fn is_prefixed(&self) -> bool {
        matches!(self, StampFailure::NoCommand(_))
    }
}

/// Stamps each program of the graph that has no error.
pub(super) fn of(
    workspace: &Workspace,
    flags: &BuildFlags,
    loading: &Loading,
    graph: &PackageGraph,
) -> Result<Stamps, OpError> {
    let recorded = recorded(workspace, flags, loading);
    let stamper = stamper(workspace, flags, loading);
    let fetcher = workspace.fetcher()?;
    let modules = workspace.modules()?;
    let vendored = modules.is_some_and(|m| m.mode() == ModFlag::Vendor);
    let sum = |module: &PackageModule| match vendored {
        true => String::new(),
        false => fetcher
            .cached_sum(&module.path, &module.version)
            .unwrap_or_default(),
    };
    let stamping = Stamping {
        recorded: &recorded,
        stamper: &stamper,
        sum: &sum,
    };
    let mut stamps = Stamps::default();
    let mut failures: Vec<OpError> = Vec::new();
    for package in graph.packages() {
        let program = &*package.name == "main" && !package.build.force_library;
        if !program || package.error.is_some() || package.incomplete {
            continue;
        }
        match stamping.of(graph, package.id) {
            Ok(info) => {
                stamps.insert(package.id, Arc::from(info.to_string()));
            }
            Err(error) => {
                let missing = error.missing_command().map(StampFailure::NoCommand);
                failures.extend(missing.map(OpError::from));
                failures.push(StampFailure::Stamp(error).into());
            }
        }
    }
    match failures.is_empty() {
        true => Ok(stamps),
        false => Err(OpErrorKind::Several(failures).into()),
    }
}

fn recorded(workspace: &Workspace, flags: &BuildFlags, loading: &Loading) -> Recorded {
    let (settings, options) = (workspace.settings(), &loading.options);
    let raw = |flag: &gust_build::PerPackage| flag.raw().unwrap_or("").to_owned();
    let names = ["CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_LDFLAGS"];
    let fips = settings.gofips140();
    Recorded {
        asan: options.asan,
        asmflags: options.asmflags.raw().map(str::to_owned),
        buildmode: loading.shape.buildmode.clone(),
        gcflags: raw(&options.gcflags),
        ldflags: raw(&options.ldflags),
        cover: false,
        msan: options.msan,
        race: options.race,
        tags: flags.tags.clone(),
        trimpath: options.trimpath,
        cgo_enabled: settings.cgo_enabled(),
        cgo_flags: names.map(|name| (name, settings.get(name).to_owned())),
        goarch: settings.goarch().to_owned(),
        goexperiment: settings.raw_experiment().to_owned(),
        gofips140: (!matches!(fips, "" | "off")).then(|| fips.to_owned()),
        goos: settings.goos().to_owned(),
        arch_setting: settings
            .arch_setting()
            .map(|(key, value)| (key, value.to_owned())),
    }
}

fn stamper(workspace: &Workspace, flags: &BuildFlags, loading: &Loading) -> Stamper {
    let settings = Arc::clone(workspace.settings());
    let text = |s: &std::ffi::OsStr| s.to_string_lossy().into_owned();
    let environment = settings.environ().iter();
    Stamper {
        view: Arc::clone(&loading.loader.config().view),
        command: gust_fetch::vcs::Command {
            environment: environment.map(|(k, v)| (text(k), text(v))).collect(),
            trace: flags.show.then(|| {
                let lines = Lines(Arc::clone(workspace.background()));
                Arc::new(lines) as Arc<dyn gust_fetch::Sink>
            }),
            log: loading.loader.config().view.log().cloned(),
        },
        wish: flags.buildvcs,
        auto: true,
        cwd: settings.cwd().to_owned(),
        allow_multiple: settings.godebug_value("allowmultiplevcs") == "1",
        has_command: Box::new(move |name| {
            settings
                .environ()
                .look_path(settings.view(), name)
                .is_some()
        }),
        known: Known::default(),
    }
}
