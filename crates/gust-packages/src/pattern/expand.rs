//! A command line to import paths.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::glob::Glob;
use super::local;
use super::walk::{Met, Verdict, Walk, is_hidden};
use super::{Match, clean_patterns};
use crate::dir::{
    DirIndex, FileFacts, FileKind, SelectError, SelectMode, scan_imports, scan_imports_any, select,
};
use crate::env::Env;
use crate::graph::universe::Resolver;
use crate::model::Str;
use crate::paths::{is_standard_path, join_clean};
use crate::resolve::gopath::Gopath;
use crate::resolve::modules::ModuleResolver;
use gust_modules::ModulesError;
use gust_syntax::header::Constraint;
use gust_syntax::module::ModuleVersion;

/// Matches and the warnings met on the way.
#[derive(Default)]
pub(crate) struct Expansion {
    pub(crate) matches: Vec<Match>,
    pub(crate) warnings: Vec<String>,
    /// `all` is among the patterns: what it means shows only when the packages of the main modules are loaded.
    pub(crate) all: bool,
}

impl Expansion {
    /// Warns of patterns that name nothing.
    pub(crate) fn warn_unmatched(&mut self) {
        self.warnings
            .extend(self.matches.iter().filter_map(Match::unmatched));
    }
}

/// Expands the command line.
///
/// # Errors
/// A directory is named, and there is no main module.
pub(crate) fn expand(env: &Env, patterns: &[String]) -> Result<Expansion, ModulesError> {
    let mut out = Expansion::default();
    for pattern in clean_patterns(patterns) {
        let mut m = Match::new(pattern);
        match &env.resolver {
            Resolver::Modules(resolver) => {
                out.all |= m.pattern == "all";
                Modules {
                    env,
                    resolver,
                    warnings: &mut out.warnings,
                }
                .expand(&mut m)?;
            }
            Resolver::Gopath(resolver) => GopathMode {
                env,
                resolver,
                warnings: &mut out.warnings,
            }
            .expand(&mut m),
        }
        out.matches.push(m);
    }
    Ok(out)
}

/// The packages of one module that the pattern (with a wildcard, or `work`) names.
pub(crate) fn expand_in(
    env: &Env,
    resolver: &ModuleResolver,
    module: &ModuleVersion,
    pattern: &str,
) -> Match {
    let mut m = Match::new(pattern.to_owned());
    let mut warnings = Vec::new();
    let mut modules = Modules {
        env,
        resolver,
        warnings: &mut warnings,
    };
    let source = &resolver.source;
    let candidate = source.candidate(module);
    let mut mains = source.mains().filter(|_| candidate.main);
    let main = mains.find(|main| main.module.path == module.path);
    match candidate.place {
        Ok(place) => {
            let tree = Tree {
                root: place.dir,
                prefix: main.map_or_else(|| module.path.to_string(), |main| main.prefix.clone()),
                stop_at_vendor: true,
                stop_at_modules: place.local,
                ignore: source.ignored(module),
            };
            modules.trees(&mut m, vec![tree]);
        }
        Err(err) => m.fail_with(err.into()),
    }
    m
}

/// A tree of packages: where it is and what its import paths start with.
struct Tree {
    root: PathBuf,
    prefix: String,
    stop_at_vendor: bool,
    stop_at_modules: bool,
    ignore: Vec<String>,
}

struct Modules<'a> {
    env: &'a Env,
    resolver: &'a ModuleResolver,
    warnings: &'a mut Vec<String>,
}

impl Modules<'_> {
    fn expand(&mut self, m: &mut Match) -> Result<(), ModulesError> {
        if m.is_local() {
            return local::expand(self.env, self.resolver, m);
        }
        if m.is_literal() {
            m.packages = vec![m.pattern.as_str().into()];
            return Ok(());
        }
        match m.pattern.as_str() {
            "std" | "cmd" => {
                let found = std_packages(self.env, &self.resolver.std.src, &m.pattern);
                take(m, self.warnings, found, true);
            }
            "tool" => m.packages = self.tools(),
            "work" => self.trees(m, self.main_trees()),
            "all" => {
                self.trees(m, self.main_trees());
                m.packages.extend(self.tools());
            }
            _ => {
                let mut trees = self.std_trees(m);
                trees.extend(self.build_list_trees(m));
                self.trees(m, trees);
            }
        }
        Ok(())
    }

    fn tools(&self) -> Vec<Str> {
        let mains = self.resolver.source.mains();
        let mut tools: Vec<Str> = mains.flat_map(|main| main.tools()).map(Str::from).collect();
        tools.sort_unstable();
        tools.dedup();
        tools
    }

    fn main_trees(&self) -> Vec<Tree> {
        let vendor = self.resolver.source.vendor_dir();
        let mut trees: Vec<Tree> = Vec::new();
        for main in self.resolver.source.mains() {
            trees.push(Tree {
                root: main.dir.clone(),
                prefix: main.prefix.clone(),
                stop_at_vendor: true,
                stop_at_modules: true,
                ignore: main.ignored(),
            });
        }
        if let Some(vendor) = vendor {
            trees.push(Tree {
                root: vendor.to_owned(),
                prefix: String::new(),
                stop_at_vendor: true,
                stop_at_modules: false,
                ignore: Vec::new(),
            });
        }
        trees
    }

    fn std_trees(&self, m: &Match) -> Vec<Tree> {
        let src = &self.resolver.std.src;
        let tree = |root: PathBuf, prefix: &str| Tree {
            root,
            prefix: prefix.into(),
            stop_at_vendor: false,
            stop_at_modules: true,
            ignore: Vec::new(),
        };
        let mut trees = vec![tree(src.clone(), "")];
        if Glob::new(&m.pattern).may_match_below("cmd") {
            trees.push(tree(src.join("cmd"), "cmd"));
        }
        trees
    }

    fn build_list_trees(&self, m: &mut Match) -> Vec<Tree> {
        if self.resolver.source.vendor_dir().is_some() {
            return self.main_trees();
        }
        let source = &self.resolver.source;
        let (list, problem) = source.build_list();
        if let Some(err) = problem {
            m.problems.push(err.clone().into());
        }
        let glob = Glob::new(&m.pattern);
        let mut trees = Vec::new();
        for listed in list.filter(|module| glob.may_match_below(&module.path)) {
            let module = source.candidate(listed);
            let mut mains = source.mains().filter(|_| module.main);
            let main = mains.find(|main| main.module.path == listed.path);
            match module.place {
                Ok(place) => trees.push(Tree {
                    root: place.dir,
                    prefix: main.map_or_else(|| listed.path.to_string(), |x| x.prefix.clone()),
                    stop_at_vendor: true,
                    stop_at_modules: place.local,
                    ignore: source.ignored(listed),
                }),
                Err(err) => m.fail_with(err.into()),
            }
        }
        trees
    }

    /// All packages of the trees that match, sorted.
    fn trees(&mut self, m: &mut Match, trees: Vec<Tree>) {
        let glob = (!super::is_meta(&m.pattern)).then(|| Glob::new(&m.pattern));
        let mut seen: HashSet<String> = HashSet::from(["builtin".into()]);
        if !self.env.config.context.cgo_enabled {
            seen.insert("runtime/cgo".into());
        }
        let mut all = Vec::new();
        for tree in trees {
            for met in self.walk(&tree, glob.as_ref()) {
                match met {
                    Met::Package(rel) => {
                        let path = join(&tree.prefix, &rel);
                        if seen.insert(path.clone()) {
                            all.push(Str::from(path));
                        }
                    }
                    Met::Link(path) if glob.is_some() => {
                        self.warnings
                            .push(format!("warning: ignoring symlink {}", path.display()));
                    }
                    Met::Link(_) => {}
                    Met::Unreadable(text) => m.fail(text),
                }
            }
        }
        all.sort_unstable();
        m.packages.extend(all);
    }

    fn walk(&self, tree: &Tree, glob: Option<&Glob>) -> Vec<Met> {
        let ignore = IgnoreList::new(&tree.ignore);
        let look = |rel: &str, name: &str| {
            if rel.is_empty() {
                return Verdict::Enter {
                    wants_package: !tree.prefix.is_empty() && wanted(glob, &tree.prefix),
                    descend: true,
                };
            }
            let path = join(&tree.prefix, rel);
            let below = glob.is_none_or(|g| g.may_match_below(&path));
            if !is_hidden(name) && ignore.covers(rel) {
                self.env.note_ignored(tree.root.join(rel));
                return Verdict::Skip;
            }
            if is_hidden(name) || !below {
                return Verdict::Skip;
            }
            Verdict::Enter {
                wants_package: wanted(glob, &path),
                descend: !(tree.stop_at_vendor && name == "vendor"),
            }
        };
        let is_package = |index: &DirIndex| index.has_go_files && has_package(self.env, index);
        let walk = Walk {
            indexer: &self.env.indexer,
            binding: self.env.binding(),
            look: &look,
            stop_at_modules: tree.stop_at_modules,
            is_package: &is_package,
        };
        walk.run(&tree.root, &tree.root.to_string_lossy())
    }
}

fn wanted(glob: Option<&Glob>, path: &str) -> bool {
    glob.is_none_or(|g| g.matches(path))
}

fn join(prefix: &str, rel: &str) -> String {
    match (prefix, rel) {
        ("", r) => r.to_owned(),
        (p, "") => p.to_owned(),
        (p, r) => format!("{p}/{r}"),
    }
}

/// Does any Go file of the directory count for this build?
pub(super) fn has_package(env: &Env, index: &DirIndex) -> bool {
    let scan = match env.config.needs.every_build {
        true => scan_imports_any(index),
        false => scan_imports(index, &env.config.context),
    };
    scan.files > 0 || scan.error.is_some()
}

/// The same by the stricter look that GOPATH mode and directories take. Packages with errors count.
pub(super) fn has_sources(env: &Env, index: &DirIndex) -> bool {
    if index.files().iter().any(|f| is_plain(env, f)) {
        return true;
    }
    // Even with modules go does not ask its index here: what constraints exclude has no errors.
    let mode = SelectMode::default();
    !matches!(
        select(index, &env.config.context, mode).error.as_deref(),
        Some(SelectError::NoGo { .. })
    )
}

/// A Go file that counts, as most do, without a closer look.
fn is_plain(env: &Env, file: &FileFacts) -> bool {
    let FileKind::Go(header) = &file.kind else {
        return false;
    };
    header.error.is_none()
        && header.constraint == Constraint::None
        && &*header.package != "documentation"
        && !header.imports.iter().any(|i| &*i.path == "C")
        && env.config.context.file_name_matches(&file.name)
}

/// `std` or `cmd`: GOROOT/src in the order of the walk.
fn std_packages(env: &Env, src: &Path, pattern: &str) -> Vec<Met> {
    let (root, prefix) = if pattern == "cmd" {
        (src.join("cmd"), "cmd")
    } else {
        (src.to_path_buf(), "")
    };
    let no_cgo = !env.config.context.cgo_enabled;
    let look = |rel: &str, name: &str| {
        if rel.is_empty() {
            return Verdict::Enter {
                wants_package: pattern == "cmd",
                descend: true,
            };
        }
        let path = join(prefix, rel);
        if is_hidden(name) || pattern == "std" && (!is_standard_path(&path) || path == "cmd") {
            return Verdict::Skip;
        }
        let skipped = path == "builtin" || no_cgo && path == "runtime/cgo";
        Verdict::Enter {
            wants_package: !skipped,
            descend: true,
        }
    };
    let is_package = |index: &DirIndex| {
        let scan = select(
            index,
            &env.config.context,
            SelectMode {
                modules: true,
                ..SelectMode::default()
            },
        );
        if matches!(scan.error.as_deref(), Some(SelectError::NoGo { .. })) {
            return false;
        }
        // A program among the vendored packages of the distribution is no command of it.
        !(pattern == "cmd"
            && index.dir.starts_with(src.join("cmd/vendor"))
            && &*scan.name == "main")
    };
    let walk = Walk {
        indexer: &env.indexer,
        binding: env.binding(),
        look: &look,
        stop_at_modules: false,
        is_package: &is_package,
    };
    let mut met = walk.run(&root, &root.to_string_lossy());
    if !prefix.is_empty() {
        for m in &mut met {
            if let Met::Package(rel) = m {
                *rel = join(prefix, rel);
            }
        }
    }
    met
}

/// Packages met, in order.
fn take(m: &mut Match, warnings: &mut Vec<String>, met: Vec<Met>, stop_at_error: bool) {
    for x in met {
        match x {
            Met::Package(path) => m.packages.push(path.into()),
            Met::Link(path) if m.pattern.contains("...") => {
                warnings.push(format!("warning: ignoring symlink {}", path.display()))
            }
            Met::Link(_) => {}
            Met::Unreadable(text) => {
                m.fail(text);
                if stop_at_error {
                    return;
                }
            }
        }
    }
}

/// `ignore` lines of a go.mod: `./x` is one directory, `x` any path that holds these elements.
pub(super) struct IgnoreList {
    anchored: Vec<String>,
    anywhere: Vec<String>,
}

impl IgnoreList {
    pub(super) fn new(lines: &[String]) -> IgnoreList {
        let (anchored, anywhere): (Vec<&String>, Vec<&String>) =
            lines.iter().partition(|l| l.starts_with("./"));
        IgnoreList {
            anchored: anchored.iter().map(|l| slashed(&l[2..])).collect(),
            anywhere: anywhere.iter().map(|l| slashed(l)).collect(),
        }
    }

    /// `rel` is a directory below the module's, which is `.` itself.
    pub(super) fn covers(&self, rel: &str) -> bool {
        if self.anchored.is_empty() && self.anywhere.is_empty() {
            return false;
        }
        let path = slashed(rel);
        self.anchored.iter().any(|a| path.starts_with(a))
            || self.anywhere.iter().any(|a| path.contains(a))
    }
}

/// With a slash at either end.
fn slashed(path: &str) -> String {
    let begin = if path.starts_with('/') { "" } else { "/" };
    let end = if path.ends_with('/') { "" } else { "/" };
    match path {
        "" | "/" => "/".to_owned(),
        path => format!("{begin}{path}{end}"),
    }
}

struct GopathMode<'a> {
    env: &'a Env,
    resolver: &'a Gopath,
    warnings: &'a mut Vec<String>,
}

impl GopathMode<'_> {
    fn expand(&mut self, m: &mut Match) {
        if m.is_local() {
            let dirs = local::match_dirs(self.env, m, &[], false);
            m.packages = dirs.into_iter().map(|dir| self.name_of(dir)).collect();
        } else if m.is_literal() {
            m.packages = vec![m.pattern.as_str().into()];
        } else {
            self.wildcard(m);
        }
    }

    /// A directory's import path, if it has one; otherwise the directory as typed.
    fn name_of(&self, dir: String) -> Str {
        let full = join_clean(&self.env.config.cwd, &dir);
        let (path, located) = self.resolver.locate_dir(&full);
        path.filter(|_| located.conflict_dir.is_none())
            .unwrap_or(dir)
            .into()
    }

    fn wildcard(&mut self, m: &mut Match) {
        let src = self.resolver.goroot.join("src");
        if m.pattern == "std" || m.pattern == "cmd" {
            return take(
                m,
                self.warnings,
                std_packages(self.env, &src, &m.pattern),
                true,
            );
        }
        let glob = (!super::is_meta(&m.pattern)).then(|| Glob::new(&m.pattern));
        let mut seen: HashSet<Str> = HashSet::from(["builtin".into()]);
        if !self.env.config.context.cgo_enabled {
            seen.insert("runtime/cgo".into());
        }
        let view = &self.env.config.view;
        let roots = std::iter::once(src).chain(self.resolver.entries.iter().map(|e| e.join("src")));
        let roots: Vec<PathBuf> = roots.filter(|root| view.is_dir(root)).collect();
        // A directory hides those of its name in later roots, even where it is no package.
        let is_hidden = |before: &[PathBuf], path: &str| {
            let mut above = before.iter().map(|root| view.lstat(&root.join(path)));
            above.any(|met| met.is_ok_and(|meta| meta.is_dir()))
        };
        for (at, root) in roots.iter().enumerate() {
            let mut found = Match::new(m.pattern.clone());
            take(
                &mut found,
                self.warnings,
                self.walk(root, glob.as_ref()),
                true,
            );
            m.problems.append(&mut found.problems);
            m.packages.extend(
                found
                    .packages
                    .into_iter()
                    .filter(|p| !is_hidden(&roots[..at], p) && seen.insert(p.clone())),
            );
        }
    }

    fn walk(&self, root: &Path, glob: Option<&Glob>) -> Vec<Met> {
        let look = |rel: &str, name: &str| {
            if rel.is_empty() {
                return Verdict::Enter {
                    wants_package: false,
                    descend: true,
                };
            }
            if is_hidden(name) || !glob.is_none_or(|g| g.may_match_below(rel)) {
                return Verdict::Skip;
            }
            Verdict::Enter {
                wants_package: wanted(glob, rel),
                descend: true,
            }
        };
        let is_package = |index: &DirIndex| has_sources(self.env, index);
        let walk = Walk {
            indexer: &self.env.indexer,
            binding: self.env.binding(),
            look: &look,
            stop_at_modules: false,
            is_package: &is_package,
        };
        walk.run(root, &root.to_string_lossy())
    }
}
