//! `go work`: edit, sync, use.

use super::build::build_flags;
use super::module::{godebug, optional, replaced};
use super::{EditTo, Request};
use crate::ui::Failure;
use gust_ops::BuildFlags;
use gust_ops::work::{UseRequest, WorkChange, WorkEdit, WorkEditRequest};
use std::path::PathBuf;

/// `go work use`.
pub(crate) fn work_use(request: &Request) -> UseRequest {
    UseRequest {
        dirs: request.args.clone(),
        recursive: request.flags.bool("r"),
    }
}

/// `go work sync`: how packages are loaded.
pub(crate) fn work_sync(request: &Request) -> BuildFlags {
    build_flags(request)
}

/// What `go work edit` is asked.
pub(crate) struct EditWork {
    pub(crate) request: WorkEditRequest,
    /// Where the outcome goes.
    pub(crate) to: EditTo,
}

/// `go work edit`.
pub(crate) fn work_edit(request: &Request) -> Result<EditWork, Failure> {
    let flags = &request.flags;
    let edits = edits(request)?;
    let to = match (flags.bool("json"), flags.bool("print")) {
        (true, true) => return Err(Failure::error("cannot use both -json and -print")),
        (true, false) => EditTo::Json,
        (false, true) => EditTo::Text,
        (false, false) => EditTo::File,
    };
    let file = match request.args.as_slice() {
        [] => None,
        [file] => Some(PathBuf::from(file)),
        _ => {
            return Err(Failure::error(
                "'go help work edit' accepts at most one argument",
            ));
        }
    };
    let text = |name: &str| flags.text(name).to_owned();
    let plain = !flags.text("go").is_empty() || !flags.text("toolchain").is_empty();
    let asked = plain || to != EditTo::File || flags.bool("fmt") || !edits.is_empty();
    let request = WorkEditRequest {
        file,
        go: text("go"),
        toolchain: text("toolchain"),
        edits,
        asked,
        write: to == EditTo::File,
    };
    Ok(EditWork { request, to })
}

/// The changes, in the order in which the flags stand.
fn edits(request: &Request) -> Result<Vec<WorkEdit>, Failure> {
    let mut edits = Vec::new();
    for setting in request.flags.settings() {
        let (flag, arg) = (setting.name.as_str(), setting.value.as_str());
        let shown = format!("-{flag}={arg}");
        match change(flag, arg) {
            Ok(Some(change)) => edits.push(WorkEdit { shown, change }),
            Ok(None) => {}
            Err(why) => return Err(Failure::error(format!("{shown}: {why}"))),
        }
    }
    Ok(edits)
}

fn change(flag: &str, arg: &str) -> Result<Option<WorkChange>, String> {
    Ok(Some(match flag {
        "godebug" => {
            let (key, value) = godebug(arg)?;
            WorkChange::Godebug(key, value)
        }
        "dropgodebug" => WorkChange::DropGodebug(arg.to_owned()),
        "use" => WorkChange::Use(arg.to_owned()),
        "dropuse" => WorkChange::DropUse(arg.to_owned()),
        "replace" => {
            let (old, new) = replaced(arg)?;
            WorkChange::Replace(old, new)
        }
        "dropreplace" => WorkChange::DropReplace(optional("old", arg, true)?),
        _ => return Ok(None),
    }))
}
