//! The door of the crate: patterns in, a graph of packages out.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::config::{LoadConfig, Pgo};
use crate::dir::{FileKind, SelectMode, select};
use crate::env::{Env, bin_dir};
use crate::graph::assemble::{Ask, Assembler, Assembly, Place};
use crate::graph::settle::Start;
use crate::graph::universe::{Node, NodeId, Resolver, Universe};
use crate::graph::{all, checks, pgo, settle, target, variants};
use crate::model::{ImportInfo, Package, PackageError, PackageGraph, PackageId, Problem, Str};
use crate::paths::{dir_import_path, join_clean};
use crate::pattern::Match;
use crate::pattern::expand::{Expansion, expand};
use gust_syntax::header::HeaderError;

pub use crate::graph::variants::{TestCover, TestVariants};

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
    /// Something downloaded is not what it should be; told without `go: ` in front.
    #[error("{0}")]
    Fatal(String),
    /// The modules' answer to the whole load.
    #[error("{0}")]
    Modules(String),
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

    /// Loads the packages that the patterns name, and all that they need. A package that cannot be loaded is there, with its error.
    pub fn load(&mut self, patterns: &[String]) -> Result<PackageGraph, LoadError> {
        if patterns.iter().any(|p| self.is_go_file(p)) {
            return self.load_go_files(patterns);
        }
        self.begin()?;
        self.load_patterns(patterns)?;
        self.finish()
    }

    /// Loads the package of the named files, and all that it needs. A name that ends in `.go` is a file's, be there one or not: what
    /// `go run` makes of its arguments.
    pub fn load_go_files(&mut self, files: &[String]) -> Result<PackageGraph, LoadError> {
        self.begin()?;
        let root = self.load_files(files)?;
        self.assembly.graph.roots = vec![root];
        self.finish()
    }

    fn begin(&mut self) -> Result<(), LoadError> {
        self.assembly = Assembly::default();
        settle::check_godebug(&self.env).map_err(LoadError::Modules)
    }

    fn finish(&mut self) -> Result<PackageGraph, LoadError> {
        settle::finish(&self.env).map_err(LoadError::Modules)?;
        pgo::attach(&self.env, &mut self.assembly);
        Ok(std::mem::take(&mut self.assembly.graph))
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

    fn load_patterns(&mut self, patterns: &[String]) -> Result<(), LoadError> {
        let mut rounds = 1;
        let (mut expansion, roots) = loop {
            let expansion = expand(&self.env, patterns).map_err(LoadError::Modules)?;
            let paths: Vec<Str> = expansion
                .matches
                .iter()
                .flat_map(|m| m.packages.iter().cloned())
                .collect();
            let roots = self.follow(&paths, expansion.all);
            let start = Start {
                roots: &roots,
                files: None,
            };
            if !self.settle(&start)? {
                break (expansion, roots);
            }
            rounds += 1;
        };
        for tools in expansion.matches.iter_mut().filter(|m| m.pattern == "tool") {
            // go asks for them once more at the end, and forgets none of its answers: `go list` shows them all in Match.
            tools.packages = vec![tools.packages.clone(); rounds + 1].concat();
        }
        if expansion.all {
            all::expand(&self.env, &self.universe, &mut expansion.matches);
        }
        if let Some(source) = &self.env.config.modules {
            expansion.warnings.splice(0..0, source.warnings());
        }
        expansion.warn_unmatched();
        checks::check_modules(&self.env, &mut self.universe, &roots);
        self.assemble(expansion);
        Ok(())
    }

    /// Requirements that change with what was loaded make everything loaded so far worthless.
    fn settle(&mut self, start: &Start<'_>) -> Result<bool, LoadError> {
        if let Some(source) = &self.env.config.modules
            && let Some(text) = source.fatal()
        {
            return Err(LoadError::Fatal(text));
        }
        let changed =
            settle::settle(&self.env, &mut self.universe, start).map_err(LoadError::Modules)?;
        if changed {
            self.universe = Universe::default();
        }
        Ok(changed)
    }

    /// Loads the waves. With `all`, the tests of packages of main modules are followed too.
    fn follow(&mut self, paths: &[Str], all: bool) -> Vec<NodeId> {
        let wanted: HashSet<&Str> = if self.env.config.needs.tests {
            paths.iter().collect()
        } else {
            HashSet::new()
        };
        let wide = all && all::closes_over_tests(&self.env);
        let tests = |_: NodeId, node: &Node| {
            wanted.contains(&node.path) || all && (wide || node.located.in_main)
        };
        self.universe.load(&self.env, paths, &tests)
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
                assembler.graph()[id].matched.push(pattern.clone());
                if seen.insert(id) {
                    roots.push(id);
                }
            }
            if let Some(package) = pattern_problem(m) {
                roots.push(assembler.push(package, None));
            }
        }
        let graph = assembler.graph();
        graph.roots = roots;
        graph.warnings = self.env.take_ignored();
        graph.warnings.extend(expansion.warnings);
        if self.env.config.needs.mains_only {
            checks::keep_mains(graph, &expansion.matches);
        }
    }

    /// The package of files named on the command line.
    fn load_files(&mut self, files: &[String]) -> Result<PackageId, LoadError> {
        if let Some(bad) = files.iter().find(|f| !f.ends_with(".go")) {
            let mut p = Package::named(Str::from(""));
            p.name = bad.as_str().into();
            (p.local, p.cmdline_files, p.incomplete) = (true, true, true);
            p.error = Some(PackageError::new(Problem::NotGoFile(bad.as_str().into())));
            let mut assembler = Assembler::new(&self.env, &mut self.universe, &mut self.assembly);
            return Ok(assembler.push(p, None));
        }
        let dir = self.files_dir(files)?;
        if self.env.modules_on() {
            self.check_readable(&dir, files)?;
        }
        let id = self.assemble_files(&dir, files)?;
        let env = &self.env;
        let p = &mut self.assembly.graph[id];
        if !env.modules_on() {
            p.local_prefix = dir_import_path(&dir).into();
        }
        p.import_path = "command-line-arguments".into();
        p.matched = files.iter().map(|f| Str::from(f.as_str())).collect();
        p.target = None;
        if &*p.name == "main" {
            let bin = if env.modules_on() {
                bin_dir(&env.config)
            } else {
                env.config.gobin.clone()
            };
            p.target = bin.map(|bin| target::of_files(&bin, p, &env.config.context.goos));
        } else if env.config.needs.mains_only && p.error.is_none() {
            p.error = Some(PackageError::new(Problem::NotMain(p.import_path.clone())));
            p.incomplete = true;
        }
        Ok(id)
    }

    fn assemble_files(&mut self, dir: &Path, files: &[String]) -> Result<PackageId, LoadError> {
        let names: Vec<Str> = files
            .iter()
            .map(|f| Str::from(f.rsplit('/').next().unwrap_or(f)))
            .collect();
        let path = Str::from("command-line-arguments");
        let node = loop {
            let mut located = match &self.env.resolver {
                Resolver::Gopath(g) => g.locate_dir(dir).1,
                Resolver::Modules(m) => m.locate_dir(dir),
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
                .index(dir)
                .map(|index| select(&index, &self.env.config.context, mode))
                .unwrap_or_default();
            let node = self
                .universe
                .add_literal(&self.env, path.clone(), located, scan);
            let imports: Vec<NodeId> = self.universe[node]
                .imports
                .iter()
                .copied()
                .flatten()
                .collect();
            let start = Start {
                roots: &imports,
                files: Some(node),
            };
            if !self.settle(&start)? {
                break node;
            }
        };
        checks::check_modules(&self.env, &mut self.universe, &[]);
        let mut assembler = Assembler::new(&self.env, &mut self.universe, &mut self.assembly);
        Ok(assembler.load_files(&path, node))
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
                        let why = gust_fs::errtext::go_text(&e);
                        return Err(LoadError::Modules(format!("open {file}: {why}")));
                    }
                }
                Some(FileKind::Go(header)) => {
                    if let Some(HeaderError::Read(why)) = &header.error {
                        return Err(LoadError::Modules(format!("reading {file}: {why}")));
                    }
                    let cgo = header.imports.iter().any(|import| &*import.path == "C");
                    usable += usize::from(!cgo || self.env.config.context.cgo_enabled);
                }
                _ => usable += 1,
            }
        }
        match usable {
            0 => Err(LoadError::Modules("no Go source files".to_owned())),
            _ => Ok(()),
        }
    }

    /// The packages of a package's test: the package with its test files, the external test package, the main package of
    /// the test program, and copies of what depends on the tested package. All are added to the graph.
    pub fn test_variants(
        &mut self,
        graph: &mut PackageGraph,
        of: PackageId,
        cover: Option<&TestCover>,
    ) -> TestVariants {
        self.with_graph(graph, |assembler| variants::make(assembler, of, cover))
    }

    /// Loads one more package into the graph, as if `importer` imported it.
    pub fn load_import(
        &mut self,
        graph: &mut PackageGraph,
        importer: Option<PackageId>,
        path: &str,
    ) -> (PackageId, Option<PackageError>) {
        let path = Str::from(path);
        self.with_graph(graph, |assembler| {
            assembler.import_by(importer, &path, &Place::Nowhere, false)
        })
    }

    fn with_graph<T>(
        &mut self,
        graph: &mut PackageGraph,
        f: impl FnOnce(&mut Assembler) -> T,
    ) -> T {
        std::mem::swap(&mut self.assembly.graph, graph);
        let mut assembler = Assembler::new(&self.env, &mut self.universe, &mut self.assembly);
        let out = f(&mut assembler);
        std::mem::swap(&mut self.assembly.graph, graph);
        out
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
        (resolve(&p.test_imports), resolve(&p.xtest_imports))
    }

    /// The directory index, for others who look at directories.
    pub fn indexer(&self) -> &crate::dir::Indexer {
        &self.env.indexer
    }

    /// Keeps what was read of directories for the next command.
    pub fn save(&mut self) {
        self.env.indexer.save();
    }

    /// The release's table of GODEBUG settings.
    pub fn godebug_table(&self) -> &crate::graph::godebug::GodebugTable {
        self.env.godebug()
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
        p.dir = dir.as_path().into();
    }
    let stack: &[ImportInfo] = &[];
    p.error = Some(PackageError::at(stack, problem));
    p.matched = [m.pattern.as_str().into()].into();
    (p.incomplete, p.cmdline_pkg, p.cmdline_pkg_literal) = (true, true, m.is_literal());
    Some(p)
}

impl Pgo {
    /// A profile may be looked for beside each main package.
    pub(crate) fn is_auto(&self) -> bool {
        *self == Pgo::Auto
    }
}
