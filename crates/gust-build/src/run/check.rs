//! Asking what a package still needs: its action ID, the cache, and what forbids to build it at all.

use gust_cache::ActionId;
use gust_packages::Package;

use super::error::BuildError;
use super::executor::{Executor, OwnHash};
use super::job::Job;
use super::local::digest_now;
use super::reuse::Reuse;
use super::state::{Done, Need};
use crate::id;
use crate::lower;
use crate::plan::{Action, ActionRef, Kind};
use crate::site::lock;
use crate::tools::compile::allowed_version;

impl Executor<'_> {
    /// What `build` (or the build inside an install) still has to do.
    #[tracing::instrument(name = "check cache", level = "debug", skip_all)]
    pub(crate) fn check_cache(&self, job: &Job<'_>, build: ActionRef) -> Result<Done, BuildError> {
        let build = self.plan.inner(build);
        let p = job.package()?;
        let options = self.site.options;
        let mut need = Need {
            build: self.needs_archive(build),
            header: self.needs_header(build, p),
            compiled_files: options.needs_compiled_files(),
            source_names: self.plan.action(build).need_source_names,
            cover_meta: p.build.cover.as_ref().is_some_and(|cover| cover.meta),
        };
        let mut done = Done::default();
        let mut cached = false;
        if !p.build.binary_only {
            let id = match self.asked_before(job.at) {
                Some(id) => id,
                None => self.compile_id(job.action, p)?,
            };
            done.action_id = Some(id);
            self.rely_on_result(p, id);
            let target = self.plan.targets.target(p);
            match self.reuse(job, build, id, target, need.build) {
                Reuse::Hit {
                    build_id,
                    built,
                    found,
                } => {
                    self.note_found(p, found, target.is_some());
                    (done.build_id, done.built) = (build_id, built);
                    (need.build, cached) = (false, true);
                    if options.needs_export() {
                        self.note_export(p, &done);
                    }
                }
                Reuse::Miss { build_id } => {
                    self.note_stale(p);
                    done.build_id = build_id;
                }
            }
            if need.compiled_files && self.load_compiled_files(p, id) {
                need.compiled_files = false;
            }
            if need.nothing() {
                return Ok(done);
            }
        }
        self.refuse(job, p)?;
        if p.build.binary_only {
            self.note_reason(p, "binary-only packages are no longer supported");
            if options.lists() {
                return Ok(done);
            }
            return Err(BuildError::BinaryOnly);
        }
        let objdir = job.objdir()?;
        job.mkdir(&objdir)?;
        if let (true, true, Some(id)) = (cached, need.header, done.action_id) {
            need.header = !self.load_object_file(job, id, &objdir, super::build::HEADER);
        }
        if let (true, true, Some(id)) = (cached, need.cover_meta, done.action_id) {
            let file = lower::cover::meta_file(p);
            need.cover_meta = !self.load_object_file(job, id, &objdir, &file);
        }
        let names_alone = Need {
            source_names: true,
            ..Need::default()
        };
        if let (true, Some(id)) = (need == names_alone, done.action_id) {
            let key = self.site.hashing.subkey(id, "srcfiles");
            need.source_names = self.site.cache.get_bytes(key).is_none();
        }
        done.need = need;
        Ok(done)
    }

    /// The archive itself is wanted, and what its tools said.
    pub(crate) fn needs_archive(&self, build: ActionRef) -> bool {
        let options = self.site.options;
        !options.lists() && self.plan.action(build).need_build || options.needs_export()
    }

    /// The ID of the archive of `p`, `action` being the one that asks for it.
    pub(crate) fn compile_id(&self, action: &Action, p: &Package) -> Result<ActionId, BuildError> {
        let inputs = action.deps.iter().filter_map(|&dep| {
            let action = self.plan.action(dep);
            if matches!(action.kind, Kind::Profile { .. }) {
                return Some(id::compile::Input::Profile(self.profile_hash(dep)));
            }
            Some(id::compile::Input::Import {
                path: &self.site.graph[action.package?].import_path,
                build_id: self.states.build_id(dep),
            })
        });
        let ahead = self
            .own_parts
            .get(p.id.index())
            .and_then(|own| lock(own).take());
        let own = match ahead {
            Some(own) => own,
            None => self.own_part(p)?,
        };
        Ok(own.with(inputs).sum())
    }

    fn own_part(&self, p: &Package) -> Result<OwnHash<'_>, id::IdError> {
        let omit_debug = self.plan.targets.omits_debug(p.id);
        let recipe = id::compile::recipe(self.site, p);
        id::compile::own(recipe, self.site, &self.compilers, p, omit_debug)
    }

    fn profile_hash(&self, profile: ActionRef) -> String {
        let digest = self.built(profile).and_then(|file| digest_now(&file));
        digest.map_or_else(String::new, |d| crate::buildid::hash_to_string(&d))
    }

    /// A C header is installed by an action that waits for this build, or for the link that does.
    pub(crate) fn needs_header(&self, build: ActionRef, p: &Package) -> bool {
        let library = matches!(&*self.site.shape.buildmode, "c-archive" | "c-shared");
        if self.site.options.lists() || !library || !(p.uses_cgo() || p.uses_swig()) {
            return false;
        }
        let header = |at: &ActionRef| self.plan.action(*at).kind == Kind::InstallHeader;
        let first = self.triggers.of(build);
        first.iter().any(header)
            || first
                .iter()
                .any(|at| self.triggers.of(*at).iter().any(header))
    }

    /// What is wrong with a package that is about to be built.
    fn refuse(&self, job: &Job<'_>, p: &Package) -> Result<(), BuildError> {
        if let Some(error) = &p.error {
            return Err(BuildError::Package(Box::new(error.clone())));
        }
        if p.build.binary_only {
            return Ok(());
        }
        if let Some(module) = &p.module
            && !allowed_version(self.site, &module.go_version)
        {
            return Err(BuildError::NeedsGo(module.go_version.to_string()));
        }
        let problems = super::directives::problems(self.site, p);
        if problems.is_empty() {
            return Ok(());
        }
        let failed = Err(BuildError::Other("invalid directive".to_owned()));
        job.report("", "", problems.as_bytes(), failed)
    }
}
