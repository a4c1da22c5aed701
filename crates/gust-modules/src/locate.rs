//! Where a command stands: in a module, a workspace, neither, or without modules at all.

use std::path::{Path, PathBuf};

use gust_fs::View;
use gust_fs::paths::{nearest, relative};

use crate::error::ModulesError;
use crate::paths;
use crate::settings::{ModuleSettings, RootMode};

/// Where a command stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// GOPATH mode.
    NoModules,
    /// Modules, but no main module.
    Outside,
    /// In the module of that directory.
    Module(PathBuf),
    /// In the workspace of that go.work.
    Workspace(PathBuf),
}

/// What was found, and what is to be said about it.
#[derive(Clone, Debug)]
pub struct Located {
    /// Where.
    pub place: Place,
    /// Warnings, whole lines.
    pub warnings: Vec<String>,
    /// What comes after these: the command needs a main module, and the one that is there does not count.
    pub refused: Option<ModulesError>,
}

/// The nearest directory from `dir` upwards that holds a go.mod.
pub fn module_root(view: &View, dir: &Path) -> Option<PathBuf> {
    nearest(view, dir, "go.mod", None)
}

/// The go.work in force for a directory, by GOWORK. `goroot` is not crossed upwards.
///
/// # Errors
/// GOWORK is not an absolute path.
pub fn work_file(
    view: &View,
    dir: &Path,
    gowork: &str,
    goroot: &Path,
) -> Result<Option<PathBuf>, ModulesError> {
    match gowork {
        "off" => return Ok(None),
        "" | "auto" => {}
        file if !Path::new(file).is_absolute() => {
            return Err(ModulesError::text("invalid GOWORK: not an absolute path"));
        }
        file => return Ok(Some(PathBuf::from(file))),
    }
    let dir = nearest(view, dir, "go.work", Some(goroot));
    Ok(dir.map(|dir| dir.join("go.work")))
}

/// Finds out where a command stands.
///
/// # Errors
/// Settings that contradict each other, or no main module where the command needs one.
pub fn locate(view: &View, settings: &ModuleSettings) -> Result<Located, ModulesError> {
    let must_use = match settings.go111module.as_str() {
        "" | "on" => true,
        "auto" => settings.force_modules,
        "off" if settings.force_modules => return Err(ModulesError::Disabled),
        "off" => {
            return Ok(Located {
                place: Place::NoModules,
                warnings: Vec::new(),
                refused: None,
            });
        }
        other => return Err(ModulesError::UnknownGo111Module(other.to_owned())),
    };
    let mut warnings = Vec::new();
    let place = place(view, settings, &mut warnings)?;
    if let Some(modfile) = settings
        .modfile
        .as_deref()
        .filter(|file| !file.ends_with(".mod"))
    {
        return Err(ModulesError::text(format!(
            "-modfile={modfile}: file does not have .mod extension"
        )));
    }
    let needed = settings.root == RootMode::Needed;
    let refused = (needed && place == Place::Outside)
        .then_some(ModulesError::NoMainModule { workspace: false });
    let mut located = Located {
        place,
        warnings,
        refused,
    };
    if located.place == Place::Outside && !must_use && settings.root != RootMode::Ignored {
        located.place = Place::NoModules;
    }
    if located.place != Place::NoModules
        && let Some(gopath) = settings.gopath.first()
        && view.exists(&gopath.join("go.mod"))
    {
        located.warnings.push(format!(
            "go: warning: ignoring go.mod in $GOPATH {}",
            gopath.display()
        ));
        if settings.root == RootMode::Needed {
            located.refused = Some(ModulesError::NoMainModule { workspace: false });
        }
    }
    Ok(located)
}

fn place(
    view: &View,
    settings: &ModuleSettings,
    warnings: &mut Vec<String>,
) -> Result<Place, ModulesError> {
    if settings.root == RootMode::Ignored {
        if settings.modfile.is_some() && !settings.modfile_in_goflags {
            return Err(ModulesError::text(
                "-modfile cannot be used with commands that ignore the current module",
            ));
        }
        return Ok(Place::Outside);
    }
    if settings.workspaces
        && let Some(file) = work_file(view, &settings.cwd, &settings.gowork, &settings.goroot)?
    {
        if settings.modfile.is_some() {
            return Err(ModulesError::text(
                "-modfile cannot be used in workspace mode",
            ));
        }
        return Ok(Place::Workspace(file));
    }
    let needed = settings.root == RootMode::Needed;
    match module_root(view, &settings.cwd) {
        None if settings.modfile.is_some() => Err(ModulesError::text(
            "cannot find main module, but -modfile was set.\n\t-modfile cannot be used to set the module root directory.",
        )),
        None if needed => Err(ModulesError::NoMainModule { workspace: false }),
        None => Ok(Place::Outside),
        // Who tries something in the system's temporary directory does not want every command below it to see it.
        Some(root)
            if paths::in_dir(view, &root, &settings.temp_dir)
                .is_some_and(|rel| rel == Path::new(".")) =>
        {
            let dir = settings.temp_dir.display();
            warnings.push(format!(
                "go: warning: ignoring go.mod in system temp root {dir}"
            ));
            Ok(Place::Outside)
        }
        Some(root) => Ok(Place::Module(root)),
    }
}

/// The error for a command that needs a main module where there is none: a repository nearby is pointed out.
pub fn no_main_module(view: &View, settings: &ModuleSettings, workspace: bool) -> ModulesError {
    if settings.go111module == "off" {
        return ModulesError::Disabled;
    }
    if workspace || paths::in_dir(view, &settings.cwd, &settings.goroot).is_some() {
        return ModulesError::NoMainModule { workspace };
    }
    const CONFIG: &str = ".git/config";
    let cwd = paths::clean(&settings.cwd);
    let Some(dir) = nearest(view, &cwd, CONFIG, None) else {
        return ModulesError::NoMainModule { workspace };
    };
    let rel = relative(&cwd, &dir).unwrap_or_else(|| dir.clone());
    let cd = if rel == Path::new(".") {
        String::new()
    } else {
        format!("cd {} && ", rel.display())
    };
    ModulesError::NoMainModuleInRepository {
        name: CONFIG.to_owned(),
        dir: dir.display().to_string(),
        cd,
    }
}
