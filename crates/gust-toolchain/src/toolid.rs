//! What the release's tools say of themselves: the line that `compile -V=full` prints goes into every action's hash.

use crate::memo::{Memo, key};
use crate::settings::Settings;
use crate::start_error;
use gust_bytes::Spawn as _;
use thiserror::Error;

/// A tool that does not say what it is.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ToolIdError {
    /// It could not be run, or failed.
    #[error("error obtaining buildID for {tool}: {why}")]
    Failed {
        /// `go tool compile`, or the program that stands in for vet.
        tool: String,
        /// What the system or the exit code says.
        why: String,
        /// What it wrote to standard error, to be shown before.
        stderr: String,
    },
    /// Its answer is no version line.
    #[error("parsing buildID from {tool} -V=full: unexpected output:\n\t{output}")]
    Unexpected {
        /// As above.
        tool: String,
        /// The answer.
        output: String,
    },
}

impl ToolIdError {
    /// What the tool wrote to standard error before it failed: to be shown before the error.
    pub fn said(&self) -> &str {
        match self {
            ToolIdError::Failed { stderr, .. } => stderr,
            ToolIdError::Unexpected { .. } => "",
        }
    }
}

impl Settings {
    /// The identity of a tool of the release: its version line, or its content ID when it is no release.
    /// `wrapper` is -toolexec; with one the tool is asked anew every time, since nobody knows what the wrapper does.
    pub fn tool_id(
        &self,
        memo: &Memo,
        name: &str,
        wrapper: &[String],
    ) -> Result<String, ToolIdError> {
        self.tool_id_of(
            memo,
            name,
            &self.tool(name).to_string_lossy(),
            wrapper,
            &format!("go tool {name}"),
        )
    }

    /// The identity of any program that answers -V=full, such as one given by -vettool.
    pub fn tool_id_of(
        &self,
        memo: &Memo,
        name: &str,
        program: &str,
        wrapper: &[String],
        shown: &str,
    ) -> Result<String, ToolIdError> {
        let memo_key = match (wrapper, self.signature(program.as_ref())) {
            ([], Some(sig)) => Some(key(&[
                "tool",
                program,
                &sig,
                self.raw_experiment(),
                self.goos(),
                self.goarch(),
            ])),
            _ => None,
        };
        if let Some(known) = memo_key
            .as_ref()
            .and_then(|k| memo.get(k))
            .and_then(|v| String::from_utf8(v.to_vec()).ok())
        {
            return Ok(known);
        }
        let id = self.ask_tool(name, program, wrapper, shown)?;
        if let Some(memo_key) = memo_key {
            memo.put(memo_key, id.clone().into_bytes());
        }
        Ok(id)
    }

    /// What a tool answers to `-flags`: its flags, as JSON.
    ///
    /// # Errors
    /// The tool cannot be started, or fails: why, in go's words.
    pub fn tool_flags(&self, program: &str) -> Result<Vec<u8>, String> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where the tools are asked what they are"
        )]
        let mut command = gust_bytes::command(program);
        command
            .word("-flags")
            .env_clear()
            .variables(self.tool_environ().iter());
        let output = command.output();
        self.view().note_question(&command, &output);
        let output = output.map_err(|error| start_error(program, &error))?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => Err(crate::exit_text(&output.status)),
        }
    }

    fn ask_tool(
        &self,
        name: &str,
        program: &str,
        wrapper: &[String],
        shown: &str,
    ) -> Result<String, ToolIdError> {
        let failed = |why: String, stderr: &[u8]| ToolIdError::Failed {
            tool: shown.to_owned(),
            why,
            stderr: gust_bytes::text(stderr).into_owned(),
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where the tools are asked what they are"
        )]
        let mut command = match wrapper {
            [] => gust_bytes::command(program),
            [first, rest @ ..] => {
                let mut command = gust_bytes::command(first);
                command.words(rest).arg(program);
                command
            }
        };
        command
            .word("-V=full")
            .env_clear()
            .variables(self.tool_environ().iter());
        let output = command.output();
        self.view().note_question(&command, &output);
        let program = wrapper.first().map_or(program, String::as_str);
        let output = output.map_err(|e| failed(start_error(program, &e), &[]))?;
        if !output.status.success() {
            return Err(failed(crate::exit_text(&output.status), &output.stderr));
        }
        let text = gust_bytes::text(&output.stdout).into_owned();
        let words: Vec<&str> = text.split_whitespace().collect();
        let plausible = match words.as_slice() {
            [first, "version", release, .., last] | [first, "version", release @ last] => {
                let named = *first == name || !shown.starts_with("go tool ");
                named && (!release.contains("devel") || last.starts_with("buildID="))
            }
            _ => false,
        };
        if !plausible {
            return Err(ToolIdError::Unexpected {
                tool: shown.to_owned(),
                output: text,
            });
        }
        if words[2].contains("devel") {
            let last = words.last().copied().unwrap_or("");
            return Ok(last.rsplit('/').next().unwrap_or(last).to_owned());
        }
        Ok(text.trim().to_owned())
    }
}
