//! A package that speaks C: copies for an overlay, the cgo tool, the C compilers, the trial link.

use gust_toolchain::vars;
use std::path::Path;

use gust_cache::ActionId;
use gust_packages::Package;

use crate::buildid::hash_to_string;
use crate::cgo::command::{FinalFlags, FromPkgConfig, translate};
use crate::cgo::compile::{Unit, invocation};
use crate::cgo::flags::{self, Overrides, is_safe_argument};
use crate::cgo::{Invocation, Scene, dynimport, pkg_config};
use crate::command::{Command, Operation};
use crate::plan::{Action, ActionRef, CgoFile, Place, Plan};
use crate::run::BuildError;
use crate::site::Site;
use crate::tools::absolute;

/// What cgo makes of a package: what the steps after it need to know.
#[derive(Debug)]
pub(crate) struct Translated {
    /// Flags for what comes after.
    pub(crate) flags: FinalFlags,
    /// Go files for the compiler.
    pub(crate) go_files: Vec<String>,
    /// Files that an overlay holds, copied into the action's directory: path and copy.
    pub(crate) copies: Vec<(String, String)>,
}

/// What pkg-config is asked for a package.
struct PkgConfig {
    own: Vec<String>,
    names: Vec<String>,
}

impl PkgConfig {
    /// None when it is asked nothing.
    ///
    /// # Errors
    /// [`BuildError`] for a name or a flag that is not allowed.
    fn of(p: &Package) -> Result<Option<PkgConfig>, BuildError> {
        let words = &p.sources.cgo_flags.pkg_config;
        if words.is_empty() {
            return Ok(None);
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
        Ok(Some(PkgConfig { own, names }))
    }

    /// The command that asks for `--cflags` or `--libs`.
    fn ask(&self, site: &Site<'_>, p: &Package, what: &str) -> Command {
        let program = site.settings.pkg_config();
        let (own, names) = (self.own.join(" "), self.names.join(" "));
        let desc = format!("{program} {what} {own} -- {names}");
        let mut words = vec![program, what.to_owned()];
        words.extend(self.own.iter().cloned());
        words.push("--".to_owned());
        words.extend(self.names.iter().cloned());
        let mut command = Command::tool(&p.place.dir.to_string_lossy(), Vec::new(), words);
        command.heading = Some((desc, String::new()));
        command
    }
}

/// What pkg-config says of a package; `ask` runs it and gives its standard output.
///
/// # Errors
/// That of `ask`, and [`BuildError`] for an answer that is no list of words or has a flag that is not allowed.
pub(crate) fn from_pkg_config(
    site: &Site<'_>,
    p: &Package,
    ask: &mut dyn FnMut(&Command) -> Result<Vec<u8>, BuildError>,
) -> Result<FromPkgConfig, BuildError> {
    let Some(question) = PkgConfig::of(p)? else {
        return Ok(FromPkgConfig::default());
    };
    let mut answer = |what: &str, name: &str| -> Result<Vec<String>, BuildError> {
        let output = ask(&question.ask(site, p, what))?;
        let words = pkg_config::split(output.trim_ascii())?;
        let words: Vec<String> = words
            .iter()
            .map(|w| gust_bytes::text(w).into_owned())
            .collect();
        check_flags_of(site, name, &format!("pkg-config {what}"), &words)?;
        Ok(words)
    };
    Ok(FromPkgConfig {
        cflags: answer("--cflags", "CFLAGS")?,
        ldflags: answer("--libs", "LDFLAGS")?,
    })
}

fn check_flags_of(
    site: &Site<'_>,
    name: &str,
    origin: &str,
    words: &[String],
) -> Result<(), BuildError> {
    let setting = |name: &str| site.settings.get(name).to_owned();
    let overrides = Overrides::read(name, setting)?;
    match name {
        "LDFLAGS" => flags::check_linker(origin, words, &overrides)?,
        _ => flags::check_compiler(origin, words, &overrides)?,
    }
    Ok(())
}

/// The copies that an overlay makes necessary: C compilers cannot be told of one, so files that it holds, and with them all
/// others, are copied. Pairs of path and copy.
pub(crate) fn copies(site: &Site<'_>, p: &Package, objdir: &str) -> Vec<(String, String)> {
    if site.view.overlay().is_empty() {
        return Vec::new();
    }
    let s = &*p.sources;
    let files: Vec<String> = [&s.c, &s.s, &s.cxx, &s.h, &s.f]
        .into_iter()
        .flatten()
        .map(|f| absolute(p, f))
        .collect();
    if !files.iter().any(|f| site.view.is_overlaid(Path::new(f))) {
        return Vec::new();
    }
    let copy = |file: String| {
        let base = file.rsplit('/').next().unwrap_or(&file);
        let to = format!("{objdir}{base}");
        (file, to)
    };
    files.into_iter().map(copy).collect()
}

/// The commands for those copies.
pub(crate) fn copy_commands(site: &Site<'_>, copies: &[(String, String)]) -> Vec<Command> {
    let actual = |file: &str| {
        site.view
            .actual(Path::new(file))
            .to_string_lossy()
            .into_owned()
    };
    copies
        .iter()
        .map(|(from, to)| Command::copy(actual(from), to.clone(), false))
        .collect()
}

/// The cgo tool's run.
///
/// # Errors
/// [`BuildError::Cgo`] for flags that cannot be used.
pub(crate) fn run(
    scene: &Scene<'_>,
    site: &Site<'_>,
    from_pkg_config: FromPkgConfig,
    copies: Vec<(String, String)>,
    from_swig: Vec<String>,
) -> Result<(Command, Translated), BuildError> {
    let p = scene.package;
    let mut files: Vec<String> = match super::cover::of(p, scene.objdir) {
        Some(covered) => covered.cgo_files,
        None => p.sources.cgo.iter().map(|f| f.to_string()).collect(),
    };
    files.extend(from_swig);
    let moved = |path: &str| {
        let overlaid = site.view.is_overlaid(Path::new(path));
        overlaid.then(|| {
            let real = site.view.actual(Path::new(path));
            real.to_string_lossy().into_owned()
        })
    };
    let toolexec = &site.options.toolexec;
    let translation = translate(scene, &files, from_pkg_config, toolexec, moved)?;
    let command = of_package(p, translation.invocation);
    let translated = Translated {
        flags: translation.flags,
        go_files: translation.go_files,
        copies,
    };
    Ok((command, translated))
}

/// The file that an action compiles, as the package names it or with its path.
pub(crate) fn source(file: &CgoFile, objdir: &str) -> String {
    match file {
        CgoFile::Own(name) => name.clone(),
        CgoFile::Generated(name) => format!("{objdir}{name}"),
    }
}

/// One file of another language; `seed` is the ID that names in the object are made unique by.
pub(crate) fn compile(scene: &Scene<'_>, unit: &Unit, cgo: &Translated, seed: &str) -> Command {
    let path = absolute(scene.package, &unit.source);
    let copy = cgo.copies.iter().find(|(from, _)| *from == path);
    let copy = copy.map(|(_, to)| to.as_str());
    let command = invocation(scene, unit, &cgo.flags, seed, copy);
    let dir = command.dir.to_string_lossy();
    Command::tool(&dir, command.environment, command.words)
}

/// What tells an object's names apart, from the ID of the archive that it goes into.
pub(crate) fn seed(site: &Site<'_>, archive: ActionId, source: &str) -> String {
    let id = match site.shape.compiles_c_in_one_step() {
        true => archive,
        false => site.hashing.subkey(archive, &seed_text(source)),
    };
    hash_to_string(&id.0)
}

/// The name of a source's seed.
pub(crate) fn seed_text(source: &str) -> String {
    format!("cgo compile {source}")
}

/// Finding out what a package's objects import from libraries.
pub(crate) struct Imports {
    /// The objects linked on trial. What it says is of no interest, only whether it succeeds.
    pub(crate) trial: Command,
    /// When it does: the imports are read off, and what cgo wrote is checked.
    pub(crate) succeeded: Vec<Command>,
    /// When it fails: a note for the linker.
    pub(crate) failed: Vec<Command>,
    go_files: Vec<String>,
    objects: Vec<String>,
    objdir: String,
}

impl Imports {
    /// Go files for the compiler, and objects for the archive, once the trial has succeeded or failed.
    pub(crate) fn result(&self, succeeded: bool) -> (Vec<String>, Vec<String>) {
        let (mut go_files, mut objects) = (self.go_files.clone(), self.objects.clone());
        let objdir = &self.objdir;
        match succeeded {
            true => go_files.push(format!("{objdir}{}", dynimport::IMPORT_GO)),
            false => objects.push(format!("{objdir}{}", dynimport::FAILED)),
        }
        (go_files, objects)
    }
}

/// What comes before the trial link; `seed` is the archive's ID.
pub(crate) fn before_trial(scene: &Scene<'_>, cgo: &Translated, seed: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    commands.extend(prefers_external(scene, cgo).map(|token| Command::write(token, "")));
    commands.push(compile(scene, &dynimport::main_unit(scene), cgo, seed));
    commands
}

/// The file that tells Go's linker to leave the package's objects to the host's.
fn prefers_external(scene: &Scene<'_>, cgo: &Translated) -> Option<String> {
    let token = || format!("{}{}", scene.objdir, dynimport::PREFER_EXTERNAL);
    cgo.flags.prefer_external_link.then(token)
}

/// The trial link for the package of `scene`; `collect` stands for its C compiles, `system` are system objects. To be lowered
/// when what comes before it has been done: compilers are asked about flags, and a script shows in which order.
pub(crate) fn imports(
    scene: &Scene<'_>,
    site: &Site<'_>,
    plan: &Plan,
    collect: ActionRef,
    cgo: &Translated,
    system: Vec<String>,
) -> Imports {
    let objdir = scene.objdir;
    let mut objects = Vec::new();
    objects.extend(prefers_external(scene, cgo));
    objects.extend(compiled(plan, plan.action(collect), objdir));
    let linked = [objects.as_slice(), &system].concat();
    let cwd = site.settings.cwd();
    let trial = dynimport::link(scene, &cgo.flags, &linked, cwd);
    let toolexec = &site.options.toolexec;
    let read = dynimport::read_imports(scene, toolexec, cwd);
    let mut imports = Imports {
        trial: Command::tool(&trial.dir.to_string_lossy(), trial.environment, trial.words),
        succeeded: vec![of_package(scene.package, read)],
        failed: vec![Command::write(format!("{objdir}{}", dynimport::FAILED), "")],
        go_files: cgo.go_files.clone(),
        objects,
        objdir: objdir.to_owned(),
    };
    for succeeded in [true, false] {
        let (files, _) = imports.result(succeeded);
        let check = check_flags(site, &files, cgo);
        match succeeded {
            true => imports.succeeded.push(check),
            false => imports.failed.push(check),
        }
    }
    imports
}

/// The objects that a package's C compiles make.
fn compiled<'a>(
    plan: &'a Plan,
    collect: &'a Action,
    objdir: &'a str,
) -> impl Iterator<Item = String> + 'a {
    let object = move |at: &ActionRef| match &plan.action(*at).target {
        Place::Work(name) => Some(format!("{objdir}{name}")),
        _ => None,
    };
    collect.deps.iter().filter_map(object)
}

fn check_flags(site: &Site<'_>, go_files: &[String], cgo: &Translated) -> Command {
    let by_cgo = |file: &&String| {
        let base = file.rsplit('/').next().unwrap_or(file);
        base.starts_with("_cgo_")
    };
    let setting = |name: &str| site.settings.get(name).to_owned();
    Command::new(Operation::CheckLinkerFlags {
        files: go_files.iter().filter(by_cgo).cloned().collect(),
        given: cgo.flags.ld.clone(),
        allow: setting(vars::CGO_LDFLAGS_ALLOW),
        disallow: setting(vars::CGO_LDFLAGS_DISALLOW),
    })
}

fn of_package(p: &Package, invocation: Invocation) -> Command {
    let dir = invocation.dir.to_string_lossy();
    Command::tool(&dir, invocation.environment, invocation.words).headed(&p.import_path)
}
