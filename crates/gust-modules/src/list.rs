//! `go list -m`: which modules are meant, and what is shown of them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use gust_fetch::Origin;
use gust_syntax::gover;
use gust_syntax::module::ModuleVersion;

use crate::Modules;
use crate::error::ModulesError;
use crate::graph::{ModuleGraph, Pruning};
use crate::info::InfoMode;
use crate::public::{ModuleError, ModulePublic};
use crate::query::{Allow, is_revision_query, split_path_version};
use crate::requirements::Requirements;
use crate::reuse::Reuse;
use crate::settings::ModFlag;

/// The answer of [`Modules::list`].
#[derive(Debug)]
pub struct Listed {
    /// In the order of the arguments.
    pub modules: Vec<ModulePublic>,
    /// The requirements that this is the answer for: roots that were lower than what they lead to have risen.
    pub requirements: Arc<Requirements>,
    /// Why there may be more.
    pub error: Option<ModulesError>,
}

/// Does a pattern with `...` match?
fn wildcard_matches(pattern: &str, path: &str) -> bool {
    // A trailing /... matches what is before it as well.
    if let Some(head) = pattern.strip_suffix("/...")
        && !head.contains("...")
    {
        return path == head
            || path
                .strip_prefix(head)
                .is_some_and(|rest| rest.starts_with('/'));
    }
    let pieces: Vec<&str> = pattern.split("...").collect();
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
        return false;
    };
    let Some(mut rest) = path.strip_prefix(first) else {
        return false;
    };
    if pieces.len() == 1 {
        return rest.is_empty();
    }
    for piece in &pieces[1..pieces.len() - 1] {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    let folded = last
        .strip_prefix('/')
        .filter(|_| pieces.len() == 2 && pattern.ends_with("/..."));
    rest.ends_with(last) || folded.is_some_and(|_| rest.is_empty())
}

fn is_pattern(arg: &str) -> bool {
    arg == "all" || arg.contains("...")
}

/// A module whose version or path could not be made out.
fn broken(path: &str, version: &str, err: &ModulesError, origin: Option<Origin>) -> ModulePublic {
    // What no version answers is told with the query already.
    let named = match err {
        ModulesError::NoMatchingVersion { .. } => err.clone().of_module(&ModuleVersion::main(path)),
        ModulesError::Module { .. }
        | ModulesError::Fetch(gust_fetch::FetchError::Module { .. }) => err.clone(),
        _ => ModulesError::Module {
            module: ModuleVersion::new(path, version),
            err: Box::new(err.clone()),
        },
    };
    ModulePublic {
        path: path.to_owned(),
        version: version.to_owned(),
        error: Some(ModuleError {
            err: named.to_string(),
        }),
        origin,
        ..ModulePublic::default()
    }
}

impl Modules {
    /// The modules that the arguments mean: paths, patterns, path@query; main modules without any.
    ///
    /// # Errors
    /// An argument that cannot be followed at all. What is wrong with single modules stands in their Error.
    pub fn list(
        &self,
        requirements: &Arc<Requirements>,
        args: &[String],
        mode: InfoMode,
    ) -> Result<Listed, ModulesError> {
        self.list_reusing(requirements, args, mode, &Reuse::default())
    }

    /// As [`Modules::list`], with what still holds of an earlier answer.
    ///
    /// # Errors
    /// As there.
    pub fn list_reusing(
        &self,
        requirements: &Arc<Requirements>,
        args: &[String],
        mode: InfoMode,
        reuse: &Reuse,
    ) -> Result<Listed, ModulesError> {
        let mut listed = self.list_plain(requirements, args, mode, reuse)?;
        if !mode.is_plain() {
            let cells: Vec<Mutex<&mut ModulePublic>> =
                listed.modules.iter_mut().map(Mutex::new).collect();
            self.fetcher.for_all(cells.len(), |i| {
                let mut module = cells[i].lock().unwrap_or_else(PoisonError::into_inner);
                if module.reuse {
                    return;
                }
                self.extend_info(&mut module, mode);
                if let Some(replace) = module.replace.as_deref_mut() {
                    self.extend_info(replace, mode);
                }
            });
        }
        Ok(listed)
    }

    fn list_plain(
        &self,
        requirements: &Arc<Requirements>,
        args: &[String],
        mode: InfoMode,
        reuse: &Reuse,
    ) -> Result<Listed, ModulesError> {
        let mut requirements = Arc::clone(requirements);
        let mut listed = Listed {
            modules: Vec::new(),
            requirements: Arc::clone(&requirements),
            error: None,
        };
        if args.is_empty() {
            let mains = self
                .mains
                .iter()
                .filter(|main| !gover::is_toolchain_module(&main.module.path));
            listed.modules = mains
                .map(|main| self.module_info(Some(&requirements), &main.module, mode))
                .collect();
            return Ok(listed);
        }
        let mut graph: Option<Arc<ModuleGraph>> = None;
        if self.needs_graph(args, &requirements, mode)? {
            (requirements, listed.error) = self.expand(&requirements);
            graph = Some(Arc::clone(&self.graph_of(&requirements).graph));
            if listed.error.is_none() {
                listed.requirements = Arc::clone(&requirements);
            }
        }
        let lister = Lister {
            modules: self,
            requirements: &requirements,
            graph: graph.as_deref(),
            mode,
            reuse,
        };
        let mut seen = HashSet::new();
        for arg in args {
            if let Some((path, version)) = split_path_version(arg)? {
                lister.versioned(path, version, &mut listed);
            } else if is_pattern(arg) {
                lister.pattern(arg, &mut seen, &mut listed);
            } else {
                lister.path(arg, &mut listed);
            }
        }
        Ok(listed)
    }

    fn needs_graph(
        &self,
        args: &[String],
        requirements: &Requirements,
        mode: InfoMode,
    ) -> Result<bool, ModulesError> {
        let mut needed = false;
        let rooted = |path: &str| {
            requirements.pruning != Pruning::Unpruned
                && self.root_selected(requirements, path).is_some()
        };
        let no_main = || ModulesError::NoMainModule {
            workspace: self.work.is_some(),
        };
        for arg in args {
            if arg.contains('\\') {
                return Err(ModulesError::text("module paths never use backslash"));
            }
            if matches!(arg.as_str(), "." | "..") || arg.starts_with("./") || arg.starts_with("../")
            {
                return Err(ModulesError::text(format!(
                    "cannot use relative path {arg} to specify module"
                )));
            }
            if is_pattern(arg) {
                needed = true;
                if !self.has_root() {
                    return Err(no_main().context(format!("cannot match \"{arg}\": ")));
                }
                continue;
            }
            if let Some((path, version)) = split_path_version(arg)? {
                if matches!(version, "upgrade" | "patch") && !rooted(path) {
                    needed = true;
                    if !self.has_root() {
                        return Err(no_main().context(format!("cannot match \"{arg}\": ")));
                    }
                }
            } else if !rooted(arg) {
                needed = true;
                if !mode.versions && !self.has_root() {
                    let context = format!(
                        "cannot match \"{arg}\" without -versions or an explicit version: "
                    );
                    return Err(no_main().context(context));
                }
            }
        }
        Ok(needed)
    }

    /// The versions of a module that may be used.
    ///
    /// # Errors
    /// They could not be found out.
    pub fn versions(
        &self,
        path: &str,
        allow: Allow,
    ) -> Result<(Vec<String>, Option<Origin>), ModulesError> {
        let all = self.all_versions(path)?;
        let mut list = Vec::with_capacity(all.list.len());
        for version in all.list {
            match self.check_allowed(&ModuleVersion::new(path, version.as_str()), allow) {
                Ok(()) => list.push(version),
                Err(err) if err.is_disallowed() => {}
                Err(err) => return Err(err),
            }
        }
        Ok((list, all.origin))
    }
}

struct Lister<'l> {
    modules: &'l Modules,
    requirements: &'l Requirements,
    graph: Option<&'l ModuleGraph>,
    mode: InfoMode,
    reuse: &'l Reuse,
}

impl Lister<'_> {
    fn selected(&self, path: &str) -> String {
        let version = match self.graph {
            Some(graph) => Some(
                graph
                    .selected(path)
                    .map_or_else(|| "none".to_owned(), ToString::to_string),
            ),
            None => self
                .modules
                .root_selected(self.requirements, path)
                .map(|version| version.to_string()),
        };
        version.unwrap_or_default()
    }

    fn versioned(&self, path: &str, version: &str, listed: &mut Listed) {
        let current = self.selected(path);
        if current == "none" && listed.error.is_some() && matches!(version, "upgrade" | "patch") {
            return;
        }
        // Whoever asks for one revision gets it, whatever is said against it.
        let allow = if is_revision_query(path, version) || self.mode.retracted {
            Allow::All
        } else {
            Allow::Good
        };
        let found = match self.reuse.found(self.modules, path, version) {
            Some(found) => Ok(found),
            None => self
                .modules
                .query_with_origin(path, version, &current, allow),
        };
        match found {
            Err(failure) => {
                listed
                    .modules
                    .push(broken(path, version, &failure.err, failure.origin))
            }
            Ok(found) => {
                let module = ModuleVersion::new(path, found.version);
                let again = self.reuse.module(self.modules, path, &module.version);
                let mut info =
                    again.unwrap_or_else(|| self.modules.module_info(None, &module, self.mode));
                if info.version != version {
                    info.query = version.to_owned();
                }
                info.origin = found.origin;
                listed.modules.push(info);
            }
        }
    }

    fn path(&self, path: &str, listed: &mut Listed) {
        let version = self.selected(path);
        if version != "none" {
            let module = ModuleVersion::new(path, version);
            listed.modules.push(self.modules.module_info(
                Some(self.requirements),
                &module,
                self.mode,
            ));
            return;
        }
        if listed.error.is_some() {
            return;
        }
        let fault = |text: &str| broken(path, "", &ModulesError::text(text), None);
        listed.modules.push(if self.modules.mode == ModFlag::Vendor {
            fault(
                "can't resolve module using the vendor directory\n\t(Use -mod=mod or -mod=readonly to bypass.)",
            )
        } else if self.mode.versions {
            ModulePublic { path: path.to_owned(), ..ModulePublic::default() }
        } else {
            fault("not a known dependency")
        });
    }

    fn pattern(&self, pattern: &str, seen: &mut HashSet<ModuleVersion>, listed: &mut Listed) {
        let list = self.graph.map(ModuleGraph::build_list).unwrap_or_default();
        let matches = |path: &str| {
            !gover::is_toolchain_module(path)
                && (pattern == "all" || wildcard_matches(pattern, path))
        };
        let matched: Vec<ModuleVersion> = list
            .into_iter()
            .filter(|module| matches(&module.path) && seen.insert(module.clone()))
            .collect();
        if matched.is_empty() {
            self.modules.note(&format!(
                "warning: pattern \"{pattern}\" matched no module dependencies"
            ));
        }
        let infos = self.modules.fetcher.for_all(matched.len(), |i| {
            self.modules
                .module_info(Some(self.requirements), &matched[i], self.mode)
        });
        listed.modules.extend(infos);
    }
}
