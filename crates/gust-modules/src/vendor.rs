//! -mod=vendor: modules.txt in the place of the module graph, held against go.mod before it is believed.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use gust_fs::View;
use gust_syntax::gover;
use gust_syntax::modfile::Replace;
use gust_syntax::module::ModuleVersion;
use gust_syntax::modules_txt::{self, ModulesTxt};

use crate::ModuleSet;
use crate::error::{ModulesError, io_error};
use crate::graph::Pruning;
use crate::paths;
use crate::settings::ModuleSettings;
use crate::summary::GoMod;

/// The vendor directory and its modules.txt.
#[derive(Debug)]
pub struct Vendor {
    /// The directory.
    pub dir: PathBuf,
    /// What modules.txt says; nothing if it is not there.
    pub list: ModulesTxt,
}

impl Vendor {
    pub(crate) fn read(
        view: &View,
        settings: &ModuleSettings,
        dir: PathBuf,
    ) -> Result<Self, ModulesError> {
        let file = dir.join("modules.txt");
        let text = match view.read(&file) {
            Ok(bytes) => gust_bytes::text(&bytes).into_owned(),
            Err(err) if err.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(err) => return Err(io_error("open", file.display(), &err)),
        };
        let list = modules_txt::parse(&text);
        for module in &list.with_go_version {
            let meta = &list.meta[module];
            let what = || format!("{} in {}", module.path, paths::short(&settings.cwd, &file));
            if let Some(err) = settings.check_release(what(), &meta.go_version, "") {
                return Err(err);
            }
        }
        Ok(Self { dir, list })
    }
}

/// Is the vendor directory that of a workspace? Without modules.txt it is not.
pub(crate) fn is_for_workspace(view: &View, dir: &Path) -> Result<bool, ModulesError> {
    match view.read_prefix(&dir.join("modules.txt"), 512) {
        Ok(bytes) => Ok(modules_txt::says_workspace(&gust_bytes::text(&bytes))),
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(err) => Err(io_error("open", dir.join("modules.txt").display(), &err)
            .context("reading modules.txt for vendor directory: ")),
    }
}

impl ModuleSet {
    /// A vendored module as the graph sees it: since modules.txt does not tell who requires what, it requires everything.
    pub(crate) fn vendored_go_mod(&self, module: &ModuleVersion) -> GoMod {
        let list = self.vendor.as_ref().map(|vendor| &vendor.list);
        let is_vendored = list.is_some_and(|list| {
            list.versions
                .get(&*module.path)
                .is_some_and(|v| module.version == v.as_str())
        });
        let require = list
            .filter(|_| is_vendored)
            .map_or_else(Vec::new, |list| list.modules.clone());
        GoMod {
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

    /// Holds modules.txt against the go.mod files (and go.work).
    pub(crate) fn check_vendor(&self) -> Result<(), ModulesError> {
        let Some(vendor) = &self.vendor else {
            return Ok(());
        };
        let mut check = Check {
            modules: self,
            list: &vendor.list,
            text: String::new(),
            pre114: false,
        };
        check.pre114 = self.work.is_none()
            && self
                .mains
                .iter()
                .all(|main| gover::compare(main.go_line(), "1.14").is_lt());
        check.requirements();
        check.replacements();
        check.explicit();
        check.replaced();
        if check.text.is_empty() {
            return Ok(());
        }
        let command = if self.work.is_some() { "work" } else { "mod" };
        let dir = vendor.dir.parent().unwrap_or(Path::new("/")).display();
        Err(ModulesError::text(format!(
            "inconsistent vendoring in {dir}:{}\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n\tTo sync the vendor directory, run:\n\t\tgo {command} vendor",
            check.text
        )))
    }
}

struct Check<'m> {
    modules: &'m ModuleSet,
    list: &'m ModulesTxt,
    text: String,
    /// Before go 1.14, modules.txt did not say enough to tell whether it is up to date.
    pre114: bool,
}

impl Check<'_> {
    fn fault(&mut self, module: &ModuleVersion, what: &str) {
        self.text.push_str(&format!("\n\t{module}: {what}"));
    }

    fn requirements(&mut self) {
        let requires = self
            .modules
            .mains
            .iter()
            .flat_map(|main| main.file.iter())
            .flat_map(|file| &file.require);
        for require in requires {
            let module = &require.module;
            if self.list.meta.get(module).is_some_and(|meta| meta.explicit) {
                continue;
            }
            if !self.pre114 {
                self.fault(module, "is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt");
            } else if let Some(vendored) = self
                .list
                .versions
                .get(&*module.path)
                .filter(|v| module.version != v.as_str())
            {
                let path = &module.path;
                let what = format!(
                    "is explicitly required in go.mod, but vendor/modules.txt indicates {path}@{vendored}"
                );
                self.fault(module, &what);
            }
        }
    }

    fn replacements(&mut self) {
        let mut seen = HashSet::new();
        let of_mains = self
            .modules
            .mains
            .iter()
            .flat_map(|main| main.file.iter())
            .flat_map(|file| &file.replace);
        let of_work = self.modules.work.iter().flat_map(|work| &work.file.replace);
        let all: Vec<&Replace> = of_mains.chain(of_work).collect();
        for replace in all {
            if seen.insert(&replace.old) {
                self.replacement(&replace.old);
            }
        }
    }

    fn replacement(&mut self, old: &ModuleVersion) {
        let modules = self.modules;
        let written = modules.written_replacement(old);
        let source = || {
            let file = match written.as_ref().and_then(|written| written.main) {
                Some(main) => main.go_mod.clone(),
                None => modules
                    .work
                    .as_ref()
                    .map(|work| work.path.clone())
                    .unwrap_or_default(),
            };
            paths::short(&modules.settings.cwd, &file)
        };
        let canonical = written
            .as_ref()
            .map(|written| modules.canonical_replacement(written));
        let listed = self
            .list
            .meta
            .get(old)
            .and_then(|meta| meta.replacement.as_ref());
        match (listed, &canonical) {
            (None, None) => {}
            (None, Some(_)) => {
                let unlisted_before = old.version.is_empty()
                    || self
                        .list
                        .versions
                        .get(&*old.path)
                        .is_none_or(|v| old.version != v.as_str());
                if !(self.pre114 && unlisted_before) {
                    let what = format!(
                        "is replaced in {}, but not marked as replaced in vendor/modules.txt",
                        source()
                    );
                    self.fault(old, &what);
                }
            }
            (Some(listed), _) if canonical.as_ref() != Some(listed) => {
                let new = written
                    .as_ref()
                    .map_or(String::new(), |written| written.new.to_string());
                let what = format!(
                    "is replaced by {new} in {}, but marked as replaced by {listed} in vendor/modules.txt",
                    source()
                );
                self.fault(old, &what);
            }
            _ => {}
        }
    }

    fn explicit(&mut self) {
        for module in &self.list.modules {
            let explicit = self.list.meta.get(module).is_some_and(|meta| meta.explicit);
            if explicit
                && !self
                    .modules
                    .mains
                    .iter()
                    .any(|main| main.require.contains_key(module))
            {
                let article = if self.modules.work.is_some() {
                    "a "
                } else {
                    ""
                };
                let what = format!(
                    "is marked as explicit in vendor/modules.txt, but not explicitly required in {article}go.mod"
                );
                self.fault(module, &what);
            }
        }
    }

    fn replaced(&mut self) {
        let place = if self.modules.work.is_some() {
            "the workspace"
        } else {
            "go.mod"
        };
        for module in &self.list.replaced {
            if self.modules.replacement(module).is_none() {
                let what = format!(
                    "is marked as replaced in vendor/modules.txt, but not replaced in {place}"
                );
                self.fault(module, &what);
            }
        }
    }
}
