//! The `h1:` hash of a tree of files: of a module's zip, of its directory, of a go.mod alone.

use std::ffi::CStr;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use gust_fs::View;
use gust_fs::disk::Dir;
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
        // A name that is there twice counts twice, both times with the content that came last.
        self.lines.sort_by(|a, b| a.0.cmp(&b.0));
        for at in (1..self.lines.len()).rev() {
            let (before, from) = self.lines.split_at_mut(at);
            if let (Some(one), Some(next)) = (before.last_mut(), from.first())
                && one.0 == next.0
            {
                one.1 = next.1;
            }
        }
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
    let walk = Walk {
        sums: Mutex::default(),
        failed: Mutex::default(),
    };
    rayon::scope(|scope| walk.directory(scope, PathBuf::from(dir), prefix.to_owned()));
    if let Some(err) = walk
        .failed
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
    {
        return Err(err);
    }
    let mut hash = Hash1::default();
    for (name, sum) in walk
        .sums
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
    {
        hash.add(&name, sum);
    }
    hash.finish()
        .ok_or(FetchError::Zip(archive::ZipError::Newline))
}

/// As much of a file as is read at once; most are smaller.
const CHUNK: usize = 128 << 10;

/// A tree on its way to its hash, one task a directory.
struct Walk {
    sums: Mutex<Vec<(Vec<u8>, [u8; 32])>>,
    failed: Mutex<Option<FetchError>>,
}

impl Walk {
    fn directory<'s>(&'s self, scope: &rayon::Scope<'s>, dir: PathBuf, name: String) {
        let result = self.try_directory(scope, &dir, &name);
        if let Err(err) = result {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(err);
        }
    }

    fn try_directory<'s>(
        &'s self,
        scope: &rayon::Scope<'s>,
        dir: &Path,
        name: &str,
    ) -> Result<(), FetchError> {
        let wrong = |err| FetchError::io("open", dir, err);
        #[expect(
            clippy::disallowed_methods,
            reason = "a tree is hashed as it is now, whatever was remembered of it"
        )]
        let opened = Dir::open(dir).map_err(wrong)?;
        let mut files = Vec::new();
        let list = opened.for_each(|file_name, kind| {
            if kind.is_dir() {
                let below = gust_bytes::text(file_name.to_bytes());
                let (dir, name) = (dir.join(&*below), format!("{name}/{below}"));
                scope.spawn(move |scope| self.directory(scope, dir, name));
            } else {
                files.push(file_name.to_owned());
            }
        });
        list.map_err(wrong)?;
        let mut sums = Vec::with_capacity(files.len());
        let mut chunk = vec![0; CHUNK];
        for file in files {
            let sum = hash_file(&opened, &file, &mut chunk).map_err(|err| {
                let file = dir.join(gust_bytes::text(file.to_bytes()).as_ref());
                FetchError::io("open", &file, err)
            })?;
            let mut full = gust_bytes::raw(name).into_owned();
            full.push(b'/');
            full.extend_from_slice(file.to_bytes());
            sums.push((full, sum));
        }
        self.sums
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .append(&mut sums);
        Ok(())
    }
}

fn hash_file(dir: &Dir, name: &CStr, chunk: &mut [u8]) -> io::Result<[u8; 32]> {
    let mut file = dir.open_file(name)?;
    let first = file.read(&mut *chunk)?;
    let mut hash = Sha256::new();
    hash.update(&chunk[..first]);
    // Less than was asked for is all there is, on every file system that a module cache is on; a
    // second look would cost a system call for each of tens of thousands of files. Were it
    // otherwise the hash would be wrong, never wrongly right.
    let mut last = first;
    while last == chunk.len() {
        last = file.read(&mut *chunk)?;
        hash.update(&chunk[..last]);
    }
    Ok(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hash is what go makes of a zip with these two entries.
    #[test]
    fn of_two_files_of_one_name_the_last_counts() {
        let mut hash = Hash1::default();
        for content in ["package z", "package zz"] {
            let name = b"corp.example/z@v1.0.0/z.go";
            hash.add(name, Sha256::digest(content).into());
        }
        let want = "h1:+nFN8B/TkR6NmnXNEcUqajfXnuPvDUhHITMWP3DjxeU=";
        assert_eq!(hash.finish().as_deref(), Some(want));
    }
}
