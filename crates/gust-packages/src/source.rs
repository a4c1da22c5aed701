//! The modules that one load takes packages from, with the requirements that it was given.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use gust_fs::once::OnceMap;
use gust_modules::explain::MissingPackage;
use gust_modules::provide::Place;
use gust_modules::{
    BuildList, InfoMode, MainModule, ModFlag, ModulePublic, Modules, ModulesError, Reach,
    Requirements, RootMode,
};
use gust_syntax::gover;
use gust_syntax::module::ModuleVersion;

use crate::config::Needs;
use crate::model::PackageModule;

/// Modules at given requirements. What is asked often is answered once.
pub(crate) struct ModuleSource {
    pub(crate) modules: Arc<Modules>,
    start: Arc<Requirements>,
    needs: Needs,
    list: OnceLock<BuildList>,
    shown: OnceMap<ModuleVersion, Shown>,
    unlisted: Mutex<Vec<String>>,
}

type Shown = Result<Arc<PackageModule>, ModulesError>;

/// A module whose path is a prefix of an import path.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// At its selected version.
    pub(crate) module: ModuleVersion,
    /// Where its files are, replacements followed; or why they cannot be had.
    pub(crate) place: Result<Place, ModulesError>,
    /// A main module.
    pub(crate) main: bool,
}

impl Candidate {
    /// A main module, as a provider of packages.
    pub(crate) fn main(main: &MainModule) -> Candidate {
        Candidate {
            module: main.module.clone(),
            place: Ok(Place {
                dir: main.dir.clone(),
                local: true,
            }),
            main: true,
        }
    }
}

/// Who vendored a package.
pub(crate) enum Vendored {
    /// This module, by modules.txt.
    By(Candidate),
    /// modules.txt does not list it; old as the main module is, it may be imported all the same.
    Tolerated,
    /// modules.txt does not list it.
    Unlisted,
}

impl ModuleSource {
    /// `needs` says what of modules is wanted.
    pub(crate) fn new(
        modules: Arc<Modules>,
        requirements: Arc<Requirements>,
        needs: Needs,
    ) -> ModuleSource {
        ModuleSource {
            modules,
            start: requirements,
            needs,
            list: OnceLock::new(),
            shown: OnceMap::default(),
            unlisted: Mutex::default(),
        }
    }

    /// The requirements that packages are looked for with: those that it was made with, or, once somebody has asked for the build
    /// list, those that this is for.
    pub(crate) fn requirements(&self) -> &Arc<Requirements> {
        let list = self.list.get().filter(|list| list.error.is_none());
        list.map_or(&self.start, |list| &list.requirements)
    }

    /// Main modules, in go's order; none where there is only a stand-in.
    pub(crate) fn mains(&self) -> impl Iterator<Item = &MainModule> {
        let mains = self.modules.main_modules().iter();
        mains.filter(|main| !main.dir.as_os_str().is_empty())
    }

    fn main(&self, module: &ModuleVersion) -> Option<&MainModule> {
        let mut mains = self.mains().filter(|_| module.version.is_empty());
        mains.find(|main| main.module.path == module.path)
    }

    /// The vendor directory, if everything is to come from it.
    pub(crate) fn vendor_dir(&self) -> Option<&Path> {
        self.modules.vendor().map(|vendor| &*vendor.dir)
    }

    /// Who vendored the package.
    pub(crate) fn vendored(&self, path: &str) -> Vendored {
        let vendor = self.modules.vendor();
        let listed = vendor.and_then(|vendor| Some((vendor, vendor.list.packages.get(path)?)));
        match listed {
            Some((vendor, module)) => Vendored::By(Candidate {
                module: module.clone(),
                place: Ok(Place {
                    dir: vendor.dir.clone(),
                    local: false,
                }),
                main: false,
            }),
            None if gover::compare(&self.modules.go_version(), "1.23").is_lt() => {
                Vendored::Tolerated
            }
            None => Vendored::Unlisted,
        }
    }

    /// Does modules.txt list the package?
    pub(crate) fn vendor_lists(&self, path: &str) -> bool {
        let vendor = self.modules.vendor();
        vendor.is_some_and(|vendor| vendor.list.packages.contains_key(path))
    }

    /// Notes that a package in the vendor directory was passed over.
    pub(crate) fn warn_unlisted(&self, path: &str) {
        let mut unlisted = self.unlisted.lock().unwrap_or_else(PoisonError::into_inner);
        unlisted.push(path.to_owned());
    }

    /// Warnings that came up since they were last asked for.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let mut unlisted = self.unlisted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut paths = std::mem::take(&mut *unlisted);
        paths.sort_unstable();
        paths.dedup();
        let command = match self.modules.workspace() {
            Some(_) => "work",
            None => "mod",
        };
        let text = |path: String| {
            format!(
                "go: ignoring package {path} which exists in the vendor directory but is missing from vendor/modules.txt. To sync the vendor directory run go {command} vendor."
            )
        };
        paths.into_iter().map(text).collect()
    }

    /// Modules whose path is a prefix of the import path, longest first. An error is one of the module graph.
    pub(crate) fn candidates(
        &self,
        path: &str,
        reach: Reach,
    ) -> Result<Vec<Candidate>, ModulesError> {
        let providers = self
            .modules
            .providers(self.requirements(), path, reach)?
            .into_iter();
        let candidate = |provider: gust_modules::Provider| Candidate {
            main: self.main(&provider.module).is_some(),
            module: provider.module,
            place: provider.place,
        };
        Ok(providers.map(candidate).collect())
    }

    /// All modules of the build list, main ones first; and why it may be incomplete.
    pub(crate) fn build_list(
        &self,
    ) -> (impl Iterator<Item = &ModuleVersion>, Option<&ModulesError>) {
        let list = self
            .list
            .get_or_init(|| self.modules.build_list(&self.start));
        let real = |module: &&ModuleVersion| {
            let stand_in = module.version.is_empty() && self.main(module).is_none();
            !gover::is_toolchain_module(&module.path) && !stand_in
        };
        (list.modules.iter().filter(real), list.error.as_ref())
    }

    /// A module of the build list with its files, which are downloaded if need be.
    pub(crate) fn candidate(&self, module: &ModuleVersion) -> Candidate {
        Candidate {
            place: self.modules.place(module),
            main: self.main(module).is_some(),
            module: module.clone(),
        }
    }

    /// The directory of a dependency, if that is on this machine.
    pub(crate) fn present_dir(&self, module: &ModuleVersion) -> Option<PathBuf> {
        if self.main(module).is_some() {
            return None;
        }
        let actual = self.modules.resolve(module);
        if actual.version.is_empty() {
            return self.modules.place(module).ok().map(|place| place.dir);
        }
        let fetcher = self.modules.fetcher();
        fetcher.cached_dir(&actual.path, &actual.version)
    }

    /// `ignore` lines of its go.mod.
    pub(crate) fn ignored(&self, module: &ModuleVersion) -> Vec<String> {
        if let Some(main) = self.main(module) {
            return main.ignored();
        }
        let go_mod = self.modules.go_mod(module);
        go_mod.map(|file| file.ignore.clone()).unwrap_or_default()
    }

    /// The module as packages have it. Of a dependency, its go.mod is read to be sure.
    pub(crate) fn module_info(&self, candidate: &Candidate) -> Shown {
        self.shown.get_or_init(&candidate.module, || {
            let is_read = !candidate.main && self.modules.mode() != ModFlag::Vendor;
            if is_read && self.needs.go_mods {
                // The go version that the package is compiled for stands in its module's go.mod.
                self.modules.go_mod(&candidate.module)?;
            }
            if self.needs.bare_modules {
                return Ok(Arc::new(PackageModule::new(ModulePublic {
                    path: candidate.module.path.to_string(),
                    version: candidate.module.version.to_string(),
                    main: candidate.main,
                    ..ModulePublic::default()
                })));
            }
            let (requirements, mode) = (self.requirements(), InfoMode::default());
            let modules = &self.modules;
            let info = modules.module_info(Some(requirements), &candidate.module, mode);
            Ok(Arc::new(PackageModule::new(info)))
        })
    }

    /// The go version that decides a program's defaults: that of the main module or workspace. Without a main module
    /// (`go run x@version`) the version of the program's own module counts.
    pub(crate) fn go_version_for(&self, module: Option<&PackageModule>) -> String {
        match module {
            Some(module) if self.modules.settings().root == RootMode::Ignored => {
                match module.go_version.as_str() {
                    "" => "1.20".to_owned(),
                    version => version.to_owned(),
                }
            }
            _ => self.modules.go_version(),
        }
    }

    /// Why no module provides the package. `importer` is the main module from which the import chain comes.
    pub(crate) fn explain(&self, path: &str, importer: Option<&str>) -> MissingPackage {
        let modules = &self.modules;
        modules.explain_missing(self.requirements(), path, importer)
    }

    /// Is the module required by go.mod itself, as `-mod=readonly` wants of direct imports?
    pub(crate) fn is_root(&self, module: &PackageModule) -> bool {
        let module = ModuleVersion::new(module.path.as_str(), module.version.as_str());
        self.modules.is_explicit(self.requirements(), &module)
    }
}
