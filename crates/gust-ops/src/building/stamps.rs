//! The build information of every program about to be built.

use crate::error::OpError;
use crate::fips;
use crate::load::Loading;
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_build::Stamps;
use gust_build::stamp::program::Stamping;
use gust_build::stamp::settings::Recorded;
use gust_build::stamp::vcs::StampError;
use gust_modules::ModFlag;
use gust_packages::model::PackageModule;
use gust_packages::{Package, PackageGraph, PackageId};
use gust_toolchain::fips::Fips;
use gust_toolchain::vars;
use std::sync::Arc;

/// Stamps each program that has no error, of the graph's packages behind the first `from`. Beside the stamps: what version control
/// refuses.
pub(super) fn of(
    workspace: &Workspace,
    flags: &BuildFlags,
    loading: &Loading,
    graph: &PackageGraph,
    from: usize,
) -> Result<(Stamps, Vec<(PackageId, StampError)>), OpError> {
    let recorded = recorded(workspace, flags, loading);
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
        stamper: workspace.stamper()?,
        sum: &sum,
    };
    let mut stamps = Stamps::default();
    let mut failures = Vec::new();
    for package in &graph.packages()[from..] {
        let program = &*package.name == "main" && !package.build.force_library;
        if !program || package.error.is_some() || package.incomplete {
            continue;
        }
        match stamping.of(graph, recorded_for(graph, package)) {
            Ok(info) => {
                stamps.insert(package.id, Arc::from(info.to_string()));
            }
            Err(error) => failures.push((package.id, error)),
        }
    }
    Ok((stamps, failures))
}

/// The program whose build information a program has: its own; or, for the test of a program with the same defaults, that
/// of the program tested.
fn recorded_for(graph: &PackageGraph, package: &Package) -> PackageId {
    if package.build.testmain.is_none() {
        return package.id;
    }
    let tested = graph.find(&package.build.orig_import_path);
    let tested = tested.filter(|&id| {
        let tested = &graph[id];
        let is_program = &*tested.name == "main" && !tested.build.force_library;
        is_program && tested.build.default_godebug == package.build.default_godebug
    });
    tested.unwrap_or(package.id)
}

fn recorded(workspace: &Workspace, flags: &BuildFlags, loading: &Loading) -> Recorded {
    let (settings, options) = (workspace.settings(), &loading.options);
    let raw = |flag: &gust_build::PerPackage| flag.raw().unwrap_or("").to_owned();
    let names = [
        vars::CGO_CFLAGS,
        vars::CGO_CPPFLAGS,
        vars::CGO_CXXFLAGS,
        vars::CGO_LDFLAGS,
    ];
    let fips = settings.fips().ok();
    let fips = fips.filter(|fips| *fips != Fips::Off);
    Recorded {
        asan: options.asan,
        asmflags: options.asmflags.raw().map(str::to_owned),
        buildmode: loading.shape.buildmode.clone(),
        gcflags: raw(&options.gcflags),
        ldflags: raw(&options.ldflags),
        cover: flags.cover.is_some(),
        msan: options.msan,
        race: options.race,
        tags: fips::tags(workspace, &flags.tags),
        trimpath: options.trimpath,
        cgo_enabled: settings.cgo_enabled(),
        cgo_flags: names.map(|name| (name, settings.get(name).to_owned())),
        goarch: settings.goarch().to_owned(),
        goexperiment: settings.raw_experiment().to_owned(),
        gofips140: fips.map(|fips| fips.version().to_owned()),
        goos: settings.goos().to_owned(),
        arch_setting: settings
            .arch_setting()
            .map(|(key, value)| (key, value.to_owned())),
    }
}
