//! `gust upgrade`: newer versions of what the main module requires itself.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;
use gust_ops::explain::{self, Upgrade};
use serde::Serialize;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let upgrading = request::upgrade(session.request())?;
    let (ui, workspace) = (session.ui(), session.workspace());
    let upgrade = explain::upgrade(workspace, &upgrading.asked.request)?;
    let diff = upgrade.diff();
    match upgrading.asked.json {
        true => ui.json(&Answer::of(&upgrade, &diff, !upgrading.dry_run)),
        false => drop(ui.with_out(|out| write!(out, "{diff}"))),
    }
    for error in upgrade.passed_over() {
        ui.error(error);
    }
    match upgrading.dry_run {
        true => Ok(()),
        false => Ok(upgrade.write(workspace)?),
    }
}

/// The answer of `--json`. Its fields are described in docs/json.md.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'u> {
    modules: Vec<Module<'u>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    diff: &'u str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    written: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Module<'u> {
    path: &'u str,
    from: &'u str,
    to: &'u str,
}

impl<'u> Answer<'u> {
    fn of(upgrade: &'u Upgrade<'_>, diff: &'u str, writes: bool) -> Answer<'u> {
        let modules = upgrade.changes().iter().map(|change| Module {
            path: &change.path,
            from: &change.from,
            to: &change.to,
        });
        Answer {
            modules: modules.collect(),
            diff,
            written: writes && !diff.is_empty(),
        }
    }
}
