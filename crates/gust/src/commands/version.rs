//! `go version`: the release in use, or what Go programs were built with.

use crate::request::{self, Version};
use crate::session::Session;
use crate::ui::{Outcome, Ui};
use gust_build::stamp::{BuildInfo, ModuleStamp};
use gust_ops::FoundProgram;
use serde::Serialize;

/// Prints the release, or the build information of files.
pub(crate) fn run(session: &Session) -> Outcome {
    let ui = session.ui();
    match request::version(session.request())? {
        Version::Own => own(session),
        Version::Files {
            request,
            modules,
            json,
        } => {
            let mut show = |found: FoundProgram<'_>| match json {
                true => ui.json(&Json::new(&found)),
                false => print(ui, &found, modules),
            };
            let outcome = gust_ops::version(session.workspace(), &request, ui, &mut show)?;
            ui.fail_if(outcome.failed);
        }
    }
    Ok(())
}

fn own(session: &Session) {
    let settings = session.settings();
    let version = match settings.version_override() {
        Some(version) => format!("{version} (TESTGO_VERSION)"),
        None => settings.release_name().to_owned(),
    };
    session.ui().line(format_args!(
        "go version {version} {}/{}",
        settings.gohostos(),
        settings.gohostarch()
    ));
}

fn print(ui: &Ui, found: &FoundProgram<'_>, modules: bool) {
    ui.line(format_args!("{}: {}", found.path.display(), found.version));
    let text = found.info.to_string();
    if modules && !text.is_empty() {
        let lines = text[..text.len() - 1].replace('\n', "\n\t");
        ui.line(format_args!("\t{lines}"));
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Json<'a> {
    go_version: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    path: &'a str,
    main: JsonModule<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deps: Vec<JsonModule<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    settings: Vec<JsonSetting<'a>>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct JsonModule<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    version: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    sum: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace: Option<Box<JsonModule<'a>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct JsonSetting<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    key: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    value: &'a str,
}

impl<'a> Json<'a> {
    fn new(found: &FoundProgram<'a>) -> Json<'a> {
        let info: &'a BuildInfo = found.info;
        Json {
            go_version: found.version,
            path: &info.path,
            main: info.main.as_ref().map(JsonModule::new).unwrap_or_default(),
            deps: info.deps.iter().map(JsonModule::new).collect(),
            settings: info
                .settings
                .iter()
                .map(|(key, value)| JsonSetting { key, value })
                .collect(),
        }
    }
}

impl<'a> JsonModule<'a> {
    fn new(module: &'a ModuleStamp) -> JsonModule<'a> {
        let replace = module
            .replace
            .as_deref()
            .map(|m| Box::new(JsonModule::new(m)));
        JsonModule {
            path: &module.path,
            version: &module.version,
            sum: &module.sum,
            replace,
        }
    }
}
