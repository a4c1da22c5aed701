//! Files of the module cache: written whole, or under the locks that the go command takes.

#![expect(
    clippy::disallowed_methods,
    reason = "the module cache is written here, under its own locks; who holds one must not see what was remembered"
)]

use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use gust_fs::Meta;
use gust_fs::disk::{self, File};
use gust_fs::temp::TempPath;

pub(crate) use gust_fs::lock::read_locked;

/// A file open for reading and writing, made if need be, that nobody else has a lock on.
pub(crate) fn edit_locked(path: &Path) -> io::Result<File> {
    let open = || {
        File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o666)
            .open(path)
    };
    let file = match open() {
        Err(err) if err.kind() == io::ErrorKind::NotFound => {
            create_parent(path)?;
            open()?
        }
        other => other?,
    };
    file.lock()?;
    Ok(file)
}

/// Replaces the content under the file's lock.
pub(crate) fn write_locked(path: &Path, data: &[u8]) -> io::Result<()> {
    let mut file = edit_locked(path)?;
    file.set_len(0)?;
    file.write_all(data)
}

/// As [`write_locked`], in the way of files that are checked by their length: the room is made
/// first, so that a write that fails leaves zero bytes behind, which no reader accepts.
pub(crate) fn write_reserved(path: &Path, data: &[u8]) -> io::Result<()> {
    let mut file = edit_locked(path)?;
    file.set_len(data.len() as u64)?;
    file.write_all(data)
}

/// Replaces `old` by `new` under the file's lock; false when the file says something else.
pub(crate) fn replace_locked(path: &Path, old: &[u8], new: &[u8]) -> io::Result<bool> {
    let mut file = edit_locked(path)?;
    let mut data = Vec::new();
    file.read_to_end(&mut data)?;
    if !data.is_empty() && data != old {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(0))?;
    file.set_len(0)?;
    file.write_all(new)?;
    Ok(true)
}

/// Rewrites a file under its lock by what `edit` makes of its content.
pub(crate) fn transform_locked(path: &Path, edit: impl FnOnce(&[u8]) -> Vec<u8>) -> io::Result<()> {
    let mut file = edit_locked(path)?;
    let mut old = Vec::new();
    file.read_to_end(&mut old)?;
    let new = edit(&old);
    if new == old {
        return Ok(());
    }
    // A longer file first gets its room, so that a full disk is found before anything is lost.
    if new.len() > old.len() {
        file.seek(SeekFrom::End(0))?;
        file.write_all(&vec![0; new.len() - old.len()])?;
    }
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&new)?;
    file.set_len(new.len() as u64)
}

/// Holds a lock file until dropped.
pub(crate) struct Lock {
    /// The open file is the lock.
    _file: File,
}

impl Lock {
    pub(crate) fn exclusive(path: &Path) -> io::Result<Self> {
        Ok(Self {
            _file: edit_locked(path)?,
        })
    }
}

/// A new file beside where its content will lie, with a name that the go command knows as
/// rubbish when it finds it under the lock. Gone when dropped, unless it arrived.
pub(crate) fn temp_beside(path: &Path) -> io::Result<(TempPath, File)> {
    loop {
        let name = with_suffix(path, &format!("{}.tmp", unique() % 1_000_000_000));
        if exists(&name) {
            continue;
        }
        let temp = TempPath::new(name);
        let mut options = File::options();
        options.read(true).write(true).create_new(true).mode(0o666);
        match options.open(temp.path()) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => create_parent(path)?,
            other => return other.map(|file| (temp, file)),
        }
    }
}

/// Writes a whole file: under its name at once where it is new, else renamed into place.
pub(crate) fn write_atomic(path: &Path, data: &[u8]) -> io::Result<()> {
    create_parent(path)?;
    if gust_fs::write::create_whole(path, data, 0o666)? {
        return Ok(());
    }
    let (temp, mut file) = temp_beside(path)?;
    file.write_all(data)?;
    disk::rename(temp.path(), path)?;
    temp.keep();
    Ok(())
}

/// The path with something after its last name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A number that no other process or thread is likely to have.
pub(crate) fn unique() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _, RandomState};
    RandomState::new().build_hasher().finish()
}

pub(crate) fn create_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) => disk::create_dir_all(parent),
        None => Ok(()),
    }
}

/// Makes directories that were made with one mode, the first of them first, unwritable, children
/// before parents, as far as possible.
pub(crate) fn make_read_only(dirs: &[PathBuf]) {
    let Some(Ok(meta)) = dirs.first().map(disk::metadata) else {
        return;
    };
    let mode = meta.mode;
    if mode & 0o222 == 0 {
        return;
    }
    for dir in dirs.iter().rev() {
        let _ = disk::set_mode(dir, mode & !0o222);
    }
}

/// Replaces the content of a locked, open file, unless it is the same. The room is made first, so
/// that a write that fails leaves zero bytes behind, which readers know for what they are.
pub(crate) fn rewrite(file: &mut File, data: &[u8]) -> io::Result<()> {
    let mut old = Vec::new();
    file.read_to_end(&mut old)?;
    if old == data {
        return Ok(());
    }
    file.set_len(0)?;
    file.set_len(data.len() as u64)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(data).inspect_err(|_| drop(file.set_len(0)))
}

/// Whether anything stands there just now; for those who hold the lock, so not from memory.
pub(crate) fn exists(path: &Path) -> bool {
    disk::symlink_metadata(path).is_ok()
}

/// What a file holds just now.
pub(crate) fn contents(path: &Path) -> io::Result<Vec<u8>> {
    disk::read(path)
}

/// What stands there just now.
pub(crate) fn metadata(path: &Path) -> io::Result<Meta> {
    disk::metadata(path)
}

/// The names in a directory just now.
pub(crate) fn names_in(dir: &Path) -> io::Result<Vec<String>> {
    let entries = disk::read_dir(dir)?;
    Ok(entries
        .into_iter()
        .map(|entry| entry.name.into_string())
        .collect())
}
