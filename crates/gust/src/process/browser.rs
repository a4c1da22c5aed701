//! The person's browser.

use gust_fs::View;
use gust_toolchain::Environ;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A browser that has not ended after so long has come up.
const PATIENCE: Duration = Duration::from_secs(3);

/// Shows a page in the first browser that can: the one that BROWSER names, the desktop's, one of those that most have. False if none
/// can.
pub(crate) fn show(environ: &Environ, view: &View, url: &str) -> bool {
    candidates(environ)
        .iter()
        .filter_map(|name| find(environ, view, name))
        .any(|program| shows(environ, program, url))
}

fn candidates(environ: &Environ) -> Vec<&str> {
    let mut names = vec![environ.get("BROWSER")];
    if !environ.get("DISPLAY").is_empty() || !environ.get("WAYLAND_DISPLAY").is_empty() {
        names.push("xdg-open");
    }
    names.extend(["chrome", "google-chrome", "chromium", "firefox"]);
    names.retain(|name| !name.is_empty());
    names
}

fn find(environ: &Environ, view: &View, name: &str) -> Option<PathBuf> {
    match name.contains('/') {
        true => Some(PathBuf::from(name)),
        false => environ.look_path(view, name),
    }
}

#[expect(clippy::disallowed_methods, reason = "a person's program starts here")]
fn shows(environ: &Environ, program: PathBuf, url: &str) -> bool {
    use gust_bytes::Spawn as _;
    let mut command = gust_bytes::command(&program);
    command.word(url).env_clear().variables(environ.unread());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else {
        return false;
    };
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            Err(_) => return false,
        }
    }
    true
}
