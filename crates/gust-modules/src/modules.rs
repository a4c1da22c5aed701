//! The modules of a command: loaded once, asked by everyone above.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use gust_fetch::{FetchError, Fetcher, Sink, SumFiles};
use gust_fs::View;
use gust_syntax::gover;
use gust_syntax::modfile::{FixError, Godebug};
use gust_syntax::module::{
    ModulePath, ModuleVersion, Version, canonical_version, check_path_major, split_path_version,
};

use crate::error::ModulesError;
use crate::locate::{self, Place};
use crate::mains::{self, MainModule, Workspace};
use crate::paths;
use crate::provide::Place as ProviderPlace;
use crate::requirements::Requirements;
use crate::settings::{Intent, ModFlag, ModuleSettings};
use crate::summary::{GoMod, Shared};
use crate::vendor::{self, Vendor};
use gust_fs::once::OnceMap;

/// What the modules of a command are: found out when it begins, and the same until it ends.
pub struct ModuleSet {
    pub(crate) settings: ModuleSettings,
    pub(crate) mains: Vec<MainModule>,
    pub(crate) work: Option<Workspace>,
    pub(crate) mode: ModFlag,
    pub(crate) mod_reason: String,
    pub(crate) vendor: Option<Vendor>,
    pub(crate) highest_replaced: HashMap<ModulePath, Version>,
}

/// The modules of a command, asked by everyone above: the set, and what was read, fetched and looked up of others.
///
/// What is required is not kept here. Requirements are values ([`Requirements`]): those that the files state are a start
/// ([`Modules::stated`]), and whoever needs others makes them from these and asks with them.
pub struct Modules {
    set: ModuleSet,
    pub(crate) view: Arc<View>,
    pub(crate) fetcher: Arc<Fetcher>,
    sink: Arc<dyn Sink>,
    stated: Arc<Requirements>,
    pub(crate) caches: Caches,
}

/// What is asked once and answered from then on.
#[derive(Default)]
pub(crate) struct Caches {
    pub(crate) go_mods: OnceMap<ModuleVersion, Shared<GoMod>>,
    pub(crate) places: OnceMap<ModuleVersion, Result<ProviderPlace, ModulesError>>,
    pub(crate) latest: OnceMap<String, Result<ModuleVersion, ModulesError>>,
    /// An error that ends the command, whoever it was told to.
    fatal: OnceLock<FetchError>,
}

impl std::ops::Deref for Modules {
    type Target = ModuleSet;
    fn deref(&self) -> &ModuleSet {
        &self.set
    }
}

/// What [`Modules::load`] works with.
#[derive(Clone)]
pub struct Tools {
    /// The door to the disk.
    pub view: Arc<View>,
    /// The module cache and the network.
    pub fetcher: Arc<Fetcher>,
    /// Where warnings and progress go, whole lines.
    pub sink: Arc<dyn Sink>,
}

impl Modules {
    /// Finds out where the command stands and reads what belongs there. Nothing in GOPATH mode.
    ///
    /// # Errors
    /// Whatever is wrong with settings, go.work, the go.mod files of main modules, or the vendor directory.
    pub fn load(
        settings: ModuleSettings,
        tools: Tools,
    ) -> Result<Option<Arc<Modules>>, ModulesError> {
        let located = locate::locate(&tools.view, &settings)?;
        located
            .warnings
            .iter()
            .for_each(|line| tools.sink.line(line));
        if let Some(refused) = located.refused {
            return Err(refused);
        }
        let (work, roots) = match located.place {
            Place::NoModules => return Ok(None),
            Place::Outside => (None, Vec::new()),
            Place::Module(dir) => (None, vec![dir]),
            Place::Workspace(file) => {
                let (work, roots) = mains::read_work(&tools.view, &settings, &file)?;
                (Some(work), roots)
            }
        };
        let mut modules = Self::empty(settings, tools, work);
        modules.set_sum_files(&roots);
        // Versions in go.mod may have to be asked for before it is known whether there is a vendor directory.
        modules.set_mode(&roots)?;
        if roots.is_empty() {
            modules.set.mains = vec![MainModule::stand_in()];
            modules.stated = Arc::new(modules.stated_requirements());
            return Ok(Some(Arc::new(modules)));
        }
        modules.set.mains = modules.read_mains(&roots)?;
        mains::check_together(&modules.mains, modules.work.as_ref(), modules.sink.as_ref())?;
        modules.set.highest_replaced =
            mains::highest_replaced(&modules.mains, modules.work.as_ref());
        modules.set_mode(&roots)?;
        if modules.mode == ModFlag::Vendor {
            let dir = modules.vendor_dir();
            modules.set.vendor = Some(Vendor::read(&modules.view, &modules.settings, dir)?);
            modules.check_vendor()?;
        }
        modules.stated = modules.start_requirements()?;
        Ok(Some(Arc::new(modules)))
    }

    fn empty(settings: ModuleSettings, tools: Tools, work: Option<Workspace>) -> Self {
        let none = Requirements::new(
            crate::graph::Pruning::Pruned,
            Vec::new(),
            Default::default(),
        );
        Self {
            set: ModuleSet {
                settings,
                mains: Vec::new(),
                work,
                mode: ModFlag::Readonly,
                mod_reason: String::new(),
                vendor: None,
                highest_replaced: HashMap::new(),
            },
            view: tools.view,
            fetcher: tools.fetcher,
            sink: tools.sink,
            stated: Arc::new(none),
            caches: Caches::default(),
        }
    }

    fn set_sum_files(&self, roots: &[PathBuf]) {
        let sum_of = |dir: &PathBuf| {
            let go_mod = match &self.settings.modfile {
                Some(file) => self.settings.cwd.join(file),
                None => dir.join("go.mod"),
            };
            go_mod.with_extension("sum")
        };
        let files = match &self.work {
            Some(work) => {
                let mut main = work.path.clone().into_os_string();
                main.push(".sum");
                SumFiles {
                    main: Some(main.into()),
                    workspace: roots.iter().map(sum_of).collect(),
                }
            }
            None => SumFiles {
                main: roots.first().map(sum_of),
                ..SumFiles::default()
            },
        };
        self.fetcher.sums().set_files(files);
    }

    fn read_mains(&self, roots: &[PathBuf]) -> Result<Vec<MainModule>, ModulesError> {
        let mut mains = Vec::with_capacity(roots.len());
        let mut errors = Vec::new();
        for dir in roots {
            let fix = |path: &str, version: &str| self.fix_version(path, version);
            let in_workspace = self.work.is_some();
            match mains::read_main(&self.view, &self.settings, dir, in_workspace, fix) {
                Err(err) => errors.push(self.in_workspace_words(dir, err)),
                Ok(main) => {
                    if let Some(err) = self.too_new_for_work(&main) {
                        errors.push(err);
                        continue;
                    }
                    errors.extend(mains::check_main(&main, &self.settings, in_workspace));
                    mains.push(main);
                }
            }
        }
        ModulesError::of(errors).map_or(Ok(mains), Err)
    }

    fn in_workspace_words(&self, dir: &Path, err: ModulesError) -> ModulesError {
        let Some(_) = &self.work else { return err };
        match err.too_new() {
            Some((_, go_version)) if !self.settings.is_work_command => {
                self.work_too_old(dir, go_version)
            }
            _ => {
                let short = paths::short(&self.settings.cwd, dir);
                err.context(format!(
                    "cannot load module {short} listed in go.work file: "
                ))
            }
        }
    }

    fn too_new_for_work(&self, main: &MainModule) -> Option<ModulesError> {
        let work = self
            .work
            .as_ref()
            .filter(|_| !self.settings.is_work_command)?;
        let wanted = main
            .file
            .as_ref()
            .map_or(gover::DEFAULT_GO_MOD, |file| file.go_version());
        let newer = gover::compare(wanted, work.file.go_version()).is_gt();
        let strict = gover::compare(wanted, gover::GO_STRICT).is_ge();
        (newer && strict).then(|| self.work_too_old(&main.dir, wanted))
    }

    fn work_too_old(&self, dir: &Path, go_version: &str) -> ModulesError {
        let file = self.work.as_ref().map(|work| &work.file);
        let stated = file.is_some_and(|file| file.go.is_some());
        let verb = if stated {
            "lists"
        } else {
            "implicitly requires"
        };
        let has = file.map_or(gover::DEFAULT_GO_WORK, |file| file.go_version());
        let dir = paths::short(&self.settings.cwd, dir);
        ModulesError::text(format!(
            "module {dir} listed in go.work file requires go >= {go_version}, but go.work {verb} go {has}; to update it:\n\tgo work use"
        ))
    }

    /// Makes a version of a main module's go.mod canonical; commits and branches are looked up.
    fn fix_version(&self, path: &str, version: &str) -> Result<String, FixError> {
        let mut version = version;
        if let Some((_, rest)) = version
            .split_once("-gopkgin-")
            .filter(|_| path.starts_with("gopkg.in/"))
        {
            version = rest;
        }
        let Some((_, major)) = split_path_version(path) else {
            let reason = format!("malformed module path \"{path}\"");
            let err = gust_syntax::module::VersionError::new(version, reason);
            return Err(FixError::Version(err.to_string()));
        };
        if !version.is_empty() && canonical_version(version) == version {
            return match check_path_major(version, major) {
                Ok(()) => Ok(version.to_owned()),
                Err(err) => Err(FixError::Version(err.to_string())),
            };
        }
        match self.query(path, version, "", crate::query::Allow::All) {
            Ok(info) => Ok(info.version),
            Err(ModulesError::Module { err, .. }) => Err(FixError::Version(err.to_string())),
            Err(ModulesError::Fetch(FetchError::Module { err, .. })) => {
                Err(FixError::Version(err.to_string()))
            }
            Err(err) => Err(FixError::Other(err.to_string())),
        }
    }

    /// Which -mod is in effect, and why.
    fn set_mode(&mut self, roots: &[PathBuf]) -> Result<(), ModulesError> {
        if let Some(flag) = self.settings.mod_flag {
            if self.work.is_some() && flag == ModFlag::Mod {
                return Err(ModulesError::text(
                    "-mod may only be set to readonly or vendor when in workspace mode, but it is set to \"mod\"\n\tRemove the -mod flag to use the default readonly value, \n\tor set GOWORK=off to disable workspace mode.",
                ));
            }
            self.set.mode = flag;
            return Ok(());
        }
        self.set.mode = match self.settings.intent {
            Intent::Update | Intent::Inspect => ModFlag::Mod,
            Intent::MakeVendor => ModFlag::Readonly,
            Intent::Use if roots.is_empty() && self.settings.allow_missing_imports => ModFlag::Mod,
            Intent::Use if roots.is_empty() || self.mains.is_empty() => ModFlag::Readonly,
            Intent::Use => self.default_mode()?,
        };
        Ok(())
    }

    /// The vendor directory counts if it is there, is of this kind, and the go line is not from before 1.14.
    fn default_mode(&mut self) -> Result<ModFlag, ModulesError> {
        let (source, go_line) = match &self.work {
            Some(work) => (
                "go.work",
                work.file.go.as_ref().map_or("", |go| &go.version),
            ),
            None => (
                "go.mod",
                self.mains.first().map_or("", |main| main.go_line()),
            ),
        };
        let dir = self.vendor_dir();
        if !self.view.is_dir(&dir) {
            return Ok(ModFlag::Readonly);
        }
        if go_line.is_empty() {
            self.set.mod_reason =
                format!("Go version in {source} is unspecified, so vendor directory was not used.");
            return Ok(ModFlag::Readonly);
        }
        if gover::compare(go_line, "1.14").is_lt() {
            self.set.mod_reason =
                format!("Go version in {source} is {go_line}, so vendor directory was not used.");
            return Ok(ModFlag::Readonly);
        }
        match (
            vendor::is_for_workspace(&self.view, &dir)?,
            self.work.is_some(),
        ) {
            (true, false) => {
                self.set.mod_reason =
                    "Outside workspace mode, but vendor directory is for a workspace.".to_owned();
                Ok(ModFlag::Readonly)
            }
            (false, true) => {
                self.set.mod_reason =
                    "In workspace mode, but vendor directory is not for a workspace".to_owned();
                Ok(ModFlag::Readonly)
            }
            _ => {
                self.set.mod_reason =
                    format!("Go version in {source} is at least 1.14 and vendor directory exists.");
                Ok(ModFlag::Vendor)
            }
        }
    }

    /// Requirements as stated, made consistent where that can be told without the graph.
    fn start_requirements(&mut self) -> Result<Arc<Requirements>, ModulesError> {
        self.note_excluded();
        let requirements = Arc::new(self.stated_requirements());
        if self.mode == ModFlag::Vendor {
            self.check_vendored_roots(&requirements)?;
        }
        if self.work.is_some() {
            return Ok(requirements);
        }
        if !self.has_redundant_root(&requirements) {
            return self.add_missing_go_line(requirements);
        }
        let direct = requirements.direct.clone();
        let consistent = self.update_roots(&requirements, &direct, &[])?;
        self.add_missing_go_line(consistent)
    }

    fn add_missing_go_line(
        &mut self,
        requirements: Arc<Requirements>,
    ) -> Result<Arc<Requirements>, ModulesError> {
        let missing = self
            .mains
            .first()
            .is_some_and(|main| main.file.is_some() && main.go_line().is_empty());
        if !missing || self.mode != ModFlag::Mod || !self.settings.add_go_line {
            return Ok(requirements);
        }
        let version = self.settings.release.version.clone();
        if let Some(main) = self.set.mains.first_mut()
            && let Some(file) = main.file.as_mut()
        {
            main.needs_fix = true;
            file.set_go(&version)
                .map_err(|err| ModulesError::text(format!("internal error: {err}")))?;
        }
        let mut roots: Vec<ModuleVersion> = requirements
            .roots
            .iter()
            .filter(|root| root.path != "go")
            .cloned()
            .collect();
        roots.push(ModuleVersion::new("go", version.as_str()));
        let updated = Requirements::new(requirements.pruning, roots, requirements.direct.clone());
        if requirements.pruning != crate::graph::Pruning::Unpruned {
            return Ok(Arc::new(updated));
        }
        let loaded = self.graph_of(&updated);
        if let Some(err) = &loaded.error {
            return Err(err.clone());
        }
        let all = loaded.graph.build_list().split_off(self.mains.len());
        Ok(Arc::new(Requirements::new(
            crate::graph::Pruning::Pruned,
            all,
            updated.direct.clone(),
        )))
    }
}

impl Modules {
    /// The main module in which the current directory lies.
    pub fn main_of_cwd(&self) -> Option<&MainModule> {
        let root = locate::module_root(&self.view, &self.settings.cwd)?;
        self.mains.iter().find(|main| main.dir == root)
    }

    /// The door to the disk.
    pub fn view(&self) -> &Arc<View> {
        &self.view
    }

    /// The module cache and the network.
    pub fn fetcher(&self) -> &Arc<Fetcher> {
        &self.fetcher
    }

    /// The error for a command that needs a main module.
    pub fn no_main_module(&self) -> ModulesError {
        locate::no_main_module(&self.view, &self.settings, self.work.is_some())
    }

    /// Remembers an error that ends the command.
    pub(crate) fn watch<T>(&self, result: Result<T, ModulesError>) -> Result<T, ModulesError> {
        if let Err(err) = &result
            && let Some(fatal) = err.fatal()
        {
            self.caches.fatal.get_or_init(|| fatal.clone());
        }
        result
    }

    /// Tells the person something, a whole line.
    pub fn note(&self, line: &str) {
        self.sink.line(line);
    }

    /// The requirements that the files state.
    pub fn stated(&self) -> &Arc<Requirements> {
        &self.stated
    }

    /// An error that ends the command (a checksum that is wrong), to whomever it was told.
    pub fn fatal(&self) -> Option<&FetchError> {
        self.caches.fatal.get()
    }
}

impl ModuleSet {
    /// Main modules, in the order of go.work; outside of modules one stand-in.
    pub fn main_modules(&self) -> &[MainModule] {
        &self.mains
    }

    /// The main module of that path.
    pub fn main(&self, path: &str) -> Option<&MainModule> {
        self.mains.iter().find(|main| main.module.path == path)
    }

    /// Is there a go.mod (or a module in the workspace)?
    pub fn has_root(&self) -> bool {
        self.mains.iter().any(|main| main.file.is_some())
    }

    /// go.work, if it is in use.
    pub fn workspace(&self) -> Option<&Workspace> {
        self.work.as_ref()
    }

    /// The -mod in effect.
    pub fn mode(&self) -> ModFlag {
        self.mode
    }

    /// Why that -mod is in effect although it was not given; may be empty.
    pub fn mode_reason(&self) -> &str {
        &self.mod_reason
    }

    /// The vendor directory, if everything comes from it.
    pub fn vendor(&self) -> Option<&Vendor> {
        self.vendor.as_ref()
    }

    /// Where the vendor directory is, or would be.
    pub fn vendor_dir(&self) -> PathBuf {
        let base = match (&self.work, self.mains.first()) {
            (Some(work), _) => work.dir().to_owned(),
            (None, Some(main)) => main.dir.clone(),
            (None, None) => self.settings.cwd.clone(),
        };
        base.join("vendor")
    }

    /// What was loaded from.
    pub fn settings(&self) -> &ModuleSettings {
        &self.settings
    }

    /// The go version of the main module or of go.work; the release's where there is no go.mod.
    pub fn go_version(&self) -> String {
        match (&self.work, self.mains.first()) {
            (Some(work), _) => work.file.go_version().to_owned(),
            (
                None,
                Some(MainModule {
                    file: Some(file), ..
                }),
            ) => file.go_version().to_owned(),
            _ => self.settings.release.version.clone(),
        }
    }

    /// The godebug lines that count: those of go.work, or of the main module.
    pub fn godebug(&self) -> Vec<(String, String)> {
        let list = match (&self.work, self.mains.first()) {
            (Some(work), _) => &work.file.godebug[..],
            (None, Some(main)) => main.file.as_ref().map_or(&[][..], |file| &file.godebug),
            (None, None) => &[],
        };
        list.iter()
            .map(|g| (g.key.clone(), g.value.clone()))
            .collect()
    }

    /// The godebug lines of go.work, or of the main module: place as an error has it, key, value.
    pub fn godebug_lines(&self) -> Vec<(String, String, String)> {
        let (what, file, syntax, list) = match (&self.work, self.mains.first()) {
            (Some(work), _) => ("go.work", &work.path, &work.file.syntax, &work.file.godebug),
            (
                None,
                Some(MainModule {
                    go_mod,
                    file: Some(file),
                    ..
                }),
            ) => ("go.mod", go_mod, &file.syntax, &file.godebug),
            _ => return Vec::new(),
        };
        let short = paths::short(&self.settings.cwd, file);
        let line = |g: &Godebug| {
            let place = format!(
                "error loading {what}:\n{short}:{}",
                syntax.line(g.line).start.line
            );
            (place, g.key.clone(), g.value.clone())
        };
        list.iter().map(line).collect()
    }
}
