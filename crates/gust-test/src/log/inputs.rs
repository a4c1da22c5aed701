//! What a test looked at, as it is now, in one hash.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use gust_cache::{ActionId, Hasher, Hashing};
use gust_fs::View;
use gust_fs::errtext::PathError;
use gust_fs::meta::{FileKind, Meta};
use gust_fs::paths::clean;
use gust_fs::view::entry_path;
use gust_modules::paths::in_dir;
use gust_text::quote::quote_bytes;
use gust_toolchain::Environ;

use super::entries::{Entry, entries};
use crate::zone::Zone;

/// A file that changed within this time may change again without a sign of it.
const TOO_NEW_NS: i64 = 2_000_000_000;

/// What the inputs are looked at with.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// Makes IDs.
    pub hashing: &'a Hashing,
    /// The disk, without an overlay, and with nothing remembered from before the run: tests change files.
    pub view: &'a View,
    /// The environment with every GO setting resolved.
    pub environ: &'a Environ,
    /// The zone that times of files are told in.
    pub zone: &'a Zone,
}

/// Why the inputs have no ID. Displayed as `GODEBUG=gocachetest=1` has it.
#[derive(Debug, thiserror::Error)]
pub enum InputsError {
    /// A line of the log that says nothing.
    #[error("input list malformed ({})", quote_bytes(.line))]
    Malformed {
        /// The line.
        line: Vec<u8>,
    },
    /// A file that may still change unseen.
    #[error("input file {}: file used as input is too new", .path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
    },
    /// Neither file, directory nor link: what it gave to the test is not known.
    #[error("input file {}: not a regular file", .path.display())]
    Special {
        /// Its path.
        path: PathBuf,
    },
}

/// The ID of what `log` speaks of, for a test that starts in `dir` and whose files are those below `root`.
pub(crate) fn inputs_id(
    look: Look<'_>,
    log: &[u8],
    dir: &Path,
    root: &Path,
) -> Result<ActionId, InputsError> {
    let mut hasher = look.hashing.hasher("testInputs");
    // The runtime asks for it in every program, and not by way of the log.
    look.variable(&mut hasher, gust_toolchain::vars::GODEBUG.as_bytes());
    let mut cwd = dir;
    let counts = |path: &Path| in_dir(look.view, path, root).is_some();
    for entry in entries(log) {
        let entry = entry.map_err(|line| InputsError::Malformed {
            line: line.to_vec(),
        })?;
        match entry {
            Entry::Getenv(name) => look.variable(&mut hasher, name),
            Entry::Chdir(path) => {
                cwd = path;
                let id = look.stat(path)?;
                write_path(&mut hasher, "chdir", path, id);
            }
            Entry::Stat(path) => {
                let path = absolute(cwd, path);
                if counts(&path) {
                    let id = look.stat(&path)?;
                    write_path(&mut hasher, "stat", &path, id);
                }
            }
            Entry::Open(path) => {
                let path = absolute(cwd, path);
                if counts(&path) {
                    let id = look.open(&path)?;
                    write_path(&mut hasher, "open", &path, id);
                }
            }
        }
    }
    Ok(hasher.finish())
}

fn absolute(cwd: &Path, path: &Path) -> PathBuf {
    match path.is_absolute() {
        true => path.to_owned(),
        false => clean(&cwd.join(path)),
    }
}

fn write_path(hasher: &mut Hasher<'_>, what: &str, path: &Path, id: ActionId) {
    hasher.print(format_args!("{what} {} {id}\n", path.display()));
}

impl Look<'_> {
    fn variable(&self, hasher: &mut Hasher<'_>, name: &[u8]) {
        let name = gust_bytes::text(name);
        let mut value = self.hashing.hasher("getenv");
        match self.environ.lookup(&name) {
            None => value.write(&[0]),
            Some(text) => {
                value.write(&[1]);
                value.write(text.as_encoded_bytes());
            }
        }
        let id = value.finish();
        hasher.print(format_args!("env {name} {id}\n"));
    }

    /// What a path names, with links followed and not.
    fn stat(&self, path: &Path) -> Result<ActionId, InputsError> {
        let mut hasher = self.hashing.hasher("stat");
        for (op, found) in [
            ("stat", self.view.stat(path)),
            ("lstat", self.view.lstat(path)),
        ] {
            let line = self.line(op, path, found.as_ref())?;
            hasher.write(&gust_bytes::raw(&line));
        }
        Ok(hasher.finish())
    }

    /// A file by its size and time, a directory by those of what is in it.
    fn open(&self, path: &Path) -> Result<ActionId, InputsError> {
        let mut hasher = self.hashing.hasher("open");
        let found = self.view.stat(path);
        let line = self.line("stat", path, found.as_ref())?;
        hasher.write(&gust_bytes::raw(&line));
        match found {
            Ok(meta) if meta.is_dir() => self.list(&mut hasher, path)?,
            Ok(meta) if gust_fs::meta::now_ns() - meta.sig.mtime_ns < TOO_NEW_NS => {
                return Err(InputsError::TooNew {
                    path: path.to_owned(),
                });
            }
            _ => {}
        }
        Ok(hasher.finish())
    }

    fn list(&self, hasher: &mut Hasher<'_>, dir: &Path) -> Result<(), InputsError> {
        let listing = match self.view.read_dir(dir) {
            Ok(listing) => listing,
            Err(error) => {
                hasher.write(&gust_bytes::raw(&error_line("open", dir, error)));
                return Ok(());
            }
        };
        for entry in listing.iter() {
            hasher.print(format_args!("file {} ", entry.name()));
            let path = entry_path(dir, entry);
            let line = self.line("lstat", &path, self.view.lstat(&path).as_ref())?;
            hasher.write(&gust_bytes::raw(&line));
        }
        Ok(())
    }

    /// `stat SIZE MODE TIME ISDIR`, or why there is none.
    fn line(
        &self,
        op: &'static str,
        path: &Path,
        found: Result<&Meta, &io::Error>,
    ) -> Result<String, InputsError> {
        let meta = match found {
            Ok(meta) => meta,
            Err(error) => {
                let error = match error.raw_os_error() {
                    Some(code) => io::Error::from_raw_os_error(code),
                    None => io::Error::new(error.kind(), error.to_string()),
                };
                return Ok(error_line(op, path, error));
            }
        };
        let Some(mode) = go_mode(meta) else {
            return Err(InputsError::Special {
                path: path.to_owned(),
            });
        };
        let time = self.zone.text(meta.sig.mtime_ns);
        let mut line = String::with_capacity(80);
        // Formatting into a string does not fail.
        let _ = writeln!(line, "stat {} {mode:x} {time} {}", meta.size, meta.is_dir());
        Ok(line)
    }
}

fn error_line(op: &'static str, path: &Path, error: io::Error) -> String {
    format!("err {}\n", PathError::new(op, path, error))
}

/// A file's mode as Go's fs.FileMode numbers it; none for devices, pipes and sockets.
fn go_mode(meta: &Meta) -> Option<u64> {
    let kind = match meta.kind {
        FileKind::File => 0,
        FileKind::Dir => 1 << 31,
        FileKind::Symlink => 1 << 27,
        FileKind::Other => return None,
    };
    let bits = [(0o4000, 1 << 23), (0o2000, 1 << 22), (0o1000, 1 << 20)];
    let set = bits.iter().filter(|(bit, _)| meta.mode & bit != 0);
    let extra: u64 = set.map(|(_, go)| go).sum();
    Some(kind | extra | u64::from(meta.mode & 0o777))
}
