//! gust-modules, asked as the loader asks.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gust_fs::View;
use gust_modules::{InfoMode, ModFlag, Modules, ModulesError, RootMode};
use gust_syntax::module::{ModuleVersion, check_import_path};

use super::{Candidate, Listed, Loaded, MainModule, ModuleSource, Reach, RootError, VendorTree};
use crate::model::ModulePublic;

/// The modules of a command as a source of packages.
pub struct FromModules {
    modules: Arc<Modules>,
    view: Arc<View>,
    mains: Vec<MainModule>,
    vendor: Option<VendorTree>,
    shown: Mutex<HashMap<ModuleVersion, Shown>>,
    unlisted: Mutex<Vec<String>>,
}

type Shown = Result<Option<Arc<ModulePublic>>, String>;

impl FromModules {
    /// Takes what the loader asks often from the modules.
    pub fn new(modules: Arc<Modules>, view: Arc<View>) -> FromModules {
        let of_file = modules.main_modules().iter();
        let mains = of_file.filter(|m| !m.dir.as_os_str().is_empty()).map(|m| {
            let file = m.file.as_ref();
            MainModule {
                path: m.module.path.to_string(),
                prefix: m.prefix.clone(),
                dir: m.dir.clone(),
                in_goroot_src: m.in_goroot_src,
                ignore: file.map_or(Vec::new(), |f| {
                    f.ignore.iter().map(|i| i.path.clone()).collect()
                }),
                tools: file.map_or(Vec::new(), |f| {
                    f.tool.iter().map(|t| t.path.as_str().into()).collect()
                }),
            }
        });
        let mains = mains.collect();
        let vendor = modules.vendor().map(|v| VendorTree { dir: v.dir.clone() });
        FromModules {
            modules,
            view,
            mains,
            vendor,
            shown: Mutex::default(),
            unlisted: Mutex::default(),
        }
    }

    /// The modules behind it.
    pub fn modules(&self) -> &Arc<Modules> {
        &self.modules
    }

    fn show(&self, module: &ModuleVersion, main: bool) -> Shown {
        if !main && self.modules.mode() != ModFlag::Vendor {
            // The go version that the package is compiled for stands in its module's go.mod.
            self.modules.go_mod(module).map_err(|e| e.to_string())?;
        }
        let requirements = self.modules.requirements();
        let info = self
            .modules
            .module_info(Some(&requirements), module, InfoMode::default());
        Ok(Some(Arc::new(info)))
    }

    fn candidate_of(
        &self,
        module: ModuleVersion,
        place: Result<gust_modules::provide::Place, ModulesError>,
    ) -> Candidate {
        let main = module.version.is_empty() && self.mains.iter().any(|m| *m.path == *module.path);
        let local = place.as_ref().is_ok_and(|p| p.local);
        let root = place.map(|p| p.dir).map_err(|e| RootError {
            missing_sum: e.is_missing_sum(),
            text: e.to_string(),
        });
        Candidate {
            path: module.path.to_string(),
            version: module.version.to_string(),
            root,
            local,
            main,
        }
    }
}

fn version_of(module: &Listed) -> ModuleVersion {
    ModuleVersion::new(module.path.as_str(), module.version.as_str())
}

/// The error's text; several errors each with the prefix that the first will be printed with.
fn lines(error: ModulesError) -> String {
    match error {
        ModulesError::Several(errors) => {
            let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
            texts.join("\ngo: ")
        }
        error => error.to_string(),
    }
}

impl ModuleSource for FromModules {
    fn mains(&self) -> &[MainModule] {
        &self.mains
    }

    fn has_root(&self) -> bool {
        self.modules.has_root()
    }

    fn in_workspace(&self) -> bool {
        self.modules.workspace().is_some()
    }

    fn vendor(&self) -> Option<&VendorTree> {
        self.vendor.as_ref()
    }

    fn vendored_by(&self, path: &str) -> Option<Option<Candidate>> {
        let vendor = self.modules.vendor()?;
        match vendor.list.packages.get(path) {
            Some(module) => Some(Some(Candidate {
                path: module.path.to_string(),
                version: module.version.to_string(),
                root: Ok(vendor.dir.clone()),
                local: false,
                main: false,
            })),
            // Before go 1.23, what modules.txt does not list could be imported all the same.
            None if gust_syntax::gover::compare(&self.go_version(), "1.23").is_lt() => Some(None),
            None => None,
        }
    }

    fn vendor_lists(&self, path: &str) -> bool {
        self.modules
            .vendor()
            .is_some_and(|v| v.list.packages.contains_key(path))
    }

    fn warn_unlisted(&self, path: &str) {
        let mut unlisted = self.unlisted.lock().unwrap_or_else(PoisonError::into_inner);
        unlisted.push(path.to_owned());
    }

    fn warnings(&self) -> Vec<String> {
        let mut unlisted = self.unlisted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut paths = std::mem::take(&mut *unlisted);
        paths.sort_unstable();
        paths.dedup();
        let command = if self.in_workspace() { "work" } else { "mod" };
        let text = |path: String| {
            format!(
                "go: ignoring package {path} which exists in the vendor directory but is missing from vendor/modules.txt. To sync the vendor directory run go {command} vendor."
            )
        };
        paths.into_iter().map(text).collect()
    }

    fn candidates(&self, path: &str, reach: Reach) -> Result<Vec<Candidate>, String> {
        let reach = match reach {
            Reach::Roots => gust_modules::Reach::Roots,
            Reach::Graph => gust_modules::Reach::Graph,
        };
        let providers = self
            .modules
            .providers(path, reach)
            .map_err(|e| e.to_string())?;
        Ok(providers
            .into_iter()
            .map(|p| self.candidate_of(p.module, p.place))
            .collect())
    }

    fn build_list(&self) -> (Vec<Listed>, Option<String>) {
        let (list, problem) = self.modules.build_list();
        let listed = |m: ModuleVersion| Listed {
            main: m.version.is_empty() && self.mains.iter().any(|x| *x.path == *m.path),
            path: m.path.to_string(),
            version: m.version.to_string(),
        };
        let real = |m: &ModuleVersion| {
            let stand_in = m.version.is_empty() && !self.mains.iter().any(|x| *x.path == *m.path);
            !gust_syntax::gover::is_toolchain_module(&m.path) && !stand_in
        };
        (
            list.into_iter().filter(real).map(listed).collect(),
            problem.map(|e| e.to_string()),
        )
    }

    fn candidate(&self, module: &Listed) -> Candidate {
        let module = version_of(module);
        let place = self.modules.place(&module);
        self.candidate_of(module, place)
    }

    fn present_dir(&self, module: &Listed) -> Option<PathBuf> {
        if module.main {
            return None;
        }
        let module = version_of(module);
        let actual = self.modules.resolve(&module);
        if actual.version.is_empty() {
            return self.modules.place(&module).ok().map(|p| p.dir);
        }
        self.modules
            .fetcher()
            .cached_dir(&actual.path, &actual.version)
    }

    fn ignored(&self, module: &Listed) -> Vec<String> {
        if let Some(main) = self
            .mains
            .iter()
            .find(|m| module.main && m.path == module.path)
        {
            return main.ignore.clone();
        }
        self.modules
            .go_mod(&version_of(module))
            .map(|m| m.ignore.clone())
            .unwrap_or_default()
    }

    fn module_info(&self, module: &Candidate) -> Shown {
        let key = ModuleVersion::new(module.path.as_str(), module.version.as_str());
        let known = |this: &Self| {
            let shown = this.shown.lock().unwrap_or_else(PoisonError::into_inner);
            shown.get(&key).cloned()
        };
        if let Some(shown) = known(self) {
            return shown;
        }
        let made = self.show(&key, module.main);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.entry(key).or_insert(made).clone()
    }

    fn settle(&self, loaded: &Loaded) -> Result<bool, String> {
        let modules = |list: &[(String, String)]| -> Vec<ModuleVersion> {
            let module = |(path, version): &(String, String)| {
                ModuleVersion::new(path.as_str(), version.as_str())
            };
            list.iter().map(module).collect()
        };
        let text = |err: ModulesError| err.to_string();
        let (needed, direct) = (modules(&loaded.needed), modules(&loaded.direct));
        let changed = self.modules.settle(&needed, &direct).map_err(text)?
            || self.modules.add_missing(&loaded.missing).map_err(text)?;
        if changed {
            let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            shown.clear();
        }
        Ok(changed)
    }

    fn fatal(&self) -> Option<String> {
        self.modules.fatal().map(str::to_owned)
    }

    fn finish(&self) -> Result<(), String> {
        self.modules.check_shared_replacements().map_err(lines)?;
        self.modules.commit().map_err(|err| err.to_string())
    }

    fn check_import_path(&self, path: &str) -> Result<(), String> {
        check_import_path(path).map_err(|e| e.to_string())
    }

    fn no_main_module(&self) -> String {
        self.modules.no_main_module().to_string()
    }

    fn go_version_for(&self, module: Option<&ModulePublic>) -> String {
        match module {
            Some(m) if self.modules.settings().root == RootMode::Ignored => {
                match m.go_version.as_str() {
                    "" => "1.20".to_owned(),
                    version => version.to_owned(),
                }
            }
            _ => self.go_version(),
        }
    }

    fn go_version(&self) -> String {
        self.modules.go_version()
    }

    fn godebug_lines(&self) -> Vec<(String, String, String)> {
        self.modules.godebug_lines()
    }

    fn godebug(&self) -> Vec<(String, String)> {
        self.modules.godebug()
    }

    fn explain_unfound(&self, path: &str, importer: Option<&str>) -> String {
        self.modules.explain_missing(path, importer).to_string()
    }

    fn is_root(&self, path: &str, version: &str) -> bool {
        self.modules.is_explicit(&ModuleVersion::new(path, version))
    }

    fn module_root_of(&self, dir: &Path) -> Option<PathBuf> {
        gust_modules::locate::module_root(&self.view, dir)
    }
}
