//! What is shown of a module: the fields of `go list -m -json`, and of a package's Module.

use std::path::Path;

use gust_syntax::gover;
use gust_syntax::module::ModuleVersion;

use crate::Modules;
use crate::error::ModulesError;
use crate::public::{ModuleError, ModulePublic};
use crate::query::{Allow, merge_origins};
use crate::requirements::Requirements;
use crate::settings::ModFlag;

/// What is asked beside the plain facts; most of it needs the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InfoMode {
    /// A later version (-u).
    pub update: bool,
    /// Retractions (-retracted, -u).
    pub retracted: bool,
    /// Deprecation (-u).
    pub deprecated: bool,
    /// All versions (-versions).
    pub versions: bool,
    /// Retracted versions among them (-retracted -versions).
    pub retracted_versions: bool,
}

impl InfoMode {
    /// Is anything asked?
    pub fn is_plain(self) -> bool {
        self == Self::default()
    }
}

impl Modules {
    /// What is shown of a module of the graph; of any module version, without `requirements`.
    pub fn module_info(
        &self,
        requirements: Option<&Requirements>,
        module: &ModuleVersion,
        mode: InfoMode,
    ) -> ModulePublic {
        if module.version.is_empty()
            && let Some(main) = self.main(&module.path)
        {
            let go_version = match (&main.file, self.work.is_some()) {
                (Some(file), false) => file.go_version(),
                // In a workspace, a file without a go line has no version at all.
                (Some(_), true) => main.go_line(),
                (None, _) => &self.go_version(),
            };
            let shown = |path: &Path| path.display().to_string();
            let has_dir = !main.dir.as_os_str().is_empty();
            return ModulePublic {
                path: module.path.to_string(),
                main: true,
                go_version: go_version.to_owned(),
                dir: if has_dir {
                    shown(&main.dir)
                } else {
                    String::new()
                },
                go_mod: match &self.settings.modfile {
                    Some(file) => file.clone(),
                    None if has_dir => shown(&main.go_mod),
                    None => String::new(),
                },
                ..ModulePublic::default()
            };
        }
        let mut info = ModulePublic {
            path: module.path.to_string(),
            version: module.version.to_string(),
            indirect: requirements.is_some_and(|r| !r.direct.contains(&module.path)),
            ..ModulePublic::default()
        };
        let vendored = self
            .vendor
            .as_ref()
            .and_then(|vendor| vendor.list.meta.get(module));
        if let Some(meta) = vendored {
            info.go_version.clone_from(&meta.go_version);
        }
        let Some(requirements) = requirements else {
            self.complete(None, &mut info, mode);
            return info;
        };
        let Some(replacement) = self.replacement(module) else {
            if self.mode != ModFlag::Vendor {
                self.complete(Some(requirements), &mut info, mode);
            }
            return info;
        };
        let mut replace = ModulePublic {
            path: replacement.path.to_string(),
            version: replacement.version.to_string(),
            go_version: info.go_version.clone(),
            ..ModulePublic::default()
        };
        if replacement.version.is_empty() {
            let dir = self.replacement_dir(&replacement.path);
            replace.go_mod = dir.join("go.mod").display().to_string();
            replace.dir = dir.display().to_string();
        }
        if self.mode != ModFlag::Vendor {
            self.complete(Some(requirements), &mut replace, mode);
            info.dir.clone_from(&replace.dir);
            info.go_mod.clone_from(&replace.go_mod);
            info.retracted.clone_from(&replace.retracted);
        }
        info.go_version.clone_from(&replace.go_version);
        info.replace = Some(Box::new(replace));
        info
    }

    /// Fills in what the module cache knows.
    fn complete(
        &self,
        requirements: Option<&Requirements>,
        info: &mut ModulePublic,
        mode: InfoMode,
    ) {
        if gover::is_toolchain_module(&info.path) {
            return;
        }
        let asked = ModuleVersion::new(info.path.as_str(), info.version.as_str());
        if !info.version.is_empty() {
            match self.query(&info.path, &info.version, "", Allow::All) {
                Err(err) => info.error = Some(shown(&err)),
                Ok(found) => {
                    info.version = found.version;
                    info.time = Some(found.time);
                }
            }
        }
        let current = ModuleVersion::new(info.path.as_str(), info.version.as_str());
        let sum_ok = |suffix: &str| {
            requirements.is_none()
                || current.version.is_empty()
                || !self.must_have_sums()
                || self.have_sum(&current, suffix).unwrap_or(false)
        };
        if info.go_version.is_empty()
            && sum_ok("/go.mod")
            && let Ok(go_mod) = self.raw_go_mod(&asked)
        {
            info.go_version.clone_from(&go_mod.go_version);
        }
        if info.version.is_empty() {
            return;
        }
        let sums = self.fetcher.sums();
        if sum_ok("/go.mod") {
            let file = self.fetcher.file(&asked.path, &asked.version, "mod").ok();
            if let Some(file) = file.filter(|file| self.view.is_file(file)) {
                info.go_mod = file.display().to_string();
            }
            let recorded = sums.recorded(&asked.path, &format!("{}/go.mod", asked.version));
            info.go_mod_sum = recorded.unwrap_or_default();
        }
        if sum_ok("") {
            if let Some(dir) = self.fetcher.cached_dir(&asked.path, &asked.version) {
                info.dir = dir.display().to_string();
            }
            info.sum = sums
                .recorded(&asked.path, &asked.version)
                .unwrap_or_default();
        }
        if mode.retracted {
            let module = ModuleVersion::new(info.path.as_str(), info.version.as_str());
            let mut errors = FirstError(info.error.take());
            self.show_retraction(info, &module, &mut errors);
            info.error = errors.0;
        }
    }

    /// Fills in what else was asked. Of several errors the first is shown.
    pub(crate) fn extend_info(&self, info: &mut ModulePublic, mode: InfoMode) {
        let module = ModuleVersion::new(info.path.as_str(), info.version.as_str());
        let is_main = module.version.is_empty();
        let mut errors = FirstError(info.error.take());
        if mode.update && !is_main {
            info.update = errors.take(self.later(&module)).flatten().map(Box::new);
        }
        if mode.versions {
            let allow = match mode.retracted_versions {
                true => Allow::NotExcluded,
                false => Allow::Good,
            };
            let found = errors.take(self.versions(&info.path, allow));
            let (list, origin) = found.unwrap_or_default();
            info.versions = list;
            info.origin = merge_origins(info.origin.as_ref(), origin.as_ref());
        }
        if mode.retracted {
            self.show_retraction(info, &module, &mut errors);
        }
        if mode.deprecated {
            let notice = errors.take(unless_absent(self.deprecation(&module)));
            info.deprecated = notice.flatten().unwrap_or_default();
        }
        info.error = errors.0;
    }

    /// A version after this one that may be used.
    fn later(&self, module: &ModuleVersion) -> Result<Option<ModulePublic>, ModulesError> {
        let newest = match self.query(&module.path, "upgrade", &module.version, Allow::Good) {
            Err(err) if err.is_disallowed() => None,
            answer => unless_absent(answer)?,
        };
        let is_later =
            |version: &str| gover::mod_compare(&module.path, version, &module.version).is_gt();
        let newest = newest.filter(|found| is_later(&found.version));
        Ok(newest.map(|found| ModulePublic {
            path: module.path.to_string(),
            version: found.version,
            time: Some(found.time),
            ..ModulePublic::default()
        }))
    }

    /// Why the version was taken back, if it was.
    fn show_retraction(
        &self,
        info: &mut ModulePublic,
        module: &ModuleVersion,
        errors: &mut FirstError,
    ) {
        if module.version.is_empty() {
            return;
        }
        let Err(err) = self.check_retracted(module) else {
            return;
        };
        match retraction_of(&err) {
            Some([]) => info.retracted = vec!["retracted by module author".to_owned()],
            Some(rationale) => info.retracted = rationale.to_vec(),
            None => {
                errors.take(unless_absent(Err::<(), _>(err)));
            }
        }
    }
}

/// The first error of several questions.
struct FirstError(Option<ModuleError>);

impl FirstError {
    /// The answer, if there is one.
    fn take<T>(&mut self, answer: Result<T, ModulesError>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(err) => {
                self.0.get_or_insert_with(|| shown(&err));
                None
            }
        }
    }
}

/// A module that has no versions has no answer either. Whatever else goes wrong is told: to stop the answers must not be enough to
/// hide what they would be.
fn unless_absent<T>(answer: Result<T, ModulesError>) -> Result<Option<T>, ModulesError> {
    match answer {
        Err(err) if err.is_no_matching_version() || err.is_not_exist() => Ok(None),
        answer => answer.map(Some),
    }
}

fn shown(err: &ModulesError) -> ModuleError {
    ModuleError {
        err: err.to_string(),
    }
}

fn retraction_of(err: &ModulesError) -> Option<&[String]> {
    match err {
        ModulesError::Retracted { rationale } => Some(rationale),
        ModulesError::Module { err, .. } => retraction_of(err),
        _ => None,
    }
}
