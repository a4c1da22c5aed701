//! Which release does the work: GOTOOLCHAIN, the go and toolchain lines of go.work or go.mod, and what is at hand.
//!
//! [`select`] decides by name alone. When another release than the one in GOROOT is wanted, the binary finds it on PATH or has it
//! fetched, [`make_usable`] finishes a fetched one, and [`driven`] says whether gust drives it itself or hands over to its go
//! command. [`mod@newer`] chooses a release when a module turns out to need a newer one than is running.

mod newer;
mod provide;

pub use newer::{NoReleaseError, newer, path_releases};
pub use provide::{ProvideError, driven, make_usable, module_version, on_path};

use crate::locate;
use crate::settings::Settings;
use crate::vars;
use gust_syntax::gover;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Set by a go command that starts another one: the release that the other must be.
pub const TARGET: &str = vars::GOTOOLCHAIN_INTERNAL_SWITCH_VERSION;

/// The release that is fetched where there is no Go and nothing asks for another.
pub const NEWEST_KNOWN: &str = crate::goroot::REFERENCE;

/// How many times one go command may start another.
pub const MAX_SWITCHES: u32 = 100;

/// Why no release can be chosen. Displays as what follows `go: `.
#[derive(Debug, Error)]
pub enum SelectError {
    /// GOTOOLCHAIN is no release and no mode.
    #[error("invalid GOTOOLCHAIN {}", quoted(.0))]
    Setting(String),
    /// What stands before the + is no release.
    #[error("invalid GOTOOLCHAIN {}: invalid minimum toolchain {}", quoted(.setting), quoted(.least))]
    Least {
        /// GOTOOLCHAIN.
        setting: String,
        /// Its first part.
        least: String,
    },
    /// What stands behind the + is neither auto nor path.
    #[error("invalid GOTOOLCHAIN {}: only version suffixes are +auto and +path", quoted(.0))]
    Suffix(String),
    /// The toolchain line of go.mod or go.work names no release.
    #[error("invalid toolchain {} in {}", quoted(.name), .file.display())]
    Line {
        /// What it names.
        name: String,
        /// The file, as short as can be.
        file: PathBuf,
    },
    /// GOWORK cannot be.
    #[error(transparent)]
    Locate(#[from] locate::LocateError),
    /// go.mod or go.work cannot be read.
    #[error("{0}")]
    Read(String),
    /// Started to be a release that this one is not.
    #[error("toolchain {local} invoked to provide {target}")]
    Mismatch {
        /// What this is.
        local: String,
        /// What it should be.
        target: String,
    },
}

fn quoted(text: &str) -> String {
    gust_text::quote::quote(text)
}

/// Whether newer releases may be used without being asked for, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Only the release that GOTOOLCHAIN names.
    Fixed,
    /// From PATH or the network.
    Auto,
    /// From PATH.
    Path,
}

/// The release to use, and how it came to that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Its name, such as go1.26.8, or `local`.
    pub toolchain: String,
    /// Whether it is the one that is running.
    pub is_local: bool,
    /// What errors about modules that are too new tell of the choice.
    pub startup: Startup,
    /// The steps, for GODEBUG=toolchaintrace=1.
    pub trace: Vec<String>,
}

/// What went into the choice, for the text of later errors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Startup {
    /// GOTOOLCHAIN.
    pub gotoolchain: String,
    /// The go.mod or go.work file that was asked.
    pub file: Option<PathBuf>,
    /// Its go line, when that made the choice.
    pub go_version: String,
    /// Its toolchain line, when that made the choice.
    pub toolchain: String,
}

impl Startup {
    /// What stands behind `requires go >= 1.99 (running go 1.26` in an error.
    pub fn explain(&self, settings: &Settings) -> String {
        let mut text = String::new();
        if !matches!(self.gotoolchain.as_str(), "" | "auto") {
            text.push_str(&format!("; GOTOOLCHAIN={}", self.gotoolchain));
        }
        if let Some(file) = &self.file
            && !(self.go_version.is_empty() && self.toolchain.is_empty())
        {
            let line = match self.toolchain.as_str() {
                "" => format!("go {}", self.go_version),
                name => format!("toolchain {name}"),
            };
            text.push_str(&format!(
                "; {} sets {line}",
                settings.short_path(file).display()
            ));
        }
        text
    }
}

/// The mode and the least release that GOTOOLCHAIN stands for.
fn read_setting(
    settings: &Settings,
    trace: &mut Vec<String>,
) -> Result<(Mode, String, String), SelectError> {
    let setting = settings.gotoolchain();
    let local = || {
        (
            settings.local_toolchain().to_owned(),
            settings.go_version().to_owned(),
        )
    };
    match setting {
        "auto" | "path" => {
            let mode = if setting == "auto" {
                Mode::Auto
            } else {
                Mode::Path
            };
            let (toolchain, version) = local();
            return Ok((mode, toolchain, version));
        }
        _ => {}
    }
    let (least, suffix) = setting
        .split_once('+')
        .map_or((setting, None), |(l, s)| (l, Some(s)));
    let (toolchain, version) = match (least, gover::from_toolchain(least)) {
        ("local", _) => local(),
        (_, Some(version)) => (least.to_owned(), version.to_owned()),
        (_, None) if suffix.is_some() => {
            return Err(SelectError::Least {
                setting: setting.to_owned(),
                least: least.to_owned(),
            });
        }
        (_, None) => return Err(SelectError::Setting(setting.to_owned())),
    };
    let mode = match suffix {
        None => Mode::Fixed,
        Some("auto") => Mode::Auto,
        Some("path") => Mode::Path,
        Some(_) => return Err(SelectError::Suffix(setting.to_owned())),
    };
    trace.push(format!(
        "go: default toolchain set to {toolchain} from GOTOOLCHAIN={setting}"
    ));
    Ok((mode, toolchain, version))
}

/// Chooses the release. None: the one that is running, without a question asked (modules are off, or nothing is set).
pub fn select(settings: &Settings) -> Result<Option<Selection>, SelectError> {
    let setting = settings.gotoolchain();
    if setting.is_empty() || !modules_will_be_on(settings) {
        return Ok(None);
    }
    let mut startup = Startup {
        gotoolchain: setting.to_owned(),
        ..Startup::default()
    };
    let mut trace = Vec::new();
    let (mode, mut toolchain, mut least) = read_setting(settings, &mut trace)?;
    if mode != Mode::Fixed
        && let Some((file, text)) = lines_file(settings)?
    {
        let go_line = lookup(&text, "go").unwrap_or("");
        let toolchain_line = lookup(&text, "toolchain").unwrap_or("");
        let short = settings.short_path(&file);
        startup.file = Some(file);
        if toolchain_line == "default" {
            startup.toolchain = toolchain_line.to_owned();
        } else {
            let allowed = allowed_by(setting, mode);
            let upgrade = |to: &str, line: &str| {
                format!(
                    "go: upgrading toolchain to {to} (required by {line} line in {}; upgrade allowed by GOTOOLCHAIN={allowed})",
                    short.display()
                )
            };
            if !toolchain_line.is_empty() {
                let version = gover::from_toolchain(toolchain_line);
                let version = version.ok_or_else(|| SelectError::Line {
                    name: toolchain_line.to_owned(),
                    file: short.clone(),
                })?;
                if gover::compare(version, &least).is_gt() {
                    trace.push(upgrade(toolchain_line, "toolchain"));
                    toolchain = toolchain_line.to_owned();
                    least = version.to_owned();
                    startup.toolchain = toolchain_line.to_owned();
                }
            }
            if gover::compare(go_line, &least).is_gt() {
                toolchain = format!("go{go_line}");
                if gover::is_lang(go_line) && gover::compare(go_line, "1.21").is_ge() {
                    // A language version is no release; its first release is.
                    toolchain.push_str(".0");
                }
                startup.go_version = go_line.to_owned();
                startup.toolchain.clear();
                trace.push(upgrade(&toolchain, "go"));
            }
        }
    }
    let is_local = toolchain == "local" || toolchain == settings.local_toolchain();
    if !is_local && !toolchain.starts_with("go1") && !toolchain.contains("-go1") {
        return Err(SelectError::Setting(toolchain));
    }
    Ok(Some(Selection {
        toolchain,
        is_local,
        startup,
        trace,
    }))
}

fn allowed_by(setting: &str, mode: Mode) -> String {
    let mode = if mode == Mode::Path { "path" } else { "auto" };
    if setting.contains('+') {
        format!("<name>+{mode}")
    } else {
        mode.to_owned()
    }
}

fn modules_will_be_on(settings: &Settings) -> bool {
    match settings.go111module() {
        "" | "on" => true,
        "auto" => go_mod_file(settings).is_some(),
        _ => false,
    }
}

fn go_mod_file(settings: &Settings) -> Option<PathBuf> {
    let root = locate::module_root(settings.view(), settings.cwd())?;
    (!locate::is_temp_root(settings, &root)).then(|| root.join("go.mod"))
}

/// go.work or else go.mod, and its text.
fn lines_file(settings: &Settings) -> Result<Option<(PathBuf, String)>, SelectError> {
    let work =
        locate::work_file(settings, settings.cwd())?.filter(|file| settings.view().exists(file));
    let Some(file) = work.or_else(|| go_mod_file(settings)) else {
        return Ok(None);
    };
    let bytes = settings.view().read(&file).map_err(|error| {
        SelectError::Read(gust_fs::errtext::PathError::new("open", &file, error).to_string())
    })?;
    Ok(Some((file, gust_bytes::text(&bytes).into_owned())))
}

/// What follows the first line that starts with the word, without its comment. Good for go and toolchain lines only.
fn lookup<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let rest = line.trim().strip_prefix(word)?;
        if !rest.starts_with([' ', '\t']) {
            return None;
        }
        Some(rest.split("//").next().unwrap_or(rest).trim())
    })
}

/// Whether GOTOOLCHAIN lets a newer release be taken from the network.
pub fn has_auto(settings: &Settings) -> bool {
    let setting = settings.gotoolchain();
    setting == "auto" || setting.ends_with("+auto")
}

/// Whether GOTOOLCHAIN lets a newer release be taken from PATH only.
pub fn has_path(settings: &Settings) -> bool {
    let setting = settings.gotoolchain();
    setting == "path" || setting.ends_with("+path")
}

impl Settings {
    /// The path as a person would write it here: relative to the current directory where that is shorter.
    pub fn short_path(&self, path: &Path) -> PathBuf {
        gust_fs::paths::short(self.cwd(), path)
    }
}
