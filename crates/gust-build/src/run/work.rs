//! The work directory: made when something is first put into it, and gone when the build is over.

use gust_toolchain::vars;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gust_fs::temp::TempDir;

use super::Sink;
use super::error::BuildError;
use crate::site::lock;
use gust_toolchain::Settings;
use std::collections::HashSet;
use std::sync::Mutex;

/// The work directory of one build.
#[derive(Debug)]
pub struct Work {
    parent: PathBuf,
    made: OnceLock<TempDir>,
    path: OnceLock<String>,
    making: Mutex<()>,
    dirs: Mutex<HashSet<String>>,
}

impl Work {
    /// A work directory to be made in `parent`.
    pub(crate) fn new(parent: PathBuf) -> Work {
        Work {
            parent,
            made: OnceLock::new(),
            path: OnceLock::new(),
            making: Mutex::new(()),
            dirs: Mutex::default(),
        }
    }

    /// One to be made in `parent`. That there is such a place is seen to before any work, whether it will be needed or not.
    ///
    /// # Errors
    /// [`BuildError::Other`] when nothing can be made there.
    pub(crate) fn checked(parent: PathBuf) -> Result<Work, BuildError> {
        let parent = gust_fs::paths::absolute(&parent).unwrap_or(parent);
        match gust_fs::disk::check_writable(&parent) {
            Ok(()) => Ok(Work::new(parent)),
            Err(error) => Err(no_place(&parent, &error)),
        }
    }

    /// One that is made now, and named: scripts of -x begin so.
    ///
    /// # Errors
    /// [`BuildError::Other`] when it cannot be made.
    pub fn named(settings: &Settings, sink: &dyn Sink) -> Result<Work, BuildError> {
        let work = Work::new(parent(settings));
        let line = format!("WORK={}\n", work.path()?);
        sink.output(None, line.as_bytes());
        Ok(work)
    }

    /// One that is never made, for commands that are never run. It is called `path`.
    pub(crate) fn placeholder(path: &str) -> Work {
        let work = Work::new(PathBuf::new());
        let _ = work.path.set(path.to_owned());
        work
    }

    /// Its path, if it was made.
    pub(crate) fn known(&self) -> &str {
        self.path.get().map_or("", String::as_str)
    }

    /// Its path; it is made when it was not.
    pub(crate) fn path(&self) -> Result<&str, BuildError> {
        if let Some(path) = self.path.get() {
            return Ok(path);
        }
        let _making = lock(&self.making);
        if self.path.get().is_none() {
            let parent =
                gust_fs::paths::absolute(&self.parent).unwrap_or_else(|_| self.parent.clone());
            let dir =
                TempDir::new_in(&parent, "go-build").map_err(|error| no_place(&parent, &error))?;
            let _ = self.path.set(dir.path().to_string_lossy().into_owned());
            let _ = self.made.set(dir);
        }
        Ok(self.known())
    }

    /// The directory of an action, with a slash at the end.
    pub(crate) fn objdir(&self, number: u32) -> Result<String, BuildError> {
        Ok(format!("{}/b{number:03}/", self.path()?))
    }

    /// Notes that a directory is made; false when it was before.
    pub(crate) fn first_use(&self, dir: &str) -> bool {
        lock(&self.dirs).insert(dir.to_owned())
    }

    /// Was the directory made by this build?
    pub(crate) fn has_made(&self, dir: &str) -> bool {
        lock(&self.dirs).contains(dir)
    }

    /// Leaves it on the disk.
    pub fn keep(&mut self) {
        if let Some(dir) = self.made.take() {
            dir.keep();
        }
    }
}

fn no_place(parent: &Path, error: &std::io::Error) -> BuildError {
    let why = gust_fs::errtext::go_text(error);
    let what = match error.kind() {
        std::io::ErrorKind::NotFound => format!("stat {}", parent.display()),
        _ => {
            let name = format!("go-build{}", gust_fs::write::unique());
            format!("mkdir {}", parent.join(name).display())
        }
    };
    BuildError::Other(format!("go: creating work dir: {what}: {why}"))
}

/// Where work directories are made: GOTMPDIR, or the system's place.
pub(crate) fn parent(settings: &Settings) -> PathBuf {
    let dir = settings.get(vars::GOTMPDIR);
    match dir.is_empty() {
        true => gust_toolchain::locate::temp_dir(settings),
        false => Path::new(dir).to_path_buf(),
    }
}
