//! `go mod`: download, edit, graph, init, tidy, vendor, why.

use super::Request;
use super::build::build_flags;
use crate::flags::Flags;
use crate::ui::Failure;
use gust_modules::query::split_path_version;
use gust_ops::module::{
    Change, DownloadRequest, Edit, EditRequest, GraphRequest, InitRequest, TidyRequest,
    VendorRequest, WhyRequest,
};
use gust_syntax::modfile::{Interval, is_directory_path, must_quote};
use gust_syntax::module::{ModuleVersion, check_import_path};
use gust_text::quote::quote;
use std::path::PathBuf;

/// `go mod download`; and whether the answer is to be JSON.
pub(crate) fn download(request: &Request) -> (DownloadRequest, bool) {
    let json = request.flags.bool("json");
    let download = DownloadRequest {
        args: request.args.clone(),
        reuse: request.flags.text("reuse").to_owned(),
        tolerant: json,
    };
    (download, json)
}

/// `go mod graph`.
pub(crate) fn graph(request: &Request) -> GraphRequest {
    GraphRequest {
        go: request.flags.text("go").to_owned(),
    }
}

/// `go mod tidy`.
pub(crate) fn tidy(request: &Request) -> TidyRequest {
    let flags = &request.flags;
    let text = |name| {
        Some(flags.text(name))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    TidyRequest {
        flags: build_flags(request),
        go_version: text("go"),
        compat: text("compat"),
        keep_going: flags.bool("e"),
        diff: flags.bool("diff"),
    }
}

/// `go mod vendor` or `go work vendor`.
pub(crate) fn vendor(request: &Request, for_workspace: bool) -> VendorRequest {
    VendorRequest {
        flags: build_flags(request),
        out: request.flags.text("o").to_owned(),
        keep_going: request.flags.bool("e"),
        for_workspace,
    }
}

/// `go mod why`; and what its answer says of what nothing needs.
pub(crate) fn mod_why(request: &Request) -> (WhyRequest, &'static str) {
    let flags = &request.flags;
    let (modules, vendor) = (flags.bool("m"), flags.bool("vendor"));
    let what = match (modules, vendor) {
        (true, true) => "to vendor module",
        (true, false) => "module",
        (false, true) => "to vendor package",
        (false, false) => "package",
    };
    let why = WhyRequest {
        flags: build_flags(request),
        arguments: request.args.clone(),
        modules,
        vendor,
    };
    (why, what)
}

/// `go mod init`.
pub(crate) fn init(request: &Request) -> Result<InitRequest, Failure> {
    match request.args.as_slice() {
        [] => Ok(InitRequest { path: None }),
        [path] => Ok(InitRequest {
            path: Some(path.clone()),
        }),
        _ => Err(Failure::error("'go mod init' accepts at most one argument")),
    }
}

/// What `go mod edit` is asked.
pub(crate) struct ModEdit {
    pub(crate) request: EditRequest,
    /// Where the outcome goes.
    pub(crate) to: EditTo,
}

/// Where an edited go.mod goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EditTo {
    /// Its file.
    File,
    /// Standard output.
    Text,
    /// Standard output, as JSON.
    Json,
}

/// `go mod edit`.
pub(crate) fn edit(request: &Request) -> Result<ModEdit, Failure> {
    let flags = &request.flags;
    let edits = edits(flags, change)?.into_iter();
    let edits: Vec<Edit> = edits
        .map(|(shown, change)| Edit { shown, change })
        .collect();
    let plain = ["module", "go", "toolchain"]
        .iter()
        .any(|name| !flags.text(name).is_empty());
    let forms = ["json", "print", "fmt"].iter().any(|name| flags.bool(name));
    if !plain && !forms && edits.is_empty() {
        return Err(Failure::error(
            "no flags specified (see 'go help mod edit').",
        ));
    }
    let to = edit_to(flags)?;
    let file = match request.args.as_slice() {
        [] => None,
        [file] => Some(PathBuf::from(file)),
        _ => return Err(Failure::error("too many arguments")),
    };
    let text = |name: &str| flags.text(name).to_owned();
    let request = EditRequest {
        file,
        module: text("module"),
        go: text("go"),
        toolchain: text("toolchain"),
        edits,
        write: to == EditTo::File,
    };
    Ok(ModEdit { request, to })
}

/// Where the outcome goes, by -json and -print.
pub(super) fn edit_to(flags: &Flags) -> Result<EditTo, Failure> {
    match (flags.bool("json"), flags.bool("print")) {
        (true, true) => Err(Failure::error("cannot use both -json and -print")),
        (true, false) => Ok(EditTo::Json),
        (false, true) => Ok(EditTo::Text),
        (false, false) => Ok(EditTo::File),
    }
}

/// The changes as they are written and as they are meant, in the order in which the flags stand; `change` says what a flag and its
/// value mean, if they mean one.
pub(super) fn edits<T>(
    flags: &Flags,
    change: fn(&str, &str) -> Result<Option<T>, String>,
) -> Result<Vec<(String, T)>, Failure> {
    let mut edits = Vec::new();
    for setting in flags.settings() {
        let shown = format!("-{}={}", setting.name, setting.value);
        match change(&setting.name, &setting.value) {
            Ok(Some(change)) => edits.push((shown, change)),
            Ok(None) => {}
            Err(why) => return Err(Failure::error(format!("{shown}: {why}"))),
        }
    }
    Ok(edits)
}

fn change(flag: &str, arg: &str) -> Result<Option<Change>, String> {
    let both = |make: fn(String, String) -> Change| {
        path_version(arg).map(|(path, version)| make(path, version))
    };
    let owned = arg.to_owned();
    Ok(Some(match flag {
        "godebug" => {
            let (key, value) = godebug(arg)?;
            Change::Godebug(key, value)
        }
        "dropgodebug" => Change::DropGodebug(owned),
        "require" => both(Change::Require)?,
        "droprequire" => Change::DropRequire(path(arg)?),
        "exclude" => both(Change::Exclude)?,
        "dropexclude" => both(Change::DropExclude)?,
        "replace" => {
            let (old, new) = replaced(arg)?;
            Change::Replace(old, new)
        }
        "dropreplace" => Change::DropReplace(optional("old", arg, true)?),
        "retract" => Change::Retract(interval(arg)?),
        "dropretract" => Change::DropRetract(interval(arg)?),
        "tool" => Change::Tool(path(arg)?),
        "droptool" => Change::DropTool(path(arg)?),
        "ignore" => Change::Ignore(owned),
        "dropignore" => Change::DropIgnore(owned),
        _ => return Ok(None),
    }))
}

/// path@version, both needed.
fn path_version(arg: &str) -> Result<(String, String), String> {
    let found = split_path_version(arg).map_err(|err| err.to_string())?;
    let (path, version) = found.ok_or("need path@version")?;
    let (path, version) = (path.trim(), version.trim());
    check_import_path(path).map_err(|err| format!("invalid path: {err}"))?;
    if must_quote(version) {
        return Err(format!("invalid version {}", quote(version)));
    }
    Ok((path.to_owned(), version.to_owned()))
}

/// A path without a version.
fn path(arg: &str) -> Result<String, String> {
    if arg.contains('@') {
        return Err("need just path, not path@version".to_owned());
    }
    check_import_path(arg).map_err(|err| format!("invalid path: {err}"))?;
    Ok(arg.to_owned())
}

/// path or path@version; `which` of the two sides for what is wrong with it.
pub(super) fn optional(which: &str, arg: &str, directories: bool) -> Result<ModuleVersion, String> {
    if directories && is_directory_path(arg) {
        return Ok(ModuleVersion::new(arg, ""));
    }
    let found = split_path_version(arg).map_err(|err| err.to_string())?;
    let (path, version) = found.map_or((arg, ""), |(path, version)| (path.trim(), version.trim()));
    check_import_path(path).map_err(|err| format!("invalid {which} path: {err}"))?;
    if path != arg && must_quote(version) {
        return Err(format!("invalid {which} version: {}", quote(version)));
    }
    Ok(ModuleVersion::new(path, version))
}

/// key=value
pub(super) fn godebug(arg: &str) -> Result<(String, String), String> {
    match arg.split_once('=') {
        Some((key, value)) if !arg.contains(['"', '`', '\'', ',']) => {
            Ok((key.to_owned(), value.to_owned()))
        }
        _ => Err("need key=value".to_owned()),
    }
}

/// `old[@v]=new[@w]`
pub(super) fn replaced(arg: &str) -> Result<(ModuleVersion, ModuleVersion), String> {
    let (old, new) = arg
        .split_once('=')
        .ok_or("need old[@v]=new[@w] (missing =)")?;
    let (old, new) = (old.trim(), new.trim());
    if new.starts_with('>') {
        return Err("separator between old and new is =, not =>".to_owned());
    }
    let old = optional("old", old, false)?;
    let target = optional("new", new, true)?;
    if *target.path == *new && !is_directory_path(new) {
        return Err("unversioned new path must be local directory".to_owned());
    }
    Ok((old, target))
}

/// One version, or `[low,high]`.
fn interval(arg: &str) -> Result<Interval, String> {
    let Some(rest) = arg.strip_prefix('[') else {
        if must_quote(arg) {
            return Err(format!("invalid version: {}", quote(arg)));
        }
        return Ok(Interval {
            low: arg.into(),
            high: arg.into(),
        });
    };
    let bad = || format!("invalid version interval: {}", quote(arg));
    let (low, high) = rest
        .strip_suffix(']')
        .and_then(|r| r.split_once(','))
        .ok_or_else(bad)?;
    let (low, high) = (low.trim(), high.trim());
    if must_quote(low) || must_quote(high) {
        return Err(bad());
    }
    Ok(Interval {
        low: low.into(),
        high: high.into(),
    })
}
