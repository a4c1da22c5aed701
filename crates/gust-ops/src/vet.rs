//! `go vet`: what is likely a mistake in packages.

use crate::building::{BuildRefusal, Building, Starts};
use crate::error::OpError;
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::test::first_error;
use crate::workspace::Workspace;
use gust_build::Purpose;
use gust_build::plan::{ActionRef, Plan, Targets};
use gust_packages::config::Needs;
use gust_packages::{Named, PackageId, TestVariants};
use gust_vet::findings::{Finding, Position, read};
use gust_vet::{Findings, Vets, Vetting};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What to vet, and how.
pub struct VetRequest {
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
    #[error("no packages to vet")]
    NoPackages,
    /// A difference is of files that are mended.
    #[error("go vet -diff flag requires -fix")]
    Diff,
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
    if request.fixes {
        return Err(BuildRefusal::NotHere("'go vet -fix'").into());
    }
    if request.diff {
        return Err(VetError::Diff.into());
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
        return Err(VetError::NoPackages.into());
    }
    let variants = building.add_tests(&roots, None);
    let told = Arc::new(Told::new(workspace, &request, Arc::clone(reporter)));
    let mut tool_flags = request.tool_flags.clone();
    let explicit = !tool_flags.is_empty();
    if !request.json {
        // In this form findings can be told apart from everything else.
        tool_flags.push("-json".to_owned());
    }
    let vetting = Arc::new(Vetting {
        tool: request.tool.clone(),
        flags: tool_flags,
        explicit,
        for_tests: false,
        findings: Arc::clone(&told) as Arc<dyn Findings>,
    });
    let plan = plan(&building, &roots, &variants, &vetting, &told);
    let outcome = building.carry_out(&plan)?;
    Ok(VetOutcome {
        failed: outcome.failed || told.failed.load(Ordering::Relaxed),
    })
}

/// The plan: each package with its internal tests, and its external tests. What cannot be vetted is told.
fn plan(
    building: &Building<'_>,
    roots: &[PackageId],
    variants: &[TestVariants],
    vetting: &Arc<Vetting>,
    told: &Told,
) -> Plan {
    let setting = building.setting();
    let mut planner = setting.planner(Targets::default());
    let mut vets = Vets::new(setting.graph, Arc::clone(vetting));
    let mut deps: Vec<ActionRef> = Vec::new();
    for (&root, tests) in roots.iter().zip(variants) {
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
                "go: can't vet {}: no Go files in {dir}",
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

/// Findings on their way to a reporter.
struct Told {
    reporter: Arc<dyn Reporter>,
    cwd: PathBuf,
    json: bool,
    context: Option<usize>,
    failed: AtomicBool,
    /// One unit is told at a time.
    turn: Mutex<()>,
}

impl Told {
    fn new(workspace: &Workspace, request: &VetRequest, reporter: Arc<dyn Reporter>) -> Told {
        Told {
            reporter,
            cwd: workspace.settings().cwd().to_owned(),
            json: request.json,
            context: request.context,
            failed: AtomicBool::new(false),
            turn: Mutex::default(),
        }
    }

    fn complain(&self, text: &str) {
        self.failed.store(true, Ordering::Relaxed);
        self.reporter.complain(&text);
    }

    fn finding(&self, finding: &Finding) {
        let Some(at) = Position::read(&finding.posn) else {
            let (place, message) = (&finding.posn, &finding.message);
            self.reporter.trace(&format!("{place}: {message}\n"));
            return;
        };
        let file = gust_fs::paths::short(&self.cwd, Path::new(at.file));
        let (line, column, message) = (at.line, at.column, &finding.message);
        let mut text = format!("{}:{line}:{column}: {message}\n", file.display());
        if let Some(context) = self.context {
            let end = Position::read(&finding.end).map_or(at.line, |end| end.line);
            text.push_str(&around(at.file, at.line, end, context));
        }
        self.reporter.trace(&text);
    }
}

impl Findings for Told {
    fn take(&self, printed: &[u8]) -> Result<(), String> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if self.json {
            self.reporter.print(printed);
            return Ok(());
        }
        for finding in read(printed)? {
            self.failed.store(true, Ordering::Relaxed);
            self.finding(&finding);
        }
        Ok(())
    }
}

/// The lines of a file from `first` to `last` with so many before and after, each behind its number.
fn around(file: &str, first: usize, last: usize, context: usize) -> String {
    let view = gust_fs::View::new(gust_fs::Overlay::none());
    let text = view.read_to_string(Path::new(file)).unwrap_or_default();
    let from = first.saturating_sub(context).max(1);
    let lines = text
        .split('\n')
        .enumerate()
        .map(|(at, line)| (at + 1, line));
    let shown = lines.filter(|(at, _)| (from..=last + context).contains(at));
    shown.map(|(at, line)| format!("{at}\t{line}\n")).collect()
}
