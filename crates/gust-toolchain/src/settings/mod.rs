//! Every setting that `go env` shows, resolved once: environment, the user's file, the release's own file, defaults.
//!
//! Here is how a value is found ([`Settings::get`]); what the values mean stands in the folder: `places` directories, `words` plain
//! words, `target` platforms and the release's tags, `compilers` cgo and its programs.

mod compilers;
mod places;
mod target;
mod words;

pub use places::state_dir;

use crate::arch::Defaults;
use crate::envfile::{self, EnvFile};
use crate::environ::Environ;
use crate::experiment::{ExperimentError, Experiments};
use crate::goroot::{self, Found};
use crate::platform::{HOST_ARCH, HOST_OS};
use crate::vars::{self, Kind};
use gust_fs::View;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// What a resolution starts from.
#[derive(Clone)]
pub struct Inputs {
    /// The process environment.
    pub environ: Environ,
    /// The current directory, absolute.
    pub cwd: PathBuf,
    /// The running program's own file.
    pub program: PathBuf,
    /// The door to the disk, without overlay.
    pub view: Arc<View>,
    /// The distribution to use, when the release selection has chosen one.
    pub release: Option<PathBuf>,
    /// The release that the settings are to say they belong to, whatever GOROOT's is (for the acceptance suite only).
    pub version_override: Option<String>,
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The process environment.
    Environment,
    /// The user's file, GOENV.
    EnvFile,
    /// The release's own $GOROOT/go.env.
    Release,
    /// Nothing was said.
    Default,
}

/// The resolved settings; frozen once made.
pub struct Settings {
    view: Arc<View>,
    pub(crate) environ: Environ,
    cwd: PathBuf,
    program: PathBuf,
    pub(crate) env_file: EnvFile,
    user: HashMap<String, String>,
    pub(crate) release_file: HashMap<String, String>,
    goroot: PathBuf,
    found: Found,
    release_name: OnceLock<String>,
    defaults: OnceLock<Defaults>,
    experiments: OnceLock<Result<Experiments, ExperimentError>>,
    cgo: OnceLock<(bool, bool)>,
    goos: String,
    goarch: String,
    gopath: String,
    gocache: Result<PathBuf, String>,
    version_override: Option<String>,
    pub(crate) tool_environ: OnceLock<Environ>,
}

impl Settings {
    /// Resolves everything that is cheap; the rest (cgo, experiments) is worked out when first asked for.
    pub fn resolve(inputs: Inputs) -> Settings {
        let Inputs {
            environ,
            cwd,
            program,
            view,
            release,
            version_override,
        } = inputs;
        let mut environ = environ;
        if let Some(dir) = &release {
            environ.set(vars::GOROOT, dir.as_os_str());
        }
        let env_file = EnvFile::find(&environ);
        let read = |path: &Path| view.read(path).map(|b| gust_bytes::text(&b).into_owned());
        let text = env_file.path.as_ref().ok().and_then(|path| read(path).ok());
        let user = text.map_or_else(HashMap::new, |t| envfile::parse(&t));
        let (goroot, found) = match release {
            Some(dir) => (dir, Found::Release),
            None => {
                let set = [
                    environ.get(vars::GOROOT),
                    user.get(vars::GOROOT).map_or("", String::as_str),
                ];
                let setting = set.into_iter().find(|dir| !dir.is_empty()).unwrap_or("");
                goroot::find(&view, setting, &environ, &program)
            }
        };
        let release_file = match goroot.as_os_str().is_empty() {
            true => HashMap::new(),
            false => {
                read(&goroot.join("go.env")).map_or_else(|_| HashMap::new(), |t| envfile::parse(&t))
            }
        };
        let mut settings = Settings {
            view,
            environ,
            cwd,
            program,
            env_file,
            user,
            release_file,
            goroot,
            found,
            release_name: OnceLock::new(),
            defaults: OnceLock::new(),
            experiments: OnceLock::new(),
            cgo: OnceLock::new(),
            goos: String::new(),
            goarch: String::new(),
            gopath: String::new(),
            gocache: Ok(PathBuf::new()),
            version_override,
            tool_environ: OnceLock::new(),
        };
        settings.goos = settings.or(vars::GOOS, HOST_OS).to_owned();
        settings.goarch = settings.or(vars::GOARCH, HOST_ARCH).to_owned();
        settings.gopath = settings
            .or(vars::GOPATH, &places::default_gopath(&settings.environ))
            .to_owned();
        settings.gocache = settings.find_gocache();
        settings
    }

    /// The value of a variable that files may set too: environment, user's file, release's file; empty when none says anything.
    pub fn get(&self, name: &str) -> &str {
        let value = self.environ.get(name);
        if !value.is_empty() {
            return value;
        }
        if name == vars::GOROOT {
            return self.goroot.to_str().unwrap_or("");
        }
        let files = [&self.user, &self.release_file];
        files
            .into_iter()
            .find_map(|map| map.get(name))
            .map_or("", String::as_str)
    }

    /// [`Settings::get`], or `default` when nothing is said.
    pub fn or<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        match self.get(name) {
            "" => default,
            value => value,
        }
    }

    /// Where [`Settings::get`] takes the value of `name` from.
    pub fn origin(&self, name: &str) -> Origin {
        if !self.environ.get(name).is_empty() {
            Origin::Environment
        } else if self.user.get(name).is_some_and(|v| !v.is_empty()) {
            Origin::EnvFile
        } else if self.release_file.get(name).is_some_and(|v| !v.is_empty()) {
            Origin::Release
        } else {
            Origin::Default
        }
    }

    /// Whether `name` is a variable that `go env -w` may set: a known one, or one that a settings file already holds.
    pub fn is_known(&self, name: &str) -> bool {
        vars::find(name).is_some_and(|declared| declared.kind == Kind::Setting)
            || self.user.contains_key(name)
            || self.release_file.contains_key(name)
    }

    /// The user's settings file (GOENV), or why there is none.
    pub fn env_file(&self) -> Result<&Path, &envfile::NoEnvFile> {
        self.env_file.path.as_deref()
    }

    /// The door to the disk that settings are read through; it has no overlay.
    pub fn view(&self) -> &Arc<View> {
        &self.view
    }

    /// Finds a program on PATH.
    pub fn look_path(&self, name: &str) -> Option<PathBuf> {
        self.environ.look_path(&self.view, name)
    }

    /// What tells a file's present state from any other, as text, without reading it; None for a file too young to tell.
    pub fn signature(&self, path: &Path) -> Option<String> {
        let sig = self.view.stat(path).ok()?.sig;
        let hex = sig.to_bytes().iter().map(|b| format!("{b:02x}")).collect();
        self.view.is_settled(&sig).then_some(hex)
    }

    /// The process environment that the settings were made from.
    pub fn environ(&self) -> &Environ {
        &self.environ
    }

    /// The current directory.
    pub fn cwd(&self) -> &Path {
        &self.cwd
    }

    /// The running program's own file.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The distribution's directory; empty when there is none.
    pub fn goroot(&self) -> &Path {
        &self.goroot
    }

    /// How [`Settings::goroot`] was found.
    pub fn goroot_found(&self) -> Found {
        self.found
    }

    /// GOROOT/src.
    pub fn goroot_src(&self) -> PathBuf {
        self.goroot.join("src")
    }

    /// The release in use, such as go1.26.8, as GOROOT's VERSION file names it; without one, the reference release.
    pub fn release_name(&self) -> &str {
        self.release_name.get_or_init(|| {
            goroot::release_name(&self.view, &self.goroot)
                .unwrap_or_else(|| goroot::REFERENCE.to_owned())
        })
    }

    /// The language and module version that this go stands for, such as 1.26.8 (TESTGO_VERSION included).
    pub fn go_version(&self) -> &str {
        let name = self
            .version_override
            .as_deref()
            .unwrap_or_else(|| self.release_name());
        let version = name.strip_prefix("go").unwrap_or(name);
        version.split([' ', '\t', '-']).next().unwrap_or("")
    }

    /// The toolchain that this go stands for, such as go1.26.8 (TESTGO_VERSION included).
    pub fn local_toolchain(&self) -> &str {
        self.version_override
            .as_deref()
            .unwrap_or_else(|| self.release_name())
    }

    /// The acceptance suite's version, if one was given.
    pub fn version_override(&self) -> Option<&str> {
        self.version_override.as_deref()
    }

    /// The minor number of the release in GOROOT: 26 for go1.26.8.
    pub fn release_minor(&self) -> u32 {
        let name = self.release_name();
        let minor = name.strip_prefix("go1.").unwrap_or("26");
        let digits = minor
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(minor.len());
        minor[..digits].parse().unwrap_or(26)
    }
}
