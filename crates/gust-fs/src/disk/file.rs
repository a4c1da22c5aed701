//! An open file.

use gust_bytes::os_path;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::SystemTime;

use crate::meta::Meta;

/// An open file: read, written and locked through it, closed when dropped.
#[derive(Debug)]
pub struct File(fs::File);

impl File {
    /// Opens a file to read it, as it is at this moment.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        fs::File::open(os_path(&path)).map(Self)
    }

    /// How else to open a file.
    pub fn options() -> OpenOptions {
        OpenOptions(fs::OpenOptions::new())
    }

    /// What is known of the file.
    pub fn metadata(&self) -> io::Result<Meta> {
        Meta::of_file(&self.0)
    }

    /// Cuts the file off at `size` bytes, or fills it up with zeros.
    pub fn set_len(&self, size: u64) -> io::Result<()> {
        self.0.set_len(size)
    }

    /// Sets the times of the last use and of the last change to now.
    pub fn touch(&self) -> io::Result<()> {
        let now = SystemTime::now();
        self.0
            .set_times(fs::FileTimes::new().set_accessed(now).set_modified(now))
    }

    /// Waits for a lock that excludes all others.
    pub fn lock(&self) -> io::Result<()> {
        retry(|| self.0.lock())
    }

    /// Waits for a lock that others may share.
    pub fn lock_shared(&self) -> io::Result<()> {
        retry(|| self.0.lock_shared())
    }

    /// As [`File::lock`], but false at once when someone holds a lock.
    pub fn try_lock(&self) -> io::Result<bool> {
        match self.0.try_lock() {
            Ok(()) => Ok(true),
            Err(fs::TryLockError::WouldBlock) => Ok(false),
            Err(fs::TryLockError::Error(err)) => Err(err),
        }
    }

    /// Gives the lock back.
    pub fn unlock(&self) -> io::Result<()> {
        self.0.unlock()
    }

    /// Reads what stands at `offset`; may read less than asked for.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(buffer, offset)
    }

    /// Fills `buffer` with what stands at `offset`.
    pub fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.0.read_exact_at(buffer, offset)
    }

    /// Writes `bytes` over what stands at `offset`.
    pub fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    pub(crate) fn inner(&self) -> &fs::File {
        &self.0
    }
}

fn retry(mut take: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    loop {
        match take() {
            Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Copies all that is left of `from` to where `to` stands, in the kernel where that is possible; gives the number of bytes.
pub fn copy(from: &mut File, to: &mut File) -> io::Result<u64> {
    io::copy(&mut from.0, &mut to.0)
}

impl From<OwnedFd> for File {
    fn from(fd: OwnedFd) -> Self {
        Self(fd.into())
    }
}

impl AsFd for File {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Read for File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }

    // Passed on because a file knows its size.
    fn read_to_end(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        self.0.read_to_end(bytes)
    }

    fn read_to_string(&mut self, text: &mut String) -> io::Result<usize> {
        self.0.read_to_string(text)
    }
}

impl Read for &File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&self.0).read(buffer)
    }
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Write for &File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for File {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// How a file is to be opened; nothing is asked for at first. See [`std::fs::OpenOptions`].
#[derive(Debug, Clone)]
pub struct OpenOptions(fs::OpenOptions);

impl OpenOptions {
    /// To read it.
    pub fn read(&mut self, yes: bool) -> &mut Self {
        self.0.read(yes);
        self
    }

    /// To write it.
    pub fn write(&mut self, yes: bool) -> &mut Self {
        self.0.write(yes);
        self
    }

    /// To write at its end, wherever that is then.
    pub fn append(&mut self, yes: bool) -> &mut Self {
        self.0.append(yes);
        self
    }

    /// Its content is dropped.
    pub fn truncate(&mut self, yes: bool) -> &mut Self {
        self.0.truncate(yes);
        self
    }

    /// It is made when it is not there.
    pub fn create(&mut self, yes: bool) -> &mut Self {
        self.0.create(yes);
        self
    }

    /// It is made, and must not be there.
    pub fn create_new(&mut self, yes: bool) -> &mut Self {
        self.0.create_new(yes);
        self
    }

    /// The mode of a new file, before umask; 0666 unless said.
    pub fn mode(&mut self, mode: u32) -> &mut Self {
        self.0.mode(mode);
        self
    }

    /// Opens the file.
    pub fn open(&self, path: impl AsRef<Path>) -> io::Result<File> {
        self.0.open(os_path(&path)).map(File)
    }
}
