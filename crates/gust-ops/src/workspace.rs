//! What every operation has in its hands: settings, the door to the disk, the network, modules, caches.
//!
//! All of it is determined when the workspace is made. What costs something and may not be needed is opened when first asked for,
//! from what was said then: whoever asks first changes nothing.

use crate::error::{OpError, OpErrorKind};
use crate::release::ReleaseError;
use crate::report::{Lines, Reporter};
use crate::request::{ModuleFlags, Policy, Switches};
use crate::{modules, network, release};
use gust_build::options::PerPackageError;
use gust_build::stamp::vcs::{Asking, Stamper, Stamping};
use gust_cache::{Cache, Hashing};
use gust_fetch::Fetcher;
use gust_fetch::vcs::Command;
use gust_fs::errtext::go_text;
use gust_fs::{Overlay, OverlayError, View};
use gust_modules::{Intent, ModuleSettings, Modules, RootMode};
use gust_text::decode::{self, Shape};
use gust_text::quote::FieldsError;
use gust_toolchain::Settings;
use gust_toolchain::memo::Memo;
use gust_toolchain::release::{NoReleaseError, Startup, has_auto, has_path, newer, path_releases};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

/// Why a workspace is not what settings and flags say.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// -mod.
    #[error("-mod={0} not supported (can be '', 'mod', 'readonly', or 'vendor')")]
    ModFlag(String),
    /// A flag that means nothing in GOPATH mode.
    #[error("build flag {0} only valid when using modules")]
    OnlyWithModules(String),
    /// -gcflags and its kin.
    #[error("-{flag}: {source}")]
    PerPackage {
        /// The flag's name.
        flag: &'static str,
        /// What is wrong with it.
        source: PerPackageError,
    },
    /// CC and its kin cannot be taken apart.
    #[error("{name} environment variable could not be parsed: {source}")]
    CompilerWords {
        /// The variable.
        name: &'static str,
        /// Why.
        source: FieldsError,
    },
    /// CC and its kin must be absolute or found on PATH.
    #[error("{name} environment variable is relative; must be absolute path: {program}")]
    RelativeCompiler {
        /// The variable.
        name: &'static str,
        /// What it names.
        program: String,
    },
    /// -overlay.
    #[error(transparent)]
    Overlay(#[from] OverlayError),
    /// There is no place for the build cache.
    #[error("build cache is required, but could not be located: {0}")]
    NoBuildCache(String),
    /// GOCACHE=off.
    #[error("build cache is disabled by GOCACHE=off, but required as of Go 1.12")]
    BuildCacheOff,
    /// The file of GODEBUG=gofsystracelog cannot be opened.
    #[error("open {file}: {}", go_text(source))]
    SystemTrace {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
}

impl WorkspaceError {
    pub(crate) fn is_prefixed(&self) -> bool {
        matches!(
            self,
            WorkspaceError::PerPackage { .. }
                | WorkspaceError::CompilerWords { .. }
                | WorkspaceError::RelativeCompiler { .. }
                | WorkspaceError::Overlay(_)
        )
    }
}

/// What a workspace is made of.
#[derive(Clone)]
pub struct WorkspaceParts {
    /// Every setting.
    pub settings: Arc<Settings>,
    /// What went into the choice of the release.
    pub startup: Startup,
    /// What the command wants and may do by its nature.
    pub policy: Policy,
    /// The flags about modules.
    pub modules: ModuleFlags,
    /// -overlay, empty when not given.
    pub overlay: String,
    /// -x: requests are shown.
    pub show: bool,
    /// -buildvcs
    pub stamping: Stamping,
    /// The command's words: the same ones will need the same answers.
    pub command_line: Vec<u8>,
    /// Packages at a version are asked for, whatever module one stands in.
    pub at_version: bool,
    /// Who hears of work in the background, such as downloads.
    pub reporter: Arc<dyn Reporter>,
    /// Set when the person wants the command to end.
    pub interrupt: Arc<AtomicBool>,
}

/// The surroundings of one command.
pub struct Workspace {
    parts: WorkspaceParts,
    view: OnceLock<Arc<View>>,
    fetcher: OnceLock<Arc<Fetcher>>,
    modules: OnceLock<Option<Arc<Modules>>>,
    cache: OnceLock<Arc<Cache>>,
    memo: OnceLock<Arc<Memo>>,
    stamper: OnceLock<Stamper>,
}

impl Workspace {
    /// A workspace of these parts. Nothing is opened yet.
    pub fn new(parts: WorkspaceParts) -> Workspace {
        Workspace {
            parts,
            view: OnceLock::new(),
            fetcher: OnceLock::new(),
            modules: OnceLock::new(),
            cache: OnceLock::new(),
            memo: OnceLock::new(),
            stamper: OnceLock::new(),
        }
    }

    /// A workspace for one module, whatever go.work says, whose files may be changed.
    pub(crate) fn in_module(&self, dir: &Path) -> Workspace {
        let parts = &self.parts;
        Workspace::new(WorkspaceParts {
            settings: Arc::new(parts.settings.in_dir(dir)),
            policy: Policy {
                root: RootMode::Needed,
                workspaces: false,
                is_work_command: false,
                intent: Intent::Update,
                ..parts.policy
            },
            modules: ModuleFlags::default(),
            at_version: false,
            ..parts.clone()
        })
    }

    /// A workspace in which the release's own programs are built, for this machine and out of any module.
    pub(crate) fn for_release(&self) -> Workspace {
        let parts = &self.parts;
        Workspace::new(WorkspaceParts {
            settings: Arc::new(parts.settings.for_host()),
            policy: Policy {
                root: RootMode::Ignored,
                ..parts.policy
            },
            modules: ModuleFlags::default(),
            at_version: false,
            ..parts.clone()
        })
    }

    /// Every setting.
    pub fn settings(&self) -> &Arc<Settings> {
        &self.parts.settings
    }

    /// What the command wants and may do by its nature.
    pub fn policy(&self) -> &Policy {
        &self.parts.policy
    }

    /// The flags about modules.
    pub fn module_flags(&self) -> &ModuleFlags {
        &self.parts.modules
    }

    /// Packages at a version are asked for, whatever module one stands in.
    pub fn at_version(&self) -> bool {
        self.parts.at_version
    }

    /// Set when the person wants the command to end.
    pub fn interrupt(&self) -> &AtomicBool {
        &self.parts.interrupt
    }

    /// Who hears of work in the background.
    pub(crate) fn background(&self) -> &Arc<dyn Reporter> {
        &self.parts.reporter
    }

    /// The door to the disk, the one that settings were read through: from here on -overlay is in force, and digests are
    /// remembered between runs.
    pub fn view(&self) -> Result<&Arc<View>, WorkspaceError> {
        if let Some(view) = self.view.get() {
            return Ok(view);
        }
        let settings = self.settings();
        let view = settings.view();
        view.set_overlay(self.overlay()?);
        if let Some(dir) = settings.state_dir() {
            view.keep_digests_in(&dir);
        }
        if settings.godebug_value("gofsystrace") == "1" {
            let file = settings.godebug_value("gofsystracelog");
            view.set_trace(system_trace(file, self.background())?);
        }
        if let Some(log) = view.log() {
            let modcache = settings.gomodcache();
            log.set_units(move |path| gust_fetch::module_dir_around(&modcache, path));
        }
        Ok(self.view.get_or_init(|| Arc::clone(view)))
    }

    fn overlay(&self) -> Result<Overlay, OverlayError> {
        if self.parts.overlay.is_empty() {
            return Ok(Overlay::none());
        }
        let path = PathBuf::from(&self.parts.overlay);
        match self.settings().view().read(&path) {
            Ok(json) => {
                let file: Option<OverlayFile> = decode::from_slice(&json, &OVERLAY)
                    .map_err(|error| OverlayError::Json(error.to_string()))?;
                let replace = file.unwrap_or_default().replace;
                Overlay::new(replace, self.settings().cwd())
            }
            Err(err) => Err(OverlayError::Read { path, err }),
        }
    }

    /// The network and the module cache.
    pub fn fetcher(&self) -> Result<&Arc<Fetcher>, WorkspaceError> {
        let view = self.view()?;
        Ok(self.fetcher.get_or_init(|| {
            let mut config = network::config(self.settings());
            config.mod_cache_rw = self.parts.modules.cache_rw;
            config.trace = self.parts.show;
            config.announce = self.parts.policy.announces;
            config.vcs = Some(self.vcs_command(None));
            let lines = Arc::new(Lines(Arc::clone(self.background())));
            Arc::new(Fetcher::new(config, Arc::clone(view), lines))
        }))
    }

    /// The modules that the command works with; none in GOPATH mode.
    pub fn modules(&self) -> Result<Option<&Arc<Modules>>, OpError> {
        if self.modules.get().is_none() {
            let loaded = modules::load(self)?;
            let _ = self.modules.set(loaded);
        }
        Ok(self.modules.get().and_then(Option::as_ref))
    }

    /// What decides which modules the command works with.
    pub fn module_settings(&self) -> Result<ModuleSettings, OpError> {
        modules::settings(self)
    }

    /// The build cache's directory, which must be one.
    pub fn build_cache_dir(&self) -> Result<&Path, WorkspaceError> {
        let dir = self
            .settings()
            .gocache()
            .map_err(|why| WorkspaceError::NoBuildCache(why.to_owned()))?;
        if dir == Path::new("off") {
            return Err(WorkspaceError::BuildCacheOff);
        }
        Ok(dir)
    }

    /// Go's build cache.
    pub fn cache(&self) -> Result<&Arc<Cache>, OpError> {
        if let Some(cache) = self.cache.get() {
            return Ok(cache);
        }
        let cache = Cache::open(self.build_cache_dir()?)?;
        Ok(self.cache.get_or_init(|| Arc::new(cache)))
    }

    /// What tools and compilers answered before.
    pub fn memo(&self) -> &Arc<Memo> {
        self.memo.get_or_init(|| {
            let dir = self.settings().state_dir();
            Arc::new(dir.map_or_else(Memo::in_memory, |dir| Memo::open(&dir)))
        })
    }

    /// What stamps programs with the state of the working copy.
    pub fn stamper(&self) -> Result<&Stamper, OpError> {
        if let Some(stamper) = self.stamper.get() {
            return Ok(stamper);
        }
        let settings = self.settings();
        let asking = Asking {
            view: Arc::clone(self.view()?),
            command: self.vcs_command(self.parts.show.then(|| {
                let lines = Lines(Arc::clone(self.background()));
                Arc::new(lines) as Arc<dyn gust_fetch::Sink>
            })),
            stamping: self.parts.stamping,
            auto: self.parts.policy.stamps,
            cwd: settings.cwd().to_owned(),
            allow_multiple: settings.godebug_value("allowmultiplevcs") == "1",
            state_dir: settings.state_dir(),
            command_line: self.parts.command_line.clone(),
        };
        Ok(self.stamper.get_or_init(|| Stamper::new(asking)))
    }

    /// How version control is started.
    fn vcs_command(&self, trace: Option<Arc<dyn gust_fetch::Sink>>) -> Command {
        let settings = Arc::clone(self.settings());
        let environ = settings.environ().unread();
        Command {
            environment: environ
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            find: Arc::new(move |name| settings.environ().look_path(settings.view(), name)),
            trace,
            log: self.settings().view().log().cloned(),
        }
    }

    /// Hashing as the release's go does it, with a trace for GODEBUG=gocachehash=1.
    pub fn hashing(&self) -> Hashing {
        let settings = self.settings();
        let hashing = Hashing::new(settings.release_name());
        match settings.godebug_value("gocachehash") {
            "1" => {
                let reporter = Arc::clone(self.background());
                hashing.with_trace(move |line| reporter.trace(line))
            }
            _ => hashing,
        }
    }

    /// What stands behind `requires go >= 1.99 (running go 1.26` in errors about modules that are too new.
    pub fn too_new_explanation(&self) -> String {
        self.parts.startup.explain(self.settings())
    }

    /// Whether the command may start again as a newer release. Those that only look at the main module may not: it is for its
    /// go.mod to say which release it needs.
    pub(crate) fn switches(&self) -> bool {
        match self.parts.policy.switches {
            Switches::Never => false,
            Switches::Always => true,
            Switches::AtVersion => self.parts.at_version,
        }
    }

    /// Whether GOTOOLCHAIN allows another release than the one that is running.
    pub fn can_switch(&self) -> bool {
        has_auto(self.settings()) || has_path(self.settings())
    }

    /// A module needs a newer release: the command starts again as one, where GOTOOLCHAIN allows. Gives back what to fail with;
    /// `errors` are the errors that came to this, `what` needs `version`.
    pub fn switch(&self, what: &str, version: &str, errors: OpError) -> OpError {
        if !self.can_switch() {
            return errors;
        }
        match self.newer_release(version) {
            Ok(toolchain) => {
                let reporter = self.background();
                reporter.note(&format_args!(
                    "go: {what} requires go >= {version}; switching to {toolchain}"
                ));
                release::restart_as(reporter, self.settings(), &toolchain)
            }
            Err(source) => {
                let switch = ReleaseError::Switch {
                    version: version.to_owned(),
                    source: Box::new(source),
                };
                OpErrorKind::Several(vec![errors, switch.into()]).into()
            }
        }
    }

    /// The release to start again as.
    fn newer_release(&self, version: &str) -> Result<String, OpError> {
        let list = match has_auto(self.settings()) {
            true => self.fetcher()?.versions("go", "")?.list,
            false => path_releases(self.settings()),
        };
        newer(version, &list)
            .map_err(|_| ReleaseError::None(NoReleaseError(version.to_owned())).into())
    }

    /// Writes what was learned for the next command. Nothing but time is lost when that fails.
    pub fn save(&self) {
        if let Some(view) = self.view.get() {
            let _ = view.flush();
        }
        if let Some(memo) = self.memo.get() {
            memo.flush();
        }
        if let Some(stamper) = self.stamper.get() {
            stamper.finish();
        }
    }
}

/// GOOS, GOARCH and GOEXPERIMENT must make sense together.
///
/// # Errors
/// [`OpError`] when they do not.
pub fn check_platform(settings: &Settings) -> Result<(), OpError> {
    settings.check_build_config()?;
    settings.experiments()?;
    Ok(())
}

/// An -overlay file: `{"Replace": {"/seen/path": "/real/file"}}`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct OverlayFile {
    replace: BTreeMap<String, String>,
}

/// The same as Go's decoder sees it.
const OVERLAY: Shape = Shape::Struct(
    "fsys.overlayJSON",
    &[("Replace", Shape::Map(&Shape::Text, "map[string]string"))],
);

/// The lines of GODEBUG=gofsystrace=1, to the reporter or at the end of a file.
fn system_trace(
    file: &str,
    reporter: &Arc<dyn Reporter>,
) -> Result<impl Fn(&str, &Path) + Send + Sync + 'static, WorkspaceError> {
    let file = match file {
        "" => None,
        name => {
            let open = gust_fs::disk::File::options()
                .append(true)
                .create(true)
                .open(name);
            Some(open.map_err(|source| WorkspaceError::SystemTrace {
                file: name.to_owned(),
                source,
            })?)
        }
    };
    let reporter = Arc::clone(reporter);
    let pid = std::process::id();
    Ok(move |op: &str, path: &Path| {
        use std::io::Write;
        let line = format!("{pid} gofsystrace {op} {}\n", path.display());
        match &file {
            Some(file) => drop((&*file).write_all(line.as_bytes())),
            None => reporter.trace(&line),
        }
    })
}
