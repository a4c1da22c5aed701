//! From the command line to a running command: -C, the command's words, GOFLAGS, flags, and the checks that come before all.

use crate::commands::{self, Arguments, Command, GROUPS, Versions};
use crate::request::{self, Request};
use crate::session::Session;
use crate::ui::{Failure, Outcome, Ui};
use crate::warm::{self, Warm};
use crate::{help, log, process};
use gust_fs::errtext::go_text;
use gust_fs::{Overlay, View};
use gust_ops::{Reporter, release};
use gust_text::quote::quote;
use gust_toolchain::release::Startup;
use gust_toolchain::{Environ, Inputs, Settings, vars};
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// Runs what the arguments ask for.
pub(crate) fn main(args: Vec<OsString>) -> ExitCode {
    let started_as = StartedAs::of(args.first());
    let args = args.into_iter().skip(1).map(gust_bytes::text_of);
    let ui = Arc::new(Ui::new());
    let environ = process::environ();
    if let Err(failure) = log::start(environ.get(vars::GUST_LOG)) {
        return ExitCode::from(ui.finish(Err(failure)));
    }
    ExitCode::from(dispatch(&ui, started_as, environ, args.collect()))
}

/// Prints how a command ended and gives the exit code; or lets another program take this one's place, with the same arguments.
fn conclude(ui: &Ui, outcome: Outcome, args: &[String]) -> u8 {
    let outcome = outcome.map_err(|failure| match failure.hand_over {
        None => failure,
        Some(to) => {
            let why = process::become_program(&to.program, args, &to.environ, to.as_child);
            Failure::error(format!("exec {}: {why}", to.toolchain))
        }
    });
    ui.finish(outcome)
}

/// The name that this program was started under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StartedAs {
    /// Its own: its own commands are there beside go's.
    Gust,
    /// `go`: it is to be nothing else.
    Go,
}

impl StartedAs {
    fn of(program: Option<&OsString>) -> StartedAs {
        let name = program.and_then(|program| Path::new(program).file_stem());
        match name.is_some_and(|name| name == "go") {
            true => StartedAs::Go,
            false => StartedAs::Gust,
        }
    }

    /// Whether the command is there under this name.
    pub(crate) fn has(self, command: &Command) -> bool {
        self == StartedAs::Gust || !command.own
    }
}

/// What the words at the start of the arguments name.
enum Found {
    /// A command, after so many words.
    Command(&'static Command, usize),
    /// A group whose command is missing or unknown, after so many words.
    Group(&'static str, usize),
    /// Nothing.
    Nothing,
}

fn find(started_as: StartedAs, args: &[String]) -> Found {
    let Some(first) = args.first() else {
        return Found::Nothing;
    };
    if let Some(command) = commands::find(first).filter(|command| started_as.has(command)) {
        return Found::Command(command, 1);
    }
    let Some(group) = GROUPS.iter().find(|g| g.name == first) else {
        return Found::Nothing;
    };
    match args
        .get(1)
        .and_then(|second| commands::find(&format!("{first} {second}")))
    {
        Some(command) => Found::Command(command, 2),
        None => Found::Group(group.name, 1),
    }
}

#[tracing::instrument(name = "dispatch", level = "info", skip_all)]
fn dispatch(ui: &Arc<Ui>, started_as: StartedAs, environ: Environ, mut args: Vec<String>) -> u8 {
    if let Err(failure) = change_directory(started_as, &mut args) {
        return ui.finish(Err(failure));
    }
    // Behind a `--` there are no more flags before the command.
    let ended = args.first().is_some_and(|first| first == "--");
    args.drain(..usize::from(ended));
    match args.first().map(String::as_str) {
        None => return ui.finish(Err(main_usage(started_as, None))),
        Some("help") => {
            let outcome = help::run(ui, started_as, &args[1..]);
            return ui.finish(outcome);
        }
        Some(first) if !ended && first.starts_with('-') && first != "-" => {
            return ui.finish(Err(main_usage(started_as, Some(first))));
        }
        _ => {}
    }
    #[cfg(feature = "conformance")]
    if let Some(observed) = crate::observed::Observed::asked_for(&environ) {
        let view = View::new(Overlay::none()).with_log(Arc::clone(observed.log()));
        let environ = environ.with_log(Arc::clone(observed.log()));
        let code = invoke(ui, started_as, environ, view, &args, None);
        return match observed.write() {
            Ok(()) => code,
            Err(error) => ui.finish(Err(Failure::with_code(go_text(&error), 2))),
        };
    }
    let command = match find(started_as, &args) {
        Found::Command(command, _) => Some(command),
        _ => None,
    };
    match Warm::of(command, process::words(), &environ) {
        Err(failure) => ui.finish(Err(failure)),
        Ok(None) => {
            let view = View::new(Overlay::none());
            invoke(ui, started_as, environ, view, &args, None)
        }
        Ok(Some(warm)) => Arc::new(warm).answer(ui, |warm| {
            let view = View::new(Overlay::none()).with_log(Arc::clone(warm.log()));
            let environ = environ.with_log(Arc::clone(warm.log()));
            invoke(ui, started_as, environ, view, &args, Some(warm))
        }),
    }
}

/// Finds the command, resolves the settings that it works with, reads its flags and runs it.
fn invoke(
    ui: &Arc<Ui>,
    started_as: StartedAs,
    environ: Environ,
    view: View,
    args: &[String],
    warm: Option<&Arc<Warm>>,
) -> u8 {
    let found = find(started_as, args);
    let (settings, startup) = match prepare(ui, environ, Arc::new(view), &found, args) {
        Ok(prepared) => prepared,
        Err(failure) => return conclude(ui, Err(failure), args),
    };
    match found {
        Found::Command(command, used) => {
            let request = match request(&settings, command, &args[used..]) {
                Ok(request) => request,
                Err(failure) => {
                    let newer = newer_release(ui, settings, startup, command, &args[used..]);
                    return conclude(ui, Err(newer.unwrap_or(failure)), args);
                }
            };
            let run = match available(&request) {
                Ok(run) => run,
                Err(failure) => return ui.finish(Err(failure)),
            };
            warm::note_effects(settings.view(), &request);
            let session = Session::new(request, settings, startup, ui, warm);
            let code = conclude(ui, run(&session), args);
            // The answer is out; what was learned is kept for the next command.
            session.workspace().save();
            code
        }
        Found::Group(group, used) => {
            let outcome = unknown_in_group(ui, started_as, group, args, used);
            ui.finish(outcome)
        }
        Found::Nothing => {
            let text = format!("go {}: unknown command\nRun 'go help' for usage.", args[0]);
            ui.finish(Err(Failure::with_code(text, 2)))
        }
    }
}

/// Flags that this release does not know may be known to the one that the module of `install module@version` asks for.
fn newer_release(
    ui: &Arc<Ui>,
    settings: Settings,
    startup: Startup,
    command: &'static Command,
    args: &[String],
) -> Option<Failure> {
    let readable = readable(command.policy.versions, args)?;
    let request = request(&settings, command, &readable).ok()?;
    let arg = request.args.first()?.clone();
    if !gust_ops::has_version(&arg) {
        return None;
    }
    let session = Session::new(request, settings, startup, ui, None);
    let newer = gust_ops::newer_release_for(session.workspace(), &arg)?;
    Some(newer.into())
}

/// What of a command line with unknown flags still says which package at which version is meant, and how it is downloaded.
fn readable(versions: Versions, args: &[String]) -> Option<Vec<String>> {
    let is_flag = |arg: &&String| arg.starts_with('-');
    let writable = |arg: &&String| arg.trim_start_matches('-') == "modcacherw" && is_flag(arg);
    match versions {
        Versions::Nowhere => None,
        Versions::Anywhere => {
            let named = |arg: &&String| !is_flag(arg) && gust_ops::has_version(arg);
            let named = args.iter().find(named)?;
            let writable = args.iter().find(writable);
            Some(writable.into_iter().chain([named]).cloned().collect())
        }
        // What stands behind a flag may be its value, unless that stands in the flag's own word.
        Versions::First => {
            let whole = |arg: &&String| is_flag(arg) && arg.contains('=');
            let rest = args.iter().filter(|arg| !whole(arg));
            Some(rest.cloned().collect())
        }
    }
}

/// Takes -C dir from right behind the command's words and goes there.
fn change_directory(started_as: StartedAs, args: &mut Vec<String>) -> Outcome {
    let used = match find(started_as, args) {
        Found::Command(_, used) | Found::Group(_, used) => used,
        Found::Nothing => 0,
    };
    let dir = match args.get(used).map(String::as_str) {
        Some("-C" | "--C") if used + 1 < args.len() => args.drain(used..used + 2).nth(1),
        Some(arg) => match arg.strip_prefix("-C=").or_else(|| arg.strip_prefix("--C=")) {
            Some(dir) => {
                let dir = dir.to_owned();
                args.remove(used);
                Some(dir)
            }
            None => None,
        },
        None => None,
    };
    let Some(dir) = dir else { return Ok(()) };
    process::chdir(&dir)
        .map_err(|error| Failure::error(format!("chdir {dir}: {}", go_text(&error))))
}

fn main_usage(started_as: StartedAs, bad_flag: Option<&str>) -> Failure {
    let mut lines = Vec::new();
    if let Some(arg) = bad_flag {
        let name = arg.trim_start_matches('-').split('=').next().unwrap_or("");
        if arg.starts_with("---") || name.is_empty() {
            lines.push(format!("bad flag syntax: {arg}"));
        } else if !matches!(name, "h" | "help") {
            lines.push(format!("flag provided but not defined: -{name}"));
        }
    }
    lines.push(help::overview(started_as));
    Failure::with_lines(lines, 2)
}

fn unknown_in_group(
    ui: &Ui,
    started_as: StartedAs,
    group: &'static str,
    args: &[String],
    used: usize,
) -> Outcome {
    match args.get(used).map(String::as_str) {
        None => Err(Failure::with_code(help::group(group), 2)),
        Some("help") => {
            let topic: Vec<String> = std::iter::once(group.to_owned())
                .chain(args[used + 1..].iter().cloned())
                .collect();
            help::run(ui, started_as, &topic)
        }
        Some(_) => Err(Failure::with_code(
            format!("go {group}: unknown command\nRun 'go help {group}' for usage."),
            2,
        )),
    }
}

/// Resolves the settings of the release that does the work, and makes go's checks of GOROOT and GOPATH.
fn prepare(
    ui: &Arc<Ui>,
    environ: Environ,
    view: Arc<View>,
    found: &Found,
    args: &[String],
) -> Result<(Settings, Startup), Failure> {
    let cwd = match process::cwd(&environ, &view) {
        Ok(cwd) => cwd,
        // a directory that was removed: what asks nothing of it still answers
        Err(_) if matches!(found, Found::Command(c, _) if !c.policy.needs_directory) => {
            Path::new("/").to_owned()
        }
        Err(error) => {
            let why = go_text(&error);
            let text = format!("cannot determine current directory: getwd: {why}");
            return Err(Failure::plain(text));
        }
    };
    let inputs = Inputs {
        environ,
        cwd,
        program: process::program(),
        view,
        release: None,
        version_override: None,
    };
    let reporter: Arc<dyn Reporter> = Arc::clone(ui) as _;
    let (settings, startup) = release::settings(&reporter, inputs, args)?;
    let goroot = settings.goroot();
    if goroot.as_os_str().is_empty() {
        let text = "go: cannot find GOROOT directory: 'go' binary is trimmed and GOROOT is not set";
        return Err(Failure::with_code(text, 2));
    }
    if !settings.view().is_dir(goroot) {
        return Err(Failure::with_code(
            format!("go: cannot find GOROOT directory: {}", goroot.display()),
            2,
        ));
    }
    check_gopath(ui, &settings)?;
    Ok((settings, startup))
}

fn check_gopath(ui: &Ui, settings: &Settings) -> Outcome {
    let gopath = settings.gopath_text();
    if gust_fs::paths::clean(Path::new(gopath)) == gust_fs::paths::clean(settings.goroot()) {
        ui.note(format!(
            "warning: both GOPATH and GOROOT are the same directory ({gopath}); see https://go.dev/wiki/InstallTroubleshooting"
        ));
        return Ok(());
    }
    for entry in gopath.split(':').filter(|e| !e.is_empty()) {
        if entry.starts_with('~') {
            let text = format!(
                "go: GOPATH entry cannot start with shell metacharacter '~': {}",
                quote(entry)
            );
            return Err(Failure::with_code(text, 2));
        }
        if !Path::new(entry).is_absolute() {
            let text = format!(
                "go: GOPATH entry is relative; must be absolute path: {}.\nFor more details see: 'go help gopath'",
                quote(entry)
            );
            return Err(Failure::with_code(text, 2));
        }
    }
    Ok(())
}

/// What runs the request, if gust has the command and its flags.
fn available(request: &Request) -> Result<commands::Run, Failure> {
    let missing = |what: String| {
        Failure::with_code(
            format!("gust: {what} is not here yet; the README lists what is missing"),
            2,
        )
    };
    let command = request.command;
    if let Some(flag) = request.missing() {
        return Err(missing(format!("'go {} {flag}'", command.name)));
    }
    let Some(run) = command.run else {
        if command.policy.arguments == Arguments::Own
            && matches!(
                request.args.first().map(String::as_str),
                Some("-h" | "-help" | "--help")
            )
        {
            return Err(request::usage(command, None));
        }
        return Err(missing(format!("'go {}'", command.name)));
    };
    Ok(run)
}

/// What was asked, once platform and experiments are known to make sense.
fn request(
    settings: &Settings,
    command: &'static Command,
    args: &[String],
) -> Result<Request, Failure> {
    if command.policy.needs_platform {
        gust_ops::check_platform(settings)?;
    }
    Request::read(settings, command, args.to_vec())
}
