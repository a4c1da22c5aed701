//! `go mod edit`: changes to go.mod by flags, whatever the rest of the module looks like.

use crate::request::{self, EditTo};
use crate::session::Session;
use crate::ui::Outcome;
use gust_syntax::modfile::ModFile;
use gust_syntax::module::ModuleVersion;
use serde::Serialize;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let (ui, asked) = (session.ui(), request::edit(session.request())?);
    let outcome = gust_ops::module::edit(session.workspace(), asked.request, ui)?;
    match asked.to {
        EditTo::File => {}
        EditTo::Text => ui.print(outcome.file.format()),
        EditTo::Json => ui.json(&Json::new(&outcome.file)),
    }
    Ok(())
}

/// go.mod as JSON.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Json<'a> {
    module: JsonModule<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    go: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    toolchain: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    go_debug: Option<Vec<JsonGodebug<'a>>>,
    require: Option<Vec<JsonRequire<'a>>>,
    exclude: Option<Vec<JsonVersion<'a>>>,
    replace: Option<Vec<JsonReplace<'a>>>,
    retract: Option<Vec<JsonRetract<'a>>>,
    tool: Option<Vec<JsonPath<'a>>>,
    ignore: Option<Vec<JsonPath<'a>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct JsonModule<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    deprecated: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct JsonGodebug<'a> {
    key: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct JsonRequire<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    version: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    indirect: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct JsonVersion<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    version: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct JsonReplace<'a> {
    old: JsonVersion<'a>,
    new: JsonVersion<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct JsonRetract<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    low: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    high: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    rationale: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct JsonPath<'a> {
    path: &'a str,
}

/// Go shows an empty list as null.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

impl<'a> Json<'a> {
    fn new(file: &'a ModFile) -> Json<'a> {
        let version = |module: &'a ModuleVersion| JsonVersion {
            path: &module.path,
            version: &module.version,
        };
        Json {
            module: JsonModule {
                path: file.path(),
                deprecated: file.module.as_ref().map_or("", |m| &m.deprecated),
            },
            go: file.go.as_ref().map(|go| go.version.as_str()),
            toolchain: file
                .toolchain
                .as_ref()
                .map(|toolchain| toolchain.name.as_str()),
            go_debug: some(
                file.godebug
                    .iter()
                    .map(|g| JsonGodebug {
                        key: &g.key,
                        value: &g.value,
                    })
                    .collect(),
            ),
            require: some(
                file.require
                    .iter()
                    .map(|r| JsonRequire {
                        path: &r.module.path,
                        version: &r.module.version,
                        indirect: r.indirect,
                    })
                    .collect(),
            ),
            exclude: some(file.exclude.iter().map(|x| version(&x.module)).collect()),
            replace: some(
                file.replace
                    .iter()
                    .map(|r| JsonReplace {
                        old: version(&r.old),
                        new: version(&r.new),
                    })
                    .collect(),
            ),
            retract: some(
                file.retract
                    .iter()
                    .map(|r| JsonRetract {
                        low: &r.interval.low,
                        high: &r.interval.high,
                        rationale: &r.rationale,
                    })
                    .collect(),
            ),
            tool: some(
                file.tool
                    .iter()
                    .map(|t| JsonPath { path: &t.path })
                    .collect(),
            ),
            ignore: some(
                file.ignore
                    .iter()
                    .map(|i| JsonPath { path: &i.path })
                    .collect(),
            ),
        }
    }
}
