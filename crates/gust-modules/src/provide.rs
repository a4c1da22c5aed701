//! Which modules could provide a package, and where their files are.

use std::path::{Path, PathBuf};

use gust_fetch::FetchError;
use gust_syntax::gover;
use gust_syntax::module::ModuleVersion;

use crate::Modules;
use crate::error::{ModulesError, os_text};
use crate::graph::Pruning;
use crate::requirements::Requirements;
use crate::settings::ModFlag;

/// Where a module's files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its directory.
    pub dir: PathBuf,
    /// It may hold other modules: a main module or a replacement directory, not one in the module cache.
    pub local: bool,
}

/// How far the search for a module goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Main modules and roots.
    Roots,
    /// The whole graph, which may have to be read first.
    Graph,
}

/// A module whose path is a prefix of an import path.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The module at its selected version.
    pub module: ModuleVersion,
    /// Where its files are, or why they cannot be had.
    pub place: Result<Place, ModulesError>,
}

impl Modules {
    /// Modules whose path is a prefix of the import path, longest first, with their files on this machine.
    ///
    /// # Errors
    /// The graph had to be read and is not complete.
    pub fn providers(
        &self,
        requirements: &Requirements,
        import_path: &str,
        reach: Reach,
    ) -> Result<Vec<Provider>, ModulesError> {
        let modules = self.candidates(requirements, import_path, reach)?;
        let provider = |module: ModuleVersion| Provider {
            place: self.place(&module),
            module,
        };
        Ok(modules.into_iter().map(provider).collect())
    }

    /// Modules whose path is a prefix of the import path, longest first.
    ///
    /// # Errors
    /// The graph had to be read and is not complete.
    pub fn candidates(
        &self,
        requirements: &Requirements,
        import_path: &str,
        reach: Reach,
    ) -> Result<Vec<ModuleVersion>, ModulesError> {
        let graph = if reach == Reach::Graph || requirements.pruning == Pruning::Unpruned {
            let loaded = self.graph_of(requirements);
            if let Some(err) = &loaded.error {
                return Err(err.clone());
            }
            Some(&loaded.graph)
        } else {
            None
        };
        let mut found = Vec::new();
        let mut prefix = import_path;
        loop {
            if !gover::is_toolchain_module(prefix) {
                let version = match graph {
                    Some(graph) => graph.selected(prefix).cloned(),
                    None => self.root_selected(requirements, prefix),
                };
                if let Some(version) = version.filter(|version| !version.is_none()) {
                    found.push(ModuleVersion {
                        path: prefix.into(),
                        version,
                    });
                }
            }
            match prefix.rfind('/') {
                Some(at) if at > 0 => prefix = &prefix[..at],
                _ => return Ok(found),
            }
        }
    }

    /// Where the files of a module are, replacements followed; it is downloaded if need be.
    ///
    /// # Errors
    /// go.sum does not list it, a replacement directory is not there, or it cannot be downloaded.
    pub fn place(&self, module: &ModuleVersion) -> Result<Place, ModulesError> {
        if module.version.is_empty()
            && let Some(main) = self
                .main(&module.path)
                .filter(|main| !main.dir.as_os_str().is_empty())
        {
            return Ok(Place {
                dir: main.dir.clone(),
                local: true,
            });
        }
        self.caches
            .places
            .get_or_init(module, || self.watch(self.fetch(module)))
    }

    fn fetch(&self, module: &ModuleVersion) -> Result<Place, ModulesError> {
        let actual = self.resolve(module);
        if actual.version.is_empty() && actual != *module {
            let dir = self.replacement_dir(&actual.path);
            return match self.view.stat(&dir) {
                Ok(_) => Ok(Place { dir, local: true }),
                Err(err) => {
                    let text = match err.kind() {
                        std::io::ErrorKind::NotFound => {
                            format!("replacement directory {} does not exist", actual.path)
                        }
                        _ => {
                            let text = os_text(&err);
                            format!(
                                "replacement directory {}: stat {}: {text}",
                                actual.path,
                                dir.display()
                            )
                        }
                    };
                    Err(ModulesError::text(text).of_module(module))
                }
            };
        }
        if self.must_have_sums() && !self.have_sum(&actual, "")? {
            return Err(ModulesError::MissingSum {
                hint: String::new(),
            }
            .of_module(&actual));
        }
        let dir = self.fetcher.dir(&actual.path, &actual.version);
        let dir = dir.map_err(|err| self.noting_release(err))?;
        Ok(Place { dir, local: false })
    }

    /// A module that wants a newer release is told with what led to the one that runs.
    fn noting_release(&self, err: FetchError) -> ModulesError {
        match err {
            FetchError::TooNew {
                what,
                go_version,
                local,
            } => ModulesError::TooNew {
                what,
                go_version,
                toolchain: String::new(),
                local,
                note: self.settings.release.note.clone(),
            },
            err => err.into(),
        }
    }

    /// May a package of a main module import from this module as things are? If go.mod cannot be changed, it must require the
    /// module at that version (in a workspace, some go.mod must have led to it).
    pub fn is_explicit(&self, requirements: &Requirements, module: &ModuleVersion) -> bool {
        if self.work.is_some() {
            return self.mode == ModFlag::Vendor
                || self
                    .graph_of(requirements)
                    .graph
                    .required_by(module)
                    .is_some();
        }
        self.mode == ModFlag::Mod
            || self.root_selected(requirements, &module.path).as_ref() == Some(&module.version)
    }

    /// Has the module the package, which its path is a prefix of? It is downloaded if need be. A pattern with `...` is taken to
    /// match something in it.
    ///
    /// # Errors
    /// Its files cannot be had.
    pub fn has_package(&self, module: &ModuleVersion, package: &str) -> Result<bool, ModulesError> {
        let place = self.place(module)?;
        if package.contains("...") {
            return Ok(true);
        }
        let rest = package[module.path.len()..].trim_start_matches('/');
        let dir = place.dir.join(rest);
        let begins = |dir: &Path| self.view.is_file(&dir.join("go.mod"));
        let mut between = dir.ancestors().take_while(|dir| *dir != place.dir);
        if place.local && between.any(begins) {
            return Ok(false);
        }
        Ok(self.has_go_files(&dir))
    }

    fn has_go_files(&self, dir: &Path) -> bool {
        let Ok(entries) = self.view.read_dir(dir) else {
            return false;
        };
        let is_go = |name: &str| name.ends_with(".go") && !self.view.is_dir(&dir.join(name));
        entries.iter().any(|entry| is_go(&entry.name))
    }
}
