//! Linking a program, and putting results into their place.

use std::path::{Path, PathBuf};

use gust_packages::Package;

use super::build::HEADER;
use super::error::BuildError;
use super::executor::Executor;
use super::job::Job;
use super::reuse::{Found, Reuse};
use super::state::{Built, Done};
use crate::plan::{ActionRef, Kind, Place};
use crate::site::Site;
use crate::tools::{config, link};

impl Executor<'_> {
    /// Links a program, unless it is there.
    pub(crate) fn link(&self, job: &Job<'_>) -> Result<Done, BuildError> {
        let p = job.package()?;
        let id = self.link_id(job.at, None)?;
        let lists = self.site.options.lists();
        let target = self.plan.targets.target(p);
        let mut done = Done {
            action_id: Some(id),
            ..Done::default()
        };
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
        let objdir = job.objdir()?;
        job.mkdir(&objdir)?;
        let archives = self.link_archives(job)?;
        let stamp = self.site.stamps.get(&p.id).map_or("", |s| s);
        let text = config::importcfg_link(archives.iter().map(|(p, f)| (*p, &**f)), stamp);
        job.write(&format!("{objdir}importcfg.link"), text.as_bytes())?;
        self.allow_install(job)?;
        let target = self.place(job)?;
        job.mkdir_for(&target)?;
        let main = job.action.deps.first().copied();
        let main_built = main.and_then(|main| self.built(main));
        let main_built = main_built.unwrap_or_else(|| PathBuf::from(format!("{objdir}_pkg_.a")));
        let plugin = (self.site.shape.buildmode == "plugin").then(|| {
            let main = main.map_or("", |m| self.states.build_id(m));
            plugin_path_of_link(self.site, p, main)
        });
        let command = link::command(
            self.site,
            p,
            &link::Link {
                objdir: &objdir,
                target: &target,
                build_id: &done.build_id,
                main: &main_built.to_string_lossy(),
                omit_debug: self.plan.targets.omits_debug(p.id),
                cxx: self.has_cxx(job),
                plugin_path: plugin.as_deref(),
            },
        )?;
        job.run(
            &command.dir,
            &p.import_path,
            &command.environment,
            &command.words,
        )?;
        let id = done.action_id.unwrap_or_default();
        done.build_id = self.finish(job, id, &done.build_id, &target)?;
        done.built = Some(Built::File(target.into()));
        Ok(())
    }

    fn link_archives(&self, job: &Job<'_>) -> Result<Vec<(&str, String)>, BuildError> {
        let mut archives = Vec::with_capacity(job.action.deps.len());
        for &dep in &job.action.deps {
            let Some(id) = self.plan.action(dep).package else {
                continue;
            };
            let file = match self.built(dep) {
                Some(file) => file.to_string_lossy().into_owned(),
                None => String::new(),
            };
            archives.push((&*self.site.graph[id].import_path, file));
        }
        Ok(archives)
    }

    fn has_cxx(&self, job: &Job<'_>) -> bool {
        let cxx = |p: &Package| !p.sources.cxx.is_empty() || !p.sources.swigcxx.is_empty();
        let deps = job.action.deps.iter();
        let mut packages = deps.filter_map(|&dep| self.plan.action(dep).package);
        packages.any(|id| cxx(&self.site.graph[id]))
    }

    /// The action's result, as a path.
    pub(super) fn place(&self, job: &Job<'_>) -> Result<String, BuildError> {
        Ok(match &job.action.target {
            Place::None => String::new(),
            Place::Work(name) => format!("{}{name}", job.objdir()?),
            Place::Path(path) => path.to_string_lossy().into_owned(),
        })
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
        let target = self.place(job)?;
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
                self.touch(job, &target);
            }
            return Ok(done);
        }
        if options.lists() {
            done.built = made.built.clone();
            return Ok(done);
        }
        self.allow_install(job)?;
        let objdir = job.objdir()?;
        job.mkdir(&objdir)?;
        let program = self.plan.action(inner).kind == Kind::Link;
        let mode = match &*self.site.shape.buildmode {
            "c-archive" | "c-shared" | "plugin" => 0o666,
            _ if program => 0o777,
            _ => 0o666,
        };
        let mut result = job.mkdir_for(&target);
        if result.is_ok() {
            let built = built.unwrap_or_default();
            result = job.move_or_copy(&target, &built, mode, false);
        }
        self.clean_up(job);
        result?;
        done.built = Some(Built::File(target.into()));
        Ok(done)
    }

    /// Makes an up-to-date target look as if it had been made anew: its time must not tell which way it went.
    fn touch(&self, job: &Job<'_>, target: &str) {
        if self.site.options.dry_run {
            job.show("", &format!("touch {target}"));
        } else if self.allow_install(job).is_ok() {
            let file = gust_fs::disk::File::open(target);
            let _ = file.and_then(|file| file.touch());
        }
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
                job.show("", &format!("# {source} not created"));
            }
            return Ok(Done::default());
        }
        self.allow_install(job)?;
        let target = self.place(job)?;
        job.mkdir_for(&target)?;
        job.move_or_copy(&target, Path::new(&source), 0o666, true)?;
        Ok(Done::default())
    }

    /// The acceptance suite's own release must not be written to.
    pub(super) fn allow_install(&self, job: &Job<'_>) -> Result<(), BuildError> {
        let Some(root) = &self.site.options.protected_root else {
            return Ok(());
        };
        let target = self.place(job)?;
        if !target.is_empty() && Path::new(&target).starts_with(root) {
            let root = root.display();
            return Err(BuildError::Other(format!(
                "testgo must not write to GOROOT (installing to {target}) in {root}"
            )));
        }
        Ok(())
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
        let target = self.place(job)?;
        let input = input.to_string_lossy();
        let mut words = self.site.options.toolexec.clone();
        words.push(self.site.tool("preprofile"));
        words.extend(["-o", &target, "-i", &input].map(str::to_owned));
        job.run(".", &input, &[], &words)?;
        let target = PathBuf::from(target);
        if !self.site.options.dry_run {
            let (output, _) = self.site.cache.put_file(id, &target)?;
            self.show_copy(job, &target, &self.site.cache.output_file(output));
        }
        Ok(target)
    }

    /// The file with the result of an action.
    pub(crate) fn built(&self, at: ActionRef) -> Option<PathBuf> {
        let built = self.states.get(at)?.built.as_ref()?;
        Some(built.path(self.site.cache))
    }
}

/// The import path of a plugin; one made of files gets its own, so that two of them can be loaded.
pub(super) fn plugin_path(site: &Site<'_>, p: &Package, build_id: &str) -> String {
    use sha1::Digest;
    if &*p.import_path != "command-line-arguments" {
        return p.import_path.to_string();
    }
    let mut hash = sha1::Sha1::new();
    hash.update(format!("build ID: {build_id}\n"));
    let s = &*p.sources;
    for file in [&s.go, &s.cgo, &s.s].into_iter().flatten() {
        if let Ok(data) = site.view.read(&p.dir.join(&**file)) {
            hash.update(data);
        }
    }
    let digits: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    format!("plugin/unnamed-{digits}")
}

/// The same when linking: the main package's ID counts as it was while the package was compiled.
fn plugin_path_of_link(site: &Site<'_>, p: &Package, main_build_id: &str) -> String {
    let action = crate::buildid::action_part(main_build_id);
    plugin_path(site, p, &format!("{action}/{action}"))
}
