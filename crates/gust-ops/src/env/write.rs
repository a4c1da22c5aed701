//! `go env -w` and `go env -u`.

use super::EnvError;
use crate::error::OpError;
use crate::report::Reporter;
use crate::workspace::Workspace;
use gust_fs::errtext::PathError;
use gust_text::quote::split_fields;
use gust_toolchain::vars;
use gust_toolchain::{Settings, envfile, platform};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const FIXED: &[&str] = &[
    vars::GOEXE,
    vars::GOGCCFLAGS,
    vars::GOHOSTARCH,
    vars::GOHOSTOS,
    vars::GOMOD,
    vars::GOWORK,
    vars::GOTOOLDIR,
    vars::GOVERSION,
    vars::GOTELEMETRY,
    vars::GOTELEMETRYDIR,
];

/// Writes NAME=VALUE arguments to the user's file.
///
/// # Errors
/// [`OpError`] when one of them makes no sense, then none is written; or when the file cannot be written.
pub fn set(
    workspace: &Workspace,
    assignments: &[String],
    reporter: &dyn Reporter,
) -> Result<(), OpError> {
    let settings = workspace.settings();
    if assignments.is_empty() {
        return Err(EnvError::NothingToSet.into());
    }
    let mut add = BTreeMap::new();
    for arg in assignments {
        let Some((name, value)) = arg.split_once('=') else {
            return Err(EnvError::NoAssignment(arg.clone()).into());
        };
        check(settings, name, value)?;
        if add.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(EnvError::Twice(name.to_owned()).into());
        }
        let environment = settings.environ().get(name);
        if !environment.is_empty() && environment != value {
            reporter.note(&format_args!(
                "warning: go env -w {name}=... does not override conflicting OS environment variable"
            ));
        }
    }
    check_build_config(settings, &add, &BTreeSet::new())?;
    if let Some(dir) = add.get(vars::GOTMPDIR)
        && !dir.is_empty()
        && !Path::new(dir).is_absolute()
    {
        return Err(EnvError::RelativeTmpDir.into());
    }
    Ok(update(settings, &add, &BTreeSet::new())?)
}

/// Takes the named settings out of the user's file.
///
/// # Errors
/// [`OpError`] when one of them is no setting, or the file cannot be written.
pub fn unset(workspace: &Workspace, names: &[String]) -> Result<(), OpError> {
    let settings = workspace.settings();
    if names.is_empty() {
        return Err(EnvError::NothingToUnset.into());
    }
    let mut remove = BTreeSet::new();
    for name in names {
        check(settings, name, "")?;
        remove.insert(name.clone());
    }
    check_build_config(settings, &BTreeMap::new(), &remove)?;
    Ok(update(settings, &BTreeMap::new(), &remove)?)
}

/// Whether the variable may be set, and to this.
fn check(settings: &Settings, name: &str, value: &str) -> Result<(), EnvError> {
    let (named, valued) = (|| name.to_owned(), || value.to_owned());
    if FIXED.contains(&name) {
        return Err(EnvError::Fixed(named()));
    }
    if matches!(name, vars::GOENV | vars::GODEBUG) {
        return Err(EnvError::OnlyEnvironment(named()));
    }
    if !settings.is_known(name) {
        return Err(EnvError::Unknown(named()));
    }
    let relative = |path: &str| !path.is_empty() && !path.starts_with('/');
    match name {
        vars::GO111MODULE if !matches!(value, "" | "auto" | "on" | "off") => {
            let (name, value) = (named(), valued());
            return Err(EnvError::Value { name, value });
        }
        vars::GOPATH if value.starts_with('~') => return Err(EnvError::Tilde(valued())),
        vars::GOPATH | vars::GOMODCACHE if relative(value) => {
            let (name, value) = (named(), valued());
            return Err(EnvError::Relative { name, value });
        }
        vars::CC | vars::CXX if !value.is_empty() => check_compiler(name, value)?,
        _ => {}
    }
    if gust_bytes::carries(value) {
        return Err(EnvError::NotUtf8(named()));
    }
    if value.contains('\0') {
        return Err(EnvError::Nul(named()));
    }
    if value.contains(['\u{b}', '\r', '\n']) {
        return Err(EnvError::Newline(named()));
    }
    Ok(())
}

fn check_compiler(name: &str, value: &str) -> Result<(), EnvError> {
    let name = || name.to_owned();
    let words = split_fields(value).map_err(|source| EnvError::Words {
        name: name(),
        source,
    })?;
    match words.first() {
        None => Err(EnvError::OnlySpace(name())),
        Some(path) if path.contains('/') && !path.starts_with('/') => Err(EnvError::Relative {
            name: name(),
            value: path.clone(),
        }),
        Some(_) => Ok(()),
    }
}

/// Whether platform and experiments still make sense with the change.
fn check_build_config(
    settings: &Settings,
    add: &BTreeMap<String, String>,
    remove: &BTreeSet<String>,
) -> Result<(), OpError> {
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
        vars::GOOS,
        settings.goos(),
        &environment(vars::GOOS, platform::HOST_OS),
    );
    let (goarch, arch_changed) = value(
        vars::GOARCH,
        settings.goarch(),
        &environment(vars::GOARCH, platform::HOST_ARCH),
    );
    if (os_changed || arch_changed) && platform::find(&goos, &goarch).is_none() {
        return Err(EnvError::NoPlatform { goos, goarch }.into());
    }
    let built_in = settings.defaults().get(vars::GOEXPERIMENT);
    let (experiment, changed) = value(vars::GOEXPERIMENT, settings.raw_experiment(), built_in);
    if changed {
        settings.parse_experiment(&experiment, &goos, &goarch)?;
    }
    Ok(())
}

fn update(
    settings: &Settings,
    add: &BTreeMap<String, String>,
    remove: &BTreeSet<String>,
) -> Result<(), EnvError> {
    let file = settings
        .env_file()
        .map_err(|why| EnvError::NoFile(why.clone()))?;
    let shown = |error: std::io::Error| PathError::new("open", file, error);
    let text = match settings.view().read(file) {
        Ok(bytes) => gust_bytes::text(&bytes).into_owned(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && !add.is_empty() => String::new(),
        Err(e) => return Err(EnvError::Read(shown(e))),
    };
    let text = envfile::edit(&text, add, remove);
    // The file may be a symbolic link into somebody's collection of settings: it stays one.
    let target = settings
        .view()
        .canonicalize(file)
        .unwrap_or_else(|_| file.to_owned());
    let write = || gust_fs::write::atomic(&target, &gust_bytes::raw(&text), 0o666);
    if write().is_ok() {
        return Ok(());
    }
    if let Some(dir) = file.parent() {
        let _ = gust_fs::disk::create_dir_all(dir);
    }
    write().map_err(|error| EnvError::Write(shown(error)))
}
