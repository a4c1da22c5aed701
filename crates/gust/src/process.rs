//! What the process itself is told: environment, directory, signals. The only file that asks the system for them.

pub(crate) mod browser;
mod image;

use gust_bytes::{Spawn as _, path_of, text_of};
use gust_fs::errtext::go_text;
use gust_fs::observe::{Log, Question};
use gust_fs::{Meta, View};
use gust_ops::Program;
use gust_toolchain::{Environ, vars};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// The environment that the process was started with.
#[expect(
    clippy::disallowed_methods,
    reason = "this is where the environment becomes a value"
)]
pub(crate) fn environ() -> Environ {
    Environ::new(
        std::env::vars_os().map(|(name, value)| (text_of(name).into(), text_of(value).into())),
    )
}

/// The current directory, by the name that the shell calls it when PWD is right, as Go's os.Getwd.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks where the process stands"
)]
pub(crate) fn cwd(environ: &Environ, view: &View) -> std::io::Result<PathBuf> {
    let named = PathBuf::from(environ.get(vars::PWD));
    if named.is_absolute() && same_dir(view, &named) {
        return Ok(named);
    }
    std::env::current_dir().map(path_of)
}

#[expect(
    clippy::disallowed_methods,
    reason = "where the process stands is no path that a view could remember"
)]
fn same_dir(view: &View, named: &Path) -> bool {
    match (view.stat(named), gust_fs::disk::metadata(".")) {
        (Ok(a), Ok(b)) => (a.sig.dev, a.sig.ino) == (b.sig.dev, b.sig.ino),
        _ => false,
    }
}

/// The running program's own file.
pub(crate) fn program() -> PathBuf {
    path_of(std::env::current_exe().unwrap_or_default())
}

/// The running program's file and what stands there; none where that cannot be told.
#[expect(
    clippy::disallowed_methods,
    reason = "asked before there is a view; no answer of gust's depends on it"
)]
pub(crate) fn program_now() -> Option<(PathBuf, Meta)> {
    let program = path_of(std::env::current_exe().ok()?);
    let meta = gust_fs::disk::metadata(&program).ok()?;
    Some((program, meta))
}

/// The words that the process was started with, the program's name first.
pub(crate) fn words() -> Vec<OsString> {
    std::env::args_os()
        .map(|word| text_of(word).into())
        .collect()
}

/// The current directory as the system names it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one file that asks where the process stands"
)]
pub(crate) fn real_cwd() -> Option<PathBuf> {
    std::env::current_dir().ok().map(path_of)
}

/// The user whose rights the process has.
pub(crate) fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Asks another program once more what a recorded command asked it: in the same environment but for what the question names.
#[expect(
    clippy::disallowed_methods,
    reason = "the question was first asked where such programs start"
)]
pub(crate) fn ask_again(question: &Question, environ: &Environ, log: &Log) -> [u8; 32] {
    let mut command = Command::new(&question.program);
    let given = question.environment.iter();
    command
        .args(&question.args)
        .env_clear()
        .variables(environ.unread())
        .envs(given.map(|(name, value)| (name, value)));
    if let Some(dir) = &question.dir {
        command.current_dir(dir);
    }
    let output = command.stdin(Stdio::null()).output();
    let asked = Question::of(&command, &output);
    let answer = asked.answer;
    // What failed is asked once more: it may have met another question.
    if let Ok(output) = output
        && output.status.success()
    {
        log.foretell(asked, output);
    }
    answer
}

/// What a program says on standard output, without space at its ends; nothing if it fails.
#[expect(
    clippy::disallowed_methods,
    reason = "a program of the machine is asked about itself"
)]
pub(crate) fn told_by(
    environ: &Environ,
    view: &View,
    program: &str,
    args: &[&str],
) -> Option<String> {
    let path = match program.contains('/') {
        true => PathBuf::from(program),
        false => environ.look_path(view, program)?,
    };
    let mut command = gust_bytes::command(&path);
    command.words(args).env_clear().variables(environ.unread());
    let output = command.stdin(Stdio::null()).output().ok()?;
    let text = text_of(OsString::from_vec(output.stdout));
    output.status.success().then(|| text.trim().to_owned())
}

/// Goes to another directory, for -C.
#[expect(
    clippy::disallowed_methods,
    reason = "-C is meant for everything, and comes first"
)]
pub(crate) fn chdir(dir: &str) -> std::io::Result<()> {
    std::env::set_current_dir(gust_bytes::os_path(dir))
}

/// Puts another program in this one's place, with the arguments after the name. Comes back only when that failed, with Go's text.
/// `as_child` runs it as a child instead and exits as it does.
#[expect(
    clippy::disallowed_methods,
    reason = "another go command takes over, or this process is only its shadow"
)]
pub(crate) fn become_program(
    program: &Path,
    args: &[String],
    environ: &Environ,
    as_child: bool,
) -> String {
    use std::os::unix::process::CommandExt;
    let mut command = gust_bytes::command(program);
    let name = match std::env::args_os().next() {
        Some(name) if !as_child => text_of(name),
        _ => program.to_string_lossy().into_owned(),
    };
    let words: Vec<String> = std::iter::once(name).chain(args.iter().cloned()).collect();
    if let Err(error) = image::take_over(&mut command, program, &words, environ) {
        return go_text(&error);
    }
    if !as_child {
        return go_text(&command.exec());
    }
    match command.status() {
        Err(error) => go_text(&error),
        Ok(status) => match status.code() {
            Some(code) => std::process::exit(code),
            None => gust_toolchain::exit_text(&status),
        },
    }
}

/// Runs a person's program to its end, with this process's own standard input and outputs; how it ended.
///
/// # Errors
/// Go's text of why it could not be started.
pub(crate) fn run_program(program: &Program, view: &View) -> Result<ExitStatus, String> {
    let Some(name) = program.words.first() else {
        return Ok(ExitStatus::default());
    };
    let environ = &program.environ;
    // A name with a slash is started as it is, and the system says what is wrong with it.
    let found = match (&program.file, name.contains('/')) {
        (Some(file), _) => Some(file.clone()),
        (None, true) => Some(PathBuf::from(name)),
        (None, false) => environ.look_path(view, name),
    };
    let Some(path) = found else {
        let why = environ.why_not_found(view, name);
        let name = gust_text::quote::quote(name);
        return Err(format!("exec: {name}: {why}"));
    };
    let mut tries = 0;
    loop {
        #[expect(clippy::disallowed_methods, reason = "people's programs start here")]
        let mut command = gust_bytes::command(&path);
        if let Some(dir) = &program.dir {
            command.at(dir).stdin(Stdio::null());
        }
        let started = image::take_over(&mut command, &path, &program.words, environ);
        match started.and_then(|()| command.status()) {
            Ok(status) => return Ok(status),
            // Another go is writing it into the cache at this moment.
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy && tries < 3 => {
                tries += 1;
                std::thread::sleep(std::time::Duration::from_millis(100 << tries));
            }
            Err(error) => {
                return Err(format!("fork/exec {}: {}", path.display(), go_text(&error)));
            }
        }
    }
}
