//! The disk as it is at this moment: for the files that gust itself makes, moves and removes.
//!
//! Nothing here is remembered or observed. What a command reads of a person's files, of modules and of the release goes
//! through a [`View`](crate::View); whoever reads here (clippy.toml names the functions) looks at a cache or a work
//! directory, under locks that a view knows nothing of. Paths are text as everywhere in gust (see [`gust_bytes`]) and become
//! bytes here; errors are the system's own.

mod dir;
mod file;

use gust_bytes::{os_path, path_of};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::meta::{DirEntry, Meta};

pub use dir::{Dir, look};
pub use file::{File, OpenOptions, copy};

/// The whole content of a file.
pub fn read(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    std::fs::read(os_path(&path))
}

/// The whole content of a file, as text; other than UTF-8 is an error of kind `InvalidData`.
pub fn read_to_string(path: impl AsRef<Path>) -> io::Result<String> {
    std::fs::read_to_string(os_path(&path))
}

/// What stands at `path`, links followed.
pub fn metadata(path: impl AsRef<Path>) -> io::Result<Meta> {
    Meta::of_path(path.as_ref(), true)
}

/// What stands at `path`, a link itself if it is one.
pub fn symlink_metadata(path: impl AsRef<Path>) -> io::Result<Meta> {
    Meta::of_path(path.as_ref(), false)
}

/// The names in a directory, sorted bytewise.
pub fn read_dir(dir: impl AsRef<Path>) -> io::Result<Vec<DirEntry>> {
    dir::list(dir.as_ref())
}

/// The path with every symbolic link on the way resolved.
pub fn canonicalize(path: impl AsRef<Path>) -> io::Result<PathBuf> {
    std::fs::canonicalize(os_path(&path)).map(path_of)
}

/// Makes `bytes` the content of `path`, in place; a new file gets mode 0666 before umask. For files that nobody else looks
/// at yet: others are replaced with [`write::atomic`](crate::write::atomic). Text becomes bytes by [`gust_bytes::raw`].
pub fn write(path: impl AsRef<Path>, bytes: &[u8]) -> io::Result<()> {
    std::fs::write(os_path(&path), bytes)
}

/// Gives a file or directory another name, replacing what has it.
pub fn rename(from: impl AsRef<Path>, to: impl AsRef<Path>) -> io::Result<()> {
    std::fs::rename(os_path(&from), os_path(&to))
}

/// Gives a file a second name.
pub fn hard_link(file: impl AsRef<Path>, name: impl AsRef<Path>) -> io::Result<()> {
    std::fs::hard_link(os_path(&file), os_path(&name))
}

/// Sets the permission bits of what stands at `path`, links followed.
pub fn set_mode(path: impl AsRef<Path>, mode: u32) -> io::Result<()> {
    std::fs::set_permissions(os_path(&path), std::fs::Permissions::from_mode(mode))
}

/// Makes the current time that of a file's last change and use.
pub fn touch(path: impl AsRef<Path>) -> io::Result<()> {
    File::open(path)?.touch()
}

/// Whether files can be made in a directory.
///
/// # Errors
/// It is not there, or not to be written to.
pub fn check_writable(dir: impl AsRef<Path>) -> io::Result<()> {
    use rustix::fs::{Access, access};
    Ok(access(&*os_path(&dir), Access::WRITE_OK | Access::EXEC_OK)?)
}

/// Makes a directory (mode 0777 before umask); the one above must be there.
pub fn create_dir(dir: impl AsRef<Path>) -> io::Result<()> {
    std::fs::create_dir(os_path(&dir))
}

/// Makes a directory (mode 0777 before umask) and what is missing above it.
pub fn create_dir_all(dir: impl AsRef<Path>) -> io::Result<()> {
    std::fs::create_dir_all(os_path(&dir))
}

/// Removes a file or a link.
pub fn remove_file(path: impl AsRef<Path>) -> io::Result<()> {
    std::fs::remove_file(os_path(&path))
}

/// Removes what stands at `path`: a file, or a tree, directories without write permission (as those of the module cache
/// are) included. Nothing there is no error.
pub fn remove_all(path: impl AsRef<Path>) -> io::Result<()> {
    let path = path.as_ref();
    let removed = match symlink_metadata(path) {
        Ok(meta) if !meta.is_dir() => std::fs::remove_file(os_path(&path)),
        Err(err) => Err(err),
        Ok(_) => std::fs::remove_dir_all(os_path(&path)).or_else(|_| {
            make_writable(path);
            std::fs::remove_dir_all(os_path(&path))
        }),
    };
    match removed {
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Lets the owner change a tree of directories. Best effort.
fn make_writable(dir: &Path) {
    let _ = set_mode(dir, 0o700);
    for entry in dir::list(dir).unwrap_or_default() {
        if entry.kind.is_dir() {
            make_writable(&dir.join(entry.name()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::temp::TempDir;

    #[test]
    fn removes_whatever_stands_there() {
        let dir = TempDir::new_in(&std::env::temp_dir(), "disk").unwrap();
        let (tree, link) = (dir.path().join("tree"), dir.path().join("link"));
        create_dir_all(tree.join("a/b")).unwrap();
        write(tree.join("a/b/f"), b"x").unwrap();
        set_mode(tree.join("a/b"), 0o555).unwrap();
        set_mode(tree.join("a"), 0o555).unwrap();
        std::os::unix::fs::symlink("tree", &link).unwrap();
        remove_all(&link).unwrap();
        assert!(metadata(tree.join("a/b/f")).is_ok(), "a link goes alone");
        remove_all(&tree).unwrap();
        remove_all(&tree).unwrap();
        assert_eq!(read_dir(dir.path()).unwrap(), []);
    }
}
