//! What each command wants of a plan: which packages, which outputs, and where to.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use gust_packages::{Package, PackageGraph, PackageId};

use super::{Action, ActionRef, InstallMode, Kind, Plan, Planner};
use crate::options::BuildOptions;
use crate::shape::{Filter, Shape, ShapeError};

/// What a command changes about packages that it names: where programs go, what they are called.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    changes: HashMap<PackageId, Change>,
}

#[derive(Debug, Clone, Default)]
struct Change {
    target: Option<Option<PathBuf>>,
    stale_reason: Option<&'static str>,
    exe_name: Option<String>,
    omit_debug: bool,
}

impl Targets {
    /// Where the package's result is to be found once it is installed.
    pub fn target<'a>(&'a self, package: &'a Package) -> Option<&'a Path> {
        let changed = self
            .changes
            .get(&package.id)
            .and_then(|c| c.target.as_ref());
        changed.unwrap_or(&package.place.target).as_deref()
    }

    /// The program's file name, when it is not `a.out`.
    pub fn exe_name(&self, id: PackageId) -> Option<&str> {
        self.changes.get(&id)?.exe_name.as_deref()
    }

    /// The program is made without what debuggers need.
    pub fn omits_debug(&self, id: PackageId) -> bool {
        self.changes.get(&id).is_some_and(|c| c.omit_debug)
    }

    /// Why the package counts as stale whatever its inputs are.
    pub fn stale_reason(&self, id: PackageId) -> Option<&'static str> {
        self.changes.get(&id)?.stale_reason
    }

    /// Sets where a package's result goes, by -o.
    pub fn set_output(&mut self, id: PackageId, target: PathBuf) {
        let change = self.changes.entry(id).or_default();
        change.target = Some(Some(target));
        change.stale_reason = Some("build -o flag in use");
    }

    /// The program is a package's test: its place if it is kept, its name there and in the work directory, whether it is made
    /// without what debuggers need.
    pub fn set_test(
        &mut self,
        id: PackageId,
        kept: Option<PathBuf>,
        name: String,
        omit_debug: bool,
    ) {
        let change = self.changes.entry(id).or_default();
        change.target = Some(kept);
        change.exe_name = Some(name);
        change.omit_debug = omit_debug;
    }

    /// The program is only there to be run: under this name, without what debuggers need.
    pub fn set_run(&mut self, id: PackageId, name: String, omit_debug: bool) {
        let change = self.changes.entry(id).or_default();
        change.target = Some(None);
        change.exe_name = Some(name);
        change.omit_debug = omit_debug;
    }
}

/// A request that no plan can fulfil.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// See [`ShapeError`].
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The program would be named like a directory.
    #[error("go: build output {} already exists and is a directory", gust_text::quote::quote(.0))]
    OutputIsDirectory(String),
    /// -o names a directory, and there is nothing to put there.
    #[error("go: no main packages to build")]
    NoMains,
    /// -o names a file, and there are several packages.
    #[error("go: cannot write multiple packages to non-directory {0}")]
    ManyToOneFile(String),
    /// -o names a file, and there is no package.
    #[error("no packages to build")]
    NoPackages,
    /// GOBIN is relative.
    #[error("cannot install, GOBIN must be an absolute path")]
    RelativeGobin,
    /// Packages without a place to be installed: whole lines.
    #[error("{}", .0.join("\n"))]
    NoTargets(Vec<String>),
    /// `go run` of files of which none is built.
    #[error("go: no suitable source files{}", if *.cgo_off { " (cgo is disabled)" } else { "" })]
    NoRunSources {
        /// cgo is off.
        cgo_off: bool,
    },
}

/// What planning needs besides the request.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The packages.
    pub graph: &'a PackageGraph,
    /// The build's shape.
    pub shape: &'a Shape,
    /// The options.
    pub options: &'a BuildOptions,
    /// GOOS
    pub goos: &'a str,
}

impl<'a> Setting<'a> {
    /// The packages that are built of those asked for.
    fn chosen(&self) -> Result<Vec<PackageId>, PlanError> {
        let is_main = |id: &PackageId| &*self.graph[*id].name == "main";
        let roots = self.graph.roots();
        let chosen: Vec<PackageId> = match self.shape.filter {
            Filter::All => roots.to_vec(),
            Filter::Mains => roots.iter().copied().filter(is_main).collect(),
            Filter::NotMains => roots.iter().copied().filter(|id| !is_main(id)).collect(),
            Filter::OneMain => match roots {
                [one] if is_main(one) => vec![*one],
                _ => return Err(ShapeError::OneMain(self.shape.buildmode.clone()).into()),
            },
        };
        let has_files = |id: &PackageId| {
            let package = &self.graph[*id];
            let sources = &*package.sources;
            package.asked.cmdline_pkg_literal || !sources.go.is_empty() || !sources.cgo.is_empty()
        };
        Ok(chosen.into_iter().filter(has_files).collect())
    }

    fn program_name(&self, package: &Package) -> String {
        let name = package.exe_name(self.options.modules_enabled);
        format!("{name}{}", self.shape.exe_suffix)
    }

    /// A planner for these packages.
    pub fn planner(&self, targets: Targets) -> Planner<'a> {
        Planner::new(self.graph, self.shape, self.goos, targets)
    }
}

/// The plan of `go build`. `output` is -o; `is_directory` tells whether a path (relative to the current directory) is one.
///
/// # Errors
/// [`PlanError`] when the outputs cannot be where they should.
#[tracing::instrument(name = "plan", level = "info", skip_all)]
pub fn build(
    setting: Setting<'_>,
    output: Option<&str>,
    is_directory: &dyn Fn(&Path) -> bool,
) -> Result<Plan, PlanError> {
    let explicit = output.is_some_and(|o| !o.is_empty());
    let mut output = output.unwrap_or("").to_owned();
    if let ([root], true) = (setting.graph.roots(), output.is_empty()) {
        let package = &setting.graph[*root];
        if &*package.name == "main" {
            output = setting.program_name(package);
        }
    }
    let chosen = setting.chosen()?;
    let mut targets = Targets::default();
    if output.is_empty() || output == "/dev/null" {
        let mut planner = setting.planner(targets);
        let mode = InstallMode::Build;
        let deps = chosen
            .into_iter()
            .map(|id| planner.auto(mode, mode, id))
            .collect();
        let root = planner.group("go build", deps);
        return Ok(planner.finish(root));
    }
    if output.ends_with('/') || is_directory(Path::new(&output)) {
        if !explicit {
            return Err(PlanError::OutputIsDirectory(output));
        }
        return build_into(setting, &output, chosen);
    }
    let one = match chosen.as_slice() {
        [] => return Err(PlanError::NoPackages),
        [one] => *one,
        _ => return Err(PlanError::ManyToOneFile(output)),
    };
    targets.set_output(one, PathBuf::from(output));
    let mut planner = setting.planner(targets);
    let root = planner.auto(InstallMode::Install, InstallMode::Build, one);
    Ok(planner.finish(root))
}

/// Each program into a directory.
fn build_into(setting: Setting<'_>, dir: &str, chosen: Vec<PackageId>) -> Result<Plan, PlanError> {
    let mut targets = Targets::default();
    let mains: Vec<PackageId> = chosen
        .into_iter()
        .filter(|id| &*setting.graph[*id].name == "main")
        .collect();
    if mains.is_empty() {
        return Err(PlanError::NoMains);
    }
    for &id in &mains {
        let file = format!("{dir}/{}", setting.program_name(&setting.graph[id]));
        targets.set_output(id, gust_syntax::slash::clean(&file).into());
    }
    let mut planner = setting.planner(targets);
    let deps = mains
        .into_iter()
        .map(|id| planner.auto(InstallMode::Install, InstallMode::Build, id))
        .collect();
    let root = planner.group("go build", deps);
    Ok(planner.finish(root))
}

/// The plan of `go install`.
///
/// # Errors
/// [`PlanError`] when a package has no place to be installed.
pub fn install(setting: Setting<'_>, gobin: &str) -> Result<Plan, PlanError> {
    if !gobin.is_empty() && !Path::new(gobin).is_absolute() {
        return Err(PlanError::RelativeGobin);
    }
    let chosen = setting.chosen()?;
    let lacking: Vec<String> = chosen
        .iter()
        .filter_map(|&id| without_target(&setting.graph[id]))
        .collect();
    if !lacking.is_empty() {
        return Err(PlanError::NoTargets(lacking));
    }
    let mut planner = setting.planner(Targets::default());
    let (mut deps, mut tools) = (Vec::new(), Vec::new());
    for id in chosen {
        let at = planner.auto(InstallMode::Install, InstallMode::Build, id);
        // The build may be using the very tools that it makes: they are put in their place at the end.
        if is_tool(&setting.graph[id]) {
            deps.extend(planner.action_mut(at).deps.clone());
            tools.push(at);
        } else {
            deps.push(at);
        }
    }
    let mut root = planner.group("go install", deps);
    if !tools.is_empty() {
        for &tool in &tools {
            planner.action_mut(tool).deps.push(root);
        }
        root = planner.group("go install (tools)", tools);
    }
    Ok(planner.finish(root))
}

/// What go says of a package that has no place to be installed; None when it has, or needs none.
fn without_target(p: &Package) -> Option<String> {
    if p.place.target.is_some() {
        return None;
    }
    let library = &*p.name != "main";
    if library
        && (p.place.local && p.place.conflict_dir.is_none()
            || p.module.is_some()
            || p.place.standard)
    {
        return None;
    }
    let dir = p.place.dir.display();
    Some(if p.place.gobin_subdir {
        "go: cannot install cross-compiled binaries when GOBIN is set".to_owned()
    } else if p.asked.cmdline_files {
        "go: no install location for .go files listed on command line (GOBIN not set)".to_owned()
    } else if let Some(hidden) = &p.place.conflict_dir {
        format!(
            "go: no install location for {dir}: hidden by {}",
            hidden.display()
        )
    } else {
        format!(
            "go: no install location for directory {dir} outside GOPATH\n\tFor more details see: 'go help gopath'"
        )
    })
}

fn is_tool(p: &Package) -> bool {
    let command = p.place.goroot && &*p.name == "main" && p.import_path.starts_with("cmd/");
    command && !matches!(&*p.import_path, "cmd/go" | "cmd/gofmt")
}

/// The plan of `go run`: link `main` and start it.
///
/// # Errors
/// [`PlanError::NoRunSources`] when the files named are none that is built.
pub fn run(
    setting: Setting<'_>,
    main: PackageId,
    args: Vec<String>,
    cgo_enabled: bool,
) -> Result<Plan, PlanError> {
    let package = &setting.graph[main];
    let name = if package.asked.cmdline_files {
        let sources = &*package.sources;
        let Some(first) = sources.go.first().or(sources.cgo.first()) else {
            let cgo_off = !cgo_enabled;
            return Err(PlanError::NoRunSources { cgo_off });
        };
        first.strip_suffix(".go").unwrap_or(first).to_owned()
    } else {
        package.exe_name(setting.options.modules_enabled)
    };
    let mut targets = Targets::default();
    targets.set_run(main, name, true);
    let mut planner = setting.planner(targets);
    let link = planner.link(InstallMode::Build, InstallMode::Build, main);
    planner.action_mut(link).cache_executable = true;
    let root = planner.push(Action {
        deps: vec![link],
        ..Action::new(Kind::Run { args })
    });
    Ok(planner.finish(root))
}

/// The plan of a `go list` that shows what a build would say of packages.
pub fn list(setting: Setting<'_>, packages: &[PackageId]) -> Plan {
    let mut planner = setting.planner(Targets::default());
    let mut deps: Vec<ActionRef> = Vec::new();
    for &id in packages {
        let sources = &*setting.graph[id].sources;
        if !sources.go.is_empty() || !sources.cgo.is_empty() {
            deps.push(planner.auto(InstallMode::Install, InstallMode::Install, id));
        }
    }
    let root = planner.group("", deps);
    planner.finish(root)
}
