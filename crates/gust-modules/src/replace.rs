//! Replacements: what stands in a module's place.

use std::collections::HashMap;
use std::path::Path;

use gust_syntax::modfile::is_directory_path;
use gust_syntax::module::{ModulePath, ModuleVersion};

use crate::error::ModulesError;
use crate::mains::MainModule;
use crate::requirements::Requirements;
use crate::{ModuleSet, Modules};

/// A replacement as written, and who wrote it.
#[derive(Debug)]
pub(crate) struct Written<'m> {
    pub(crate) new: &'m ModuleVersion,
    /// Nothing if go.work did.
    pub(crate) main: Option<&'m MainModule>,
}

fn look_up<'m>(
    map: &'m HashMap<ModuleVersion, ModuleVersion>,
    module: &ModuleVersion,
) -> Option<&'m ModuleVersion> {
    map.get(module)
        .or_else(|| map.get(&ModuleVersion::main(module.path.clone())))
}

impl ModuleSet {
    /// The replacement as go.work or a go.mod has it.
    pub(crate) fn written_replacement(&self, module: &ModuleVersion) -> Option<Written<'_>> {
        if module.version.is_empty() && self.main(&module.path).is_some() {
            return None;
        }
        if let Some(new) = self
            .work
            .as_ref()
            .and_then(|work| look_up(&work.replace, module))
        {
            return Some(Written { new, main: None });
        }
        let found = |main: &'_ &MainModule| look_up(&main.replace, module).is_some();
        let main = self.mains.iter().rev().find(found)?;
        Some(Written {
            new: look_up(&main.replace, module)?,
            main: Some(main),
        })
    }

    /// What stands in a module's place. A directory (no version) is relative to the main module, or to go.work.
    pub fn replacement(&self, module: &ModuleVersion) -> Option<ModuleVersion> {
        let written = self.written_replacement(module)?;
        Some(self.canonical_replacement(&written))
    }

    pub(crate) fn canonical_replacement(&self, written: &Written<'_>) -> ModuleVersion {
        let new = written.new;
        let (Some(work), Some(main)) = (&self.work, written.main) else {
            return new.clone();
        };
        if !new.version.is_empty() || Path::new(&*new.path).is_absolute() {
            return new.clone();
        }
        let dir = main.dir.join(&*new.path);
        let rel = gust_fs::paths::relative(work.dir(), &dir).unwrap_or(dir);
        let rel = rel.display().to_string();
        ModuleVersion::main(if is_directory_path(&rel) {
            rel
        } else {
            format!("./{rel}")
        })
    }

    /// The replacement, or the module itself.
    pub fn resolve(&self, module: &ModuleVersion) -> ModuleVersion {
        self.replacement(module).unwrap_or_else(|| module.clone())
    }
}

impl Modules {
    /// A directory or version may stand in the place of one module only, and then not be used as itself: its packages would be
    /// there twice, under different import paths. Looks at the modules of the build list, or at the roots where no more was read;
    /// in a workspace, as go does, at its own modules alone.
    ///
    /// # Errors
    /// One for each module that shares what an earlier one has.
    pub fn check_shared_replacements(
        &self,
        requirements: &Requirements,
    ) -> Result<(), ModulesError> {
        let of_work = self.work.as_ref().is_some_and(|w| !w.replace.is_empty());
        if !of_work && self.mains.iter().all(|main| main.replace.is_empty()) {
            return Ok(());
        }
        let modules = match self.work.is_none() && requirements.has_graph() {
            true => self.graph_of(requirements).graph.build_list(),
            false => requirements.roots.clone(),
        };
        let mut first: HashMap<ModuleVersion, ModulePath> = HashMap::new();
        let mut errors = Vec::new();
        for module in modules {
            let replacement = self.resolve(&module);
            match first.get(&replacement) {
                None => {
                    first.insert(replacement, module.path);
                }
                Some(earlier) if *earlier != module.path => {
                    let paths = [earlier.clone(), module.path];
                    errors.push(ModulesError::SharedReplacement { replacement, paths });
                }
                Some(_) => {}
            }
        }
        match errors.is_empty() {
            true => Ok(()),
            false => Err(ModulesError::Several(errors)),
        }
    }
}
