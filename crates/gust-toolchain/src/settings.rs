//! Every setting that `go env` shows, resolved once: environment, the user's file, the release's own file, defaults.

use crate::arch::{self, BuildConfigError, Defaults};
use crate::envfile::{self, EnvFile};
use crate::environ::Environ;
use crate::experiment::{Catalog, ExperimentError, Experiments};
use crate::goroot::{self, Found};
use crate::platform::{self, HOST_ARCH, HOST_OS};
use gust_fs::View;
use gust_text::quote::{FieldsError, split_fields};
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
    gopath_forgotten: bool,
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
        } = inputs;
        let mut environ = environ;
        if let Some(dir) = &release {
            environ.set("GOROOT", dir.as_os_str());
        }
        let env_file = EnvFile::find(&environ);
        let read = |path: &Path| {
            view.read(path)
                .map(|b| String::from_utf8_lossy(&b).into_owned())
        };
        let text = env_file.path.as_ref().ok().and_then(|path| read(path).ok());
        let user = text.map_or_else(HashMap::new, |t| envfile::parse(&t));
        let (goroot, found) = match release {
            Some(dir) => (dir, Found::Release),
            None => {
                let of_file = user.get("GOROOT").map_or("", String::as_str);
                let setting = if of_file.is_empty() {
                    environ.get("GOROOT")
                } else {
                    of_file
                };
                // The environment wins over the file whenever it says something.
                let setting = if environ.get("GOROOT").is_empty() {
                    setting
                } else {
                    environ.get("GOROOT")
                };
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
            gopath_forgotten: false,
            gocache: Ok(PathBuf::new()),
            version_override: None,
            tool_environ: OnceLock::new(),
        };
        settings.goos = settings.or("GOOS", HOST_OS).to_owned();
        settings.goarch = settings.or("GOARCH", HOST_ARCH).to_owned();
        settings.gopath = settings
            .or("GOPATH", &default_gopath(&settings.environ))
            .to_owned();
        settings.gocache = settings.find_gocache();
        settings
    }

    /// Makes the settings say that they belong to another release than GOROOT's (for the acceptance suite only).
    pub fn override_version(&mut self, version: &str) {
        self.version_override = Some(version.to_owned());
    }

    /// Takes out of the environment what another go command said when it started this one.
    pub fn forget_target(&mut self) {
        self.environ.remove(crate::release::TARGET);
    }

    /// The value of a variable that files may set too: environment, user's file, release's file; empty when none says anything.
    pub fn get(&self, name: &str) -> &str {
        let value = self.environ.get(name);
        if !value.is_empty() {
            return value;
        }
        if name == "GOROOT" {
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
        name == "GOROOT"
            || crate::vars::KNOWN.contains(&name)
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

    /// The build tags go1.1 to go1.N of the release.
    pub fn release_tags(&self) -> Vec<String> {
        (1..=self.release_minor())
            .map(|n| format!("go1.{n}"))
            .collect()
    }

    /// The build tags of experiments and of the architecture's features.
    pub fn tool_tags(&self) -> Vec<String> {
        let experiments = self.experiments().map(|e| {
            e.enabled()
                .map(|x| format!("goexperiment.{x}"))
                .collect::<Vec<_>>()
        });
        let mut tags = experiments.unwrap_or_default();
        tags.extend(arch::tags(
            &self.environ,
            self.defaults(),
            HOST_ARCH,
            HOST_OS,
        ));
        tags
    }

    /// Target operating system.
    pub fn goos(&self) -> &str {
        &self.goos
    }

    /// Target architecture.
    pub fn goarch(&self) -> &str {
        &self.goarch
    }

    /// Operating system of the tools.
    pub fn gohostos(&self) -> &'static str {
        HOST_OS
    }

    /// Architecture of the tools.
    pub fn gohostarch(&self) -> &'static str {
        HOST_ARCH
    }

    /// The ending of a program's name on the target: .exe or nothing.
    pub fn goexe(&self) -> &'static str {
        if self.goos == "windows" { ".exe" } else { "" }
    }

    /// Where the release's tools are.
    pub fn gotooldir(&self) -> PathBuf {
        match self.goroot.as_os_str().is_empty() {
            true => PathBuf::new(),
            false => self
                .goroot
                .join("pkg/tool")
                .join(format!("{HOST_OS}_{HOST_ARCH}")),
        }
    }

    /// The file of one of the release's tools, such as compile.
    pub fn tool(&self, name: &str) -> PathBuf {
        let suffix = if HOST_OS == "windows" { ".exe" } else { "" };
        self.gotooldir().join(format!("{name}{suffix}"))
    }

    /// GOPATH as it stands.
    pub fn gopath_text(&self) -> &str {
        if self.gopath_forgotten {
            ""
        } else {
            &self.gopath
        }
    }

    /// Drops a GOPATH that was made from a HOME which is no absolute path; the module cache stays where it was found.
    pub fn forget_gopath(&mut self) {
        self.gopath_forgotten = true;
    }

    /// Why there is no GOPATH, when there is none.
    pub fn gopath_error(&self) -> &'static str {
        if self.environ.get("HOME").is_empty() {
            "HOME is not set"
        } else {
            "cannot set GOROOT as GOPATH"
        }
    }

    /// GOPATH's directories.
    pub fn gopath(&self) -> Vec<PathBuf> {
        let parts = std::env::split_paths(self.gopath_text());
        parts.filter(|p| !p.as_os_str().is_empty()).collect()
    }

    /// A directory under the first of GOPATH; empty when that is empty.
    fn gopath_dir(&self, rel: &str) -> PathBuf {
        match std::env::split_paths(&self.gopath).next() {
            Some(first) if !first.as_os_str().is_empty() => goroot::clean(&first.join(rel)),
            _ => PathBuf::new(),
        }
    }

    /// The module cache; empty when neither GOMODCACHE nor GOPATH tells where it is.
    pub fn gomodcache(&self) -> PathBuf {
        match self.get("GOMODCACHE") {
            "" => self.gopath_dir("pkg/mod"),
            dir => PathBuf::from(dir),
        }
    }

    pub(crate) fn default_gopath(&self) -> String {
        default_gopath(&self.environ)
    }

    pub(crate) fn default_modcache(&self) -> PathBuf {
        self.gopath_dir("pkg/mod")
    }

    /// Where the checksum database's latest trees are remembered (GOPATH/pkg/sumdb).
    pub fn sumdb_dir(&self) -> PathBuf {
        self.gopath_dir("pkg/sumdb")
    }

    /// The build cache, or go's text saying why there is none.
    pub fn gocache(&self) -> Result<&Path, &str> {
        self.gocache.as_deref().map_err(String::as_str)
    }

    fn find_gocache(&self) -> Result<PathBuf, String> {
        match self.get("GOCACHE") {
            "" => envfile::user_cache_dir(&self.environ)
                .map(|dir| dir.join("go-build"))
                .map_err(|why| format!("GOCACHE is not defined and {why}")),
            "off" => Ok(PathBuf::from("off")),
            dir if Path::new(dir).is_absolute() => Ok(PathBuf::from(dir)),
            _ => Err("GOCACHE is not an absolute path".to_owned()),
        }
    }

    /// GOCACHE as printed: `off` when there is none.
    pub fn gocache_text(&self) -> &str {
        self.gocache
            .as_ref()
            .ok()
            .and_then(|p| p.to_str())
            .unwrap_or("off")
    }

    /// Where gust keeps what it remembers between runs (GOCACHE/gust); None without a build cache.
    pub fn state_dir(&self) -> Option<PathBuf> {
        match &self.gocache {
            Ok(dir) if dir.is_absolute() => Some(dir.join("gust")),
            _ => None,
        }
    }

    /// Where `install` puts programs, if GOBIN says so.
    pub fn gobin(&self) -> &str {
        self.get("GOBIN")
    }

    /// Where temporary files go: GOTMPDIR, or the system's place.
    pub fn gotmpdir(&self) -> PathBuf {
        match (self.get("GOTMPDIR"), self.environ.get("TMPDIR")) {
            ("", "") => PathBuf::from("/tmp"),
            ("", dir) | (dir, _) => PathBuf::from(dir),
        }
    }

    /// GO111MODULE as set.
    pub fn go111module(&self) -> &str {
        self.get("GO111MODULE")
    }

    /// GOPROXY.
    pub fn goproxy(&self) -> &str {
        self.get("GOPROXY")
    }

    /// GOSUMDB.
    pub fn gosumdb(&self) -> &str {
        self.get("GOSUMDB")
    }

    /// GOPRIVATE.
    pub fn goprivate(&self) -> &str {
        self.get("GOPRIVATE")
    }

    /// GONOPROXY, which GOPRIVATE stands in for.
    pub fn gonoproxy(&self) -> &str {
        self.or("GONOPROXY", self.goprivate())
    }

    /// GONOSUMDB, which GOPRIVATE stands in for.
    pub fn gonosumdb(&self) -> &str {
        self.or("GONOSUMDB", self.goprivate())
    }

    /// GOINSECURE.
    pub fn goinsecure(&self) -> &str {
        self.get("GOINSECURE")
    }

    /// GOVCS.
    pub fn govcs(&self) -> &str {
        self.get("GOVCS")
    }

    /// GOAUTH, netrc by default.
    pub fn goauth(&self) -> &str {
        self.or("GOAUTH", "netrc")
    }

    /// GOWORK as set.
    pub fn gowork(&self) -> &str {
        self.get("GOWORK")
    }

    /// GOTOOLCHAIN as set.
    pub fn gotoolchain(&self) -> &str {
        self.get("GOTOOLCHAIN")
    }

    /// GODEBUG, which only the environment can set.
    pub fn godebug(&self) -> &str {
        self.environ.get("GODEBUG")
    }

    /// The value of one key of GODEBUG; the last setting of it counts.
    pub fn godebug_value(&self, key: &str) -> &str {
        let pairs = self
            .godebug()
            .rsplit(',')
            .filter_map(|pair| pair.split_once('='));
        pairs
            .into_iter()
            .find(|(k, _)| *k == key)
            .map_or("", |(_, v)| v)
    }

    /// GOFIPS140.
    pub fn gofips140(&self) -> &str {
        self.or("GOFIPS140", self.defaults().get("GOFIPS140"))
    }

    /// The variable that refines the target architecture and its value, such as GOAMD64 and v1.
    pub fn arch_setting(&self) -> Option<(&'static str, &str)> {
        let name = arch::arch_variable(&self.goarch)?;
        Some((name, self.arch_value(name)))
    }

    /// The value of GOAMD64, GOARM and the like, its default included.
    pub fn arch_value(&self, name: &str) -> &str {
        self.or(name, self.defaults().get(name))
    }

    /// The constants that the release was built with.
    pub fn defaults(&self) -> &Defaults {
        self.defaults.get_or_init(|| {
            let file = self.goroot.join("src/internal/buildcfg/zbootstrap.go");
            self.view
                .read_to_string(&file)
                .map_or_else(|_| Defaults::default(), |text| Defaults::from_source(&text))
        })
    }

    /// GOEXPERIMENT as it stands, the release's built-in one included.
    pub fn raw_experiment(&self) -> &str {
        self.or("GOEXPERIMENT", self.defaults().get("GOEXPERIMENT"))
    }

    /// The experiments that are in effect.
    pub fn experiments(&self) -> Result<&Experiments, ExperimentError> {
        let made = self
            .experiments
            .get_or_init(|| self.parse_experiment(self.raw_experiment(), &self.goos, &self.goarch));
        made.as_ref().map_err(Clone::clone)
    }

    /// What `setting` would mean as GOEXPERIMENT on a platform, with this release.
    pub fn parse_experiment(
        &self,
        setting: &str,
        goos: &str,
        goarch: &str,
    ) -> Result<Experiments, ExperimentError> {
        Experiments::parse(&self.catalog(), goos, goarch, setting)
    }

    fn catalog(&self) -> Catalog {
        if self.release_minor() == 26 {
            return Catalog::reference();
        }
        let read = |rel: &str| {
            self.view
                .read_to_string(&self.goroot.join(rel))
                .unwrap_or_default()
        };
        let flags = read("src/internal/goexperiment/flags.go");
        match flags.is_empty() {
            true => Catalog::reference(),
            false => Catalog::from_sources(&flags, &read("src/internal/buildcfg/exp.go")),
        }
    }

    /// go's check of the environment before any command but `env` does its work; its failure exits with 2.
    pub fn check_build_config(&self) -> Result<(), BuildConfigError> {
        let setting = match self.environ.get("GOEXPERIMENT") {
            "" => self.defaults().get("GOEXPERIMENT"),
            setting => setting,
        };
        let or = |name: &str, default: &'static str| match self.environ.get(name) {
            "" => default.to_owned(),
            value => value.to_owned(),
        };
        let parsed = self.parse_experiment(setting, &or("GOOS", HOST_OS), &or("GOARCH", HOST_ARCH));
        arch::check(&self.environ, parsed.err())
    }

    /// Whether the target is one that Go knows; the text is go's for when it is not (exit code 2).
    pub fn check_platform(&self) -> Result<(), String> {
        match platform::find(&self.goos, &self.goarch) {
            Some(_) => Ok(()),
            None => Err(format!(
                "unsupported GOOS/GOARCH pair {}/{}",
                self.goos, self.goarch
            )),
        }
    }

    /// Whether cgo is on.
    pub fn cgo_enabled(&self) -> bool {
        self.cgo().0
    }

    /// Whether cgo is on, and whether that is what it would be by default.
    pub(crate) fn cgo(&self) -> (bool, bool) {
        *self.cgo.get_or_init(|| {
            let default = self.cgo_default();
            match self.get("CGO_ENABLED") {
                "0" => (false, !default),
                "1" => (true, default),
                _ => (default, true),
            }
        })
    }

    fn cgo_default(&self) -> bool {
        match self.defaults().get("CGO_ENABLED") {
            "1" => return true,
            "0" => return false,
            _ => {}
        }
        if self.goos != HOST_OS
            || self.goarch != HOST_ARCH
            || !platform::cgo_supported(HOST_OS, HOST_ARCH)
        {
            return false;
        }
        let asked = self.environ.get("CGO_ENABLED") != "0" && self.environ.get("CC").is_empty();
        !asked || self.look_path(platform::default_cc(&self.goos)).is_some()
    }

    /// A variable that holds a command and its arguments, such as CC, taken apart.
    pub fn words(&self, name: &str, default: &str) -> Result<Vec<String>, FieldsError> {
        split_fields(self.or(name, default))
    }

    /// The C compiler's command.
    pub fn cc(&self) -> Vec<String> {
        self.command("CC", platform::default_cc(&self.goos))
    }

    /// The C++ compiler's command.
    pub fn cxx(&self) -> Vec<String> {
        self.command("CXX", platform::default_cxx(&self.goos))
    }

    /// The Fortran compiler's command.
    pub fn fc(&self) -> Vec<String> {
        self.command("FC", "gfortran")
    }

    /// The archiver's command.
    pub fn ar(&self) -> Vec<String> {
        self.command("AR", "ar")
    }

    /// The pkg-config program.
    pub fn pkg_config(&self) -> String {
        self.command("PKG_CONFIG", "pkg-config").swap_remove(0)
    }

    fn command(&self, name: &str, default: &str) -> Vec<String> {
        let words = self.words(name, default).unwrap_or_default();
        if words.is_empty() {
            vec![default.to_owned()]
        } else {
            words
        }
    }
}

fn default_gopath(environ: &Environ) -> String {
    let home = environ.get("HOME");
    if home.is_empty() {
        return String::new();
    }
    let dir = goroot::clean(&Path::new(home).join("go"));
    let goroot = environ.get("GOROOT");
    if !goroot.is_empty() && goroot::clean(Path::new(goroot)) == dir {
        return String::new();
    }
    dir.into_os_string().into_string().unwrap_or_default()
}
