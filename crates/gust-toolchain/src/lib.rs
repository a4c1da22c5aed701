//! Settings, GOROOT, tool IDs, release selection.
//!
//! A command's way through this crate: the binary takes an [`environ::Environ`], [`settings::Settings::resolve`] makes of it every
//! setting that `go env` prints, and the floors above ask the settings, never the system.

pub mod arch;
pub mod cflags;
pub mod child;
pub mod compiler;
pub mod envfile;
pub mod environ;
pub mod experiment;
pub mod fips;
pub mod goroot;
pub mod locate;
pub mod memo;
pub mod platform;
pub mod release;
pub mod settings;
pub mod telemetry;
pub mod toolid;
pub mod vars;

pub use environ::Environ;
pub use settings::{Inputs, Origin, Settings, state_dir};
pub use vars::Variable;

/// How a process ended, in Go's words: `exit status 2`, `signal: killed`.
pub fn exit_text(status: &std::process::ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => {
            let core = if status.core_dumped() {
                " (core dumped)"
            } else {
                ""
            };
            format!("signal: {}{core}", signal_name(signal))
        }
        (None, None) => "unknown exit".to_owned(),
    }
}

/// Why a program could not be started, in Go's words.
pub(crate) fn start_error(program: &str, error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound if !program.contains('/') => {
            let program = gust_text::quote::quote(program);
            format!("exec: {program}: executable file not found in $PATH")
        }
        _ => format!("fork/exec {program}: {}", gust_fs::errtext::go_text(error)),
    }
}

fn signal_name(signal: i32) -> String {
    let name = match signal {
        1 => "hangup",
        2 => "interrupt",
        3 => "quit",
        4 => "illegal instruction",
        5 => "trace/breakpoint trap",
        6 => "aborted",
        7 => "bus error",
        8 => "floating point exception",
        9 => "killed",
        10 => "user defined signal 1",
        11 => "segmentation fault",
        12 => "user defined signal 2",
        13 => "broken pipe",
        14 => "alarm clock",
        15 => "terminated",
        other => return format!("signal {other}"),
    };
    name.to_owned()
}
