//! The build information of every program about to be built.

use super::sink;
use crate::load::Loading;
use crate::session::Session;
use crate::ui::Failure;
use gust_build::stamp::program::Stamping;
use gust_build::stamp::settings::Recorded;
use gust_build::stamp::vcs::{Known, Stamper, Wish};
use gust_build::{Sink, Stamps};
use gust_modules::ModFlag;
use gust_packages::PackageGraph;
use gust_packages::model::ModulePublic;
use std::sync::Arc;

/// Stamps each program of the graph that has no error.
pub(super) fn of(
    session: &Session,
    loading: &Loading,
    graph: &PackageGraph,
) -> Result<Stamps, Failure> {
    let recorded = recorded(session, loading);
    let stamper = stamper(session, loading);
    let fetcher = session.fetcher()?;
    let modules = session.modules()?;
    let vendored = modules.is_some_and(|m| m.mode() == ModFlag::Vendor);
    let sum = |module: &ModulePublic| match vendored {
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
    let mut failures = Vec::new();
    for package in &graph.packages {
        let program = &*package.name == "main" && !package.force_library;
        if !program || package.error.is_some() || package.incomplete {
            continue;
        }
        match stamping.of(graph, package.id) {
            Ok(info) => {
                stamps.insert(package.id, Arc::from(info.to_string()));
            }
            Err(error) => {
                if let Some(system) = error.missing_command() {
                    failures.push(format!(
                        "go: missing {system} command. See https://golang.org/s/gogetcmd"
                    ));
                }
                failures.push(error.to_string());
            }
        }
    }
    match failures.is_empty() {
        true => Ok(stamps),
        false => Err(Failure {
            lines: failures,
            code: 1,
        }),
    }
}

fn recorded(session: &Session, loading: &Loading) -> Recorded {
    let (settings, options) = (session.settings(), &loading.options);
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
        tags: session.flags().tags(),
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

fn stamper(session: &Session, loading: &Loading) -> Stamper {
    let settings = Arc::clone(session.settings());
    let text = |s: &std::ffi::OsStr| s.to_string_lossy().into_owned();
    let environment = settings.environ().iter();
    Stamper {
        view: Arc::clone(&loading.loader.config().view),
        command: gust_fetch::vcs::Command {
            environment: environment.map(|(k, v)| (text(k), text(v))).collect(),
            trace: session
                .flags()
                .bool("x")
                .then_some(|lines| sink::TextSink.output(None, lines.as_bytes())),
            log: loading.loader.config().view.log().cloned(),
        },
        wish: match session.flags().last("buildvcs") {
            None | Some("" | "auto") => Wish::Auto,
            Some(_) if session.flags().bool("buildvcs") => Wish::Always,
            Some(_) => Wish::Never,
        },
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
