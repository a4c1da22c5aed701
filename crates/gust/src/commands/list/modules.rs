//! `go list -m`: modules, by the same forms as packages.

use super::output::{Form, ModuleInfos};
use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_modules::{InfoMode, ModFlag, ModulePublic, Modules};
use gust_text::template::{Func, Funcs, Template, Val};
use gust_text::{decode, json};
use serde_json::Value;
use std::sync::Arc;

const VERSIONS: &str =
    "{{.Path}}{{range .Versions}} {{.}}{{end}}{{if .Deprecated}} (deprecated){{end}}";

/// Lists the modules that the arguments name.
pub(super) fn run(session: &Session, form: &Form) -> Outcome {
    let (flags, ui) = (session.flags(), session.ui());
    let template = match form {
        Form::Plain if flags.bool("versions") => Form::Template(VERSIONS.to_owned()).parse()?,
        form => form.parse()?,
    };
    let modules = enabled(session)?;
    check(session, &modules)?;
    let reuse = reuse(session)?;
    if flags.is_set("reuse") && session.args().is_empty() {
        return Err(Failure::error(
            "list -m -reuse only has an effect with module@version arguments",
        ));
    }
    let mut listed = modules
        .list(session.args(), mode(session), &reuse)
        .map_err(|e| gust_ops::modules::failure(session.workspace(), &e))?;
    if let Some(text) = modules.fatal() {
        return Err(Failure::plain(text));
    }
    // What is looked up for -u is in nobody's go.sum, and is not to come there.
    if listed.error.is_none() && !flags.bool("u") {
        listed.error = modules.commit().err();
    }
    if !flags.bool("e") {
        let errors = listed
            .modules
            .iter()
            .filter_map(|module| module.error.as_ref());
        errors.for_each(|error| ui.error(&error.err));
        if let Some(error) = &listed.error {
            gust_ops::modules::failure(session.workspace(), error)
                .lines
                .iter()
                .for_each(|line| ui.complain(line));
        }
        if ui.code() != 0 {
            return Err(Failure::silent(ui.code()));
        }
    }
    write(session, form, template.as_ref(), &listed.modules)
}

/// The modules, and the flags that make no sense with them.
fn enabled(session: &Session) -> Result<Arc<Modules>, Failure> {
    let flags = session.flags();
    let modules = session.workspace().modules()?;
    check_retracted(session)?;
    for name in ["compiled", "deps", "export", "find", "test"] {
        if flags.bool(name) {
            return Err(Failure::plain(format!(
                "go list -{name} cannot be used with -m"
            )));
        }
    }
    match modules {
        Some(modules) => Ok(Arc::clone(modules)),
        None => Err(Failure::error(
            "list -m cannot be used with GO111MODULE=off",
        )),
    }
}

/// -retracted asks module proxies, which GOPATH mode and vendor directories do not.
pub(super) fn check_retracted(session: &Session) -> Outcome {
    if !session.flags().bool("retracted") {
        return Ok(());
    }
    match session.workspace().modules()? {
        None => Err(Failure::plain(
            "go list -retracted can only be used in module-aware mode",
        )),
        Some(modules) if modules.mode() == ModFlag::Vendor => Err(Failure::plain(
            "go list -retracted cannot be used when vendoring is enabled",
        )),
        Some(_) => Ok(()),
    }
}

/// With a vendor directory, only what modules.txt says is known.
fn check(session: &Session, modules: &Modules) -> Outcome {
    let flags = session.flags();
    if flags.is_set("reuse") && modules.has_root() {
        return Err(Failure::plain(
            "go list -reuse cannot be used inside a module",
        ));
    }
    if modules.mode() != ModFlag::Vendor {
        return Ok(());
    }
    let asks = |word: &str| {
        session.args().iter().any(|arg| {
            if word == "all" {
                arg == word
            } else {
                arg.contains(word)
            }
        })
    };
    let what = if flags.bool("versions") {
        "determine available versions"
    } else if flags.bool("u") {
        "determine available upgrades"
    } else if asks("all") {
        "compute 'all'"
    } else if asks("...") {
        "match module patterns"
    } else {
        return Ok(());
    };
    let text = format!(
        "can't {what} using the vendor directory\n\t(Use -mod=mod or -mod=readonly to bypass.)"
    );
    Err(Failure::error(text))
}

fn mode(session: &Session) -> InfoMode {
    let on = |name: &str| session.flags().bool(name);
    InfoMode {
        update: on("u"),
        retracted: on("u") || on("retracted"),
        deprecated: on("u"),
        versions: on("versions"),
        retracted_versions: on("versions") && on("retracted"),
    }
}

/// The answers of an earlier run.
fn reuse(session: &Session) -> Result<Vec<ModulePublic>, Failure> {
    let file = session.flags().text("reuse");
    if file.is_empty() {
        return Ok(Vec::new());
    }
    let path = session.settings().cwd().join(file);
    let bytes =
        session.settings().view().read(&path).map_err(|e| {
            Failure::error(format!("open {file}: {}", gust_fs::errtext::go_text(&e)))
        })?;
    let modules = decode::stream::<Option<ModulePublic>>(&bytes, &gust_modules::public::SHAPE);
    let modules = modules.map(|list| list.into_iter().map(Option::unwrap_or_default).collect());
    modules.map_err(|e| Failure::error(format!("parsing {file}: {e}")))
}

fn write(
    session: &Session,
    form: &Form,
    template: Option<&Template>,
    modules: &[ModulePublic],
) -> Outcome {
    let ui = session.ui();
    if let Form::Json(wanted) = form {
        for module in modules {
            let mut object = serde_json::to_value(module).map_err(Failure::plain)?;
            if let Value::Object(fields) = &mut object
                && !wanted.is_empty()
            {
                fields.retain(|name, _| wanted.contains(name));
            }
            ui.line(json::to_string_indent(&object).map_err(Failure::plain)?);
        }
        return Ok(());
    }
    let Some(template) = template else {
        modules.iter().for_each(|module| ui.line(module));
        return Ok(());
    };
    let infos = ModuleInfos::new(session)?;
    let mut funcs: Funcs<'_> = Funcs::new();
    funcs.insert("join", Func::join());
    infos.add_functions(session, &mut funcs);
    let mut text = String::new();
    for module in modules {
        text.clear();
        let done = template.execute_into(&mut text, Val::pointer(module), &funcs);
        if done.is_ok() && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        ui.print(&text);
        done.map_err(Failure::plain)?;
    }
    Ok(())
}
