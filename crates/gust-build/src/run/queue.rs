//! What is ready and what waits: counters that any worker may count down, and one heap of what somebody has to turn to.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::plan::{ActionRef, Kind, Plan, Triggers};
use crate::site::lock;

/// A sleeping worker looks this often whether the build was interrupted.
const NAP: Duration = Duration::from_millis(100);

/// The actions of a build that are not finished.
pub(crate) struct Queue {
    priority: Vec<u32>,
    /// For how many others each action still waits.
    pending: Vec<AtomicU32>,
    ready: Mutex<Ready>,
    changed: Condvar,
    jobs: usize,
    stopped: AtomicBool,
}

struct Ready {
    heap: BinaryHeap<Reverse<(u32, ActionRef)>>,
    /// Actions not finished.
    left: usize,
    /// Workers that sleep.
    idle: usize,
    /// Workers there are.
    workers: usize,
}

/// What a worker does next.
pub(crate) struct Turn {
    /// Its action.
    pub(crate) at: ActionRef,
    /// There is work for another worker, who has to be called first.
    pub(crate) call: bool,
}

impl Queue {
    /// The actions of `order`; `jobs` workers at most will turn to them, one is there.
    pub(crate) fn new(plan: &Plan, order: &[ActionRef], triggers: &Triggers, jobs: usize) -> Queue {
        let waits = |action: &crate::plan::Action| AtomicU32::new(action.deps.len() as u32);
        Queue {
            priority: priorities(plan, order, triggers, jobs),
            pending: plan.actions.iter().map(waits).collect(),
            ready: Mutex::new(Ready {
                heap: BinaryHeap::new(),
                left: order.len(),
                idle: 0,
                workers: 1,
            }),
            changed: Condvar::new(),
            jobs,
            stopped: AtomicBool::new(false),
        }
    }

    /// Lets nothing more begin. True for whoever asks for it first.
    pub(crate) fn stop(&self) -> bool {
        !self.stopped.swap(true, Ordering::Relaxed)
    }

    /// One of those that `at` waits for is done; true for the last of them: now it is the caller's.
    pub(crate) fn release(&self, at: ActionRef) -> bool {
        self.pending[at.index()].fetch_sub(1, Ordering::AcqRel) == 1
    }

    /// Puts an action up for whoever has time.
    pub(crate) fn offer(&self, at: ActionRef) {
        let mut ready = lock(&self.ready);
        ready.heap.push(Reverse((self.priority[at.index()], at)));
        if ready.idle > 0 {
            self.changed.notify_one();
        }
    }

    /// A worker has finished so many actions, has `own` to put up, and asks for the next; None when all is over.
    pub(crate) fn next(
        &self,
        finished: usize,
        own: Option<ActionRef>,
        interrupted: &AtomicBool,
    ) -> Option<Turn> {
        let mut ready = lock(&self.ready);
        ready.left -= finished;
        if let Some(at) = own {
            ready.heap.push(Reverse((self.priority[at.index()], at)));
        }
        loop {
            let stopped = self.stopped.load(Ordering::Relaxed);
            if ready.left == 0 || stopped || interrupted.load(Ordering::Relaxed) {
                self.changed.notify_all();
                return None;
            }
            if let Some(Reverse((_, at))) = ready.heap.pop() {
                return Some(self.turn(&mut ready, at));
            }
            ready.idle += 1;
            let waited = self.changed.wait_timeout(ready, NAP);
            ready = waited.unwrap_or_else(PoisonError::into_inner).0;
            ready.idle -= 1;
        }
    }

    /// Whoever takes something while more is there sees to it that somebody takes that: a sleeper, or a new worker.
    fn turn(&self, ready: &mut Ready, at: ActionRef) -> Turn {
        let more = !ready.heap.is_empty();
        let call = more && ready.idle == 0 && ready.workers < self.jobs;
        if call {
            ready.workers += 1;
        } else if more && ready.idle > 0 {
            self.changed.notify_one();
        }
        Turn { at, call }
    }
}

/// Lower comes first. One worker goes in go's order; several take what the longest way still lies behind.
fn priorities(plan: &Plan, order: &[ActionRef], triggers: &Triggers, jobs: usize) -> Vec<u32> {
    let mut priority = vec![0; plan.actions.len()];
    if jobs == 1 {
        for (number, at) in order.iter().enumerate() {
            priority[at.index()] = number as u32;
        }
        return priority;
    }
    // The way to the root, in tools to be started.
    let mut way = priority;
    for &at in order.iter().rev() {
        let longest = triggers.of(at).iter().map(|t| way[t.index()]).max();
        let own = match plan.action(at).kind {
            Kind::Build => 2,
            Kind::Link => 4,
            Kind::Cover | Kind::CgoRun | Kind::CgoCompile { .. } | Kind::Open(_) => 1,
            _ => 0,
        };
        way[at.index()] = longest.unwrap_or(0) + own;
    }
    way.iter_mut().for_each(|way| *way = u32::MAX - *way);
    way
}
