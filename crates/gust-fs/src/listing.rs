//! Directories, read with `getdents` alone: the kind of each entry comes with its name.

use std::io;
use std::mem::MaybeUninit;
use std::path::Path;

use compact_str::CompactString;
use rustix::fs::{Mode, OFlags, RawDir, open};

use crate::meta::{DirEntry, FileKind, Meta};

/// The entries of a directory of the disk, sorted by name, bytewise.
pub(crate) fn read(dir: &Path) -> io::Result<Vec<DirEntry>> {
    let fd = open(
        dir,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    let mut buffer = [MaybeUninit::<u8>::uninit(); 32 * 1024];
    let mut raw = RawDir::new(fd, &mut buffer);
    let mut out = Vec::new();
    while let Some(entry) = raw.next() {
        let entry = entry?;
        let bytes = entry.file_name().to_bytes();
        if matches!(bytes, b"." | b"..") {
            continue;
        }
        let kind = match entry.file_type() {
            rustix::fs::FileType::Unknown => kind_by_stat(dir, bytes),
            known => FileKind::of(known),
        };
        out.push(DirEntry {
            name: CompactString::from_utf8_lossy(bytes),
            kind,
        });
    }
    out.sort_unstable_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
    Ok(out)
}

/// For the few file systems that do not tell kinds.
fn kind_by_stat(dir: &Path, name: &[u8]) -> FileKind {
    use std::os::unix::ffi::OsStrExt;
    let path = dir.join(std::ffi::OsStr::from_bytes(name));
    Meta::of_path(&path, false).map_or(FileKind::Other, |meta| meta.kind)
}
