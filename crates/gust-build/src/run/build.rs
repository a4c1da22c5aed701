//! Making a package's archive.

use std::sync::Arc;

use gust_cache::ActionId;
use gust_packages::Package;

use super::error::BuildError;
use super::executor::Executor;
use super::job::Job;
use super::state::{Built, Done, Need};
use crate::buildid::hash_to_string;
use crate::command::Command;
use crate::lower::{self, archive::Archive};
use crate::plan::{Action, ActionRef, Kind};

/// The header for C programs that cgo writes.
pub(crate) const HEADER: &str = "_cgo_install.h";

impl Executor<'_> {
    /// Does what [`check_cache`](Executor::check_cache) left to do.
    pub(crate) fn build(&self, job: &Job<'_>) -> Result<Done, BuildError> {
        let Some(checked) = self.checked(job.action) else {
            return Err(BuildError::Internal("no look at the cache".to_owned()));
        };
        let need = Need {
            header: false,
            cover_meta: false,
            ..checked.need
        };
        let p = job.package()?;
        if need.nothing() {
            return Ok(Done::clone(checked));
        }
        job.capture();
        job.begin(p);
        if self.site.options.verbose {
            job.print(format!("{}\n", p.import_path).as_bytes());
        }
        let result = self.build_needed(job, p, checked, need);
        job.flush();
        result
    }

    /// What the action that asked the cache for this one came to.
    pub(crate) fn checked(&self, action: &Action) -> Option<&Arc<Done>> {
        let is_check =
            |dep: &&ActionRef| matches!(self.plan.action(**dep).kind, Kind::CheckCache { .. });
        // It comes after the packages imported.
        self.states.get(*action.deps.iter().rfind(is_check)?)
    }

    fn build_needed(
        &self,
        job: &Job<'_>,
        p: &Package,
        checked: &Done,
        need: Need,
    ) -> Result<Done, BuildError> {
        let action_id = checked.action_id.unwrap_or_default();
        let objdir = job.objdir()?;
        let mut archive = Archive::new(self.site, p, &objdir, &checked.build_id);
        if p.uses_cgo() || p.uses_swig() {
            let (go_files, objects) = self.cgo_outputs(job, action_id)?;
            archive.go_files.extend(go_files);
            archive.objects = objects;
            if matches!(&*self.site.shape.buildmode, "c-archive" | "c-shared") {
                self.keep_object_file(action_id, &objdir, HEADER);
            }
        }
        self.keep_source_names(action_id, &archive);
        if archive.go_files.is_empty() {
            return Err(BuildError::NoGo(no_go_text(p)));
        }
        if need.compiled_files && !self.load_compiled_files(p, action_id) {
            let why = "loading compiled Go files from cache: reading srcfiles list: cache entry not found";
            return Err(BuildError::Other(why.to_owned()));
        }
        if !need.build {
            return Ok(checked.clone());
        }
        let before = self.before();
        archive.omit_debug = self.plan.targets.omits_debug(p.id);
        archive.imported = before.imported(job.action);
        archive.profile = before.profile(job.action);
        job.perform_all(&archive.compile())?;
        job.perform_all(&archive.assemble()?)?;
        let build_id = self.finish(job, action_id, &archive.set_build_id())?;
        let mut done = Done {
            action_id: Some(action_id),
            build_id: build_id.unwrap_or_else(|| checked.build_id.clone()),
            built: Some(Built::File(archive.file().into())),
            ..Done::default()
        };
        if self.site.options.needs_export() {
            // The work directory will be gone: name the copy in the cache.
            let file = self.site.cache.get_file(action_id);
            done.built = file.map(|(file, _)| Built::File(file));
            self.note_export(p, &done);
        }
        Ok(done)
    }

    /// What cgo adds to a package: Go files for the compiler, and objects for the archive.
    fn cgo_outputs(
        &self,
        job: &Job<'_>,
        id: ActionId,
    ) -> Result<(Vec<String>, Vec<String>), BuildError> {
        let missing = || BuildError::Internal("no cgo run".to_owned());
        let collect = self.plan.cgo_collect(job.action).ok_or_else(missing)?;
        let cgo = self.states.get(collect).and_then(|done| done.cgo.clone());
        let cgo = cgo.ok_or_else(missing)?;
        let (p, objdir) = (job.package()?, job.objdir()?);
        let scene = self.site.scene(&self.compilers, p, &objdir);
        let seed = hash_to_string(&id.0);
        job.perform_all(&lower::cgo::before_trial(&scene, &cgo, &seed))?;
        let system = self.before().system_objects(job.at);
        let imports = lower::cgo::imports(&scene, self.site, self.plan, collect, &cgo, system);
        let succeeded = job.attempt(&imports.trial).result.is_ok();
        let saw = if succeeded { "succeeded" } else { "failed" };
        let line = crate::show::plain_line(&imports.trial);
        job.show(&format!(
            "{line} # test for internal linking errors ({saw})"
        ));
        job.perform_all(match succeeded {
            true => &imports.succeeded,
            false => &imports.failed,
        })?;
        Ok(imports.result(succeeded))
    }

    /// Brings a file back that [`Executor::keep_object_file`] put into the cache.
    pub(super) fn load_object_file(
        &self,
        job: &Job<'_>,
        action_id: ActionId,
        objdir: &str,
        name: &str,
    ) -> bool {
        let key = self.site.hashing.subkey(action_id, name);
        let Some((file, _)) = self.site.cache.get_file(key) else {
            return false;
        };
        let from = file.to_string_lossy().into_owned();
        let copy = Command::copy(from, format!("{objdir}{name}"), true);
        job.perform(&copy).is_ok()
    }
}

/// What go says of a package without Go files.
fn no_go_text(p: &Package) -> String {
    let (dir, s) = (p.place.dir.display(), &*p.sources);
    if !s.ignored_go.is_empty() {
        return format!("build constraints exclude all Go files in {dir}");
    }
    match s.test_go.is_empty() && s.xtest_go.is_empty() {
        true => format!("no Go files in {dir}"),
        false => format!("no non-test Go files in {dir}"),
    }
}
