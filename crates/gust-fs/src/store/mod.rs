//! A persisted map from bytes to bytes, for indexes that spare work and may be lost at any time.
//!
//! Reading takes no lock: the file is mapped, and what was written by others later is seen by the next process. Writing
//! collects in memory until [`Store::flush`], which under a lock appends one segment to the file, or, when the file has
//! many of them or grows past its cap, writes it anew beside and renames it. A process killed anywhere in between leaves a
//! file whose sound part ends earlier. A file that is damaged, of another version, or unreadable is an empty store.

mod format;

use std::collections::HashMap;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use memmap2::{Mmap, MmapOptions};
use xxhash_rust::xxh3::xxh3_64;

use crate::disk::{self, File};
use crate::lock::FileLock;
use format::{Record, Segment};

/// What a store may take on the disk, unless said otherwise.
pub const DEFAULT_CAP: u64 = 256 << 20;
/// A file of more segments than this is written anew.
const MAX_SEGMENTS: usize = 12;
/// Appending goes on while what was appended is small, by itself or against the first segment.
const SMALL_TAIL: usize = 256 << 10;

/// A persisted map from bytes to bytes. See the module's page.
pub struct Store {
    file: Option<PathBuf>,
    cap: u64,
    /// Borrows from `map`; see [`Store::segments`].
    segments: Vec<Segment<'static>>,
    /// Anything was put: until then nobody takes the lock of `pending` to read.
    put: AtomicBool,
    pending: Mutex<Pending>,
    /// Dropped last: `segments` points into it.
    map: Option<Mmap>,
}

#[derive(Default)]
struct Pending {
    /// Newest value by key, as an index into `values`.
    newest: HashMap<Vec<u8>, usize>,
    /// Every value ever put, never freed or moved while the store lives: `get` hands out references into them.
    values: Vec<Box<[u8]>>,
    /// Keys that the file does not have yet.
    unwritten: Vec<Vec<u8>>,
}

impl Store {
    /// The store in `file`; empty when there is none or it is of no use.
    pub fn open(file: &Path) -> Self {
        Self::open_with_cap(file, DEFAULT_CAP)
    }

    /// As [`Store::open`], with a limit for the file's size in bytes: the records that were written longest ago go first.
    pub fn open_with_cap(file: &Path, cap: u64) -> Self {
        let map = File::open(file).ok().and_then(|file| map_file(&file));
        let mut store = Self {
            file: Some(file.to_owned()),
            cap,
            segments: Vec::new(),
            put: AtomicBool::new(false),
            pending: Mutex::default(),
            map,
        };
        if let Some(map) = &store.map {
            // SAFETY: the mapping's address does not change when `map` moves, it lives as long as `segments` (which are
            // private and leave this type only with the lifetime of a borrow of it), and stores are never cut short in
            // place: they are appended to, or replaced by rename.
            let bytes: &'static [u8] =
                unsafe { std::slice::from_raw_parts(map.as_ptr(), map.len()) };
            store.segments = format::segments(bytes).0;
        }
        store
    }

    /// A store without a file: it forgets when dropped.
    pub fn memory() -> Self {
        Self {
            file: None,
            cap: 0,
            segments: Vec::new(),
            put: AtomicBool::new(false),
            pending: Mutex::default(),
            map: None,
        }
    }

    /// The value of `key`: the one put last in this process, else the one in the file.
    pub fn get(&self, key: &[u8]) -> Option<&[u8]> {
        if self.put.load(Ordering::Acquire)
            && let Some(value) = self.get_put(key)
        {
            return Some(value);
        }
        let hash = xxh3_64(key);
        let found = self
            .segments
            .iter()
            .rev()
            .find_map(|segment| segment.get(key, hash));
        found?.map(|record| record.value)
    }

    /// The value of `key` that was put in this process.
    fn get_put(&self, key: &[u8]) -> Option<&[u8]> {
        let pending = self.pending();
        let value: &[u8] = &pending.values[*pending.newest.get(key)?];
        // SAFETY: boxes in `values` are neither freed nor changed before the store is dropped, and the result borrows
        // from the store.
        Some(unsafe { std::slice::from_raw_parts(value.as_ptr(), value.len()) })
    }

    /// Nothing was kept by earlier commands.
    pub fn is_new(&self) -> bool {
        self.segments.is_empty()
    }

    /// Sets the value of `key`. Putting what is there already costs nothing later.
    pub fn put(&self, key: Vec<u8>, value: Vec<u8>) {
        if self.get(&key) == Some(&value[..]) || u32::try_from(key.len().max(value.len())).is_err()
        {
            return;
        }
        let mut pending = self.pending();
        let index = pending.values.len();
        pending.values.push(value.into_boxed_slice());
        pending.unwritten.push(key.clone());
        pending.newest.insert(key, index);
        self.put.store(true, Ordering::Release);
    }

    /// Writes what was put since the last flush, keeping what other processes wrote meanwhile. Does nothing when nothing
    /// was put. The directory is made when it is not there.
    pub fn flush(&self) -> io::Result<()> {
        let mut pending = self.pending();
        let Some(file) = &self.file else {
            return Ok(());
        };
        if pending.unwritten.is_empty() {
            return Ok(());
        }
        if let Some(parent) = file.parent() {
            disk::create_dir_all(parent)?;
        }
        let mut lock = FileLock::exclusive(&with_suffix(file, ".lock"))?;
        let stamp = hours_now();
        let mut keys = std::mem::take(&mut pending.unwritten);
        keys.sort_unstable();
        keys.dedup();
        let new: Vec<Record<'_>> = keys
            .iter()
            .filter_map(|key| {
                let value = pending.values.get(*pending.newest.get(key)?)?;
                Some(Record { key, value, stamp })
            })
            .collect();
        let written = merge(file, &new, self.cap);
        drop(new);
        if written.is_err() {
            pending.unwritten = keys;
        }
        let _ = lock.file().flush();
        written
    }

    /// How many segments the file had when it was opened. For tests.
    #[doc(hidden)]
    pub fn segment_count(&self) -> usize {
        self.segments.len()
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("file", &self.file)
            .field("segments", &self.segments.len())
            .finish_non_exhaustive()
    }
}

fn map_file(file: &File) -> Option<Mmap> {
    if file.metadata().ok()?.size == 0 {
        return None;
    }
    // Most of a store is asked for: one call costs less than a fault for every few pages.
    // SAFETY: read-only; stores are appended to or replaced by rename, never cut short in place.
    unsafe { MmapOptions::new().populate().map(file.inner()) }.ok()
}

/// Brings `new` into `file`. The caller holds the store's lock.
fn merge(file: &Path, new: &[Record<'_>], cap: u64) -> io::Result<()> {
    let open = File::options().read(true).append(true).open(file).ok();
    let map = open.as_ref().and_then(map_file);
    let held: &[u8] = map.as_deref().unwrap_or_default();
    let (segments, sound) = format::segments(held);
    let tail = sound - segments.first().map_or(0, Segment::len);
    let addition = format::encode(new);
    let may_append = !segments.is_empty()
        && sound == held.len()
        && segments.len() < MAX_SEGMENTS
        && (tail + addition.len() <= SMALL_TAIL.max((sound - tail) / 4))
        && (sound + addition.len()) as u64 <= cap;
    match open {
        Some(mut open) if may_append => {
            open.seek(SeekFrom::End(0))?;
            open.write_all(&addition)
        }
        _ => rewrite(file, &segments, new, cap),
    }
}

/// One segment of all that is sound in `segments` and `new`, as much as the cap allows, newest first.
fn rewrite(file: &Path, segments: &[Segment<'_>], new: &[Record<'_>], cap: u64) -> io::Result<()> {
    let mut all: HashMap<&[u8], Record<'_>> = HashMap::new();
    for record in segments
        .iter()
        .flat_map(Segment::records)
        .chain(new.iter().copied())
    {
        all.insert(record.key, record);
    }
    let mut records: Vec<Record<'_>> = all.into_values().collect();
    records.sort_unstable_by(|a, b| b.stamp.cmp(&a.stamp).then_with(|| a.key.cmp(b.key)));
    // When the cap is passed a quarter is given up at once, so that not every flush has to.
    let total: u64 = records.iter().map(cost).sum();
    if total > cap {
        let mut left = cap - cap / 4;
        records.retain(|record| {
            let fits = cost(record) <= left;
            left -= if fits { cost(record) } else { 0 };
            fits
        });
    }
    // The name is fixed since the lock is held: what a killed process left is overwritten, not left for ever.
    let beside = with_suffix(file, ".new");
    let written =
        disk::write(&beside, &format::encode(&records)).and_then(|()| disk::rename(&beside, file));
    if written.is_err() {
        let _ = disk::remove_file(&beside);
    }
    written
}

fn cost(record: &Record<'_>) -> u64 {
    (record.encoded_len() + 4 * format::SLOT) as u64
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn hours_now() -> u32 {
    (crate::meta::now_ns() / 3_600_000_000_000) as u32
}
