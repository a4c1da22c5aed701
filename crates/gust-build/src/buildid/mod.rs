//! Build IDs: how an object says what it was made from and what it contains.
//!
//! The compiler and the linker write a build ID of the form `actionID/contentID` (an archive) or
//! `actionID/[...]/contentID` (a program) into what they make. When they run, the content is not known yet, so
//! the ID handed to them repeats the action ID; afterwards the content is hashed with every occurrence of that
//! placeholder read as zeros, and the true ID of the same length is written over it. Two things that depend on
//! the placeholder count as zeros too: a Mach-O code signature, and the host's own build ID (the GNU note, LC_UUID).
//!
//! * [`mod@read`] finds the ID in an archive, an ELF, Mach-O or any other program.
//! * [`find_and_hash`] gives the places of an ID and the content's hash.
//! * [`rewrite`] puts the true ID in place and renews a Mach-O signature.

mod codesign;
mod layout;
mod read;

use std::io;
use std::ops::Range;

use gust_fs::disk::File;
use sha2::{Digest, Sha256};

pub use read::{BuildIdError, read};

/// The separator between the parts of a build ID.
const SEPARATOR: char = '/';

/// The part of a build ID that names the inputs: everything before the first separator.
///
/// An ID without a separator has no action part.
#[must_use]
pub fn action_part(id: &str) -> &str {
    id.find(SEPARATOR).map_or(id, |at| &id[..at])
}

/// The part of a build ID that names the content: everything behind the last separator.
#[must_use]
pub fn content_part(id: &str) -> &str {
    id.rfind(SEPARATOR).map_or(id, |at| &id[at + 1..])
}

/// A hash as build IDs write it: its first 120 bits as 20 characters of URL-safe base64.
#[must_use]
pub fn hash_to_string(hash: &[u8; 32]) -> String {
    let mut out = String::with_capacity(20);
    push_hash(&mut out, hash);
    out
}

/// [`hash_to_string`], put at the end of `out`.
pub fn push_hash(out: &mut String, hash: &[u8; 32]) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for chunk in hash[..15].chunks_exact(3) {
        let bits = u32::from(chunk[0]) << 16 | u32::from(chunk[1]) << 8 | u32::from(chunk[2]);
        for shift in [18, 12, 6, 0] {
            out.push(char::from(DIGITS[(bits >> shift & 0x3f) as usize]));
        }
    }
}

/// Where an ID stands in a file, and the hash of the file with those places read as zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrences {
    /// Byte offsets at which the ID begins, ascending, not overlapping.
    pub offsets: Vec<u64>,
    /// SHA-256 of the file with the ID, a code signature and the host's build ID as zeros.
    pub hash: [u8; 32],
}

/// Finds every occurrence of `id` in `data` and hashes `data` without them.
///
/// An empty `id` occurs nowhere.
#[must_use]
pub fn find_and_hash(data: &[u8], id: &str) -> Occurrences {
    let excluded = layout::excluded(data);
    let offsets: Vec<u64> = if id.is_empty() {
        Vec::new()
    } else {
        occurrences(data, id.as_bytes())
    };
    let mut blanks: Vec<Range<usize>> = offsets
        .iter()
        .map(|&at| at as usize..at as usize + id.len())
        .chain(excluded)
        .filter(|r| !r.is_empty())
        .collect();
    blanks.sort_by_key(|range| range.start);
    Occurrences {
        offsets,
        hash: hash_with_blanks(data, &blanks),
    }
}

fn occurrences(data: &[u8], id: &[u8]) -> Vec<u64> {
    let finder = memchr::memmem::Finder::new(id);
    finder.find_iter(data).map(|at| at as u64).collect()
}

fn hash_with_blanks(data: &[u8], blanks: &[Range<usize>]) -> [u8; 32] {
    const ZEROS: [u8; 4096] = [0; 4096];
    let mut hash = Sha256::new();
    let mut at = 0;
    for blank in blanks {
        let (start, end) = (
            blank.start.max(at).min(data.len()),
            blank.end.min(data.len()),
        );
        if start > at {
            hash.update(&data[at..start]);
        }
        let mut left = end.saturating_sub(start);
        while left > 0 {
            let step = left.min(ZEROS.len());
            hash.update(&ZEROS[..step]);
            left -= step;
        }
        at = at.max(end);
    }
    hash.update(&data[at..]);
    hash.finalize().into()
}

/// Writes `id` at each of `offsets` and renews the Mach-O code signature, where the file has one that Go's linker made.
///
/// # Errors
/// Any error of reading or writing `file`.
pub fn rewrite(file: &File, offsets: &[u64], id: &str) -> io::Result<()> {
    for &at in offsets {
        file.write_all_at(id.as_bytes(), at)?;
    }
    let mut magic = [0; 4];
    if file.read_at(&mut magic, 0)? < magic.len() || !layout::is_mach_o(&magic) {
        return Ok(());
    }
    let mut data = vec![0; usize::try_from(file.metadata()?.size).map_err(io::Error::other)?];
    file.read_exact_at(&mut data, 0)?;
    if let Some((at, signature)) = codesign::renewed(&data) {
        file.write_all_at(&signature, at)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_an_id() {
        assert_eq!(action_part("a/b/c/d"), "a");
        assert_eq!(content_part("a/b/c/d"), "d");
        assert_eq!(action_part("whole"), "whole");
    }

    #[test]
    fn base64_of_the_first_fifteen_bytes() {
        let mut hash = [0xff; 32];
        hash[0] = 0;
        assert_eq!(hash_to_string(&hash), "AP__________________");
    }

    #[test]
    fn occurrences_count_as_zeros() {
        let found = find_and_hash(b"..id!..id!.", "id!");
        assert_eq!(found.offsets, [2, 7]);
        assert_eq!(
            found.hash,
            <[u8; 32]>::from(Sha256::digest(b"..\0\0\0..\0\0\0."))
        );
    }

    #[test]
    fn rewriting_changes_only_the_places() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        std::fs::write(&path, b"..aaa..aaa.").unwrap();
        let file = File::options().read(true).write(true).open(&path).unwrap();
        rewrite(&file, &[2, 7], "bbb").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"..bbb..bbb.");
    }
}
