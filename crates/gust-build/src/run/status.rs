//! What `go list` shows of a build: staleness, export data, the files that the compiler sees.

use std::path::{Path, PathBuf};

use gust_cache::ActionId;
use gust_packages::{Package, PackageId};

use super::executor::Executor;
use super::reuse::Found;
use super::state::Done;
use crate::site::lock;

/// What a build knows of one package. Only builds for `go list` note it.
#[derive(Debug, Clone, Default)]
pub struct Status {
    /// Something would have to be done for it.
    pub stale: bool,
    /// Why.
    pub stale_reason: String,
    /// The file with its export data.
    pub export: Option<PathBuf>,
    /// Its build ID, when it was asked for with the export data.
    pub build_id: String,
    /// The Go files that the compiler sees, generated ones as paths.
    pub compiled_go_files: Option<Vec<String>>,
    /// Why it could not be built.
    pub error: Option<String>,
}

impl Executor<'_> {
    fn note(&self, id: PackageId, change: impl FnOnce(&mut Status)) {
        if self.site.options.lists() {
            change(lock(&self.statuses).entry(id).or_default());
        }
    }

    /// The package is stale for this reason.
    pub(crate) fn note_reason(&self, p: &Package, reason: &str) {
        self.note(p.id, |status| {
            status.stale = true;
            reason.clone_into(&mut status.stale_reason);
        });
    }

    /// The package's result was found, but perhaps not where it belongs.
    pub(crate) fn note_found(&self, p: &Package, found: Found, has_target: bool) {
        if found == Found::Cache && has_target {
            self.note_reason(p, "not installed but available in build cache");
        }
    }

    /// The package's result was not found.
    pub(crate) fn note_stale(&self, p: &Package) {
        if !self.site.options.lists() {
            return;
        }
        if self.site.options.rebuild {
            return self.note_reason(p, "build -a flag in use");
        }
        if lock(&self.statuses).get(&p.id).is_some_and(|s| s.stale) {
            return;
        }
        let reason = self.stale_reason(p);
        self.note_reason(p, &reason);
    }

    /// A stale dependency is the better explanation.
    fn stale_reason(&self, p: &Package) -> String {
        let statuses = lock(&self.statuses);
        let mut reason = "build ID mismatch".to_owned();
        for id in &p.imports.direct {
            let Some(dep) = statuses.get(id).filter(|s| s.stale) else {
                continue;
            };
            if dep.stale_reason.starts_with("stale dependency: ") {
                return dep.stale_reason.clone();
            }
            if !dep.stale_reason.is_empty() && reason.starts_with("build ID mismatch") {
                let path = &self.site.graph[*id].import_path;
                reason = format!("stale dependency: {path}");
            }
        }
        reason
    }

    /// Where the package's export data is.
    pub(crate) fn note_export(&self, p: &Package, done: &Done) {
        let file = done.built.as_ref().map(|built| built.path(self.site.cache));
        if let Some(file) = &file {
            self.rely_on(file);
        }
        self.note(p.id, |status| {
            status.export = file;
            status.build_id.clone_from(&done.build_id);
        });
    }

    /// The result of a named package is expected in the cache by whoever asked for it: one that was emptied since is to be filled
    /// again.
    pub(super) fn rely_on_result(&self, p: &Package, id: ActionId) {
        if p.asked.cmdline_pkg || p.asked.cmdline_files {
            self.rely_on(&self.site.cache.entry_file(id));
        }
    }

    /// A file of the cache is named in the answer: whoever gives the answer again must find it there.
    fn rely_on(&self, file: &Path) {
        self.site.view.exists(file);
    }

    /// Looks up which files the compiler saw when the package was built; false when that is not known.
    pub(crate) fn load_compiled_files(&self, p: &Package, action_id: ActionId) -> bool {
        let (cache, hashing) = (self.site.cache, self.site.hashing);
        let Some((list, _)) = cache.get_bytes(hashing.subkey(action_id, "srcfiles")) else {
            return false;
        };
        let mut files = Vec::new();
        for name in gust_bytes::text(&list).lines() {
            if !name.ends_with(".go") {
                continue;
            }
            if let Some(own) = name.strip_prefix("./") {
                files.push(own.to_owned());
                continue;
            }
            match cache.get_file(hashing.subkey(action_id, name)) {
                Some((file, _)) => {
                    self.rely_on(&file);
                    files.push(file.to_string_lossy().into_owned());
                }
                None => return false,
            }
        }
        self.note(p.id, |status| status.compiled_go_files = Some(files));
        true
    }
}
