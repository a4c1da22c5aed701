//! `vendor`: a copy of every package that the main modules need, and modules.txt, which says where each is from.
//!
//! **The problem.** A build from the vendor directory must be what a build from the module cache is, years later and without any go.mod of a
//! dependency. What the directory lacks or has too much shows only when it is too late to ask.
//!
//! **The decision.** First everything is decided: [`plan`] makes of loaded packages the text of modules.txt and the list of what is to be
//! copied. Then [`make`] copies, many files at a time, into a directory of its own beside the old one, which takes the old one's
//! place when it is whole. Whoever is interrupted has the vendor directory of before.
//!
//! **What is left out.** Whether go.mod is in order: a load tells that.

mod copy;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gust_fs::errtext::PathError;
use gust_modules::{InfoMode, MainModule, Modules, Requirements};
use gust_packages::dir::VendorRules;
use gust_packages::{ImportGraph, ImportId};
use gust_syntax::gover;
use gust_syntax::module::ModuleVersion;

pub use copy::{Faults, make};

/// What cannot be vendored. `Display` is go's text.
#[derive(Debug, thiserror::Error)]
pub enum VendorError {
    /// Two modules that some file systems cannot tell apart.
    #[error("go.mod: case-insensitive import collision: \"{0}\" and \"{1}\"")]
    Collision(String, String),
    /// A module is replaced by something within the directory that is to be made.
    #[error("go: replacement path {0} inside vendor directory")]
    Inside(String),
    /// A file of a package is not Go.
    #[error("internal error: failed to find embedded files of {package}: {why}")]
    Embeds {
        /// The package.
        package: String,
        /// What is wrong.
        why: String,
    },
    /// A file or directory cannot be read or written.
    #[error("go: {0}")]
    Disk(#[from] PathError),
}

/// A package to be copied.
#[derive(Debug, Clone)]
pub struct Vendored {
    /// Its import path, which is its place in the vendor directory.
    pub path: String,
    /// The path of its module.
    pub module: String,
    /// Where its files are.
    pub dir: Arc<Path>,
}

/// What a vendor directory is to hold.
#[derive(Debug)]
pub struct VendorPlan {
    /// modules.txt; empty if there is nothing to vendor.
    pub text: String,
    /// The packages in it, in its order.
    pub packages: Vec<Vendored>,
    rules: VendorRules,
}

/// Decides what is vendored of a load of `all`.
///
/// # Errors
/// [`VendorError`]
pub fn plan(
    modules: &Modules,
    requirements: &Arc<Requirements>,
    imports: &ImportGraph,
) -> Result<VendorPlan, VendorError> {
    let go_version = modules.go_version();
    let at_least = |version: &str| gover::compare(&go_version, version).is_ge();
    let by_module = by_module(imports);
    check_collisions(by_module.keys())?;
    let mut plan = VendorPlan {
        text: String::new(),
        packages: Vec::new(),
        rules: VendorRules {
            go_mods: !at_least(NO_GO_MODS),
            test_embeds: !at_least(NO_TEST_EMBEDS),
        },
    };
    let explicit = match at_least(EXPLICIT) {
        true => explicit(modules),
        false => None,
    };
    let mut listed: BTreeSet<Sorted> = by_module.keys().cloned().map(Sorted).collect();
    listed.extend(explicit.iter().flatten().cloned().map(Sorted));
    if modules.workspace().is_some() && modules.has_root() {
        plan.text.push_str("## workspace\n");
    }
    let mut told = HashSet::new();
    for Sorted(module) in listed {
        let replacement = modules.replacement(&module);
        plan.text.push_str(&line(&module, replacement.as_ref())?);
        let is_explicit = explicit
            .as_ref()
            .is_some_and(|known| known.contains(&module));
        let shown = match at_least(GO_VERSIONS) {
            true => go_version_of(modules, requirements, &module),
            false => String::new(),
        };
        plan.text.push_str(&match (is_explicit, shown.as_str()) {
            (true, "") => "## explicit\n".to_owned(),
            (true, version) => format!("## explicit; go {version}\n"),
            (false, "") => String::new(),
            (false, version) => format!("## go {version}\n"),
        });
        for package in by_module.get(&module).into_iter().flatten() {
            plan.text.push_str(&format!("{}\n", package.path));
            plan.packages.push(package.clone());
        }
        told.insert(module);
    }
    if explicit.is_some() {
        plan.text.push_str(&unused_replacements(modules, told)?);
    }
    Ok(plan)
}

/// From here on modules.txt says what go.mod requires and replaces.
const EXPLICIT: &str = "1.14";
/// From here on it says the go version of modules, and their go.mod files are left out.
const GO_VERSIONS: &str = "1.17";
const NO_GO_MODS: &str = "1.17";
/// From here on what only tests embed is left out.
const NO_TEST_EMBEDS: &str = "1.22";

/// Packages of dependencies, sorted, by their modules.
fn by_module(imports: &ImportGraph) -> HashMap<ModuleVersion, Vec<Vendored>> {
    let mut found: HashMap<ModuleVersion, Vec<Vendored>> = HashMap::new();
    let mut ids: Vec<ImportId> = imports
        .ids()
        .filter(|id| !imports.is_in_main(*id))
        .collect();
    ids.sort_unstable_by_key(|id| imports.path(*id));
    for id in ids {
        let (Some(module), Some(dir)) = (imports.module(id), imports.dir(id)) else {
            continue;
        };
        let at = ModuleVersion::new(module.path.as_str(), module.version.as_str());
        found.entry(at).or_default().push(Vendored {
            path: imports.path(id).to_owned(),
            module: module.path.to_string(),
            dir: Arc::clone(dir),
        });
    }
    found
}

fn check_collisions<'m>(
    modules: impl Iterator<Item = &'m ModuleVersion>,
) -> Result<(), VendorError> {
    let mut folded: BTreeMap<String, &str> = BTreeMap::new();
    let mut paths: Vec<&str> = modules.map(|module| &*module.path).collect();
    paths.sort_unstable();
    for path in paths {
        match folded.insert(path.to_lowercase(), path) {
            Some(other) if other != path => {
                return Err(VendorError::Collision(path.to_owned(), other.to_owned()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What the main modules require, if they are new enough to be asked: one that has a go line, or a workspace.
fn explicit(modules: &Modules) -> Option<HashSet<ModuleVersion>> {
    let has_go_line = |main: &MainModule| !main.go_line().is_empty();
    let asked = modules.workspace().is_some() || modules.main_modules().iter().any(has_go_line);
    let files = modules
        .main_modules()
        .iter()
        .filter_map(|main| main.file.as_ref());
    let required = files.flat_map(|file| &file.require);
    asked.then(|| required.map(|require| require.module.clone()).collect())
}

/// The go line of the selected version of a module, as its go.mod has it.
fn go_version_of(
    modules: &Modules,
    requirements: &Arc<Requirements>,
    module: &ModuleVersion,
) -> String {
    let selected = modules.selected(requirements, &module.path).ok().flatten();
    let at = selected.map_or_else(
        || module.clone(),
        |version| ModuleVersion {
            path: module.path.clone(),
            version,
        },
    );
    let info = modules.module_info(Some(requirements), &at, InfoMode::default());
    info.go_version
}

/// Replacements that say nothing of the modules listed: whoever reads modules.txt could not tell that they do not matter.
fn unused_replacements(
    modules: &Modules,
    mut told: HashSet<ModuleVersion>,
) -> Result<String, VendorError> {
    let mut text = String::new();
    if let Some(work) = modules.workspace() {
        for replace in &work.file.replace {
            if told.insert(replace.old.clone()) {
                text.push_str(&line(&replace.old, Some(&replace.new))?);
            }
        }
    }
    for file in modules
        .main_modules()
        .iter()
        .filter_map(|main| main.file.as_ref())
    {
        for replace in &file.replace {
            if told.insert(replace.old.clone())
                && let Some(new) = modules.replacement(&replace.old)
            {
                text.push_str(&line(&replace.old, Some(&new))?);
            }
        }
    }
    Ok(text)
}

/// `# path version => path version`
fn line(
    module: &ModuleVersion,
    replacement: Option<&ModuleVersion>,
) -> Result<String, VendorError> {
    let mut text = format!("# {}", module.path);
    let version = |text: &mut String, version: &str| {
        if !version.is_empty() {
            text.push(' ');
            text.push_str(version);
        }
    };
    version(&mut text, &module.version);
    if let Some(new) = replacement {
        if gust_fs::paths::clean(Path::new(&*new.path)).starts_with("vendor") {
            return Err(VendorError::Inside(new.path.to_string()));
        }
        text.push_str(&format!(" => {}", new.path));
        version(&mut text, &new.version);
    }
    text.push('\n');
    Ok(text)
}

/// A module in the order of modules.txt.
#[derive(PartialEq, Eq)]
struct Sorted(ModuleVersion);

impl Ord for Sorted {
    fn cmp(&self, other: &Sorted) -> std::cmp::Ordering {
        self.0.compare(&other.0)
    }
}

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Sorted) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Where the vendor directory is made: `out` as it was given, or the usual place.
#[must_use]
pub fn target(modules: &Modules, out: &str) -> PathBuf {
    match out {
        "" => modules.vendor_dir(),
        out => modules.settings().cwd.join(out),
    }
}
