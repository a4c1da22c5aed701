//! What go.mod files of dependencies say: read once, from replacement directories or the module cache, held against go.sum.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gust_syntax::gover;
use gust_syntax::modfile::{self, Interval, ModFile};
use gust_syntax::module::ModuleVersion;

use crate::error::{ModulesError, io_error};
use crate::graph::{Pruning, Summaries, Summary};
use crate::paths;
use crate::settings::ModFlag;
use crate::{ModuleSet, Modules};

/// What of a go.mod counts when another module requires it.
#[derive(Clone, Debug)]
pub struct GoMod {
    /// The path that it states; empty without a module line.
    pub path: String,
    /// The text behind `Deprecated:`.
    pub deprecated: String,
    /// Its go line; empty without one.
    pub go_version: String,
    /// Directories that it ignores.
    pub ignore: Vec<String>,
    /// Whether its requirements are complete by themselves.
    pub pruning: Pruning,
    /// What it requires, the release of Go included.
    pub require: Vec<ModuleVersion>,
    /// Versions that it retracts, and why.
    pub retract: Vec<(Interval, String)>,
    /// It wants a newer release; only retractions and deprecation may be taken from it.
    pub too_new: Option<ModulesError>,
}

pub(crate) type Shared<T> = Result<Arc<T>, ModulesError>;

/// How much of a graph counts by the go line of a go.mod.
pub fn pruning_of(go_version: &str) -> Pruning {
    if gover::compare(go_version, gover::EXPLICIT_INDIRECT).is_lt() {
        Pruning::Unpruned
    } else {
        Pruning::Pruned
    }
}

impl GoMod {
    fn synthetic(module: &ModuleVersion) -> Self {
        let needs_toolchain =
            module.path == "go" && gover::compare(&module.version, gover::GO_STRICT).is_ge();
        let require = if needs_toolchain {
            vec![ModuleVersion::new(
                "toolchain",
                format!("go{}", module.version),
            )]
        } else {
            Vec::new()
        };
        Self {
            path: module.path.to_string(),
            deprecated: String::new(),
            go_version: String::new(),
            ignore: Vec::new(),
            pruning: Pruning::Pruned,
            require,
            retract: Vec::new(),
            too_new: None,
        }
    }

    fn of_file(modules: &Modules, module: &ModuleVersion, file: &ModFile) -> Self {
        let go_version = file
            .go
            .as_ref()
            .map_or(String::new(), |go| go.version.clone());
        let mut require: Vec<ModuleVersion> =
            file.require.iter().map(|r| r.module.clone()).collect();
        let mut too_new = None;
        if !go_version.is_empty() && gover::compare(&go_version, gover::GO_STRICT).is_ge() {
            require.push(ModuleVersion::new("go", go_version.as_str()));
            too_new = modules
                .settings
                .check_release(format!("module {module}"), &go_version, "");
        }
        Self {
            path: file.path().to_owned(),
            deprecated: file
                .module
                .as_ref()
                .map_or(String::new(), |m| m.deprecated.clone()),
            ignore: file.ignore.iter().map(|i| i.path.clone()).collect(),
            pruning: if go_version.is_empty() {
                Pruning::Unpruned
            } else {
                pruning_of(&go_version)
            },
            require,
            retract: file
                .retract
                .iter()
                .map(|r| (r.interval.clone(), r.rationale.clone()))
                .collect(),
            go_version,
            too_new,
        }
    }
}

impl Modules {
    /// The go.mod of a module version (or of a directory, with an empty version) as it stands, replacements not followed.
    ///
    /// # Errors
    /// It cannot be had or not be parsed. That it is too new is not an error here.
    pub fn raw_go_mod(&self, module: &ModuleVersion) -> Shared<GoMod> {
        if gover::is_toolchain_module(&module.path) {
            return Ok(Arc::new(GoMod::synthetic(module)));
        }
        if module.version.is_empty()
            && let Some(main) = self.main(&module.path)
        {
            let file = main.file.as_ref();
            return Ok(Arc::new(file.map_or_else(
                || GoMod::synthetic(module),
                |file| GoMod::of_file(self, module, file),
            )));
        }
        self.caches.go_mods.get_or_init(module, || {
            let (name, data) = self.watch(self.go_mod_data(module))?;
            let file = modfile::parse_lax(&name, &data, None).map_err(|errors| {
                let short = paths::short(&self.settings.cwd, Path::new(&name));
                ModulesError::text(format!("parsing {short}: {errors}")).of_module(module)
            })?;
            Ok(Arc::new(GoMod::of_file(self, module, &file)))
        })
    }

    /// The bytes of a go.mod and the name that errors in it have.
    pub(crate) fn go_mod_data(
        &self,
        module: &ModuleVersion,
    ) -> Result<(String, Vec<u8>), ModulesError> {
        if !module.version.is_empty() {
            if !gover::mod_is_valid(&module.path, &module.version) {
                let text = format!("internal error: {module}: unexpected invalid semantic version");
                return Err(ModulesError::text(text));
            }
            let data = self.fetcher.go_mod(&module.path, &module.version)?;
            return Ok(("go.mod".to_owned(), data.to_vec()));
        }
        let file = self.replacement_dir(&module.path).join("go.mod");
        let data = self.view.read(&file).map_err(|err| {
            let short = paths::short(&self.settings.cwd, &file);
            io_error("open", file.display(), &err)
                .context(format!("reading {short}: "))
                .of_module(module)
        })?;
        Ok((file.display().to_string(), data))
    }

    /// What a module of the graph requires, replacements followed and exclusions applied.
    ///
    /// # Errors
    /// Its go.mod cannot be had, is not listed in go.sum, is another module's, or wants a newer release.
    pub fn go_mod(&self, module: &ModuleVersion) -> Shared<GoMod> {
        if gover::is_toolchain_module(&module.path) {
            return self.raw_go_mod(module);
        }
        if self.mode == ModFlag::Vendor {
            return Ok(Arc::new(self.vendored_go_mod(module)));
        }
        let actual = self.resolve(module);
        if self.must_have_sums()
            && !actual.version.is_empty()
            && !self.have_sum(&actual, "/go.mod")?
        {
            let hint = format!(
                " for go.mod file; to add it:\n\tgo mod download {}",
                module.path
            );
            return Err(ModulesError::MissingSum { hint }.of_module(&actual));
        }
        let summary = self.raw_go_mod(&actual)?;
        if let Some(err) = &summary.too_new {
            return Err(err.clone());
        }
        if !actual.version.is_empty() {
            if summary.path.is_empty() {
                return Err(
                    ModulesError::text("parsing go.mod: missing module line").of_module(&actual)
                );
            }
            if module.path != *summary.path && actual.path != *summary.path {
                let text = format!(
                    "parsing go.mod:\n\tmodule declares its path as: {}\n\t        but was required as: {}",
                    summary.path, module.path
                );
                return Err(ModulesError::text(text).of_module(&actual));
            }
        }
        if summary
            .require
            .iter()
            .any(|required| self.is_excluded(required))
        {
            let mut without = GoMod::clone(&summary);
            without
                .require
                .retain(|required| !self.is_excluded(required));
            return Ok(Arc::new(without));
        }
        Ok(summary)
    }

    /// Is there a checksum for the version (`suffix` is empty or `/go.mod`)?
    ///
    /// # Errors
    /// go.sum has lines that are none.
    pub(crate) fn have_sum(
        &self,
        module: &ModuleVersion,
        suffix: &str,
    ) -> Result<bool, ModulesError> {
        let version = format!("{}{suffix}", module.version);
        let have = self.fetcher.sums().have(&module.path, &version);
        self.watch(have.map_err(ModulesError::from))
    }
}

impl ModuleSet {
    /// The directory that a replacement without version names.
    pub(crate) fn replacement_dir(&self, path: &str) -> PathBuf {
        let base = match &self.work {
            Some(work) => work.dir().to_owned(),
            None => self
                .mains
                .first()
                .map(|main| main.dir.clone())
                .unwrap_or_default(),
        };
        paths::clean(&base.join(path))
    }

    /// Is this version excluded by a main module?
    pub fn is_excluded(&self, module: &ModuleVersion) -> bool {
        self.mains.iter().any(|main| main.exclude.contains(module))
    }

    /// Must go.sum list what is used?
    pub(crate) fn must_have_sums(&self) -> bool {
        self.has_root() && self.mode == ModFlag::Readonly && self.work.is_none()
    }
}

impl Summaries for Modules {
    type Error = ModulesError;

    fn summary(&self, module: &ModuleVersion) -> Result<Arc<Summary>, ModulesError> {
        let go_mod = self.go_mod(module)?;
        Ok(Arc::new(Summary {
            pruning: go_mod.pruning,
            require: go_mod.require.clone(),
        }))
    }
}
