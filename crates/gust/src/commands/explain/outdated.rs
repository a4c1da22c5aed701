//! `gust outdated`: which required modules have newer versions.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;
use gust_modules::error::short_message;
use gust_ops::explain::{self, Outdated};
use serde::Serialize;
use std::io;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let asked = request::outdated(session.request())?;
    let found = explain::outdated(session.workspace(), &asked.request)?;
    let ui = session.ui();
    if asked.json {
        ui.json(&Answer {
            modules: found.iter().map(Module::of).collect(),
        });
        return Ok(());
    }
    ui.with_out(|out| table(out, &found));
    for module in &found {
        if let Some(error) = &module.error {
            ui.error(error);
        }
    }
    Ok(())
}

/// A line a module, in columns as wide as their widest cell.
fn table(out: &mut dyn io::Write, found: &[Outdated]) -> io::Result<()> {
    let head = ["MODULE", "NOW", "PATCH", "MINOR", "MAJOR", ""].map(str::to_owned);
    let shown = found.iter().filter(|module| module.error.is_none());
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(shown.map(row)).collect();
    if rows.len() == 1 {
        return Ok(());
    }
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3, 4].map(width);
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&format!("{cell:width$}  "));
        }
        line.push_str(&row[5]);
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn row(module: &Outdated) -> [String; 6] {
    let version = |version: &Option<gust_syntax::module::Version>| {
        version.as_ref().map_or("-".to_owned(), ToString::to_string)
    };
    let mut notes = Vec::new();
    if let Some(rationale) = &module.retracted {
        let why = rationale.first().map_or("", |why| why.as_str());
        notes.push(match short_message(why, "") {
            why if why.is_empty() => "retracted".to_owned(),
            why => format!("retracted: {why}"),
        });
    }
    if !module.deprecated.is_empty() {
        notes.push(format!(
            "deprecated: {}",
            short_message(&module.deprecated, "")
        ));
    }
    let major = module.major.as_ref();
    [
        module.module.path.to_string(),
        module.module.version.to_string(),
        version(&module.patch),
        version(&module.minor),
        major.map_or("-".to_owned(), |major| {
            format!("{} {}", major.path, major.version)
        }),
        notes.join("; "),
    ]
}

/// The answer of `--json`. Its fields are described in docs/json.md.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'o> {
    modules: Vec<Module<'o>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Module<'o> {
    path: &'o str,
    version: &'o str,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<&'o str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minor: Option<&'o str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    major: Option<Major<'o>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retracted: Option<&'o [String]>,
    #[serde(skip_serializing_if = "str::is_empty")]
    deprecated: &'o str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'o str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Major<'o> {
    path: &'o str,
    version: &'o str,
}

impl<'o> Module<'o> {
    fn of(module: &'o Outdated) -> Module<'o> {
        Module {
            path: &module.module.path,
            version: &module.module.version,
            patch: module.patch.as_deref(),
            minor: module.minor.as_deref(),
            major: module.major.as_ref().map(|major| Major {
                path: &major.path,
                version: &major.version,
            }),
            retracted: module.retracted.as_deref(),
            deprecated: &module.deprecated,
            error: module.error.as_deref(),
        }
    }
}
