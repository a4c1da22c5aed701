//! The path without symbolic links, found step by step: so that what a view remembers of one path's directories serves the
//! next, and each step can be written down.

use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

use rustix::io::Errno;

use crate::meta::FileKind;

/// The kernel follows as many links on the way.
const MOST_LINKS: usize = 40;

/// The looks that are taken on the way.
pub(crate) trait Looks {
    /// What the path names, links not followed.
    fn kind(&self, path: &Path) -> io::Result<FileKind>;
    /// Where the link leads.
    fn read_link(&self, path: &Path) -> io::Result<PathBuf>;
}

/// The real path of what stands at the absolute path `path`, as realpath(3) gives it.
pub(crate) fn resolve(path: &Path, looks: &impl Looks) -> io::Result<PathBuf> {
    let mut real = PathBuf::from("/");
    let mut left = Vec::new();
    push_steps(path, &mut left);
    let mut links = 0;
    while let Some(step) = left.pop() {
        if step == ".." {
            real.pop();
            continue;
        }
        real.push(step);
        let kind = looks.kind(&real)?;
        if kind.is_symlink() {
            links += 1;
            if links > MOST_LINKS {
                return Err(Errno::LOOP.into());
            }
            let target = looks.read_link(&real)?;
            match target.is_absolute() {
                true => real = PathBuf::from("/"),
                false => _ = real.pop(),
            }
            push_steps(&target, &mut left);
        } else if !left.is_empty() && !kind.is_dir() {
            return Err(Errno::NOTDIR.into());
        }
    }
    Ok(real)
}

/// Puts the names of `path` on the stack, the first on top.
fn push_steps(path: &Path, stack: &mut Vec<OsString>) {
    let named = path.components().rev().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    });
    stack.extend(named);
}
