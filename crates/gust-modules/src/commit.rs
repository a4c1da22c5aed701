//! What was found out goes back into go.mod and go.sum.

use std::collections::HashSet;
use std::sync::PoisonError;

use gust_fetch::SumKey;
use gust_fs::lock;
use gust_syntax::gover;
use gust_syntax::modfile::ModFile;
use gust_syntax::module::ModuleVersion;

use crate::error::ModulesError;
use crate::mains::MainModule;
use crate::modules::Modules;
use crate::requirements::Requirements;
use crate::settings::ModFlag;

/// From this version on, indirect requirements stand in blocks of their own.
const SEPARATE_INDIRECT: &str = "1.17";
/// From this version on, a zip in go.sum has its go.mod there as well.
const ZIP_AND_GO_MOD: &str = "1.21";
/// Toolchain lines below this version mean nothing.
const STRICT: &str = "1.21";

impl Modules {
    /// Writes go.mod, if the requirements are no longer what it says, and go.sum, if hashes were found that it lacks. With
    /// -mod=readonly either is an error. In a workspace only go.work.sum is written.
    ///
    /// # Errors
    /// They may not be written, or could not be.
    pub fn commit(&self) -> Result<(), ModulesError> {
        let requirements = self.requirements();
        if self.work.is_none() {
            let Some(main) = self.mains.first() else {
                return Ok(());
            };
            let Some(file) = &main.file else {
                return Ok(());
            };
            if says(main, file, &requirements) {
                return self.write_sums(&requirements);
            }
            let updated = self.updated_go_mod(file, &requirements)?;
            if is_dirty(main, &updated, self.mode) {
                if self.mode != ModFlag::Mod {
                    return Err(self.dirty());
                }
                self.write_go_mod(main, &updated.format())?;
            }
        }
        self.write_sums(&requirements)
    }

    /// The main module's file with the given requirements in it.
    fn updated_go_mod(
        &self,
        file: &ModFile,
        requirements: &Requirements,
    ) -> Result<ModFile, ModulesError> {
        let internal =
            |err: &dyn std::fmt::Display| ModulesError::text(format!("internal error: {err}"));
        let mut file = file.clone();
        let go_version = requirements.go_version().to_owned();
        if let Some(err) = self
            .settings
            .check_release("updating go.mod", &go_version, "")
        {
            return Err(err);
        }
        let stated = file.go.as_ref().map(|go| go.version.clone());
        if stated.as_deref() != Some(&go_version) {
            let always = self.mode == ModFlag::Mod;
            if stated.is_some() || go_version != gover::DEFAULT_GO_MOD || always {
                file.set_go(&go_version).map_err(|err| internal(&err))?;
            }
        }
        let toolchain = requirements
            .root("toolchain")
            .map_or("", |version| version.as_str());
        let release = gover::from_toolchain(toolchain).unwrap_or("");
        if release.is_empty() || release == go_version || gover::compare(release, STRICT).is_lt() {
            file.drop_toolchain();
        } else {
            file.set_toolchain(toolchain)
                .map_err(|err| internal(&err))?;
        }
        let requires: Vec<(ModuleVersion, bool)> = requirements
            .roots
            .iter()
            .filter(|root| !gover::is_toolchain_module(&root.path))
            .map(|root| (root.clone(), !requirements.direct.contains(&root.path)))
            .collect();
        if gover::compare(&go_version, SEPARATE_INDIRECT).is_lt() {
            file.set_requires(&requires);
        } else {
            file.set_requires_separately(&requires);
        }
        file.cleanup();
        Ok(file)
    }

    fn write_go_mod(&self, main: &MainModule, text: &str) -> Result<(), ModulesError> {
        if self.view.is_overlaid(&main.go_mod) {
            return Err(ModulesError::text(
                "updates to go.mod needed, but go.mod is part of the overlay specified with -overlay",
            ));
        }
        // Held against older go commands, as far as possible.
        let _side = self.fetcher.side_lock();
        let mut changed_meanwhile = false;
        let written: Result<(), std::io::Error> = lock::transform(&main.go_mod, |old| {
            if old == text.as_bytes() {
                return Ok(None);
            }
            let known = self.written.lock().unwrap_or_else(PoisonError::into_inner);
            if old != known.as_deref().unwrap_or(&main.data) {
                changed_meanwhile = true;
                return Ok(None);
            }
            Ok(Some(text.as_bytes().to_vec()))
        });
        self.view.forget(&main.go_mod);
        if changed_meanwhile {
            return Err(ModulesError::text(
                "updating go.mod: existing contents have changed since last read",
            ));
        }
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(text.as_bytes().to_vec());
        written.map_err(|err| {
            let err = gust_fs::errtext::PathError::new("open", &main.go_mod, err);
            ModulesError::text(format!("updating go.mod: {err}"))
        })
    }

    fn write_sums(&self, requirements: &Requirements) -> Result<(), ModulesError> {
        let keep = self.sums_to_keep(requirements);
        let readonly = self.mode != ModFlag::Mod && self.work.is_none();
        Ok(self.fetcher.write_sums(&keep, readonly)?)
    }

    /// The lines of go.sum that the build list needs: the go.mod of every module of the graph (or only of its roots, when
    /// nobody has looked at the graph), and the zips of the build list.
    pub fn sums_to_keep(&self, requirements: &Requirements) -> HashSet<SumKey> {
        let mut keep = HashSet::new();
        if !requirements.has_graph() {
            for root in &requirements.roots {
                let module = self.resolve(root);
                keep.insert(go_mod_key(&module));
                keep.insert(zip_key(&module));
            }
            return keep;
        }
        let graph = &self.graph_of(requirements).graph;
        for module in graph.breadth_first() {
            if graph.required_by(module).is_some() {
                keep.insert(go_mod_key(&self.resolve(module)));
            }
        }
        let old = gover::compare(&self.go_version(), ZIP_AND_GO_MOD).is_lt();
        let with_go_mod = !old || self.mode == ModFlag::Mod;
        for module in graph.build_list() {
            let module = self.resolve(&module);
            if with_go_mod {
                keep.insert(go_mod_key(&module));
            }
            keep.insert(zip_key(&module));
        }
        keep
    }
}

fn zip_key(module: &ModuleVersion) -> SumKey {
    (module.path.to_string(), module.version.to_string())
}

fn go_mod_key(module: &ModuleVersion) -> SumKey {
    (
        module.path.to_string(),
        format!("{}/go.mod", module.version),
    )
}

/// Does the file say exactly these requirements, as it mostly does? Then there is nothing to be worked out.
fn says(main: &MainModule, file: &ModFile, requirements: &Requirements) -> bool {
    let toolchain = file.toolchain.as_ref().map(|line| line.name.as_str());
    let roots = || {
        let roots = requirements.roots.iter();
        roots.filter(|root| !gover::is_toolchain_module(&root.path))
    };
    let stated = |root: &ModuleVersion| {
        main.require
            .get(root)
            .is_some_and(|indirect| *indirect != requirements.direct.contains(&root.path))
    };
    !main.needs_fix
        && main.go_line() == requirements.go_version()
        && toolchain
            == requirements
                .root("toolchain")
                .map(|version| version.as_str())
        && roots().count() == main.require.len()
        && file.require.len() == main.require.len()
        && roots().all(stated)
}

/// Does the file mean something else than what was read?
fn is_dirty(main: &MainModule, file: &ModFile, mode: ModFlag) -> bool {
    let Some(before) = &main.file else {
        return true;
    };
    let go = |file: &ModFile| file.go.as_ref().map(|go| go.version.clone());
    let toolchain = |file: &ModFile| file.toolchain.as_ref().map(|line| line.name.clone());
    if main.needs_fix || go(file) != go(before) || toolchain(file) != toolchain(before) {
        return true;
    }
    if file.require.len() != main.require.len() {
        return true;
    }
    // That "// indirect" is wrong is no reason to fail when nothing may be written.
    file.require
        .iter()
        .any(|require| match main.require.get(&require.module) {
            None => true,
            Some(indirect) => *indirect != require.indirect && mode != ModFlag::Readonly,
        })
}
