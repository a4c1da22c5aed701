//! Directory indexes on disk: how long they hold, and how they are written.
//!
//! A record holds as long as the signature of the directory (which changes when a name comes or goes) and those of its files are
//! what they were. Directories in the module cache never change once they are there, so only the directory itself is looked at.
//! Files changed just before they were read prove nothing by their times: such a record is not kept.

use super::facts::{DirIndex, FileFacts, SubDir};
use gust_fs::{Signature, View};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Changes with the meaning of the records.
pub(super) const FORMAT: u8 = 1;

/// Times within this many nanoseconds of the reading are not trusted: coarse file systems count whole seconds.
const RACY: i64 = 2_000_000_000;

/// The signatures by which a directory is recognized as unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seal {
    dir: Stamp,
    /// One a file, in the order of the index.
    files: Vec<Stamp>,
    /// Every file has one.
    complete: bool,
}

/// A signature as it is written.
type Stamp = (u64, u64, u64, i64, i64);

fn stamp(signature: &Signature) -> Stamp {
    (signature.dev, signature.ino, signature.size, signature.mtime_ns, signature.ctime_ns)
}

impl Seal {
    pub(super) fn new(dir: Signature) -> Seal {
        Seal { dir: stamp(&dir), files: Vec::new(), complete: true }
    }

    /// Were all files left alone for a while before `now`?
    pub(super) fn is_settled(&self, now: i64) -> bool {
        self.complete && self.files.iter().all(|s| s.3 <= now - RACY)
    }

    pub(super) fn add(&mut self, signature: Option<Signature>) {
        match signature {
            Some(signature) => self.files.push(stamp(&signature)),
            None => self.complete = false,
        }
    }

    /// May a record be kept that was read at `now` (nanoseconds since 1970)?
    pub(super) fn is_firm(&self, now: i64, immutable: bool) -> bool {
        let settled = |s: &Stamp| s.3.max(s.4) < now - RACY;
        self.complete && (immutable || settled(&self.dir) && self.files.iter().all(settled))
    }
}

#[derive(Serialize)]
struct Out<'a> {
    format: u8,
    dir: Stamp,
    stamps: &'a [Stamp],
    has_go_mod: bool,
    settled: bool,
    dirs: &'a [SubDir],
    files: &'a [FileFacts],
}

#[derive(Deserialize)]
struct Record {
    dir: Stamp,
    stamps: Vec<Stamp>,
    has_go_mod: bool,
    settled: bool,
    dirs: Vec<SubDir>,
    files: Vec<FileFacts>,
}

/// A record's bytes. For an immutable directory the files' signatures are left out.
pub(super) fn encode(index: &DirIndex, seal: &Seal, immutable: bool) -> Option<Vec<u8>> {
    let out = Out {
        format: FORMAT,
        dir: seal.dir,
        stamps: if immutable { &[] } else { &seal.files },
        has_go_mod: index.has_go_mod,
        settled: index.settled,
        dirs: &index.dirs,
        files: &index.files,
    };
    postcard::to_allocvec(&out).ok()
}

/// Reads a record if it still holds. Anything odd is a miss.
pub(super) fn decode(view: &View, dir: &Path, bytes: &[u8], immutable: bool) -> Option<DirIndex> {
    let (&format, bytes) = bytes.split_first()?;
    if format != FORMAT || stamp(&view.stat(dir).ok()?.sig) != first_stamp(bytes)? {
        return None;
    }
    let record: Record = postcard::from_bytes(bytes).ok()?;
    let unchanged = immutable
        || record.files.len() == record.stamps.len()
            && record.files.iter().zip(&record.stamps).all(|(file, was)| {
                view.stat(&dir.join(&*file.name)).is_ok_and(|meta| stamp(&meta.sig) == *was)
            });
    unchanged.then(|| DirIndex {
        dir: dir.to_path_buf(),
        files: record.files,
        dirs: record.dirs,
        has_go_mod: record.has_go_mod,
        settled: record.settled,
    })
}

/// The directory's own stamp leads the record, so that a changed directory costs no more than reading it.
fn first_stamp(bytes: &[u8]) -> Option<Stamp> {
    postcard::take_from_bytes::<Stamp>(bytes).ok().map(|(stamp, _)| stamp)
}
