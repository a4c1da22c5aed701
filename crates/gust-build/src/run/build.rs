//! Making a package's archive.

use std::path::Path;
use std::sync::Arc;

use gust_cache::ActionId;
use gust_packages::Package;
use gust_text::quote::command_line;

use super::error::BuildError;
use super::executor::Executor;
use super::job::Job;
use super::pack;
use super::state::{Built, Done, Need};
use crate::plan::{Action, ActionRef, Kind};
use crate::tools::{absolute, asm, compile, config};

/// The header for C programs that cgo writes.
pub(super) const HEADER: &str = "_cgo_install.h";

impl Executor<'_> {
    /// Does what [`check_cache`](Executor::check_cache) left to do.
    pub(crate) fn build(&self, job: &Job<'_>) -> Result<Done, BuildError> {
        let Some(checked) = self.checked(job.action) else {
            return Err(BuildError::Internal("no look at the cache".to_owned()));
        };
        let need = Need {
            header: false,
            ..checked.need
        };
        let p = job.package()?;
        if need.nothing() {
            return Ok(Done::clone(checked));
        }
        job.capture();
        if self.site.options.dry_run {
            job.print(format!("\n#\n# {}\n#\n\n", p.import_path).as_bytes());
        }
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
        let mut making = Making {
            action_id,
            objdir,
            go_files: names(&p.sources.go),
            s_files: names(&p.sources.s),
            c_files: names(&p.sources.c),
            objects: Vec::new(),
            build_id: checked.build_id.clone(),
        };
        let mut cgo_objects = Vec::new();
        if p.uses_cgo() || p.uses_swig() {
            making.c_files.clear();
            let split = p.standard && &*p.import_path == "runtime/cgo";
            making.s_files.retain(|f| split && !f.starts_with("gcc_"));
            let (go_files, objects) = self.cgo_outputs(job, action_id)?;
            making.go_files.extend(go_files);
            cgo_objects = objects;
            if matches!(&*self.site.shape.buildmode, "c-archive" | "c-shared") {
                self.store_object_file(&making, HEADER);
            }
        }
        self.store_source_names(&making);
        if making.go_files.is_empty() {
            return Err(BuildError::NoGo(no_go_text(p)));
        }
        if need.compiled_files && !self.load_compiled_files(p, action_id) {
            let why = "loading compiled Go files from cache: reading srcfiles list: cache entry not found";
            return Err(BuildError::Other(why.to_owned()));
        }
        if !need.build {
            return Ok(checked.clone());
        }
        self.compile(job, p, &mut making)?;
        self.copy_headers(job, p, &making.objdir)?;
        if let Some(file) = making.c_files.first() {
            return Err(BuildError::CWithoutCgo(absolute(p, file)));
        }
        self.assemble(job, p, &mut making)?;
        making.objects.extend(cgo_objects);
        let syso = p.sources.syso.iter().map(|f| absolute(p, f));
        making.objects.extend(syso);
        self.pack(job, p, &making)?;
        let archive = format!("{}_pkg_.a", making.objdir);
        let build_id = self.finish(job, action_id, &making.build_id, &archive)?;
        let mut done = Done {
            action_id: Some(action_id),
            build_id,
            built: Some(Built::File(archive.into())),
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

    fn compile(&self, job: &Job<'_>, p: &Package, making: &mut Making) -> Result<(), BuildError> {
        let objdir = making.objdir.as_str();
        let path = self.package_path(p, &making.build_id);
        let with_asm = !making.s_files.is_empty();
        let symabis = format!("{objdir}symabis");
        if with_asm {
            // Nothing is defined yet when the ABIs are read off, and nothing needs to be.
            job.write(&format!("{objdir}go_asm.h"), b"")?;
            let words = asm::symabis_words(self.site, p, &path, objdir, &making.s_files);
            self.run_in_package(job, p, &words)?;
        }
        let importcfg = config::importcfg(p, self.archives(job).iter().map(|(p, f)| (*p, &**f)));
        let embedcfg = config::embedcfg(self.site, p);
        let profile = self.profile(job);
        job.write(&format!("{objdir}importcfg"), importcfg.as_bytes())?;
        if let Some(embedcfg) = &embedcfg {
            job.write(&format!("{objdir}embedcfg"), embedcfg.as_bytes())?;
        }
        let threads = self.threads.take();
        let words = compile::words(
            self.site,
            p,
            &compile::Compile {
                objdir,
                package_path: &path,
                build_id: &making.build_id,
                omit_debug: self.plan.targets.omits_debug(p.id),
                profile: profile.as_deref(),
                symabis: with_asm.then_some(&symabis),
                asm_header: with_asm,
                embeds: embedcfg.is_some(),
                threads,
                files: &making.go_files,
            },
        );
        let cwd = self.site.settings.cwd().to_string_lossy();
        let (output, ended) = job.run_out(&cwd, self.site.override_env(), &words);
        self.threads.give_back(threads);
        job.report("", "", &output, ended)
    }

    /// The archives of the packages imported: import paths and files.
    fn archives(&self, job: &Job<'_>) -> Vec<(&str, String)> {
        let archive = |dep: &ActionRef| {
            let action = self.plan.action(*dep);
            let compiled = matches!(action.kind, Kind::Build | Kind::Install { .. });
            let id = action.package.filter(|_| compiled)?;
            let built = self.built(*dep)?;
            let path = &*self.site.graph[id].import_path;
            Some((path, built.to_string_lossy().into_owned()))
        };
        job.action.deps.iter().filter_map(archive).collect()
    }

    fn profile(&self, job: &Job<'_>) -> Option<String> {
        let is_profile =
            |dep: &&ActionRef| matches!(self.plan.action(**dep).kind, Kind::Profile { .. });
        let dep = job.action.deps.iter().find(is_profile)?;
        let built = self.built(*dep)?;
        Some(built.to_string_lossy().into_owned())
    }

    pub(super) fn run_in_package(
        &self,
        job: &Job<'_>,
        p: &Package,
        words: &[String],
    ) -> Result<(), BuildError> {
        let dir = p.dir.to_string_lossy();
        job.run(&dir, &p.import_path, self.site.override_env(), words)
    }

    /// Header files named for a platform are offered to assembly files under a name that fits any.
    fn copy_headers(&self, job: &Job<'_>, p: &Package, objdir: &str) -> Result<(), BuildError> {
        let (goos, goarch) = (self.site.settings.goos(), self.site.settings.goarch());
        let endings = [
            (format!("_{goos}_{goarch}"), "_GOOS_GOARCH"),
            (format!("_{goarch}"), "_GOARCH"),
            (format!("_{goos}"), "_GOOS"),
        ];
        for file in &p.sources.h {
            let (name, ext) = file.rsplit_once('.').unwrap_or((file, ""));
            let general = endings
                .iter()
                .find_map(|(ending, general)| Some((name.strip_suffix(ending.as_str())?, general)));
            if let Some((stem, general)) = general {
                let to = format!("{objdir}{stem}{general}.{ext}");
                job.copy(&to, &p.dir.join(&**file), 0o666, true)?;
            }
        }
        Ok(())
    }

    fn assemble(&self, job: &Job<'_>, p: &Package, making: &mut Making) -> Result<(), BuildError> {
        let path = self.package_path(p, &making.build_id);
        for file in &making.s_files {
            let words = asm::words(self.site, p, &path, &making.objdir, file);
            self.run_in_package(job, p, &words)?;
            making.objects.push(asm::object(&making.objdir, file));
        }
        Ok(())
    }

    fn pack(&self, job: &Job<'_>, p: &Package, making: &Making) -> Result<(), BuildError> {
        if making.objects.is_empty() {
            return Ok(());
        }
        let objdir = &making.objdir;
        let archive = format!("{objdir}_pkg_.a");
        let objects = making
            .objects
            .iter()
            .map(|o| match o.starts_with(['/', '$']) {
                true => o.clone(),
                false => format!("{objdir}{o}"),
            });
        let objects: Vec<String> = objects.collect();
        let mut words = ["go", "tool", "pack", "r", &archive]
            .map(str::to_owned)
            .to_vec();
        words.extend(objects.iter().cloned());
        let line = format!("{} # internal", command_line(&words));
        job.show(&p.dir.to_string_lossy(), &line);
        if self.site.options.dry_run {
            return Ok(());
        }
        pack::append(Path::new(&archive), &objects).map_err(BuildError::file("open", &archive))
    }

    /// The import path by which a package's symbols are named.
    pub(super) fn package_path(&self, p: &Package, build_id: &str) -> String {
        if self.site.shape.buildmode == "plugin" {
            return super::link::plugin_path(self.site, p, build_id);
        }
        match &*p.name == "main" && !p.force_library {
            true => "main".to_owned(),
            false => p.import_path.to_string(),
        }
    }

    /// Keeps a file of the action's directory in the cache, under the action's ID and its name.
    pub(super) fn store_object_file(&self, making: &Making, name: &str) {
        if self.site.options.dry_run {
            return;
        }
        let key = self.site.hashing.subkey(making.action_id, name);
        if let Ok(mut file) = gust_fs::disk::File::open(format!("{}{name}", making.objdir)) {
            let _ = self.site.cache.put(key, &mut file);
        }
    }

    /// Brings such a file back.
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
        let to = format!("{objdir}{name}");
        job.copy(&to, &file, 0o666, true).is_ok()
    }

    /// Keeps the names of the files that the tools see, generated ones with their content: for vet and `go list -compiled`.
    fn store_source_names(&self, making: &Making) {
        let mut list = String::new();
        let files = [&making.go_files, &making.s_files, &making.c_files];
        for file in files.into_iter().flatten() {
            match file.strip_prefix(&making.objdir) {
                None => list.push_str(&format!("./{file}\n")),
                Some(name) => {
                    list.push_str(&format!("{name}\n"));
                    self.store_object_file(making, name);
                }
            }
        }
        if !self.site.options.dry_run {
            let key = self.site.hashing.subkey(making.action_id, "srcfiles");
            let _ = self.site.cache.put_bytes(key, list.as_bytes());
        }
    }
}

/// A package in the making.
pub(super) struct Making {
    pub(super) action_id: ActionId,
    /// With a slash at the end.
    pub(super) objdir: String,
    go_files: Vec<String>,
    s_files: Vec<String>,
    c_files: Vec<String>,
    objects: Vec<String>,
    build_id: String,
}

fn names(files: &[gust_packages::model::Str]) -> Vec<String> {
    files.iter().map(|f| f.to_string()).collect()
}

/// What go says of a package without Go files.
fn no_go_text(p: &Package) -> String {
    let (dir, s) = (p.dir.display(), &*p.sources);
    if !s.ignored_go.is_empty() {
        return format!("build constraints exclude all Go files in {dir}");
    }
    match s.test_go.is_empty() && s.xtest_go.is_empty() {
        true => format!("no Go files in {dir}"),
        false => format!("no non-test Go files in {dir}"),
    }
}
