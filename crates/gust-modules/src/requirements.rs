//! The roots of the module graph: what go.mod requires (or, in a workspace, the main modules), and the graph behind them,
//! which is read only when the roots do not answer a question.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use gust_syntax::gover;
use gust_syntax::module::{self, ModulePath, ModuleVersion, Version};

use crate::error::ModulesError;
use crate::graph::{LoadRequest, ModuleGraph, Pruning};
use crate::mains::MainModule;
use crate::settings::ModFlag;
use crate::{ModuleSet, Modules};

/// The graph, as far as it could be read, and what is wrong with the rest.
#[derive(Clone, Debug)]
pub struct LoadedGraph {
    /// The graph.
    pub graph: Arc<ModuleGraph>,
    /// Why it is not complete.
    pub error: Option<ModulesError>,
}

impl LoadedGraph {
    /// The graph, if nothing is wrong with it.
    ///
    /// # Errors
    /// What is.
    pub fn whole(self) -> Result<Arc<ModuleGraph>, ModulesError> {
        match self.error {
            Some(err) => Err(err),
            None => Ok(self.graph),
        }
    }
}

/// A set of roots. It does not change; another set is another value.
#[derive(Debug)]
pub struct Requirements {
    /// How much of the graph counts.
    pub pruning: Pruning,
    /// Sorted; `go` and perhaps `toolchain` among them.
    pub roots: Vec<ModuleVersion>,
    /// Modules that provide packages imported by main modules, as go.mod has it.
    pub direct: BTreeSet<ModulePath>,
    highest: HashMap<ModulePath, Version>,
    graph: OnceLock<LoadedGraph>,
}

impl Requirements {
    /// Roots in any order.
    pub fn new(
        pruning: Pruning,
        mut roots: Vec<ModuleVersion>,
        direct: BTreeSet<ModulePath>,
    ) -> Self {
        module::sort(&mut roots);
        let mut highest: HashMap<ModulePath, Version> = HashMap::with_capacity(roots.len());
        for root in &roots {
            let higher = highest
                .get(&root.path)
                .is_none_or(|known| gover::mod_compare(&root.path, known, &root.version).is_lt());
            if higher {
                highest.insert(root.path.clone(), root.version.clone());
            }
        }
        Self {
            pruning,
            roots,
            direct,
            highest,
            graph: OnceLock::new(),
        }
    }

    /// The version of a root.
    pub fn root(&self, path: &str) -> Option<&Version> {
        self.highest.get(path)
    }

    /// The go version of the roots.
    pub fn go_version(&self) -> &str {
        self.root("go")
            .map_or(gover::DEFAULT_GO_MOD, |version| version.as_str())
    }

    /// Notes the graph behind the roots, which somebody has read.
    pub(crate) fn set_graph(&self, graph: Arc<ModuleGraph>) {
        let _ = self.graph.set(LoadedGraph { graph, error: None });
    }

    /// Whether the graph was read already.
    pub fn has_graph(&self) -> bool {
        self.graph.get().is_some()
    }

    /// Is a module among the roots twice?
    fn has_duplicates(&self) -> bool {
        self.roots
            .windows(2)
            .any(|pair| pair[0].path == pair[1].path)
    }
}

/// The roots that a main module's go.mod makes.
fn roots_of(
    main: &MainModule,
    with_toolchain: bool,
    direct: &mut BTreeSet<ModulePath>,
) -> Vec<ModuleVersion> {
    let mut roots = Vec::new();
    let Some(file) = &main.file else { return roots };
    for require in &file.require {
        if main.exclude.contains(&require.module) {
            continue;
        }
        roots.push(require.module.clone());
        if !require.indirect {
            direct.insert(require.module.path.clone());
        }
    }
    roots.push(ModuleVersion::new("go", file.go_version()));
    direct.insert("go".into());
    if let Some(toolchain) = file.toolchain.as_ref().filter(|_| with_toolchain) {
        roots.push(ModuleVersion::new("toolchain", toolchain.name.as_str()));
    }
    roots
}

impl ModuleSet {
    /// The main modules, as the graph starts at them.
    pub(crate) fn main_versions(&self) -> Vec<ModuleVersion> {
        self.mains.iter().map(|main| main.module.clone()).collect()
    }

    /// The version of a root, or the empty version of a main module.
    pub fn root_selected(&self, requirements: &Requirements, path: &str) -> Option<Version> {
        if self.main(path).is_some() {
            return Some(Version::default());
        }
        requirements.root(path).cloned()
    }

    /// The requirements that the files state.
    pub(crate) fn stated_requirements(&self) -> Requirements {
        let mut direct = BTreeSet::new();
        if !self.has_root() {
            let go = self.go_version();
            let mut roots = vec![
                ModuleVersion::new("go", go.as_str()),
                ModuleVersion::new("toolchain", self.settings.release.toolchain.as_str()),
            ];
            direct.insert("go".into());
            if self.work.is_some() {
                roots.extend(self.mains.iter().map(|main| main.module.clone()));
                return Requirements::new(Pruning::Workspace, roots, direct);
            }
            return Requirements::new(crate::summary::pruning_of(&go), roots, direct);
        }
        if let Some(work) = &self.work {
            let mut roots: Vec<ModuleVersion> =
                self.mains.iter().map(|main| main.module.clone()).collect();
            roots.push(ModuleVersion::new("go", work.file.go_version()));
            if let Some(toolchain) = &work.file.toolchain {
                roots.push(ModuleVersion::new("toolchain", toolchain.name.as_str()));
            }
            for main in &self.mains {
                roots_of(main, false, &mut direct);
            }
            return Requirements::new(Pruning::Workspace, roots, direct);
        }
        let roots = self
            .mains
            .iter()
            .flat_map(|main| roots_of(main, true, &mut direct))
            .collect();
        Requirements::new(
            crate::summary::pruning_of(&self.go_version()),
            roots,
            direct,
        )
    }
}

impl Modules {
    pub(crate) fn note_excluded(&self) {
        let verb = if self.mode == ModFlag::Mod {
            "dropping"
        } else {
            "ignoring"
        };
        if self.work.is_some() {
            return;
        }
        for main in &self.mains {
            for require in main.file.iter().flat_map(|file| &file.require) {
                let module = &require.module;
                if main.exclude.contains(module) {
                    let (path, version) = (&module.path, &module.version);
                    self.note(&format!(
                        "go: {verb} requirement on excluded version {path} {version}"
                    ));
                }
            }
        }
    }

    pub(crate) fn has_redundant_root(&self, requirements: &Requirements) -> bool {
        requirements.has_duplicates()
            || requirements
                .roots
                .iter()
                .any(|root| self.main(&root.path).is_some())
    }

    /// The graph behind the roots; read the first time.
    pub fn graph_of<'r>(&self, requirements: &'r Requirements) -> &'r LoadedGraph {
        requirements.graph.get_or_init(|| match self.vendor {
            Some(_) => self.vendored_graph(requirements),
            None => self.read_graph(requirements.pruning, &requirements.roots),
        })
    }

    /// The whole graph, as a release of Go that the version names would see it; as go.mod says, if that is empty.
    ///
    /// # Errors
    /// The graph is not complete, or cannot be seen with so old a release.
    pub fn graph_as_of(
        &self,
        requirements: &Arc<Requirements>,
        go_version: &str,
    ) -> Result<Arc<ModuleGraph>, ModulesError> {
        let finish = |loaded: &LoadedGraph, error: Option<ModulesError>| match error {
            Some(err) => Err(err),
            None => Ok(Arc::clone(&loaded.graph)),
        };
        if go_version.is_empty() {
            let (requirements, error) = self.expand(requirements);
            return finish(self.graph_of(&requirements), error);
        }
        let stated = requirements.go_version();
        let strict = gover::compare(stated, gover::GO_STRICT).is_ge();
        if strict && gover::compare(go_version, stated).is_lt() {
            return Err(ModulesError::text(format!(
                "requested Go version {go_version} cannot load module graph (requires Go >= {stated})"
            )));
        }
        let unpruned = crate::summary::pruning_of(go_version) == Pruning::Unpruned;
        if unpruned && requirements.pruning != Pruning::Unpruned {
            let loaded = self.read_graph(Pruning::Unpruned, &requirements.roots);
            return finish(&loaded, loaded.error.clone());
        }
        let loaded = self.graph_of(requirements);
        finish(loaded, loaded.error.clone())
    }

    pub(crate) fn read_graph(&self, pruning: Pruning, roots: &[ModuleVersion]) -> LoadedGraph {
        let mains = self.main_versions();
        let request = LoadRequest {
            mains: &mains,
            roots,
            pruning,
            unprune: &HashSet::new(),
        };
        let (graph, error) = ModuleGraph::load(&request, self);
        let error = error.map(|error| ModulesError::BuildList {
            stack: error.chain,
            err: Box::new(ModulesError::clone(&error.source)),
        });
        LoadedGraph {
            graph: Arc::new(graph),
            error,
        }
    }

    /// modules.txt as a graph: what go.mod requires, and (below go 1.17, and in workspaces) all that is vendored.
    fn vendored_graph(&self, requirements: &Requirements) -> LoadedGraph {
        let mut roots: Vec<ModuleVersion> = Vec::new();
        let vendored = self
            .vendor
            .as_ref()
            .map_or(&[][..], |vendor| &vendor.list.modules);
        for main in &self.mains {
            let mut direct = BTreeSet::new();
            roots.extend(roots_of(main, self.work.is_none(), &mut direct));
        }
        if requirements.pruning != Pruning::Pruned {
            roots.extend_from_slice(vendored);
        }
        if self.work.is_some() {
            roots.extend(requirements.roots.iter().cloned());
        }
        // Nothing is to be looked through below the roots.
        struct Nothing;
        impl crate::graph::Summaries for Nothing {
            type Error = ModulesError;
            fn summary(
                &self,
                _: &ModuleVersion,
            ) -> Result<Arc<crate::graph::Summary>, ModulesError> {
                Ok(Arc::new(crate::graph::Summary {
                    pruning: Pruning::Pruned,
                    require: Vec::new(),
                }))
            }
        }
        let mains = self.main_versions();
        let request = LoadRequest {
            mains: &mains,
            roots: &roots,
            pruning: Pruning::Pruned,
            unprune: &HashSet::new(),
        };
        let (graph, _) = ModuleGraph::load(&request, &Nothing);
        LoadedGraph {
            graph: Arc::new(graph),
            error: None,
        }
    }

    /// In a pruned main module every vendored module must be required by go.mod.
    pub(crate) fn check_vendored_roots(
        &self,
        requirements: &Requirements,
    ) -> Result<(), ModulesError> {
        if requirements.pruning != Pruning::Pruned {
            return Ok(());
        }
        let mut wanted = Vec::new();
        for module in self.vendor.iter().flat_map(|vendor| &vendor.list.modules) {
            if self.root_selected(requirements, &module.path).as_ref() != Some(&module.version) {
                self.note(&format!(
                    "go: vendored module {module} should be required explicitly in go.mod"
                ));
                wanted.push(module.clone());
            }
        }
        match wanted.is_empty() {
            true => Ok(()),
            false => Err(self.dirty(wanted)),
        }
    }
}
