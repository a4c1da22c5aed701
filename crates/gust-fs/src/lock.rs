//! File locks that exclude a running `go`.
//!
//! The go command takes `flock` locks on the files themselves (`trim.txt`, `.info`, go.mod) or on a file beside them
//! (`cache/lock`, `v1.2.3.lock`). A lock belongs to the open file, so two threads exclude each other too.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::disk::File;

/// A held lock; given back when dropped.
#[derive(Debug)]
pub struct FileLock {
    file: File,
}

impl FileLock {
    /// Waits for the only lock on `path`, which is created (mode 0666 before umask) when it is not there.
    pub fn exclusive(path: &Path) -> io::Result<Self> {
        let file = writable(path, 0o666)?;
        file.lock()?;
        Ok(Self { file })
    }

    /// Waits for a lock on `path` that others may share. The file must exist.
    pub fn shared(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        file.lock_shared()?;
        Ok(Self { file })
    }

    /// As [`FileLock::exclusive`], but `None` at once when someone holds a lock.
    pub fn try_exclusive(path: &Path) -> io::Result<Option<Self>> {
        let file = writable(path, 0o666)?;
        Ok(file.try_lock()?.then_some(Self { file }))
    }

    /// The locked file, to read or write it under the lock.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Closing gives the lock back as well, but not while a child process holds a copy of the descriptor.
        let _ = self.file.unlock();
    }
}

/// The content of `path`, read under a shared lock.
pub fn read_locked(path: &Path) -> io::Result<Vec<u8>> {
    let mut lock = FileLock::shared(path)?;
    let mut bytes = Vec::new();
    lock.file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Makes `bytes` the content of `path` in place, under an exclusive lock. `mode` is used when the file is new.
pub fn write_locked(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let file = writable(path, mode)?;
    file.lock()?;
    let mut lock = FileLock { file };
    lock.file.set_len(0)?;
    lock.file.write_all(bytes)
}

/// Replaces the content of `path` by what `change` makes of it, all under one exclusive lock. When `change` says `None`
/// nothing is written. When writing fails the old content is put back, as far as that is possible.
pub fn transform<E: From<io::Error>>(
    path: &Path,
    change: impl FnOnce(&[u8]) -> Result<Option<Vec<u8>>, E>,
) -> Result<(), E> {
    let mut lock = FileLock::exclusive(path)?;
    let mut old = Vec::new();
    lock.file.read_to_end(&mut old)?;
    let Some(new) = change(&old)? else {
        return Ok(());
    };
    overwrite(&mut lock.file, &old, &new).map_err(E::from)
}

/// The tail goes first: should the disk be full, that is found out while the old content is still whole.
fn overwrite(file: &mut File, old: &[u8], new: &[u8]) -> io::Result<()> {
    if let Some(tail) = new.get(old.len()..)
        && let Err(err) = write_at(file, tail, old.len() as u64)
    {
        let _ = file.set_len(old.len() as u64);
        return Err(err);
    }
    let head = &new[..new.len().min(old.len())];
    let done = write_at(file, head, 0).and_then(|()| file.set_len(new.len() as u64));
    if done.is_err() && write_at(file, old, 0).is_ok() {
        let _ = file.set_len(old.len() as u64);
    }
    done
}

fn write_at(file: &mut File, bytes: &[u8], at: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.write_all(bytes)
}

fn writable(path: &Path, mode: u32) -> io::Result<File> {
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(mode)
        .open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temp::TempDir;

    #[test]
    fn excludes_and_gives_back() {
        let dir = TempDir::new_in(&std::env::temp_dir(), "lock").unwrap();
        let path = dir.path().join("lock");
        let held = FileLock::exclusive(&path).unwrap();
        assert!(FileLock::try_exclusive(&path).unwrap().is_none());
        drop(held);
        let shared = FileLock::shared(&path).unwrap();
        let also = FileLock::shared(&path).unwrap();
        assert!(FileLock::try_exclusive(&path).unwrap().is_none());
        drop((shared, also));
        assert!(FileLock::try_exclusive(&path).unwrap().is_some());
        assert!(FileLock::shared(&dir.path().join("absent")).is_err());
    }

    #[test]
    fn transforms_in_place() {
        let dir = TempDir::new_in(&std::env::temp_dir(), "lock").unwrap();
        let path = dir.path().join("f");
        write_locked(&path, b"hello world", 0o644).unwrap();
        for text in [&b"hi"[..], b"a longer text than before", b"", b"x"] {
            transform::<io::Error>(&path, |_| Ok(Some(text.to_vec()))).unwrap();
            assert_eq!(read_locked(&path).unwrap(), text);
        }
        transform::<io::Error>(&path, |_| Ok(None)).unwrap();
        assert_eq!(read_locked(&path).unwrap(), b"x");
    }
}
