//! Giving a result its build ID, and keeping it.

use std::path::Path;

use gust_cache::{ActionId, Cache};

use super::error::BuildError;
use super::executor::Executor;
use super::job::Job;
use super::known::Archive;
use crate::command::{Command, Operation};
use crate::lower;
use crate::plan::Kind;
use crate::show;

impl Executor<'_> {
    /// The cache, when there are results to be kept in it: a dry run has none.
    pub(super) fn keeping(&self) -> Option<&Cache> {
        self.keeps.then_some(self.site.cache)
    }

    /// Has the true build ID written over the one that stood for it, and puts the result into the cache. None when nothing
    /// was made.
    pub(crate) fn finish(
        &self,
        job: &Job<'_>,
        action_id: ActionId,
        command: &Command,
    ) -> Result<Option<String>, BuildError> {
        let Some(build_id) = job.perform(command)?.build_id else {
            return Ok(None);
        };
        self.keep_output(job, action_id);
        if let (true, Operation::SetBuildId { file, .. }) = (build_id.written, &command.operation) {
            let path = Path::new(file);
            match job.action.kind {
                Kind::Build => self.keep_archive(job, action_id, path, &build_id.id),
                Kind::Link if job.action.cache_executable => {
                    self.keep_program(job, action_id, path)
                }
                _ => {}
            }
        }
        Ok(Some(build_id.id))
    }

    /// What the tools wrote is kept too: under the package's own ID, or for a link under the main package's.
    fn keep_output(&self, job: &Job<'_>, action_id: ActionId) {
        let (id, key) = match job.action.kind {
            Kind::Build => (action_id, "stdout"),
            Kind::Link => match self.main_id(job) {
                Some(id) => (id, "link-stdout"),
                None => return,
            },
            _ => return,
        };
        let key = self.site.hashing.subkey(id, key);
        // A cache that cannot be written makes the next build slower, not this one wrong.
        let _ = self.site.cache.put_bytes(key, &job.captured());
    }

    pub(super) fn main_id(&self, job: &Job<'_>) -> Option<ActionId> {
        let is_main = |dep: &&crate::plan::ActionRef| {
            let id = self.plan.action(**dep).package;
            id.is_some_and(|id| &*self.site.graph[id].name == "main")
        };
        let main = job.action.deps.iter().find(is_main)?;
        self.states.get(*main)?.action_id
    }

    fn keep_archive(&self, job: &Job<'_>, action_id: ActionId, path: &Path, build_id: &str) {
        if let Ok((output, size)) = self.site.cache.put_file(action_id, path) {
            let archive = Archive {
                output,
                size,
                silent: job.captured().is_empty(),
                build_id: build_id.to_owned(),
            };
            self.known.put(action_id, &archive);
            self.show_copy(job, path, &self.site.cache.output_file(output));
        }
    }

    fn keep_program(&self, job: &Job<'_>, action_id: ActionId, path: &Path) {
        let Some(package) = job.package else { return };
        let name = match self.plan.targets.exe_name(package.id) {
            Some(name) => name.to_owned(),
            None => package.exe_name(self.site.options.modules_enabled),
        };
        let name = format!("{name}{}", self.site.shape.exe_suffix);
        let Ok(mut file) = gust_fs::disk::File::open(path) else {
            return;
        };
        let cache = self.site.cache;
        if let Ok((output, _)) = cache.put_executable(action_id, &name, &mut file) {
            self.show_copy(job, path, &cache.output_file(output));
        }
    }

    /// Keeps a file of the action's directory in the cache, under the action's ID and its name.
    pub(super) fn keep_object_file(&self, action_id: ActionId, objdir: &str, name: &str) {
        let Some(cache) = self.keeping() else { return };
        let key = self.site.hashing.subkey(action_id, name);
        if let Ok(mut file) = gust_fs::disk::File::open(format!("{objdir}{name}")) {
            let _ = cache.put(key, &mut file);
        }
    }

    /// Keeps the names of the files that the tools see, generated ones with their content: for vet and `go list -compiled`.
    pub(super) fn keep_source_names(
        &self,
        action_id: ActionId,
        archive: &lower::archive::Archive<'_>,
    ) {
        let Some(cache) = self.keeping() else { return };
        let mut list = String::new();
        let files = [&archive.go_files, &archive.s_files, &archive.c_files];
        for file in files.into_iter().flatten() {
            match file.strip_prefix(archive.objdir) {
                None => list.push_str(&format!("./{file}\n")),
                Some(name) => {
                    list.push_str(&format!("{name}\n"));
                    self.keep_object_file(action_id, archive.objdir, name);
                }
            }
        }
        let key = self.site.hashing.subkey(action_id, "srcfiles");
        let _ = cache.put_bytes(key, list.as_bytes());
    }

    pub(crate) fn show_copy(&self, job: &Job<'_>, from: &Path, to: &Path) {
        let (from, to) = (from.to_string_lossy(), to.to_string_lossy());
        job.show(&show::internal(&["cp", &from, &to]));
    }
}
