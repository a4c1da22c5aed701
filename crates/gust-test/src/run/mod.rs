//! Starting a test binary and waiting for its end: the one place of this crate that starts people's programs.
//!
//! A binary that is given a timeout ends itself and shows what its goroutines do. One that cannot (it spins, it is stopped) gets
//! a signal that asks for the same a minute later, and is killed when that does not help. Children that it leaves behind may hold
//! its output open; they are waited for as long as [`Limits::delay`] says, and no longer.

mod limits;
mod wait;
mod words;

use gust_bytes::Spawn as _;
use gust_toolchain::vars;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use gust_fs::View;
use gust_fs::errtext::go_text;
use gust_text::quote::quote;
use gust_toolchain::Environ;

pub use limits::Limits;
pub use words::Given;

/// What is started.
#[derive(Debug)]
pub struct Start<'a> {
    /// The words of -exec, the binary, its arguments.
    pub words: &'a [String],
    /// Where: the package's directory.
    pub dir: &'a Path,
    /// The environment for people's programs; `PWD` is added.
    pub environ: &'a Environ,
    /// Variables beyond it.
    pub extra: &'a [(&'a str, OsString)],
    /// How long it may take.
    pub limits: Limits,
    /// Programs of -exec are looked for with it.
    pub view: &'a View,
}

/// Where what it prints goes, standard output and standard error as one.
pub enum Output<'a> {
    /// To an open file, such as this process's own standard output: the test sees a terminal where there is one.
    File(BorrowedFd<'a>),
    /// To a function, as it comes.
    To(&'a mut dyn FnMut(&[u8])),
}

/// How it ended.
#[derive(Clone, Debug)]
pub struct Ending {
    /// From its start to its end.
    pub elapsed: Duration,
    /// Why it did not succeed, as go tells it: `exit status 1`, `signal: killed`, `fork/exec …`.
    pub failure: Option<String>,
    /// It ended by itself, with an exit code.
    pub exited: bool,
    /// It was ended by us, or its output was not waited for.
    pub killed: Option<Killed>,
}

/// What was done when a limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Killed {
    /// It got the signal to show its goroutines and end.
    TooLong {
        /// How long it had been left alone.
        limit: Duration,
    },
    /// It had ended, but something else held its output open.
    OutputHeld {
        /// How long that was waited for.
        delay: Duration,
    },
}

/// Runs it to its end.
pub fn run(start: &Start<'_>, output: Output<'_>) -> Ending {
    let began = Instant::now();
    match spawn(start, &output) {
        Ok((child, reader)) => wait::to_the_end(child, reader, output, start.limits, began),
        Err(failure) => Ending {
            elapsed: began.elapsed(),
            failure: Some(failure),
            exited: false,
            killed: None,
        },
    }
}

type Spawned = (std::process::Child, Option<io::PipeReader>);

fn spawn(start: &Start<'_>, output: &Output<'_>) -> Result<Spawned, String> {
    let Some((program, args)) = start.words.split_first() else {
        return Err("exec: no command".to_owned());
    };
    let path = match program.contains('/') {
        true => PathBuf::from(program),
        false => (start.environ.look_path(start.view, program)).ok_or_else(|| {
            let program = quote(program);
            format!("exec: {program}: executable file not found in $PATH")
        })?,
    };
    start.view.note_unprovable();
    loop {
        #[expect(clippy::disallowed_methods, reason = "people's tests start here")]
        let mut command = gust_bytes::command(&path);
        command
            .words(args)
            .env_clear()
            .variables(start.environ.iter())
            .variable(vars::PWD, start.dir)
            .variables(
                start
                    .extra
                    .iter()
                    .map(|(name, value)| (OsStr::new(name), value)),
            )
            .at(start.dir)
            .stdin(Stdio::null());
        let spawned = wire(&mut command, output).and_then(|reader| Ok((command.spawn()?, reader)));
        match spawned {
            Ok(spawned) => return Ok(spawned),
            // A process that another thread is starting still holds the file that was just written. It lets go when it starts.
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(error) => {
                let why = go_text(&error);
                return Err(format!("fork/exec {}: {why}", path.display()));
            }
        }
    }
}

/// Connects the outputs; gives the end to read from. The write ends go with the command.
fn wire(command: &mut Command, output: &Output<'_>) -> io::Result<Option<io::PipeReader>> {
    match output {
        Output::File(file) => {
            let file = file.try_clone_to_owned()?;
            command.stdout(file.try_clone()?).stderr(file);
            Ok(None)
        }
        Output::To(_) => {
            let (reader, writer) = io::pipe()?;
            command.stdout(writer.try_clone()?).stderr(writer);
            Ok(Some(reader))
        }
    }
}
