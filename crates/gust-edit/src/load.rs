//! The edit loop: load, settle, and again.

use std::sync::Arc;

use gust_modules::{Modules, Requirements};
use gust_packages::{ImportGraph, Loader, Named, PackageGraph, Search};

use crate::edits::Edits;
use crate::error::EditError;
use crate::settle::{Missing, settle};

/// What was loaded, and what that means for go.mod and go.sum. Nothing is written yet.
pub struct Loaded {
    imports: ImportGraph,
    edits: Option<Edits>,
    search: Search,
}

/// Loads what is named, with requirements that provide it. `start` stands in for what go.mod states.
///
/// # Errors
/// The command line cannot be loaded, or the requirements that it needs cannot be had. A package that is missing is no error.
#[tracing::instrument(name = "load", level = "info", skip_all)]
pub fn load(
    loader: &mut Loader,
    named: Named<'_>,
    start: Option<Requirements>,
) -> Result<Loaded, EditError> {
    load_with(loader, named, start, Missing::Sought)
}

/// The same for a command that looks at packages as they are: no module is looked for that could provide what is missing.
///
/// # Errors
/// Those of [`load`].
pub fn examine(loader: &mut Loader, named: Named<'_>) -> Result<Loaded, EditError> {
    load_with(loader, named, None, Missing::Left)
}

fn load_with(
    loader: &mut Loader,
    named: Named<'_>,
    start: Option<Requirements>,
    missing: Missing,
) -> Result<Loaded, EditError> {
    let Some(modules) = loader.config().modules.clone() else {
        return Ok(Loaded {
            imports: loader.imports(named, None)?,
            edits: None,
            search: Search::default(),
        });
    };
    let mut requirements = start.map_or_else(|| Arc::clone(modules.stated()), Arc::new);
    let mut rounds = 1;
    loop {
        let imports = loader.imports(named, Some(&requirements))?;
        if let Some(fatal) = modules.fatal() {
            return Err(EditError::Fatal(Box::new(fatal.clone())));
        }
        if let Some(error) = imports.too_new() {
            return Err(error.clone().into());
        }
        let before = imports.requirements().unwrap_or(&requirements);
        let settled = settle(&modules, &imports, before, missing)?;
        if settled.reload {
            requirements = settled.requirements;
            rounds += 1;
            continue;
        }
        modules.check_shared_replacements(&settled.requirements)?;
        let edits = Edits::decide(&modules, settled.requirements, settled.refused)?;
        return Ok(Loaded {
            imports,
            edits: Some(edits),
            search: Search {
                missing: settled.missing,
                rounds,
            },
        });
    }
}

impl Loaded {
    /// Who imports what.
    pub fn imports(&self) -> &ImportGraph {
        &self.imports
    }

    /// What go.mod and go.sum should say; nothing in GOPATH mode.
    pub fn edits(&self) -> Option<&Edits> {
        self.edits.as_ref()
    }

    /// Writes the edits.
    ///
    /// # Errors
    /// They may not be written, or could not be.
    pub fn commit(&self, modules: Option<&Arc<Modules>>) -> Result<(), EditError> {
        match (modules, &self.edits) {
            (Some(modules), Some(edits)) => crate::commit(modules, edits),
            _ => Ok(()),
        }
    }

    /// The packages: what was imported, with its errors and all that a build needs.
    pub fn packages(self, loader: &mut Loader) -> PackageGraph {
        loader.packages(self.imports, &self.search)
    }
}
