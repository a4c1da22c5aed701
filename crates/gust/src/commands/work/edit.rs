//! `go work edit`: changes to go.work by flags.

use crate::request::{self, EditTo};
use crate::session::Session;
use crate::ui::Outcome;
use gust_syntax::gowork::WorkFile;
use gust_syntax::module::ModuleVersion;
use serde::Serialize;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let asked = request::work_edit(session.request())?;
    let file = gust_ops::work::edit(session.workspace(), asked.request)?;
    let ui = session.ui();
    match asked.to {
        EditTo::File => {}
        EditTo::Text => ui.print(file.format()),
        EditTo::Json => ui.json(&Json::new(&file)),
    }
    Ok(())
}

/// go.work as JSON.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Json<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    go: Option<&'a str>,
    r#use: Option<Vec<Used<'a>>>,
    replace: Option<Vec<Replaced<'a>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Used<'a> {
    disk_path: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Replaced<'a> {
    old: Module<'a>,
    new: Module<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Module<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    version: &'a str,
}

impl<'a> Json<'a> {
    fn new(file: &'a WorkFile) -> Json<'a> {
        let module = |module: &'a ModuleVersion| Module {
            path: &module.path,
            version: &module.version,
        };
        let uses = file.uses.iter().map(|entry| Used {
            disk_path: &entry.path,
        });
        let replaced = file.replace.iter().map(|entry| Replaced {
            old: module(&entry.old),
            new: module(&entry.new),
        });
        // Go shows an empty list as null.
        Json {
            go: file.go.as_ref().map(|go| go.version.as_str()),
            r#use: Some(uses.collect()).filter(|list: &Vec<_>| !list.is_empty()),
            replace: Some(replaced.collect()).filter(|list: &Vec<_>| !list.is_empty()),
        }
    }
}
