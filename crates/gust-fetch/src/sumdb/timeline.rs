//! The one line of trees that the database has signed.
//!
//! Each tree must be the beginning of every later one. The newest that anybody here has seen is kept in a file, so that a server
//! cannot begin a second line tomorrow; two lines are proof of misbehavior, and the proof is what the error shows.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::answers::Answers;
use super::note::{self, Verifier};
use super::proof;
use super::tlog::{self, Hash, Tree};
use crate::disk;
use crate::error::FetchError;

/// A tree, and the note that says it.
#[derive(Clone)]
struct Head {
    tree: Tree,
    note: Arc<[u8]>,
    /// Its tiles were seen to yield it.
    is_proved: bool,
}

/// The newest tree, in memory and on disk.
pub(super) struct Timeline {
    verifier: Verifier,
    /// `GOPATH/pkg/sumdb`; or why there is none.
    dir: Result<PathBuf, String>,
    newest: Mutex<Head>,
}

impl Timeline {
    /// A line of which nothing was seen.
    pub(super) fn new(verifier: Verifier, dir: Result<PathBuf, String>) -> Timeline {
        let nothing = Head {
            tree: Tree {
                size: 0,
                hash: tlog::empty_tree(),
            },
            note: Arc::default(),
            is_proved: false,
        };
        Timeline {
            verifier,
            dir,
            newest: Mutex::new(nothing),
        }
    }

    /// The newest tree.
    pub(super) fn newest(&self) -> Tree {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.tree
    }

    /// Goes on from where earlier commands were.
    pub(super) fn resume(&self, answers: &Answers) -> Result<(), FetchError> {
        let known = self.read_file()?;
        if let Some(head) = self.open(&known)? {
            let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
            join(answers, &mut newest, head.clone())?;
            // Its tiles must yield it: nothing can be proved in a tree that they do not.
            join(answers, &mut newest, head)?;
        }
        Ok(())
    }

    /// Takes in a signed tree. When it is newer than all before, the next command will know.
    pub(super) fn extend(&self, answers: &Answers, signed: &[u8]) -> Result<(), FetchError> {
        let Some(head) = self.open(signed)? else {
            return Ok(());
        };
        // Whoever else extends the line waits: two threads cannot make two lines.
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if !join(answers, &mut newest, head)? {
            return Ok(());
        }
        loop {
            let known = self.read_file()?;
            if let Some(head) = self.open(&known)? {
                let is_ours = head.tree.size == newest.tree.size;
                if join(answers, &mut newest, head)? || is_ours {
                    return Ok(());
                }
            }
            if self.replace_file(&known, &newest.note)? {
                return Ok(());
            }
        }
    }

    /// The tree in a note that the database signed; nothing in an empty one.
    fn open(&self, note: &[u8]) -> Result<Option<Head>, FetchError> {
        if note.is_empty() {
            return Ok(None);
        }
        let text = note::open(note, &self.verifier).map_err(|err| {
            let note = gust_bytes::text(note);
            FetchError::message(format!("reading tree note: {err}\nnote:\n{note}"))
        })?;
        let tree = Tree::parse(text).ok_or_else(|| {
            FetchError::message(format!("reading tree: malformed tree note\ntree:\n{text}"))
        })?;
        Ok(Some(Head {
            tree,
            note: Arc::from(note),
            is_proved: false,
        }))
    }

    fn file(&self) -> Result<PathBuf, FetchError> {
        let dir = self.dir.as_ref().map_err(|why| {
            FetchError::message(format!(
                "could not locate sumdb file: missing $GOPATH: {why}"
            ))
        })?;
        Ok(dir.join(self.verifier.name()).join("latest"))
    }

    /// The note in the file; empty when there is none.
    fn read_file(&self) -> Result<Vec<u8>, FetchError> {
        let file = self.file()?;
        match disk::read_locked(&file) {
            Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            other => other.map_err(|err| FetchError::io("open", &file, err)),
        }
    }

    /// Replaces the note in the file; false when another process has done so meanwhile.
    fn replace_file(&self, old: &[u8], new: &[u8]) -> Result<bool, FetchError> {
        let file = self.file()?;
        disk::replace_locked(&file, old, new).map_err(|err| FetchError::io("open", &file, err))
    }
}

/// Puts a tree on the line on which `newest` is; true when it is the newest now.
fn join(answers: &Answers, newest: &mut Head, head: Head) -> Result<bool, FetchError> {
    if newest.is_proved && newest.tree == head.tree {
        return Ok(false);
    }
    let is_newer = head.tree.size > newest.tree.size;
    let (older, newer) = match is_newer {
        true => (&*newest, &head),
        false => (&head, &*newest),
    };
    let (size, within) = (older.tree.size, newer.tree);
    let hash = proof::beginning(answers, within, size).map_err(|err| {
        let against = match size == within.size {
            true => String::new(),
            false => format!(" against tree#{}", within.size),
        };
        FetchError::message(format!("checking tree#{size}{against}: {err}"))
    })?;
    if hash != older.tree.hash {
        return Err(misbehavior(answers, older, newer, &hash));
    }
    if is_newer {
        *newest = head;
    }
    // The beginning was read within the newest tree; no tile was needed for an empty one.
    newest.is_proved |= size > 0;
    Ok(is_newer)
}

/// Two lines: everything that is needed to prove it to others.
fn misbehavior(answers: &Answers, older: &Head, newer: &Head, hash: &Hash) -> FetchError {
    let indent = |note: &[u8]| gust_bytes::text(note).replace('\n', "\n\t");
    let mut text = format!(
        "SECURITY ERROR\ngo.sum database server misbehavior detected!\n\n\
         old database:\n\t{}\nnew database:\n\t{}\nproof of misbehavior:\n\t{}",
        indent(&older.note),
        indent(&newer.note),
        super::base64(hash)
    );
    match proof::growth(answers, newer.tree, older.tree.size) {
        Ok(path) => {
            for hash in path {
                text.push_str("\n\t");
                text.push_str(&super::base64(&hash));
            }
        }
        Err(err) => text.push_str(&format!("\tinternal error: {err}\n")),
    }
    FetchError::Security { text }
}
