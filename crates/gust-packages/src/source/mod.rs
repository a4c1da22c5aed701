//! What the loader asks of modules. gust-modules answers through [`FromModules`]; tests answer for themselves.

mod modules;

pub use modules::FromModules;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::model::{ModulePublic, Str};

/// How far the search for a module goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Main modules and what go.mod itself requires (all that a pruned graph needs in the common case).
    Roots,
    /// Everything in the module graph, which may have to be loaded first.
    Graph,
}

/// A main module: the one of the current directory, or one of a workspace's.
#[derive(Debug, Clone, Default)]
pub struct MainModule {
    /// Module path.
    pub path: Str2,
    /// What the import paths of its packages start with: the module path, or nothing for `std`.
    pub prefix: String,
    /// Its directory.
    pub dir: PathBuf,
    /// The directory is GOROOT/src or GOROOT/src/cmd.
    pub in_goroot_src: bool,
    /// `ignore` lines of its go.mod.
    pub ignore: Vec<String>,
    /// `tool` lines of its go.mod.
    pub tools: Vec<Str>,
}

type Str2 = String;

impl MainModule {
    /// As a provider of packages.
    pub fn candidate(&self) -> Candidate {
        Candidate {
            path: self.path.clone(),
            version: String::new(),
            root: Ok(self.dir.clone()),
            local: true,
            main: true,
        }
    }
}

/// A module whose path is a prefix of an import path.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Module path.
    pub path: String,
    /// Selected version; empty for main modules.
    pub version: String,
    /// Where its files are, replacements followed; or why they cannot be had.
    pub root: Result<PathBuf, RootError>,
    /// In a directory that may hold other modules (not in the module cache).
    pub local: bool,
    /// A main module.
    pub main: bool,
}

/// Why a module's files cannot be had.
#[derive(Debug, Clone)]
pub struct RootError {
    /// go's text.
    pub text: String,
    /// Because go.sum has no line for it.
    pub missing_sum: bool,
}

/// -mod=vendor: where everything comes from.
#[derive(Debug, Clone)]
pub struct VendorTree {
    /// The vendor directory.
    pub dir: PathBuf,
}

/// A module of the build list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Module path.
    pub path: String,
    /// Selected version; empty for main modules.
    pub version: String,
    /// A main module.
    pub main: bool,
}

/// What a load found out that requirements depend on. Modules are paths and versions.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// Modules of dependencies whose packages are asked for, or needed by packages of main modules.
    pub needed: Vec<(String, String)>,
    /// Those that packages of main modules import from.
    pub direct: Vec<(String, String)>,
    /// Import paths that no module provides.
    pub missing: Vec<String>,
}

/// The answers.
pub trait ModuleSource: Send + Sync {
    /// Main modules, in go's order.
    fn mains(&self) -> &[MainModule];
    /// Is there any go.mod? Without, packages of modules cannot be found.
    fn has_root(&self) -> bool;
    /// go.work is in use.
    fn in_workspace(&self) -> bool;
    /// The vendor directory, if everything is to come from it.
    fn vendor(&self) -> Option<&VendorTree>;
    /// Who vendored the package: `None` when modules.txt does not list it, `Some(None)` when it is accepted although unlisted.
    fn vendored_by(&self, path: &str) -> Option<Option<Candidate>>;
    /// Notes that a package in the vendor directory was passed over.
    fn warn_unlisted(&self, path: &str);
    /// Warnings that came up since they were last asked for.
    fn warnings(&self) -> Vec<String>;
    /// Modules whose path is a prefix of the import path, longest first. An error is one of the module graph.
    fn candidates(&self, path: &str, reach: Reach) -> Result<Vec<Candidate>, String>;
    /// All modules of the build list, main ones first. The second part tells why it may be incomplete.
    fn build_list(&self) -> (Vec<Listed>, Option<String>);
    /// A module of the build list with its files, which are downloaded if need be.
    fn candidate(&self, module: &Listed) -> Candidate;
    /// The directory of a dependency, if that is on this machine.
    fn present_dir(&self, module: &Listed) -> Option<PathBuf>;
    /// `ignore` lines of its go.mod.
    fn ignored(&self, module: &Listed) -> Vec<String>;
    /// What `go list` shows of the module; its go.mod is read to be sure.
    fn module_info(&self, module: &Candidate) -> Result<Option<Arc<ModulePublic>>, String>;
    /// Brings requirements in line with what was loaded, and (with -mod=mod) looks for modules for what is missing. True: what
    /// is required is not what it was, and everything has to be loaded again.
    fn settle(&self, _loaded: &Loaded) -> Result<bool, String> {
        Ok(false)
    }
    /// The load is over: go.mod and go.sum are written where they may be, or it is an error that they should be.
    fn finish(&self) -> Result<(), String> {
        Ok(())
    }
    /// An error that ends the command, with nothing in front of it: what was downloaded is not what it should be.
    fn fatal(&self) -> Option<String> {
        None
    }
    /// Is this a well-formed import path? go's text if not.
    fn check_import_path(&self, path: &str) -> Result<(), String>;
    /// Does modules.txt list the package?
    fn vendor_lists(&self, path: &str) -> bool {
        matches!(self.vendored_by(path), Some(Some(_)))
    }
    /// The text for questions that need a main module where there is none.
    fn no_main_module(&self) -> String;
    /// The go version of the main module or workspace, which decides a program's defaults. Without a main module (`go run x@version`)
    /// the version of the program's own module counts.
    fn go_version_for(&self, module: Option<&ModulePublic>) -> String;
    /// The go version of the main module or workspace; the release's where there is none.
    fn go_version(&self) -> String;
    /// `godebug` lines of all main modules or of the workspace, each with its place as an error has it: place, key, value.
    fn godebug_lines(&self) -> Vec<(String, String, String)> {
        Vec::new()
    }
    /// `godebug` lines of the main module or workspace.
    fn godebug(&self) -> Vec<(String, String)>;
    /// Why no module provides the package. `importer` is the main module from which the import chain comes.
    fn explain_unfound(&self, path: &str, importer: Option<&str>) -> String;
    /// Is the module of that path and version required by go.mod itself, as `-mod=readonly` wants of direct imports?
    fn is_root(&self, path: &str, version: &str) -> bool;
    /// The directory containing `dir` that holds a go.mod.
    fn module_root_of(&self, dir: &std::path::Path) -> Option<PathBuf>;
}

/// An import path that no module provides.
#[derive(Debug, Clone)]
pub struct Unfound {
    /// The import path.
    pub path: Str,
    text: String,
}

impl Unfound {
    /// Asks the source why.
    pub fn new(path: &str, source: &dyn ModuleSource) -> Unfound {
        Unfound {
            path: path.into(),
            text: source.explain_unfound(path, None),
        }
    }

    /// The same, noting that the importing module asks for a newer release, in which the standard library may have the package.
    pub fn noting(mut self, newer: Option<String>) -> Unfound {
        let in_std =
            crate::paths::is_standard_path(&self.path) && self.text.contains(" is not in std (");
        if let (Some(version), true) = (newer, in_std) {
            self.text.push_str(&format!(
                "\nnote: imported by a module that requires go {version}"
            ));
        }
        self
    }

    /// The same, imported from the main module of that path.
    pub fn from_main(path: &str, main: &str, source: &dyn ModuleSource) -> Unfound {
        Unfound {
            path: path.into(),
            text: source.explain_unfound(path, Some(main)),
        }
    }
}

impl fmt::Display for Unfound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
