//! Linking a program, and putting results into their place.

use std::path::{Path, PathBuf};

use gust_packages::Package;

use super::build::HEADER;
use super::error::BuildError;
use super::executor::Executor;
use super::job::Job;
use super::reuse::{Found, Reuse};
use super::state::{Built, Done};
use crate::command::{Command, Operation};
use crate::lower::link;
use crate::plan::{ActionRef, Kind};

impl Executor<'_> {
    /// Links a program, unless it is there.
    #[tracing::instrument(name = "link", level = "info", skip_all)]
    pub(crate) fn link(&self, job: &Job<'_>) -> Result<Done, BuildError> {
        let p = job.package()?;
        let id = self.link_id(job.at, None)?;
        let lists = self.site.options.lists();
        let target = self.plan.targets.target(p);
        let mut done = Done {
            action_id: Some(id),
            ..Done::default()
        };
        if !self.site.options.rebuild && self.is_spared(job.at, id) {
            // What the linker said when it was needed belongs to what is asked now.
            if let Some(main) = self.main_id(job) {
                self.show_stored(job, main, "link-stdout");
            }
            return Ok(done);
        }
        match self.reuse(job, job.at, id, target, !lists) {
            Reuse::Hit {
                build_id,
                built,
                found,
            } => {
                self.note_found(p, found, target.is_some());
                done.in_place = found == Found::Place;
                (done.build_id, done.built) = (build_id, built);
                return Ok(done);
            }
            Reuse::Miss { build_id } => {
                self.note_stale(p);
                done.build_id = build_id;
            }
        }
        if lists {
            return Ok(done);
        }
        job.capture();
        let made = self.link_needed(job, p, &mut done);
        job.flush();
        made.map(|()| done)
    }

    fn link_needed(&self, job: &Job<'_>, p: &Package, done: &mut Done) -> Result<(), BuildError> {
        let (objdir, target) = (job.objdir()?, job.place()?);
        job.mkdir(&objdir)?;
        let before = self.before();
        let commands = link::commands(&before, job.action, p, &objdir, &done.build_id, &target)?;
        let Some((last, commands)) = commands.split_last() else {
            return Ok(());
        };
        job.perform_all(commands)?;
        if let Some(build_id) = self.finish(job, done.action_id.unwrap_or_default(), last)? {
            done.build_id = build_id;
        }
        done.built = Some(Built::File(target.into()));
        Ok(())
    }

    /// Puts the result of the action before it into its place.
    pub(crate) fn install(&self, job: &Job<'_>) -> Result<Done, BuildError> {
        self.install_result(job)
            .map_err(|error| BuildError::Install {
                command: self.site.options.command,
                path: job
                    .package
                    .map(|p| p.import_path.to_string())
                    .unwrap_or_default(),
                source: Box::new(error),
            })
    }

    fn install_result(&self, job: &Job<'_>) -> Result<Done, BuildError> {
        let inner = job.action.deps[0];
        let made = self.states.get(inner).cloned().unwrap_or_default();
        let target = job.place()?;
        let options = self.site.options;
        let mut done = Done {
            action_id: made.action_id,
            build_id: made.build_id.clone(),
            ..Done::default()
        };
        let built = self.built(inner);
        if built.as_deref() == Some(Path::new(&target)) {
            done.built = made.built.clone();
            self.clean_up(job);
            if !options.lists() {
                // Its time must not tell that nothing was done.
                let file = target.clone();
                self.site.view.note_touched(Path::new(&file));
                job.attempt(&Command::new(Operation::Touch { file }));
            }
            return Ok(done);
        }
        if options.lists() {
            done.built = made.built.clone();
            return Ok(done);
        }
        let objdir = job.objdir()?;
        job.mkdir(&objdir)?;
        let program = self.plan.action(inner).kind == Kind::Link;
        let mode = match &*self.site.shape.buildmode {
            "c-archive" | "c-shared" | "plugin" => 0o666,
            _ if program => 0o777,
            _ => 0o666,
        };
        let mut result = mkdir_for(job, &target);
        if result.is_ok() {
            let built = built.unwrap_or_default();
            result = job.move_or_copy(&target, &built.to_string_lossy(), mode, false);
        }
        self.clean_up(job);
        result?;
        done.built = Some(Built::File(target.into()));
        Ok(done)
    }

    fn clean_up(&self, job: &Job<'_>) {
        let never_made = self.work.known().is_empty();
        if self.site.options.keep_work || never_made {
            return;
        }
        if let Ok(objdir) = job.objdir() {
            job.remove_all(&objdir);
        }
    }

    /// Installs the header that goes with a C library.
    pub(crate) fn install_header(&self, job: &Job<'_>) -> Result<Done, BuildError> {
        let source = format!("{}{HEADER}", job.objdir()?);
        if gust_fs::disk::metadata(&source).is_err() {
            if self.site.options.show {
                job.show(&format!("# {source} not created"));
            }
            return Ok(Done::default());
        }
        let target = job.place()?;
        mkdir_for(job, &target)?;
        job.move_or_copy(&target, &source, 0o666, true)?;
        Ok(Done::default())
    }

    /// Prepares a profile for the compiler.
    pub(crate) fn preprocess(&self, job: &Job<'_>, input: &Path) -> Result<Done, BuildError> {
        let id = crate::id::profile::action_id(self.site, input)?;
        let lists = self.site.options.lists();
        let mut done = Done {
            action_id: Some(id),
            ..Done::default()
        };
        if let Reuse::Hit { built, .. } = self.reuse(job, job.at, id, None, !lists) {
            done.built = built;
            return Ok(done);
        }
        if lists {
            return Ok(done);
        }
        job.capture();
        let made = self.preprocess_needed(job, input, id);
        job.flush();
        done.built = Some(Built::File(made?));
        Ok(done)
    }

    fn preprocess_needed(
        &self,
        job: &Job<'_>,
        input: &Path,
        id: gust_cache::ActionId,
    ) -> Result<PathBuf, BuildError> {
        job.mkdir(&job.objdir()?)?;
        let target = job.place()?;
        job.perform(&link::preprocess(self.site, input, &target))?;
        let target = PathBuf::from(target);
        if let Some(cache) = self.keeping() {
            let (output, _) = cache.put_file(id, &target)?;
            self.show_copy(job, &target, &cache.output_file(output));
        }
        Ok(target)
    }

    /// The file with the result of an action.
    pub(crate) fn built(&self, at: ActionRef) -> Option<PathBuf> {
        let built = self.states.get(at)?.built.as_ref()?;
        Some(built.path(self.site.cache))
    }
}

/// Makes the directory of a file.
fn mkdir_for(job: &Job<'_>, file: &str) -> Result<(), BuildError> {
    match file.rfind('/') {
        Some(slash) => job.mkdir(&file[..=slash]),
        None => Ok(()),
    }
}
