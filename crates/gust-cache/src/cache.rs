//! [`Cache`]: from an action's ID to its output.
//!
//! An entry is two files. `xx/<action>-a` holds one [line](crate::entry) that names the output; `xx/<output>-d` holds the
//! output, or is a directory with one executable in it, named as it shall be seen by `ps`. `xx` is the ID's first byte.
//!
//! Any number of go and gust processes use one cache at once without a lock, and any of them may be killed at any
//! moment. What keeps it sound: outputs are named by their content, so two writers of one file write the same bytes; an
//! output is written all but its last byte and then that byte, so a file of the right size is whole; the action's line
//! comes after the output, has a fixed size, and is written over the old one with one write. A reader holds the size
//! against the line, and where the content matters the hash against the name. What does not hold is a miss.

use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use gust_fs::disk::{self, File, OpenOptions};
use gust_fs::{Mapped, Meta, sha256, sha256_reader};
use sha2::{Digest, Sha256};

use crate::entry::{ENTRY_LEN, Entry};
use crate::error::{CacheError, Mismatch};
use crate::hash::Hashing;
use crate::id::{ActionId, ID_LEN, OutputId};

/// Uses of a file within this of its last recorded use are not recorded, to spare inode updates.
pub(crate) const MTIME_INTERVAL: Duration = Duration::from_secs(60 * 60);

const README: &str = "This directory holds cached build artifacts from the Go build system.
Run \"go clean -cache\" if the directory is getting too large.
Run \"go clean -fuzzcache\" to delete the fuzz cache.
See go.dev to learn more about Go.
";

/// Whether the cache is put to the test (`GODEBUG=gocacheverify=1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verify {
    /// No: entries are used.
    #[default]
    Off,
    /// Every look-up misses, and what is then put must be what is there.
    On,
}

/// A build cache in a directory. Cheap to open, and used by any number of threads.
#[derive(Debug)]
pub struct Cache {
    dir: PathBuf,
    verify: Verify,
}

impl Cache {
    /// Opens the cache in `dir`, which is made when it is not there.
    pub fn open(dir: &Path) -> Result<Self, CacheError> {
        Self::prepare(dir).map_err(|(op, path, err)| CacheError::Open {
            dir: dir.to_owned(),
            op,
            path,
            err,
        })?;
        Ok(Self {
            dir: dir.to_owned(),
            verify: Verify::Off,
        })
    }

    /// Sets whether the cache is put to the test.
    pub fn with_verify(mut self, verify: Verify) -> Self {
        self.verify = verify;
        self
    }

    /// Where it is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Lets all results of tests that are kept expire now (`clean -testcache`). A cache that is not there has none.
    ///
    /// # Errors
    /// [`CacheError`] when that cannot be noted.
    pub fn expire_tests(&self) -> Result<(), CacheError> {
        let now = gust_fs::meta::now_ns();
        let expired = self.tests_expired_ns();
        let file = self.expiry_file();
        let noted = gust_fs::lock::transform::<io::Error>(&file, |_| {
            Ok((now > expired).then(|| format!("{now}\n").into_bytes()))
        });
        noted.map_err(|err| CacheError::Write {
            op: "open",
            path: file,
            err,
        })
    }

    /// The file that says when kept results of tests have expired; it may not be there.
    pub fn expiry_file(&self) -> PathBuf {
        self.dir.join("testexpire.txt")
    }

    /// When kept results of tests have expired, in nanoseconds since 1970, as `clean -testcache` notes it in testexpire.txt: a
    /// number and a line break. 0 when it has not.
    pub fn tests_expired_ns(&self) -> i64 {
        let text = disk::read_to_string(self.expiry_file()).unwrap_or_default();
        let number = text.strip_suffix('\n').and_then(|text| text.parse().ok());
        number.unwrap_or(0)
    }

    /// Where fuzzing keeps its corpus; may not exist.
    pub fn fuzz_dir(&self) -> PathBuf {
        self.dir.join("fuzz")
    }

    /// What is known of the output of `id`. The output itself may be gone.
    pub fn get(&self, id: ActionId) -> Option<Entry> {
        if self.verify == Verify::On {
            None
        } else {
            self.entry(id)
        }
    }

    /// The file with the output of `id`, if it is there and of the right size.
    pub fn get_file(&self, id: ActionId) -> Option<(PathBuf, Entry)> {
        let entry = self.get(id)?;
        let (file, size) = self.find_output(entry.output_id)?;
        (size == entry.size).then_some((file, entry))
    }

    /// The output of `id`, its hash checked.
    pub fn get_bytes(&self, id: ActionId) -> Option<(Vec<u8>, Entry)> {
        let entry = self.get(id)?;
        let (file, _) = self.find_output(entry.output_id)?;
        let data = disk::read(file).ok()?;
        (sha256(&data) == entry.output_id.0).then_some((data, entry))
    }

    /// The output of `id`, mapped; only its size is checked.
    pub fn get_mapped(&self, id: ActionId) -> Option<(Mapped, Entry)> {
        let (file, entry) = self.get_file(id)?;
        let mapped = Mapped::open(&file).ok()?;
        (mapped.len() as u64 == entry.size).then_some((mapped, entry))
    }

    /// The path of an output that was just got or put, its use recorded. For an executable that is the file inside of its
    /// directory; when that is gone the path names nothing.
    pub fn output_file(&self, id: OutputId) -> PathBuf {
        self.find_output(id)
            .map_or_else(|| self.file_name(id.0, "d"), |(file, _)| file)
    }

    /// Stores what `source` gives, from its start, as the output of `id`. `source` is read twice.
    pub fn put(
        &self,
        id: ActionId,
        source: &mut (impl Read + Seek),
    ) -> Result<(OutputId, u64), CacheError> {
        self.put_source(id, None, source, None)
    }

    /// Stores `data` as the output of `id`.
    pub fn put_bytes(&self, id: ActionId, data: &[u8]) -> Result<(OutputId, u64), CacheError> {
        let out = OutputId(sha256(data));
        self.store(out, data.len() as u64, None, &mut io::Cursor::new(data))?;
        self.put_entry(id, out, data.len() as u64, None)
    }

    /// Stores the file at `path` as the output of `id`. The file must not be written to afterwards: where the file
    /// system allows it, the cache takes the file itself instead of a copy.
    pub fn put_file(&self, id: ActionId, path: &Path) -> Result<(OutputId, u64), CacheError> {
        self.put_file_as(id, path, None)
    }

    /// As [`Cache::put_file`], checked against what is there in [`Verify`] mode; `hashing` describes the action.
    pub fn put_file_verified(
        &self,
        id: ActionId,
        path: &Path,
        hashing: &Hashing,
    ) -> Result<(OutputId, u64), CacheError> {
        self.put_file_as(id, path, Some(hashing))
    }

    /// As [`Cache::put`], checked against what is there in [`Verify`] mode; `hashing` describes the action.
    pub fn put_verified(
        &self,
        id: ActionId,
        source: &mut (impl Read + Seek),
        hashing: &Hashing,
    ) -> Result<(OutputId, u64), CacheError> {
        self.put_source(id, None, source, Some(hashing))
    }

    /// Stores what `source` gives as the output of `id`, to be run from the cache under the file name `name`.
    pub fn put_executable(
        &self,
        id: ActionId,
        name: &str,
        source: &mut (impl Read + Seek),
    ) -> Result<(OutputId, u64), CacheError> {
        self.put_source(id, Some(name), source, None)
    }

    /// Notes that `id` has the output `out`, which is in the cache already.
    pub fn put_known(&self, id: ActionId, out: OutputId, size: u64) -> Result<(), CacheError> {
        self.put_entry(id, out, size, None).map(|_| ())
    }

    pub(crate) fn subdir(&self, first: u8) -> PathBuf {
        self.dir.join(format!("{first:02x}"))
    }

    fn file_name(&self, id: [u8; ID_LEN], key: &str) -> PathBuf {
        self.subdir(id[0])
            .join(format!("{}-{key}", crate::id::to_hex(&id)))
    }

    fn prepare(dir: &Path) -> Result<(), (&'static str, PathBuf, io::Error)> {
        make_dirs(dir)?;
        let readme = dir.join("README");
        if disk::metadata(&readme).is_err() {
            let _ = gust_fs::write::atomic(&readme, README.as_bytes(), 0o666);
        }
        // The directories are made in order, so the last one says that all were.
        if disk::metadata(dir.join("ff")).is_ok_and(|meta| meta.is_dir()) {
            return Ok(());
        }
        (0..=255u8).try_for_each(|first| make_dirs(&dir.join(format!("{first:02x}"))))
    }

    /// The file that names the output of `id`; it may not be there.
    pub fn entry_file(&self, id: ActionId) -> PathBuf {
        self.file_name(id.0, "a")
    }

    fn entry(&self, id: ActionId) -> Option<Entry> {
        let mut file = File::open(self.entry_file(id)).ok()?;
        let mut line = [0; ENTRY_LEN + 1];
        let n = read_full(&mut file, &mut line).ok()?;
        let entry = Entry::decode(&line[..n], id)?;
        mark_used(&file);
        Some(entry)
    }

    fn find_output(&self, id: OutputId) -> Option<(PathBuf, u64)> {
        let path = self.file_name(id.0, "d");
        let meta = disk::metadata(&path).ok()?;
        if used_long_ago(&meta) {
            // Opening costs little here, since it happens once an hour at most.
            let _ = File::open(&path).map(|file| mark_used(&file));
        }
        if !meta.is_dir() {
            return Some((path, meta.size));
        }
        let inside = disk::read_dir(&path).ok()?;
        let [only] = &inside[..] else {
            return None;
        };
        let path = path.join(only.name());
        let size = disk::metadata(&path).ok()?.size;
        Some((path, size))
    }

    fn put_source(
        &self,
        id: ActionId,
        executable: Option<&str>,
        source: &mut (impl Read + Seek),
        verify: Option<&Hashing>,
    ) -> Result<(OutputId, u64), CacheError> {
        let failed = CacheError::write("read", Path::new("output"));
        let (sum, size) = source
            .rewind()
            .and_then(|()| sha256_reader(&mut *source))
            .map_err(failed)?;
        self.store(OutputId(sum), size, executable, source)?;
        self.put_entry(id, OutputId(sum), size, verify)
    }

    fn put_file_as(
        &self,
        id: ActionId,
        path: &Path,
        verify: Option<&Hashing>,
    ) -> Result<(OutputId, u64), CacheError> {
        let mut file = File::open(path).map_err(CacheError::write("open", path))?;
        let (sum, size) = sha256_reader(&file).map_err(CacheError::write("read", path))?;
        let out = OutputId(sum);
        let linked = disk::hard_link(path, self.file_name(out.0, "d")).is_ok();
        if !linked {
            self.store(out, size, None, &mut file)?;
        }
        self.put_entry(id, out, size, verify)
    }

    /// Brings the output into the cache unless it is there, sound, already.
    fn store(
        &self,
        out: OutputId,
        size: u64,
        executable: Option<&str>,
        source: &mut (impl Read + Seek),
    ) -> Result<(), CacheError> {
        let mut path = self.file_name(out.0, "d");
        if let Some(name) = executable {
            make_executable_dir(&path)?;
            path.push(name);
        }
        let there = disk::metadata(&path).ok().map(|meta| meta.size);
        if there == Some(size)
            && File::open(&path)
                .and_then(sha256_reader)
                .is_ok_and(|(sum, _)| sum == out.0)
        {
            return Ok(());
        }
        let mode = if executable.is_some() { 0o777 } else { 0o666 };
        let mut options = File::options();
        options
            .read(true)
            .write(true)
            .create(true)
            .truncate(there > Some(size))
            .mode(mode);
        let mut file = match self.open_for_write(&options, &path) {
            Ok(file) => file,
            // It runs at this moment: so it was written, and whole.
            Err(err) if err.kind() == io::ErrorKind::ExecutableFileBusy => return Ok(()),
            Err(err) => return Err(CacheError::write("open", &path)(err)),
        };
        let written = fill(&mut file, source, out, size);
        match written {
            Ok(true) => Ok(()),
            Ok(false) => {
                let _ = file.set_len(0);
                Err(CacheError::Changed)
            }
            Err(err) => {
                let _ = file.set_len(0);
                Err(CacheError::write("write", &path)(err))
            }
        }
    }

    fn put_entry(
        &self,
        id: ActionId,
        output_id: OutputId,
        size: u64,
        verify: Option<&Hashing>,
    ) -> Result<(OutputId, u64), CacheError> {
        if let (Verify::On, Some(hashing), Some(old)) = (self.verify, verify, self.entry(id))
            && (old.output_id, old.size) != (output_id, size)
        {
            let description = hashing.describe(id);
            return Err(CacheError::Verify(Box::new(Mismatch {
                id,
                description,
                old: (old.output_id, old.size),
                new: (output_id, size),
            })));
        }
        let line = Entry {
            output_id,
            size,
            time_ns: gust_fs::meta::now_ns(),
        }
        .encode(id);
        let path = self.file_name(id.0, "a");
        let mut options = File::options();
        // Cut only afterwards: writing the same line over itself must at no time make it disappear.
        options.write(true).create(true).truncate(false).mode(0o666);
        let mut file = self
            .open_for_write(&options, &path)
            .map_err(CacheError::write("open", &path))?;
        let written = file
            .write_all(&line)
            .and_then(|()| match file.metadata()?.size {
                n if n == line.len() as u64 => Ok(()),
                _ => file.set_len(line.len() as u64),
            });
        if let Err(err) = written {
            let _ = disk::remove_file(&path);
            return Err(CacheError::write("write", &path)(err));
        }
        Ok((output_id, size))
    }

    /// Opens, making the directory anew when someone cleaned the cache meanwhile.
    fn open_for_write(&self, options: &OpenOptions, path: &Path) -> io::Result<File> {
        match options.open(path) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => {
                if let Some(parent) = path.parent() {
                    disk::create_dir_all(parent)?;
                }
                options.open(path)
            }
            done => done,
        }
    }
}

/// Copies `source` into `file`, the last byte after all others and only if the content is what it was when it was hashed.
fn fill(
    file: &mut File,
    source: &mut (impl Read + Seek),
    out: OutputId,
    size: u64,
) -> io::Result<bool> {
    let Some(front) = size.checked_sub(1) else {
        return Ok(true);
    };
    source.rewind()?;
    let mut sha = Sha256::new();
    let mut buffer = vec![0; 128 * 1024];
    let mut left = front;
    while left > 0 {
        let want = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let n = read_full(source, &mut buffer[..want])?;
        if n == 0 {
            return Ok(false);
        }
        sha.update(&buffer[..n]);
        file.write_all(&buffer[..n])?;
        left -= n as u64;
    }
    let mut last = [0];
    if read_full(source, &mut last)? == 0 {
        return Ok(false);
    }
    sha.update(last);
    if sha.finalize()[..] != out.0 {
        return Ok(false);
    }
    file.write_all(&last)?;
    Ok(true)
}

fn read_full(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
            Err(err) => return Err(err),
        }
    }
    Ok(filled)
}

fn make_executable_dir(path: &Path) -> Result<(), CacheError> {
    match disk::metadata(path) {
        Ok(meta) if meta.is_dir() => Ok(()),
        Ok(_) => Err(CacheError::NotExecutableEntry {
            path: path.to_owned(),
        }),
        Err(_) => match disk::create_dir_all(path) {
            Err(err) if err.kind() != io::ErrorKind::AlreadyExists => {
                Err(CacheError::write("mkdir", path)(err))
            }
            _ => Ok(()),
        },
    }
}

/// Makes `dir` and what is missing above it; on failure tells which directory could not be made, as Go's `os.MkdirAll`.
fn make_dirs(dir: &Path) -> Result<(), (&'static str, PathBuf, io::Error)> {
    let failed = |err: io::Error| ("mkdir", dir.to_owned(), err);
    match disk::metadata(dir) {
        Ok(meta) if meta.is_dir() => return Ok(()),
        Ok(_) => {
            return Err(failed(io::Error::from_raw_os_error(
                rustix::io::Errno::NOTDIR.raw_os_error(),
            )));
        }
        Err(_) => {}
    }
    if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        make_dirs(parent)?;
    }
    match disk::create_dir(dir) {
        Err(err) if err.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done.map_err(failed),
    }
}

fn used_long_ago(meta: &Meta) -> bool {
    SystemTime::now()
        .duration_since(meta.modified())
        .is_ok_and(|age| age >= MTIME_INTERVAL)
}

/// Sets the time of a file that was used, unless it was within the last hour. Best effort.
fn mark_used(file: &File) {
    if file.metadata().is_ok_and(|meta| used_long_ago(&meta)) {
        let _ = file.touch();
    }
}
