//! `go bug`: what a bug report should say of the machine and the settings, on the page where it is written, or printed where no browser
//! can be had.

use crate::process::{self, browser};
use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_toolchain::Settings;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Write;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    if !session.args().is_empty() {
        return Err(Failure::error("bug takes no arguments"));
    }
    let settings = session.settings();
    let page = concat!(env!("CARGO_PKG_REPOSITORY"), "/issues/new");
    let body = body(settings);
    let encoded = utf8_percent_encode(&body, NON_ALPHANUMERIC);
    let url = format!("{page}?body={encoded}");
    if !browser::show(settings.environ(), settings.view(), &url) {
        let text = format!("Please open an issue at {page} with this text:\n\n{body}");
        session.ui().print(text);
    }
    Ok(())
}

fn body(settings: &Settings) -> String {
    let mut text = "### What did you do, see, and expect?\n\n\n### Versions\n\n".to_owned();
    let _ = writeln!(
        text,
        "gust {}\ngo version {} {}/{}",
        env!("CARGO_PKG_VERSION"),
        settings.release_name(),
        settings.gohostos(),
        settings.gohostarch()
    );
    for (what, told) in machine(settings) {
        let _ = writeln!(text, "{what}: {told}");
    }
    let _ = writeln!(text, "\n### Settings (go env)\n");
    for variable in settings.variables().iter().filter(|v| !v.value.is_empty()) {
        let value = gust_text::quote::quote(&variable.value);
        let _ = writeln!(text, "    {}={value}", variable.name);
    }
    text
}

/// What the release in use, the system and the debuggers say of themselves, as far as they are there.
fn machine(settings: &Settings) -> Vec<(&'static str, String)> {
    let go = settings.goroot().join("bin/go");
    let go = go.to_string_lossy();
    let questions: &[(&str, &str, &[&str])] = &[
        ("GOROOT/bin/go version", &go, &["version"]),
        (
            "GOROOT/bin/go tool compile -V",
            &go,
            &["tool", "compile", "-V"],
        ),
        ("uname -sr", "uname", &["-sr"]),
        ("lsb_release -sd", "lsb_release", &["-sd"]),
        ("ldd --version", "ldd", &["--version"]),
        ("gdb --version", "gdb", &["--version"]),
        ("lldb --version", "lldb", &["--version"]),
    ];
    let ask = |&(what, program, args): &(&'static str, &str, &[&str])| {
        let told = process::told_by(settings.environ(), settings.view(), program, args)?;
        // The rest is licences and warranties.
        Some((what, told.lines().next()?.to_owned()))
    };
    questions.iter().filter_map(ask).collect()
}
