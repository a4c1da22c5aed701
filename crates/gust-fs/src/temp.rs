//! Work directories that are removed whatever happens: on drop, and by [`remove_all`] when a signal ends the process.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::disk;

/// The directories that stand now. The one piece of shared state of this crate: a signal comes to the process as a whole,
/// and whoever handles it has no value in hand that could name them.
static STANDING: Mutex<Standing> = Mutex::new(Standing {
    paths: Vec::new(),
    ending: false,
});

struct Standing {
    paths: Vec<PathBuf>,
    /// The process is being ended: nothing new may be made.
    ending: bool,
}

/// A directory of this process's own, removed with all it holds when dropped.
#[derive(Debug)]
pub struct TempDir {
    path: PathBuf,
    kept: bool,
}

impl TempDir {
    /// A new directory in `parent` whose name is `prefix` and a number, as Go's `os.MkdirTemp` names them.
    pub fn new_in(parent: &Path, prefix: &str) -> io::Result<Self> {
        loop {
            let path = parent.join(format!("{prefix}{}", crate::write::unique()));
            let mut standing = to_make_something();
            match std::fs::DirBuilder::new()
                .mode(0o700)
                .create(gust_bytes::os_path(&path))
            {
                Ok(()) => {
                    standing.paths.push(path.clone());
                    return Ok(Self { path, kept: false });
                }
                Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {}
                Err(err) => return Err(err),
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the directory on the disk (for `-work`) and says where.
    pub fn keep(mut self) -> PathBuf {
        self.kept = true;
        forget(&self.path);
        self.path.clone()
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        if !self.kept {
            remove(&self.path);
            forget(&self.path);
        }
    }
}

/// The temporary name of a file or directory that others make: what stands there is gone when this is dropped, unless it
/// was [kept](TempPath::keep), as it is when it got its final name.
#[derive(Debug)]
pub struct TempPath {
    path: PathBuf,
    kept: bool,
}

impl TempPath {
    /// Watches over a path, whether something stands there yet or not.
    pub fn new(path: PathBuf) -> Self {
        to_make_something().paths.push(path.clone());
        Self { path, kept: false }
    }

    /// Where it is for now.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What stood there has its final name: nothing is left to remove.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for TempPath {
    fn drop(&mut self) {
        if !self.kept {
            remove(&self.path);
        }
        forget(&self.path);
    }
}

/// Removes everything that stands. For the handler of ^C; the process is expected to end right after, and until then no other
/// thread gets to make anything new.
pub fn remove_all() {
    let mut standing = standing();
    standing.ending = true;
    // Other threads still write into what they have open: what was moved aside goes until nothing comes any more.
    for path in standing
        .paths
        .iter()
        .filter(|path| disk::symlink_metadata(path).is_ok())
    {
        let mut aside = path.clone().into_os_string();
        aside.push("-gone");
        let aside = match disk::rename(path, &aside) {
            Ok(()) => PathBuf::from(aside),
            Err(_) => path.clone(),
        };
        for _ in 0..100 {
            remove(&aside);
            if disk::symlink_metadata(&aside).is_err() {
                break;
            }
        }
    }
}

/// As [`disk::remove_all`], for those who can do nothing about a failure.
pub fn remove(path: &Path) {
    let _ = disk::remove_all(path);
}

fn standing() -> std::sync::MutexGuard<'static, Standing> {
    STANDING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// As [`standing`], for those who are about to make something: when the process is being ended they wait for its end.
fn to_make_something() -> std::sync::MutexGuard<'static, Standing> {
    loop {
        let standing = standing();
        if !standing.ending {
            return standing;
        }
        drop(standing);
        std::thread::park();
    }
}

fn forget(path: &Path) {
    standing().paths.retain(|held| held != path);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_away_with_what_it_holds() {
        let dir = TempDir::new_in(&std::env::temp_dir(), "go-build").unwrap();
        let inner = dir.path().join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::write(inner.join("f"), "x").unwrap();
        std::fs::set_permissions(&inner, std::os::unix::fs::PermissionsExt::from_mode(0o555))
            .unwrap();
        let path = dir.path().to_owned();
        drop(dir);
        assert!(!path.exists());

        let kept = TempDir::new_in(&std::env::temp_dir(), "go-build")
            .unwrap()
            .keep();
        assert!(kept.exists());
        remove(&kept);
        assert!(!kept.exists());
    }
}
