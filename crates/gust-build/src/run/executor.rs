//! The schedule: which action runs when, what its failure means for others, and when all is over.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use gust_packages::{Package, PackageId};
use gust_toolchain::compiler::Compilers;

use super::Sink;
use super::error::BuildError;
use super::job::{Job, Shop};
use super::known::Known;
use super::state::{Done, States};
use super::status::Status;
use super::work::{self, Work};
use crate::plan::{ActionRef, Kind, Plan};
use crate::show::Script;
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
    /// The work directory; gone when this is dropped.
    pub work: Option<Work>,
}

/// The state of one build.
pub(crate) struct Executor<'a> {
    pub(crate) site: &'a Site<'a>,
    pub(crate) plan: &'a Plan,
    pub(crate) work: &'a Work,
    pub(crate) compilers: Compilers,
    pub(crate) threads: Threads,
    pub(crate) states: States,
    pub(crate) known: Known,
    pub(crate) triggers: Vec<Vec<ActionRef>>,
    pub(crate) statuses: Mutex<HashMap<PackageId, Status>>,
    shop: Shop<'a>,
    queue: Mutex<Queue>,
    changed: Condvar,
    interrupted: &'a AtomicBool,
    failed: AtomicBool,
}

/// What is ready, and what waits for how many others.
struct Queue {
    ready: BinaryHeap<Reverse<(u32, ActionRef)>>,
    priority: Vec<u32>,
    pending: Vec<u32>,
    failed: Vec<Option<ActionRef>>,
    left: usize,
}

/// Runs a plan. `interrupted` may be set by a signal handler at any moment: no further action is begun then.
///
/// # Errors
/// [`BuildError`] when there is no place to work in. What fails within the build is told to the sink.
pub fn execute(
    site: &Site<'_>,
    plan: &Plan,
    sink: &dyn Sink,
    interrupted: &AtomicBool,
) -> Result<Outcome, BuildError> {
    let options = site.options;
    let mut work = Work::new(work::parent(site), options.dry_run);
    if !options.dry_run && (options.show || options.keep_work) {
        let line = format!("WORK={}\n", work.path()?);
        sink.output(None, line.as_bytes());
    }
    let mut outcome = run_all(site, plan, sink, interrupted, &work);
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
    let executor = Executor {
        site,
        plan,
        work,
        compilers: Compilers::new(Arc::clone(&site.memo), String::new()),
        threads: Threads::new(site.options.jobs, site.options.threads),
        states: States::new(plan.actions.len()),
        known: known(site),
        triggers,
        statuses: Mutex::default(),
        shop: Shop {
            site,
            sink,
            script: Script::default(),
            work,
        },
        queue: Mutex::new(queue),
        changed: Condvar::new(),
        interrupted,
        failed: AtomicBool::new(false),
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs {
            scope.spawn(|| executor.work_off());
        }
        executor.work_off();
    });
    executor.known.flush();
    let program = match plan.action(plan.root).kind {
        Kind::Run { .. } => plan.action(plan.root).deps.first(),
        _ => None,
    };
    Outcome {
        failed: executor.failed.load(Ordering::Relaxed),
        interrupted: interrupted.load(Ordering::Relaxed),
        program: program.and_then(|&link| executor.program(link)),
        statuses: executor.statuses.into_inner().unwrap_or_default(),
        work: None,
    }
}

/// What earlier builds found; nothing where the cache is put to the test.
fn known(site: &Site<'_>) -> Known {
    let verify = site.settings.godebug_value("gocacheverify") == "1";
    Known::open(site.settings.state_dir().filter(|_| !verify).as_deref())
}

impl Queue {
    fn new(plan: &Plan, order: &[ActionRef], triggers: &[Vec<ActionRef>], jobs: usize) -> Queue {
        let mut queue = Queue {
            ready: BinaryHeap::new(),
            priority: priorities(plan, order, triggers, jobs),
            pending: vec![0; plan.actions.len()],
            failed: vec![None; plan.actions.len()],
            left: order.len(),
        };
        for &at in order {
            let waits = plan.action(at).deps.len() as u32;
            queue.pending[at.index()] = waits;
            if waits == 0 {
                queue.push(at);
            }
        }
        queue
    }

    fn push(&mut self, at: ActionRef) {
        self.ready.push(Reverse((self.priority[at.index()], at)));
    }
}

/// Lower comes first. One worker goes in go's order; several take what the longest way still lies behind.
fn priorities(
    plan: &Plan,
    order: &[ActionRef],
    triggers: &[Vec<ActionRef>],
    jobs: usize,
) -> Vec<u32> {
    let mut priority = vec![0; plan.actions.len()];
    if jobs == 1 {
        for (number, at) in order.iter().enumerate() {
            priority[at.index()] = number as u32;
        }
        return priority;
    }
    // The way to the root, in tools to be started.
    let mut way = vec![0u32; plan.actions.len()];
    for &at in order.iter().rev() {
        let longest = triggers[at.index()].iter().map(|t| way[t.index()]).max();
        let own = match plan.action(at).kind {
            Kind::Build => 2,
            Kind::Link => 4,
            Kind::CgoRun | Kind::CgoCompile { .. } => 1,
            _ => 0,
        };
        way[at.index()] = longest.unwrap_or(0) + own;
    }
    for (i, way) in way.iter().enumerate() {
        priority[i] = u32::MAX - way;
    }
    priority
}

impl Executor<'_> {
    fn work_off(&self) {
        while let Some(at) = self.next() {
            let failed = lock(&self.queue).failed[at.index()];
            let action = self.plan.action(at);
            let job = Job::new(&self.shop, at, action);
            let done = match failed {
                Some(_) if !action.ignore_fail => Done {
                    failed,
                    ..Done::default()
                },
                _ => self.act(&job).unwrap_or_else(|error| {
                    job.flush();
                    self.tell(&job, error);
                    Done {
                        failed: Some(at),
                        ..Done::default()
                    }
                }),
            };
            self.complete(at, done);
        }
    }

    /// The next action, once there is one; None when all is over.
    fn next(&self) -> Option<ActionRef> {
        let mut queue = lock(&self.queue);
        loop {
            if queue.left == 0 || self.interrupted.load(Ordering::Relaxed) {
                self.changed.notify_all();
                return None;
            }
            if let Some(Reverse((_, at))) = queue.ready.pop() {
                return Some(at);
            }
            let waited = self
                .changed
                .wait_timeout(queue, std::time::Duration::from_millis(100));
            queue = waited.unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
    }

    fn complete(&self, at: ActionRef, done: Done) {
        let failed = done.failed;
        self.states.set(at, done);
        let mut queue = lock(&self.queue);
        queue.left -= 1;
        let mut ready = 0;
        for &waiting in &self.triggers[at.index()] {
            if failed.is_some() {
                queue.failed[waiting.index()] = failed;
            }
            queue.pending[waiting.index()] -= 1;
            if queue.pending[waiting.index()] == 0 {
                queue.push(waiting);
                ready += 1;
            }
        }
        // This worker takes one itself.
        if ready > 1 || queue.left == 0 {
            self.changed.notify_all();
        }
    }

    fn act(&self, job: &Job<'_>) -> Result<Done, BuildError> {
        match &job.action.kind {
            Kind::Group(_) | Kind::BuiltIn => Ok(Done::default()),
            Kind::CheckCache { build } => self.check_cache(job, *build),
            Kind::Build => self.build(job),
            Kind::CgoRun => self.run_cgo(job),
            Kind::CgoCompile { file, language } => self.cgo_compile(job, file, *language),
            Kind::CgoCollect => Ok(self.cgo_collect(job)),
            Kind::Profile { input } => self.preprocess(job, input),
            Kind::Link => self.link(job),
            Kind::Install { .. } => self.install(job),
            Kind::InstallHeader => self.install_header(job),
            Kind::Run { args } => {
                let program = job.action.deps.first().and_then(|&dep| self.program(dep));
                let program = program.unwrap_or_default().to_string_lossy().into_owned();
                let words = [&[program], args.as_slice()].concat();
                job.show("", &words.join(" "));
                Ok(Done::default())
            }
        }
    }

    /// An action has failed: says why, or notes it for `go list -e`.
    fn tell(&self, job: &Job<'_>, error: BuildError) {
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
        self.shop.sink.failure(desc.as_deref(), &text);
    }
}
