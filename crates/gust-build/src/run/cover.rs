//! Putting counters into a package's files.

use super::error::BuildError;
use super::executor::Executor;
use super::job::Job;
use super::state::Done;
use crate::lower::cover;

impl Executor<'_> {
    /// The cover tool over a package's files, if the package is to be built, or what there is to be counted in it to be known.
    pub(crate) fn cover(&self, job: &Job<'_>) -> Result<Done, BuildError> {
        let check = job.action.deps.first();
        let checked = check.and_then(|&check| self.states.get(check));
        let Some(checked) = checked.filter(|checked| !checked.need.nothing()) else {
            return Ok(Done::default());
        };
        let (p, objdir) = (job.package()?, job.objdir()?);
        job.mkdir(&objdir)?;
        job.perform_all(&cover::commands(self.site, p, &objdir))?;
        let meta = p.build.cover.as_ref().is_some_and(|cover| cover.meta);
        if let Some(id) = checked.action_id.filter(|_| meta) {
            self.keep_object_file(id, &objdir, &cover::meta_file(p));
        }
        Ok(Done::default())
    }
}
