//! What is known of a file without reading it, taken with one `statx`.

use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use compact_str::CompactString;
use rustix::fs::{AtFlags, CWD, FileType, Statx, StatxFlags, statx};
use serde::{Deserialize, Serialize};

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Dir,
    /// A symbolic link (seen only where links are not followed).
    Symlink,
    /// A device, socket, pipe, or an overlay entry whose file is missing.
    Other,
}

impl FileKind {
    /// Whether this is a directory.
    pub fn is_dir(self) -> bool {
        self == Self::Dir
    }

    /// Whether this is a regular file.
    pub fn is_file(self) -> bool {
        self == Self::File
    }

    /// Whether this is a symbolic link.
    pub fn is_symlink(self) -> bool {
        self == Self::Symlink
    }

    pub(crate) fn of(kind: FileType) -> Self {
        match kind {
            FileType::RegularFile => Self::File,
            FileType::Directory => Self::Dir,
            FileType::Symlink => Self::Symlink,
            _ => Self::Other,
        }
    }
}

/// One name in a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirEntry {
    /// The name, without its directory. Bytes that are not UTF-8 are replaced.
    pub name: CompactString,
    /// What it is, links not followed.
    pub kind: FileKind,
}

impl DirEntry {
    /// The name, without its directory.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// What changes when a file's content does: equal signatures mean the same content, unless the file is
/// [racy](Signature::is_racy_at).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Signature {
    /// The device.
    pub dev: u64,
    /// The inode on it.
    pub ino: u64,
    /// The size in bytes.
    pub size: u64,
    /// Time of the last change of content, in nanoseconds since 1970.
    pub mtime_ns: i64,
    /// Time of the last change of content or attributes, in nanoseconds since 1970; no program can set it.
    pub ctime_ns: i64,
}

/// The length of a signature's bytes.
pub const SIGNATURE_LEN: usize = 40;

/// Clocks of file systems tick: two changes within a tick carry the same time. Linux ticks at 100 Hz or more.
const FINE_TICK: Duration = Duration::from_millis(25);
/// File systems that keep whole seconds (or, as FAT does, pairs of them).
const COARSE_TICK: Duration = Duration::from_millis(2100);

impl Signature {
    /// Whether a change right after `now_ns` could leave this signature as it is, so that the signature proves nothing
    /// about content read at `now_ns`.
    ///
    /// The time of the last attribute change is what counts, since it cannot be set back.
    pub fn is_racy_at(&self, now_ns: i64) -> bool {
        let whole_seconds =
            self.ctime_ns % 1_000_000_000 == 0 && self.mtime_ns % 1_000_000_000 == 0;
        let tick = if whole_seconds {
            COARSE_TICK
        } else {
            FINE_TICK
        };
        self.ctime_ns > now_ns - tick.as_nanos() as i64
    }

    /// The signature as fixed-size bytes, for persisted indexes.
    pub fn to_bytes(&self) -> [u8; SIGNATURE_LEN] {
        let mut out = [0; SIGNATURE_LEN];
        let words = [
            self.dev,
            self.ino,
            self.size,
            self.mtime_ns as u64,
            self.ctime_ns as u64,
        ];
        for (slot, word) in out.chunks_exact_mut(8).zip(words) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
        out
    }

    /// The reverse of [`Signature::to_bytes`]; `None` when there are too few bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut words = [0u64; 5];
        for (word, chunk) in words
            .iter_mut()
            .zip(bytes.get(..SIGNATURE_LEN)?.chunks_exact(8))
        {
            *word = u64::from_le_bytes(chunk.try_into().ok()?);
        }
        let [dev, ino, size, mtime, ctime] = words;
        Some(Self {
            dev,
            ino,
            size,
            mtime_ns: mtime as i64,
            ctime_ns: ctime as i64,
        })
    }
}

/// What one `statx` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Meta {
    /// What the path names.
    pub kind: FileKind,
    /// The size in bytes.
    pub size: u64,
    /// Permission bits, with the set-user, set-group and sticky bits.
    pub mode: u32,
    /// What changes when the content does.
    pub sig: Signature,
}

impl Meta {
    /// Whether this is a directory.
    pub fn is_dir(&self) -> bool {
        self.kind.is_dir()
    }

    /// Whether this is a regular file.
    pub fn is_file(&self) -> bool {
        self.kind.is_file()
    }

    /// Whether anyone may execute it.
    pub fn is_executable(&self) -> bool {
        self.mode & 0o111 != 0
    }

    /// The time of the last change of content.
    pub fn modified(&self) -> SystemTime {
        from_ns(self.sig.mtime_ns)
    }

    /// A directory that exists only because an overlay puts files below it.
    pub(crate) fn implied_dir() -> Self {
        Self {
            kind: FileKind::Dir,
            size: 0,
            mode: 0o500,
            sig: Signature::default(),
        }
    }

    pub(crate) fn of_path(path: &Path, follow: bool) -> io::Result<Self> {
        let follow = if follow {
            AtFlags::empty()
        } else {
            AtFlags::SYMLINK_NOFOLLOW
        };
        let flags = AtFlags::STATX_SYNC_AS_STAT | follow;
        Ok(Self::of_statx(&statx(
            CWD,
            &*gust_bytes::os_path(path),
            flags,
            StatxFlags::BASIC_STATS,
        )?))
    }

    pub(crate) fn of_file(file: &std::fs::File) -> io::Result<Self> {
        Ok(Self::of_statx(&statx(
            file,
            c"",
            AtFlags::EMPTY_PATH,
            StatxFlags::BASIC_STATS,
        )?))
    }

    pub(crate) fn of_statx(raw: &Statx) -> Self {
        let mode = u32::from(raw.stx_mode);
        let nanos = |t: &rustix::fs::StatxTimestamp| {
            t.tv_sec
                .saturating_mul(1_000_000_000)
                .saturating_add(i64::from(t.tv_nsec))
        };
        Self {
            kind: FileKind::of(FileType::from_raw_mode(mode)),
            size: raw.stx_size,
            mode: mode & 0o7777,
            sig: Signature {
                dev: (u64::from(raw.stx_dev_major) << 32) | u64::from(raw.stx_dev_minor),
                ino: raw.stx_ino,
                size: raw.stx_size,
                mtime_ns: nanos(&raw.stx_mtime),
                ctime_ns: nanos(&raw.stx_ctime),
            },
        }
    }
}

/// Now, in nanoseconds since 1970.
pub fn now_ns() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_nanos() as i64)
}

fn from_ns(ns: i64) -> SystemTime {
    let part = Duration::from_nanos(ns.unsigned_abs());
    if ns >= 0 {
        UNIX_EPOCH + part
    } else {
        UNIX_EPOCH - part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_bytes_round_trip() {
        let sig = Signature {
            dev: 1,
            ino: u64::MAX,
            size: 3,
            mtime_ns: -4,
            ctime_ns: 5,
        };
        assert_eq!(Signature::from_bytes(&sig.to_bytes()), Some(sig));
        assert_eq!(Signature::from_bytes(&[0; 39]), None);
    }

    #[test]
    fn a_file_changed_just_now_is_racy() {
        let at = |ns| Signature {
            mtime_ns: ns,
            ctime_ns: ns,
            ..Signature::default()
        };
        let now = 1_700_000_000_000_000_001;
        assert!(at(now).is_racy_at(now));
        assert!(
            at(now + 5).is_racy_at(now),
            "a clock that runs ahead proves nothing"
        );
        assert!(!at(now - 1_000_000_000).is_racy_at(now));
        assert!(
            at(1_699_999_999_000_000_000).is_racy_at(now),
            "whole seconds"
        );
        assert!(!at(1_699_999_990_000_000_000).is_racy_at(now));
    }
}
