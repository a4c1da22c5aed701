//! What a listing finds out about packages beyond what loading did. The graph stays as it is; this lies beside it, by id.

use gust_build::run::Status;
use gust_modules::ModulePublic;
use gust_packages::model::Problem;
use gust_packages::{PackageError, PackageGraph, PackageId};
use std::collections::HashMap;
use std::sync::Arc;

/// Additions to packages.
#[derive(Default)]
pub(super) struct Additions {
    /// What a build said of them.
    statuses: HashMap<PackageId, Status>,
    /// What it failed with, where loading had found nothing wrong.
    errors: HashMap<PackageId, PackageError>,
    /// Modules with what is said against their versions.
    modules: HashMap<PackageId, Arc<ModulePublic>>,
}

impl Additions {
    /// What a build said, with its errors as those of the packages.
    pub(super) fn of_build(statuses: HashMap<PackageId, Status>) -> Additions {
        let failed = statuses.iter().filter_map(|(id, status)| {
            let text = status.error.clone()?;
            Some((*id, PackageError::new(Problem::Other(text))))
        });
        Additions {
            errors: failed.collect(),
            statuses,
            modules: HashMap::new(),
        }
    }

    /// Modules to be shown in the place of those of the packages.
    pub(super) fn set_modules(&mut self, modules: HashMap<PackageId, Arc<ModulePublic>>) {
        self.modules = modules;
    }

    /// What a build said of the package, if one was asked.
    pub(super) fn status(&self, id: PackageId) -> Option<&Status> {
        self.statuses.get(&id)
    }

    /// The package's error.
    pub(super) fn error<'a>(
        &'a self,
        graph: &'a PackageGraph,
        id: PackageId,
    ) -> Option<&'a PackageError> {
        graph[id].error.as_ref().or_else(|| self.errors.get(&id))
    }

    /// The package or something that it needs has an error.
    pub(super) fn is_incomplete(&self, graph: &PackageGraph, id: PackageId) -> bool {
        graph[id].incomplete || self.errors.contains_key(&id)
    }

    /// The package's module.
    pub(super) fn module<'a>(
        &'a self,
        graph: &'a PackageGraph,
        id: PackageId,
    ) -> Option<&'a ModulePublic> {
        let own = || graph[id].module.as_ref().map(|module| &**module.shown());
        self.modules.get(&id).map(|module| &**module).or_else(own)
    }
}
