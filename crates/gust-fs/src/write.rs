//! Files that appear whole or not at all.

use gust_bytes::os_path;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
use rustix::io::Errno;

use crate::disk::{self, File};

/// Makes `bytes` the content of `path`: a new file gets its name when it is whole, an old one is replaced by a temporary file
/// beside it, so that a reader (and whoever comes after a kill) finds the old content or the new, never a part. `mode` is before
/// umask.
pub fn atomic(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    if create_whole(path, bytes, mode)? {
        return Ok(());
    }
    atomic_with(path, mode, |file| file.write_all(bytes))
}

/// Makes a file that was not there. It has no name before its content is whole, so that a kill leaves nothing of it, not even a
/// temporary file. False, with nothing done, where that cannot be: something stands at `path`, or the file system knows no files
/// without a name. `mode` is before umask.
pub fn create_whole(path: &Path, bytes: &[u8], mode: u32) -> io::Result<bool> {
    if disk::symlink_metadata(path).is_ok() {
        return Ok(false);
    }
    let parent = match path.parent() {
        None => return Ok(false),
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
    };
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let file = match openat(CWD, &*os_path(parent), flags, Mode::from_raw_mode(mode)) {
        Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => return Ok(false),
        opened => opened?,
    };
    let mut rest = bytes;
    while !rest.is_empty() {
        let written = rustix::io::retry_on_intr(|| rustix::io::write(&file, rest))?;
        rest = &rest[written..];
    }
    let nameless = format!("/proc/self/fd/{}", file.as_raw_fd());
    match linkat(CWD, nameless, CWD, &*os_path(path), AtFlags::SYMLINK_FOLLOW) {
        Ok(()) => Ok(true),
        // somebody was faster, or there is no /proc, or no right to link through it
        Err(Errno::EXIST | Errno::NOENT | Errno::PERM | Errno::ACCESS | Errno::XDEV) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// As [`atomic`], with the content written by `fill`.
pub fn atomic_with(
    path: &Path,
    mode: u32,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let (temp, mut file) = create_beside(path, mode)?;
    let done = fill(&mut file).and_then(|()| {
        drop(file);
        disk::rename(&temp, path)
    });
    if done.is_err() {
        let _ = disk::remove_file(&temp);
    }
    done
}

/// As [`atomic`], but leaves a file that already says so alone (and its times with it). Tells whether it wrote.
pub fn atomic_if_changed(path: &Path, bytes: &[u8], mode: u32) -> io::Result<bool> {
    let same_size = disk::metadata(path).is_ok_and(|meta| meta.size == bytes.len() as u64);
    if same_size && disk::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    atomic(path, bytes, mode).map(|()| true)
}

fn create_beside(path: &Path, mode: u32) -> io::Result<(PathBuf, File)> {
    loop {
        let temp = beside(path)?;
        match File::options()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&temp)
        {
            Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {}
            done => return Ok((temp, done?)),
        }
    }
}

/// A name beside `path` that no other thread or process uses at present.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "path has no file name",
        ));
    };
    let mut temp = std::ffi::OsString::from(".");
    temp.push(name);
    temp.push(format!(".{}.tmp", unique()));
    Ok(path.with_file_name(temp))
}

/// Different in each thread and process, and after a process number has come round again.
pub fn unique() -> String {
    // A counter, not state: it only keeps two names of one process apart.
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let seed = (crate::meta::now_ns() as u64)
        ^ (u64::from(std::process::id()) << 32)
        ^ count.rotate_left(17);
    let mixed = xxhash_rust::xxh3::xxh3_64(&seed.to_le_bytes());
    format!("{}", mixed % 10_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temp::TempDir;

    #[test]
    fn a_new_file_has_its_name_when_it_is_whole() {
        let dir = TempDir::new_in(&std::env::temp_dir(), "write").unwrap();
        let path = dir.path().join("f");
        let made = create_whole(&path, b"one", 0o640).unwrap();
        // a file system without nameless files is no failure, but then there is nothing to look at
        assert_eq!(made, path.exists());
        atomic(&path, b"two", 0o644).unwrap();
        assert!(!create_whole(&path, b"three", 0o644).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert!(create_whole(&dir.path().join("no/f"), b"", 0o644).is_err());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn replaces_whole_and_leaves_nothing_behind() {
        let dir = TempDir::new_in(&std::env::temp_dir(), "write").unwrap();
        let path = dir.path().join("f");
        atomic(&path, b"one", 0o644).unwrap();
        assert!(!atomic_if_changed(&path, b"one", 0o644).unwrap());
        assert!(atomic_if_changed(&path, b"two", 0o644).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        let failed = atomic_with(&path, 0o644, |_| Err(io::Error::other("disk full")));
        assert!(failed.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        assert!(atomic(Path::new("/"), b"", 0o644).is_err());
    }
}
