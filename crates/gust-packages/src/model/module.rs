//! The module of a package.

use std::sync::Arc;

use super::ModulePublic;

/// The module of a package, as far as a build of the package depends on it. What `go list` shows of the module is kept beside, and
/// goes into no build.
#[derive(Debug, Clone)]
pub struct PackageModule {
    /// Module path.
    pub path: String,
    /// Selected version; empty for a main module.
    pub version: String,
    /// Its directory, if it is on this machine.
    pub dir: String,
    /// The go line of its go.mod.
    pub go_version: String,
    /// What stands in its place.
    pub replace: Option<Box<PackageModule>>,
    shown: Arc<ModulePublic>,
}

impl PackageModule {
    /// Takes from what is shown of a module what a build depends on.
    pub(crate) fn new(shown: ModulePublic) -> PackageModule {
        let replace = shown.replace.as_deref();
        PackageModule {
            path: shown.path.clone(),
            version: shown.version.clone(),
            dir: shown.dir.clone(),
            go_version: shown.go_version.clone(),
            replace: replace.map(|by| Box::new(PackageModule::new(by.clone()))),
            shown: Arc::new(shown),
        }
    }

    /// Is it a module that is being worked on?
    pub fn is_main(&self) -> bool {
        self.shown.main
    }

    /// What `go list` shows of it.
    pub fn shown(&self) -> &Arc<ModulePublic> {
        &self.shown
    }
}
