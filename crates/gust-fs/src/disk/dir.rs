//! An open directory: what is in it is reached by its name alone, without walking the path to it each time.

use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;
use std::path::Path;

use compact_str::CompactString;
use gust_bytes::{os, os_path, text};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, CWD, Mode, OFlags, RawDir, StatxFlags, open, openat, statx};

use super::File;
use crate::meta::{DirEntry, FileKind, Meta};

/// A directory opened to look at what is in it, and to put files there.
#[derive(Debug)]
pub struct Dir(OwnedFd);

impl Dir {
    /// Opens it for all that can be done with a directory.
    pub fn open(dir: &Path) -> io::Result<Self> {
        Self::open_as(dir, OFlags::RDONLY)
    }

    /// Opens it to ask for names in it, which needs no permission to list it.
    pub fn open_for_stat(dir: &Path) -> io::Result<Self> {
        Self::open_as(dir, OFlags::PATH)
    }

    fn open_as(dir: &Path, how: OFlags) -> io::Result<Self> {
        let flags = how | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(open(&*os_path(dir), flags, Mode::empty())?))
    }

    /// What stands at `name` in it, links followed.
    pub(crate) fn stat(&self, name: &str) -> io::Result<Meta> {
        let flags = AtFlags::STATX_SYNC_AS_STAT;
        let raw = statx(&self.0, &*os(name), flags, StatxFlags::BASIC_STATS)?;
        Ok(Meta::of_statx(&raw))
    }

    /// What stands at `name` in it.
    pub fn look(&self, name: &CStr, follow: bool) -> io::Result<Meta> {
        look_at(&self.0, name, follow)
    }

    /// Tells `each` of every entry but `.` and `..`, in no order; links are not followed.
    pub fn for_each(&self, mut each: impl FnMut(&CStr, FileKind)) -> io::Result<()> {
        let mut buffer = [MaybeUninit::<u8>::uninit(); 32 * 1024];
        let mut raw = RawDir::new(&self.0, &mut buffer);
        while let Some(entry) = raw.next() {
            let entry = entry?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let kind = match entry.file_type() {
                rustix::fs::FileType::Unknown => self.kind_by_stat(name),
                known => FileKind::of(known),
            };
            each(name, kind);
        }
        Ok(())
    }

    /// For the few file systems that do not tell kinds.
    fn kind_by_stat(&self, name: &CStr) -> FileKind {
        let flags = AtFlags::STATX_SYNC_AS_STAT | AtFlags::SYMLINK_NOFOLLOW;
        statx(&self.0, name, flags, StatxFlags::TYPE)
            .map_or(FileKind::Other, |raw| Meta::of_statx(&raw).kind)
    }

    /// Opens a file in it to read.
    pub fn open_file(&self, name: &CStr) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        Ok(openat(&self.0, name, flags, Mode::empty())?.into())
    }

    /// Makes a file in it, or below it when `name` has slashes, to write; it must not be there. `mode` is before umask.
    pub fn create_file(&self, name: &str, mode: u32) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        Ok(openat(&self.0, &*os(name), flags, Mode::from_raw_mode(mode))?.into())
    }
}

/// What stands at a path.
pub fn look(path: &CStr, follow: bool) -> io::Result<Meta> {
    look_at(CWD, path, follow)
}

fn look_at(dir: impl AsFd, name: &CStr, follow: bool) -> io::Result<Meta> {
    let mut flags = AtFlags::STATX_SYNC_AS_STAT;
    flags.set(AtFlags::SYMLINK_NOFOLLOW, !follow);
    let raw = statx(dir, name, flags, StatxFlags::BASIC_STATS)?;
    Ok(Meta::of_statx(&raw))
}

/// The entries of a directory of the disk, sorted by name, bytewise.
pub(crate) fn list(dir: &Path) -> io::Result<Vec<DirEntry>> {
    let mut out = Vec::new();
    Dir::open(dir)?.for_each(|name, kind| {
        out.push(DirEntry {
            name: CompactString::from(text(name.to_bytes())),
            kind,
        });
    })?;
    out.sort_unstable_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
    Ok(out)
}
