//! `gust tree`: which module requires which.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;
use gust_modules::graph::ModuleIndex;
use gust_ops::explain::{self, TreeOutcome};
use serde::Serialize;
use std::collections::BTreeSet;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let tree = request::tree(session.request())?;
    let outcome = explain::tree(session.workspace(), tree.request)?;
    let ui = session.ui();
    if tree.json {
        ui.json(&json(&outcome));
        return Ok(());
    }
    ui.with_out(|out| super::draw(out, "", &outcome.selection, &outcome.branches));
    Ok(())
}

/// The answer of `--json`. Its fields are described in docs/json.md.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tree<'t> {
    modules: Vec<Module<'t>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Module<'t> {
    path: &'t str,
    #[serde(skip_serializing_if = "str::is_empty")]
    version: &'t str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    main: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    own: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    requires: Vec<Required<'t>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Required<'t> {
    path: &'t str,
    wants: &'t str,
}

fn json(outcome: &TreeOutcome) -> Tree<'_> {
    let selection = &outcome.selection;
    let shown: BTreeSet<ModuleIndex> = outcome.branches.iter().map(|b| b.module).collect();
    let module = |index: ModuleIndex| {
        let module = &selection.modules()[index];
        let requires = selection.requires(index).iter();
        Module {
            path: &module.path,
            version: &module.version,
            main: selection.is_start(index),
            own: outcome.own.contains(&index),
            requires: requires
                .map(|required| Required {
                    path: &selection.modules()[required.module].path,
                    wants: &required.wants,
                })
                .collect(),
        }
    };
    Tree {
        modules: shown.into_iter().map(module).collect(),
    }
}
