//! From a zip in memory to its hash, and to files on disk.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use gust_fs::disk::{self, Dir};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{Archive, Entry, Inflater, ZipError};
use crate::dirhash::Hash1;
use crate::error::errno_text;

/// The least number of files that is worth a second thread.
const MIN_BATCH: usize = 8;

/// What [`unpack`] made.
pub(crate) struct Unpacked {
    /// The `h1:` hash of the zip.
    pub(crate) hash: String,
    /// The directories made, parents first.
    pub(crate) dirs: Vec<PathBuf>,
}

/// The `h1:` hash of a zip, without writing anything.
pub(crate) fn hash(archive: &Archive<'_>) -> Result<String, ZipError> {
    for_each_content(archive, |_, _| Ok(()))
}

/// Unpacks a checked zip into a new directory `root`, leaving out the first `prefix` bytes of
/// each name, and hashes it on the way. After an error the directory holds something useless.
pub(crate) fn unpack(
    archive: &Archive<'_>,
    prefix: usize,
    root: &Path,
) -> Result<Unpacked, ZipError> {
    let failed = |op: &str, path: &Path, err: std::io::Error| {
        ZipError::Write(format!("{op} {}: {}", path.display(), errno_text(&err)))
    };
    disk::create_dir_all(root).map_err(|err| failed("mkdir", root, err))?;
    let mut dirs = vec![root.to_owned()];
    let mut seen = HashSet::new();
    for entry in archive.entries.iter().filter(|entry| !entry.is_dir()) {
        make_parents(root, relative(entry, prefix), &mut seen, &mut dirs)?;
    }
    #[expect(clippy::disallowed_methods, reason = "it was just made")]
    let root_dir = Dir::open(root).map_err(|err| failed("open", root, err))?;
    let hash = for_each_content(archive, |entry, content| {
        if entry.is_dir() {
            return Ok(());
        }
        let name = relative(entry, prefix);
        let mut file = root_dir
            .create_file(name, 0o444)
            .map_err(|err| failed("open", &root.join(name), err))?;
        file.write_all(content)
            .map_err(|err| failed("write", &root.join(name), err))
    })?;
    Ok(Unpacked { hash, dirs })
}

fn relative<'a>(entry: &Entry<'a>, prefix: usize) -> &'a str {
    // The names were checked to be UTF-8 and to have the prefix.
    entry
        .name
        .get(prefix..)
        .and_then(|name| std::str::from_utf8(name).ok())
        .unwrap_or_default()
}

fn make_parents<'a>(
    root: &Path,
    name: &'a str,
    seen: &mut HashSet<&'a str>,
    dirs: &mut Vec<PathBuf>,
) -> Result<(), ZipError> {
    let Some((parent, _)) = name.rsplit_once('/') else {
        return Ok(());
    };
    if !seen.insert(parent) {
        return Ok(());
    }
    make_parents(root, parent, seen, dirs)?;
    let dir = root.join(parent);
    if let Err(err) = disk::create_dir(&dir)
        && err.kind() != std::io::ErrorKind::AlreadyExists
    {
        return Err(ZipError::Write(format!(
            "mkdir {}: {}",
            dir.display(),
            errno_text(&err)
        )));
    }
    dirs.push(dir);
    Ok(())
}

/// Inflates every file once, many at a time, hands each to `with`, and hashes all of them.
fn for_each_content(
    archive: &Archive<'_>,
    with: impl Fn(&Entry<'_>, &[u8]) -> Result<(), ZipError> + Sync,
) -> Result<String, ZipError> {
    let one = |inflater: &mut Inflater, entry: &Entry<'_>| -> Result<[u8; 32], ZipError> {
        let content = inflater.content(archive, entry)?;
        with(entry, content)?;
        Ok(Sha256::digest(content).into())
    };
    let entries = &archive.entries;
    let sums: Result<Vec<[u8; 32]>, ZipError> = if entries.len() <= MIN_BATCH {
        let mut inflater = Inflater::new();
        entries
            .iter()
            .map(|entry| one(&mut inflater, entry))
            .collect()
    } else {
        entries
            .par_iter()
            .with_min_len(MIN_BATCH)
            .map_init(Inflater::new, one)
            .collect()
    };
    let mut hash = Hash1::default();
    for (entry, sum) in entries.iter().zip(sums?) {
        hash.add(entry.name, sum);
    }
    hash.finish().ok_or(ZipError::Newline)
}
