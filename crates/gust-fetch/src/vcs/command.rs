//! Starting a version control command.

use gust_bytes::Spawn as _;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::sync::Arc;

use crate::Sink;
use gust_fs::observe::{Log, Question};

/// How programs are found: by name, to the file on PATH.
pub type FindProgram = dyn Fn(&str) -> Option<PathBuf> + Send + Sync;

/// The environment and the trace under which version control commands run.
#[derive(Clone)]
pub struct Command {
    /// The whole environment of the command.
    pub environment: Vec<(OsString, OsString)>,
    /// Where a program lies. The file is started by its whole path: a search by the child would need a copy of this process.
    pub find: Arc<FindProgram>,
    /// -x: told each command before it runs, as lines.
    pub trace: Option<Arc<dyn Sink>>,
    /// Where questions and answers are written down.
    pub log: Option<Arc<Log>>,
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command").finish_non_exhaustive()
    }
}

/// Why a version control command gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The program is not there or could not be started.
    #[error("exec: \"{program}\": {}", start_text(.source))]
    Start {
        /// The program's name, as looked up on PATH.
        program: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// It ran and failed.
    #[error("exit status {code}")]
    Failed {
        /// The exit code; -1 when a signal ended it.
        code: i32,
        /// Where it ran.
        dir: PathBuf,
        /// What it wrote to standard error.
        stderr: String,
    },
}

fn start_text(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "executable file not found in $PATH".to_owned(),
        _ => error.to_string(),
    }
}

impl Command {
    /// Whether the program is there.
    #[must_use]
    pub fn has(&self, program: &str) -> bool {
        (self.find)(program).is_some()
    }

    /// Runs `program` with `args` in `dir` and gives what it wrote to standard output.
    ///
    /// # Errors
    /// [`CommandError`] when it cannot be started or fails.
    pub fn output(
        &self,
        program: &'static str,
        args: &[&str],
        dir: &Path,
    ) -> Result<Vec<u8>, CommandError> {
        let mut command = self.prepare(program, args, dir)?;
        let foretold = self.log.as_ref().and_then(|log| log.foretold(&command));
        let result = match foretold {
            Some(output) => Ok(output),
            None => command.stdin(Stdio::null()).output(),
        };
        if let Some(log) = &self.log {
            log.note_question(Question::of(&command, &result));
        }
        written(program, dir, result)
    }

    /// Runs `program` with further variables and gives what it wrote to standard output. What it asks servers cannot be asked again.
    ///
    /// # Errors
    /// [`CommandError`] when it cannot be started or fails.
    pub(crate) fn answer(
        &self,
        program: &'static str,
        args: &[&str],
        dir: &Path,
        variables: &[(&str, &str)],
    ) -> Result<Vec<u8>, CommandError> {
        if let Some(log) = &self.log {
            log.note_unprovable();
        }
        let mut command = self.prepare(program, args, dir)?;
        command
            .variables(variables.iter().copied())
            .stdin(Stdio::null());
        written(program, dir, command.output())
    }

    /// Gives `program` an input and waits for its end; by name or path, as on a command line. It is told to nobody: passwords go
    /// through it.
    pub(crate) fn converse_once(
        &self,
        program: &str,
        args: &[&str],
        dir: &Path,
        input: &[u8],
    ) -> io::Result<Output> {
        let not_found = || {
            let text = format!("exec: \"{program}\": executable file not found in $PATH");
            io::Error::new(io::ErrorKind::NotFound, text)
        };
        let file = (self.find)(program).ok_or_else(not_found)?;
        #[expect(clippy::disallowed_methods, reason = "GOAUTH's commands start here")]
        let mut command = gust_bytes::command(file);
        command
            .words(args)
            .env_clear()
            .variables(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if !dir.as_os_str().is_empty() {
            command.at(dir).variable("PWD", dir);
        }
        let mut child = command.spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // Who does not want to know need not listen.
            let _ = io::Write::write_all(&mut stdin, input);
        }
        child.wait_with_output()
    }

    /// Starts `program` as one that answers questions: they go to its standard input, answers come from its standard output.
    /// They are not written down: what is read this way follows from names that other questions gave.
    pub(super) fn converse(
        &self,
        program: &'static str,
        args: &[&str],
        dir: &Path,
    ) -> Result<Child, CommandError> {
        self.prepare(program, args, dir)?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|source| CommandError::Start { program, source })
    }

    fn prepare(
        &self,
        program: &'static str,
        args: &[&str],
        dir: &Path,
    ) -> Result<std::process::Command, CommandError> {
        use std::os::unix::process::CommandExt as _;
        let file = (self.find)(program).ok_or_else(|| CommandError::Start {
            program,
            source: io::ErrorKind::NotFound.into(),
        })?;
        if let Some(log) = &self.log {
            log.note_whole_environment();
        }
        if let Some(trace) = &self.trace {
            trace.line(&format!(
                "cd {}\n{program} {}",
                dir.display(),
                args.join(" ")
            ));
        }
        #[expect(clippy::disallowed_methods, reason = "version control starts here")]
        let mut command = gust_bytes::command(file);
        command
            .arg0(program)
            .words(args)
            .at(dir)
            .env_clear()
            .variables(self.environment.iter().map(|(name, value)| (name, value)))
            .variable("PWD", dir);
        Ok(command)
    }
}

/// What a program wrote to standard output, if it ended well.
fn written(
    program: &'static str,
    dir: &Path,
    result: io::Result<Output>,
) -> Result<Vec<u8>, CommandError> {
    let result = result.map_err(|source| CommandError::Start { program, source })?;
    if result.status.success() {
        return Ok(result.stdout);
    }
    Err(CommandError::Failed {
        code: result.status.code().unwrap_or(-1),
        dir: dir.to_path_buf(),
        stderr: gust_bytes::text(&result.stderr).into_owned(),
    })
}
