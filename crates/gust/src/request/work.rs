//! `go work`: edit, sync, use.

use super::build::build_flags;
use super::module::{edit_to, edits, godebug, optional, replaced};
use super::{EditTo, Request};
use crate::ui::Failure;
use gust_ops::BuildFlags;
use gust_ops::work::{UseRequest, WorkChange, WorkEditRequest};
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
    let edits = edits(flags, change)?.into_iter();
    let edits: Vec<WorkChange> = edits.map(|(_, change)| change).collect();
    let to = edit_to(flags)?;
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
