//! [`View`]: the only door through which gust reads the disk.
//!
//! Within a process a path is looked at once: what `statx` and `getdents` said is kept, failures too, so that ten packages
//! that ask for the same directory cost one system call. Whoever writes a file tells the view with [`View::forget`]. An
//! overlay is applied here and nowhere else, so that no caller can forget it. Paths are expected absolute and clean;
//! other spellings work but are looked at again.
//!
//! A view may keep a [log](crate::observe) of all that it looks at. Every look at the disk goes through one of four
//! functions at the end of this file, and they write the log.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use gust_bytes::{os_path, path_of};
use rayon::prelude::*;

use crate::digest::DigestMemo;
use crate::disk::{self, Dir, File};
use crate::errtext::Failure;
use crate::mapped::Mapped;
use crate::meta::{DirEntry, FileKind, Meta, Signature, now_ns};
use crate::observe::{Asked, Log, Question};
use crate::overlay::{Overlay, Seen};
use crate::paths;
use crate::resolve;
use crate::sharded::{PathKey, PathMap};
use crate::store::Store;

/// How often the disk was really asked. For tests that no file is looked at twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Files opened and read, or mapped.
    pub reads: u64,
    /// `statx` calls.
    pub stats: u64,
    /// Directories listed.
    pub lists: u64,
    /// Files hashed, which the memo did not spare.
    pub hashes: u64,
}

#[derive(Default)]
struct Counters {
    reads: AtomicU64,
    stats: AtomicU64,
    lists: AtomicU64,
    hashes: AtomicU64,
}

type Kept<T> = Result<T, Failure>;
type Listing = Arc<Vec<DirEntry>>;
type Trace = Box<dyn Fn(&str, &Path) + Send + Sync>;

/// A view of the disk as one command sees it.
pub struct View {
    overlay: OnceLock<Overlay>,
    stats: PathMap<Kept<Meta>>,
    lstats: PathMap<Kept<Meta>>,
    /// Of paths of which nobody has asked more yet than what they name.
    kinds: PathMap<Kept<Meta>>,
    /// The same, links not followed.
    lkinds: PathMap<Kept<Meta>>,
    lists: PathMap<Kept<Listing>>,
    /// Of files hashed by this process; the memo knows the others.
    digests: PathMap<[u8; 32]>,
    memo: OnceLock<DigestMemo>,
    counters: Counters,
    trace: OnceLock<Trace>,
    log: Option<Arc<Log>>,
    started_ns: i64,
}

/// Fewer than this are not worth waking other threads for.
const FEW: usize = 48;
/// From as many files on, opening their directory costs less than walking its path for each.
const CROWD: usize = 5;

/// What a view without an overlay says of its overlay.
static NO_OVERLAY: Overlay = Overlay::none();

impl View {
    /// A view with the given replacements, which remembers digests only as long as it lives.
    pub fn new(overlay: Overlay) -> Self {
        let view = Self {
            overlay: OnceLock::new(),
            stats: PathMap::new(),
            lstats: PathMap::new(),
            kinds: PathMap::new(),
            lkinds: PathMap::new(),
            lists: PathMap::new(),
            digests: PathMap::new(),
            memo: OnceLock::new(),
            counters: Counters::default(),
            trace: OnceLock::new(),
            log: None,
            started_ns: now_ns(),
        };
        view.set_overlay(overlay);
        view
    }

    /// Writes every look at the disk into `log`.
    pub fn with_log(mut self, log: Arc<Log>) -> Self {
        self.log = Some(log);
        self
    }

    /// A view of the disk itself in which nothing is remembered yet, with the same log.
    pub fn anew(&self) -> Self {
        Self {
            log: self.log.clone(),
            ..Self::new(Overlay::none())
        }
    }

    /// Puts the replacements in force, for those who know them only when they have looked at something through this view:
    /// what was seen so far is forgotten. Only the first that replaces anything counts.
    pub fn set_overlay(&self, overlay: Overlay) {
        if !overlay.is_empty() && self.overlay.set(overlay).is_ok() {
            self.forget_all();
        }
    }

    /// Keeps the memo of digests in `dir` (which is made when there is something to keep). To be said before the first
    /// [`View::digest`], and once.
    pub fn keep_digests_in(&self, dir: &Path) {
        let _ = self
            .memo
            .set(DigestMemo::new(Store::open(&dir.join("digests"))));
    }

    /// From here on tells `trace` of each operation, by Go's name for it, and its path (`GODEBUG=gofsystrace=1`).
    pub fn set_trace(&self, trace: impl Fn(&str, &Path) + Send + Sync + 'static) {
        let _ = self.trace.set(Box::new(trace));
    }

    /// The replacements.
    pub fn overlay(&self) -> &Overlay {
        self.overlay.get().unwrap_or(&NO_OVERLAY)
    }

    /// Writes down that another program was asked something and its answer counts.
    pub fn note_question(&self, command: &Command, output: &io::Result<Output>) {
        if let Some(log) = &self.log {
            log.note_question(Question::of(command, output));
        }
    }

    /// Writes down that the command gave a file the current time, its content being what it should be.
    pub fn note_touched(&self, path: &Path) {
        if let Some(log) = &self.log {
            log.note_touched(path);
        }
    }

    /// Writes down that the command made a directory for itself, if it has a name: what is seen in it is nothing that was there.
    pub fn note_own(&self, dir: &Path) {
        if let Some(log) = &self.log
            && !dir.as_os_str().is_empty()
        {
            log.note_own(dir);
        }
    }

    /// Writes down that something counted which cannot be looked at again.
    pub fn note_unprovable(&self) {
        if let Some(log) = &self.log {
            log.note_unprovable();
        }
    }

    /// What was looked at, if that is written down.
    pub fn log(&self) -> Option<&Arc<Log>> {
        self.log.as_ref()
    }

    /// The content of a file.
    pub fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.note("ReadFile", path);
        let mut file = self.open_for(path, Asked::Read)?;
        let size = file.metadata().map_or(0, |meta| meta.size);
        let mut bytes = Vec::with_capacity(size as usize + 1);
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The content of a file, as text (see [`gust_bytes`]).
    pub fn read_to_string(&self, path: &Path) -> io::Result<String> {
        self.read(path).map(gust_bytes::into_text)
    }

    /// At most the first `limit` bytes of a file, for those who want only what stands in front.
    pub fn read_prefix(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>> {
        self.note("ReadFile", path);
        let mut bytes = Vec::new();
        self.open_for(path, Asked::Prefix(limit as u64))?
            .take(limit as u64)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The content of a file of the disk, read under a lock that excludes those who write it. An overlay has no say here:
    /// whoever takes the lock means to change the file.
    pub fn read_locked(&self, path: &Path) -> io::Result<Vec<u8>> {
        let file = self.open_for(path, Asked::Read)?;
        file.lock_shared()?;
        let mut bytes = Vec::new();
        (&file).read_to_end(&mut bytes)?;
        let _ = file.unlock();
        Ok(bytes)
    }

    /// The content of a file, mapped where that is cheaper.
    pub fn map(&self, path: &Path) -> io::Result<Mapped> {
        self.note("Open", path);
        Mapped::of_file(self.open_for(path, Asked::Read)?)
    }

    /// Opens a file to read it in pieces.
    pub fn open(&self, path: &Path) -> io::Result<File> {
        self.open_for(path, Asked::Read)
    }

    /// Opens a file of the disk, whatever an overlay says: for results, which are written where they are named.
    pub fn open_unreplaced(&self, path: &Path) -> io::Result<File> {
        self.open_real(path, Asked::Read)
    }

    fn open_for(&self, path: &Path, asked: Asked) -> io::Result<File> {
        match self.overlay().look_up(path) {
            Seen::Untouched => self.open_real(path, asked),
            Seen::File(real) => self.open_real(real, asked),
            Seen::Deleted => Err(io::Error::new(
                io::ErrorKind::NotFound,
                "deleted in overlay",
            )),
            Seen::Dir => Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                "cannot open directory in overlay",
            )),
        }
    }

    /// What stands at `path`, links followed.
    pub fn stat(&self, path: &Path) -> io::Result<Meta> {
        self.kept_stat(path, &PathKey::of(path), true)
            .map_err(|failure| failure.error())
    }

    /// What stands at `path`, a link itself if it is one.
    pub fn lstat(&self, path: &Path) -> io::Result<Meta> {
        self.kept_stat(path, &PathKey::of(path), false)
            .map_err(|failure| failure.error())
    }

    /// [`View::stat`] of what stands there just now: for places where this process itself puts something.
    pub fn stat_anew(&self, path: &Path) -> io::Result<Meta> {
        self.forget(path);
        self.stat(path)
    }

    /// [`View::stat`] of many paths at once, on all processors; answers in the order of the questions.
    pub fn stat_many<P: AsRef<Path> + Sync>(&self, paths: &[P]) -> Vec<io::Result<Meta>> {
        if paths.len() < FEW {
            return paths.iter().map(|path| self.stat(path.as_ref())).collect();
        }
        paths
            .par_iter()
            .with_min_len(64)
            .map(|path| self.stat(path.as_ref()))
            .collect()
    }

    /// Whether the files of these names in `dir`, links followed, have these signatures. Looks no further than the first
    /// that has another.
    pub fn all_unchanged<'a>(
        &self,
        dir: &Path,
        mut files: impl ExactSizeIterator<Item = (&'a str, &'a Signature)>,
    ) -> bool {
        let handle = if files.len() >= CROWD && self.overlay().is_empty() {
            Dir::open_for_stat(dir).ok()
        } else {
            None
        };
        // One buffer for all paths.
        let mut path = dir.as_os_str().as_bytes().to_vec();
        if !path.ends_with(b"/") {
            path.push(b'/');
        }
        let base = path.len();
        // Go's name for taking a package from an index.
        self.note("openIndexPackage", dir);
        files.all(|(name, was)| {
            path.truncate(base);
            path.extend_from_slice(name.as_bytes());
            let path = Path::new(OsStr::from_bytes(&path));
            let key = PathKey::of(path);
            let meta = match &handle {
                Some(handle) => {
                    let stat = || self.statx(path, Asked::Stat, || handle.stat(name));
                    self.kept_or(path, &key, true, stat)
                }
                None => self.kept_stat(path, &key, true),
            };
            meta.is_ok_and(|meta| meta.sig == *was)
        })
    }

    /// The path with every symbolic link on the way resolved, as the disk has it: an overlay has no say.
    pub fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        resolve::resolve(&paths::absolute(path)?, self)
    }

    /// What a path names, links followed. Whoever asks no more does not depend on what is in it.
    pub fn kind(&self, path: &Path) -> io::Result<FileKind> {
        self.note("Stat", path);
        self.kept_kind(path, true)
            .map_err(|failure| failure.error())
    }

    /// Whether anything stands at `path`.
    pub fn exists(&self, path: &Path) -> bool {
        self.kind(path).is_ok()
    }

    /// Whether a directory stands at `path`, links followed.
    pub fn is_dir(&self, path: &Path) -> bool {
        self.kind(path).is_ok_and(FileKind::is_dir)
    }

    /// Whether a regular file stands at `path`, links followed.
    pub fn is_file(&self, path: &Path) -> bool {
        self.kind(path).is_ok_and(FileKind::is_file)
    }

    /// The names in a directory, sorted bytewise, as Go's `os.ReadDir` gives them.
    pub fn read_dir(&self, dir: &Path) -> io::Result<Listing> {
        self.note("ReadDir", dir);
        let key = PathKey::of(dir);
        if let Some(kept) = self.lists.get(&key) {
            return kept.map_err(|failure| failure.error());
        }
        let listed = self.list(dir).map(Arc::new);
        self.lists
            .insert(&key, listed.as_ref().map(Arc::clone).map_err(Failure::of));
        listed
    }

    /// [`View::read_dir`] of many directories at once; answers in the order of the questions.
    pub fn read_dir_many<P: AsRef<Path> + Sync>(&self, dirs: &[P]) -> Vec<io::Result<Listing>> {
        if dirs.len() < FEW / 8 {
            return dirs.iter().map(|dir| self.read_dir(dir.as_ref())).collect();
        }
        dirs.par_iter()
            .map(|dir| self.read_dir(dir.as_ref()))
            .collect()
    }

    /// SHA-256 of a file's content. A file that was hashed before and whose signature has not changed is not read.
    pub fn digest(&self, path: &Path) -> io::Result<[u8; 32]> {
        let key = PathKey::of(path);
        if let Some(digest) = self.digests.get(&key) {
            return Ok(digest);
        }
        let meta = self
            .kept_stat(path, &key, true)
            .map_err(|failure| failure.error())?;
        let real = self.actual(path);
        self.observe(&real, Asked::Digest, Ok(&meta));
        // What the memo knows is not kept besides: it answers the same as long as the signature is kept.
        if let Some(digest) = self.memo().recall(&real, &meta.sig) {
            return Ok(digest);
        }
        self.note("Open", path);
        self.counters.hashes.fetch_add(1, Ordering::Relaxed);
        let digest = self.memo().compute(&real)?;
        self.digests.insert(&key, digest);
        Ok(digest)
    }

    /// [`View::digest`] of many files at once; answers in the order of the questions.
    pub fn digest_many<P: AsRef<Path> + Sync>(&self, paths: &[P]) -> Vec<io::Result<[u8; 32]>> {
        if paths.len() < FEW / 8 {
            return paths
                .iter()
                .map(|path| self.digest(path.as_ref()))
                .collect();
        }
        paths
            .par_iter()
            .map(|path| self.digest(path.as_ref()))
            .collect()
    }

    /// The file that really holds what is seen at `path`, for tools that know of no overlay. A path that looks deleted is
    /// given back as it is.
    pub fn actual<'a>(&'a self, path: &'a Path) -> Cow<'a, Path> {
        match self.overlay().look_up(path) {
            Seen::File(real) => Cow::Borrowed(real),
            _ => Cow::Borrowed(path),
        }
    }

    /// Whether the overlay replaces or deletes `path` itself.
    pub fn is_overlaid(&self, path: &Path) -> bool {
        matches!(self.overlay().look_up(path), Seen::File(_) | Seen::Deleted)
    }

    /// Whether a file with this signature would show a change made after this view looked at it, by its signature alone.
    /// Indexes that persist what was read from a file must not keep what is not settled.
    pub fn is_settled(&self, sig: &Signature) -> bool {
        !sig.is_racy_at(self.started_ns)
    }

    /// Drops what is remembered of `path` and of the listing it stands in; to be called after writing there.
    pub fn forget(&self, path: &Path) {
        let key = PathKey::of(path);
        for kinds in [&self.kinds, &self.lkinds] {
            kinds.remove(&key);
        }
        self.stats.remove(&key);
        self.lstats.remove(&key);
        self.lists.remove(&key);
        self.digests.remove(&key);
        if let Some(parent) = path.parent() {
            let parent = PathKey::of(parent);
            self.lists.remove(&parent);
            self.stats.remove(&parent);
            self.lstats.remove(&parent);
        }
    }

    /// Drops everything remembered within the process.
    pub fn forget_all(&self) {
        self.stats.clear();
        self.lstats.clear();
        self.kinds.clear();
        self.lkinds.clear();
        self.lists.clear();
        self.digests.clear();
    }

    /// How often the disk was asked so far.
    pub fn counts(&self) -> Counts {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            reads: of(&self.counters.reads),
            stats: of(&self.counters.stats),
            lists: of(&self.counters.lists),
            hashes: of(&self.counters.hashes),
        }
    }

    /// Writes new digests to the state directory. Failing costs only time in the next run.
    pub fn flush(&self) -> io::Result<()> {
        self.memo.get().map_or(Ok(()), DigestMemo::flush)
    }

    fn note(&self, op: &str, path: &Path) {
        if let Some(trace) = self.trace.get() {
            trace(op, path);
        }
    }

    fn kept_stat(&self, path: &Path, key: &PathKey<'_>, follow: bool) -> Kept<Meta> {
        self.kept_or(path, key, follow, || self.look(path, follow))
    }

    fn kept_or(
        &self,
        path: &Path,
        key: &PathKey<'_>,
        follow: bool,
        look: impl FnOnce() -> io::Result<Meta>,
    ) -> Kept<Meta> {
        self.note(if follow { "Stat" } else { "Lstat" }, path);
        let (stats, kinds) = self.kept(follow);
        if let Some(answer) = stats.get(key) {
            return answer;
        }
        let answer = match kinds.get(key) {
            Some(answer) => {
                // More of it counts from here on.
                self.observe_more(path, follow, &answer);
                answer
            }
            None => look().map_err(|err| Failure::of(&err)),
        };
        stats.insert(key, answer.clone());
        answer
    }

    fn kept(&self, follow: bool) -> (&PathMap<Kept<Meta>>, &PathMap<Kept<Meta>>) {
        match follow {
            true => (&self.stats, &self.kinds),
            false => (&self.lstats, &self.lkinds),
        }
    }

    fn kept_kind(&self, path: &Path, follow: bool) -> Kept<FileKind> {
        let key = PathKey::of(path);
        let (stats, kinds) = self.kept(follow);
        let kept = stats.get(&key).or_else(|| kinds.get(&key));
        let answer = kept.unwrap_or_else(|| {
            let asked = if follow { Asked::Kind } else { Asked::LinkKind };
            let answer = self.look_as(path, follow, asked);
            let answer = answer.map_err(|err| Failure::of(&err));
            kinds.insert(&key, answer.clone());
            answer
        });
        answer.map(|meta| meta.kind)
    }

    fn look(&self, path: &Path, follow: bool) -> io::Result<Meta> {
        self.look_as(
            path,
            follow,
            if follow { Asked::Stat } else { Asked::Lstat },
        )
    }

    fn look_as(&self, path: &Path, follow: bool, asked: Asked) -> io::Result<Meta> {
        match self.overlay().look_up(path) {
            Seen::Untouched => self.statx(path, asked, || Meta::of_path(path, follow)),
            Seen::Deleted => Err(io::Error::new(
                io::ErrorKind::NotFound,
                "file does not exist",
            )),
            Seen::Dir => Ok(Meta::implied_dir()),
            Seen::File(real) => {
                let meta = self.statx(real, Asked::Stat, || Meta::of_path(real, true))?;
                if meta.is_dir() {
                    return Err(io::Error::other("overlay maps to directory"));
                }
                Ok(meta)
            }
        }
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        self.counters.lists.fetch_add(1, Ordering::Relaxed);
        match self.overlay().look_up(dir) {
            Seen::Untouched => self.getdents(dir),
            Seen::Deleted => Err(io::Error::new(
                io::ErrorKind::NotFound,
                "file does not exist",
            )),
            Seen::File(_) => Err(io::Error::new(
                io::ErrorKind::NotADirectory,
                "not a directory",
            )),
            Seen::Dir => self.list_merged(dir),
        }
    }

    fn list_merged(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        let (mut entries, failed) = match self.getdents(dir) {
            Ok(entries) => (entries, None),
            Err(err)
                if matches!(
                    err.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                (Vec::new(), Some(err))
            }
            Err(err) => return Err(err),
        };
        for (name, seen) in self.overlay().children(dir) {
            let place = entries.binary_search_by(|held| held.name.as_bytes().cmp(name.as_bytes()));
            let kind = match seen {
                Seen::Untouched => continue,
                Seen::Deleted => {
                    if let Ok(index) = place {
                        entries.remove(index);
                    }
                    continue;
                }
                Seen::Dir => FileKind::Dir,
                Seen::File(real) => self.stand_in_kind(&name, real)?,
            };
            match place {
                Ok(index) => entries[index].kind = kind,
                Err(index) => entries.insert(
                    index,
                    DirEntry {
                        name: name.into(),
                        kind,
                    },
                ),
            }
        }
        match failed {
            Some(err) if entries.is_empty() => Err(err),
            _ => Ok(entries),
        }
    }

    fn stand_in_kind(&self, name: &str, real: &Path) -> io::Result<FileKind> {
        match self.statx(real, Asked::Stat, || Meta::of_path(real, true)) {
            Ok(meta) if meta.is_dir() => Err(io::Error::other(format!(
                "overlay maps child {name} to directory"
            ))),
            Ok(meta) => Ok(meta.kind),
            Err(_) => Ok(FileKind::Other),
        }
    }

    fn memo(&self) -> &DigestMemo {
        self.memo.get_or_init(|| DigestMemo::new(Store::memory()))
    }
}

/// The looks at the disk. Nothing else in this file asks the system.
impl View {
    fn observe(&self, path: &Path, asked: Asked, answer: Result<&Meta, &io::Error>) {
        if let Some(log) = &self.log {
            log.note(path, asked, answer);
        }
    }

    /// Writes down that what was looked at for its kind counts as a whole. An overlay's file stands there as a whole already.
    fn observe_more(&self, path: &Path, follow: bool, answer: &Kept<Meta>) {
        if self.log.is_none() || !matches!(self.overlay().look_up(path), Seen::Untouched) {
            return;
        }
        let asked = if follow { Asked::Stat } else { Asked::Lstat };
        match answer {
            Ok(meta) => self.observe(path, asked, Ok(meta)),
            Err(failure) => self.observe(path, asked, Err(&failure.error())),
        }
    }

    fn statx(
        &self,
        path: &Path,
        asked: Asked,
        look: impl FnOnce() -> io::Result<Meta>,
    ) -> io::Result<Meta> {
        self.counters.stats.fetch_add(1, Ordering::Relaxed);
        let answer = look();
        self.observe(path, asked, answer.as_ref());
        answer
    }

    fn open_real(&self, path: &Path, asked: Asked) -> io::Result<File> {
        self.counters.reads.fetch_add(1, Ordering::Relaxed);
        let opened = File::open(path);
        if let Some(log) = &self.log {
            match &opened {
                Ok(file) => log.note(path, asked, file.metadata().as_ref()),
                Err(err) => log.note(path, asked, Err(err)),
            }
        }
        opened
    }

    fn getdents(&self, dir: &Path) -> io::Result<Vec<DirEntry>> {
        // Before the names: what comes or goes meanwhile must show.
        if let Some(log) = &self.log {
            log.note(dir, Asked::List, Meta::of_path(dir, true).as_ref());
        }
        disk::read_dir(dir)
    }
}

impl resolve::Looks for View {
    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        if !self.overlay().is_empty() {
            // What is remembered may be the overlay's.
            let look = || Meta::of_path(path, false);
            return self
                .statx(path, Asked::LinkKind, look)
                .map(|meta| meta.kind);
        }
        self.kept_kind(path, false)
            .map_err(|failure| failure.error())
    }

    fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        if let Some(log) = &self.log {
            log.note(path, Asked::Link, Meta::of_path(path, false).as_ref());
        }
        std::fs::read_link(os_path(path)).map(path_of)
    }
}

impl std::fmt::Debug for View {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("View")
            .field("overlay", self.overlay())
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

/// Joins a directory and a name that came from [`View::read_dir`].
pub fn entry_path(dir: &Path, entry: &DirEntry) -> PathBuf {
    dir.join(entry.name.as_str())
}
