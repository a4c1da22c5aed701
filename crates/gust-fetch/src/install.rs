//! From a proxy into the module cache: a version's zip and its directory.
//!
//! Everything happens under the version's lock file, which the go command takes as well. The zip
//! is downloaded beside its place under a name of its own, unpacked into a directory beside its
//! place, and hashed on the way. When the hash is the right one, .ziphash is written, the zip gets
//! its name, and last, by one rename, the directory its own: whoever looks at any moment, or
//! finds what a killed process left, sees either no directory or a complete one. Leftovers have
//! names that the next holder of the lock knows and removes, be it go or gust.

use std::io;
use std::path::{Path, PathBuf};

use gust_fs::disk::File;
use gust_fs::temp::TempPath;

use crate::archive::{self, Archive, ZipError};
use crate::cache::read_ziphash;
use crate::disk::{self, exists};
use crate::error::FetchError;
use crate::fetcher::Fetcher;
use crate::names;
use crate::toolchain;

/// The FIPS 140 module as a module of its own.
pub(crate) const FIPS: &str = "golang.org/fips140";

/// A version on its way into the cache.
struct Job<'f> {
    fetcher: &'f Fetcher,
    path: &'f str,
    version: &'f str,
    zip: PathBuf,
    ziphash: PathBuf,
    dir: PathBuf,
    partial: PathBuf,
    lock: PathBuf,
}

impl Fetcher {
    /// The zip of a version, downloaded if need be, checked against go.sum and the database.
    pub fn zip(&self, path: &str, version: &str) -> Result<PathBuf, FetchError> {
        let key = (path.to_owned(), version.to_owned());
        self.zips.get_or_init(key, || {
            let job = Job::new(self, path, version)?;
            if job.zip_is_there() {
                if !self.sums().have(path, version)? {
                    job.check_ziphash()?;
                }
                return Ok(job.zip);
            }
            job.announce();
            let lock = job.take_lock()?;
            job.install(&lock, false)?;
            Ok(job.zip)
        })
    }

    /// The directory of a version, downloaded and unpacked if need be, checked against go.sum and
    /// the database.
    pub fn dir(&self, path: &str, version: &str) -> Result<PathBuf, FetchError> {
        if gust_syntax::gover::is_toolchain_module(path) {
            return Err(FetchError::no_module_of_releases());
        }
        let key = (path.to_owned(), version.to_owned());
        self.dirs.get_or_init(key, || {
            let job = Job::new(self, path, version)?;
            if self.cached_dir(path, version).is_none() {
                if !job.zip_is_there() {
                    job.announce();
                }
                let lock = job.take_lock()?;
                if !job.dir_is_whole() {
                    job.install(&lock, true)?;
                }
                self.view().forget(&job.dir);
                self.view().forget(&job.ziphash);
                self.view().forget(&job.partial);
            }
            if path != FIPS {
                job.check_ziphash()?;
            }
            self.check_go_version(path, version, &job.dir)?;
            Ok(job.dir)
        })
    }

    /// The directory of a snapshot of the FIPS 140 module, unpacked from the zip that comes with the release if need be. The release
    /// vouches for it: there is no other hash.
    pub fn fips_snapshot(&self, version: &str, zip: &Path) -> Result<PathBuf, FetchError> {
        let job = Job::new(self, FIPS, version)?;
        if self.cached_dir(FIPS, version).is_some() {
            return Ok(job.dir);
        }
        self.provide_cache()?;
        let _held = job.take_lock()?;
        let whole = disk::metadata(&job.dir).is_ok_and(|meta| meta.is_dir());
        if !whole || exists(&job.partial) {
            let data = job.map(zip)?;
            let archive = Archive::open(&data)?;
            archive::check(&archive, data.len() as u64, FIPS, version)?;
            Staged::unpack(&archive, &job)?.commit(&job)?;
        }
        self.view().forget(&job.dir);
        self.view().forget(&job.partial);
        Ok(job.dir)
    }

    /// Both zip and directory of a version, whichever is missing; gives back the directory.
    pub fn download(&self, path: &str, version: &str) -> Result<PathBuf, FetchError> {
        if self.cached_dir(path, version).is_some() {
            self.zip(path, version)?;
        }
        self.dir(path, version)
    }

    /// The zip of a version if it was downloaded whole.
    pub fn downloaded_zip(&self, path: &str, version: &str) -> Option<PathBuf> {
        let job = Job::new(self, path, version).ok()?;
        job.zip_is_there().then_some(job.zip)
    }

    /// [`Fetcher::dir`] of many versions, many at a time; answers in the order of the questions.
    /// Each may be of use at once: `done` is called as soon as an answer is there.
    pub fn download_all(
        &self,
        modules: &[(String, String)],
        done: &(dyn Fn(usize, &Result<PathBuf, FetchError>) + Sync),
    ) -> Vec<Result<PathBuf, FetchError>> {
        self.for_all(modules.len(), |i| {
            let (path, version) = &modules[i];
            let result = self.dir(path, version);
            done(i, &result);
            result
        })
    }

    /// Does something for each of `count` things that wait for the network more than they
    /// compute: on as many threads as requests should be in flight.
    pub fn for_all<T: Send>(&self, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let network = !self.config().goproxy.starts_with("file://");
        let processors = std::thread::available_parallelism().map_or(4, usize::from);
        let threads = if network { 24 } else { processors + 2 }.min(count);
        let next = std::sync::atomic::AtomicUsize::new(0);
        let (next, work) = (&next, &work);
        let mut results: Vec<Option<T>> = Vec::new();
        results.resize_with(count, || None);
        std::thread::scope(|scope| {
            let take = move || {
                let mut mine = Vec::new();
                loop {
                    let i = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if i >= count {
                        return mine;
                    }
                    mine.push((i, work(i)));
                }
            };
            let handles: Vec<_> = (1..threads).map(|_| scope.spawn(take)).collect();
            let own = take();
            let others = handles.into_iter().filter_map(|handle| handle.join().ok());
            for (i, result) in std::iter::once(own).chain(others).flatten() {
                results[i] = Some(result);
            }
        });
        results.into_iter().flatten().collect()
    }

    fn check_go_version(&self, path: &str, version: &str, dir: &Path) -> Result<(), FetchError> {
        let local = &self.config().local_release;
        if local.is_empty() {
            return Ok(());
        }
        let file = dir.join("go.mod");
        let data = match self.view().read(&file) {
            Ok(data) => data,
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(err) => return Err(FetchError::io("open", &file, err)),
        };
        match names::go_line(&data) {
            Some(go_version) if names::compare_releases(&go_version, local).is_gt() => {
                let what = format!("{path}@{version}");
                Err(FetchError::TooNew {
                    what,
                    go_version,
                    local: local.clone(),
                })
            }
            _ => Ok(()),
        }
    }
}

impl<'f> Job<'f> {
    fn new(fetcher: &'f Fetcher, path: &'f str, version: &'f str) -> Result<Self, FetchError> {
        let file = |suffix| fetcher.file(path, version, suffix);
        Ok(Self {
            fetcher,
            path,
            version,
            zip: file("zip")?,
            ziphash: file("ziphash")?,
            dir: fetcher.dir_of(path, version)?,
            partial: file("partial")?,
            lock: file("lock")?,
        })
    }

    fn announce(&self) {
        if !self.fetcher.config().announce {
            return;
        }
        if self.path == toolchain::MODULE
            && let Some((release, platform)) = self
                .version
                .split_once('-')
                .and_then(|(_, rest)| rest.rsplit_once('.'))
        {
            let platform = platform.replacen('-', "/", 1);
            self.fetcher
                .say(&format!("go: downloading {release} ({platform})"));
            return;
        }
        self.fetcher
            .say(&format!("go: downloading {} {}", self.path, self.version));
    }

    fn zip_is_there(&self) -> bool {
        exists(&self.zip) && exists(&self.ziphash)
    }

    /// Asked under the lock, so not from memory.
    fn dir_is_whole(&self) -> bool {
        disk::metadata(&self.dir).is_ok_and(|meta| meta.is_dir())
            && !exists(&self.partial)
            && exists(&self.ziphash)
    }

    fn take_lock(&self) -> Result<Held, FetchError> {
        let fresh = !exists(&self.lock);
        let lock = disk::Lock::exclusive(&self.lock)
            .map_err(|err| FetchError::io("open", &self.lock, err))?;
        Ok(Held { _lock: lock, fresh })
    }

    /// Holds the hash of the zip, as it was when it was downloaded, against go.sum.
    fn check_ziphash(&self) -> Result<(), FetchError> {
        let fatal = |err: FetchError| {
            if err.is_fatal() {
                err
            } else {
                FetchError::Fatal(Box::new(err))
            }
        };
        let verifying = |err: FetchError| {
            if err.is_fatal() {
                return err;
            }
            FetchError::message(format!(
                "verifying {}",
                err.of_module(self.path, self.version)
            ))
        };
        if let Some(hash) = read_ziphash(self.fetcher.view(), &self.ziphash) {
            if !hash.starts_with("h1:") {
                let text = format!("unexpected ziphash: {}", names::quote(&hash));
                return Err(fatal(verifying(FetchError::message(text))));
            }
            self.fetcher
                .checksums()
                .check_sum(self.path, self.version, &hash)
                .map_err(fatal)?;
            let key = (self.path.to_owned(), self.version.to_owned());
            self.fetcher.hashes.offer(key, hash);
            return Ok(());
        }
        // What a write that failed left behind: the zip can be hashed again.
        let hash = crate::dirhash::of_zip(self.fetcher.view(), &self.zip)
            .map_err(verifying)
            .map_err(fatal)?;
        self.fetcher
            .checksums()
            .check_sum(self.path, self.version, &hash)
            .map_err(verifying)
            .map_err(fatal)?;
        self.write_ziphash(&hash).map_err(verifying).map_err(fatal)
    }

    fn write_ziphash(&self, hash: &str) -> Result<(), FetchError> {
        disk::write_reserved(&self.ziphash, hash.as_bytes())
            .map_err(|err| FetchError::io("open", &self.ziphash, err))
    }

    /// Brings the zip, and if asked for the directory, into the cache.
    fn install(&self, held: &Held, want_dir: bool) -> Result<(), FetchError> {
        if !held.fresh {
            self.remove_leftovers(want_dir);
        }
        if exists(&self.zip) {
            let known = exists(&self.ziphash);
            if known && !want_dir {
                return Ok(());
            }
            return self.take_in(&self.zip, known, want_dir);
        }
        let (temp, mut file) =
            disk::temp_beside(&self.zip).map_err(|err| FetchError::io("open", &self.zip, err))?;
        self.download(&mut file, temp.path())?;
        self.check_prefix(temp.path())?;
        self.take_in(temp.path(), false, want_dir)?;
        temp.keep();
        Ok(())
    }

    fn download(&self, file: &mut File, temp: &Path) -> Result<(), FetchError> {
        use std::io::{Seek as _, SeekFrom};
        self.fetcher.try_proxies(|proxy| {
            let repo = self.fetcher.repo(proxy, self.path);
            let result = repo.0.zip(self.version, file, temp);
            if result.is_err() {
                // The next proxy begins from the start.
                let reset = file
                    .set_len(0)
                    .and_then(|()| file.seek(SeekFrom::Start(0)).map(drop));
                reset.map_err(|err| FetchError::io("truncate", &self.zip, err))?;
            }
            result
        })
    }

    fn check_prefix(&self, temp: &Path) -> Result<(), FetchError> {
        let data = self.map(temp)?;
        let module = format!("{}@{}", self.path, self.version);
        let prefix = format!("{module}/");
        for entry in Archive::open(&data)?.entries {
            if !entry.name.starts_with(prefix.as_bytes()) {
                let name = gust_bytes::text(entry.name).into_owned();
                return Err(ZipError::Unexpected { module, name }.into());
            }
        }
        Ok(())
    }

    /// Hashes and unpacks a zip, and if its hash is right, puts both in their places. `known`: the
    /// hash was found right before.
    fn take_in(&self, zip: &Path, known: bool, want_dir: bool) -> Result<(), FetchError> {
        let data = self.map(zip)?;
        let archive = Archive::open(&data)?;
        let checked = archive::check(&archive, data.len() as u64, self.path, self.version);
        let staged = match (&checked, want_dir) {
            (Ok(()), true) => Some(Staged::unpack(&archive, self)?),
            _ => None,
        };
        if !known {
            let hash = match &staged {
                Some(staged) => staged.unpacked.hash.clone(),
                None => archive::hash(&archive)?,
            };
            self.fetcher
                .checksums()
                .check_sum(self.path, self.version, &hash)?;
            self.write_ziphash(&hash)?;
        }
        if zip != self.zip {
            gust_fs::disk::rename(zip, &self.zip)
                .map_err(|err| FetchError::io("rename", zip, err))?;
        }
        match (staged, checked) {
            (Some(staged), _) => staged.commit(self),
            (None, Err(err)) if want_dir => {
                // go makes room for the directory before it looks into the zip.
                if let Some(parent) = self.dir.parent() {
                    let _ = gust_fs::disk::create_dir_all(parent);
                }
                let err = FetchError::Unzip {
                    path: self.zip.clone(),
                    err,
                };
                self.fetcher.say(&format!("-> {err}"));
                Err(err)
            }
            _ => Ok(()),
        }
    }

    fn map(&self, path: &Path) -> Result<gust_fs::Mapped, FetchError> {
        self.fetcher
            .view()
            .map(path)
            .map_err(|err| FetchError::io("open", path, err))
    }

    /// What processes that were killed left behind; none of them lives, for we have the lock.
    fn remove_leftovers(&self, want_dir: bool) {
        remove_matching(&self.zip, "", ".tmp");
        if want_dir {
            remove_matching(&self.dir, ".tmp-", "");
        }
    }
}

/// The lock of a version. When its file was not there before, nobody has ever been here.
struct Held {
    _lock: disk::Lock,
    fresh: bool,
}

/// A module's files, complete, in a directory that nobody looks at yet.
struct Staged {
    dir: TempPath,
    unpacked: archive::Unpacked,
}

impl Staged {
    fn unpack(archive: &Archive<'_>, job: &Job<'_>) -> Result<Self, FetchError> {
        let suffix = format!(".tmp-{}", disk::unique() % 1_000_000_000);
        let dir = TempPath::new(disk::with_suffix(&job.dir, &suffix));
        let prefix = job.path.len() + "@".len() + job.version.len() + "/".len();
        match archive::unpack(archive, prefix, dir.path()) {
            Ok(unpacked) => Ok(Self { dir, unpacked }),
            Err(err @ ZipError::Write(_)) => Err(FetchError::Unzip {
                path: job.zip.clone(),
                err,
            }),
            Err(err) => Err(err.into()),
        }
    }

    fn commit(self, job: &Job<'_>) -> Result<(), FetchError> {
        let Self { dir, unpacked } = self;
        if !job.fetcher.config().mod_cache_rw {
            disk::make_read_only(&unpacked.dirs);
        }
        let wrong = |op, err| FetchError::io(op, &job.dir, err);
        let mut renamed = gust_fs::disk::rename(dir.path(), &job.dir);
        if renamed.is_err() && exists(&job.dir) {
            // A directory that go left in the middle; its .partial file tells so.
            gust_fs::disk::remove_all(&job.dir).map_err(|err| wrong("unlinkat", err))?;
            renamed = gust_fs::disk::rename(dir.path(), &job.dir);
        }
        renamed.map_err(|err| wrong("rename", err))?;
        dir.keep();
        match gust_fs::disk::remove_file(&job.partial) {
            Err(err) if err.kind() != io::ErrorKind::NotFound => {
                Err(FetchError::io("remove", &job.partial, err))
            }
            _ => Ok(()),
        }
    }
}

/// Removes what stands beside `path` under its name with something behind it.
fn remove_matching(path: &Path, infix: &str, suffix: &str) {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(|n| n.to_str()))
    else {
        return;
    };
    let prefix = format!("{name}{infix}");
    for found in disk::names_in(parent).unwrap_or_default() {
        let longer = found.len() > prefix.len() + suffix.len();
        if longer && found.starts_with(&prefix) && found.ends_with(suffix) {
            let _ = gust_fs::disk::remove_all(parent.join(found));
        }
    }
}
