//! Fixed sources: gathered from every unit, then written.
//!
//! They are written when the build is over, so that nothing reads a file that changes. A file of several units must have been
//! fixed in one way.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gust_fs::{View, write};

/// The files with their new contents.
///
/// # Errors
/// A zip that is none, or two units that disagree.
pub(super) fn gather(zips: &[Vec<u8>]) -> Result<BTreeMap<PathBuf, Vec<u8>>, String> {
    let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    for zip in zips {
        for (name, content) in gust_fetch::members(zip).map_err(|error| error.to_string())? {
            match files.get(&name) {
                Some(other) if *other != content => {
                    return Err(format!("inconsistent fixes to file {}", name.display()));
                }
                _ => files.insert(name, content),
            };
        }
    }
    Ok(files)
}

/// Replaces a file's content, and leaves its mode.
///
/// # Errors
/// Why it cannot be.
pub(super) fn apply(view: &View, file: &Path, content: &[u8]) -> std::io::Result<()> {
    // A name that leads elsewhere stays one.
    let file = view.canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let mode = view.stat(&file).map_or(0o644, |found| found.mode);
    write::atomic(&file, content, mode & 0o777)
}
