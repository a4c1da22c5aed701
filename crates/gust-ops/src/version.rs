//! `go version FILES`: what Go programs were built with.

use crate::error::OpError;
use crate::report::Reporter;
use crate::workspace::Workspace;
use gust_build::stamp::BuildInfo;
use gust_build::stamp::read;
use gust_fs::errtext::PathError;
use gust_fs::{FileKind, Meta, View};
use std::path::{Path, PathBuf};

/// Which files to look at.
pub struct VersionRequest {
    /// Files and directories.
    pub files: Vec<String>,
    /// Files below directories that cannot be looked at or read are told of.
    pub verbose: bool,
    /// A named file that is no Go program lets the command fail.
    pub strict: bool,
}

/// A Go program that was found.
pub struct FoundProgram<'a> {
    /// Its file.
    pub path: &'a Path,
    /// The release that built it.
    pub version: &'a str,
    /// What else it records.
    pub info: &'a BuildInfo,
}

/// How the search ended.
pub struct VersionOutcome {
    /// Something named is no Go program.
    pub failed: bool,
}

/// Looks for programs and gives each to `show`, as soon as it is found.
///
/// # Errors
/// None so far: what cannot be looked at is told to the reporter.
pub fn version(
    workspace: &Workspace,
    request: &VersionRequest,
    reporter: &dyn Reporter,
    show: &mut dyn FnMut(FoundProgram<'_>),
) -> Result<VersionOutcome, OpError> {
    let mut scan = Scan {
        view: workspace.settings().view(),
        verbose: request.verbose,
        reporter,
        show,
    };
    let mut failed = false;
    for file in &request.files {
        failed |= !scan.argument(Path::new(file)) && request.strict;
    }
    Ok(VersionOutcome { failed })
}

struct Scan<'a> {
    view: &'a View,
    verbose: bool,
    reporter: &'a dyn Reporter,
    show: &'a mut dyn FnMut(FoundProgram<'_>),
}

impl Scan<'_> {
    /// Whether a file that was named is a Go program; directories and what is not there are not asked.
    fn argument(&mut self, path: &Path) -> bool {
        let meta = match self.view.stat(path) {
            Ok(meta) => meta,
            Err(error) => {
                self.reporter.complain(&PathError::new("stat", path, error));
                return true;
            }
        };
        if !meta.is_dir() {
            return self.file(path, &meta, true);
        }
        // A walk does not enter a directory by a symbolic link, not even where it starts.
        match self.view.lstat(path) {
            Ok(link) if link.kind == FileKind::Symlink => {
                self.file(path, &link, self.verbose);
            }
            _ => self.directory(path),
        }
        true
    }

    /// All files below, in order of their names; symbolic links to directories are not followed.
    fn directory(&mut self, dir: &Path) {
        let Ok(entries) = self.view.read_dir(dir) else {
            return;
        };
        for entry in entries.iter() {
            let path = join(dir, entry.name());
            match entry.kind {
                FileKind::Dir => self.directory(&path),
                FileKind::File | FileKind::Symlink => match self.view.lstat(&path) {
                    Ok(meta) => {
                        self.file(&path, &meta, self.verbose);
                    }
                    Err(error) if self.verbose => {
                        let shown = PathError::new("lstat", &path, error);
                        self.note(format_args!("{}: {shown}", path.display()));
                    }
                    Err(_) => {}
                },
                FileKind::Other => {}
            }
        }
    }

    fn note(&self, text: std::fmt::Arguments<'_>) {
        self.reporter.note(&text);
    }

    /// Shows what a file was built with; says why it cannot when `must`. Whether it is a Go program.
    fn file(&mut self, path: &Path, meta: &Meta, must: bool) -> bool {
        let mut meta = *meta;
        if meta.kind == FileKind::Symlink {
            match self.view.stat(path) {
                Ok(target) if target.is_file() => meta = target,
                _ => {
                    if must {
                        self.note(format_args!("{}: symlink", path.display()));
                    }
                    return false;
                }
            }
        }
        let Ok(content) = self.view.map(path) else {
            if must {
                self.note(format_args!("{}", path.display()));
            }
            return false;
        };
        match read::read(&content) {
            Ok((version, info)) => {
                (self.show)(FoundProgram {
                    path,
                    version: &version,
                    info: &info,
                });
                true
            }
            Err(error) => {
                if must && is_candidate(path, &meta) {
                    let path = path.display();
                    self.note(format_args!(
                        "{path}: could not read Go build info from {path}: {error}"
                    ));
                }
                false
            }
        }
    }
}

/// Go's filepath.Join: a leading `./` goes.
fn join(dir: &Path, name: &str) -> PathBuf {
    if dir == Path::new(".") {
        PathBuf::from(name)
    } else {
        gust_fs::paths::clean(&dir.join(name))
    }
}

/// Whether one would expect a program in the file.
fn is_candidate(path: &Path, meta: &Meta) -> bool {
    if meta.is_file() && meta.is_executable() {
        return true;
    }
    let name = path.to_string_lossy().to_lowercase();
    [".so", ".exe", ".dll"]
        .iter()
        .any(|ending| name.ends_with(ending))
        || name.contains(".so.")
}
