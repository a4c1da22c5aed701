//! Actions of kinds that crates above define.

use std::path::Path;

use gust_cache::ActionId;

use super::error::BuildError;
use super::executor::Executor;
use super::job::Job;
use super::state::{Built, Done};
use crate::command::Command;
use crate::plan::kind::{ActionKind, Scene, Surroundings};
use crate::plan::{ActionRef, Kind, Open};

/// Under which name what the commands wrote is kept.
const SAID: &str = "stdout";

impl Executor<'_> {
    /// Does what the kind says, unless the result is there.
    pub(crate) fn open_kind(
        &self,
        job: &Job<'_>,
        kind: &dyn ActionKind,
    ) -> Result<Done, BuildError> {
        let objdir = match job.action.objdir {
            Some(_) => job.objdir()?,
            None => String::new(),
        };
        let around = Surroundings::new(self.before(), job.action, objdir).at_work(job);
        let id = kind.key(&around)?.map(|lines| self.id_of(job, &lines));
        let mut done = Done {
            action_id: id,
            ..Done::default()
        };
        if let Some(id) = id.filter(|_| !self.site.options.rebuild)
            && let Some(file) = self.found(job, kind, &around, id)
        {
            done.built = Some(Built::File(file));
            return Ok(done);
        }
        if let Some(acted) = kind.act(&around) {
            done.built = acted?.map(Built::File);
            return Ok(done);
        }
        job.capture();
        let made = self.open_needed(job, kind, &around, id);
        job.flush();
        made?;
        done.built = kind.result(&around).map(|file| Built::File(file.into()));
        Ok(done)
    }

    /// Whether nobody needs what the action would make: of those that wait for it only one would use it, a kind from above, and
    /// that has no use for it.
    pub(crate) fn is_spared(&self, at: ActionRef, id: ActionId) -> bool {
        let uses = |at: &&ActionRef| !matches!(self.plan.action(**at).kind, Kind::Group(_));
        let mut users = self.triggers.of(at).iter().filter(uses);
        let (Some(&user), None) = (users.next(), users.next()) else {
            return false;
        };
        let action = self.plan.action(user);
        let Kind::Open(Open(kind)) = &action.kind else {
            return false;
        };
        let around = Surroundings::new(self.before(), action, String::new());
        kind.spares(&around, &crate::buildid::hash_to_string(&id.0))
    }

    fn id_of(&self, job: &Job<'_>, lines: &str) -> ActionId {
        let mut hasher = self.site.hashing.hasher(job.action.mode());
        lines
            .split_inclusive('\n')
            .for_each(|line| hasher.write(&gust_bytes::raw(line)));
        hasher.finish()
    }

    fn found(
        &self,
        job: &Job<'_>,
        kind: &dyn ActionKind,
        around: &Surroundings<'_>,
        id: ActionId,
    ) -> Option<std::path::PathBuf> {
        if let Some(file) = kind.find(around, id) {
            return Some(file);
        }
        kind.result(around)?;
        let (file, _) = self.site.cache.get_file(id)?;
        self.show_stored(job, id, SAID);
        Some(file)
    }

    fn open_needed(
        &self,
        job: &Job<'_>,
        kind: &dyn ActionKind,
        around: &Surroundings<'_>,
        id: Option<ActionId>,
    ) -> Result<(), BuildError> {
        job.mkdir(around.objdir())?;
        job.perform_all(&kind.lower(around)?)?;
        let said = job.captured();
        kind.finish(around, &said)?;
        if let (Some(cache), Some(id), Some(file)) = (self.keeping(), id, kind.result(around)) {
            cache.put_bytes(self.site.hashing.subkey(id, SAID), &said)?;
            cache.put_file(id, Path::new(&file))?;
        }
        Ok(())
    }
}

impl Scene for Job<'_> {
    fn show(&self, line: &str) {
        Job::show(self, line);
    }

    fn perform(&self, command: &Command) -> Result<(), BuildError> {
        Job::perform(self, command).map(|_| ())
    }

    fn output(&self, command: &Command) -> Result<Vec<u8>, BuildError> {
        let made = self.attempt(command);
        match made.result {
            Ok(()) => Ok(made.output),
            failed => self
                .report("", "", &made.output, failed)
                .map(|()| Vec::new()),
        }
    }

    fn read(&self, file: &str) -> Option<Vec<u8>> {
        gust_fs::disk::read(file).ok()
    }

    fn remove(&self, dir: &str) {
        self.remove_all(dir);
    }
}
