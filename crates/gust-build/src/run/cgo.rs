//! Running what [`crate::cgo`] describes: pkg-config, the cgo tool, C compilers, the trial link.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use gust_cache::ActionId;
use gust_fs::observe::Question;
use gust_packages::Package;
use gust_text::quote::command_line;

use super::error::BuildError;
use super::executor::Executor;
use super::job::Job;
use super::state::{Done, Translated};
use crate::buildid::hash_to_string;
use crate::cgo::command::{FromPkgConfig, translate};
use crate::cgo::compile::{Unit, invocation, looks_like_go_assembly};
use crate::cgo::flags::{self, Overrides, is_safe_argument};
use crate::cgo::{Invocation, Scene, dynimport, ldflag, pkg_config};
use crate::plan::{Action, ActionRef, CgoFile, Kind, Language};
use crate::tools::absolute;

impl Executor<'_> {
    fn scene<'s>(&'s self, p: &'s Package, objdir: &'s str) -> Scene<'s> {
        Scene {
            settings: self.site.settings,
            compilers: &self.compilers,
            package: p,
            objdir,
            trimpath: self.site.options.trimpath,
            msan: self.site.options.msan,
            asan: self.site.options.asan,
            buildmode: &self.site.shape.buildmode,
            vendor_dir: self.site.vendor_dir,
        }
    }

    /// The cgo tool over a package's files, if the package is to be built at all.
    pub(crate) fn run_cgo(&self, job: &Job<'_>) -> Result<Done, BuildError> {
        let needed = job
            .action
            .deps
            .first()
            .and_then(|&dep| self.states.get(dep));
        if needed.is_none_or(|done| done.need.nothing()) {
            return Ok(Done::default());
        }
        let p = job.package()?;
        let objdir = job.objdir()?;
        job.mkdir(&objdir)?;
        let copies = self.copy_overlaid(job, p, &objdir)?;
        let from_pkg_config = self.pkg_config(job, p)?;
        if p.uses_swig() {
            let why = "gust: SWIG is not here yet; the README lists what is missing";
            return Err(BuildError::Other(why.to_owned()));
        }
        let scene = self.scene(p, &objdir);
        let files: Vec<String> = p.sources.cgo.iter().map(|f| f.to_string()).collect();
        let moved = |path: &str| {
            let overlaid = self.site.view.is_overlaid(Path::new(path));
            let real = || {
                self.site
                    .view
                    .actual(Path::new(path))
                    .to_string_lossy()
                    .into_owned()
            };
            overlaid.then(real)
        };
        let toolexec = &self.site.options.toolexec;
        let translation = translate(&scene, &files, from_pkg_config, toolexec, moved)?;
        self.invoke(job, &translation.invocation)?;
        Ok(Done {
            cgo: Some(Arc::new(Translated {
                flags: translation.flags,
                go_files: translation.go_files,
                copies,
            })),
            ..Done::default()
        })
    }

    fn invoke(&self, job: &Job<'_>, invocation: &Invocation) -> Result<(), BuildError> {
        let dir = invocation.dir.to_string_lossy();
        let p = job.package()?;
        job.run(
            &dir,
            &p.import_path,
            &invocation.environment,
            &invocation.words,
        )
    }

    /// C compilers cannot be told of an overlay: files that it holds, and with them all others, are copied.
    fn copy_overlaid(
        &self,
        job: &Job<'_>,
        p: &Package,
        objdir: &str,
    ) -> Result<Vec<(String, String)>, BuildError> {
        if self.site.view.overlay().is_empty() {
            return Ok(Vec::new());
        }
        let s = &*p.sources;
        let files: Vec<String> = [&s.c, &s.s, &s.cxx, &s.h, &s.f]
            .into_iter()
            .flatten()
            .map(|f| absolute(p, f))
            .collect();
        let view = self.site.view;
        if !files.iter().any(|f| view.is_overlaid(Path::new(f))) {
            return Ok(Vec::new());
        }
        let mut copies = Vec::with_capacity(files.len());
        for file in files {
            let base = file.rsplit('/').next().unwrap_or(&file);
            let copy = format!("{objdir}{base}");
            job.copy(&copy, &view.actual(Path::new(&file)), 0o666, false)?;
            copies.push((file, copy));
        }
        Ok(copies)
    }

    fn pkg_config(&self, job: &Job<'_>, p: &Package) -> Result<FromPkgConfig, BuildError> {
        let words = &p.sources.cgo_flags.pkg_config;
        if words.is_empty() {
            return Ok(FromPkgConfig::default());
        }
        let (own, names): (Vec<String>, Vec<String>) = words
            .iter()
            .map(|w| w.to_string())
            .filter(|w| w != "--")
            .partition(|w| w.starts_with("--"));
        if let Some(bad) = names.iter().find(|n| !is_safe_argument(n)) {
            return Err(BuildError::PkgConfigName(bad.clone()));
        }
        flags::check_pkg_config("pkg-config", &own)?;
        let cflags = self.ask_pkg_config(job, p, "--cflags", &own, &names)?;
        self.check_flags("CFLAGS", "pkg-config --cflags", &cflags)?;
        let ldflags = self.ask_pkg_config(job, p, "--libs", &own, &names)?;
        self.check_flags("LDFLAGS", "pkg-config --libs", &ldflags)?;
        Ok(FromPkgConfig { cflags, ldflags })
    }

    fn check_flags(&self, name: &str, origin: &str, words: &[String]) -> Result<(), BuildError> {
        let setting = |name: &str| self.site.settings.get(name).to_owned();
        let overrides = Overrides::read(name, setting)?;
        match name {
            "LDFLAGS" => flags::check_linker(origin, words, &overrides)?,
            _ => flags::check_compiler(origin, words, &overrides)?,
        }
        Ok(())
    }

    fn ask_pkg_config(
        &self,
        job: &Job<'_>,
        p: &Package,
        what: &str,
        own: &[String],
        names: &[String],
    ) -> Result<Vec<String>, BuildError> {
        let program = self.site.settings.pkg_config();
        let mut words = vec![program.clone(), what.to_owned()];
        words.extend(own.iter().cloned());
        words.push("--".to_owned());
        words.extend(names.iter().cloned());
        let (output, ended) = job.run_out(&p.dir.to_string_lossy(), &[], &words);
        if let Some(log) = self.site.view.log() {
            let ended = ended
                .as_ref()
                .map_or_else(ToString::to_string, |()| String::new());
            log.note_question(Question {
                program: program.clone().into(),
                args: words[1..].iter().map(Into::into).collect(),
                dir: Some(p.dir.to_path_buf()),
                answer: Question::answer(&ended, &[&output]),
            });
        }
        if ended.is_err() {
            let desc = format!("{program} {what} {} -- {}", own.join(" "), names.join(" "));
            job.report(&desc, "", &output, ended)?;
        }
        let trimmed = output.trim_ascii();
        let words = pkg_config::split(trimmed)?.into_iter();
        Ok(words
            .map(|w| String::from_utf8_lossy(&w).into_owned())
            .collect())
    }

    /// One file of another language.
    pub(crate) fn cgo_compile(
        &self,
        job: &Job<'_>,
        file: &CgoFile,
        language: Language,
    ) -> Result<Done, BuildError> {
        let run = job
            .action
            .deps
            .first()
            .and_then(|&dep| self.states.get(dep));
        let Some(cgo) = run.and_then(|done| done.cgo.clone()) else {
            return Ok(Done::default());
        };
        let p = job.package()?;
        let objdir = job.objdir()?;
        let source = match file {
            CgoFile::Own(name) => name.clone(),
            CgoFile::Generated(name) => format!("{objdir}{name}"),
        };
        if language == Language::Assembly
            && let Ok(text) = self.site.view.read(absolute(p, &source).as_ref())
            && looks_like_go_assembly(&text)
        {
            return Err(BuildError::GoAssembly(source));
        }
        let check = self.plan.action(job.action.deps[0]).deps.first();
        let build_id = check.and_then(|&check| self.states.get(check)?.action_id);
        let description = format!("cgo compile {source}");
        let id = match self.site.shape.compiles_c_in_one_step() {
            true => build_id.unwrap_or_default(),
            false => self
                .site
                .hashing
                .subkey(build_id.unwrap_or_default(), &description),
        };
        let unit = Unit {
            source,
            object: self.place(job)?,
            language,
        };
        self.compile_unit(job, p, &objdir, &unit, &cgo, id)?;
        Ok(Done::default())
    }

    fn compile_unit(
        &self,
        job: &Job<'_>,
        p: &Package,
        objdir: &str,
        unit: &Unit,
        cgo: &Translated,
        id: ActionId,
    ) -> Result<(), BuildError> {
        let path = absolute(p, &unit.source);
        let copy = cgo.copies.iter().find(|(from, _)| *from == path);
        let copy = copy.map(|(_, to)| to.as_str());
        let scene = self.scene(p, objdir);
        let seed = hash_to_string(&id.0);
        let command = invocation(&scene, unit, &cgo.flags, &seed, copy);
        let dir = command.dir.to_string_lossy();
        let (output, ended) = job.run_out(&dir, &command.environment, &command.words);
        job.report("", "", &output, ended)
    }

    /// What cgo adds to a package: Go files for the compiler, and objects for the archive.
    pub(super) fn cgo_outputs(
        &self,
        job: &Job<'_>,
        id: ActionId,
    ) -> Result<(Vec<String>, Vec<String>), BuildError> {
        let missing = || BuildError::Internal("no cgo run".to_owned());
        let is_collect = |dep: &&ActionRef| self.plan.action(**dep).kind == Kind::CgoCollect;
        let collect = *job
            .action
            .deps
            .iter()
            .find(is_collect)
            .ok_or_else(missing)?;
        let cgo = self.states.get(collect).and_then(|done| done.cgo.clone());
        let cgo = cgo.ok_or_else(missing)?;
        let (p, objdir) = (job.package()?, job.objdir()?);
        let mut go_files = cgo.go_files.clone();
        let mut objects = Vec::new();
        if cgo.flags.prefer_external_link {
            let token = format!("{objdir}{}", dynimport::PREFER_EXTERNAL);
            job.write(&token, b"")?;
            objects.push(token);
        }
        for &compile in &self.plan.action(collect).deps {
            if let crate::plan::Place::Work(name) = &self.plan.action(compile).target {
                objects.push(format!("{objdir}{name}"));
            }
        }
        match self.dynimport(job, p, &objdir, &cgo, &objects, id)? {
            true => go_files.push(format!("{objdir}{}", dynimport::IMPORT_GO)),
            false => objects.push(format!("{objdir}{}", dynimport::FAILED)),
        }
        if !self.site.options.dry_run {
            self.check_directives(&go_files, &cgo)?;
        }
        Ok((go_files, objects))
    }

    /// Finds out what the objects import from libraries; false when they cannot be linked on their own.
    fn dynimport(
        &self,
        job: &Job<'_>,
        p: &Package,
        objdir: &str,
        cgo: &Translated,
        objects: &[String],
        id: ActionId,
    ) -> Result<bool, BuildError> {
        let scene = self.scene(p, objdir);
        self.compile_unit(job, p, objdir, &dynimport::main_unit(&scene), cgo, id)?;
        let mut objects = objects.to_vec();
        objects.extend(self.system_objects(job.at));
        let cwd = self.site.settings.cwd();
        let trial = dynimport::link(&scene, &cgo.flags, &objects, cwd);
        let dir = trial.dir.to_string_lossy();
        let (_, ended) = job.run_out(&dir, &trial.environment, &trial.words);
        let saw = if ended.is_ok() { "succeeded" } else { "failed" };
        let line = command_line(&trial.words);
        job.show(
            "",
            &format!("{line} # test for internal linking errors ({saw})"),
        );
        if ended.is_err() {
            job.write(&format!("{objdir}{}", dynimport::FAILED), b"")?;
            return Ok(false);
        }
        let toolexec = &self.site.options.toolexec;
        self.invoke(job, &dynimport::read_imports(&scene, toolexec, cwd))?;
        Ok(true)
    }

    /// The .syso files of a package and of all that it needs, sorted.
    fn system_objects(&self, build: ActionRef) -> Vec<String> {
        let mut seen = HashSet::from([build]);
        let mut stack = vec![build];
        let mut objects = Vec::new();
        while let Some(at) = stack.pop() {
            let action = self.plan.action(at);
            if let Some(id) = action.package {
                let p = &self.site.graph[id];
                objects.extend(p.sources.syso.iter().map(|f| absolute(p, f)));
            }
            stack.extend(action.deps.iter().copied().filter(|&dep| seen.insert(dep)));
        }
        objects.sort();
        objects.dedup();
        objects
    }

    fn check_directives(&self, go_files: &[String], cgo: &Translated) -> Result<(), BuildError> {
        let mut texts = Vec::new();
        for file in go_files {
            let base = file.rsplit('/').next().unwrap_or(file);
            if base.starts_with("_cgo_") {
                texts.push(gust_fs::disk::read(file).map_err(BuildError::file("open", file))?);
            }
        }
        Ok(ldflag::check(self.site.settings, &texts, &cgo.flags.ld)?)
    }

    /// Stands for all of a package's cgo compiles.
    pub(crate) fn cgo_collect(&self, action: &Action) -> Done {
        let run = action.deps.first().map(|&dep| self.plan.action(dep));
        let run = run.and_then(|compile| compile.deps.first().copied());
        Done {
            cgo: run.and_then(|run| self.states.get(run)?.cgo.clone()),
            ..Done::default()
        }
    }
}
