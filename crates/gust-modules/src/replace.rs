//! Replacements: what stands in a module's place.

use std::path::Path;

use gust_syntax::modfile::is_directory_path;
use gust_syntax::module::ModuleVersion;

use crate::Modules;
use crate::mains::MainModule;
use crate::paths;

/// A replacement as written, and who wrote it.
#[derive(Debug)]
pub(crate) struct Written<'m> {
    pub(crate) new: &'m ModuleVersion,
    /// Nothing if go.work did.
    pub(crate) main: Option<&'m MainModule>,
}

fn look_up<'m>(
    map: &'m std::collections::HashMap<ModuleVersion, ModuleVersion>,
    module: &ModuleVersion,
) -> Option<&'m ModuleVersion> {
    map.get(module)
        .or_else(|| map.get(&ModuleVersion::main(module.path.clone())))
}

impl Modules {
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
        let rel = paths::relative(work.dir(), &main.dir.join(&*new.path))
            .display()
            .to_string();
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
