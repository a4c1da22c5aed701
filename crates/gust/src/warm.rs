//! Record and replay of whole commands: which have a record, where it lies, and what GUST_WARM says of it.

use crate::commands::{Arguments, Command};
use crate::process;
use crate::request::Request;
use crate::signals::Watch;
use crate::start;
use crate::ui::{Failure, Ui};
use gust_fetch::vcs::System;
use gust_fs::meta::now_ns;
use gust_fs::observe::{Log, Question};
use gust_fs::{Overlay, View};
use gust_ops::Program;
use gust_toolchain::{Environ, state_dir, vars};
use gust_warm::{Answer, Invocation, Kept, Record, Shelf, Starts, Stream, Today};
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Flags that ask for more than an answer: work done anew, scripts, programs that may do anything, names by chance.
const MORE_THAN_AN_ANSWER: &[&str] = &[
    "a",
    "debug-actiongraph",
    "debug-runtime-trace",
    "debug-trace",
    "n",
    "toolexec",
    "u",
    "w",
    "work",
    "x",
];

/// Flags of `test` that ask for files, or for times.
const OF_TESTS: &[&str] = &[
    "artifacts",
    "blockprofile",
    "c",
    "coverprofile",
    "cpuprofile",
    "exec",
    "json",
    "memprofile",
    "mutexprofile",
    "o",
    "trace",
];

/// A command that may be answered from its record, and is recorded otherwise.
pub(crate) struct Warm {
    shelf: Shelf,
    invocation: Invocation,
    today: Surroundings,
    /// Both ways are gone, and the answers compared.
    verify: bool,
    log: Arc<Log>,
    started_ns: i64,
}

impl Warm {
    /// The record's side of a command; none for those that are never recorded, and where nothing can be kept.
    ///
    /// # Errors
    /// GUST_WARM has a value that means nothing.
    pub(crate) fn of(
        command: Option<&Command>,
        words: Vec<OsString>,
        environ: &Environ,
    ) -> Result<Option<Warm>, Failure> {
        let verify = match environ.get(vars::GUST_WARM) {
            "" | "on" => false,
            "off" => return Ok(None),
            "verify" => true,
            other => {
                let text = format!("gust: GUST_WARM={other}: it may be on, off or verify");
                return Err(Failure::with_code(text, 2));
            }
        };
        // What GODEBUG makes a command tell is no part of its answer.
        if !command.is_some_and(|command| command.policy.recorded)
            || !environ.get(vars::GODEBUG).is_empty()
        {
            return Ok(None);
        }
        let (Some(program), Some(cwd)) = (process::program_now(), process::real_cwd()) else {
            return Ok(None);
        };
        let Some(state) = state_dir(environ, &View::new(Overlay::none())) else {
            return Ok(None);
        };
        let invocation = Invocation {
            program,
            words: words
                .into_iter()
                .map(OsString::into_encoded_bytes)
                .collect(),
            cwd,
            user: process::user(),
            variables: turning(environ),
        };
        let log = Arc::new(Log::new());
        Ok(Some(Warm {
            shelf: Shelf::in_dir(&state),
            invocation,
            today: Surroundings {
                environ: environ.clone(),
                log: Arc::clone(&log),
                turns: Mutex::default(),
            },
            verify,
            log,
            started_ns: now_ns(),
        }))
    }

    /// Where the command is to write down what it sees.
    pub(crate) fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// The record, if everything is as it was.
    fn find(&self) -> Option<Kept> {
        let kept = self.shelf.find(&self.invocation)?;
        match kept.check(self.started_ns, &self.today) {
            Ok(()) => Some(kept),
            Err(stale) => {
                tracing::info!(%stale, "not answered from its record");
                None
            }
        }
    }

    /// Answers from the record, or by carrying the command out, and keeps what that came to.
    pub(crate) fn answer(self: Arc<Warm>, ui: &Ui, carry_out: impl FnOnce(&Arc<Warm>) -> u8) -> u8 {
        let kept = self.find();
        if let Some(kept) = &kept
            && !self.verify
        {
            tracing::info!("answered from its record");
            let code = ui.replay(kept);
            return match kept.starts() {
                Some(starts) => self.start(ui, starts),
                None => code,
            };
        }
        ui.tape().start();
        let code = carry_out(&self);
        let Some(mut answer) = ui.tape().stop() else {
            return code;
        };
        answer.code = code;
        if let Some(kept) = kept.filter(|kept| kept.starts().is_none()) {
            return match kept.is_answer(&answer) {
                true => code,
                false => ui.finish(Err(different(&kept, &answer))),
            };
        }
        self.keep(answer);
        code
    }

    /// What the command came to, before it starts a program: nothing that happens from then on is its own.
    pub(crate) fn keep_before(&self, ui: &Ui, view: &View, program: &Program, tool: Option<&str>) {
        let file = program.words.iter().map(Path::new);
        let lasts = file.clone().all(|word| !self.log.is_own(word)) && program.dir.is_none();
        if self.verify || !lasts || program.file.is_some() {
            // Not to be found again, or to be compared: the end is not waited for either way.
            drop(ui.tape().stop());
            return;
        }
        // What is started must still be there.
        file.filter(|word| word.is_absolute())
            .for_each(|word| drop(view.kind(word)));
        let Some(mut answer) = ui.tape().stop() else {
            return;
        };
        answer.starts = Some(Starts {
            words: program.words.clone(),
            first_on_path: program.first_on_path.clone(),
            tool: tool.map(str::to_owned),
        });
        self.keep(answer);
    }

    /// Starts a recorded program.
    fn start(&self, ui: &Ui, starts: &Starts) -> u8 {
        let environ = &self.today.environ;
        let first = starts.first_on_path.as_deref();
        let program = Program::again(starts.words.clone(), environ, first);
        let (watch, view) = (Watch::new(), View::new(Overlay::none()));
        watch.start();
        let outcome = start::start(ui, &watch, &view, &program, starts.tool.as_deref());
        ui.finish(outcome)
    }

    fn keep(&self, answer: Answer) {
        // A failure may have causes that nobody looked at.
        if answer.code != 0 {
            return;
        }
        let mut saw = self.log.observations();
        let looked_at: HashSet<&Path> = saw.files.iter().map(|file| &*file.path).collect();
        // What a tool says of itself changes when the tool does.
        let (again, once): (Vec<Question>, Vec<Question>) = saw
            .questions
            .iter()
            .cloned()
            .partition(|question| system_of(question).is_some());
        if let Some(question) = once.iter().find(|one| !looked_at.contains(&*one.program)) {
            tracing::info!(program = %question.program.display(), "not recorded, for it asked");
            return;
        }
        saw.questions = again;
        // The rest must be what it was anyway, and is nothing to be left in a cache.
        let own = |(name, value): &(OsString, OsString)| {
            name.to_str()
                .and_then(|name| self.today.environ.lookup(name))
                != Some(&**value)
        };
        for question in &mut saw.questions {
            question.environment.retain(own);
        }
        #[cfg(feature = "conformance")]
        crate::observed::blind(&self.today.environ, &mut saw);
        match Record::of(
            self.invocation.clone(),
            self.started_ns,
            &saw,
            answer,
            &self.today,
        ) {
            // Without it the next run is slower, and that is all.
            Ok(record) => drop(self.shelf.keep(&record, now_ns())),
            Err(why) => tracing::info!(%why, "not recorded"),
        }
    }
}

/// Says of a command that its answer is not all there is to it.
pub(crate) fn note_effects(view: &View, request: &Request) {
    let tests = request.command.policy.arguments == Arguments::Tests;
    let more: &[&str] = if tests { OF_TESTS } else { &[] };
    let mut effects = MORE_THAN_AN_ANSWER.iter().chain(more);
    if effects.any(|flag| request.has(flag)) {
        view.note_unprovable();
    }
}

fn different(kept: &Kept, answer: &Answer) -> Failure {
    let sizes = |turns: Vec<(Stream, usize)>| {
        let told = |(stream, length): &(Stream, usize)| format!("{stream:?} {length}");
        turns.iter().map(told).collect::<Vec<_>>().join(", ")
    };
    let recorded = kept.turns().map(|(stream, turn)| (stream, turn.len()));
    let text = format!(
        "gust: GUST_WARM=verify: the record says something else: exit code {} ({}) in the record, {} ({}) now",
        kept.code(),
        sizes(recorded.collect()),
        answer.code,
        sizes(answer.turns()),
    );
    Failure::with_code(text, 2)
}

/// Variables by which people choose what a command is about, such as GOOS: each choice has a record of its own.
fn turning(environ: &Environ) -> [u8; 32] {
    let chosen = |(name, _): &(&OsStr, &OsStr)| {
        let name = name.as_encoded_bytes();
        name.starts_with(b"GO") || name.starts_with(b"CGO_")
    };
    let pair = |(name, value): (&OsStr, &OsStr)| (name.to_owned(), value.to_owned());
    let variables: Vec<_> = environ.unread().filter(chosen).map(pair).collect();
    gust_warm::digest(&variables)
}

/// Version control is asked about the working copy, and as often as one likes.
fn system_of(question: &Question) -> Option<System> {
    let name = question.program.file_name()?;
    let mut all = System::ALL.into_iter();
    all.find(|system| name == OsStr::new(system.command()))
}

/// The environment and the programs of this process. What programs answer is told to the log.
struct Surroundings {
    environ: Environ,
    log: Arc<Log>,
    /// Held by who asks a system that can answer one question at a time.
    turns: Mutex<()>,
}

impl Today for Surroundings {
    fn variable(&self, name: &str) -> Option<&OsStr> {
        self.environ.lookup(name)
    }

    fn environment(&self) -> Vec<(OsString, OsString)> {
        // What gust tells of its own work, and whether it believes records, means nothing to other programs.
        let own = [vars::GUST_LOG, vars::GUST_WARM].map(OsStr::new);
        let others = self
            .environ
            .unread()
            .filter(|(name, _)| !own.contains(name));
        others
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn ask(&self, question: &Question) -> Option<[u8; 32]> {
        let system = system_of(question)?;
        let turn = || self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let _turn = system.takes_turns().then(turn);
        Some(process::ask_again(question, &self.environ, &self.log))
    }
}
