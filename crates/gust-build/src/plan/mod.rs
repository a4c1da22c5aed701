//! From packages to actions: a plan is data, made before anything runs and without looking at a cache.
//!
//! Each package becomes an action that makes its archive (after one that asks the cache whether that is needed, and
//! those of cgo), each program a link, each output an install. Deps point at what must be done before; the order of the
//! arena and of each action's deps is go's, since hash inputs, importcfg files and the order of work follow it.
//!
//! - [`planner`]: makes actions for packages
//! - [`request`]: what `build`, `install`, `run` and `list` want of a plan: which outputs, and where to

mod cgo;
pub mod kind;
pub mod planner;
pub mod request;

use std::path::PathBuf;

pub use crate::cgo::compile::Language;
use gust_packages::PackageId;
pub use kind::{ActionKind, Open, Surroundings};
pub use planner::{InstallMode, Planner};
pub use request::{PlanError, Targets, build, install, list, run};

/// An action's place in its [`Plan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionRef(pub u32);

impl ActionRef {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What an action does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Nothing: it stands for many.
    Group(&'static str),
    /// A package that the compiler itself provides (unsafe).
    BuiltIn,
    /// Asks the cache what `build` still has to do.
    CheckCache {
        /// The action asked about (or the install that took its place).
        build: ActionRef,
    },
    /// Makes a package's archive.
    Build,
    /// Puts counters into a package's files.
    Cover,
    /// Runs cgo over a package's files.
    CgoRun,
    /// Compiles one file of another language, for a package that uses cgo.
    CgoCompile {
        /// The file: as the package names it, or generated in the action's directory.
        file: CgoFile,
        /// By which compiler.
        language: Language,
    },
    /// Stands for all of a package's cgo compiles.
    CgoCollect,
    /// Makes a profile ready for the compiler.
    Profile {
        /// The profile as recorded.
        input: PathBuf,
    },
    /// Links a program.
    Link,
    /// Puts the result of its first dependency where the person wants it.
    Install {
        /// What it installs is a program (or an archive).
        link: bool,
    },
    /// Installs the header that goes with a C library.
    InstallHeader,
    /// What a crate above knows how to do.
    Open(Open),
    /// Starts the program.
    Run {
        /// The program's arguments.
        args: Vec<String>,
    },
}

/// A file for a C compiler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CgoFile {
    /// One of the package's own, as it names it.
    Own(String),
    /// One that cgo or SWIG makes in the action's directory.
    Generated(String),
}

/// Where an action's result is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Place {
    /// Nowhere, or where the action itself knows.
    #[default]
    None,
    /// In the action's own directory, under this name.
    Work(String),
    /// Here.
    Path(PathBuf),
}

/// One action.
#[derive(Debug, Clone)]
pub struct Action {
    /// What it does.
    pub kind: Kind,
    /// The package that it works on.
    pub package: Option<PackageId>,
    /// What must be done before, in go's order.
    pub deps: Vec<ActionRef>,
    /// The number of its directory below the work directory (`b001`); several actions of a package share one.
    pub objdir: Option<u32>,
    /// What it makes.
    pub target: Place,
    /// The archive itself is wanted (not only what is known about it).
    pub need_build: bool,
    /// The names of the files that its compiler sees are wanted.
    pub need_source_names: bool,
    /// It runs even if what it depends on failed.
    pub ignore_fail: bool,
    /// A linked program is kept in the cache.
    pub cache_executable: bool,
}

impl Action {
    /// An action without package, deps and outputs.
    pub fn new(kind: Kind) -> Action {
        Action {
            kind,
            package: None,
            deps: Vec::new(),
            objdir: None,
            target: Place::None,
            need_build: false,
            need_source_names: false,
            ignore_fail: false,
            cache_executable: false,
        }
    }

    /// Its name in `-debug-actiongraph`.
    pub fn mode(&self) -> String {
        match &self.kind {
            Kind::Group(name) => (*name).to_owned(),
            Kind::BuiltIn => "built-in package".to_owned(),
            Kind::CheckCache { .. } => "build check cache".to_owned(),
            Kind::Build => "build".to_owned(),
            Kind::Cover => "cover".to_owned(),
            Kind::CgoRun => "cgo run".to_owned(),
            Kind::CgoCompile { file, .. } => {
                let (CgoFile::Own(name) | CgoFile::Generated(name)) = file;
                match (file, self.objdir) {
                    (CgoFile::Generated(_), Some(dir)) => {
                        format!("cgo compile $WORK/b{dir:03}/{name}")
                    }
                    _ => format!("cgo compile {name}"),
                }
            }
            Kind::CgoCollect => "collect cgo".to_owned(),
            Kind::Profile { .. } => "preprocess PGO profile".to_owned(),
            Kind::Link => "link".to_owned(),
            Kind::Install { link: true } => "link-install".to_owned(),
            Kind::Install { link: false } => "build-install".to_owned(),
            Kind::InstallHeader => "install header".to_owned(),
            Kind::Open(Open(kind)) => kind.mode(),
            Kind::Run { .. } => "go run".to_owned(),
        }
    }
}

/// What is to be done, in full.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The actions, by reference.
    pub actions: Vec<Action>,
    /// The action that all others are for.
    pub root: ActionRef,
    /// What the command changes about the packages that it names.
    pub targets: Targets,
}

impl Plan {
    /// An action.
    pub fn action(&self, at: ActionRef) -> &Action {
        &self.actions[at.index()]
    }

    /// The action that makes the archive: `build` itself, or the one whose result it installs.
    pub fn inner(&self, build: ActionRef) -> ActionRef {
        match self.action(build).kind {
            Kind::Install { .. } => self.action(build).deps[0],
            _ => build,
        }
    }

    /// The action that stands for the C compiles of a package, `build` being the one that makes its archive.
    pub(crate) fn cgo_collect(&self, build: &Action) -> Option<ActionRef> {
        let is_collect = |dep: &&ActionRef| self.action(**dep).kind == Kind::CgoCollect;
        build.deps.iter().find(is_collect).copied()
    }

    /// The actions that the root needs, each after what it needs itself: go's order of work.
    pub fn order(&self) -> Vec<ActionRef> {
        let mut seen = vec![false; self.actions.len()];
        let mut order = Vec::with_capacity(self.actions.len());
        let mut stack = vec![(self.root, 0)];
        seen[self.root.index()] = true;
        while let Some((at, next)) = stack.last_mut() {
            let (here, dep) = (*at, self.actions[at.index()].deps.get(*next).copied());
            *next += 1;
            match dep {
                Some(dep) if !seen[dep.index()] => {
                    seen[dep.index()] = true;
                    stack.push((dep, 0));
                }
                Some(_) => {}
                None => {
                    order.push(here);
                    stack.pop();
                }
            }
        }
        order
    }

    /// For each action, those that wait for it (only actions of `order`), in go's order.
    pub fn triggers(&self, order: &[ActionRef]) -> Triggers {
        let deps = |at: &ActionRef| &self.actions[at.index()].deps;
        let mut ends = vec![0; self.actions.len() + 1];
        for dep in order.iter().flat_map(deps) {
            ends[dep.index() + 1] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            total += *end;
            *end = total;
        }
        // Each list is filled from its start, which so becomes its end.
        let mut waiting = vec![self.root; total as usize];
        for &at in order {
            for dep in deps(&at) {
                let place = &mut ends[dep.index()];
                waiting[*place as usize] = at;
                *place += 1;
            }
        }
        Triggers { ends, waiting }
    }
}

/// Which actions wait for which, all in one list.
#[derive(Debug)]
pub struct Triggers {
    /// Where each action's part of the list ends; it begins where that of the action before it does.
    ends: Vec<u32>,
    waiting: Vec<ActionRef>,
}

impl Triggers {
    /// Those that wait for `at`.
    pub fn of(&self, at: ActionRef) -> &[ActionRef] {
        let start = at
            .index()
            .checked_sub(1)
            .map_or(0, |before| self.ends[before]);
        &self.waiting[start as usize..self.ends[at.index()] as usize]
    }
}
