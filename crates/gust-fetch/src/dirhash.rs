//! The `h1:` hash of a tree of files: of a module's zip, of its directory, of a go.mod alone.

#![expect(
    clippy::disallowed_methods,
    reason = "hashes whole trees once; what is remembered of them would only cost memory"
)]

use std::path::Path;

use gust_fs::View;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::archive::{self, Archive};
use crate::error::FetchError;
use crate::sumdb::base64;

/// Collects the files' hashes; the order in which they come does not matter.
#[derive(Default)]
pub(crate) struct Hash1 {
    lines: Vec<(Vec<u8>, [u8; 32])>,
}

impl Hash1 {
    pub(crate) fn add(&mut self, name: &[u8], sum: [u8; 32]) {
        self.lines.push((name.to_vec(), sum));
    }

    /// The hash; `None` if a name has a newline, for which the format has no way.
    pub(crate) fn finish(mut self) -> Option<String> {
        self.lines.sort();
        let mut hash = Sha256::new();
        let mut line = Vec::new();
        for (name, sum) in &self.lines {
            if name.contains(&b'\n') {
                return None;
            }
            line.clear();
            for byte in sum {
                line.push(HEX[usize::from(byte >> 4)]);
                line.push(HEX[usize::from(byte & 15)]);
            }
            line.extend_from_slice(b"  ");
            line.extend_from_slice(name);
            line.push(b'\n');
            hash.update(&line);
        }
        Some(format!("h1:{}", base64(&hash.finalize())))
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// The hash of a go.mod file, as go.sum lists it under `version/go.mod`.
pub fn of_go_mod(data: &[u8]) -> String {
    let mut hash = Hash1::default();
    hash.add(b"go.mod", Sha256::digest(data).into());
    hash.finish().unwrap_or_default()
}

/// The hash of a zip file.
pub fn of_zip(view: &View, path: &Path) -> Result<String, FetchError> {
    let data = view
        .map(path)
        .map_err(|err| FetchError::io("open", path, err))?;
    Ok(archive::hash(&Archive::open(&data)?)?)
}

/// The hash of a directory whose files stand under `prefix` (such as `path@version`) in the zip
/// that it came from.
pub fn of_dir(dir: &Path, prefix: &str) -> Result<String, FetchError> {
    let mut files = Vec::new();
    list(dir, &mut files)?;
    let lines: Result<Vec<_>, FetchError> = files
        .par_iter()
        .with_min_len(16)
        .map(|path| {
            let data = std::fs::read(path).map_err(|err| FetchError::io("open", path, err))?;
            let relative = path.strip_prefix(dir).unwrap_or(path);
            let name = format!("{prefix}/{}", relative.display());
            Ok((name, <[u8; 32]>::from(Sha256::digest(data))))
        })
        .collect();
    let mut hash = Hash1::default();
    for (name, sum) in lines? {
        hash.add(name.as_bytes(), sum);
    }
    hash.finish()
        .ok_or(FetchError::Zip(archive::ZipError::Newline))
}

fn list(dir: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<(), FetchError> {
    let wrong = |err| FetchError::io("open", dir, err);
    for entry in std::fs::read_dir(dir).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        let kind = entry.file_type().map_err(wrong)?;
        if kind.is_dir() {
            list(&entry.path(), files)?
        } else {
            files.push(entry.path())
        }
    }
    Ok(())
}
