//! Lowering a whole plan at once, as if nothing had ever been built.

use gust_toolchain::vars;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use gust_packages::Package;
use gust_toolchain::compiler::Compilers;

use super::inputs::{Sources, include_dirs, source};
use super::symbolic::Symbolic;
use super::text::{SEED, action_id, file_hash};
use super::{Input, LoweredAction, LoweredPlan, Step, Text, Toolchain};
use crate::cgo::compile::{Unit, looks_like_go_assembly};
use crate::command::{Command, Operation};
use crate::id::{self, Recipe};
use crate::lower::archive::Archive;
use crate::lower::cgo::{self, Translated};
use crate::lower::{Before, Results, link, place, swig};
use crate::plan::{
    Action, ActionKind, ActionRef, CgoFile, Kind, Language, Open, Plan, Surroundings,
};
use crate::run::local::Local;
use crate::run::{BuildError, Runner};
use crate::site::Site;
use crate::tools::absolute;

/// Counters are put in by a tool that this machine runs, for now.
const NO_COVER: &str = "a build with coverage cannot be written down";

/// Lowers a plan.
///
/// # Errors
/// [`BuildError`] for what would fail before any tool is started, for a kind that cannot be written down, and when
/// pkg-config fails.
pub fn lower(site: &Site<'_>, plan: &Plan) -> Result<LoweredPlan, BuildError> {
    let order = plan.order();
    let mut places = vec![None; plan.actions.len()];
    for (number, at) in order.iter().enumerate() {
        places[at.index()] = Some(number);
    }
    let mut writer = Writer {
        site,
        plan,
        results: Symbolic { site, plan, places },
        compilers: Compilers::new(Arc::clone(&site.memo), String::new()),
        translated: HashMap::new(),
        tools: BTreeSet::new(),
    };
    let mut actions = Vec::with_capacity(order.len());
    for at in order {
        actions.push(writer.action(at)?);
    }
    let tools = writer.tools.iter().map(|name| {
        let id = site.tool_id(name)?;
        Ok((site.tool(name), id.to_string()))
    });
    let tools = tools.collect::<Result<_, BuildError>>()?;
    Ok(LoweredPlan {
        toolchain: Toolchain {
            release: site.settings.release_name().to_owned(),
            goroot: site.settings.goroot().to_string_lossy().into_owned(),
            tools,
        },
        dir: site.settings.cwd().to_string_lossy().into_owned(),
        environment: environment(site),
        actions,
    })
}

/// What tools are started with, as far as tools heed it: a plan is no place for whatever else stands in an environment.
fn environment(site: &Site<'_>) -> Vec<(String, String)> {
    const NAMES: [&str; 18] = [
        vars::PATH,
        vars::HOME,
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "LC_MESSAGES",
        "TZ",
        "SOURCE_DATE_EPOCH",
        vars::CC,
        vars::CXX,
        vars::FC,
        vars::AR,
        "CPATH",
        "C_INCLUDE_PATH",
        "CPLUS_INCLUDE_PATH",
        "LIBRARY_PATH",
        "LD_LIBRARY_PATH",
        "GCC_EXEC_PREFIX",
    ];
    const PREFIXES: [&str; 3] = ["GO", "CGO_", vars::PKG_CONFIG];
    // Where modules come from, and with whose leave, is no matter of tools.
    const NOT: [&str; 4] = [vars::GOAUTH, vars::GOPROXY, vars::GONOPROXY, vars::GOVCS];
    let heeded = |name: &str| {
        let named = NAMES.contains(&name) || PREFIXES.iter().any(|p| name.starts_with(p));
        named && !NOT.contains(&name)
    };
    let all = site.settings.tool_environ().iter();
    let text = |s: &std::ffi::OsStr| s.to_str().map(str::to_owned);
    all.filter_map(|(name, value)| Some((text(name)?, text(value)?)))
        .filter(|(name, _)| heeded(name))
        .collect()
}

struct Writer<'a> {
    site: &'a Site<'a>,
    plan: &'a Plan,
    results: Symbolic<'a>,
    compilers: Compilers<'static>,
    /// What cgo will make, by its run.
    translated: HashMap<ActionRef, Arc<Translated>>,
    tools: BTreeSet<&'static str>,
}

impl Writer<'_> {
    fn action(&mut self, at: ActionRef) -> Result<LoweredAction, BuildError> {
        let action = self.plan.action(at);
        let package = action.package.map(|id| &self.site.graph[id]);
        let objdir = self.results.objdir(action);
        let mut lowered = LoweredAction {
            mode: action.mode(),
            package: package.map(Package::desc).unwrap_or_default(),
            after: action
                .deps
                .iter()
                .map(|&dep| self.results.number(dep))
                .collect(),
            ..LoweredAction::default()
        };
        if !objdir.is_empty() {
            lowered.objdir = Some(Text::parse(&objdir));
        }
        match (&action.kind, package) {
            (Kind::CheckCache { .. }, Some(p)) => lowered.key = Some(self.archive_key(action, p)?),
            (Kind::Cover, _) => return Err(BuildError::Other(NO_COVER.to_owned())),
            (Kind::CgoRun, Some(p)) => self.cgo_run(&mut lowered, at, p, &objdir)?,
            (Kind::CgoCompile { file, language }, Some(p)) => {
                self.cgo_compile(&mut lowered, action, p, &objdir, file, *language)?;
            }
            (Kind::Build, Some(p)) => self.build(&mut lowered, at, p, &objdir)?,
            (Kind::Link, Some(p)) => self.link(&mut lowered, at, p, &objdir)?,
            (Kind::Profile { input }, _) => self.profile(&mut lowered, action, input, &objdir)?,
            (Kind::Install { .. } | Kind::InstallHeader, _) => self.install(&mut lowered, action),
            (Kind::Open(Open(kind)), _) => self.open(&mut lowered, at, &**kind, &objdir)?,
            _ => {}
        }
        Ok(lowered)
    }

    fn before(&self) -> Before<'_> {
        Before {
            site: self.site,
            plan: self.plan,
            results: &self.results,
        }
    }

    fn archive_key(&mut self, action: &Action, p: &Package) -> Result<Vec<Text>, BuildError> {
        let omit_debug = self.plan.targets.omits_debug(p.id);
        let own = id::compile::own(Recipe::text(), self.site, &self.compilers, p, omit_debug)?;
        let ids: Vec<(ActionRef, String)> = action
            .deps
            .iter()
            .map(|&dep| (dep, self.results.build_id(dep)))
            .collect();
        let inputs = ids.iter().filter_map(|(dep, build_id)| {
            let action = self.plan.action(*dep);
            if matches!(action.kind, Kind::Profile { .. }) {
                let hash = file_hash(self.results.number(*dep));
                return Some(id::compile::Input::Profile(hash));
            }
            let path = &*self.site.graph[action.package?].import_path;
            Some(id::compile::Input::Import { path, build_id })
        });
        Ok(lines(&own.with(inputs).into_text()))
    }

    fn cgo_run(
        &mut self,
        lowered: &mut LoweredAction,
        at: ActionRef,
        p: &Package,
        objdir: &str,
    ) -> Result<(), BuildError> {
        self.tools.insert("cgo");
        let copies = cgo::copies(self.site, p, objdir);
        push(&mut lowered.steps, cgo::copy_commands(self.site, &copies));
        let from_pkg_config = cgo::from_pkg_config(self.site, p, &mut |command| self.ask(command))?;
        let scene = self.site.scene(&self.compilers, p, objdir);
        let wrappings = match p.uses_swig() {
            true => swig::wrappings(&scene, &from_pkg_config, false)?,
            false => Vec::new(),
        };
        let mut from_swig = Vec::new();
        for swig::Wrapping { run, made, go_file } in wrappings {
            let copy = Command::copy(made, go_file.clone(), false);
            push(&mut lowered.steps, [run, copy]);
            from_swig.push(go_file);
        }
        let (command, translated) =
            cgo::run(&scene, self.site, from_pkg_config, copies, from_swig)?;
        push(&mut lowered.steps, [command]);
        let sources = &*p.sources;
        let mut files = Sources::new(self.site, p);
        let dirs = include_dirs(p, &translated.flags);
        let described = sources.swig.iter().chain(&sources.swigcxx);
        files.add_with_includes(sources.cgo.iter().chain(&sources.h).chain(described), &dirs);
        if !translated.copies.is_empty() {
            files.add(
                [&sources.c, &sources.s, &sources.cxx, &sources.f]
                    .into_iter()
                    .flatten(),
            );
        }
        lowered.inputs = files.inputs();
        self.translated.insert(at, Arc::new(translated));
        let mut outputs = self.cgo_outputs(at);
        if matches!(&*self.site.shape.buildmode, "c-archive" | "c-shared") {
            outputs.push(format!("{objdir}{}", crate::run::HEADER));
        }
        lowered.outputs = outputs.iter().map(|file| Text::parse(file)).collect();
        Ok(())
    }

    /// A question to this machine, whose answer becomes a part of the plan.
    fn ask(&self, command: &Command) -> Result<Vec<u8>, BuildError> {
        let made = Local::of(self.site, None).run("", command);
        match (made.result, made.output.is_empty()) {
            (Err(_), false) => {
                let said = gust_bytes::text(&made.output).into_owned();
                Err(BuildError::Other(said))
            }
            (result, _) => result.map(|()| made.output),
        }
    }

    fn translated_for(&self, action: &Action) -> Result<(ActionRef, Arc<Translated>), BuildError> {
        let missing = || BuildError::Internal("no cgo run".to_owned());
        let run = *action.deps.first().ok_or_else(missing)?;
        let translated = self.translated.get(&run).ok_or_else(missing)?;
        Ok((run, Arc::clone(translated)))
    }

    fn cgo_compile(
        &mut self,
        lowered: &mut LoweredAction,
        action: &Action,
        p: &Package,
        objdir: &str,
        file: &CgoFile,
        language: Language,
    ) -> Result<(), BuildError> {
        let (run, translated) = self.translated_for(action)?;
        let source = cgo::source(file, objdir);
        if language == Language::Assembly
            && let Ok(text) = self.site.view.read(absolute(p, &source).as_ref())
            && looks_like_go_assembly(&text)
        {
            return Err(BuildError::GoAssembly(source));
        }
        let check = self.plan.action(run).deps.first().copied().unwrap_or(run);
        let check = self.results.number(check);
        let seed = match self.site.shape.compiles_c_in_one_step() {
            true => action_id(check),
            false => {
                lowered.seed = Some((check, Text::parse(&cgo::seed_text(&source))));
                SEED.to_owned()
            }
        };
        let unit = Unit {
            source,
            object: place(action, objdir),
            language,
        };
        lowered.outputs = vec![Text::parse(&unit.object)];
        let scene = self.site.scene(&self.compilers, p, objdir);
        push(
            &mut lowered.steps,
            [cgo::compile(&scene, &unit, &translated, &seed)],
        );
        let mut files = Sources::new(self.site, p);
        let dirs = include_dirs(p, &translated.flags);
        // The preamble of a Go file goes into the C that cgo makes of it, and so does what that includes.
        let own = match file {
            CgoFile::Own(name) => vec![name.as_str().into()],
            CgoFile::Generated(_) => p.sources.cgo.to_vec(),
        };
        let keep_go = matches!(file, CgoFile::Own(_));
        files.add_with_includes(own.iter().chain(&p.sources.h), &dirs);
        lowered.inputs = files.inputs();
        if !keep_go {
            let go = |input: &Input| matches!(input, Input::Source { path, .. } if path.ends_with(".go"));
            lowered.inputs.retain(|input| !go(input));
        }
        self.add_outputs_of(lowered, run);
        Ok(())
    }

    /// Declares all that an action leaves.
    fn add_outputs_of(&self, lowered: &mut LoweredAction, at: ActionRef) {
        let of = self.results.number(at);
        let outputs = match &self.plan.action(at).kind {
            Kind::CgoRun => self.cgo_outputs(at),
            _ => self.results.file(at).into_iter().collect(),
        };
        let inputs = outputs.iter().map(|path| Input::Output {
            of,
            path: Text::parse(path),
        });
        lowered.inputs.extend(inputs);
    }

    fn cgo_outputs(&self, run: ActionRef) -> Vec<String> {
        let (action, mut outputs) = (self.plan.action(run), Vec::new());
        let objdir = self.results.objdir(action);
        let Some(translated) = self.translated.get(&run) else {
            return outputs;
        };
        outputs.extend(translated.copies.iter().map(|(_, to)| to.clone()));
        outputs.extend(translated.go_files.iter().cloned());
        for file in &translated.go_files {
            if let Some(stem) = file.strip_suffix(".cgo1.go") {
                outputs.push(format!("{stem}.cgo2.c"));
            }
        }
        for name in ["_cgo_export.c", "_cgo_export.h", "_cgo_main.c"] {
            outputs.push(format!("{objdir}{name}"));
        }
        outputs
    }

    fn build(
        &mut self,
        lowered: &mut LoweredAction,
        at: ActionRef,
        p: &Package,
        objdir: &str,
    ) -> Result<(), BuildError> {
        let action = self.plan.action(at);
        self.tools.insert("compile");
        if !p.sources.s.is_empty() {
            self.tools.insert("asm");
        }
        if let Some(error) = &p.error {
            return Err(BuildError::Package(Box::new(error.clone())));
        }
        let check = self
            .results
            .check(action)
            .map_or(0, |check| self.results.number(check));
        if self.site.shape.buildmode == "plugin" && &*p.import_path == "command-line-arguments" {
            let why = "a plugin made of files on the command line cannot be written down";
            return Err(BuildError::Other(why.to_owned()));
        }
        let own = action_id(check);
        let given = format!("{own}/{own}");
        let before = self.before();
        let mut archive = Archive::new(self.site, p, objdir, &given);
        archive.omit_debug = self.plan.targets.omits_debug(p.id);
        archive.imported = before.imported(action);
        archive.profile = before.profile(action);
        let sources = &*p.sources;
        let mut files = Sources::new(self.site, p);
        files.add(
            [&sources.go, &sources.syso, &sources.embed.files]
                .into_iter()
                .flatten(),
        );
        if !archive.s_files.is_empty() {
            files.add_with_includes(sources.s.iter().chain(&sources.h), &[]);
        }
        let steps = match self.plan.cgo_collect(action) {
            None => archive_steps(&archive)?,
            Some(collect) => {
                let any = self
                    .plan
                    .action(collect)
                    .deps
                    .first()
                    .copied()
                    .unwrap_or(collect);
                let (run, translated) = self.translated_for(self.plan.action(any))?;
                let system = before.system_objects(at);
                let scene = self.site.scene(&self.compilers, p, objdir);
                let before = cgo::before_trial(&scene, &translated, &own);
                let imports = cgo::imports(
                    &scene,
                    self.site,
                    self.plan,
                    collect,
                    &translated,
                    system.clone(),
                );
                let dirs = include_dirs(p, &translated.flags);
                // For the file with a main that the trial link wants.
                files.add_with_includes(&sources.h, &dirs);
                files.add_paths(system);
                self.add_outputs_of(lowered, run);
                let mut steps = Vec::new();
                push(&mut steps, before);
                steps.push(Step::Try {
                    command: marked(imports.trial.clone()),
                    succeeded: cgo_steps(&archive, &imports, true)?,
                    failed: cgo_steps(&archive, &imports, false)?,
                });
                for &compile in &self.plan.action(collect).deps {
                    let path = Text::parse(&place(self.plan.action(compile), objdir));
                    let of = self.results.number(compile);
                    lowered.inputs.push(Input::Output { of, path });
                }
                steps
            }
        };
        lowered.steps = steps;
        lowered.outputs = vec![Text::parse(&archive.file())];
        lowered.inputs.extend(files.inputs());
        for &dep in &action.deps {
            if matches!(
                self.plan.action(dep).kind,
                Kind::Build | Kind::Install { .. } | Kind::Profile { .. }
            ) {
                self.add_outputs_of(lowered, dep);
            }
        }
        Ok(())
    }

    fn link(
        &mut self,
        lowered: &mut LoweredAction,
        at: ActionRef,
        p: &Package,
        objdir: &str,
    ) -> Result<(), BuildError> {
        self.tools.insert("link");
        let action = self.plan.action(at);
        let ids: Vec<(&Package, String)> = action
            .deps
            .iter()
            .filter_map(|&dep| {
                let package = &self.site.graph[self.plan.action(dep).package?];
                Some((package, self.results.build_id(dep)))
            })
            .collect();
        let inputs = ids
            .iter()
            .map(|(package, build_id)| id::link::Input { package, build_id });
        let omit_debug = self.plan.targets.omits_debug(p.id);
        let recipe = id::link::recipe(Recipe::text(), self.site, p, omit_debug, inputs)?;
        lowered.key = Some(lines(&recipe.into_text()));
        let own = action_id(self.results.number(at));
        let main = action.deps.first().map(|&main| self.results.build_id(main));
        let given = format!("{own}/{}/{own}", main.unwrap_or_default());
        let target = place(action, objdir);
        let commands = link::commands(&self.before(), action, p, objdir, &given, &target)?;
        push(&mut lowered.steps, commands);
        lowered.outputs = vec![Text::parse(&target)];
        for &dep in &action.deps {
            self.add_outputs_of(lowered, dep);
        }
        Ok(())
    }

    fn profile(
        &mut self,
        lowered: &mut LoweredAction,
        action: &Action,
        input: &Path,
        objdir: &str,
    ) -> Result<(), BuildError> {
        self.tools.insert("preprofile");
        let recipe = id::profile::recipe(Recipe::text(), self.site, input)?;
        lowered.key = Some(lines(&recipe.into_text()));
        let target = place(action, objdir);
        push(
            &mut lowered.steps,
            [link::preprocess(self.site, input, &target)],
        );
        lowered.outputs = vec![Text::parse(&target)];
        lowered.inputs.extend(source(self.site, input));
        Ok(())
    }

    /// An action of a kind from above.
    fn open(
        &self,
        lowered: &mut LoweredAction,
        at: ActionRef,
        kind: &dyn ActionKind,
        objdir: &str,
    ) -> Result<(), BuildError> {
        let action = self.plan.action(at);
        let around = Surroundings::new(self.before(), action, objdir.to_owned());
        lowered.key = kind.key(&around)?.map(|text| lines(&text));
        push(&mut lowered.steps, kind.lower(&around)?);
        let result = kind.result(&around);
        lowered.outputs = result.iter().map(|file| Text::parse(file)).collect();
        for path in kind.sources(&around) {
            lowered.inputs.extend(source(self.site, &path));
        }
        for &dep in &action.deps {
            self.add_outputs_of(lowered, dep);
        }
        Ok(())
    }

    /// A result is copied into its place: what other actions read of it stays where it is.
    fn install(&self, lowered: &mut LoweredAction, action: &Action) {
        let Some(&inner) = action.deps.first() else {
            return;
        };
        let target = place(action, "");
        if let Some(slash) = target.rfind('/').filter(|at| *at > 0) {
            push(&mut lowered.steps, [Command::make_dir(&target[..slash])]);
        }
        lowered.outputs = vec![Text::parse(&target)];
        let header = matches!(action.kind, Kind::InstallHeader);
        let from = match header {
            true => Some(format!(
                "{}{}",
                self.results.objdir(action),
                crate::run::HEADER
            )),
            false => self.results.file(inner),
        };
        let program = matches!(self.plan.action(inner).kind, Kind::Link);
        let library = matches!(
            &*self.site.shape.buildmode,
            "c-archive" | "c-shared" | "plugin"
        );
        let copy = marked(Command::new(Operation::Copy {
            from: from.unwrap_or_default(),
            to: target,
            mode: if program && !library && !header {
                0o777
            } else {
                0o666
            },
            force: header,
        }));
        match header {
            // There is none for a package that exports nothing.
            true => lowered.steps.push(Step::Try {
                command: copy,
                succeeded: Vec::new(),
                failed: Vec::new(),
            }),
            false => {
                lowered.steps.push(Step::Run { command: copy });
                self.add_outputs_of(lowered, inner);
            }
        }
    }
}

/// What comes after the trial link.
fn cgo_steps(
    archive: &Archive<'_>,
    imports: &cgo::Imports,
    succeeded: bool,
) -> Result<Vec<Step>, BuildError> {
    let (go_files, objects) = imports.result(succeeded);
    let mut archive = archive.clone();
    archive.go_files.extend(go_files);
    archive.objects = objects;
    let mut steps = Vec::new();
    let commands = match succeeded {
        true => &imports.succeeded,
        false => &imports.failed,
    };
    push(&mut steps, commands.iter().cloned());
    steps.extend(archive_steps(&archive)?);
    Ok(steps)
}

fn archive_steps(archive: &Archive<'_>) -> Result<Vec<Step>, BuildError> {
    let mut steps = Vec::new();
    push(&mut steps, archive.compile());
    push(&mut steps, archive.assemble()?);
    push(&mut steps, [archive.set_build_id()]);
    Ok(steps)
}

fn push(steps: &mut Vec<Step>, commands: impl IntoIterator<Item = Command>) {
    let step = |command| Step::Run {
        command: marked(command),
    };
    steps.extend(commands.into_iter().map(step));
}

fn marked(command: Command) -> Command<Text> {
    command.map(&mut |text: String| Text::parse(&text))
}

fn lines(text: &str) -> Vec<Text> {
    text.lines().map(Text::parse).collect()
}
