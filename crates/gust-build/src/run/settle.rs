//! Actions that have nothing to do.
//!
//! In a build of three thousand packages of which one has changed, nearly every action only finds that its result is
//! there. To hand such actions from worker to worker costs more than they do themselves, so they are never handed: who
//! finishes an action goes straight on with what waited for it, as long as that can be settled from memory and in silence.
//! Only what has to be made, looked for on the disk, or told to the person waits for its turn in the queue, and only for
//! that are workers called. A build with nothing to do starts no thread.

use std::sync::Arc;

use gust_cache::ActionId;

use super::executor::Executor;
use super::reuse::Found;
use super::state::{Built, Done};
use crate::plan::{ActionRef, Kind};
use crate::site::lock;

impl Executor<'_> {
    /// Settles what waits for nothing. Gives how many actions that finished; what is left is in the queue.
    pub(crate) fn start(&self, order: &[ActionRef]) -> usize {
        let mut finished = 0;
        let leaves = order
            .iter()
            .filter(|at| self.plan.action(**at).deps.is_empty());
        for &leaf in leaves {
            let (count, own) = match self.settle(leaf) {
                Some(done) => self.carry_on(leaf, done),
                None => (0, Some(leaf)),
            };
            finished += count;
            own.into_iter().for_each(|at| self.queue.offer(at));
        }
        finished
    }

    /// Notes what an action came to, and settles what waited only for it. Gives how many actions that finished, and one
    /// that the worker has to put up for itself; others have been put up.
    pub(crate) fn carry_on(&self, at: ActionRef, done: Arc<Done>) -> (usize, Option<ActionRef>) {
        let (mut finished, mut own) = (0, None);
        let mut stack = vec![(at, done)];
        while let Some((at, done)) = stack.pop() {
            self.states.set(at, done);
            finished += 1;
            for &waiting in self.triggers.of(at) {
                if !self.queue.release(waiting) {
                    continue;
                }
                if let Some(done) = self.settle(waiting) {
                    stack.push((waiting, done));
                } else if let Some(earlier) = own.replace(waiting) {
                    self.queue.offer(earlier);
                }
            }
        }
        (finished, own)
    }

    /// What an action comes to if there is nothing to be done for it and nothing to be said.
    fn settle(&self, at: ActionRef) -> Option<Arc<Done>> {
        let action = self.plan.action(at);
        if self.first_failed(&action.deps).is_some() {
            return None;
        }
        match action.kind {
            Kind::Group(_) | Kind::BuiltIn => Some(self.states.nothing()),
            Kind::CheckCache { build } => self.settle_check(at, build).map(Arc::new),
            Kind::Build => {
                let checked = self.checked(action)?;
                checked.need.nothing().then(|| Arc::clone(checked))
            }
            Kind::Cover | Kind::CgoRun => {
                let checked = self.states.get(*action.deps.first()?)?;
                checked.need.nothing().then(|| self.states.nothing())
            }
            Kind::CgoCollect => Some(Arc::new(self.cgo_collect(action))),
            Kind::CgoCompile { .. } => {
                let run = self.states.get(*action.deps.first()?)?;
                run.cgo.is_none().then(|| self.states.nothing())
            }
            _ => None,
        }
    }

    /// A package's archive that is known to be in the cache. An ID made in vain is kept for the action's turn.
    fn settle_check(&self, at: ActionRef, build: ActionRef) -> Option<Done> {
        let action = self.plan.action(at);
        let p = &self.site.graph[action.package?];
        let build = self.plan.inner(build);
        let options = self.site.options;
        let no_meta = p.build.cover.as_ref().is_none_or(|cover| !cover.meta);
        let plain =
            !p.build.binary_only && !options.rebuild && !options.needs_compiled_files() && no_meta;
        if !plain || self.plan.targets.target(p).is_some() || self.needs_header(build, p) {
            return None;
        }
        let id = self.compile_id(action, p).ok()?;
        let speaks = self.needs_archive(build);
        let known = self.in_memory(id).filter(|a| a.silent || !speaks);
        let Some(archive) = known else {
            lock(&self.asked).insert(at, id);
            return None;
        };
        self.rely_on_result(p, id);
        let done = Done {
            action_id: Some(id),
            build_id: archive.build_id,
            built: Some(Built::Output(archive.output)),
            ..Done::default()
        };
        self.note_found(p, Found::Cache, false);
        if options.needs_export() {
            self.note_export(p, &done);
        }
        Some(done)
    }

    /// The ID that [`Executor::settle`] made, if it did.
    pub(crate) fn asked_before(&self, at: ActionRef) -> Option<ActionId> {
        lock(&self.asked).remove(&at)
    }
}
