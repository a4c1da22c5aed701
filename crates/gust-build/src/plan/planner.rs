//! Makes the actions of packages, each once.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gust_packages::{PackageGraph, PackageId};

use super::{Action, ActionRef, Kind, Place, Plan, Targets};
use crate::shape::Shape;

/// Is a result only made, or also put in its place?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstallMode {
    /// Made.
    Build,
    /// Put in its place.
    Install,
}

/// A plan in the making.
pub struct Planner<'a> {
    pub(super) graph: &'a PackageGraph,
    pub(super) shape: &'a Shape,
    pub(super) targets: Targets,
    pub(super) actions: Vec<Action>,
    goos: &'a str,
    /// By package.
    builds: Vec<Option<ActionRef>>,
    links: HashMap<PackageId, ActionRef>,
    profiles: HashMap<Arc<Path>, ActionRef>,
    objdirs: u32,
}

impl<'a> Planner<'a> {
    /// An empty plan over the packages of a graph.
    pub fn new(
        graph: &'a PackageGraph,
        shape: &'a Shape,
        goos: &'a str,
        targets: Targets,
    ) -> Planner<'a> {
        Planner {
            graph,
            shape,
            targets,
            actions: Vec::with_capacity(graph.packages().len() * 2 + 8),
            goos,
            builds: vec![None; graph.packages().len()],
            links: HashMap::new(),
            profiles: HashMap::new(),
            objdirs: 0,
        }
    }

    /// Adds an action.
    pub fn push(&mut self, action: Action) -> ActionRef {
        let at = ActionRef(self.actions.len() as u32);
        self.actions.push(action);
        at
    }

    /// Adds an action that stands for others.
    pub fn group(&mut self, name: &'static str, deps: Vec<ActionRef>) -> ActionRef {
        self.push(Action {
            deps,
            ..Action::new(Kind::Group(name))
        })
    }

    /// An action of the plan.
    pub fn action_mut(&mut self, at: ActionRef) -> &mut Action {
        &mut self.actions[at.index()]
    }

    /// Ends the making.
    pub fn finish(self, root: ActionRef) -> Plan {
        Plan {
            actions: self.actions,
            root,
            targets: self.targets,
        }
    }

    /// What `go build` or `go install` means for a package: a program is linked, any other package compiled.
    pub fn auto(&mut self, mode: InstallMode, deps: InstallMode, id: PackageId) -> ActionRef {
        match &*self.graph[id].name == "main" {
            true => self.link(mode, deps, id),
            false => self.compile(mode, deps, id),
        }
    }

    /// The action that makes a package's archive, or the one that installs it.
    pub fn compile(&mut self, mode: InstallMode, deps: InstallMode, id: PackageId) -> ActionRef {
        let at = match self.builds[id.index()] {
            Some(at) => at,
            None => self.new_compile(deps, id),
        };
        let build = match self.actions[at.index()].kind {
            Kind::Install { .. } => self.actions[at.index()].deps[0],
            _ => at,
        };
        self.actions[build.index()].need_build = true;
        let package = &self.graph[id];
        let has_target = self.targets.target(package).is_some();
        if mode == InstallMode::Install && has_target && &*package.name != "main" {
            return self.install(at);
        }
        at
    }

    /// The action that makes a package's archive, for whoever wants to know its ID, its imports and what its compiler sees; the
    /// archive itself is not asked for.
    pub fn examine(&mut self, id: PackageId) -> ActionRef {
        let at = match self.builds[id.index()] {
            Some(at) => at,
            None => self.new_compile(InstallMode::Build, id),
        };
        let build = match self.actions[at.index()].kind {
            Kind::Install { .. } => self.actions[at.index()].deps[0],
            _ => at,
        };
        self.actions[build.index()].need_source_names = true;
        at
    }

    /// The number of a directory for an action that shares none.
    pub fn new_objdir(&mut self) -> u32 {
        self.objdirs += 1;
        self.objdirs
    }

    fn new_compile(&mut self, dep_mode: InstallMode, id: PackageId) -> ActionRef {
        let package = &self.graph[id];
        let objdir = self.new_objdir();
        let at = self.push(Action {
            package: Some(id),
            objdir: Some(objdir),
            ..Action::new(Kind::Build)
        });
        self.builds[id.index()] = Some(at);
        let mut deps = Vec::with_capacity(package.imports.direct.len() + 2);
        if !package.error.as_ref().is_some_and(|e| e.is_import_cycle) {
            for &dep in &package.imports.direct {
                deps.push(self.compile(dep_mode, dep_mode, dep));
            }
        }
        if let Some(profile) = &package.build.pgo_profile {
            deps.push(self.profile(profile));
        }
        if package.place.standard && matches!(&*package.import_path, "builtin" | "unsafe") {
            let action = self.action_mut(at);
            (action.kind, action.deps) = (Kind::BuiltIn, deps);
            return at;
        }
        let check = self.push(Action {
            package: Some(id),
            objdir: Some(objdir),
            deps: deps.clone(),
            ..Action::new(Kind::CheckCache { build: at })
        });
        deps.push(check);
        let mut before_cgo = vec![check];
        if package.build.cover.is_some() {
            let cover = self.push(Action {
                package: Some(id),
                objdir: Some(objdir),
                deps: vec![check],
                ..Action::new(Kind::Cover)
            });
            deps.push(cover);
            before_cgo.push(cover);
        }
        if package.uses_cgo() || package.uses_swig() {
            deps.push(self.cgo(id, objdir, before_cgo));
        }
        self.action_mut(at).deps = deps;
        at
    }

    fn profile(&mut self, profile: &Arc<Path>) -> ActionRef {
        if let Some(&at) = self.profiles.get(profile) {
            return at;
        }
        let objdir = Some(self.new_objdir());
        let at = self.push(Action {
            objdir,
            target: Place::Work("pgo.preprofile".to_owned()),
            ..Action::new(Kind::Profile {
                input: profile.to_path_buf(),
            })
        });
        self.profiles.insert(profile.clone(), at);
        at
    }

    /// The action that links a program, or the one that installs it.
    pub fn link(&mut self, mode: InstallMode, deps: InstallMode, id: PackageId) -> ActionRef {
        let at = match self.links.get(&id) {
            Some(&at) => at,
            None => self.new_link(deps, id),
        };
        match mode {
            InstallMode::Build => at,
            InstallMode::Install => self.install(at),
        }
    }

    fn new_link(&mut self, dep_mode: InstallMode, id: PackageId) -> ActionRef {
        // The number of actions so far must not depend on the link: its directory is the package's.
        let main = self.compile(InstallMode::Build, dep_mode, id);
        let mut deps = vec![main];
        self.add_link_deps(main, &mut deps);
        let others = self.group("nop", deps[1..].to_vec());
        let objdir = self.actions[main.index()].objdir;
        self.action_mut(main).deps.push(others);
        let target = Place::Work(format!("exe/{}", self.link_name(id)));
        let at = self.push(Action {
            package: Some(id),
            objdir,
            target,
            deps,
            ..Action::new(Kind::Link)
        });
        self.links.insert(id, at);
        at
    }

    fn link_name(&self, id: PackageId) -> String {
        let package = &self.graph[id];
        let suffix = &self.shape.exe_suffix;
        if let Some(name) = self.targets.exe_name(id) {
            return format!("{name}{suffix}");
        }
        // The linker notes the name in the library itself.
        if matches!(self.goos, "darwin" | "windows")
            && self.shape.buildmode == "c-shared"
            && let Some(name) = self.targets.target(package).and_then(Path::file_name)
        {
            return format!("{}{suffix}", name.to_string_lossy());
        }
        format!("a.out{suffix}")
    }

    /// All packages of the program, breadth first, each import path once.
    fn add_link_deps(&self, main: ActionRef, deps: &mut Vec<ActionRef>) {
        let path = |at: ActionRef| {
            let id = self.actions[at.index()].package?;
            Some(&*self.graph[id].import_path)
        };
        let mut seen: HashSet<&str> = path(main).into_iter().collect();
        let mut queue = vec![main];
        let mut next = 0;
        while let Some(&at) = queue.get(next) {
            next += 1;
            for &dep in &self.actions[at.index()].deps {
                let action = &self.actions[dep.index()];
                if !matches!(action.kind, Kind::Build | Kind::Install { link: false }) {
                    continue;
                }
                if !path(dep).is_some_and(|p| seen.insert(p)) {
                    continue;
                }
                deps.push(dep);
                queue.push(match action.kind {
                    Kind::Install { .. } => action.deps[0],
                    _ => dep,
                });
            }
        }
    }

    /// Lets an install take the place of the action whose result it installs, for all that depend on it.
    fn install(&mut self, at: ActionRef) -> ActionRef {
        let action = &self.actions[at.index()];
        let link = match action.kind {
            Kind::Link => true,
            Kind::Build => false,
            _ => return at,
        };
        let (package, objdir) = (action.package, action.objdir);
        let inner = action.clone();
        let inner = self.push(inner);
        let target = package
            .and_then(|id| self.targets.target(&self.graph[id]))
            .map_or(Place::None, |t| Place::Path(t.to_path_buf()));
        self.actions[at.index()] = Action {
            package,
            objdir,
            target,
            deps: vec![inner],
            ..Action::new(Kind::Install { link })
        };
        self.add_header(at, inner, package);
        at
    }

    fn add_header(&mut self, install: ActionRef, inner: ActionRef, package: Option<PackageId>) {
        let Some(package) = package.map(|id| &self.graph[id]) else {
            return;
        };
        let library = matches!(&*self.shape.buildmode, "c-archive" | "c-shared");
        let Some(target) = self.targets.target(package) else {
            return;
        };
        if !library || !package.uses_cgo() {
            return;
        }
        let target: PathBuf = target.with_extension("h");
        let header = self.push(Action {
            package: Some(package.id),
            objdir: self.actions[inner.index()].objdir,
            target: Place::Path(target),
            deps: vec![inner],
            ..Action::new(Kind::InstallHeader)
        });
        self.action_mut(install).deps.push(header);
    }
}
