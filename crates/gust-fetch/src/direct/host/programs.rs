//! The systems' commands, as fetching runs them.
//!
//! A command is data ([`Job`]): program, words, directory, further variables. Nothing goes through a shell, and whatever came from a server or a
//! command line stands behind `--` or `--end-of-options`, or as one word with its own `--option=`; the places where words are put together are the
//! systems' types. At most [`AT_ONCE`] commands run at one time.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Instant;

use gust_text::quote::quote;

use crate::config::{Config, Sink};
use crate::error::{CommandFailure, FetchError};
use crate::vcs::{self, CommandError, System};

/// How many commands may talk to servers at once.
const AT_ONCE: usize = 8;

/// One run of a command.
pub(super) struct Job<'j> {
    pub(super) program: &'static str,
    pub(super) words: &'j [&'j str],
    pub(super) dir: &'j Path,
    /// Variables beside those of the command.
    pub(super) env: &'j [(&'j str, &'j str)],
}

/// What version control commands run with.
pub(crate) struct Programs {
    command: Option<vcs::Command>,
    trace: Option<Arc<dyn Sink>>,
    modcache: PathBuf,
    goroot: PathBuf,
    running: Mutex<usize>,
    ended: Condvar,
}

impl Programs {
    pub(crate) fn new(config: &Config, sink: &Arc<dyn Sink>) -> Programs {
        Programs {
            command: config.vcs.clone().map(unprompted),
            trace: config.trace.then(|| Arc::clone(sink)),
            modcache: config.gomodcache.clone(),
            goroot: config.goroot.clone(),
            running: Mutex::new(0),
            ended: Condvar::new(),
        }
    }

    pub(super) fn module_cache(&self) -> &Path {
        &self.modcache
    }

    pub(super) fn goroot(&self) -> &Path {
        &self.goroot
    }

    /// A variable of the commands' environment, if it is not empty.
    pub(in crate::direct) fn variable(&self, name: &str) -> Option<&str> {
        let environment = &self.command.as_ref()?.environment;
        let (_, value) = environment.iter().rev().find(|(key, _)| key == name)?;
        value.to_str().filter(|value| !value.is_empty())
    }

    /// -x: a line before what happens.
    pub(super) fn tell(&self, line: impl FnOnce() -> String) {
        if let Some(trace) = &self.trace {
            trace.line(&line());
        }
    }

    /// What a command writes to standard output.
    pub(super) fn run(&self, job: &Job<'_>) -> Result<Vec<u8>, FetchError> {
        let shown = self.trace.as_ref().map(|_| job.shown());
        let start = Instant::now();
        if let Some(text) = &shown {
            self.tell(|| text.clone());
        }
        let result = self.start(job);
        if let Some(text) = &shown {
            self.tell(|| format!("{:.3}s # {text}", start.elapsed().as_secs_f64()));
        }
        result.map_err(|err| {
            let stderr = match &err {
                CommandError::Failed { stderr, .. } => stderr.clone(),
                CommandError::Start { .. } => String::new(),
            };
            FetchError::Command(Box::new(CommandFailure {
                line: format!("{} {}", job.program, job.words.join(" ")),
                dir: job.dir.to_owned(),
                why: err.to_string(),
                code: match err {
                    CommandError::Failed { code, .. } => Some(code),
                    CommandError::Start { .. } => None,
                },
                stderr,
                help: String::new(),
            }))
        })
    }

    fn start(&self, job: &Job<'_>) -> Result<Vec<u8>, CommandError> {
        let _turn = self.turn();
        let Some(command) = &self.command else {
            return Err(CommandError::Start {
                program: job.program,
                source: std::io::ErrorKind::NotFound.into(),
            });
        };
        command.answer(job.program, job.words, job.dir, job.env)
    }

    /// Whether a repository answers a system's command.
    pub(in crate::direct) fn answers(&self, system: System, words: &[&str], url: &str) -> bool {
        let mut words = words.to_vec();
        words.push(url);
        // Some directory that nobody else puts anything into.
        let _ = gust_fs::disk::create_dir_all(&self.modcache);
        let env: &[(&str, &str)] = match system {
            System::Mercurial => &[("HGPLAIN", "+strictflags")],
            _ => &[],
        };
        let job = Job {
            program: system.command(),
            words: &words,
            dir: &self.modcache,
            env,
        };
        self.tell(|| {
            format!(
                "cd {}\n{} {}",
                self.modcache.display(),
                job.program,
                words.join(" ")
            )
        });
        self.start(&job).is_ok()
    }

    fn turn(&self) -> Turn<'_> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        while *running >= AT_ONCE {
            running = self
                .ended
                .wait(running)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *running += 1;
        Turn(self)
    }
}

/// One of the commands that may run.
struct Turn<'p>(&'p Programs);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut running = self
            .0
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *running -= 1;
        self.0.ended.notify_one();
    }
}

/// Nobody is there to answer questions, unless the person says otherwise.
fn unprompted(mut command: vcs::Command) -> vcs::Command {
    for (name, value) in [("GIT_TERMINAL_PROMPT", "0"), ("GCM_INTERACTIVE", "never")] {
        let set = command
            .environment
            .iter()
            .any(|(key, value)| key == name && !value.is_empty());
        if !set {
            command.environment.retain(|(key, _)| key != name);
            command.environment.push((name.into(), value.into()));
        }
    }
    command
}

impl Job<'_> {
    /// For -x: something to paste into a shell.
    fn shown(&self) -> String {
        let mut text = match self.dir.as_os_str().is_empty() {
            true => String::new(),
            false => format!("cd {}; ", self.dir.display()),
        };
        text.push_str(self.program);
        for word in self.words {
            text.push(' ');
            text.push_str(&shell_word(word));
        }
        text
    }
}

fn shell_word(word: &str) -> String {
    const SPECIAL: &[char] = &[
        '$', '`', '\\', '*', '?', '[', '"', '\t', '\n', '\u{b}', '\u{c}', '\r', ' ', '\u{85}',
        '\u{a0}',
    ];
    if word.contains('\'') {
        let mut out = String::from("\"");
        for c in word.chars() {
            if matches!(c, '"' | '$' | '`' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
        out.push('"');
        return out;
    }
    match word.contains(SPECIAL) {
        true => format!("'{word}'"),
        false => word.to_owned(),
    }
}

/// An answer that cannot be what the command gives.
pub(super) fn unexpected(from: &str, answer: &str) -> FetchError {
    FetchError::message(format!(
        "unexpected response from {from}: {}",
        quote(answer)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_shown_as_a_shell_takes_them() {
        for (word, shown) in [
            ("plain", "plain"),
            ("refs/heads/*:refs/heads/*", "'refs/heads/*:refs/heads/*'"),
            ("it's $x", "\"it's \\$x\""),
            ("two words", "'two words'"),
        ] {
            assert_eq!(shell_word(word), shown);
        }
    }
}
