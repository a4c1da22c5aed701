//! `go mod edit`: changes to go.mod by flags, whatever the rest of the module looks like.

use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_fs::errtext::PathError;
use gust_modules::locate::{Place, locate};
use gust_modules::query::split_path_version;
use gust_modules::{ModulesError, RootMode};
use gust_syntax::gover;
use gust_syntax::modfile::{self, EditError, Interval, ModFile, is_directory_path, must_quote};
use gust_syntax::module::{ModuleVersion, check_import_path};
use gust_text::quote::quote;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let flags = session.flags();
    let edits = edits(session)?;
    let plain = ["module", "go", "toolchain"]
        .iter()
        .any(|name| !flags.text(name).is_empty());
    let forms = ["json", "print", "fmt"].iter().any(|name| flags.bool(name));
    if !plain && !forms && edits.is_empty() {
        return Err(Failure::error(
            "no flags specified (see 'go help mod edit').",
        ));
    }
    if flags.bool("json") && flags.bool("print") {
        return Err(Failure::error("cannot use both -json and -print"));
    }
    let file = match session.args() {
        [] => own_file(session)?,
        [file] => PathBuf::from(file),
        _ => return Err(Failure::error("too many arguments")),
    };
    check(session)?;
    let data = gust_fs::lock::read_locked(&file)
        .map_err(|err| Failure::error(PathError::new("open", &file, err)))?;
    let mut parsed = modfile::parse(&file.to_string_lossy(), &data, None).map_err(|errors| {
        let short = session.settings().short_path(&file);
        Failure::error(format!("errors parsing {}:\n{errors}", short.display()))
    })?;
    apply_plain(session, &mut parsed)?;
    for edit in &edits {
        edit.apply(&mut parsed)
            .map_err(|err| Failure::error(format!("{}: {err}", edit.shown())))?;
    }
    parsed.sort_blocks();
    parsed.cleanup();
    if flags.bool("json") {
        session
            .ui()
            .line(gust_text::json::to_string_indent(&Json::new(&parsed))?);
        return Ok(());
    }
    let text = parsed.format();
    if flags.bool("print") {
        session.ui().print(text);
        return Ok(());
    }
    write(&file, &data, &text)
}

/// Writes the file, unless somebody else has in the meantime.
fn write(file: &Path, before: &[u8], text: &str) -> Outcome {
    let now = gust_fs::lock::read_locked(file)
        .map_err(|err| Failure::error(PathError::new("open", file, err)))?;
    if now != before {
        return Err(Failure::error(
            "go.mod changed during editing; not overwriting",
        ));
    }
    if now == text.as_bytes() {
        return Ok(());
    }
    gust_fs::lock::write_locked(file, text.as_bytes(), 0o666)
        .map_err(|err| Failure::error(PathError::new("open", file, err)))
}

/// The go.mod of the module that the current directory lies in, or what -modfile names.
fn own_file(session: &Session) -> Result<PathBuf, Failure> {
    let mut settings = session.workspace().module_settings()?;
    settings.root = RootMode::Needed;
    let located = locate(session.workspace().view()?, &settings)?;
    located
        .warnings
        .iter()
        .for_each(|line| session.ui().note(line));
    let Place::Module(dir) = located.place else {
        return Err(Failure::error(ModulesError::Disabled));
    };
    Ok(match &settings.modfile {
        Some(file) => settings.cwd.join(file),
        None => dir.join("go.mod"),
    })
}

/// What -module, -go and -toolchain may say.
fn check(session: &Session) -> Outcome {
    let (flags, local) = (session.flags(), session.settings().go_version());
    let module = flags.text("module");
    if !module.is_empty() {
        check_import_path(module)
            .map_err(|err| Failure::error(format!("invalid -module: {err}")))?;
        if gover::is_toolchain_module(module) {
            return Err(Failure::error("invalid -module: module path is reserved"));
        }
    }
    let go = flags.text("go");
    if !matches!(go, "" | "none") && !gover::is_go_line(go) {
        let text = format!("go mod: invalid -go option; expecting something like \"-go {local}\"");
        return Err(Failure::plain(text));
    }
    let toolchain = flags.text("toolchain");
    if !matches!(toolchain, "" | "none") && !gover::is_toolchain_line(toolchain) {
        let text = format!(
            "go mod: invalid -toolchain option; expecting something like \"-toolchain go{local}\""
        );
        return Err(Failure::plain(text));
    }
    Ok(())
}

fn apply_plain(session: &Session, file: &mut ModFile) -> Outcome {
    let flags = session.flags();
    if !flags.text("module").is_empty() {
        file.set_module(flags.text("module"));
    }
    let internal = |err: EditError| Failure::error(format!("internal error: {err}"));
    match flags.text("go") {
        "" => {}
        "none" => file.drop_go(),
        version => file.set_go(version).map_err(internal)?,
    }
    match flags.text("toolchain") {
        "" => {}
        "none" => file.drop_toolchain(),
        name => file.set_toolchain(name).map_err(internal)?,
    }
    Ok(())
}

/// One change that a flag asks for.
struct Edit {
    flag: String,
    arg: String,
    change: Change,
}

enum Change {
    Godebug(String, String),
    DropGodebug(String),
    Require(String, String),
    DropRequire(String),
    Exclude(String, String),
    DropExclude(String, String),
    Replace(ModuleVersion, ModuleVersion),
    DropReplace(ModuleVersion),
    Retract(Interval),
    DropRetract(Interval),
    Tool(String),
    DropTool(String),
    Ignore(String),
    DropIgnore(String),
}

impl Edit {
    fn shown(&self) -> String {
        format!("-{}={}", self.flag, self.arg)
    }

    fn apply(&self, file: &mut ModFile) -> Result<(), EditError> {
        match &self.change {
            Change::Godebug(key, value) => file.add_godebug(key, value),
            Change::DropGodebug(key) => file.drop_godebug(key),
            Change::Require(path, version) => file.add_require(path, version),
            Change::DropRequire(path) => file.drop_require(path),
            Change::Exclude(path, version) => return file.add_exclude(path, version),
            Change::DropExclude(path, version) => file.drop_exclude(path, version),
            Change::Replace(old, new) => file.add_replace(old, new),
            Change::DropReplace(old) => file.drop_replace(old),
            Change::Retract(interval) => return file.add_retract(interval, ""),
            Change::DropRetract(interval) => file.drop_retract(interval),
            Change::Tool(path) => file.add_tool(path),
            Change::DropTool(path) => file.drop_tool(path),
            Change::Ignore(path) => file.add_ignore(path),
            Change::DropIgnore(path) => file.drop_ignore(path),
        }
        Ok(())
    }
}

/// The changes, in the order in which the flags stand.
fn edits(session: &Session) -> Result<Vec<Edit>, Failure> {
    let mut edits = Vec::new();
    for setting in session.flags().settings() {
        let (flag, arg) = (setting.name.as_str(), setting.value.as_str());
        if let Some(change) =
            change(flag, arg).map_err(|why| Failure::error(format!("-{flag}={arg}: {why}")))?
        {
            edits.push(Edit {
                flag: flag.to_owned(),
                arg: arg.to_owned(),
                change,
            });
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
        "godebug" => match arg.split_once('=') {
            Some((key, value)) if !arg.contains(['"', '`', '\'', ',']) => {
                Change::Godebug(key.to_owned(), value.to_owned())
            }
            _ => return Err("need key=value".to_owned()),
        },
        "dropgodebug" => Change::DropGodebug(owned),
        "require" => both(Change::Require)?,
        "droprequire" => Change::DropRequire(path(arg)?),
        "exclude" => both(Change::Exclude)?,
        "dropexclude" => both(Change::DropExclude)?,
        "replace" => replacement(arg)?,
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
fn optional(which: &str, arg: &str, directories: bool) -> Result<ModuleVersion, String> {
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

fn replacement(arg: &str) -> Result<Change, String> {
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
    Ok(Change::Replace(old, target))
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
