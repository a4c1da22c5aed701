//! What every part of a load works with.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::config::LoadConfig;
use crate::dir::{Chooser, Indexer, SelectMode};
use crate::graph::godebug::GodebugTable;
use crate::graph::universe::Resolver;
use crate::resolve::gopath::Gopath;
use crate::resolve::modules::ModuleResolver;
use crate::resolve::std::Std;
use crate::source::ModuleSource;
use gust_modules::Requirements;

/// The configuration and the doors made from it.
pub(crate) struct Env {
    pub(crate) config: LoadConfig,
    pub(crate) indexer: Arc<Indexer>,
    pub(crate) resolver: Resolver,
    pub(crate) chooser: Chooser,
    godebug: OnceLock<GodebugTable>,
    ignored: Mutex<Vec<PathBuf>>,
}

impl Env {
    pub(crate) fn new(config: LoadConfig) -> Env {
        let view = config.view.clone();
        let indexer = Arc::new(Indexer::new(
            view.clone(),
            config.state_dir.as_deref(),
            config.module_cache.as_deref(),
        ));
        let resolver = match &config.modules {
            Some(modules) => Resolver::Modules(ModuleResolver {
                source: Arc::new(ModuleSource::new(
                    Arc::clone(modules),
                    Arc::clone(modules.stated()),
                    config.needs,
                )),
                std: Std::new(
                    &config.goroot,
                    config.fips.clone(),
                    view.clone(),
                    indexer.clone(),
                ),
                view,
                indexer: indexer.clone(),
                bin_dir: bin_dir(&config).map(Arc::from),
            }),
            None => Resolver::Gopath(Gopath {
                view,
                indexer: indexer.clone(),
                goroot: Arc::from(&*config.goroot),
                entries: config.gopath.iter().map(|e| Arc::from(&**e)).collect(),
                gobin: config.gobin.clone(),
                fips: config.fips.clone(),
                pkg_dir: pkg_dir(&config),
            }),
        };
        let gopath = config.modules.is_none();
        let mode = SelectMode {
            modules: !gopath,
            import_comments: gopath,
            ..SelectMode::default()
        };
        let chooser = Chooser::new(config.context.clone(), mode, config.needs.tests);
        Env {
            config,
            indexer,
            resolver,
            chooser,
            godebug: OnceLock::new(),
            ignored: Mutex::default(),
        }
    }

    /// The directory that a walk through GOROOT/src leaves out, and the one that stands in for it.
    pub(crate) fn binding(&self) -> Option<(PathBuf, PathBuf)> {
        let src = self.config.goroot.join("src");
        self.config.fips.as_ref().map(|fips| fips.binding(&src))
    }

    /// From now on, packages are looked for with these requirements.
    pub(crate) fn set_requirements(&mut self, requirements: &Arc<Requirements>) {
        if let Resolver::Modules(modules) = &mut self.resolver {
            *modules = modules.with_requirements(requirements, self.config.needs);
        }
    }

    /// The release's table of GODEBUG settings, read when first asked for.
    pub(crate) fn godebug(&self) -> &GodebugTable {
        self.godebug.get_or_init(|| {
            GodebugTable::read(&self.config.view, &self.config.goroot, &self.config.release)
        })
    }

    /// A pattern passes the directory over, because go.mod says so.
    pub(crate) fn note_ignored(&self, dir: PathBuf) {
        if self.config.show_ignored {
            self.ignored
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(dir);
        }
    }

    /// What -x says about such directories.
    pub(crate) fn take_ignored(&self) -> Vec<String> {
        let mut dirs =
            std::mem::take(&mut *self.ignored.lock().unwrap_or_else(PoisonError::into_inner));
        dirs.sort_unstable();
        dirs.iter()
            .map(|dir| format!("# ignoring directory {}", dir.display()))
            .collect()
    }

    pub(crate) fn modules_on(&self) -> bool {
        matches!(self.resolver, Resolver::Modules(_))
    }
}

/// Where programs of modules are installed: GOBIN, or bin of the first GOPATH entry.
pub(crate) fn bin_dir(config: &LoadConfig) -> Option<PathBuf> {
    config
        .gobin
        .clone()
        .or_else(|| config.gopath.first().map(|e| e.join("bin")))
}

/// `pkg/linux_amd64`, below a GOPATH entry.
pub(crate) fn pkg_dir(config: &LoadConfig) -> String {
    let cx = &config.context;
    let suffix = if cx.install_suffix.is_empty() {
        String::new()
    } else {
        format!("_{}", cx.install_suffix)
    };
    format!("pkg/{}_{}{suffix}", cx.goos, cx.goarch)
}
