//! Which lines of go.sum are needed.

use std::collections::HashSet;

use gust_fetch::SumKey;
use gust_syntax::gover;
use gust_syntax::module::{ModuleVersion, check_import_path};

use crate::graph::Pruning;
use crate::requirements::Requirements;
use crate::settings::ModFlag;
use crate::tidy::UsedPackage;
use crate::{Modules, Reach};

/// From this version on, a zip in go.sum has its go.mod there as well.
const ZIP_AND_GO_MOD: &str = "1.21";

impl Modules {
    /// The lines of go.sum that the build list needs: the go.mod of every module of the graph (or only of its roots, when
    /// nobody has looked at the graph), and the zips of the build list.
    pub fn sums_to_keep(&self, requirements: &Requirements) -> HashSet<SumKey> {
        let mut keep = HashSet::new();
        self.keep_graph(requirements, &mut keep);
        if !requirements.has_graph() {
            let roots = requirements.roots.iter();
            keep.extend(roots.map(|root| zip_key(&self.resolve(root))));
            return keep;
        }
        let graph = &self.graph_of(requirements).graph;
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

impl Modules {
    /// The lines of go.sum that loading these packages needs, tidied: the zips of modules that have a package or could have it by its
    /// path, and the go.mod of every module of the graph, if anybody has looked at that.
    ///
    /// `go_version` is the go line in force: old ones do without the go.mod of a zip.
    pub fn sums_of_packages(
        &self,
        requirements: &Requirements,
        packages: &[UsedPackage],
        go_version: &str,
    ) -> HashSet<SumKey> {
        let mut keep = HashSet::new();
        let with_go_mod = gover::compare(go_version, ZIP_AND_GO_MOD).is_ge();
        for package in packages {
            if check_import_path(&package.path).is_err() {
                continue;
            }
            if let Some(module) = package.module.as_ref().filter(|_| with_go_mod) {
                keep.insert(go_mod_key(&self.resolve(module)));
            }
            // What a root has is not looked for behind the roots.
            let rooted = package.module.as_ref().is_some_and(|module| {
                requirements.pruning == Pruning::Pruned
                    && self.root_selected(requirements, &module.path).as_ref()
                        == Some(&module.version)
            });
            let reach = if rooted { Reach::Roots } else { Reach::Graph };
            let candidates = self.candidates(requirements, &package.path, reach);
            for module in candidates.unwrap_or_default() {
                keep.insert(zip_key(&self.resolve(&module)));
            }
        }
        self.keep_graph(requirements, &mut keep);
        keep
    }

    /// The go.mod files that selection has read; those of the roots, if it has read none.
    fn keep_graph(&self, requirements: &Requirements, keep: &mut HashSet<SumKey>) {
        if !requirements.has_graph() {
            let roots = requirements.roots.iter();
            keep.extend(roots.map(|root| go_mod_key(&self.resolve(root))));
            return;
        }
        let graph = &self.graph_of(requirements).graph;
        let read = graph.breadth_first().into_iter();
        let read = read.filter(|module| graph.required_by(module).is_some());
        keep.extend(read.map(|module| go_mod_key(&self.resolve(module))));
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
