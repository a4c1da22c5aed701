//! From an action to its commands, once what it depends on is there.
//!
//! Everything here is a value made of values: nothing is started and nothing is written, and what is read is the sources.
//! An action whose result the cache has is never lowered.
//!
//! - [`archive`]: the compiler, the assembler, the archive of a package
//! - [`cover`]: counters in a package's files
//! - [`cgo`]: the cgo tool, C compilers, the trial link
//! - [`swig`]: what SWIG makes for cgo
//! - [`link`]: a program

pub(crate) mod archive;
pub(crate) mod cgo;
pub(crate) mod cover;
pub(crate) mod link;
pub(crate) mod swig;

use gust_cache::ActionId;
use gust_packages::Package;

use crate::plan::{Action, ActionRef, Kind, Place, Plan};
use crate::site::Site;

/// What is known of actions that are done: of real ones what they made, in a plan that is written down what they will be
/// said to have made.
pub(crate) trait Results {
    /// The file with an action's result.
    fn file(&self, at: ActionRef) -> Option<String>;

    /// The build ID of an action's result; empty when it has none.
    fn build_id(&self, at: ActionRef) -> String;

    /// The ID of what an action is made from, if it has one.
    fn action_id(&self, _at: ActionRef) -> Option<ActionId> {
        None
    }

    /// The action whose failure kept this one from its work, if one did.
    fn failed(&self, _at: ActionRef) -> Option<ActionRef> {
        None
    }
}

/// An action's surroundings.
#[derive(Clone, Copy)]
pub(crate) struct Before<'a> {
    pub(crate) site: &'a Site<'a>,
    pub(crate) plan: &'a Plan,
    pub(crate) results: &'a dyn Results,
}

impl<'a> Before<'a> {
    /// The archives of the packages imported: import paths and files, in the order of the action's deps.
    pub(crate) fn imported(&self, action: &Action) -> Vec<(&'a str, String)> {
        let archive = |dep: &ActionRef| {
            let action = self.plan.action(*dep);
            let compiled = matches!(action.kind, Kind::Build | Kind::Install { .. });
            let id = action.package.filter(|_| compiled)?;
            let path = &*self.site.graph[id].import_path;
            Some((path, self.results.file(*dep)?))
        };
        action.deps.iter().filter_map(archive).collect()
    }

    /// The archives of a program's packages.
    pub(crate) fn linked(&self, action: &Action) -> Vec<(&'a str, String)> {
        let archive = |dep: &ActionRef| {
            let id = self.plan.action(*dep).package?;
            let file = self.results.file(*dep).unwrap_or_default();
            Some((&*self.site.graph[id].import_path, file))
        };
        action.deps.iter().filter_map(archive).collect()
    }

    /// The profile that a package is compiled with.
    pub(crate) fn profile(&self, action: &Action) -> Option<String> {
        let is_profile =
            |dep: &&ActionRef| matches!(self.plan.action(**dep).kind, Kind::Profile { .. });
        self.results.file(*action.deps.iter().find(is_profile)?)
    }

    /// Some package of a program has C++ in it.
    pub(crate) fn has_cxx(&self, action: &Action) -> bool {
        let cxx = |p: &Package| !p.sources.cxx.is_empty() || !p.sources.swigcxx.is_empty();
        let mut packages = action
            .deps
            .iter()
            .filter_map(|&dep| self.plan.action(dep).package);
        packages.any(|id| cxx(&self.site.graph[id]))
    }

    /// The .syso files of a package and of all that it needs, sorted.
    pub(crate) fn system_objects(&self, build: ActionRef) -> Vec<String> {
        let mut seen = std::collections::HashSet::from([build]);
        let mut stack = vec![build];
        let mut objects = Vec::new();
        while let Some(at) = stack.pop() {
            let action = self.plan.action(at);
            if let Some(id) = action.package {
                let p = &self.site.graph[id];
                let absolute = |f: &gust_packages::model::Str| crate::tools::absolute(p, f);
                objects.extend(p.sources.syso.iter().map(absolute));
            }
            stack.extend(action.deps.iter().copied().filter(|&dep| seen.insert(dep)));
        }
        objects.sort();
        objects.dedup();
        objects
    }
}

/// The path of an action's result; `objdir` is its directory, with a slash at the end.
pub(crate) fn place(action: &Action, objdir: &str) -> String {
    match &action.target {
        Place::None => String::new(),
        Place::Work(name) => format!("{objdir}{name}"),
        Place::Path(path) => path.to_string_lossy().into_owned(),
    }
}
