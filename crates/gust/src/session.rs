//! One command's surroundings, made when first asked for: settings, the door to the disk, the network, caches, work directory.

use crate::cli::Request;
use crate::flags::Flags;
use crate::signals::Watch;
use crate::ui::{Failure, Ui};
use crate::{modules, network, process, release};
use gust_cache::Cache;
use gust_fetch::{Config, Fetcher};
use gust_fs::{Overlay, OverlayError, View};
use gust_modules::{ModuleSettings, Modules};
use gust_toolchain::Settings;
use gust_toolchain::compiler::Compilers;
use gust_toolchain::memo::Memo;
use gust_toolchain::release::{NoReleaseError, has_auto, has_path, newer, path_releases};
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a command has in its hands.
pub(crate) struct Session {
    request: Request,
    settings: Arc<Settings>,
    ui: Ui,
    view: OnceCell<Arc<View>>,
    fetcher: OnceCell<Arc<Fetcher>>,
    modules: OnceCell<Option<Arc<Modules>>>,
    cache: OnceCell<Arc<Cache>>,
    memo: OnceCell<Arc<Memo>>,
    compilers: OnceCell<Compilers>,
    watch: OnceCell<Watch>,
}

impl Session {
    /// A session for one request.
    pub(crate) fn new(request: Request, settings: Settings, ui: Ui) -> Session {
        Session {
            request,
            settings: Arc::new(settings),
            ui,
            view: OnceCell::new(),
            fetcher: OnceCell::new(),
            modules: OnceCell::new(),
            cache: OnceCell::new(),
            memo: OnceCell::new(),
            compilers: OnceCell::new(),
            watch: OnceCell::new(),
        }
    }

    /// The flags that were given, GOFLAGS included.
    pub(crate) fn flags(&self) -> &Flags {
        &self.request.flags
    }

    /// The arguments after the flags.
    pub(crate) fn args(&self) -> &[String] {
        &self.request.args
    }

    /// The request as a whole.
    pub(crate) fn request(&self) -> &Request {
        &self.request
    }

    /// Every setting.
    pub(crate) fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// Where to print.
    pub(crate) fn ui(&self) -> &Ui {
        &self.ui
    }

    /// Whether GOFLAGS has the flag, such as "-mod".
    pub(crate) fn in_goflags(&self, flag: &str) -> bool {
        let flag = flag.trim_start_matches('-');
        self.request
            .goflags
            .iter()
            .any(|word| gust_text::flags::goflag_name(word) == Some(flag))
    }

    /// The door to the disk for sources and modules: -overlay is in force, digests are remembered between runs.
    pub(crate) fn view(&self) -> Result<&Arc<View>, Failure> {
        if let Some(view) = self.view.get() {
            return Ok(view);
        }
        let mut view = View::new(self.overlay()?);
        if let Some(dir) = self.settings.state_dir() {
            view = view.with_state_dir(&dir);
        }
        if self.settings.godebug_value("gofsystrace") == "1" {
            view = view.with_trace(crate::ui::system_trace(
                self.settings.godebug_value("gofsystracelog"),
            )?);
        }
        Ok(self.view.get_or_init(|| Arc::new(view)))
    }

    fn overlay(&self) -> Result<Overlay, Failure> {
        let file = self.flags().text("overlay");
        if file.is_empty() {
            return Ok(Overlay::none());
        }
        let path = PathBuf::from(file);
        match self.settings.view().read(&path) {
            Ok(json) => Ok(Overlay::parse(&json, self.settings.cwd())?),
            Err(err) => Err(OverlayError::Read { path, err }.into()),
        }
    }

    /// What the fetcher is to be told, for commands that change something in it.
    pub(crate) fn fetch_config(&self) -> Config {
        network::config(&self.settings, self.flags())
    }

    /// The network and the module cache, with the usual configuration.
    pub(crate) fn fetcher(&self) -> Result<&Arc<Fetcher>, Failure> {
        self.fetcher_with(self.fetch_config())
    }

    /// The network and the module cache; the first to ask says how.
    pub(crate) fn fetcher_with(&self, config: Config) -> Result<&Arc<Fetcher>, Failure> {
        let view = self.view()?;
        Ok(self
            .fetcher
            .get_or_init(|| Arc::new(network::fetcher(config, view))))
    }

    /// The modules that the command works with; none in GOPATH mode. Loaded once, with the settings of the command's kind.
    pub(crate) fn modules(&self) -> Result<Option<&Arc<Modules>>, Failure> {
        if let Some(modules) = self.modules.get() {
            return Ok(modules.as_ref());
        }
        self.modules_with(modules::settings(self)?)
    }

    /// As [`Session::modules`], with settings of the command's own making; the first to ask says which.
    pub(crate) fn modules_with(
        &self,
        settings: ModuleSettings,
    ) -> Result<Option<&Arc<Modules>>, Failure> {
        if self.modules.get().is_none() {
            let loaded = modules::load(self, settings)?;
            let _ = self.modules.set(loaded);
        }
        Ok(self.modules.get().and_then(Option::as_ref))
    }

    /// The build cache's directory, which must be one.
    pub(crate) fn build_cache_dir(&self) -> Result<&Path, Failure> {
        let dir = self.settings.gocache().map_err(|why| {
            Failure::plain(format!(
                "build cache is required, but could not be located: {why}"
            ))
        })?;
        if dir == Path::new("off") {
            return Err(Failure::plain(
                "build cache is disabled by GOCACHE=off, but required as of Go 1.12",
            ));
        }
        Ok(dir)
    }

    /// Go's build cache.
    pub(crate) fn cache(&self) -> Result<&Arc<Cache>, Failure> {
        if let Some(cache) = self.cache.get() {
            return Ok(cache);
        }
        let cache = Cache::open(self.build_cache_dir()?).map_err(Failure::plain)?;
        Ok(self.cache.get_or_init(|| Arc::new(cache)))
    }

    /// What tools and compilers answered before.
    pub(crate) fn memo(&self) -> &Arc<Memo> {
        self.memo.get_or_init(|| {
            Arc::new(
                self.settings
                    .state_dir()
                    .map_or_else(Memo::in_memory, |dir| Memo::open(&dir)),
            )
        })
    }

    /// C compilers and what is known of them. The work directory that their flags hide need not be there.
    pub(crate) fn compilers(&self) -> &Compilers {
        self.compilers.get_or_init(|| {
            let workdir = self
                .settings
                .gotmpdir()
                .join(format!("go-build{}", process::unlikely_number()));
            Compilers::new(
                Arc::clone(self.memo()),
                workdir.to_string_lossy().into_owned(),
            )
        })
    }

    /// The watch over ^C. Asked for before anything is made that must not stay behind.
    pub(crate) fn watch(&self) -> &Watch {
        self.watch.get_or_init(Watch::start)
    }

    /// What stands behind `requires go >= 1.99 (running go 1.26` in errors about modules that are too new.
    pub(crate) fn too_new_explanation(&self) -> String {
        self.request.startup.explain(&self.settings)
    }

    /// Whether GOTOOLCHAIN allows another release than the one that is running.
    pub(crate) fn can_switch(&self) -> bool {
        has_auto(&self.settings) || has_path(&self.settings)
    }

    /// A module needs a newer release: start again as one, where GOTOOLCHAIN allows. Gives back what to fail with; `errors` are the
    /// errors that came to this, `what` needs `version`.
    pub(crate) fn switch(&self, what: &str, version: &str, errors: Failure) -> Failure {
        let settings = &self.settings;
        if !self.can_switch() {
            return errors;
        }
        match self.newer_release(version) {
            Ok(toolchain) => {
                self.ui.note(format_args!(
                    "go: {what} requires go >= {version}; switching to {toolchain}"
                ));
                release::restart_as(&self.ui, settings, &toolchain, &self.request.argv)
            }
            Err(why) => {
                let mut failure = errors;
                failure
                    .lines
                    .push(format!("go: switching to go >= {version}: {why}"));
                failure
            }
        }
    }

    fn newer_release(&self, version: &str) -> Result<String, String> {
        let list = if has_auto(&self.settings) {
            let fetcher = self.fetcher().map_err(|failure| failure.lines.join("\n"))?;
            fetcher
                .versions("go", "")
                .map_err(|error| error.to_string())?
                .list
        } else {
            path_releases(&self.settings)
        };
        newer(version, &list)
            .map_err(|NoReleaseError(_)| NoReleaseError(version.to_owned()).to_string())
    }

    /// Ends well: what was learned is written.
    pub(crate) fn close(self) -> u8 {
        if let Some(view) = self.view.get() {
            let _ = view.flush();
        }
        if let Some(memo) = self.memo.get() {
            memo.flush();
        }
        self.ui.code()
    }
}
