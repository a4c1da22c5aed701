//! One working copy during one command.
//!
//! Its state is asked for once, whatever the number of programs, and its history once a module. Asking takes processes, so a
//! command that expects the question starts it in a thread before it loads packages ([`Checkout::begin`]) and finds the answer there
//! when it needs it. What cannot change any more comes from [`Facts`].

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use gust_fs::View;
use gust_fs::lock::FileLock;

use super::facts::key;
use super::status::Answer;
use super::version::{Place, module_line};
use super::{Command, CommandError, Facts, Repository, Status, StatusError, System};
use super::{bazaar, fossil, git, mercurial, subversion};

/// In [`Facts`], behind a command line.
const NEEDED: &str = "needed";

/// A working copy and what was asked of it.
pub struct Checkout {
    asker: Arc<Asker>,
    view: Arc<View>,
    facts: Facts,
    answer: OnceLock<Result<Answer, Arc<StatusError>>>,
    /// By module path.
    versions: Mutex<HashMap<String, Option<String>>>,
    /// The thread that asks ahead.
    ahead: Mutex<Option<JoinHandle<()>>>,
}

/// How a working copy's own command is asked.
pub(super) struct Asker {
    pub(super) command: Command,
    pub(super) repository: Repository,
}

impl Asker {
    pub(super) fn root(&self) -> &Path {
        &self.repository.root
    }

    pub(super) fn bytes(&self, args: &[&str]) -> Result<Vec<u8>, CommandError> {
        let program = self.repository.system.command();
        self.command.output(program, args, &self.repository.root)
    }

    pub(super) fn text(&self, args: &[&str]) -> Result<String, CommandError> {
        Ok(gust_bytes::text(&self.bytes(args)?).into_owned())
    }
}

impl Checkout {
    /// Nothing is asked yet.
    #[must_use]
    pub fn new(
        repository: Repository,
        mut command: Command,
        view: Arc<View>,
        facts: Facts,
    ) -> Checkout {
        if repository.system == System::Mercurial {
            // Without what a person's configuration adds to its output.
            let plain = ("HGPLAIN".into(), "+strictflags".into());
            command.environment.push(plain);
        }
        Checkout {
            asker: Arc::new(Asker {
                command,
                repository,
            }),
            view,
            facts,
            answer: OnceLock::new(),
            versions: Mutex::default(),
            ahead: Mutex::default(),
        }
    }

    /// Where it lies and who keeps it.
    #[must_use]
    pub fn repository(&self) -> &Repository {
        &self.asker.repository
    }

    /// Whether the command line needed an answer when it ran last.
    #[must_use]
    pub fn is_expected(&self, command_line: &[u8]) -> bool {
        self.facts.get(&self.habit(command_line)).as_deref() == Some(NEEDED)
    }

    /// Notes whether the command line needs an answer, for its next run.
    pub fn expect(&self, command_line: &[u8], needed: bool) {
        let known = self.facts.get(&self.habit(command_line)).is_some();
        if needed || known {
            let word = if needed { NEEDED } else { "" };
            self.facts.put(self.habit(command_line), word);
        }
    }

    fn habit(&self, command_line: &[u8]) -> Vec<u8> {
        let root = self.asker.root().as_os_str().as_encoded_bytes();
        key("asked", &[root, command_line])
    }

    /// Asks for the state in a thread of its own.
    pub fn begin(self: &Arc<Self>) {
        let checkout = Arc::clone(self);
        let started = std::thread::Builder::new().spawn(move || {
            checkout.answer();
        });
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        *ahead = started.ok();
    }

    /// Waits for a question that is still open, since no process of a command outlives it, and keeps what was learned.
    pub fn finish(&self) {
        let ahead = self
            .ahead
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = ahead {
            let _ = thread.join();
        }
        self.facts.flush();
    }

    /// What is stamped of it.
    ///
    /// # Errors
    /// [`StatusError`] when its command fails or cannot be understood.
    pub fn status(&self) -> Result<&Status, Arc<StatusError>> {
        match self.answer() {
            Ok(answer) => Ok(&answer.status),
            Err(error) => Err(Arc::clone(error)),
        }
    }

    /// The version of module `path` at the revision that is checked out; `+dirty` is added where something is not committed.
    ///
    /// `None` where there is no module at the repository's root, the module cannot lie in it, or the system names no version.
    #[must_use]
    pub fn version(&self, path: &str) -> Option<String> {
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = versions.get(path) {
            return known.clone();
        }
        let version = self.find_version(path);
        versions.insert(path.to_owned(), version.clone());
        version
    }

    fn answer(&self) -> &Result<Answer, Arc<StatusError>> {
        self.answer.get_or_init(|| {
            let answer = match self.repository().system {
                System::Git => {
                    let git = git::Git {
                        command: self.asker.command.clone(),
                        root: self.asker.repository.root.clone(),
                    };
                    git::ask(&git, &self.view, &self.facts)
                }
                System::Mercurial => mercurial::ask(&self.asker),
                System::Subversion => subversion::ask(&self.asker),
                System::Bazaar => bazaar::ask(&self.asker),
                System::Fossil => fossil::ask(&self.asker, &self.view),
            };
            answer.map_err(Arc::new)
        })
    }

    fn find_version(&self, path: &str) -> Option<String> {
        let answer = self.answer().as_ref().ok()?;
        let history = answer.history.as_deref()?;
        let go_mod = self.view.read(&self.asker.root().join("go.mod")).ok()?;
        let place = Place::of(&module_line(&go_mod)?, path)?;
        let _alone = match history.is_locked() {
            true => Some(self.lock()?),
            false => None,
        };
        let fact = history.digest().map(|digest| {
            let parts: [&[u8]; 3] = [&digest, place.code_root().as_bytes(), path.as_bytes()];
            key("version", &parts)
        });
        let known = fact.as_ref().and_then(|key| self.facts.get(key));
        let version = known.unwrap_or_else(|| {
            let time = answer.status.time;
            let version = place.version(history, time).unwrap_or_default();
            if let Some(key) = fact {
                self.facts.put(key, &version);
            }
            version
        });
        let dirty = match (version.as_str(), answer.status.uncommitted) {
            ("", _) => return None,
            (_, false) => "",
            (version, true) if version.ends_with("+incompatible") => ".dirty",
            (_, true) => "+dirty",
        };
        Some(version + dirty)
    }

    /// The lock by which go keeps other go commands out of a repository while it asks about its history.
    fn lock(&self) -> Option<FileLock> {
        let mut file = self.asker.root().as_os_str().to_owned();
        file.push(".lock");
        FileLock::exclusive(Path::new(&file)).ok()
    }
}
