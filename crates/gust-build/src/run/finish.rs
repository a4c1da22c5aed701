//! Giving a result its build ID, and keeping it.

use std::path::Path;

use gust_cache::ActionId;
use gust_text::quote::command_line;

use super::error::BuildError;
use super::executor::Executor;
use super::job::Job;
use super::known::Archive;
use crate::buildid::{self, hash_to_string};
use crate::plan::Kind;

impl Executor<'_> {
    /// Writes the true build ID over the one in `target` that stood for it, and puts the result into the cache.
    pub(crate) fn finish(
        &self,
        job: &Job<'_>,
        action_id: ActionId,
        build_id: &str,
        target: &str,
    ) -> Result<String, BuildError> {
        let words = ["go", "tool", "buildid", "-w", target].map(str::to_owned);
        job.show("", &format!("{} # internal", command_line(&words)));
        if self.site.options.dry_run {
            return Ok(build_id.to_owned());
        }
        self.store_output(job, action_id);
        let path = Path::new(target);
        let file = gust_fs::disk::File::options()
            .read(true)
            .write(true)
            .open(path)
            .map_err(BuildError::file("open", path))?;
        let data = self
            .site
            .view
            .map(path)
            .map_err(BuildError::file("open", path))?;
        let found = buildid::find_and_hash(&data, build_id);
        drop(data);
        let keep = build_id.rfind('/').map_or(0, |slash| slash + 1);
        let done = format!("{}{}", &build_id[..keep], hash_to_string(&found.hash));
        if found.offsets.is_empty() {
            // The person chose an ID with -buildid.
            return Ok(done);
        }
        buildid::rewrite(&file, &found.offsets, &done).map_err(BuildError::file("write", path))?;
        drop(file);
        match job.action.kind {
            Kind::Build => self.keep_archive(job, action_id, path, &done),
            Kind::Link if job.action.cache_executable => self.keep_program(job, action_id, path),
            _ => {}
        }
        Ok(done)
    }

    /// What the tools wrote is kept too: under the package's own ID, or for a link under the main package's.
    fn store_output(&self, job: &Job<'_>, action_id: ActionId) {
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

    fn main_id(&self, job: &Job<'_>) -> Option<ActionId> {
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

    pub(crate) fn show_copy(&self, job: &Job<'_>, from: &Path, to: &Path) {
        if self.site.options.show {
            let (from, to) = (from.to_string_lossy(), to.to_string_lossy());
            let words = ["cp", &from, &to].map(str::to_owned);
            job.show("", &format!("{} # internal", command_line(&words)));
        }
    }
}
