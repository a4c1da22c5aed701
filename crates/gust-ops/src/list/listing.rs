//! What a listing adds to the graph: which packages it shows and why, how variants are named, what depends on what.

use super::ListRequest;
use super::additions::Additions;
use crate::building::Building;
use crate::load::Loading;
use gust_build::run::Status;
use gust_modules::{ModulePublic, Requirements};
use gust_packages::context::BuildContext;
use gust_packages::model::{DepSets, Str};
use gust_packages::{Package, PackageError, PackageGraph, PackageId};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::mem::ManuallyDrop;
use std::sync::Arc;

/// A listing. Everything is borrowed from the graph; what is costly is made when it is first asked for.
///
/// Graph and loader are never taken apart: see [`Building`].
pub struct Listing {
    loading: ManuallyDrop<Loading>,
    graph: ManuallyDrop<PackageGraph>,
    /// The requirements that packages were loaded with; none in GOPATH mode.
    requirements: Option<Arc<Requirements>>,
    additions: Additions,
    /// The packages asked for: from them on, dependencies are counted.
    roots: Vec<PackageId>,
    listed: Vec<PackageId>,
    /// Named by the command line, by id.
    named: Vec<bool>,
    /// Variants are shown with the program that they are for.
    tell_variants: bool,
    /// -compiled: imports that generated files add are shown.
    compiled: bool,
    failed: bool,
    deps: OnceCell<Deps>,
}

/// Packages may be shown as variants: of a test, or of one of several programs with profiles. go then looks at all that the packages
/// need, and tells the errors that it meets there.
pub(super) fn tells_variants(request: &ListRequest, roots: usize) -> bool {
    let auto_pgo = request.flags.pgo.as_deref().unwrap_or("auto") == "auto";
    request.list.tests || auto_pgo && roots > 1
}

/// Dependencies of every package, and the order in which they are listed.
struct Deps {
    sets: DepSets,
    /// Packages in the order of their names; those of one name follow each other.
    by_name: Vec<PackageId>,
    /// A package's place in that.
    rank: Vec<u32>,
    /// Some package has an error.
    errors: bool,
}

impl Listing {
    /// A listing of `listed`, of which `roots` were asked for.
    pub(super) fn new(
        building: Building<'_>,
        additions: Additions,
        roots: Vec<PackageId>,
        listed: Vec<PackageId>,
        tell_variants: bool,
        compiled: bool,
        failed: bool,
    ) -> Listing {
        let mut named = vec![false; building.graph.packages().len()];
        roots.iter().for_each(|id| named[id.index()] = true);
        Listing {
            loading: building.loading,
            graph: building.graph,
            requirements: building.requirements,
            additions,
            roots,
            listed,
            named,
            tell_variants,
            compiled,
            failed,
            deps: OnceCell::new(),
        }
    }

    /// The packages to show, in order.
    pub fn listed(&self) -> &[PackageId] {
        &self.listed
    }

    /// A package.
    pub fn package(&self, id: PackageId) -> &Package {
        &self.graph[id]
    }

    /// Something could not be built for it; the reporter has heard why.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// Keeps what was read of directories for the next command.
    pub fn save(&mut self) {
        self.loading.loader.save();
    }

    /// What a build said of the package, if one was asked.
    pub fn status(&self, id: PackageId) -> Option<&Status> {
        self.additions.status(id)
    }

    /// The package's error: what loading found, or else what a build did.
    pub fn error(&self, id: PackageId) -> Option<&PackageError> {
        self.additions.error(&self.graph, id)
    }

    /// The package or something that it needs has an error.
    pub fn is_incomplete(&self, id: PackageId) -> bool {
        self.additions.is_incomplete(&self.graph, id)
    }

    /// The package's module, as it is shown.
    pub fn module(&self, id: PackageId) -> Option<&ModulePublic> {
        self.additions.module(&self.graph, id)
    }

    /// The requirements that packages were loaded with; none in GOPATH mode.
    pub fn requirements(&self) -> Option<&Arc<Requirements>> {
        self.requirements.as_ref()
    }

    /// What the packages were loaded for.
    pub fn context(&self) -> &BuildContext {
        &self.loading.loader.config().context
    }

    /// The package is shown only because another needs it.
    pub fn is_dep_only(&self, id: PackageId) -> bool {
        !self.named[id.index()]
    }

    /// The import path as it is shown.
    pub fn name(&self, id: PackageId) -> Cow<'_, str> {
        let package = &self.graph[id];
        if self.is_variant(package) {
            Cow::Owned(package.desc())
        } else {
            Cow::Borrowed(&package.import_path)
        }
    }

    fn is_variant(&self, package: &Package) -> bool {
        self.tell_variants && (package.for_test.is_some() || package.for_main.is_some())
    }

    /// The imports as they are shown, and as they are written in the sources.
    pub fn imports(&self, id: PackageId) -> impl Iterator<Item = (Cow<'_, str>, &str)> {
        let graph = &*self.graph;
        let package = &graph[id];
        let variants: Vec<&Package> = package
            .imports
            .direct
            .iter()
            .map(|dep| &graph[*dep])
            .filter(|dep| self.is_variant(dep))
            .collect();
        let compiled: &[Str] = if self.compiled {
            &package.imports.compiled
        } else {
            &[]
        };
        let written = package.imports.written.iter().chain(compiled);
        package
            .imports
            .paths
            .iter()
            .chain(compiled)
            .zip(written)
            .map(move |(path, raw)| {
                let shown = match variants.iter().rfind(|v| v.import_path == *path) {
                    Some(variant) => Cow::Owned(variant.desc()),
                    None => Cow::Borrowed(&**path),
                };
                (shown, &**raw)
            })
    }

    /// Imports of internal and external tests, vendored ones in full.
    pub fn test_imports(&self, id: PackageId) -> (Vec<Str>, Vec<Str>) {
        self.loading.loader.resolved_test_imports(&self.graph, id)
    }

    fn deps(&self) -> &Deps {
        self.deps.get_or_init(|| {
            let order = self.graph.deps_postorder(&self.roots);
            let names: Vec<Cow<'_, str>> = self
                .graph
                .packages()
                .iter()
                .map(|p| self.name(p.id))
                .collect();
            let mut by_name: Vec<PackageId> = order.clone();
            by_name.sort_by(|a, b| names[a.index()].cmp(&names[b.index()]));
            let mut rank = vec![0; names.len()];
            for (place, id) in by_name.iter().enumerate() {
                rank[id.index()] = place as u32;
            }
            let errors = order.iter().any(|id| self.error(*id).is_some());
            Deps {
                sets: self.graph.dep_sets(&order),
                by_name,
                rank,
                errors,
            }
        })
    }

    /// Everything that the package needs, directly or not, by name.
    pub fn all_deps(&self, id: PackageId) -> Vec<Cow<'_, str>> {
        let deps = self.deps();
        let mut wanted = vec![0u64; deps.by_name.len().div_ceil(64)];
        for dep in deps.sets.of(id) {
            let place = deps.rank[dep.index()] as usize;
            wanted[place / 64] |= 1 << (place % 64);
        }
        let places = wanted.iter().enumerate().flat_map(|(word, bits)| {
            let mut bits = *bits;
            std::iter::from_fn(move || {
                let bit = bits.trailing_zeros();
                (bits != 0).then(|| {
                    bits &= bits - 1;
                    word * 64 + bit as usize
                })
            })
        });
        let mut names: Vec<Cow<'_, str>> =
            places.map(|place| self.name(deps.by_name[place])).collect();
        names.dedup();
        names
    }

    /// The errors of what the package needs: by the package that each is about, those without an import stack first.
    pub fn deps_errors(&self, id: PackageId) -> Vec<&PackageError> {
        let deps = self.deps();
        if !deps.errors {
            return Vec::new();
        }
        let mut errors: Vec<&PackageError> =
            deps.sets.of(id).filter_map(|dep| self.error(dep)).collect();
        errors.sort_by_cached_key(|error| match error.import_stack.last() {
            None => (0, error.problem.to_string()),
            Some(top) => (1, top.path.to_string()),
        });
        errors
    }
}
