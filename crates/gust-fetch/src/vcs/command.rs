//! Starting a version control command.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use crate::Sink;
use gust_fs::observe::{Log, Question};

/// The environment and the trace under which version control commands run.
#[derive(Clone, Default)]
pub struct Command {
    /// The whole environment of the command, `NAME=value` pairs.
    pub environment: Vec<(String, String)>,
    /// -x: told each command before it runs, as lines.
    pub trace: Option<Arc<dyn Sink>>,
    /// Where questions and answers are written down.
    pub log: Option<Arc<Log>>,
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
        if let Some(trace) = &self.trace {
            trace.line(&format!(
                "cd {}\n{program} {}",
                dir.display(),
                args.join(" ")
            ));
        }
        #[expect(clippy::disallowed_methods, reason = "version control starts here")]
        let mut command = std::process::Command::new(program);
        let result = command
            .args(args)
            .current_dir(dir)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("PWD", dir)
            .stdin(Stdio::null())
            .output();
        if let Some(log) = &self.log {
            log.note_question(Question::of(&command, &result));
        }
        let result = result.map_err(|source| CommandError::Start { program, source })?;
        if result.status.success() {
            return Ok(result.stdout);
        }
        Err(CommandError::Failed {
            code: result.status.code().unwrap_or(-1),
            dir: dir.to_path_buf(),
            stderr: String::from_utf8_lossy(&result.stderr).into_owned(),
        })
    }
}
