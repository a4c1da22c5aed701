//! go.sum in memory: the hashes that module versions must have.
//!
//! Each line is `path version hash`, the version with `/go.mod` behind it for the hash of the
//! go.mod alone. A workspace has go.work.sum and reads the go.sum of each of its modules besides.
//! A hash that was checked in this run is "used"; one that is not in the file yet is "dirty", and
//! gets there only if the caller, in the end, says that its module belongs to the build.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gust_fs::View;

use crate::disk;
use crate::error::{FetchError, errno_text};
use crate::layout::Layout;
use crate::names;

/// A module path and a version, the latter with `/go.mod` for the go.mod alone.
pub type SumKey = (String, String);

/// The files behind a [`SumStore`].
#[derive(Debug, Clone, Default)]
pub struct SumFiles {
    /// go.sum or go.work.sum; `None` when there is no main module.
    pub main: Option<PathBuf>,
    /// The go.sum of each module of a workspace.
    pub workspace: Vec<PathBuf>,
}

/// go.sum, read when first asked for. All methods may be called from many threads.
pub struct SumStore {
    state: Mutex<State>,
}

struct State {
    view: Arc<View>,
    files: SumFiles,
    read: bool,
    main: HashMap<SumKey, Vec<String>>,
    workspace: BTreeMap<PathBuf, HashMap<SumKey, Vec<String>>>,
    status: HashMap<(SumKey, String), Status>,
    overwrite: bool,
    /// Lines that are none are passed over.
    lenient: bool,
}

#[derive(Default, Clone, Copy)]
struct Status {
    used: bool,
    dirty: bool,
}

/// What [`SumStore::check`] found.
pub(crate) enum Found {
    /// The hash stands in go.sum.
    Listed,
    /// It does not; the database may know.
    Unlisted,
}

/// An old bug wrote the hash of an empty go.mod for what is no module.
const EMPTY_GO_MOD: &str = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=";

const GO_SUM_MISMATCH: &str = "

SECURITY ERROR
This download does NOT match an earlier download recorded in go.sum.
The bits may have been replaced on the origin server, or an attacker may
have intercepted the download attempt.

For more information, see 'go help module-auth'.
";

const UNKNOWN_HASH: &str = "

SECURITY WARNING
This download is listed in go.sum, but using an unknown hash algorithm.
The download cannot be verified.

For more information, see 'go help module-auth'.

";

impl SumStore {
    /// No files yet; they will be read through `view`.
    pub(crate) fn new(view: Arc<View>) -> Self {
        Self {
            state: Mutex::new(State::new(view, SumFiles::default())),
        }
    }

    /// Says which files to use, and forgets what was read from others.
    pub fn set_files(&self, files: SumFiles) {
        let mut state = self.lock();
        *state = State::new(Arc::clone(&state.view), files);
    }

    /// Lines that are none are no error from now on: whoever writes the files anew mends them.
    pub fn pass_over_malformed(&self) {
        self.lock().lenient = true;
    }

    /// Whether there is a hash of a known kind for a version. Files that cannot be read have none.
    ///
    /// # Errors
    /// A file has lines that are none.
    pub fn have(&self, path: &str, version: &str) -> Result<bool, FetchError> {
        let mut state = self.lock();
        match state.ready() {
            Ok(true) => Ok(state.settled(&key(path, version)).next().is_some()),
            Err(err) if err.is_fatal() => Err(err),
            Ok(false) | Err(_) => Ok(false),
        }
    }

    /// The hash of a version, if there is one and no other contradicts it. `None` as well when
    /// there is none or there are several.
    pub fn recorded(&self, path: &str, version: &str) -> Option<String> {
        let mut state = self.lock();
        if !state.ready().unwrap_or(false) {
            return None;
        }
        let key = key(path, version);
        let mut found: Option<&String> = None;
        for hash in state.settled(&key) {
            if found.is_some_and(|other| other != hash) {
                return None;
            }
            found = Some(hash);
        }
        found.cloned()
    }

    /// Holds a hash against go.sum. A hash that contradicts it is the SECURITY ERROR.
    pub(crate) fn check(&self, path: &str, version: &str, hash: &str) -> Result<Found, FetchError> {
        let mut state = self.lock();
        if !state.ready()? {
            return Ok(Found::Unlisted);
        }
        let key = key(path, version);
        let listed = state.contains(&key, hash)?;
        state.status.entry((key, hash.to_owned())).or_default().used = true;
        Ok(if listed {
            Found::Listed
        } else {
            Found::Unlisted
        })
    }

    /// Takes in a hash that was found right. Returns a warning to be shown, if any.
    pub(crate) fn add(
        &self,
        path: &str,
        version: &str,
        hash: &str,
    ) -> Result<Option<String>, FetchError> {
        let mut state = self.lock();
        if !state.ready()? {
            return Ok(None);
        }
        let key = key(path, version);
        let warning = state.add(&key, hash)?;
        state
            .status
            .entry((key, hash.to_owned()))
            .or_default()
            .dirty = true;
        Ok(warning)
    }

    /// Writes go.sum if a used hash that `keep` names is missing in it, or a line is to go.
    /// `readonly` makes that an error.
    pub(crate) fn write(
        &self,
        layout: &Layout,
        keep: &HashSet<SumKey>,
        readonly: bool,
    ) -> Result<(), FetchError> {
        let mut state = self.lock();
        if !state.read {
            return Ok(());
        }
        let Some(file) = state.files.main.clone() else {
            return Ok(());
        };
        let changes = state.main.iter().any(|(key, hashes)| {
            hashes.iter().any(|hash| {
                let status = state.status(key, hash);
                status.dirty && (!status.used || keep.contains(key))
            })
        });
        if !changes {
            return Ok(());
        }
        if readonly {
            return Err(FetchError::GoSumDirty);
        }
        if state.view.is_overlaid(&file) {
            return Err(FetchError::GoSumOverlaid);
        }
        // Over the file as it was before, it would have to be written again.
        state.view.note_unprovable();
        // Best effort, and only against older go commands.
        let _side = disk::Lock::exclusive(&layout.side_lock());
        let mut failed = None;
        let written = disk::transform_locked(&file, |data| match state.tidy(&file, data, keep) {
            Ok(new) => new,
            Err(err) => {
                failed = Some(err);
                data.to_vec()
            }
        });
        if let Some(err) = failed {
            return Err(err);
        }
        written.map_err(|err| FetchError::io("open", &file, err).context("updating go.sum"))?;
        state.status.clear();
        state.overwrite = false;
        Ok(())
    }

    /// go.sum as it is, and as [`SumStore::write`] would make it.
    pub fn tidied(&self, keep: &HashSet<SumKey>) -> Result<(Vec<u8>, Vec<u8>), FetchError> {
        let mut state = self.lock();
        state.ready().map_err(fatal)?;
        let Some(file) = state.files.main.clone() else {
            return Ok(Default::default());
        };
        let before = read(&state.view, &file)?;
        let after = state.tidy(&file, &before, keep)?;
        Ok((before, after))
    }

    /// Marks every line that `keep` does not name as one to go.
    pub fn trim(&self, keep: &HashSet<SumKey>) -> Result<(), FetchError> {
        let mut state = self.lock();
        if !state.ready().map_err(fatal)? {
            return Ok(());
        }
        let State {
            main,
            status,
            overwrite,
            ..
        } = &mut *state;
        for (key, hashes) in main.iter().filter(|(key, _)| !keep.contains(*key)) {
            for hash in hashes {
                status.insert(
                    (key.clone(), hash.clone()),
                    Status {
                        used: false,
                        dirty: true,
                    },
                );
            }
            *overwrite = true;
        }
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(path: &str, version: &str) -> SumKey {
    (path.to_owned(), version.to_owned())
}

impl State {
    fn new(view: Arc<View>, files: SumFiles) -> Self {
        Self {
            view,
            files,
            read: false,
            main: HashMap::new(),
            workspace: BTreeMap::new(),
            status: HashMap::new(),
            overwrite: false,
            lenient: false,
        }
    }

    /// Reads the files the first time. False when there is no go.sum to keep.
    fn ready(&mut self) -> Result<bool, FetchError> {
        let Some(main) = self.files.main.clone() else {
            return Ok(false);
        };
        if self.read {
            return Ok(true);
        }
        for file in self.files.workspace.clone() {
            let sums = parse(&file, &read(&self.view, &file)?, self.lenient)?;
            self.workspace.insert(file, sums);
        }
        self.main = parse(&main, &read(&self.view, &main)?, self.lenient)?;
        self.read = true;
        Ok(true)
    }

    fn status(&self, key: &SumKey, hash: &str) -> Status {
        // The key of the map is owned: the lookups are few, next to hashing the files.
        self.status
            .get(&(key.clone(), hash.to_owned()))
            .copied()
            .unwrap_or_default()
    }

    /// The hashes of a known kind that stand in a file already.
    fn settled<'a>(&'a self, key: &'a SumKey) -> impl Iterator<Item = &'a String> {
        let files = self.workspace.values().chain(std::iter::once(&self.main));
        files
            .flat_map(move |sums| sums.get(key).into_iter().flatten())
            .filter(move |hash| hash.starts_with("h1:") && !self.status(key, hash).dirty)
    }

    fn contains(&self, key: &SumKey, hash: &str) -> Result<bool, FetchError> {
        let work = self
            .files
            .main
            .as_ref()
            .is_some_and(|file| file.ends_with("go.work.sum"));
        let name = if work { "go.work.sum" } else { "go.sum" };
        for listed in self.main.get(key).into_iter().flatten() {
            if listed == hash {
                return Ok(true);
            }
            if listed.starts_with("h1:") {
                return Err(mismatch(key, hash, name, listed));
            }
        }
        let mut found = false;
        for (file, sums) in &self.workspace {
            for listed in sums.get(key).into_iter().flatten() {
                if listed == hash {
                    found = true;
                } else if listed.starts_with("h1:") {
                    return Err(mismatch(key, hash, &file.display().to_string(), listed));
                }
            }
        }
        Ok(found)
    }

    fn add(&mut self, key: &SumKey, hash: &str) -> Result<Option<String>, FetchError> {
        if self.contains(key, hash)? {
            return Ok(None);
        }
        let listed = self.main.entry(key.clone()).or_default();
        let warning = (!listed.is_empty()).then(|| {
            let listed = listed.join(", ");
            let (path, version) = key;
            format!(
                "warning: verifying {path}@{version}: unknown hashes in go.sum: {listed}; adding {hash}{UNKNOWN_HASH}"
            )
        });
        listed.push(hash.to_owned());
        Ok(warning)
    }

    /// The new content of go.sum. Unless lines were marked to go, it is what the file says now
    /// (others may have added to it) and the hashes that were checked in this run.
    fn tidy(
        &mut self,
        file: &Path,
        data: &[u8],
        keep: &HashSet<SumKey>,
    ) -> Result<Vec<u8>, FetchError> {
        if !self.overwrite {
            self.main = parse(file, data, self.lenient)?;
            let used: Vec<(SumKey, String)> = self
                .status
                .iter()
                .filter(|(_, s)| s.used)
                .map(|(k, _)| k.clone())
                .collect();
            for (key, hash) in used {
                if !self.in_workspace(&key) {
                    self.add(&key, &hash)?;
                }
            }
        }
        let mut keys: Vec<&SumKey> = self.main.keys().collect();
        keys.sort_by(|a, b| names::compare_modules((&a.0, &a.1), (&b.0, &b.1)));
        let mut out = String::new();
        for key in keys {
            let mut hashes = self.main[key].clone();
            hashes.sort();
            hashes.dedup();
            for hash in hashes {
                let status = self.status(key, &hash);
                let stays = !status.dirty || (status.used && keep.contains(key));
                if stays && !self.in_workspace(key) {
                    out.push_str(&format!("{} {} {hash}\n", key.0, key.1));
                }
            }
        }
        Ok(gust_bytes::into_raw(out))
    }

    fn in_workspace(&self, key: &SumKey) -> bool {
        self.workspace.values().any(|sums| sums.contains_key(key))
    }
}

fn mismatch((path, version): &SumKey, hash: &str, file: &str, listed: &str) -> FetchError {
    FetchError::Security {
        text: format!(
            "verifying {path}@{version}: checksum mismatch\n\tdownloaded: {hash}\n\t{file}:     {listed}{GO_SUM_MISMATCH}"
        ),
    }
}

/// An error met where the file is needed to write it anew.
fn fatal(err: FetchError) -> FetchError {
    match err.is_fatal() {
        true => err,
        false => FetchError::NoGoSum(Box::new(err)),
    }
}

fn read(view: &View, file: &Path) -> Result<Vec<u8>, FetchError> {
    match view.read_locked(file) {
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(err) => {
            tracing::debug!(file = %file.display(), err = errno_text(&err), "go.sum");
            let op = match err.kind() {
                std::io::ErrorKind::IsADirectory => "read",
                _ => "open",
            };
            Err(FetchError::io(op, file, err))
        }
        Ok(data) => Ok(data),
    }
}

fn parse(
    file: &Path,
    data: &[u8],
    lenient: bool,
) -> Result<HashMap<SumKey, Vec<String>>, FetchError> {
    let text = gust_bytes::text(data);
    let mut sums: HashMap<SumKey, Vec<String>> = HashMap::new();
    for (i, line) in text.split('\n').enumerate() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        match fields[..] {
            [] => {}
            [_, _, EMPTY_GO_MOD] => {}
            [path, version, hash] => sums
                .entry(key(path, version))
                .or_default()
                .push(hash.to_owned()),
            _ if lenient => {}
            _ => {
                let (file, fields) = (file.to_owned(), fields.len());
                return Err(FetchError::MalformedGoSum {
                    file,
                    line: i + 1,
                    fields,
                });
            }
        }
    }
    Ok(sums)
}
