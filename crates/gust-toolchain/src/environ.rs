//! The process environment as a value: taken once by the binary, then passed around and never asked of the system again.

use crate::vars;
use gust_fs::View;
use gust_fs::errtext::PathError;
use gust_fs::observe::Log;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A snapshot of environment variables, in the order in which the process got them.
///
/// When a name occurs twice the first one counts, as in Go's os.Getenv. Names and values are text that holds every byte (see
/// [`gust_bytes`]); whoever starts a program puts the bytes down.
#[derive(Clone, Debug, Default)]
pub struct Environ {
    vars: Vec<(OsString, OsString)>,
    index: HashMap<String, usize>,
    log: Option<Arc<Log>>,
}

impl Environ {
    /// Makes a snapshot from name and value pairs.
    pub fn new(vars: impl IntoIterator<Item = (OsString, OsString)>) -> Environ {
        let mut environ = Environ::default();
        for (name, value) in vars {
            if let Some(text) = name.to_str()
                && !environ.index.contains_key(text)
            {
                environ.index.insert(text.to_owned(), environ.vars.len());
            }
            environ.vars.push((name, value));
        }
        environ
    }

    /// Writes down in `log` which variables are read, here and in every copy.
    pub fn with_log(mut self, log: Arc<Log>) -> Environ {
        self.log = Some(log);
        self
    }

    /// The value of `name`, or the empty string when it is not set.
    pub fn get(&self, name: &str) -> &str {
        self.lookup(name).and_then(OsStr::to_str).unwrap_or("")
    }

    /// The value of `name` as the system gave it, if it is set at all.
    pub fn lookup(&self, name: &str) -> Option<&OsStr> {
        if let Some(log) = &self.log {
            log.note_variable(name);
        }
        self.index.get(name).map(|&at| self.vars[at].1.as_os_str())
    }

    /// All variables in their order, for a child.
    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        if let Some(log) = &self.log {
            log.note_whole_environment();
        }
        self.unread()
    }

    /// All variables in their order, for one who writes down himself when they are handed on, or compares them.
    pub fn unread(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.vars
            .iter()
            .map(|(n, v)| (n.as_os_str(), v.as_os_str()))
    }

    /// The snapshot with `name` set to `value`: replaced where it stands, or added at the end.
    pub fn set(&mut self, name: &str, value: impl Into<OsString>) {
        match self.index.get(name) {
            Some(&at) => self.vars[at].1 = value.into(),
            None => {
                self.index.insert(name.to_owned(), self.vars.len());
                self.vars.push((name.into(), value.into()));
            }
        }
    }

    /// The snapshot without `name`.
    pub fn remove(&mut self, name: &str) {
        if self.index.contains_key(name) {
            let kept = std::mem::take(&mut self.vars)
                .into_iter()
                .filter(|(n, _)| n != name);
            let log = self.log.take();
            *self = Environ {
                log,
                ..Environ::new(kept.collect::<Vec<_>>())
            };
        }
    }

    /// The directories of PATH, empty ones included.
    pub fn path_dirs(&self) -> impl Iterator<Item = PathBuf> {
        let path = self.lookup(vars::PATH).unwrap_or_default();
        std::env::split_paths(path).collect::<Vec<_>>().into_iter()
    }

    /// Finds an executable file as Go's exec.LookPath does: names with a slash are taken as they are, relative PATH entries are
    /// not trusted.
    pub fn look_path(&self, view: &View, name: &str) -> Option<PathBuf> {
        if name.contains('/') {
            return is_executable(view, Path::new(name)).then(|| PathBuf::from(name));
        }
        let dirs = self.path_dirs().filter(|dir| dir.is_absolute());
        dirs.map(|dir| dir.join(name))
            .find(|file| is_executable(view, file))
    }
}

impl Environ {
    /// Why [`Environ::look_path`] found nothing, as Go's exec.Error says it behind the name.
    pub fn why_not_found(&self, view: &View, name: &str) -> String {
        if !name.contains('/') {
            return "executable file not found in $PATH".to_owned();
        }
        match view.stat(Path::new(name)) {
            Err(error) => PathError::new("stat", Path::new(name), error).to_string(),
            Ok(meta) if meta.is_dir() => "is a directory".to_owned(),
            Ok(_) => "permission denied".to_owned(),
        }
    }
}

/// Whether the file may be run by someone: a regular file with an executable bit.
pub fn is_executable(view: &View, path: &Path) -> bool {
    view.stat(path)
        .is_ok_and(|meta| meta.is_file() && meta.is_executable())
}
