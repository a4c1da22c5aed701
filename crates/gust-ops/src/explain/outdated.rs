//! `gust outdated`: which required modules have newer versions, and what is said against the present ones.

use super::Selected;
use crate::error::OpError;
use crate::workspace::Workspace;
use gust_modules::query::Allow;
use gust_modules::{Modules, ModulesError};
use gust_syntax::module::{ModuleVersion, Version, split_path_version};
use gust_syntax::{gover, semver};

/// Which modules are looked at.
pub struct OutdatedRequest {
    /// All of the build list, and not only what a main module needs itself.
    pub all: bool,
}

/// What there is to say of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outdated {
    /// The module at its present version.
    pub module: ModuleVersion,
    /// The highest version that differs in its last number only.
    pub patch: Option<Version>,
    /// The highest version of this module.
    pub minor: Option<Version>,
    /// The highest version of the highest major version, which is a module of its own.
    pub major: Option<ModuleVersion>,
    /// Why the present version was withdrawn, if it was; a line each, none when no reason is given.
    pub retracted: Option<Vec<String>>,
    /// The notice that the module is deprecated; empty if it is not.
    pub deprecated: String,
    /// What could not be found out, in words.
    pub error: Option<String>,
}

impl Outdated {
    /// Whether there is anything to say at all.
    pub fn is_news(&self) -> bool {
        let newer = self.patch.is_some() || self.minor.is_some() || self.major.is_some();
        let warned = self.retracted.is_some() || !self.deprecated.is_empty();
        newer || warned || self.error.is_some()
    }
}

/// Asks for all of them at once. Modules without news are left out.
///
/// # Errors
/// [`OpError`] when the module graph cannot be had. What cannot be found out of a module is told with it.
pub fn outdated(
    workspace: &Workspace,
    request: &OutdatedRequest,
) -> Result<Vec<Outdated>, OpError> {
    let selected = Selected::load(workspace)?;
    let selection = &selected.selection;
    let looked_at = selection
        .modules()
        .iter()
        .enumerate()
        .filter(|(index, module)| {
            let counts = request.all || selected.own.contains(index);
            counts && !selection.is_start(*index) && !gover::is_toolchain_module(&module.path)
        });
    let looked_at: Vec<&ModuleVersion> = looked_at.map(|(_, module)| module).collect();
    let modules = selected.modules;
    let mut found = modules
        .fetcher()
        .for_all(looked_at.len(), |i| look_at(modules, looked_at[i]));
    found.retain(Outdated::is_news);
    Ok(found)
}

fn look_at(modules: &Modules, module: &ModuleVersion) -> Outdated {
    let mut outdated = Outdated {
        module: module.clone(),
        patch: None,
        minor: None,
        major: None,
        retracted: None,
        deprecated: String::new(),
        error: None,
    };
    if let Err(error) = ask(modules, module, &mut outdated) {
        outdated.error = Some(error.to_string());
    }
    outdated
}

fn ask(
    modules: &Modules,
    module: &ModuleVersion,
    outdated: &mut Outdated,
) -> Result<(), ModulesError> {
    let newer = |query: &str| -> Result<Option<Version>, ModulesError> {
        let info = modules.query(&module.path, query, &module.version, Allow::Good)?;
        let version = Version::new(info.version.as_str());
        Ok((version != module.version).then_some(version))
    };
    outdated.minor = newer("upgrade")?;
    outdated.patch = match outdated.minor {
        Some(_) => newer("patch")?,
        None => None,
    };
    outdated.major = next_major(modules, &module.path);
    outdated.deprecated = modules.deprecation(module)?;
    outdated.retracted = match modules.check_retracted(module) {
        Err(error) if error.is_disallowed() => Some(error.rationale().to_vec()),
        Err(error) => return Err(error),
        Ok(()) => None,
    };
    Ok(())
}

/// The highest version of the highest major version above the path's own: asked for one after the other, until there is none.
/// Such paths are guesses: whatever a proxy answers instead of a version, there is none for whoever asks.
fn next_major(modules: &Modules, path: &str) -> Option<ModuleVersion> {
    let (prefix, major) = split_path_version(path)?;
    let separator = if major.starts_with('.') { ".v" } else { "/v" };
    let number = major.trim_start_matches(['/', '.', 'v']);
    let number = number.trim_end_matches("-unstable").parse().unwrap_or(1);
    let mut found = None;
    for number in u32::max(number, 1) + 1.. {
        let path = format!("{prefix}{separator}{number}");
        match modules.latest_of_guess(&path) {
            Ok(info) if semver::major(&info.version) == format!("v{number}") => {
                found = Some(ModuleVersion::new(path, info.version));
            }
            _ => break,
        }
    }
    found
}
