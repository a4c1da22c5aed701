//! Starting the build's tools: the only place of this crate that starts processes.

use gust_bytes::Spawn as _;
use gust_toolchain::vars;
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::BuildError;
use super::local::Local;
use crate::tools::response;

/// One process to start.
pub(crate) struct Start<'a> {
    /// Where; empty or `.` for where the build itself runs.
    pub(crate) dir: &'a str,
    /// Variables beyond the tools' environment.
    pub(crate) environment: &'a [(String, String)],
    /// The package told to -toolexec programs; empty for none.
    pub(crate) package: &'a str,
    /// The program and its arguments.
    pub(crate) words: &'a [String],
}

/// How a process ended: all that it wrote, and why it failed, if it did.
pub(crate) type Ended = (Vec<u8>, Result<(), BuildError>);

/// Runs a process to its end; standard output and standard error come as one.
pub(crate) fn run(local: &Local<'_>, start: &Start<'_>) -> Ended {
    let Some((program, args)) = start.words.split_first() else {
        return (Vec::new(), Ok(()));
    };
    let Some(path) = local.environ.look_path(local.view, program) else {
        let why = local.environ.why_not_found(local.view, program);
        let program = program.clone();
        return (Vec::new(), Err(BuildError::NotFound { program, why }));
    };
    let mut command = gust_bytes::command(&path);
    let _response = match response::file(start.words) {
        None => {
            command.words(args);
            None
        }
        Some(text) => match response_file(&local.temp, &text) {
            Ok(file) => {
                let mut arg = OsString::from("@");
                arg.push(&file.0);
                command.word(arg);
                Some(file)
            }
            Err(error) => return (Vec::new(), Err(error)),
        },
    };
    prepare(local, start, &mut command);
    let failed = |why: String| BuildError::Command {
        program: program.clone(),
        why,
    };
    let started = |error: std::io::Error| {
        let why = gust_fs::errtext::go_text(&error);
        failed(format!("fork/exec {}: {why}", path.display()))
    };
    match collect(command) {
        Err(error) => (Vec::new(), Err(started(error))),
        Ok((output, status)) if status.success() => (output, Ok(())),
        Ok((output, status)) => (output, Err(failed(gust_toolchain::exit_text(&status)))),
    }
}

fn prepare(local: &Local<'_>, start: &Start<'_>, command: &mut Command) {
    command.env_clear().envs(local.environ.iter());

    if !matches!(start.dir, "" | ".") {
        command.at(start.dir);
        let dir = Path::new(start.dir);
        let pwd = match dir.is_absolute() {
            true => dir.to_path_buf(),
            false => local.cwd.join(dir),
        };
        command.variable(vars::PWD, pwd);
    }
    if !start.package.is_empty() {
        command.variable("TOOLEXEC_IMPORTPATH", start.package);
    }
    let more = start.environment.iter();
    command.variables(more.map(|(k, v)| (OsStr::new(k), OsStr::new(v))));
    command.stdin(Stdio::null());
}

fn collect(mut command: Command) -> std::io::Result<(Vec<u8>, std::process::ExitStatus)> {
    let (mut reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // The command holds the write ends; the reader sees the end only when they are closed.
    drop(command);
    let mut output = Vec::new();
    reader.read_to_end(&mut output)?;
    Ok((output, child.wait()?))
}

/// A file with arguments, removed when it has served.
struct ResponseFile(PathBuf);

impl Drop for ResponseFile {
    fn drop(&mut self) {
        let _ = gust_fs::disk::remove_file(&self.0);
    }
}

fn response_file(dir: &Path, text: &str) -> Result<ResponseFile, BuildError> {
    let number = gust_fs::write::unique();
    let path = dir.join(format!("args{number}"));
    gust_fs::disk::write(&path, &gust_bytes::raw(text)).map_err(BuildError::file("open", &path))?;
    Ok(ResponseFile(path))
}
