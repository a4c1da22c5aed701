//! What a command saw: the log of observations.
//!
//! A command is a function of its arguments, its environment and what it saw on the disk. A [`View`](crate::View) with a log
//! writes down each look at the disk at the moment it is taken (what a view remembers is not looked at again, and so not
//! written down again), with a signature that another process can hold against the file of its own day. Whoever asks another
//! program, or reads a variable, writes that down in the same log. Without a log nothing is written and nothing is paid but
//! one branch.
//!
//! Not in the log: files that gust itself makes, moves and removes ([`disk`](crate::disk)), which are caches, work directories
//! and results.

use std::collections::{BTreeSet, HashSet};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::meta::Meta;

/// What was asked of a path. It says how much of what was seen counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Asked {
    /// What stands there, links followed: kind, size, mode, and as a rule the signature.
    Stat,
    /// What stands there, a link itself if it is one.
    Lstat,
    /// What it names (file, directory, other), links followed, and nothing else of it.
    Kind,
    /// What it names, a link itself if it is one, and nothing else of it.
    LinkKind,
    /// Where a symbolic link leads.
    Link,
    /// The names in a directory, with their kinds.
    List,
    /// The content of a file, read or mapped.
    Read,
    /// At most so many bytes of a file, from its start.
    Prefix(u64),
    /// SHA-256 of a file's content, computed or remembered.
    Digest,
    /// Anything at or below the path, which by contract does not change as long as it stands: a [unit](Log::set_units).
    Unit,
}

/// What was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Seen {
    /// It stands there. For [`Asked::Link`] and [`Asked::Lstat`] this is of the link; for content it was taken from the open
    /// file, for a list before the names were read.
    Found(Meta),
    /// The system's error, by its number: most often that nothing stands there.
    Failed(i32),
}

impl Seen {
    fn of(answer: Result<&Meta, &io::Error>) -> Option<Self> {
        match answer {
            Ok(meta) => Some(Self::Found(*meta)),
            Err(err) => err.raw_os_error().map(Self::Failed),
        }
    }
}

/// One look at the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// Where, as it was asked for; the file of an overlay, not the path that it stands in for.
    pub path: PathBuf,
    /// What was asked.
    pub asked: Asked,
    /// What was seen.
    pub seen: Seen,
}

/// Another program that was asked something, its answer having counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Question {
    /// The program's file, or its name to be looked for on PATH.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Where it ran; `None` where this process stands.
    pub dir: Option<PathBuf>,
    /// The variables that it was given. In a record only those that are not as in the environment of the whole command.
    pub environment: Vec<(OsString, OsString)>,
    /// SHA-256 of its whole answer: see [`Question::answer`].
    pub answer: [u8; 32],
}

impl Question {
    /// What `command` was asked, and how that ended.
    pub fn of(command: &Command, output: &io::Result<Output>) -> Self {
        Self {
            program: command.get_program().into(),
            args: command.get_args().map(OsStr::to_owned).collect(),
            dir: command.get_current_dir().map(Path::to_owned),
            environment: command
                .get_envs()
                .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
                .collect(),
            answer: match output {
                Ok(out) => Self::answer(&out.status, &[&out.stdout, &out.stderr]),
                Err(err) => Self::answer(err, &[]),
            },
        }
    }

    /// What counts of an answer, in 32 bytes: how the program ended, and what it wrote where.
    pub fn answer(ended: &dyn fmt::Display, written: &[&[u8]]) -> [u8; 32] {
        let sizes: Vec<_> = written.iter().map(|part| part.len()).collect();
        let mut text = format!("{ended} {sizes:?}\n").into_bytes();
        text.extend(written.iter().flat_map(|part| part.iter()));
        crate::sha256(&text)
    }
}

/// All that a command saw, in a fixed order, nothing twice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Observations {
    /// Looks at the disk, by path and question. A file that changed between two looks stands here with both.
    pub files: Vec<Observation>,
    /// Programs that were asked something.
    pub questions: Vec<Question>,
    /// Variables that were read, set or not.
    pub variables: BTreeSet<String>,
    /// The whole environment was handed to another program, so that every variable may have counted.
    pub whole_environment: bool,
    /// Files that were given the current time, and are otherwise as they were.
    pub touched: BTreeSet<PathBuf>,
    /// Something counted that nobody can look at again, such as what a server said.
    pub unprovable: bool,
}

type Units = Box<dyn Fn(&Path) -> Option<usize> + Send + Sync>;

const SHARDS: usize = 16;

/// The log of one command; filled by any number of threads.
#[derive(Default)]
pub struct Log {
    looks: [Mutex<Looks>; SHARDS],
    units: OnceLock<Units>,
    rest: Mutex<Observations>,
    known: Mutex<Vec<(Question, Output)>>,
    own: Mutex<Vec<PathBuf>>,
}

#[derive(Default)]
struct Looks {
    files: Vec<Observation>,
    /// The units that stand in `files`.
    units: HashSet<PathBuf>,
}

impl Log {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// From here on one observation stands for all that is seen of a unit: a directory that by contract does not change as
    /// long as it stands, as a module of a module cache. `unit` gives the length in bytes of the front of a path that is a
    /// unit's directory. Only the first call counts.
    pub fn set_units(&self, unit: impl Fn(&Path) -> Option<usize> + Send + Sync + 'static) {
        let _ = self.units.set(Box::new(unit));
    }

    /// Writes down a look at the disk. An error that is not the system's says nothing of the disk.
    pub fn note(&self, path: &Path, asked: Asked, answer: Result<&Meta, &io::Error>) {
        let Some(seen) = Seen::of(answer) else { return };
        match self.unit_of(path) {
            Some(unit) => self.note_unit(unit),
            None => self.looks(path).files.push(Observation {
                path: path.to_owned(),
                asked,
                seen,
            }),
        }
    }

    fn unit_of<'a>(&self, path: &'a Path) -> Option<&'a Path> {
        let length = self.units.get()?(path)?;
        let front = path.as_os_str().as_bytes().get(..length)?;
        Some(Path::new(OsStr::from_bytes(front)))
    }

    fn note_unit(&self, unit: &Path) {
        let mut looks = self.looks(unit);
        if looks.units.contains(unit) {
            return;
        }
        if let Some(seen) = Seen::of(Meta::of_path(unit, true).as_ref()) {
            looks.units.insert(unit.to_owned());
            looks.files.push(Observation {
                path: unit.to_owned(),
                asked: Asked::Unit,
                seen,
            });
        }
    }

    /// Writes down a question to another program.
    pub fn note_question(&self, question: Question) {
        self.rest().questions.push(question);
    }

    /// From here on nothing at or below a directory is told: the command made it for itself.
    pub fn note_own(&self, dir: &Path) {
        self.own().push(dir.to_owned());
    }

    /// Whether a path lies in a directory that the command made for itself.
    pub fn is_own(&self, path: &Path) -> bool {
        self.own().iter().any(|dir| path.starts_with(dir))
    }

    fn own(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what a program answered to `question` a moment ago, so that it need not be asked twice.
    pub fn foretell(&self, question: Question, output: Output) {
        self.known().push((question, output));
    }

    /// The answer to what `command` would ask, if it was foretold. It is given once.
    pub fn foretold(&self, command: &Command) -> Option<Output> {
        let mut known = self.known();
        let asks = |question: &Question| {
            question.program == command.get_program()
                && question.args.iter().eq(command.get_args())
                && question.dir.as_deref() == command.get_current_dir()
        };
        let at = known.iter().position(|(question, _)| asks(question))?;
        Some(known.swap_remove(at).1)
    }

    fn known(&self) -> MutexGuard<'_, Vec<(Question, Output)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down that a variable was read.
    pub fn note_variable(&self, name: &str) {
        let mut rest = self.rest();
        if !rest.variables.contains(name) {
            rest.variables.insert(name.to_owned());
        }
    }

    /// Writes down that another program got the whole environment.
    pub fn note_whole_environment(&self) {
        self.rest().whole_environment = true;
    }

    /// Writes down that a file was given the current time.
    pub fn note_touched(&self, path: &Path) {
        self.rest().touched.insert(path.to_owned());
    }

    /// Writes down that something counted which is not in this log and cannot be: what a server said, the time, a name by chance.
    pub fn note_unprovable(&self) {
        self.rest().unprovable = true;
    }

    /// All that was seen so far.
    pub fn observations(&self) -> Observations {
        let mut all = self.rest().clone();
        all.questions.sort();
        all.questions.dedup();
        for looks in &self.looks {
            let looks = looks.lock().unwrap_or_else(PoisonError::into_inner);
            all.files.extend_from_slice(&looks.files);
        }
        let own = self.own();
        if !own.is_empty() {
            all.files
                .retain(|file| !own.iter().any(|dir| file.path.starts_with(dir)));
        }
        all.files.sort_unstable_by(|a, b| {
            let paths = a
                .path
                .as_os_str()
                .as_bytes()
                .cmp(b.path.as_os_str().as_bytes());
            paths.then_with(|| (a.asked, a.seen).cmp(&(b.asked, b.seen)))
        });
        all.files.dedup();
        all
    }

    fn looks(&self, path: &Path) -> MutexGuard<'_, Looks> {
        let index = xxh3_64(path.as_os_str().as_bytes()) as usize % SHARDS;
        self.looks[index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn rest(&self) -> MutexGuard<'_, Observations> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing() -> io::Error {
        io::Error::from_raw_os_error(2)
    }

    #[test]
    fn one_observation_stands_for_a_unit() {
        let log = Log::new();
        log.set_units(|path| {
            let text = path.to_str()?;
            text.find('@')
                .map(|at| at + text[at..].find('/').unwrap_or(text.len() - at))
        });
        for path in ["/m@v1", "/m@v1/a/b", "/m@v1/c", "/other"] {
            log.note(Path::new(path), Asked::Read, Err(&missing()));
        }
        let seen: Vec<_> = log
            .observations()
            .files
            .into_iter()
            .map(|file| (file.path.display().to_string(), file.asked, file.seen))
            .collect();
        assert_eq!(
            seen,
            [
                ("/m@v1".to_owned(), Asked::Unit, Seen::Failed(2)),
                ("/other".to_owned(), Asked::Read, Seen::Failed(2)),
            ]
        );
    }

    #[test]
    fn what_a_command_made_for_itself_is_not_told() {
        let log = Log::new();
        for path in ["/tmp/work", "/tmp/work/b001/x", "/tmp/workshop"] {
            log.note(Path::new(path), Asked::Read, Err(&missing()));
        }
        log.note_own(Path::new("/tmp/work"));
        let seen = log.observations().files;
        let paths: Vec<&Path> = seen.iter().map(|file| &*file.path).collect();
        assert_eq!(paths, [Path::new("/tmp/workshop")]);
    }

    #[test]
    fn what_is_asked_twice_stands_there_once() {
        let log = Log::new();
        let path = Path::new("/p");
        for asked in [Asked::Stat, Asked::Read, Asked::Stat] {
            log.note(path, asked, Err(&missing()));
        }
        log.note(path, Asked::Stat, Err(&io::Error::other("an overlay's")));
        log.note_variable("GOOS");
        log.note_variable("GOOS");
        let question = Question {
            program: "git".into(),
            args: vec!["status".into()],
            dir: None,
            environment: Vec::new(),
            answer: Question::answer(&"exit status: 0", &[b"clean", b""]),
        };
        assert_ne!(
            question.answer,
            Question::answer(&"exit status: 0", &[b"", b"clean"]),
        );
        log.note_question(question.clone());
        log.note_question(question);
        let all = log.observations();
        assert_eq!(all.files.len(), 2);
        assert_eq!((all.questions.len(), all.variables.len()), (1, 1));
        assert!(!all.whole_environment);
    }
}
