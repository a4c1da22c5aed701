//! `go env`: every setting, or those that are named; -w and -u change the user's file.

use crate::request::{self, Env, Shown};
use crate::session::Session;
use crate::ui::{Outcome, Ui};
use gust_toolchain::Variable;
use std::collections::BTreeMap;

/// Prints or changes settings.
pub(crate) fn run(session: &Session) -> Outcome {
    let (workspace, ui) = (session.workspace(), session.ui());
    match request::env(session.request())? {
        Env::Set(assignments) => gust_ops::env::set(workspace, &assignments, ui)?,
        Env::Unset(names) => gust_ops::env::unset(workspace, &names)?,
        Env::Show(request, shown) => {
            let outcome = gust_ops::env(workspace, &request, ui)?;
            print(ui, outcome.variables, shown);
        }
    }
    Ok(())
}

fn print(ui: &Ui, mut all: Vec<Variable>, shown: Shown) {
    match shown {
        Shown::Values => all.iter().for_each(|variable| ui.line(&variable.value)),
        Shown::Json => {
            let map: BTreeMap<_, _> = all.into_iter().map(|v| (v.name, v.value)).collect();
            ui.json(&map);
        }
        Shown::Assignments => {
            all.sort_by(|a, b| a.name.cmp(&b.name));
            for Variable { name, value, .. } in all {
                let value = value.replace('\'', "'\\''");
                // For a shell, bytes that are no characters are lost; asked for alone they are not.
                let value: String = value.chars().map(gust_bytes::seen).collect();
                ui.line(format_args!("{name}='{value}'"));
            }
        }
    }
}
