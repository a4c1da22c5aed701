//! `gust upgrade`: newer versions of what a main module requires itself, by level; what go.mod would say is there to be shown before
//! it is written.

use super::Selected;
use crate::error::OpError;
use crate::get::{Decided, decide};
use crate::modules::failure;
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_edit::get::{Change, GetRequest};
use gust_modules::query::Allow;
use gust_modules::{Modules, ModulesError};
use gust_syntax::gover;
use gust_syntax::module::ModuleVersion;
use gust_text::diff;

/// What is to be upgraded.
pub struct UpgradeRequest {
    /// The flags of a build: they say how packages are loaded.
    pub flags: BuildFlags,
    /// Paths of modules; none for all that a main module needs itself.
    pub modules: Vec<String>,
    /// How far.
    pub level: Level,
}

/// How far versions may go up. A new major version is another module, with other import paths: no upgrade leads to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// To one that differs in its last number only.
    Patch,
    /// To the highest one.
    Minor,
}

impl Level {
    /// The level of a name, if there is one.
    pub fn named(name: &str) -> Option<Level> {
        match name {
            "patch" => Some(Level::Patch),
            "minor" => Some(Level::Minor),
            _ => None,
        }
    }

    fn query(self) -> &'static str {
        match self {
            Level::Patch => "patch",
            Level::Minor => "upgrade",
        }
    }
}

/// A request that cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum UpgradeError {
    /// There is no such module to be upgraded.
    #[error("module {path} is not in the module graph")]
    Unknown {
        /// As it was given.
        path: String,
    },
}

/// What an upgrade comes to. Nothing is written yet.
pub struct Upgrade<'w> {
    /// None where nothing is to be had.
    decided: Option<Decided<'w>>,
    passed_over: Vec<ModulesError>,
}

/// Finds out which versions there are, and what the main module would have to require.
///
/// # Errors
/// [`OpError`] when the module graph cannot be had, when it lacks a module that was named, or when versions cannot be had.
pub fn upgrade<'w>(
    workspace: &'w Workspace,
    request: &UpgradeRequest,
) -> Result<Upgrade<'w>, OpError> {
    let selected = Selected::load(workspace)?;
    let present = present(&selected, request)?;
    let modules = selected.modules;
    let fetcher = modules.fetcher();
    let newer = fetcher.for_all(present.len(), |i| newer(modules, present[i], request.level));
    let (mut arguments, mut passed_over) = (Vec::new(), Vec::new());
    for newer in newer {
        match newer {
            Ok(Some(newer)) => arguments.push(format!("{}@{}", newer.path, newer.version)),
            Ok(None) => {}
            Err(error) if request.modules.is_empty() => passed_over.push(error),
            Err(error) => return Err(failure(workspace, error)),
        }
    }
    let asked = GetRequest {
        arguments,
        ..GetRequest::default()
    };
    let decided = match asked.arguments.is_empty() {
        true => None,
        false => Some(decide(workspace, &request.flags, asked)?),
    };
    Ok(Upgrade {
        decided,
        passed_over,
    })
}

impl Upgrade<'_> {
    /// What changes in go.mod, as a unified diff; empty if nothing does.
    pub fn diff(&self) -> String {
        let Some(decided) = &self.decided else {
            return String::new();
        };
        let [before, after] = decided.got.edits.go_mod(decided.modules);
        diff::unified("go.mod", &before, "go.mod upgraded", &after)
    }

    /// The modules that are required at other versions.
    pub fn changes(&self) -> &[Change] {
        let decided = self.decided.as_ref();
        decided.map_or(&[], |decided| &decided.got.changes)
    }

    /// Why modules stay as they are that nobody named: what is wrong with the versions that they would go up to.
    pub fn passed_over(&self) -> &[ModulesError] {
        &self.passed_over
    }

    /// Writes go.mod and go.sum.
    ///
    /// # Errors
    /// [`OpError`] when they may not be written, or could not be.
    pub fn write(self, workspace: &Workspace) -> Result<(), OpError> {
        let Some(decided) = self.decided else {
            return Ok(());
        };
        decided.write(workspace)?;
        decided.end();
        Ok(())
    }
}

/// The modules that were named, or all that a main module needs itself, at their present versions.
fn present<'s>(
    selected: &'s Selected<'_>,
    request: &UpgradeRequest,
) -> Result<Vec<&'s ModuleVersion>, UpgradeError> {
    let selection = &selected.selection;
    let named = request.modules.iter().map(|path| {
        let found = selection.find(path);
        let found = found.filter(|module| !selection.is_start(*module));
        let found = found.map(|module| &selection.modules()[module]);
        found.ok_or_else(|| UpgradeError::Unknown { path: path.clone() })
    });
    if !request.modules.is_empty() {
        return named.collect();
    }
    let modules = selection.modules().iter().enumerate();
    let own = modules.filter(|(index, module)| {
        let is_release = gover::is_toolchain_module(&module.path);
        selected.own.contains(index) && !selection.is_start(*index) && !is_release
    });
    Ok(own.map(|(_, module)| module).collect())
}

/// The version to go up to, if it is another one. That a module can be required at it is found out at once: a release that was
/// made wrongly is to keep nobody else from going up.
fn newer(
    modules: &Modules,
    present: &ModuleVersion,
    level: Level,
) -> Result<Option<ModuleVersion>, ModulesError> {
    let info = modules.query(&present.path, level.query(), &present.version, Allow::Good)?;
    let found = ModuleVersion::new(present.path.clone(), info.version);
    if found.version == present.version {
        return Ok(None);
    }
    modules.go_mod(&found)?;
    Ok(Some(found))
}
