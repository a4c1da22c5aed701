//! Directory indexes on disk: how long they hold, and how they are written.
//!
//! A record holds as long as the signature of the directory (which changes when a name comes or goes) and those of its files are
//! what they were. Directories in the module cache never change once they are there, so only the directory itself is looked at.
//! Files changed just before they were read prove nothing by their times: such a record is not kept.
//!
//! Behind the format (one byte) and the length of the first of them (four bytes, the low one first) stand three parts, and each is read
//! only if it is asked for: the seal with the names; what builds took of the directory before; the facts of the files.

use super::facts::{DirIndex, Facts, FileFacts, FileKind, SubDir};
use gust_fs::meta::now_ns;
use gust_fs::{Signature, View};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Changes with the meaning of the records, and with what [`select`](super::select()) makes of a directory.
pub(super) const FORMAT: u8 = 5;

/// go keeps no index of a directory with a file changed within this many nanoseconds.
const RECENT: i64 = 2_000_000_000;

/// A record holds what so many kinds of builds took of its directory; the oldest goes first.
const KINDS: usize = 6;

/// The kind of a build: a digest of all that [`select`](super::select()) goes by besides the directory.
pub(super) type BuildKind = [u8; 16];

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

/// What shows whether the rest still holds, behind the directory's own signature.
#[derive(Serialize, Deserialize)]
struct Head<'a> {
    /// One a file; none at all for an immutable directory.
    stamps: Vec<Signature>,
    /// The files' names, sorted.
    #[serde(borrow)]
    names: Vec<&'a str>,
    has_go_names: bool,
    has_go_files: bool,
    has_go_mod: bool,
    plain: bool,
}

/// What builds took, by their kind.
type Taken<'a> = Vec<(BuildKind, &'a [u8])>;

#[derive(Serialize)]
struct BodyOut<'a> {
    dirs: &'a [SubDir],
    kinds: Vec<&'a FileKind>,
}

#[derive(Deserialize)]
struct Body {
    dirs: Vec<SubDir>,
    kinds: Vec<FileKind>,
}

/// A record's bytes. For an immutable directory the files' signatures are left out.
pub(super) fn encode(
    index: &DirIndex,
    plain: bool,
    seal: &Seal,
    immutable: bool,
) -> Option<Vec<u8>> {
    let files = index.files();
    let head = Head {
        stamps: if immutable {
            Vec::new()
        } else {
            seal.files.clone()
        },
        names: files.iter().map(|file| &*file.name).collect(),
        has_go_names: index.has_go_names,
        has_go_files: index.has_go_files,
        has_go_mod: index.has_go_mod,
        plain,
    };
    let body = BodyOut {
        dirs: index.dirs(),
        kinds: files.iter().map(|file| &file.kind).collect(),
    };
    let head = postcard::to_allocvec(&(seal.dir, head)).ok()?;
    let rest = postcard::to_allocvec(&(Taken::new(), body)).ok()?;
    let length = u32::try_from(head.len()).ok()?;
    Some([&[FORMAT][..], &length.to_le_bytes(), &head, &rest].concat())
}

/// The parts of a record: head, what builds took, body.
fn parts(bytes: &[u8]) -> Option<(&[u8], Taken<'_>, &[u8])> {
    let (head, rest) = split_head(bytes)?;
    let (taken, body) = postcard::take_from_bytes::<Taken<'_>>(rest).ok()?;
    Some((head, taken, body))
}

fn split_head(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&format, bytes) = bytes.split_first()?;
    let (length, bytes) = bytes.split_first_chunk::<4>()?;
    if format != FORMAT {
        return None;
    }
    bytes.split_at_checked(u32::from_le_bytes(*length) as usize)
}

/// Reads a record's head if the record still holds. Anything odd is a miss.
pub(super) fn check(view: &View, dir: &Path, bytes: &[u8], immutable: bool) -> Option<DirIndex> {
    let (head, _) = split_head(bytes)?;
    // The directory's own signature leads the record, so that a changed directory costs no more than reading that.
    let (was, head) = postcard::take_from_bytes::<Signature>(head).ok()?;
    if view.stat(dir).ok()?.sig != was {
        return None;
    }
    let head: Head<'_> = postcard::from_bytes(head).ok()?;
    let unchanged = immutable
        || head.names.len() == head.stamps.len() && {
            let names = head.names.iter().copied();
            view.all_unchanged(dir, names.zip(&head.stamps))
        };
    if !unchanged {
        return None;
    }
    let mut index = DirIndex::new(dir);
    index.has_go_mod = head.has_go_mod;
    index.has_go_names = head.has_go_names;
    index.has_go_files = head.has_go_files;
    index.settled = head.plain && (immutable || all_settled(&head.stamps));
    Some(index)
}

/// The facts of the files, and the folders.
pub(super) fn facts(bytes: &[u8]) -> Option<Facts> {
    let (head, _, body) = parts(bytes)?;
    let (_, head): (Signature, Head<'_>) = postcard::from_bytes(head).ok()?;
    let body: Body = postcard::from_bytes(body).ok()?;
    let files = head.names.iter().zip(body.kinds);
    Some(Facts {
        files: files
            .map(|(&name, kind)| FileFacts {
                name: name.into(),
                kind,
            })
            .collect(),
        dirs: body.dirs,
    })
}

/// What a build of this kind took before.
pub(super) fn taken(bytes: &[u8], kind: BuildKind) -> Option<&[u8]> {
    let (_, taken, _) = parts(bytes)?;
    let (_, bytes) = taken.into_iter().find(|(of, _)| *of == kind)?;
    Some(bytes)
}

/// The record with what a build of this kind takes.
pub(super) fn with_taken(bytes: &[u8], kind: BuildKind, new: &[u8]) -> Option<Vec<u8>> {
    let (head, mut taken, body) = parts(bytes)?;
    let before = &bytes[..1 + 4 + head.len()];
    taken.retain(|(of, _)| *of != kind);
    if taken.len() >= KINDS {
        taken.remove(0);
    }
    taken.push((kind, new));
    Some([before, &postcard::to_allocvec(&taken).ok()?, body].concat())
}
