//! The schedule: which action runs when, what its failure means for others, and when all is over.
//!
//! **The problem.** A build has thousands of actions of which mostly none has anything to do, and whether one has is known
//! only when those before it are done: its ID holds the content of their results. Where there is work, compilers take all
//! processors; where there is none, going from action to action must cost next to nothing.
//!
//! **Terms.** An action's *deps* come before it; its *triggers* wait for it. It is *settled* when what it comes to is known
//! from memory, and *done* when that is noted in the states, where everything after it reads it. What it comes to
//! ([`Done`]) is its ID, the build ID of its result and the file with it, or the action whose failure kept it from its work.
//!
//! **The decision.** One queue, ordered by the longest way that still lies behind an action, and as many workers as there
//! are jobs; a worker is called when there is work for it. Whoever finishes an action goes on at once with what waited for it,
//! as long as that can be settled (`settle`); only the rest is handed over. An action with work to do is lowered when it
//! has been missed in the cache, never before, and its commands go to a runner: this machine, or for -n one that only prints.
//! A dry run has one worker and go's order, since its output is a script.
//!
//! **Failure.** An action that failed is told once; those that need it are done without work and say nothing. Others go
//! on: a person wants to see all that is wrong. Only when a tool does not say what it is, all ends. An interrupt lets nothing more begin; what runs is ended by whoever was
//! interrupted.
//!
//! **Left out.** Actions are not started before their turn in the hope that they will be needed, and nothing learns from the
//! times of earlier builds: the way is counted in tools, not in seconds.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::Scope;
use std::time::{Duration, Instant};

use gust_cache::{ActionId, Hasher};
use gust_packages::{Package, PackageId};
use gust_text::quote::command_line;
use gust_toolchain::compiler::Compilers;
use rayon::prelude::*;

use super::Sink;
use super::error::BuildError;
use super::job::{Job, Shared};
use super::known::Known;
use super::local::Local;
use super::queue::Queue;
use super::runner::{Dry, Runner};
use super::state::{Done, States};
use super::status::Status;
use super::work::{self, Work};
use crate::id::compile::{self, Own};
use crate::lower::{Before, Results};
use crate::plan::{ActionRef, Kind, Open, Plan, Triggers};
use crate::show::Script;
use crate::show::trace::Span;
use crate::site::{Site, lock};
use crate::tools::compile::Threads;

/// What a build came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Something failed; what, has been told to the sink.
    pub failed: bool,
    /// The build was interrupted.
    pub interrupted: bool,
    /// What `go list` wants to know, by package.
    pub statuses: HashMap<PackageId, Status>,
    /// The program to start, for `go run`: its file, which may be in the work directory.
    pub program: Option<PathBuf>,
    /// The ID under which the cache keeps that program.
    pub program_id: Option<ActionId>,
    /// When actions were at work, if that was to be kept.
    pub spans: Vec<Span>,
    /// The work directory; gone when this is dropped.
    pub work: Option<Work>,
}

/// What the ID of an archive has of its own, hashed.
pub(crate) type OwnHash<'a> = Own<Hasher<'a>>;

/// The state of one build.
pub(crate) struct Executor<'a> {
    pub(crate) site: &'a Site<'a>,
    pub(crate) plan: &'a Plan,
    pub(crate) work: &'a Work,
    pub(crate) compilers: Compilers<'a>,
    pub(crate) states: States,
    pub(crate) known: Known,
    pub(crate) triggers: Triggers,
    pub(crate) queue: Queue,
    /// What IDs have of their own, by package; empty where that was not made ahead.
    pub(crate) own_parts: Vec<Mutex<Option<OwnHash<'a>>>>,
    /// IDs of actions that could not be settled without their turn.
    pub(crate) asked: Mutex<HashMap<ActionRef, ActionId>>,
    pub(crate) statuses: Mutex<HashMap<PackageId, Status>>,
    /// Results go into the cache.
    pub(crate) keeps: bool,
    shared: Shared<'a>,
    interrupted: &'a AtomicBool,
    failed: AtomicBool,
    workers: AtomicUsize,
    begun: Instant,
    spans: Mutex<Vec<Span>>,
}

/// Runs a plan. `interrupted` may be set by a signal handler at any moment: no further action is begun then. `work` is the work
/// directory, if one was made and named ahead.
///
/// # Errors
/// [`BuildError`] when there is no place to work in. What fails within the build is told to the sink.
#[tracing::instrument(name = "execute", level = "info", skip_all)]
pub fn execute(
    site: &Site<'_>,
    plan: &Plan,
    sink: &dyn Sink,
    interrupted: &AtomicBool,
    work: Option<Work>,
) -> Result<Outcome, BuildError> {
    let options = site.options;
    let mut work = match work {
        Some(work) => work,
        None if options.dry_run => Work::placeholder("$WORK"),
        None if options.names_work() => Work::named(site.settings, sink)?,
        None => Work::checked(work::parent(site.settings))?,
    };
    let mut outcome = run_all(site, plan, sink, interrupted, &work);
    site.view.note_own(Path::new(work.known()));
    site.memo.flush();
    if options.keep_work {
        work.keep();
    }
    outcome.work = Some(work);
    Ok(outcome)
}

fn run_all(
    site: &Site<'_>,
    plan: &Plan,
    sink: &dyn Sink,
    interrupted: &AtomicBool,
    work: &Work,
) -> Outcome {
    let order = plan.order();
    let triggers = plan.triggers(&order);
    let jobs = if site.options.dry_run {
        1
    } else {
        site.options.jobs.max(1)
    };
    let queue = Queue::new(plan, &order, &triggers, jobs);
    let shared = shared(site, sink, work);
    let script = shared.script.clone();
    let show = |words: &[String]| {
        if let Some(script) = &script {
            let line = format!("{} || true", command_line(words));
            script.show("", work.known(), &line);
        }
    };
    let mut compilers = Compilers::new(Arc::clone(&site.memo), String::new());
    if script.is_some() {
        compilers = compilers.shown(&show, site.options.dry_run);
    }
    let known = known(site, plan);
    let executor = Executor {
        site,
        plan,
        work,
        own_parts: own_parts(site, plan, &compilers, &known),
        compilers,
        states: States::new(plan.actions.len()),
        known,
        triggers,
        queue,
        asked: Mutex::default(),
        statuses: Mutex::default(),
        keeps: !site.options.dry_run,
        shared,
        interrupted,
        failed: AtomicBool::new(false),
        workers: AtomicUsize::new(0),
        begun: Instant::now(),
        spans: Mutex::default(),
    };
    let settled = executor.start(&order);
    std::thread::scope(|scope| executor.work_off(scope, settled));
    executor.known.flush();
    let program = match plan.action(plan.root).kind {
        Kind::Run { .. } => plan.action(plan.root).deps.first(),
        _ => None,
    };
    Outcome {
        failed: executor.failed.load(Ordering::Relaxed),
        interrupted: interrupted.load(Ordering::Relaxed),
        program: program.and_then(|&link| executor.built(link)),
        program_id: program.and_then(|&link| executor.states.get(link)?.action_id),
        statuses: executor.statuses.into_inner().unwrap_or_default(),
        spans: executor.spans.into_inner().unwrap_or_default(),
        work: None,
    }
}

/// What all actions share: among it who carries out commands, this machine or nobody.
fn shared<'a>(site: &'a Site<'a>, sink: &'a dyn Sink, work: &'a Work) -> Shared<'a> {
    let options = site.options;
    let script = options.prints_commands();
    let script = script.then(|| Arc::new(Script::new(sink, work)));
    let runner: Box<dyn Runner + 'a> = match (&script, options.dry_run) {
        (Some(script), true) => Box::new(Dry(Arc::clone(script))),
        _ => Box::new(Local::of(site, script.clone())),
    };
    Shared {
        site,
        sink,
        runner,
        script,
        work,
        threads: Threads::new(options.jobs, options.threads),
    }
}

/// What earlier builds found; nothing where the cache is put to the test.
fn known(site: &Site<'_>, plan: &Plan) -> Known {
    let verify = site.settings.godebug_value("gocacheverify") == "1";
    let dir = site.settings.state_dir().filter(|_| !verify);
    Known::open(dir.as_deref(), plan.actions.len())
}

/// Fewer packages than these are not worth waking other threads for.
const MANY: usize = 200;

/// The own parts of all packages' IDs, made on all processors. Where most archives will be found in the cache one ID after the
/// other is all that there is to do, and most of an ID can be made before its turn. Where they have to be made, the first
/// of them should be begun at once.
fn own_parts<'a>(
    site: &'a Site<'a>,
    plan: &Plan,
    compilers: &Compilers<'_>,
    known: &Known,
) -> Vec<Mutex<Option<OwnHash<'a>>>> {
    let packages = site.graph.packages();
    if packages.len() < MANY || !known.is_of_use() || site.hashing.is_traced() {
        return Vec::new();
    }
    let mut asked = vec![false; packages.len()];
    for action in &plan.actions {
        if let (Kind::CheckCache { .. }, Some(id)) = (&action.kind, action.package) {
            asked[id.index()] = true;
        }
    }
    let own = |p: &Package| {
        let omit_debug = plan.targets.omits_debug(p.id);
        // What goes wrong is told when it is the package's turn.
        compile::own(compile::recipe(site, p), site, compilers, p, omit_debug).ok()
    };
    let made = packages.par_iter().with_min_len(32).map(|p| {
        let own = asked[p.id.index()].then(|| own(p)).flatten();
        Mutex::new(own)
    });
    made.collect()
}

impl Results for Executor<'_> {
    fn file(&self, at: ActionRef) -> Option<String> {
        let file = self.built(at)?;
        Some(file.to_string_lossy().into_owned())
    }

    fn build_id(&self, at: ActionRef) -> String {
        self.states.build_id(at).to_owned()
    }

    fn action_id(&self, at: ActionRef) -> Option<ActionId> {
        self.states.get(at)?.action_id
    }

    fn failed(&self, at: ActionRef) -> Option<ActionRef> {
        self.states.get(at)?.failed
    }
}

impl Executor<'_> {
    /// What lowering is told of the actions that are done.
    pub(crate) fn before(&self) -> Before<'_> {
        Before {
            site: self.site,
            plan: self.plan,
            results: self,
        }
    }

    /// Works until all is over, having finished so many actions already; calls further workers as there is work for them.
    fn work_off<'s>(&'s self, scope: &'s Scope<'s, '_>, mut finished: usize) {
        let mut own = None;
        let worker = self.workers.fetch_add(1, Ordering::Relaxed);
        while let Some(turn) = self.queue.next(finished, own, self.interrupted) {
            if turn.call {
                scope.spawn(|| self.work_off(scope, 0));
            }
            let since = self.begun.elapsed();
            let done = self.attend(turn.at);
            self.note_span(turn.at, worker, since);
            (finished, own) = self.carry_on(turn.at, Arc::new(done));
        }
    }

    /// Notes when an action was at work: -debug-trace.
    fn note_span(&self, at: ActionRef, worker: usize, since: Duration) {
        if !self.site.options.trace {
            return;
        }
        let action = self.plan.action(at);
        let package = action.package.map(|id| self.site.graph[id].desc());
        let name = format!("{} {}", action.mode(), package.unwrap_or_default());
        let took = self.begun.elapsed().saturating_sub(since);
        lock(&self.spans).push(Span {
            name: name.trim_end().to_owned(),
            worker,
            begun: since.as_micros() as u64,
            took: took.as_micros() as u64,
        });
    }

    /// Carries out an action, or passes on that one before it failed.
    fn attend(&self, at: ActionRef) -> Done {
        let action = self.plan.action(at);
        let failed = self.first_failed(&action.deps);
        if failed.is_some() && !action.ignore_fail {
            return Done {
                failed,
                ..Done::default()
            };
        }
        let job = Job::new(&self.shared, at, action);
        self.act(&job).unwrap_or_else(|error| {
            job.flush();
            self.tell(&job, error);
            Done {
                failed: Some(at),
                ..Done::default()
            }
        })
    }

    /// The action whose failure keeps those from their work that depend on `deps`.
    pub(crate) fn first_failed(&self, deps: &[ActionRef]) -> Option<ActionRef> {
        deps.iter().find_map(|&dep| self.states.get(dep)?.failed)
    }

    fn act(&self, job: &Job<'_>) -> Result<Done, BuildError> {
        let package = || job.package().ok().map(|p| &*p.import_path);
        let mode = || job.action.mode();
        let _span = tracing::info_span!("action", mode = %mode(), package = package()).entered();
        match &job.action.kind {
            Kind::Group(_) | Kind::BuiltIn => Ok(Done::default()),
            Kind::CheckCache { build } => self.check_cache(job, *build),
            Kind::Build => self.build(job),
            Kind::Cover => self.cover(job),
            Kind::CgoRun => self.run_cgo(job),
            Kind::CgoCompile { file, language } => self.cgo_compile(job, file, *language),
            Kind::CgoCollect => Ok(self.cgo_collect(job.action)),
            Kind::Profile { input } => self.preprocess(job, input),
            Kind::Link => self.link(job),
            Kind::Install { .. } => self.install(job),
            Kind::InstallHeader => self.install_header(job),
            Kind::Open(Open(kind)) => self.open_kind(job, &**kind),
            Kind::Run { args } => {
                let program = job.action.deps.first().and_then(|&dep| self.built(dep));
                let program = program.unwrap_or_default().to_string_lossy().into_owned();
                let words = [&[program], args.as_slice()].concat();
                job.show(&words.join(" "));
                Ok(Done::default())
            }
        }
    }

    /// An action has failed: says why, or notes it for `go list -e`. When a tool does not say what it is nothing can be built, and
    /// that is no package's fault.
    fn tell(&self, job: &Job<'_>, error: BuildError) {
        if let BuildError::ToolId(why) = &error {
            self.failed.store(true, Ordering::Relaxed);
            if self.queue.stop() {
                self.shared.sink.output(None, why.said().as_bytes());
                self.shared.sink.failure(None, &error.to_string());
            }
            return;
        }
        let tolerant = crate::options::Purpose::List {
            export: self.site.options.needs_export(),
            compiled: self.site.options.needs_compiled_files(),
            tolerant: true,
        };
        if let (true, Some(p)) = (self.site.options.purpose == tolerant, job.package) {
            let mut statuses = lock(&self.statuses);
            let status = statuses.entry(p.id).or_default();
            status.error.get_or_insert_with(|| error.to_string());
            return;
        }
        self.failed.store(true, Ordering::Relaxed);
        let text = match job.package {
            Some(p) if error.import_path() != Some(&*p.import_path) => {
                format!("{}: {error}", p.import_path)
            }
            _ => error.to_string(),
        };
        let desc = job.package.map(Package::desc);
        self.shared.sink.failure(desc.as_deref(), &text);
    }
}
