//! `go env`: every setting, or those that are named; -w and -u change the user's file.

mod write;

use crate::process;
use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_fs::errtext::PathError;
use gust_text::quote::quote;
use gust_toolchain::compiler::Compilers;
use gust_toolchain::locate::{self, ModuleMode};
use gust_toolchain::{Settings, Variable};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The variables that cost something to work out: compilers may have to be asked.
const COSTLY: &[&str] = &[
    "CGO_CFLAGS",
    "CGO_CPPFLAGS",
    "CGO_CXXFLAGS",
    "CGO_FFLAGS",
    "CGO_LDFLAGS",
    "PKG_CONFIG",
    "GOGCCFLAGS",
];

/// Prints or changes settings.
pub(crate) fn run(session: &Session) -> Outcome {
    let flags = session.flags();
    let (json, unset, write) = (flags.bool("json"), flags.bool("u"), flags.bool("w"));
    for (clash, text) in [
        (json && unset, "-json with -u"),
        (json && write, "-json with -w"),
        (unset && write, "-u with -w"),
    ] {
        if clash {
            return Err(Failure::error(format!("cannot use {text}")));
        }
    }
    if write {
        return write::set(session);
    }
    if unset {
        return write::unset(session);
    }
    show(session, json, flags.bool("changed"))
}

fn show(session: &Session, json: bool, changed: bool) -> Outcome {
    let settings = session.settings();
    settings
        .check_build_config()
        .map_err(|e| Failure::with_code(format!("go: {e}"), 2))?;
    settings.experiments().map_err(Failure::error)?;
    let names = session.args();
    if let Some(name) = names.iter().find(|n| n.contains('=')) {
        return Err(Failure::error(format!(
            "invalid variable name {} (use -w to set variable)",
            quote(name)
        )));
    }
    let mut all = settings.variables();
    all.extend(position(session)?);
    if names.is_empty() || names.iter().any(|n| COSTLY.contains(&n.as_str())) {
        check_compilers(settings)?;
        all.extend(costly(session)?);
    }
    if names.is_empty() {
        return print(session, all, json, changed);
    }
    if changed {
        let named = names
            .iter()
            .filter_map(|name| all.iter().find(|v| v.name == *name).cloned());
        return print(session, named.collect(), json, true);
    }
    let value = |name: &String| match all.iter().find(|v| v.name == *name) {
        Some(variable) => variable.value.clone(),
        None if settings.is_known(name) => settings.get(name).to_owned(),
        None => String::new(),
    };
    if json {
        let named = names
            .iter()
            .map(|name| Variable::new(name, value(name), false));
        return print(session, named.collect(), true, false);
    }
    names.iter().for_each(|name| session.ui().line(value(name)));
    Ok(())
}

fn print(session: &Session, mut all: Vec<Variable>, json: bool, only_changed: bool) -> Outcome {
    all.retain(|v| v.name != "TERM" && (v.changed || !only_changed));
    if json {
        let map: BTreeMap<String, String> = all.into_iter().map(|v| (v.name, v.value)).collect();
        session.ui().line(gust_text::json::to_string_indent(&map)?);
        return Ok(());
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    for variable in all {
        session.ui().line(format_args!(
            "{}='{}'",
            variable.name,
            variable.value.replace('\'', "'\\''")
        ));
    }
    Ok(())
}

/// GOMOD and GOWORK: where the person stands.
fn position(session: &Session) -> Result<[Variable; 2], Failure> {
    let settings = session.settings();
    let gomod = go_mod(session)?;
    let gowork = match settings.gowork() {
        "off" => "off".to_owned(),
        _ => {
            let file = locate::work_file(settings, settings.cwd())?;
            file.map_or_else(String::new, |f| f.to_string_lossy().into_owned())
        }
    };
    Ok([
        Variable::new("GOMOD", gomod, false),
        Variable::new("GOWORK", gowork, false),
    ])
}

fn go_mod(session: &Session) -> Result<String, Failure> {
    let settings = session.settings();
    settings.fips()?;
    let mode = locate::module_mode(settings)?;
    if mode == ModuleMode::Off {
        return Ok(String::new());
    }
    let none = if mode == ModuleMode::On {
        "/dev/null"
    } else {
        ""
    };
    let Some(root) = locate::module_root(settings.view(), settings.cwd()) else {
        return Ok(none.to_owned());
    };
    if locate::is_temp_root(settings, &root) {
        let temp = locate::temp_dir(settings);
        session.ui().note(format!(
            "go: warning: ignoring go.mod in system temp root {}",
            temp.display()
        ));
        return Ok(none.to_owned());
    }
    if let Some(first) = settings.gopath().first()
        && settings.view().exists(&first.join("go.mod"))
    {
        session.ui().note(format!(
            "go: warning: ignoring go.mod in $GOPATH {}",
            first.display()
        ));
    }
    Ok(root.join("go.mod").to_string_lossy().into_owned())
}

/// CC, CXX and FC must be programs by name or by absolute path.
fn check_compilers(settings: &Settings) -> Outcome {
    for name in ["CC", "CXX", "FC"] {
        let words = settings.words(name, "").map_err(|why| {
            Failure::error(format!(
                "{name} environment variable could not be parsed: {why}"
            ))
        })?;
        if let Some(path) = words.first()
            && path.contains('/')
            && !path.starts_with('/')
        {
            return Err(Failure::error(format!(
                "{name} environment variable is relative; must be absolute path: {path}\n"
            )));
        }
    }
    Ok(())
}

/// C compilers and what is known of them. The work directory that their flags hide need not be there.
fn compilers(session: &Session) -> Compilers {
    let name = format!("go-build{}", process::unlikely_number());
    let workdir = session.settings().gotmpdir().join(name);
    Compilers::new(
        Arc::clone(session.workspace().memo()),
        workdir.to_string_lossy().into_owned(),
    )
}

fn costly(session: &Session) -> Result<Vec<Variable>, Failure> {
    let settings = session.settings();
    let temp = settings.gotmpdir();
    if let Err(error) = settings.view().stat(&temp) {
        return Err(Failure::error(format!(
            "creating work dir: {}",
            PathError::new("stat", &temp, error)
        )));
    }
    let compilers = &compilers(session);
    if session.flags().bool("x") {
        session
            .ui()
            .note(format_args!("WORK={}", compilers.workdir()));
    }
    settings
        .check_platform()
        .map_err(|why| Failure::with_code(format!("go: {why}"), 2))?;
    let flags = settings.cgo_flags()?;
    let cc = settings.cc();
    if cc
        .first()
        .is_some_and(|name| settings.look_path(name).is_some())
    {
        session.workspace().build_cache_dir()?;
    }
    let gcc = settings.compiler_command(compilers, &cc, ".", "");
    compilers.flush();
    let joined =
        |words: &[String]| gust_text::quote::join_fields(words).unwrap_or_else(|_| words.join(" "));
    let flag = |name: &str, words: &[String]| {
        let value = joined(words);
        let changed = value != gust_toolchain::cflags::DEFAULT_CFLAGS;
        Variable::new(name, value, changed)
    };
    let cppflags = joined(&flags.cppflags);
    let pkg_config = settings.pkg_config();
    Ok(vec![
        flag("CGO_CFLAGS", &flags.cflags),
        Variable::new("CGO_CPPFLAGS", cppflags.clone(), !cppflags.is_empty()),
        flag("CGO_CXXFLAGS", &flags.cxxflags),
        flag("CGO_FFLAGS", &flags.fflags),
        flag("CGO_LDFLAGS", &flags.ldflags),
        Variable::new("PKG_CONFIG", pkg_config.clone(), pkg_config != "pkg-config"),
        Variable::new(
            "GOGCCFLAGS",
            joined(gcc.get(3..).unwrap_or_default()),
            false,
        ),
    ])
}
