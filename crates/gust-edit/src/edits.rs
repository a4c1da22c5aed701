//! What go.mod and go.sum would have to say: decided here, listed for whoever asks, written by [`commit`](mod@crate::commit).

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use gust_fetch::SumKey;
use gust_modules::{MainModule, ModFlag, Modules, ModulesError, Requirements};
use gust_syntax::gover;
use gust_syntax::modfile::ModFile;
use gust_syntax::module::{ModulePath, ModuleVersion, Version};

use crate::error::EditError;

/// From this version on, indirect requirements stand in blocks of their own.
const SEPARATE_INDIRECT: &str = "1.17";
/// Toolchain lines below this version mean nothing.
const STRICT: &str = "1.21";

/// What a command leaves to be written.
#[derive(Debug)]
pub struct Edits {
    requirements: Arc<Requirements>,
    /// go.mod as it should be, if it is not so.
    pub(crate) go_mod: Option<String>,
    /// That is so and may not be: -mod does not allow it.
    pub(crate) refused: Option<ModulesError>,
    /// There is a go.mod or go.work, beside which checksums are kept.
    pub(crate) has_sums: bool,
    /// Lines of go.sum that are not among these go, whatever they are for.
    pub(crate) only_sums: Option<OnlySums>,
}

/// Lines of go.sum chosen one by one.
#[derive(Debug)]
pub(crate) struct OnlySums {
    /// These.
    pub(crate) keep: HashSet<SumKey>,
    /// And those of the whole build list, as far as go.sum will not be older than the rest.
    pub(crate) also_whole: bool,
}

/// Changes of go.mod that are no requirements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileChanges {
    /// The toolchain line goes, whatever is required.
    pub drop_toolchain: bool,
    /// A toolchain was asked for by name: it may be an old one.
    pub explicit_toolchain: bool,
    /// `tool` lines to come: import paths.
    pub add_tools: Vec<String>,
    /// `tool` lines to go.
    pub drop_tools: Vec<String>,
    /// The file is written as go formats it, even if it means the same.
    pub reformat: bool,
}

impl FileChanges {
    fn touch_tools(&self) -> bool {
        !self.add_tools.is_empty() || !self.drop_tools.is_empty()
    }
}

/// One thing that would change. `Display` is one line, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// The go line.
    Go(String),
    /// The toolchain line; empty if it goes.
    Toolchain(String),
    /// A module is required that was not.
    Require {
        /// Which, at which version.
        module: ModuleVersion,
        /// No package of the main module imports from it.
        indirect: bool,
    },
    /// A module is required at another version.
    Move {
        /// Which, at the new version.
        module: ModuleVersion,
        /// The version of before.
        from: Version,
    },
    /// A module is no longer required.
    Drop(ModuleVersion),
    /// A requirement's `// indirect` comes or goes.
    MarkIndirect {
        /// Which.
        module: ModuleVersion,
        /// It comes.
        indirect: bool,
    },
    /// A line of go.sum comes.
    AddSum(String),
    /// A line of go.sum goes.
    DropSum(String),
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Edit::Go(version) => write!(f, "go.mod: go {version}"),
            Edit::Toolchain(name) if name.is_empty() => f.write_str("go.mod: no toolchain line"),
            Edit::Toolchain(name) => write!(f, "go.mod: toolchain {name}"),
            Edit::Require { module, .. } => {
                write!(f, "go.mod: require {} {}", module.path, module.version)
            }
            Edit::Move { module, from } => {
                write!(f, "go.mod: {} {from} => {}", module.path, module.version)
            }
            Edit::Drop(module) => {
                write!(f, "go.mod: drop {} {}", module.path, module.version)
            }
            Edit::MarkIndirect { module, indirect } => {
                let what = if *indirect { "indirect" } else { "direct" };
                write!(f, "go.mod: {} is {what}", module.path)
            }
            Edit::AddSum(line) => write!(f, "go.sum: add {line}"),
            Edit::DropSum(line) => write!(f, "go.sum: drop {line}"),
        }
    }
}

impl Edits {
    /// Decides what requirements mean for the main module's go.mod. `refused` is that they may not stand there, if that is known.
    ///
    /// # Errors
    /// The requirements ask for a newer release of Go, or go.mod cannot be made to say them.
    pub fn decide(
        modules: &Modules,
        requirements: Arc<Requirements>,
        refused: Option<ModulesError>,
    ) -> Result<Edits, ModulesError> {
        Edits::decide_with(modules, requirements, refused, &FileChanges::default())
    }

    /// The same, with changes of go.mod that are no requirements.
    ///
    /// # Errors
    /// Those of [`Edits::decide`].
    pub fn decide_with(
        modules: &Modules,
        requirements: Arc<Requirements>,
        refused: Option<ModulesError>,
        changes: &FileChanges,
    ) -> Result<Edits, ModulesError> {
        let in_workspace = modules.workspace().is_some();
        let main = modules.main_modules().first();
        let file = main.and_then(|main| Some((main, main.file.as_ref()?)));
        let mut edits = Edits {
            requirements,
            go_mod: None,
            refused,
            has_sums: in_workspace || file.is_some(),
            only_sums: None,
        };
        if let Some((main, file)) = file.filter(|_| !in_workspace && edits.refused.is_none())
            && (*changes != FileChanges::default() || !says(main, file, &edits.requirements))
        {
            let updated = updated(modules, file, &edits.requirements, changes)?;
            let dirty = changes.touch_tools() || is_dirty(main, &updated, modules.mode());
            if dirty || changes.reformat {
                edits.go_mod = Some(updated.format());
                if dirty && modules.mode() != ModFlag::Mod {
                    edits.refused = Some(modules.dirty(edits.requirements.roots.clone()));
                }
            }
        }
        Ok(edits)
    }

    /// What the main module's go.mod requires, with its lines for the release: as it is, and as it should be.
    pub(crate) fn stated(&self, modules: &Modules) -> [BTreeMap<ModulePath, Version>; 2] {
        let main = modules.main_modules().first();
        let before = main.and_then(|main| main.file.as_ref());
        let after = self.go_mod.as_ref();
        let after = after.and_then(|text| {
            gust_syntax::modfile::parse("go.mod", &gust_bytes::raw(text), None).ok()
        });
        let stated = |file: Option<&ModFile>| {
            let Some(file) = file else {
                return BTreeMap::new();
            };
            let requires = file.require.iter().map(|require| &require.module);
            let mut stated: BTreeMap<ModulePath, Version> = requires
                .map(|module| (module.path.clone(), module.version.clone()))
                .collect();
            let go = file.go.as_ref().map(|go| go.version.as_str());
            stated.extend(go.map(|version| ("go".into(), version.into())));
            let toolchain = file.toolchain.as_ref().map(|line| line.name.as_str());
            stated.extend(toolchain.map(|name| ("toolchain".into(), name.into())));
            stated
        };
        [stated(before), stated(after.as_ref().or(before))]
    }

    /// What should be required.
    pub fn requirements(&self) -> &Arc<Requirements> {
        &self.requirements
    }

    /// The go version that the main module has then.
    pub fn go_version(&self) -> &str {
        self.requirements.go_version()
    }

    /// The main module's go.mod as it is, formatted, and as it should be.
    pub fn go_mod(&self, modules: &Modules) -> [String; 2] {
        let main = modules.main_modules().first();
        let file = main.and_then(|main| main.file.as_ref());
        let before = file.map_or_else(String::new, ModFile::format);
        let after = self.go_mod.clone().unwrap_or_else(|| before.clone());
        [before, after]
    }

    /// go.sum as it is, and as it should be.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn go_sum(&self, modules: &Modules) -> Result<[String; 2], EditError> {
        let sums = modules.fetcher().sums();
        if let Some(only) = &self.only_sums {
            sums.trim(&only.keep).map_err(ModulesError::from)?;
        }
        let whole = || self.sums(modules);
        let tidied = match &self.only_sums {
            Some(only) if !only.also_whole => sums.tidied(&only.keep),
            _ => sums.tidied(&whole()),
        };
        let (before, after) = tidied.map_err(ModulesError::from)?;
        Ok([before, after].map(|text| gust_bytes::text(&text).into_owned()))
    }

    /// Why go.mod may not be changed, although it would have to be.
    pub fn refused(&self) -> Option<&ModulesError> {
        self.refused.as_ref()
    }

    /// The lines of go.sum that are needed from now on.
    pub(crate) fn sums(&self, modules: &Modules) -> HashSet<SumKey> {
        modules.sums_to_keep(&self.requirements)
    }

    /// All that would change, go.mod first.
    ///
    /// # Errors
    /// go.sum cannot be read.
    pub fn list(&self, modules: &Modules) -> Result<Vec<Edit>, EditError> {
        let mut list = Vec::new();
        let main = modules.main_modules().first();
        if let Some(main) = main.filter(|_| self.go_mod.is_some() || self.refused.is_some()) {
            list_go_mod(main, &self.requirements, &mut list);
        }
        if self.has_sums && self.refused.is_none() {
            let lines = |text: String| text.lines().map(str::to_owned).collect();
            let [before, after]: [Vec<String>; 2] = self.go_sum(modules)?.map(lines);
            let added = after.iter().filter(|line| !before.contains(line));
            list.extend(added.cloned().map(Edit::AddSum));
            let dropped = before.iter().filter(|line| !after.contains(line));
            list.extend(dropped.cloned().map(Edit::DropSum));
        }
        Ok(list)
    }
}

fn list_go_mod(main: &MainModule, requirements: &Requirements, list: &mut Vec<Edit>) {
    if main.go_line() != requirements.go_version() {
        list.push(Edit::Go(requirements.go_version().to_owned()));
    }
    let file = main.file.as_ref();
    let stated = file.and_then(|file| file.toolchain.as_ref());
    let toolchain = requirements.root("toolchain");
    let toolchain = toolchain.map_or("", |version| version.as_str());
    if stated.map_or("", |line| line.name.as_str()) != toolchain {
        list.push(Edit::Toolchain(toolchain.to_owned()));
    }
    for root in requires(requirements) {
        let indirect = !requirements.direct.contains(&root.path);
        if let Some(stated) = main.require.get(root) {
            if *stated != indirect {
                let module = root.clone();
                list.push(Edit::MarkIndirect { module, indirect });
            }
            continue;
        }
        let module = root.clone();
        let mut known = main.require.keys();
        list.push(match known.find(|known| known.path == root.path) {
            Some(known) => Edit::Move {
                module,
                from: known.version.clone(),
            },
            None => Edit::Require { module, indirect },
        });
    }
    let is_kept = |module: &&ModuleVersion| requirements.root(&module.path).is_some();
    let mut dropped: Vec<_> = main.require.keys().filter(|m| !is_kept(m)).collect();
    dropped.sort();
    list.extend(dropped.into_iter().cloned().map(Edit::Drop));
}

/// The roots that stand in require lines.
fn requires(requirements: &Requirements) -> impl Iterator<Item = &ModuleVersion> {
    let roots = requirements.roots.iter();
    roots.filter(|root| !gover::is_toolchain_module(&root.path))
}

/// The main module's file with the given requirements in it.
fn updated(
    modules: &Modules,
    file: &ModFile,
    requirements: &Requirements,
    changes: &FileChanges,
) -> Result<ModFile, ModulesError> {
    let internal = |err: &dyn fmt::Display| ModulesError::text(format!("internal error: {err}"));
    let mut file = file.clone();
    let go_version = requirements.go_version().to_owned();
    let settings = modules.settings();
    if let Some(err) = settings.check_release("updating go.mod", &go_version, "") {
        return Err(err);
    }
    let stated = file.go.as_ref().map(|go| go.version.clone());
    if stated.as_deref() != Some(&go_version) {
        let always = modules.mode() == ModFlag::Mod;
        if stated.is_some() || go_version != gover::DEFAULT_GO_MOD || always {
            file.set_go(&go_version).map_err(|err| internal(&err))?;
        }
    }
    match toolchain_line(requirements, changes) {
        None => file.drop_toolchain(),
        Some(toolchain) => file
            .set_toolchain(toolchain)
            .map_err(|err| internal(&err))?,
    }
    changes
        .add_tools
        .iter()
        .for_each(|path| file.add_tool(path));
    changes
        .drop_tools
        .iter()
        .for_each(|path| file.drop_tool(path));
    let list: Vec<(ModuleVersion, bool)> = requires(requirements)
        .map(|root| (root.clone(), !requirements.direct.contains(&root.path)))
        .collect();
    if gover::compare(&go_version, SEPARATE_INDIRECT).is_lt() {
        file.set_requires(&list);
    } else {
        file.set_requires_separately(&list);
    }
    file.cleanup();
    Ok(file)
}

/// The toolchain that the file should name: none that the go line asks for anyway, or that is older than such lines.
fn toolchain_line<'r>(requirements: &'r Requirements, changes: &FileChanges) -> Option<&'r str> {
    let toolchain = requirements.root("toolchain")?.as_str();
    let release = gover::from_toolchain(toolchain).unwrap_or("");
    let old = gover::compare(release, STRICT).is_lt() && !changes.explicit_toolchain;
    let implied = toolchain.strip_prefix("go") == Some(requirements.go_version());
    let kept = !(changes.drop_toolchain || release.is_empty() || implied || old);
    kept.then_some(toolchain)
}

/// Does the file say exactly these requirements, as it mostly does? Then there is nothing to be worked out.
fn says(main: &MainModule, file: &ModFile, requirements: &Requirements) -> bool {
    let toolchain = file.toolchain.as_ref().map(|line| line.name.as_str());
    let stated = |root: &ModuleVersion| {
        main.require
            .get(root)
            .is_some_and(|indirect| *indirect != requirements.direct.contains(&root.path))
    };
    !main.needs_fix
        && main.go_line() == requirements.go_version()
        && toolchain == toolchain_line(requirements, &FileChanges::default())
        && requires(requirements).count() == main.require.len()
        && file.require.len() == main.require.len()
        && requires(requirements).all(stated)
}

/// Does the file mean something else than what was read?
fn is_dirty(main: &MainModule, file: &ModFile, mode: ModFlag) -> bool {
    let Some(before) = &main.file else {
        return true;
    };
    let go = |file: &ModFile| file.go.as_ref().map(|go| go.version.clone());
    let toolchain = |file: &ModFile| file.toolchain.as_ref().map(|line| line.name.clone());
    if main.needs_fix || go(file) != go(before) || toolchain(file) != toolchain(before) {
        return true;
    }
    if file.require.len() != main.require.len() {
        return true;
    }
    // That "// indirect" is wrong is no reason to fail when nothing may be written.
    file.require
        .iter()
        .any(|require| match main.require.get(&require.module) {
            None => true,
            Some(indirect) => *indirect != require.indirect && mode != ModFlag::Readonly,
        })
}
