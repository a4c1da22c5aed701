//! `go work init` and `go work use`: which modules are worked on together.

use super::{WorkError, found, raise_go, read, required, write};
use crate::error::OpError;
use crate::modules::failure;
use crate::report::Reporter;
use crate::workspace::Workspace;
use gust_fs::errtext::PathError;
use gust_fs::paths::{clean, relative};
use gust_fs::{FileKind, View};
use gust_modules::{ModuleSettings, ModulesError, mains};
use gust_syntax::gover;
use gust_syntax::gowork::WorkFile;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Which directories.
pub struct UseRequest {
    /// As they were typed.
    pub dirs: Vec<String>,
    /// -r: and all below them.
    pub recursive: bool,
}

/// A directory that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UseError {
    /// It is not there.
    #[error("directory {} does not exist", .0.display())]
    Absent(PathBuf),
    /// It is something else.
    #[error("{} is not a directory", .0.display())]
    NoDirectory(PathBuf),
    /// Its go.mod is none.
    #[error("{} is not a regular file", .0.display())]
    NoFile(PathBuf),
    /// It is named twice, once relative to go.work and once not.
    #[error("already added \"{again}\" as \"{first}\"")]
    Twice {
        /// The name that comes later.
        again: String,
        /// The first.
        first: String,
    },
    /// It cannot be looked at.
    #[error(transparent)]
    File(PathError),
}

/// Makes a go.work that uses these directories.
///
/// # Errors
/// [`OpError`] when there is one, or a directory cannot be used: nothing is written.
pub fn init(
    workspace: &Workspace,
    dirs: Vec<String>,
    reporter: &dyn Reporter,
) -> Result<(), OpError> {
    let path = found(workspace)?;
    let path = path.unwrap_or_else(|| workspace.settings().cwd().join("go.work"));
    if workspace.view()?.exists(&path) {
        return Err(WorkError::Exists(path).into());
    }
    let mut file = WorkFile::default();
    let release = workspace.module_settings()?.release.version;
    file.set_go(&release)
        .map_err(|error| ModulesError::text(format!("internal error: {error}")))?;
    let request = UseRequest {
        dirs,
        recursive: false,
    };
    change(workspace, &path, file, &request, reporter)
}

/// Makes the go.work in force use these directories, or no longer those that have lost their module.
///
/// # Errors
/// [`OpError`] when there is no go.work, or a directory cannot be used: nothing is written.
pub fn uses(
    workspace: &Workspace,
    request: &UseRequest,
    reporter: &dyn Reporter,
) -> Result<(), OpError> {
    let path = required(workspace)?;
    let file = read(workspace, &path)?;
    change(workspace, &path, file, request, reporter)
}

fn change(
    workspace: &Workspace,
    path: &Path,
    mut file: WorkFile,
    request: &UseRequest,
    reporter: &dyn Reporter,
) -> Result<(), OpError> {
    let settings = workspace.module_settings()?;
    let mut change = Change {
        view: workspace.view()?,
        settings: &settings,
        dir: path.parent().unwrap_or(Path::new("/")).to_owned(),
        keep: BTreeMap::new(),
        errors: Vec::new(),
    };
    let used = change.used(&file);
    for dir in &request.dirs {
        change.argument(dir, request.recursive, &used, reporter);
    }
    for (dir, keep) in &change.keep {
        let none = BTreeSet::new();
        for name in used.get(dir).unwrap_or(&none) {
            if keep.as_ref() != Some(name) {
                file.drop_use(name);
            }
        }
        if let Some(keep) = keep {
            file.add_use(keep);
        }
    }
    let version = change.go_version(&file);
    if let Some(error) = ModulesError::of(std::mem::take(&mut change.errors)) {
        return Err(failure(workspace, error));
    }
    raise_go(&mut file, &version);
    write(workspace, path, file)
}

/// What becomes of directories.
struct Change<'a> {
    view: &'a View,
    settings: &'a ModuleSettings,
    /// That of go.work.
    dir: PathBuf,
    /// The name that each directory is to be used by; nothing if it is not to be.
    keep: BTreeMap<PathBuf, Option<String>>,
    errors: Vec<ModulesError>,
}

impl Change<'_> {
    fn fail(&mut self, error: impl std::fmt::Display) {
        self.errors.push(ModulesError::text(error.to_string()));
    }

    /// The directories of a go.work, and the names by which it has them.
    fn used(&self, file: &WorkFile) -> BTreeMap<PathBuf, BTreeSet<String>> {
        let mut used: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
        for entry in &file.uses {
            let dir = clean(&self.dir.join(&entry.path));
            used.entry(dir).or_default().insert(entry.path.clone());
        }
        used
    }

    /// The directory as it is, and by the name that go.work is to have for it.
    fn names(&self, dir: &str) -> (PathBuf, String) {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        if Path::new(dir).is_absolute() {
            let path = clean(Path::new(dir));
            return (path.clone(), text(&path));
        }
        let path = clean(&self.settings.cwd.join(dir));
        let name = match relative(&self.dir, &path) {
            Some(seen) => directory_path(&text(&seen)),
            None => text(&path),
        };
        (path, name)
    }

    fn short(&self, path: &Path) -> PathBuf {
        gust_fs::paths::short(&self.settings.cwd, path)
    }

    fn argument(
        &mut self,
        dir: &str,
        recursive: bool,
        used: &BTreeMap<PathBuf, BTreeSet<String>>,
        reporter: &dyn Reporter,
    ) {
        let (path, _) = self.names(dir);
        match self.view.stat(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return self.fail(UseError::Absent(self.short(&path)));
            }
            Err(error) => {
                return self.fail(UseError::File(PathError::new("stat", &path, error)));
            }
            Ok(meta) if !meta.is_dir() => {
                return self.fail(UseError::NoDirectory(self.short(&path)));
            }
            Ok(_) => {}
        }
        if !recursive {
            return self.look(dir);
        }
        self.walk(dir.trim_end_matches('/'), reporter);
        for gone in used.keys().filter(|used| used.starts_with(&path)) {
            self.keep.entry(gone.clone()).or_insert(None);
        }
    }

    /// The directory and all below it. Links are not followed.
    fn walk(&mut self, dir: &str, reporter: &dyn Reporter) {
        self.look(if dir.is_empty() { "/" } else { dir });
        let Ok(listed) = self.view.read_dir(&self.settings.cwd.join(dir)) else {
            return;
        };
        for entry in listed.iter() {
            let below = match dir {
                "." => entry.name().to_owned(),
                dir => format!("{dir}/{}", entry.name()),
            };
            match entry.kind {
                FileKind::Dir => self.walk(&below, reporter),
                FileKind::Symlink if self.view.is_dir(&self.settings.cwd.join(&below)) => {
                    let path = self.short(Path::new(&below));
                    reporter.note(&format_args!(
                        "warning: ignoring symlink {}",
                        path.display()
                    ));
                }
                _ => {}
            }
        }
    }

    /// One directory: it is used if it has a go.mod.
    fn look(&mut self, dir: &str) {
        let (path, name) = self.names(dir);
        let file = path.join("go.mod");
        match self.view.stat(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                self.keep.insert(path, None);
            }
            Err(error) => self.fail(UseError::File(PathError::new("stat", &file, error))),
            Ok(meta) if !meta.is_file() => self.fail(UseError::NoFile(self.short(&file))),
            Ok(_) => {
                if let Some(Some(first)) = self.keep.get(&path)
                    && *first != name
                {
                    let (again, first) = (name.clone(), first.clone());
                    self.fail(UseError::Twice { again, first });
                }
                self.keep.insert(path, Some(name));
            }
        }
    }

    /// The highest go version of go.work and of the modules that it uses.
    fn go_version(&mut self, file: &WorkFile) -> String {
        let mut version = file.go_version().to_owned();
        for entry in &file.uses {
            let go_mod = clean(&self.dir.join(&entry.path)).join("go.mod");
            match mains::read_go_mod(self.view, self.settings, &go_mod) {
                Err(error) => self.errors.push(error),
                Ok(file) if gover::compare(file.go_version(), &version).is_gt() => {
                    version = file.go_version().to_owned();
                }
                Ok(_) => {}
            }
        }
        version
    }
}

/// A path that cannot be taken for an import path.
pub(super) fn directory_path(path: &str) -> String {
    match gust_syntax::modfile::is_directory_path(path) {
        true => path.to_owned(),
        false => format!("./{path}"),
    }
}
