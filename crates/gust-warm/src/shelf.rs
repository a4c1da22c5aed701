//! Where records lie, and which go when there are too many.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use gust_fs::{Mapped, disk, write};

use crate::invocation::Invocation;
use crate::record::{Kept, Record};

/// As many bytes of records are kept.
const ROOM: u64 = 256 << 20;
/// Every so many records the shelf is looked through.
const ROUND: u64 = 32;

/// A directory of records.
#[derive(Debug)]
pub struct Shelf {
    dir: PathBuf,
}

impl Shelf {
    /// The shelf below a directory for what gust remembers. It is made when there is something to keep.
    pub fn in_dir(state: &Path) -> Shelf {
        Shelf {
            dir: state.join("warm"),
        }
    }

    /// The record of an invocation, if there is one. Whether it holds is another question.
    #[expect(
        clippy::disallowed_methods,
        reason = "a record is gust's own, and asked for before there is a view"
    )]
    pub fn find(&self, invocation: &Invocation) -> Option<Kept> {
        let file = Mapped::open(&self.dir.join(invocation.name())).ok()?;
        Kept::read(file, invocation)
    }

    /// Keeps a record in the place of an older one.
    ///
    /// # Errors
    /// The system's, when nothing can be written there: the next run is answered anew, and that is all.
    pub fn keep(&self, record: &Record, now_ns: i64) -> io::Result<()> {
        disk::create_dir_all(&self.dir)?;
        write::atomic_with(&self.dir.join(&record.name), 0o600, |file| {
            file.write_all(&record.front)?;
            let mut parts = record.answer.parts();
            parts.try_for_each(|(_, part)| file.write_all(part))
        })?;
        match (now_ns as u64 / 1000).is_multiple_of(ROUND) {
            true => self.trim(ROOM),
            false => Ok(()),
        }
    }

    /// Removes the oldest records until the others need no more than `room` bytes.
    #[expect(
        clippy::disallowed_methods,
        reason = "a cache of gust's own is looked at as it is now"
    )]
    fn trim(&self, room: u64) -> io::Result<()> {
        let mut records = Vec::new();
        for entry in disk::read_dir(&self.dir)? {
            let path = self.dir.join(entry.name());
            if let Ok(meta) = disk::symlink_metadata(&path) {
                records.push((meta.sig.mtime_ns, meta.size, path));
            }
        }
        records.sort_unstable_by_key(|(made, ..)| std::cmp::Reverse(*made));
        let mut taken = 0;
        for (_, size, path) in records {
            taken += size;
            if taken > room {
                disk::remove_file(&path)?;
            }
        }
        Ok(())
    }
}
