//! Main modules: their go.mod files, read, checked and indexed.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use gust_fetch::Sink;
use gust_fs::View;
use gust_syntax::gowork::{self, WorkFile};
use gust_syntax::modfile::{self, Fix, ModFile, ModFileErrors};
use gust_syntax::module::{ModulePath, ModuleVersion, PathKind, Version, check_import_path};
use gust_syntax::{gover, pseudo};

use crate::error::{ModulesError, io_error};
use crate::paths;
use crate::settings::ModuleSettings;

/// A main module.
#[derive(Debug, Default)]
pub struct MainModule {
    /// Its path, without a version.
    pub module: ModuleVersion,
    /// What the import paths of its packages start with: the module path, or nothing for `std`.
    pub prefix: String,
    /// Its directory; empty for the stand-in outside of modules.
    pub dir: PathBuf,
    /// Its go.mod (or what -modfile names).
    pub go_mod: PathBuf,
    /// The directory is within GOROOT/src.
    pub in_goroot_src: bool,
    /// What go.mod says; nothing for the stand-in outside of modules.
    pub file: Option<ModFile>,
    /// The bytes that were read.
    pub data: Vec<u8>,
    /// A version in it was not canonical: the file has to be written.
    pub needs_fix: bool,
    /// Replacements as written.
    pub replace: HashMap<ModuleVersion, ModuleVersion>,
    /// Excluded versions.
    pub exclude: HashSet<ModuleVersion>,
    /// Requirements, and whether they are indirect.
    pub require: HashMap<ModuleVersion, bool>,
}

impl MainModule {
    /// The stand-in where there is no main module: packages are named by files, or by path@version.
    pub(crate) fn stand_in() -> Self {
        let module = ModuleVersion::main("command-line-arguments");
        Self {
            prefix: module.path.to_string(),
            module,
            ..Self::default()
        }
    }

    /// The directories on its `ignore` lines.
    pub fn ignored(&self) -> Vec<String> {
        let lines = self.file.iter().flat_map(|file| &file.ignore);
        lines.map(|line| line.path.clone()).collect()
    }

    /// The import paths on its `tool` lines.
    pub fn tools(&self) -> impl Iterator<Item = &str> {
        let lines = self.file.iter().flat_map(|file| &file.tool);
        lines.map(|line| line.path.as_str())
    }

    /// The version in its go line; empty without one.
    pub fn go_line(&self) -> &str {
        self.file
            .as_ref()
            .and_then(|file| file.go.as_ref())
            .map_or("", |go| &go.version)
    }
}

/// A go.work.
#[derive(Debug)]
pub struct Workspace {
    /// The file.
    pub path: PathBuf,
    /// What it says.
    pub file: WorkFile,
    /// Its replacements as written.
    pub replace: HashMap<ModuleVersion, ModuleVersion>,
}

impl Workspace {
    /// The directory of go.work.
    pub fn dir(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }
}

/// Reads a go.work, whatever release it is for.
///
/// # Errors
/// It cannot be read or understood.
pub fn read_work_file(
    view: &View,
    settings: &ModuleSettings,
    path: &Path,
) -> Result<WorkFile, ModulesError> {
    let short = paths::short(&settings.cwd, path);
    let data = view
        .read(path)
        .map_err(|e| io_error("open", &short, &e).context("reading go.work: "))?;
    gowork::parse(&short, &data, None)
        .map_err(|e| ModulesError::text(format!("errors parsing go.work:\n{e}")))
}

/// Reads a go.mod that is to be used by a workspace.
///
/// # Errors
/// It cannot be read or understood, names no module, or asks for a newer release.
pub fn read_go_mod(
    view: &View,
    settings: &ModuleSettings,
    path: &Path,
) -> Result<ModFile, ModulesError> {
    let short = paths::short(&settings.cwd, path);
    let data = view.read(path);
    let data = data.map_err(|e| io_error("open", path.display(), &e))?;
    let file = parse_checked(settings, path, &data, None)?;
    match &file.module {
        None => Err(no_module(&short)),
        Some(_) => Ok(file),
    }
}

fn no_module(short: &str) -> ModulesError {
    ModulesError::text(format!(
        "error reading {short}: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod"
    ))
}

/// Reads go.work and the directories that it names.
pub(crate) fn read_work(
    view: &View,
    settings: &ModuleSettings,
    path: &Path,
) -> Result<(Workspace, Vec<PathBuf>), ModulesError> {
    let short = paths::short(&settings.cwd, path);
    let file = read_work_file(view, settings, path)?;
    if let Some(go) = &file.go
        && let Some(err) = settings.check_release(&*short, &go.version, "")
    {
        return Err(err);
    }
    let dir = path.parent().unwrap_or(Path::new("/"));
    let mut roots: Vec<PathBuf> = Vec::new();
    let line_of = |line| file.syntax.line(line).start.line;
    for entry in &file.uses {
        let root = paths::clean(&dir.join(&entry.path));
        if roots.contains(&root) {
            let (line, root) = (line_of(entry.line), root.display());
            return Err(ModulesError::text(format!(
                "error loading go.work:\n{short}:{line}: path {root} appears multiple times in workspace"
            )));
        }
        roots.push(root);
    }
    for setting in &file.godebug {
        if let Err(why) = check_godebug(&setting.key, &setting.value, &settings.release.version) {
            let line = line_of(setting.line);
            return Err(ModulesError::text(format!(
                "error loading go.work:\n{short}:{line}: {why}"
            )));
        }
    }
    let replace = replace_map(&file.replace)?;
    Ok((
        Workspace {
            path: path.to_owned(),
            file,
            replace,
        },
        roots,
    ))
}

/// Reads the go.mod of a main module, of a workspace or alone. `fix` makes versions canonical.
pub(crate) fn read_main(
    view: &View,
    settings: &ModuleSettings,
    dir: &Path,
    in_workspace: bool,
    fix: impl Fn(&str, &str) -> Result<String, modfile::FixError>,
) -> Result<MainModule, ModulesError> {
    let go_mod = match &settings.modfile {
        Some(file) => settings.cwd.join(file),
        None => dir.join("go.mod"),
    };
    let short = paths::short(&settings.cwd, &go_mod);
    let data = view.read(&go_mod).map_err(|e| match &settings.modfile {
        Some(file) => io_error("open", file, &e),
        None if in_workspace => io_error("open", &short, &e),
        None => io_error("open", go_mod.display(), &e),
    })?;
    let mut needs_fix = false;
    let mut fixing = |path: &str, version: &str| {
        let fixed = fix(path, version)?;
        needs_fix |= fixed != version;
        Ok(fixed)
    };
    let file = parse_checked(settings, &go_mod, &data, Some(&mut fixing))?;
    let Some(module) = &file.module else {
        return Err(no_module(&short));
    };
    if gover::is_toolchain_module(&module.path) {
        return Err(ModulesError::text(format!(
            "error reading {short}: invalid module path: \"{}\"",
            module.path
        )));
    }
    let module = ModuleVersion::main(module.path.as_str());
    let goroot_src = settings.goroot.join("src");
    let in_goroot_src = paths::in_dir(view, dir, &goroot_src).is_some();
    let is_std = in_goroot_src && module.path == "std";
    Ok(MainModule {
        prefix: if is_std {
            String::new()
        } else {
            module.path.to_string()
        },
        module,
        dir: dir.to_owned(),
        go_mod,
        in_goroot_src,
        replace: replace_map(&file.replace)?,
        exclude: file.exclude.iter().map(|x| x.module.clone()).collect(),
        require: file
            .require
            .iter()
            .map(|r| (r.module.clone(), r.indirect))
            .collect(),
        file: Some(file),
        data,
        needs_fix,
    })
}

/// Parses a go.mod. That it wants a newer release counts more than what this one does not understand.
fn parse_checked(
    settings: &ModuleSettings,
    go_mod: &Path,
    data: &[u8],
    mut fix: Option<Fix<'_>>,
) -> Result<ModFile, ModulesError> {
    let (name, short) = (
        go_mod.to_string_lossy(),
        paths::short(&settings.cwd, go_mod),
    );
    let too_new = |file: &ModFile| {
        let toolchain = file.toolchain.as_ref().map_or("", |t| &t.name);
        file.go
            .as_ref()
            .and_then(|go| settings.check_release(&short, &go.version, toolchain))
    };
    let parsed = match &mut fix {
        Some(fix) => modfile::parse(&name, data, Some(&mut **fix)),
        None => modfile::parse(&name, data, None),
    };
    match parsed {
        Ok(file) => too_new(&file).map_or(Ok(file), Err),
        Err(errors) => {
            let lax = modfile::parse_lax(&name, data, fix).ok();
            Err(lax
                .as_ref()
                .and_then(too_new)
                .unwrap_or_else(|| parse_error(&short, &errors.named(&short))))
        }
    }
}

fn parse_error(short: &str, errors: &ModFileErrors) -> ModulesError {
    ModulesError::text(format!("errors parsing {short}:\n{errors}"))
}

fn replace_map(
    list: &[modfile::Replace],
) -> Result<HashMap<ModuleVersion, ModuleVersion>, ModulesError> {
    let mut map: HashMap<ModuleVersion, ModuleVersion> = HashMap::with_capacity(list.len());
    for entry in list {
        if let Some(other) = map.get(&entry.old).filter(|other| **other != entry.new) {
            let (old, new) = (&entry.old, &entry.new);
            return Err(ModulesError::text(format!(
                "conflicting replacements for {old}:\n\t{other}\n\t{new}"
            )));
        }
        map.insert(entry.old.clone(), entry.new.clone());
    }
    Ok(map)
}

/// Checks that go makes of each main module's file, beyond its syntax.
pub(crate) fn check_main(
    main: &MainModule,
    settings: &ModuleSettings,
    in_workspace: bool,
) -> Vec<ModulesError> {
    let Some(file) = &main.file else {
        return Vec::new();
    };
    let mut errors = Vec::new();
    if !in_workspace {
        let short = paths::short(&settings.cwd, &main.go_mod);
        for setting in &file.godebug {
            if let Err(why) = check_godebug(&setting.key, &setting.value, &settings.release.version)
            {
                let line = file.syntax.line(setting.line).start.line;
                errors.push(ModulesError::text(format!(
                    "error loading go.mod:\n{short}:{line}: {why}"
                )));
            }
        }
        if !errors.is_empty() {
            return errors;
        }
    }
    if let Err(mut err) = check_import_path(&main.module.path) {
        err.kind = PathKind::Module;
        errors.push(err.into());
    }
    for tool in &file.tool {
        if let Err(err) = check_import_path(&tool.path) {
            let text = err
                .to_string()
                .replacen("malformed import path", "malformed tool path", 1);
            errors.push(ModulesError::text(text));
        }
    }
    errors
}

/// Is this a setting that a godebug line may make? go's reason if not.
pub fn check_godebug(key: &str, value: &str, release: &str) -> Result<(), String> {
    let faults = [
        (key, [' ', '\t'].as_slice(), "key contains space"),
        (value, [' ', '\t'].as_slice(), "value contains space"),
        (key, [','].as_slice(), "key contains comma"),
        (value, [','].as_slice(), "value contains comma"),
    ];
    if let Some((_, _, why)) = faults.iter().find(|(text, bad, _)| text.contains(*bad)) {
        return Err((*why).to_owned());
    }
    if key == "default" {
        return match value.strip_prefix("go") {
            Some(version) if gover::compare(version, release).is_gt() => Err(format!(
                "default={value} too new (toolchain is go{release})"
            )),
            Some(version) if gover::is_valid(version) => Ok(()),
            _ => Err("value for default= must be goVERSION".to_owned()),
        };
    }
    Ok(())
}

/// Complaints about main modules that contradict each other, whole lines; the last ends the command.
pub(crate) fn check_together(
    mains: &[MainModule],
    work: Option<&Workspace>,
    sink: &dyn Sink,
) -> Result<(), ModulesError> {
    let mut complaints = Vec::new();
    let mut seen = HashSet::new();
    for main in mains {
        if !seen.insert(&main.module.path) {
            complaints.push(format!(
                "module {} appears multiple times in workspace",
                main.module.path
            ));
        }
    }
    let mut settled: HashMap<&ModuleVersion, ModuleVersion> = HashMap::new();
    let mut by_work: HashSet<&ModulePath> = HashSet::new();
    for replace in work.iter().flat_map(|work| &work.file.replace) {
        if seen.contains(&replace.old.path) && replace.old.version.is_empty() {
            complaints.push(format!(
                "workspace module {} is replaced at all versions in the go.work file. To fix, remove the replacement from the go.work file or specify the version at which to replace the module.",
                replace.old.path
            ));
        }
        by_work.insert(&replace.old.path);
        settled.insert(&replace.old, replace.new.clone());
    }
    for main in mains {
        for replace in main.file.iter().flat_map(|file| &file.replace) {
            if by_work.contains(&replace.old.path) {
                continue;
            }
            let mut new = replace.new.clone();
            if work.is_some() && new.version.is_empty() && !Path::new(&*new.path).is_absolute() {
                new.path = paths::clean(&main.dir.join(&*new.path))
                    .display()
                    .to_string()
                    .into();
            }
            if let Some(other) = settled.get(&replace.old).filter(|other| **other != new) {
                let old = &replace.old;
                return Err(ModulesError::text(format!(
                    "conflicting replacements for {old}:\n\t{other}\n\t{new}\nuse \"go work edit -replace {old}=[override]\" to resolve"
                )));
            }
            settled.insert(&replace.old, new);
        }
    }
    let last = complaints.pop();
    complaints
        .iter()
        .for_each(|text| sink.line(&format!("go: {text}")));
    last.map_or(Ok(()), |text| Err(ModulesError::text(text)))
}

/// For each replaced module the highest version that is replaced; empty if all are, and none in particular.
pub(crate) fn highest_replaced(
    mains: &[MainModule],
    work: Option<&Workspace>,
) -> HashMap<ModulePath, Version> {
    let mut highest: HashMap<ModulePath, Version> = HashMap::new();
    let work_olds = work.iter().flat_map(|work| work.replace.keys());
    let main_olds = mains.iter().flat_map(|main| main.replace.keys());
    for old in work_olds.chain(main_olds) {
        let higher = highest
            .get(&old.path)
            .is_none_or(|known| gover::mod_compare(&old.path, &old.version, known).is_gt());
        if higher {
            highest.insert(old.path.clone(), old.version.clone());
        }
    }
    highest
}

/// The version that stands for a module all of whose versions are replaced.
pub(crate) fn version_of_replaced(path: &str) -> String {
    let major = gust_syntax::module::split_path_version(path).map_or("", |(_, major)| major);
    pseudo::zero(major.get(1..).filter(|m| !m.is_empty()).unwrap_or("v0"))
}
