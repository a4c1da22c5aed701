//! `go env -w` and `go env -u`.

use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_fs::errtext::go_text;
use gust_text::quote::{quote, split_fields};
use gust_toolchain::{Settings, envfile, platform};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const FIXED: &[&str] = &[
    "GOEXE",
    "GOGCCFLAGS",
    "GOHOSTARCH",
    "GOHOSTOS",
    "GOMOD",
    "GOWORK",
    "GOTOOLDIR",
    "GOVERSION",
    "GOTELEMETRY",
    "GOTELEMETRYDIR",
];

/// Writes NAME=VALUE arguments to the user's file.
pub(crate) fn set(session: &Session) -> Outcome {
    let settings = session.settings();
    if session.args().is_empty() {
        return Err(Failure::error("no KEY=VALUE arguments given"));
    }
    let mut add = BTreeMap::new();
    for arg in session.args() {
        let Some((name, value)) = arg.split_once('=') else {
            return Err(Failure::error(format!(
                "arguments must be KEY=VALUE: invalid argument: {arg}"
            )));
        };
        check(settings, name, value)?;
        if add.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Failure::error(format!("multiple values for key: {name}")));
        }
        let environment = settings.environ().get(name);
        if !environment.is_empty() && environment != value {
            session.ui().note(format!(
                "warning: go env -w {name}=... does not override conflicting OS environment variable"
            ));
        }
    }
    check_build_config(settings, &add, &BTreeSet::new())?;
    if let Some(dir) = add.get("GOTMPDIR")
        && !dir.is_empty()
        && !Path::new(dir).is_absolute()
    {
        return Err(Failure::error("GOTMPDIR must be an absolute path"));
    }
    update(settings, &add, &BTreeSet::new())
}

/// Takes the named settings out of the user's file.
pub(crate) fn unset(session: &Session) -> Outcome {
    let settings = session.settings();
    if session.args().is_empty() {
        return Err(Failure::error("'go env -u' requires an argument"));
    }
    let mut remove = BTreeSet::new();
    for name in session.args() {
        check(settings, name, "")?;
        remove.insert(name.clone());
    }
    check_build_config(settings, &BTreeMap::new(), &remove)?;
    update(settings, &BTreeMap::new(), &remove)
}

/// Whether the variable may be set, and to this.
fn check(settings: &Settings, name: &str, value: &str) -> Outcome {
    let fail = |text: String| Err(Failure::error(text));
    if FIXED.contains(&name) {
        return fail(format!("{name} cannot be modified"));
    }
    if matches!(name, "GOENV" | "GODEBUG") {
        return fail(format!("{name} can only be set using the OS environment"));
    }
    if !settings.is_known(name) {
        return fail(format!("unknown go command variable {name}"));
    }
    let relative = |path: &str| !path.is_empty() && !path.starts_with('/');
    match name {
        "GO111MODULE" if !matches!(value, "" | "auto" | "on" | "off") => {
            return fail(format!("invalid {name} value {}", quote(value)));
        }
        "GOPATH" if value.starts_with('~') => {
            return fail(format!(
                "GOPATH entry cannot start with shell metacharacter '~': {}",
                quote(value)
            ));
        }
        "GOPATH" | "GOMODCACHE" if relative(value) => {
            return fail(format!(
                "{name} entry is relative; must be absolute path: {}",
                quote(value)
            ));
        }
        "CC" | "CXX" if !value.is_empty() => check_compiler(name, value)?,
        _ => {}
    }
    if value.contains('\0') {
        return fail(format!("invalid NUL in {name}=... value"));
    }
    if value.contains(['\u{b}', '\r', '\n']) {
        return fail(format!("invalid newline in {name}=... value"));
    }
    Ok(())
}

fn check_compiler(name: &str, value: &str) -> Outcome {
    let words =
        split_fields(value).map_err(|why| Failure::error(format!("invalid {name}: {why}")))?;
    match words.first() {
        None => Err(Failure::error(format!(
            "{name} entry cannot contain only space"
        ))),
        Some(path) if path.contains('/') && !path.starts_with('/') => Err(Failure::error(format!(
            "{name} entry is relative; must be absolute path: {}",
            quote(path)
        ))),
        Some(_) => Ok(()),
    }
}

/// Whether platform and experiments still make sense with the change.
fn check_build_config(
    settings: &Settings,
    add: &BTreeMap<String, String>,
    remove: &BTreeSet<String>,
) -> Outcome {
    let value = |name: &str, now: &str, default: &str| match add.get(name) {
        Some(value) => (value.clone(), true),
        None if remove.contains(name) => {
            let environment = settings.environ().get(name);
            (
                (if environment.is_empty() {
                    default
                } else {
                    environment
                })
                .to_owned(),
                true,
            )
        }
        None => (now.to_owned(), false),
    };
    let environment = |name: &str, host: &'static str| match settings.environ().get(name) {
        "" => host.to_owned(),
        value => value.to_owned(),
    };
    let (goos, os_changed) = value(
        "GOOS",
        settings.goos(),
        &environment("GOOS", platform::HOST_OS),
    );
    let (goarch, arch_changed) = value(
        "GOARCH",
        settings.goarch(),
        &environment("GOARCH", platform::HOST_ARCH),
    );
    if (os_changed || arch_changed) && platform::find(&goos, &goarch).is_none() {
        return Err(Failure::error(format!(
            "unsupported GOOS/GOARCH pair {goos}/{goarch}"
        )));
    }
    let built_in = settings.defaults().get("GOEXPERIMENT");
    let (experiment, changed) = value("GOEXPERIMENT", settings.raw_experiment(), built_in);
    if changed {
        settings.parse_experiment(&experiment, &goos, &goarch)?;
    }
    Ok(())
}

fn update(
    settings: &Settings,
    add: &BTreeMap<String, String>,
    remove: &BTreeSet<String>,
) -> Outcome {
    let file = settings
        .env_file()
        .map_err(|why| Failure::error(format!("cannot find go env config: {why}")))?;
    let shown = |error: &std::io::Error| format!("open {}: {}", file.display(), go_text(error));
    let text = match settings.view().read(file) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && !add.is_empty() => String::new(),
        Err(e) => {
            return Err(Failure::error(format!(
                "reading go env config: {}",
                shown(&e)
            )));
        }
    };
    let text = envfile::edit(&text, add, remove);
    // The file may be a symbolic link into somebody's collection of settings: it stays one.
    let target = settings
        .view()
        .canonicalize(file)
        .unwrap_or_else(|_| file.to_owned());
    let write = || gust_fs::write::atomic(&target, text.as_bytes(), 0o666);
    if write().is_ok() {
        return Ok(());
    }
    if let Some(dir) = file.parent() {
        let _ = gust_fs::disk::create_dir_all(dir);
    }
    write().map_err(|e| Failure::error(format!("writing go env config: {}", shown(&e))))
}
