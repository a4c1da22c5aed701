//! Directory indexes on disk: how long they hold, and how they are written.
//!
//! A record holds as long as the signature of the directory (which changes when a name comes or goes) and those of its files are
//! what they were. Directories in the module cache never change once they are there, so only the directory itself is looked at.
//! Files changed just before they were read prove nothing by their times: such a record is not kept.

use super::facts::{DirIndex, FileFacts, SubDir};
use gust_fs::meta::now_ns;
use gust_fs::{Signature, View};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Changes with the meaning of the records.
pub(super) const FORMAT: u8 = 1;

/// go keeps no index of a directory with a file changed within this many nanoseconds.
const RECENT: i64 = 2_000_000_000;

/// The signatures by which a directory is recognized as unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seal {
    dir: Signature,
    /// One a file, in the order of the index.
    files: Vec<Signature>,
    /// Every file has one.
    complete: bool,
}

impl Seal {
    pub(super) fn new(dir: Signature) -> Seal {
        Seal {
            dir,
            files: Vec::new(),
            complete: true,
        }
    }

    /// Were all files left alone for a while?
    pub(super) fn is_settled(&self) -> bool {
        self.complete && all_settled(&self.files)
    }

    pub(super) fn add(&mut self, signature: Option<Signature>) {
        match signature {
            Some(signature) => self.files.push(signature),
            None => self.complete = false,
        }
    }

    /// Would any later change show?
    pub(super) fn is_firm(&self, view: &View, immutable: bool) -> bool {
        let settled = |s: &Signature| view.is_settled(s);
        self.complete && (immutable || settled(&self.dir) && self.files.iter().all(settled))
    }
}

fn all_settled(signatures: &[Signature]) -> bool {
    let recent = now_ns() - RECENT;
    signatures.iter().all(|s| s.mtime_ns <= recent)
}

#[derive(Serialize)]
struct Out<'a> {
    format: u8,
    dir: Signature,
    stamps: &'a [Signature],
    has_go_mod: bool,
    plain: bool,
    dirs: &'a [SubDir],
    files: &'a [FileFacts],
}

#[derive(Deserialize)]
struct Record {
    stamps: Vec<Signature>,
    has_go_mod: bool,
    plain: bool,
    dirs: Vec<SubDir>,
    files: Vec<FileFacts>,
}

/// A record's bytes. For an immutable directory the files' signatures are left out.
pub(super) fn encode(
    index: &DirIndex,
    plain: bool,
    seal: &Seal,
    immutable: bool,
) -> Option<Vec<u8>> {
    let out = Out {
        format: FORMAT,
        dir: seal.dir,
        stamps: if immutable { &[] } else { &seal.files },
        has_go_mod: index.has_go_mod,
        plain,
        dirs: &index.dirs,
        files: &index.files,
    };
    postcard::to_allocvec(&out).ok()
}

/// Reads a record if it still holds. Anything odd is a miss.
pub(super) fn decode(view: &View, dir: &Path, bytes: &[u8], immutable: bool) -> Option<DirIndex> {
    let (&format, bytes) = bytes.split_first()?;
    // The directory's own signature leads the record, so that a changed directory costs no more than reading that.
    let (was, bytes) = postcard::take_from_bytes::<Signature>(bytes).ok()?;
    if format != FORMAT || view.stat(dir).ok()?.sig != was {
        return None;
    }
    let record: Record = postcard::from_bytes(bytes).ok()?;
    let unchanged = immutable
        || record.files.len() == record.stamps.len() && {
            let names = record.files.iter().map(|file| &*file.name);
            view.all_unchanged(dir, names.zip(&record.stamps))
        };
    unchanged.then(|| DirIndex {
        dir: dir.into(),
        files: record.files,
        dirs: record.dirs,
        has_go_mod: record.has_go_mod,
        settled: record.plain && (immutable || all_settled(&record.stamps)),
    })
}
