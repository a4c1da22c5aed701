//! The actions of a package that speaks C: cgo's run, one C compile each.

use std::sync::Arc;

use gust_fs::observe::Question;
use gust_packages::Package;

use super::error::BuildError;
use super::executor::Executor;
use super::job::Job;
use super::runner::Made;
use super::state::{Done, Need};
use crate::cgo::Scene;
use crate::cgo::command::FromPkgConfig;
use crate::cgo::compile::{Unit, looks_like_go_assembly};
use crate::command::{Command, Operation};
use crate::lower::{cgo, swig};
use crate::plan::{Action, CgoFile, Language};
use crate::tools::absolute;

impl Executor<'_> {
    /// The cgo tool over a package's files, if the package is to be built at all.
    pub(crate) fn run_cgo(&self, job: &Job<'_>) -> Result<Done, BuildError> {
        let needed = job
            .action
            .deps
            .first()
            .and_then(|&dep| self.states.get(dep));
        let need = needed.map_or_else(Need::default, |done| Need {
            cover_meta: false,
            ..done.need
        });
        if need.nothing() {
            return Ok(Done::default());
        }
        let p = job.package()?;
        let objdir = job.objdir()?;
        job.mkdir(&objdir)?;
        let copies = cgo::copies(self.site, p, &objdir);
        job.perform_all(&cgo::copy_commands(self.site, &copies))?;
        let mut ask = |command: &Command| {
            let made = job.attempt(command);
            self.note_question(p, command, &made);
            if made.result.is_err() {
                let desc = command.heading.as_ref().map_or("", |(desc, _)| desc);
                job.report(desc, "", &made.output, made.result)?;
            }
            Ok(made.output)
        };
        let from_pkg_config = cgo::from_pkg_config(self.site, p, &mut ask)?;
        let scene = self.site.scene(&self.compilers, p, &objdir);
        let from_swig = match p.uses_swig() {
            true => self.run_swig(job, &scene, &from_pkg_config)?,
            false => Vec::new(),
        };
        let (command, translated) =
            cgo::run(&scene, self.site, from_pkg_config, copies, from_swig)?;
        job.perform(&command)?;
        Ok(Done {
            cgo: Some(Arc::new(translated)),
            ..Done::default()
        })
    }

    /// SWIG over a package's files: the Go files that cgo is to read as well.
    fn run_swig(
        &self,
        job: &Job<'_>,
        scene: &Scene<'_>,
        from_pkg_config: &FromPkgConfig,
    ) -> Result<Vec<String>, BuildError> {
        let environ = self.site.settings.environ();
        let view = self.site.view;
        if environ.look_path(view, "swig").is_none() {
            let why = environ.why_not_found(view, "swig");
            return Err(BuildError::Other(format!("exec: \"swig\": {why}")));
        }
        let told = job.attempt(&swig::ask_version());
        told.result?;
        swig::check_version(&told.output)?;
        let dry_run = self.site.options.dry_run;
        let mut go_files = Vec::new();
        for wrapping in swig::wrappings(scene, from_pkg_config, dry_run)? {
            let made = job.attempt(&wrapping.run);
            if made.result.is_err() {
                swig::check_flags(&made.output)?;
            }
            job.report("", "", &made.output, made.result)?;
            job.move_or_copy(&wrapping.go_file, &wrapping.made, 0o666, true)?;
            go_files.push(wrapping.go_file);
        }
        Ok(go_files)
    }

    /// pkg-config's answer is an observation of its own kind.
    fn note_question(&self, p: &Package, command: &Command, made: &Made) {
        let (Some(log), Operation::Tool { words, .. }) = (self.site.view.log(), &command.operation)
        else {
            return;
        };
        let Some((program, args)) = words.split_first() else {
            return;
        };
        let ended = made.result.as_ref();
        let ended = ended.map_or_else(ToString::to_string, |()| String::new());
        log.note_question(Question {
            program: program.into(),
            args: args.iter().map(Into::into).collect(),
            dir: Some(p.place.dir.to_path_buf()),
            environment: Vec::new(),
            answer: Question::answer(&ended, &[&made.output]),
        });
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
        let Some(translated) = run.and_then(|done| done.cgo.clone()) else {
            return Ok(Done::default());
        };
        let p = job.package()?;
        let objdir = job.objdir()?;
        let source = cgo::source(file, &objdir);
        if language == Language::Assembly
            && let Ok(text) = self.site.view.read(absolute(p, &source).as_ref())
            && looks_like_go_assembly(&text)
        {
            return Err(BuildError::GoAssembly(source));
        }
        let check = self.plan.action(job.action.deps[0]).deps.first();
        let archive = check.and_then(|&check| self.states.get(check)?.action_id);
        let seed = cgo::seed(self.site, archive.unwrap_or_default(), &source);
        let unit = Unit {
            source,
            object: job.place()?,
            language,
        };
        let scene = self.site.scene(&self.compilers, p, &objdir);
        job.perform(&cgo::compile(&scene, &unit, &translated, &seed))?;
        Ok(Done::default())
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
