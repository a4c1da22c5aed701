//! The door of the crate: patterns in, a graph of packages out.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{LoadConfig, Pgo};
use crate::dir::{FileKind, SelectMode, VendorRules, select, vendor_embeds, vendor_files};
use crate::env::{Env, bin_dir};
use crate::graph::assemble::{Ask, Assembler, Assembly, Place};
use crate::graph::checks::Trouble;
use crate::graph::cover::{self, CoverAsk, Covered};
use crate::graph::fuzz;
use crate::graph::imports::{ImportGraph, Start};
use crate::graph::relocate::{self, Relocated};
use crate::graph::universe::{ImportId, Node, Resolver, Universe};
use crate::graph::{all, checks, pgo, target, uses, variants};
use crate::model::{ImportInfo, Package, PackageError, PackageGraph, PackageId, Problem, Str};
use crate::paths::{dir_import_path, is_standard_path, join_clean};
use crate::pattern::Match;
use crate::pattern::expand::{Expansion, expand, expand_in};
use gust_modules::explain::MissingPackage;
use gust_modules::{ModuleUses, ModulesError, Requirements, UsedPackage};
use gust_syntax::header::HeaderError;
use gust_syntax::module::ModuleVersion;

pub use crate::graph::variants::{TestCover, TestVariants};

/// What the command line names.
#[derive(Debug, Clone, Copy)]
pub enum Named<'a> {
    /// Packages; or files, if one of the arguments is a Go file's name.
    Patterns(&'a [String]),
    /// Packages, and what `all` would mean if the main modules had no others.
    AllOf(&'a [String]),
    /// Files. A name that ends in `.go` is a file's, be there one or not: what `go run` makes of its arguments.
    Files(&'a [String]),
}

impl From<ModulesError> for LoadError {
    fn from(error: ModulesError) -> LoadError {
        LoadError::Modules(Box::new(error))
    }
}

impl<'a> Named<'a> {
    /// The arguments.
    pub fn args(self) -> &'a [String] {
        match self {
            Named::Patterns(args) | Named::AllOf(args) | Named::Files(args) => args,
        }
    }
}

/// What came of bringing requirements in line with a load.
#[derive(Debug)]
pub struct Search {
    /// Why packages are missing for which modules were looked for, by import path.
    pub missing: HashMap<String, MissingPackage>,
    /// How often everything was loaded.
    pub rounds: usize,
}

impl Default for Search {
    fn default() -> Search {
        Search {
            missing: HashMap::new(),
            rounds: 1,
        }
    }
}

/// The import path of files named on the command line.
const FILES_PATH: &str = "command-line-arguments";

/// Loads packages. One loader serves one command: what it has located and scanned it keeps.
pub struct Loader {
    env: Env,
    universe: Universe,
    assembly: Assembly,
}

/// A command line that cannot be loaded at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// A file named on the command line cannot be looked at.
    #[error("{0}")]
    File(String),
    /// A directory whose name ends in `.go` among files.
    #[error("{0} is a directory, should be a Go file")]
    Directory(String),
    /// Files of several directories.
    #[error("named files must all be in one directory; have {0} and {1}")]
    TwoDirectories(String, String),
    /// A file named on the command line cannot be opened, with modules on.
    #[error("open {file}: {why}")]
    Open {
        /// As it is named.
        file: String,
        /// The operating system's word.
        why: String,
    },
    /// What a file named on the command line imports cannot be read, with modules on.
    #[error("reading {file}: {why}")]
    Read {
        /// As it is named.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// Of the files named on the command line none counts for this build.
    #[error("no Go source files")]
    NoSources,
    /// There is no main module in which a directory could be a package.
    #[error(transparent)]
    Modules(Box<ModulesError>),
    /// A godebug line of go.mod or go.work that the release does not understand.
    #[error("{place}: {reason}")]
    Godebug {
        /// The file and line.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Loader {
    /// A loader for one command.
    pub fn new(config: LoadConfig) -> Loader {
        Loader {
            env: Env::new(config),
            universe: Universe::default(),
            assembly: Assembly::default(),
        }
    }

    /// What it was made with.
    pub fn config(&self) -> &LoadConfig {
        &self.env.config
    }

    /// From now on, `all` means what it means to this go version; nothing: to that of the requirements.
    pub fn set_go_version(&mut self, go_version: Option<String>) {
        self.env.config.go_version = go_version;
    }

    /// What is named, and all that it imports, with the given requirements (those that the files state, if none are given). A
    /// package that cannot be found or read is there, with its error.
    ///
    /// # Errors
    /// A command line that cannot be loaded at all.
    pub fn imports(
        &mut self,
        named: Named<'_>,
        requirements: Option<&Arc<Requirements>>,
    ) -> Result<ImportGraph, LoadError> {
        if let Some(requirements) = requirements {
            self.env.set_requirements(requirements);
        }
        self.check_godebug()?;
        let mut universe = Universe::default();
        let start = match named {
            Named::Files(files) => self.follow_files(&mut universe, files)?,
            Named::Patterns(patterns) if patterns.iter().any(|p| self.is_go_file(p)) => {
                self.follow_files(&mut universe, patterns)?
            }
            Named::Patterns(patterns) => self.follow_patterns(&mut universe, patterns, false)?,
            Named::AllOf(packages) => self.follow_patterns(&mut universe, packages, true)?,
        };
        Ok(ImportGraph {
            universe,
            start,
            resolver: self.env.resolver.clone(),
            root_tests: self.env.config.needs.tests,
            all_tests: all::closes_over_tests(&self.env),
        })
    }

    /// Has the directory of a module the package?
    pub fn is_in_module(&self, path: &str, module: &str, dir: &Path) -> bool {
        match &self.env.resolver {
            Resolver::Modules(resolver) => {
                let dir = resolver.dir_in_module(path, module, dir, true);
                matches!(dir, Ok(Some(_)))
            }
            Resolver::Gopath(_) => false,
        }
    }

    /// What each pattern of a load names, `all` in full.
    pub fn matches(&self, imports: &ImportGraph) -> Vec<Match> {
        let Start::Patterns { expansion, .. } = &imports.start else {
            return Vec::new();
        };
        let mut matches = expansion.matches.clone();
        if expansion.all {
            all::expand(&self.env, &imports.universe, &mut matches);
        }
        matches
    }

    /// What is wrong with the packages of an import graph. `missing` tells what came of looking for modules, by import path.
    pub fn troubles(
        &self,
        imports: &ImportGraph,
        missing: &HashMap<String, MissingPackage>,
    ) -> Vec<Trouble> {
        checks::troubles(&self.env, &imports.universe, imports.roots(), missing)
    }

    /// What a load of `all` uses of modules.
    pub fn uses(&self, imports: &ImportGraph) -> ModuleUses {
        uses::uses(&self.env, &imports.universe)
    }

    /// Which packages would be found in more than one module with these requirements.
    pub fn ambiguous(
        &self,
        requirements: &Arc<Requirements>,
        packages: &[&UsedPackage],
    ) -> Vec<bool> {
        relocate::ambiguous(&self.env, requirements, packages)
    }

    /// Packages that would not be found where they were, were they looked for with these requirements.
    pub fn relocated(
        &self,
        imports: &ImportGraph,
        requirements: &Arc<Requirements>,
    ) -> Vec<Relocated> {
        relocate::relocated(&self.env, imports, requirements)
    }

    /// The packages of one module that a pattern names: an import path, one with a wildcard, `work`, or a directory of a main module.
    /// What is wrong with the module stands in the match. Nothing in GOPATH mode.
    pub fn matching(&self, module: &ModuleVersion, pattern: &str) -> Match {
        let Resolver::Modules(resolver) = &self.env.resolver else {
            return Match::default();
        };
        expand_in(&self.env, resolver, module, pattern)
    }

    /// The packages of the standard library or of a directory that one pattern names.
    ///
    /// # Errors
    /// A directory is named, and there is no main module.
    pub fn named(&self, pattern: &str) -> Result<Match, LoadError> {
        let expansion = expand(&self.env, &[pattern.to_owned()])?;
        Ok(expansion.matches.into_iter().next().unwrap_or_default())
    }

    /// Is the package one of the standard library's?
    pub fn is_standard(&self, path: &str) -> bool {
        match &self.env.resolver {
            Resolver::Modules(resolver) => {
                is_standard_path(path) && resolver.std.dir_of(path).is_some()
            }
            Resolver::Gopath(_) => false,
        }
    }

    /// The packages of an import graph, with what a build needs of them.
    pub fn packages(&mut self, imports: ImportGraph, search: &Search) -> PackageGraph {
        self.assembly = Assembly::default();
        self.env.resolver = imports.resolver;
        self.universe = imports.universe;
        match imports.start {
            Start::Patterns {
                mut expansion,
                roots,
            } => {
                let tools = expansion.matches.iter_mut().filter(|m| m.pattern == "tool");
                for tools in tools {
                    // go asks for them once more at the end, and forgets none of its answers: `go list` shows them all in Match.
                    tools.packages = vec![tools.packages.clone(); search.rounds + 1].concat();
                }
                if expansion.all {
                    all::expand(&self.env, &self.universe, &mut expansion.matches);
                }
                if let Resolver::Modules(modules) = &self.env.resolver {
                    // Patterns are matched in every round and once more at the end.
                    expansion.warnings = vec![expansion.warnings; search.rounds + 1].concat();
                    expansion.warnings.splice(0..0, modules.source.warnings());
                }
                expansion.warn_unmatched();
                self.assembly.findings =
                    checks::check_modules(&self.env, &self.universe, &roots, &search.missing);
                self.assemble(expansion);
            }
            Start::Files {
                files, dir, node, ..
            } => {
                self.assembly.findings =
                    checks::check_modules(&self.env, &self.universe, &[], &search.missing);
                let root = self.assemble_files(&files, &dir, node);
                self.assembly.graph.set_roots(vec![root]);
            }
            Start::NotGoFile(name) => {
                let root = self.not_go_file(&name);
                self.assembly.graph.set_roots(vec![root]);
            }
        }
        pgo::attach(&self.env, &mut self.assembly);
        std::mem::take(&mut self.assembly.graph)
    }

    /// Loads the packages that the patterns name, and all that they need, with the requirements that the files state.
    ///
    /// # Errors
    /// A command line that cannot be loaded at all.
    pub fn load(&mut self, patterns: &[String]) -> Result<PackageGraph, LoadError> {
        let imports = self.imports(Named::Patterns(patterns), None)?;
        Ok(self.packages(imports, &Search::default()))
    }

    fn is_go_file(&self, pattern: &str) -> bool {
        pattern.ends_with(".go")
            && self
                .env
                .config
                .view
                .stat(&self.env.config.cwd.join(pattern))
                .is_ok_and(|m| !m.is_dir())
    }

    /// The godebug lines of main modules, held against what the release knows.
    fn check_godebug(&self) -> Result<(), LoadError> {
        let Resolver::Modules(modules) = &self.env.resolver else {
            return Ok(());
        };
        for (place, key, value) in modules.source.modules.godebug_lines() {
            if let Err(reason) = self.env.godebug().check("godebug", &key, &value) {
                return Err(LoadError::Godebug { place, reason });
            }
        }
        Ok(())
    }

    fn follow_patterns(
        &self,
        universe: &mut Universe,
        patterns: &[String],
        all: bool,
    ) -> Result<Start, LoadError> {
        let mut expansion = expand(&self.env, patterns)?;
        expansion.all |= all;
        let paths: Vec<Str> = expansion
            .matches
            .iter()
            .flat_map(|m| m.packages.iter().cloned())
            .collect();
        let roots = self.follow(universe, &paths, expansion.all);
        Ok(Start::Patterns { expansion, roots })
    }

    /// Loads the waves. With `all`, the tests of packages of main modules are followed too.
    fn follow(&self, universe: &mut Universe, paths: &[Str], all: bool) -> Vec<ImportId> {
        let wanted: HashSet<&Str> = if self.env.config.needs.tests {
            paths.iter().collect()
        } else {
            HashSet::new()
        };
        let wide = all && all::closes_over_tests(&self.env);
        let tests = |_: ImportId, node: &Node| {
            wanted.contains(&node.path) || all && (wide || node.located.in_main)
        };
        let roots = universe.load(&self.env, paths, &tests);
        if all && self.env.config.needs.tests {
            // Now it is known what `all` is: the tests of all of it are asked for.
            let in_all = all::members(&self.env, universe);
            let members = universe.ids().filter(|id| in_all[id.index()]).collect();
            let tests = |id: ImportId, _: &Node| in_all.get(id.index()).copied().unwrap_or(false);
            universe.follow(&self.env, members, &tests, self.env.config.needs.imports);
        }
        roots
    }

    fn assemble(&mut self, expansion: Expansion) {
        self.assembly.reserve(self.universe.nodes.len());
        let mut assembler = Assembler::new(&self.env, &mut self.universe, &mut self.assembly);
        let mut seen = HashSet::new();
        let mut roots = Vec::new();
        for m in &expansion.matches {
            let ask = Ask {
                import: false,
                cmdline: true,
                literal: m.is_literal(),
            };
            let pattern = Str::from(m.pattern.as_str());
            for path in &m.packages {
                let node = assembler.universe.target(&self.env, None, path);
                let (id, _) = assembler.load(None, path, node, &Place::Nowhere, ask);
                assembler.graph().at(id).asked.matched.push(pattern.clone());
                if seen.insert(id) {
                    roots.push(id);
                }
            }
            if let Some(package) = pattern_problem(m) {
                roots.push(assembler.push(package, None));
            }
        }
        let graph = assembler.graph();
        graph.set_roots(roots);
        graph.warn(self.env.take_ignored());
        graph.warn(expansion.warnings);
        if self.env.config.needs.mains_only {
            checks::keep_mains(graph, &expansion.matches);
        }
    }

    /// The package of files named on the command line, and what it imports.
    fn follow_files(&self, universe: &mut Universe, files: &[String]) -> Result<Start, LoadError> {
        if let Some(bad) = files.iter().find(|f| !f.ends_with(".go")) {
            return Ok(Start::NotGoFile(bad.clone()));
        }
        let dir = self.files_dir(files)?;
        if self.env.modules_on() {
            self.check_readable(&dir, files)?;
        }
        let names: Vec<Str> = files
            .iter()
            .map(|f| Str::from(f.rsplit('/').next().unwrap_or(f)))
            .collect();
        let mut located = match &self.env.resolver {
            Resolver::Gopath(g) => g.locate_dir(&dir).1,
            Resolver::Modules(m) => m.locate_dir(&dir),
        };
        located.problem = None;
        let mode = SelectMode {
            all_files: true,
            only: Some(&names),
            ..SelectMode::default()
        };
        let scan = self
            .env
            .indexer
            .index(&dir)
            .map(|index| select(&index, &self.env.config.context, mode))
            .unwrap_or_default();
        let path = Str::from(FILES_PATH);
        let node = universe.add_literal(&self.env, path, located, scan);
        let imports = universe[node].imports.iter().copied().flatten().collect();
        Ok(Start::Files {
            files: files.to_vec(),
            dir,
            node,
            imports,
        })
    }

    /// With modules on, the imports of named files are read before all else, and must be there to read.
    fn check_readable(&self, dir: &Path, files: &[String]) -> Result<(), LoadError> {
        let Ok(index) = self.env.indexer.index(dir) else {
            return Ok(());
        };
        let mut usable = 0;
        for file in files {
            let facts = index.file(file.rsplit('/').next().unwrap_or(file));
            match facts.map(|facts| &facts.kind) {
                Some(FileKind::Unreadable(_)) => {
                    let path = self.env.config.cwd.join(file);
                    if let Err(e) = self.env.config.view.read(&path) {
                        let (file, why) = (file.clone(), gust_fs::errtext::go_text(&e));
                        return Err(LoadError::Open { file, why });
                    }
                }
                Some(FileKind::Go(header)) => {
                    if let Some(HeaderError::Read(why)) = &header.error {
                        let (file, why) = (file.clone(), why.to_string());
                        return Err(LoadError::Read { file, why });
                    }
                    let cgo = header.imports.iter().any(|import| &*import.path == "C");
                    usable += usize::from(!cgo || self.env.config.context.cgo_enabled);
                }
                _ => usable += 1,
            }
        }
        match usable {
            0 => Err(LoadError::NoSources),
            _ => Ok(()),
        }
    }

    fn not_go_file(&mut self, name: &str) -> PackageId {
        let mut p = Package::named(Str::from(""));
        p.name = name.into();
        (p.place.local, p.asked.cmdline_files, p.incomplete) = (true, true, true);
        p.error = Some(PackageError::new(Problem::NotGoFile(name.into())));
        let mut assembler = Assembler::new(&self.env, &mut self.universe, &mut self.assembly);
        assembler.push(p, None)
    }

    fn assemble_files(&mut self, files: &[String], dir: &Path, node: ImportId) -> PackageId {
        let mut assembler = Assembler::new(&self.env, &mut self.universe, &mut self.assembly);
        let id = assembler.load_files(&Str::from(FILES_PATH), node);
        let env = &self.env;
        let p = self.assembly.graph.at(id);
        if !env.modules_on() {
            p.place.local_prefix = dir_import_path(dir).into();
        }
        p.import_path = FILES_PATH.into();
        p.build.orig_import_path = crate::paths::of_dir(&env.config, dir).into();
        p.asked.matched = files.iter().map(|f| Str::from(f.as_str())).collect();
        p.place.target = None;
        if &*p.name == "main" {
            let bin = if env.modules_on() {
                bin_dir(&env.config)
            } else {
                env.config.gobin.clone()
            };
            p.place.target = bin.map(|bin| target::of_files(&bin, p, &env.config.context.goos));
        } else if env.config.needs.mains_only && p.error.is_none() {
            p.error = Some(PackageError::new(Problem::NotMain(p.import_path.clone())));
            p.incomplete = true;
        }
        id
    }

    fn files_dir(&self, files: &[String]) -> Result<PathBuf, LoadError> {
        let mut first: Option<String> = None;
        for file in files {
            let meta = self.env.config.view.stat(&self.env.config.cwd.join(file));
            let meta = meta.map_err(|e| {
                LoadError::File(format!("stat {file}: {}", gust_fs::errtext::go_text(&e)))
            })?;
            if meta.is_dir() {
                return Err(LoadError::Directory(file.clone()));
            }
            let dir = file
                .rsplit_once('/')
                .map_or(".", |(dir, _)| if dir.is_empty() { "/" } else { dir });
            let dir = gust_syntax::slash::clean(dir);
            match &first {
                None => first = Some(dir),
                Some(d) if *d == dir => {}
                Some(d) => return Err(LoadError::TwoDirectories(d.clone(), dir)),
            }
        }
        Ok(join_clean(
            &self.env.config.cwd,
            first.as_deref().unwrap_or("."),
        ))
    }

    /// The same packages and those of the tests of some of them: of each the package with its test files, the external test package,
    /// the main package of the test program, and copies of what depends on the tested package. `keep` puts the generated main
    /// file somewhere and gives its name.
    ///
    /// # Errors
    /// Those of `keep`.
    pub fn with_tests<E>(
        &mut self,
        graph: PackageGraph,
        of: &[PackageId],
        cover: Option<&TestCover>,
        mut keep: impl FnMut(&[u8]) -> Result<String, E>,
    ) -> Result<(PackageGraph, Vec<TestVariants>), E> {
        self.assembly.graph = graph;
        let mut made = Vec::with_capacity(of.len());
        for &of in of {
            let mut assembler = Assembler::new(&self.env, &mut self.universe, &mut self.assembly);
            let tests = variants::make(&mut assembler, of, cover);
            let main = self.assembly.graph.at(tests.main);
            if let Some(testmain) = &main.build.testmain {
                let name = Str::from(keep(&testmain.source)?);
                Arc::make_mut(&mut main.sources).go = [name].into();
            }
            made.push(tests);
        }
        Ok((std::mem::take(&mut self.assembly.graph), made))
    }

    /// Covers programs and what they need.
    pub fn cover_programs(
        &mut self,
        graph: PackageGraph,
        roots: &[PackageId],
        ask: &CoverAsk<'_>,
    ) -> (PackageGraph, Covered) {
        self.assemble_on(graph, |assembler| cover::programs(assembler, roots, ask))
    }

    /// Covers what tests of these packages are to count: with patterns what these mean, without each package itself.
    pub fn cover_tests(
        &mut self,
        graph: PackageGraph,
        roots: &[PackageId],
        ask: &CoverAsk<'_>,
    ) -> (PackageGraph, Covered) {
        self.assemble_on(graph, |assembler| {
            let mut covered = Covered::default();
            if !ask.patterns.is_empty() {
                covered = cover::tests(assembler, roots, ask);
            }
            cover::tested(assembler, roots, ask);
            covered
        })
    }

    /// Makes the packages of which tests of these are made tell a fuzzer how far an input came.
    pub fn fuzz_tests(&mut self, graph: PackageGraph, roots: &[PackageId]) -> PackageGraph {
        self.assemble_on(graph, |assembler| fuzz::tests(assembler, roots))
            .0
    }

    /// Goes on with a graph that was finished.
    fn assemble_on<T>(
        &mut self,
        graph: PackageGraph,
        change: impl FnOnce(&mut Assembler<'_>) -> T,
    ) -> (PackageGraph, T) {
        self.assembly.graph = graph;
        let mut assembler = Assembler::new(&self.env, &mut self.universe, &mut self.assembly);
        let made = change(&mut assembler);
        (std::mem::take(&mut self.assembly.graph), made)
    }

    /// Import paths of a package's tests as `go list` shows them: vendored ones in full, sorted, without doubles.
    pub fn resolved_test_imports(
        &self,
        graph: &PackageGraph,
        id: PackageId,
    ) -> (Vec<Str>, Vec<Str>) {
        let p = &graph[id];
        let resolve = |list: &[Str]| {
            let mut all: Vec<Str> = list
                .iter()
                .map(|path| crate::graph::universe::meaning(&self.env, p, path))
                .collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        (resolve(&p.imports.tests), resolve(&p.imports.xtests))
    }

    /// The plain files of a package's directory that belong into a vendor directory, by name.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn vendor_files(&self, dir: &Path, rules: VendorRules) -> std::io::Result<Vec<String>> {
        let index = self.env.indexer.index(dir)?;
        vendor_files(&self.env.config.view, &index, rules)
    }

    /// What such a package embeds: patterns.
    ///
    /// # Errors
    /// go's text of what is wrong with a file.
    pub fn vendor_embeds(&self, dir: &Path, rules: VendorRules) -> Result<Vec<Str>, String> {
        match self.env.indexer.index(dir) {
            Ok(index) => vendor_embeds(&index, &self.env.config.context, rules),
            Err(err) => Err(err.to_string()),
        }
    }

    /// What -x says of directories that patterns passed over since this was asked last.
    pub fn take_ignored(&self) -> Vec<String> {
        self.env.take_ignored()
    }

    /// Keeps what was read of directories for the next command.
    pub fn save(&mut self) {
        self.env.indexer.save();
    }
}

/// A pattern that could not be matched in full stands in the answer as a package of its own.
fn pattern_problem(m: &Match) -> Option<Package> {
    let problem = m.problems.first()?;
    let mut p = Package::named(m.pattern.as_str().into());
    let problem = match problem {
        Problem::Match {
            problem,
            literal: true,
            ..
        } => (**problem).clone(),
        other => other.clone(),
    };
    if let Problem::NoGo { dir, .. } = &problem {
        p.place.dir = dir.as_path().into();
    }
    let stack: &[ImportInfo] = &[];
    p.error = Some(PackageError::at(stack, problem));
    p.asked.matched = [m.pattern.as_str().into()].into();
    (
        p.incomplete,
        p.asked.cmdline_pkg,
        p.asked.cmdline_pkg_literal,
    ) = (true, true, m.is_literal());
    Some(p)
}

impl Pgo {
    /// A profile may be looked for beside each main package.
    pub(crate) fn is_auto(&self) -> bool {
        *self == Pgo::Auto
    }
}
