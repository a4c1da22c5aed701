//! `go version`: the release in use, or what Go programs were built with.

use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_build::stamp::read;
use gust_build::stamp::{BuildInfo, ModuleStamp};
use gust_fs::errtext::PathError;
use gust_fs::{FileKind, Meta};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Prints the release, or the build information of files.
pub(crate) fn run(session: &Session) -> Outcome {
    let flags = session.flags();
    if session.args().is_empty() {
        return own(session);
    }
    if flags.bool("json") && !flags.bool("m") {
        return Err(Failure::with_code(
            "go: 'go version' with -json flag requires -m flag",
            2,
        ));
    }
    let scan = Scan {
        session,
        modules: flags.bool("m"),
        json: flags.bool("json"),
        verbose: flags.bool("v"),
    };
    for arg in session.args() {
        scan.argument(arg)?;
    }
    Ok(())
}

fn own(session: &Session) -> Outcome {
    let settings = session.settings();
    for name in ["m", "v", "json"] {
        if session.flags().bool(name) && !session.in_goflags(name) {
            let text = format!("go: 'go version' only accepts -{name} flag with arguments");
            return Err(Failure::with_code(text, 2));
        }
    }
    let version = match settings.version_override() {
        Some(version) => format!("{version} (TESTGO_VERSION)"),
        None => settings.release_name().to_owned(),
    };
    session.ui().line(format_args!(
        "go version {version} {}/{}",
        settings.gohostos(),
        settings.gohostarch()
    ));
    Ok(())
}

struct Scan<'a> {
    session: &'a Session,
    modules: bool,
    json: bool,
    verbose: bool,
}

impl Scan<'_> {
    fn argument(&self, arg: &str) -> Outcome {
        let path = Path::new(arg);
        let view = self.session.settings().view();
        let meta = match view.stat(path) {
            Ok(meta) => meta,
            Err(error) => {
                self.session
                    .ui()
                    .complain(PathError::new("stat", path, error));
                return Ok(());
            }
        };
        if meta.is_dir() {
            // A walk does not enter a directory by a symbolic link, not even where it starts.
            return match view.lstat(path) {
                Ok(link) if link.kind == FileKind::Symlink => {
                    self.file(path, &link, self.verbose).map(drop)
                }
                _ => self.directory(path),
            };
        }
        if !self.file(path, &meta, true)? && self.modules {
            self.session.ui().set_code(1);
        }
        Ok(())
    }

    /// All files below, in order of their names; symbolic links to directories are not followed.
    fn directory(&self, dir: &Path) -> Outcome {
        let view = self.session.settings().view();
        let Ok(entries) = view.read_dir(dir) else {
            return Ok(());
        };
        for entry in entries.iter() {
            let path = join(dir, entry.name());
            match entry.kind {
                FileKind::Dir => self.directory(&path)?,
                FileKind::File | FileKind::Symlink => match view.lstat(&path) {
                    Ok(meta) => {
                        self.file(&path, &meta, self.verbose)?;
                    }
                    Err(error) if self.verbose => {
                        let shown = PathError::new("lstat", &path, error);
                        self.session
                            .ui()
                            .note(format_args!("{}: {shown}", path.display()));
                    }
                    Err(_) => {}
                },
                FileKind::Other => {}
            }
        }
        Ok(())
    }

    /// Prints what a file was built with; says why it cannot when `must`. Whether it is a Go program.
    fn file(&self, path: &Path, meta: &Meta, must: bool) -> Result<bool, Failure> {
        let (view, ui) = (self.session.settings().view(), self.session.ui());
        let mut meta = *meta;
        if meta.kind == FileKind::Symlink {
            match view.stat(path) {
                Ok(target) if target.is_file() => meta = target,
                _ => {
                    if must {
                        ui.note(format_args!("{}: symlink", path.display()));
                    }
                    return Ok(false);
                }
            }
        }
        let content = match view.map(path) {
            Ok(content) => content,
            Err(_) => {
                if must {
                    ui.note(path.display());
                }
                return Ok(false);
            }
        };
        match read::read(&content) {
            Ok((version, info)) => self.print(path, &version, &info).map(|()| true),
            Err(error) => {
                if must && is_candidate(path, &meta) {
                    ui.note(format_args!(
                        "{0}: could not read Go build info from {0}: {error}",
                        path.display()
                    ));
                }
                Ok(false)
            }
        }
    }

    fn print(&self, path: &Path, version: &str, info: &BuildInfo) -> Outcome {
        let ui = self.session.ui();
        if self.modules && self.json {
            ui.line(gust_text::json::to_string_indent(&Json::new(
                version, info,
            ))?);
            return Ok(());
        }
        ui.line(format_args!("{}: {version}", path.display()));
        let text = info.to_string();
        if self.modules && !text.is_empty() {
            ui.line(format_args!(
                "\t{}",
                text[..text.len() - 1].replace('\n', "\n\t")
            ));
        }
        Ok(())
    }
}

/// Go's filepath.Join: a leading `./` goes.
fn join(dir: &Path, name: &str) -> PathBuf {
    if dir == Path::new(".") {
        PathBuf::from(name)
    } else {
        gust_toolchain::goroot::clean(&dir.join(name))
    }
}

/// Whether one would expect a program in the file.
fn is_candidate(path: &Path, meta: &Meta) -> bool {
    if meta.is_file() && meta.is_executable() {
        return true;
    }
    let name = path.to_string_lossy().to_lowercase();
    [".so", ".exe", ".dll"]
        .iter()
        .any(|ending| name.ends_with(ending))
        || name.contains(".so.")
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Json<'a> {
    go_version: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    path: &'a str,
    main: JsonModule<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deps: Vec<JsonModule<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    settings: Vec<JsonSetting<'a>>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct JsonModule<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    version: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    sum: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace: Option<Box<JsonModule<'a>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct JsonSetting<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    key: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    value: &'a str,
}

impl<'a> Json<'a> {
    fn new(go_version: &'a str, info: &'a BuildInfo) -> Json<'a> {
        Json {
            go_version,
            path: &info.path,
            main: info.main.as_ref().map(JsonModule::new).unwrap_or_default(),
            deps: info.deps.iter().map(JsonModule::new).collect(),
            settings: info
                .settings
                .iter()
                .map(|(key, value)| JsonSetting { key, value })
                .collect(),
        }
    }
}

impl<'a> JsonModule<'a> {
    fn new(module: &'a ModuleStamp) -> JsonModule<'a> {
        let replace = module
            .replace
            .as_deref()
            .map(|m| Box::new(JsonModule::new(m)));
        JsonModule {
            path: &module.path,
            version: &module.version,
            sum: &module.sum,
            replace,
        }
    }
}
