//! The content of a file, mapped when that is cheaper than reading.

use std::io::{self, Read};
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

use crate::disk::File;

/// Below this a read is cheaper than a mapping and the page faults after it.
const SMALL: u64 = 32 * 1024;

/// The content of a file; dereferences to its bytes.
///
/// The file must not be cut short while it is mapped: that is true of what gust maps, which is replaced by rename only.
#[derive(Debug)]
pub struct Mapped(Held);

#[derive(Debug)]
enum Held {
    Map(Mmap),
    Bytes(Vec<u8>),
}

impl Mapped {
    /// The content of the file at `path`. Source, module and toolchain files are read through a
    /// [`View`](crate::View) instead; this is for files of gust's own, as those of a cache.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::of_file(File::open(path)?)
    }

    pub(crate) fn of_file(mut file: File) -> io::Result<Self> {
        let size = file.metadata()?.size;
        if size >= SMALL {
            // SAFETY: the mapping is private and read-only; see the type's remark on files being cut short.
            return Ok(Self(Held::Map(unsafe { Mmap::map(file.inner())? })));
        }
        let mut bytes = Vec::with_capacity(size as usize + 1);
        file.read_to_end(&mut bytes)?;
        Ok(Self(Held::Bytes(bytes)))
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Held::Map(map) => map,
            Held::Bytes(bytes) => bytes,
        }
    }
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        self
    }
}
