//! `go vet`: what is likely a mistake in packages; `go fix`: what can be said better today. Each drives a tool that looks at one
//! package at a time.

mod fixes;
mod told;

use crate::building::{Building, Starts};
use crate::error::OpError;
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::test::first_error;
use crate::workspace::Workspace;
use gust_build::Purpose;
use gust_build::plan::{ActionRef, Plan, Targets};
use gust_packages::config::Needs;
use gust_packages::{Named, Package, PackageId, TestVariants};
use gust_vet::{Findings, Vets, Vetting};
use std::sync::Arc;
use told::Told;

/// Which tool is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driven {
    /// The release's vet.
    Vet,
    /// The release's fix, whose findings are mended.
    Fix,
}

impl Driven {
    /// The tool's name, which is the command's.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Driven::Vet => "vet",
            Driven::Fix => "fix",
        }
    }
}

/// What to vet, and how.
pub struct VetRequest {
    /// By what.
    pub driven: Driven,
    /// How packages are loaded and what they need is built.
    pub flags: BuildFlags,
    /// The packages as named.
    pub patterns: Vec<String>,
    /// Another tool than the release's.
    pub tool: Option<String>,
    /// The tool's flags.
    pub tool_flags: Vec<String>,
    /// Findings are told as the tool prints them; its flags say so.
    pub json: bool,
    /// Only the difference is wanted.
    pub diff: bool,
    /// What is found is to be mended.
    pub fixes: bool,
    /// Fixers named in the old way, which has no effect.
    pub obsolete: Option<String>,
    /// Lines of context around each finding; none is told without.
    pub context: Option<usize>,
}

/// How vetting ended.
pub struct VetOutcome {
    /// Something was found or failed; what, has been told.
    pub failed: bool,
}

/// Packages that cannot be vetted.
#[derive(Debug, thiserror::Error)]
pub enum VetError {
    /// The patterns match nothing.
    #[error("no packages to {0}")]
    NoPackages(&'static str),
    /// A difference is of files that are mended.
    #[error("go vet -diff flag requires -fix")]
    Diff,
    /// It can be told in one form only.
    #[error("-json and -diff cannot be used together")]
    JsonAndDiff,
    /// What is mended is not shown.
    #[error("-c flag cannot be used when applying fixes")]
    Context,
}

/// Vets packages, with their tests.
///
/// # Errors
/// [`OpError`] when packages cannot be loaded.
#[tracing::instrument(name = "vet", level = "info", skip_all)]
pub fn vet(
    workspace: &Workspace,
    request: VetRequest,
    reporter: &Arc<dyn Reporter>,
) -> Result<VetOutcome, OpError> {
    check(&request)?;
    if let Some(names) = &request.obsolete {
        tell_obsolete(names, reporter.as_ref());
    }
    let needs = Needs {
        tests: true,
        ..Needs::default()
    };
    let named = Named::Patterns(&request.patterns);
    let (flags, out) = (&request.flags, reporter.as_ref());
    let (purpose, starts) = (Purpose::Build, Starts::First);
    let mut building = Building::load_from(workspace, flags, out, named, needs, purpose, starts)?;
    building.check()?;
    let roots: Vec<PackageId> = building.graph.roots().to_vec();
    if roots.is_empty() {
        return Err(VetError::NoPackages(request.driven.name()).into());
    }
    let variants = building.add_tests(&roots, None);
    let told = Arc::new(Told::new(workspace, &request, Arc::clone(reporter)));
    let mut tool_flags = request.tool_flags.clone();
    let explicit = !tool_flags.is_empty();
    let form: &[&str] = match (request.json, request.fixes, request.diff) {
        (true, ..) => &[],
        // In this form findings can be told apart from everything else.
        (false, false, _) => &["-json"],
        (false, true, false) => &["-fix"],
        (false, true, true) => &["-fix", "-diff"],
    };
    tool_flags.extend(form.iter().map(|&flag| flag.to_owned()));
    let vetting = Arc::new(Vetting {
        tool: tool(workspace, &request),
        flags: tool_flags,
        explicit,
        mends: request.applies(),
        for_tests: false,
        findings: Arc::clone(&told) as Arc<dyn Findings>,
    });
    let plan = plan(&building, (&request, &roots, &variants), &vetting, &told);
    let outcome = building.carry_out(&plan)?;
    mend(workspace.settings().view(), &told);
    Ok(VetOutcome {
        failed: outcome.failed || told.failed(),
    })
}

impl VetRequest {
    /// Files are to be changed.
    fn applies(&self) -> bool {
        self.fixes && !self.json && !self.diff
    }
}

fn check(request: &VetRequest) -> Result<(), VetError> {
    match request.fixes {
        true if request.json && request.diff => Err(VetError::JsonAndDiff),
        true if request.context.is_some() => Err(VetError::Context),
        false if request.diff => Err(VetError::Diff),
        _ => Ok(()),
    }
}

/// Says that names of fixers mean nothing any more; without an end of line, as go does.
fn tell_obsolete(names: &str, reporter: &dyn Reporter) {
    reporter.trace(&format!(
        "go fix: the -fix={names} flag is obsolete and has no effect"
    ));
    if names.split(',').any(|name| name == "buildtag") {
        reporter.trace("go fix: to enable the buildtag check, use -buildtag");
    }
}

/// The tool, unless it is the release's vet, which needs no naming.
fn tool(workspace: &Workspace, request: &VetRequest) -> Option<String> {
    let settings = workspace.settings();
    let own = settings.tool(request.driven.name());
    let tool = match &request.tool {
        Some(tool) => gust_fs::paths::clean(&settings.cwd().join(tool)),
        None => own,
    };
    (tool != settings.tool(Driven::Vet.name())).then(|| tool.to_string_lossy().into_owned())
}

/// Writes the files that the tool has mended.
fn mend(view: &gust_fs::View, told: &Told) {
    let files = match fixes::gather(&told.take_mended()) {
        Ok(files) => files,
        Err(error) => return told.complain(&format!("reading archive of fixes: {error}")),
    };
    for (file, content) in files {
        if let Err(error) = fixes::apply(view, &file, &content) {
            let (file, why) = (file.display(), gust_fs::errtext::go_text(&error));
            told.complain(&format!("applying fix: open {file}: {why}"));
        }
    }
}

/// The plan: each package with its internal tests, and its external tests. What cannot be vetted is told.
fn plan(
    building: &Building<'_>,
    (request, roots, variants): (&VetRequest, &[PackageId], &[TestVariants]),
    vetting: &Arc<Vetting>,
    told: &Told,
) -> Plan {
    let setting = building.setting();
    let mut planner = setting.planner(Targets::default());
    let mut vets = Vets::new(setting.graph, Arc::clone(vetting));
    let mut deps: Vec<ActionRef> = Vec::new();
    for (&root, tests) in roots.iter().zip(variants) {
        if request.applies() && is_foreign(&setting.graph[root]) {
            continue;
        }
        let packages = [Some(tests.internal), tests.external, Some(tests.main)];
        if let Some((_, error)) = first_error(setting.graph, packages) {
            told.complain(&error.to_string());
            continue;
        }
        let sources = &setting.graph[tests.internal].sources;
        let has_go = !sources.go.is_empty() || !sources.cgo.is_empty();
        if !has_go && tests.external.is_none() {
            let package = &setting.graph[root];
            let dir = package.place.dir.display();
            told.complain(&format!(
                "go: can't {} {}: no Go files in {dir}",
                request.driven.name(),
                package.import_path
            ));
            continue;
        }
        let internal = has_go.then_some(tests.internal);
        for package in internal.into_iter().chain(tests.external) {
            deps.push(vets.of(&mut planner, package));
        }
    }
    let root = planner.group("go vet", deps);
    planner.finish(root)
}

/// A package whose files are somebody else's: of another module, or a copy in the standard library.
fn is_foreign(package: &Package) -> bool {
    let copied = package.place.standard && package.import_path.starts_with("vendor/");
    copied
        || package
            .module
            .as_ref()
            .is_some_and(|module| !module.version.is_empty())
}
