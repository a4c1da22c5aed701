//! Module zips: what is in them, whether it may be there, its hash, and its way to the disk.
//!
//! Inflating is the main cost of a download, so it is done once: each file is inflated, checked,
//! hashed and written in one go, many files at a time, into a directory that nobody looks at
//! yet. Only when the hash over all of them turns out to be the right one does the directory get
//! its name.

mod check;
mod deflate;
mod directory;
mod inflate;
mod pack;
mod unpack;
#[cfg(test)]
mod vectors;
mod write;

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;

pub(crate) use check::check;
pub(crate) use directory::{Archive, Entry};
pub(crate) use inflate::Inflater;
pub(crate) use pack::{PackError, Source, pack};
pub(crate) use unpack::{Unpacked, hash, unpack};
pub(crate) use write::ZipWriter;

/// The most that a module's zip may have, and the most that may come out of it, in bytes.
pub(crate) const MAX_ZIP: u64 = 500 << 20;
/// The most that a go.mod file may have, in bytes.
pub(crate) const MAX_GO_MOD: u64 = 16 << 20;
/// The most that a LICENSE file may have, in bytes.
pub(crate) const MAX_LICENSE: u64 = 16 << 20;

/// The files in any zip, in the order of its directory: names as they stand there, with their contents. For zips that tools
/// write for gust, such as fixed sources; a module's zip is checked first ([`check()`]).
///
/// # Errors
/// It is no zip, or its contents are not what its headers say.
pub fn members(zip: &[u8]) -> Result<Vec<(PathBuf, Vec<u8>)>, ZipError> {
    let archive = Archive::open(zip)?;
    let mut inflater = Inflater::new();
    let files = archive.entries.iter().filter(|entry| !entry.is_dir());
    let member = |entry: &Entry<'_>| {
        let content = inflater.content(&archive, entry)?.to_vec();
        let name = OsString::from_vec(entry.name.to_vec());
        Ok((PathBuf::from(name), content))
    };
    files.map(member).collect()
}

/// What is wrong with a zip.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ZipError {
    /// It is none, or its parts contradict each other.
    #[error("zip: not a valid zip file")]
    Format,
    /// An end record's comment reaches beyond the file.
    #[error("zip: invalid comment length")]
    Comment,
    /// A compression method other than store and deflate.
    #[error("zip: unsupported compression algorithm")]
    Algorithm,
    /// A file's content has another CRC-32 than its header says.
    #[error("zip: checksum error")]
    Checksum,
    /// The data stops in the middle.
    #[error("unexpected EOF")]
    UnexpectedEof,
    /// Compressed data that is none.
    #[error("flate: corrupt input before offset {0}")]
    Corrupt(u64),
    /// The whole zip is larger than a module's may be.
    #[error("module zip file is too large ({size} bytes; limit is {MAX_ZIP} bytes)")]
    ZipTooLarge {
        /// Its size.
        size: u64,
    },
    /// What it holds is larger than a module may be.
    #[error("total uncompressed size of module contents too large (max size is {MAX_ZIP} bytes)")]
    ContentTooLarge,
    /// A file that lies outside of the module's directory.
    #[error("zip for {module} has unexpected file {name}")]
    Unexpected {
        /// `path@version`
        module: String,
        /// The file's name.
        name: String,
    },
    /// Files that a module must not hold, one line each.
    #[error("{}", files.join("\n"))]
    Files {
        /// `name: reason`
        files: Vec<String>,
    },
    /// A module version that no zip can be for.
    #[error("{0}")]
    Module(String),
    /// A file with a newline in its name has no hash.
    #[error("dirhash: filenames with newlines are not supported")]
    Newline,
    /// A file could not be written.
    #[error("{0}")]
    Write(String),
}
