//! From the universe to packages: depth first, in the order of the sources, so that stacks, cycles and the choice among
//! several errors are the ones that go makes. No disk is touched here that a wave has not touched before, as a rule.

use std::sync::Arc;

use hashbrown::HashMap;

use super::checks::Findings;
use super::universe::{ImportId, Resolver, Universe};
use super::{linker, sources, target};
use crate::env::Env;
use crate::model::{List, Package, PackageError, PackageGraph, PackageId, Problem, SourcePos, Str};
use crate::paths::{dir_import_path, is_local_import, is_safe_arg, is_standard_path};

/// How a package is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ask {
    /// By an import declaration (vendor rules apply).
    pub(crate) import: bool,
    /// By the command line.
    pub(crate) cmdline: bool,
    /// By an argument without wildcards.
    pub(crate) literal: bool,
}

/// What is remembered between the packages of a load.
#[derive(Default)]
pub(crate) struct Assembly {
    pub(crate) graph: PackageGraph,
    /// What the whole load told of its packages.
    pub(crate) findings: Findings,
    /// The package made from each node, by the node's place.
    by_node: Vec<Option<PackageId>>,
    node_of: Vec<Option<ImportId>>,
    /// Packages whose imports are complete. An import of another one is a cycle.
    pub(super) finished: Vec<bool>,
    /// Import paths by their case-folded form.
    folded: HashMap<Str, Str>,
    names: HashMap<String, Str>,
}

/// A package whose imports are being loaded.
struct Frame {
    id: PackageId,
    /// Imports as written, implicit ones behind.
    wants: Vec<(Str, Option<ImportId>)>,
    next: usize,
    direct: List<PackageId>,
    path: Str,
}

/// One walk.
pub(crate) struct Assembler<'a> {
    pub(crate) env: &'a Env,
    pub(crate) universe: &'a mut Universe,
    pub(crate) assembly: &'a mut Assembly,
    pub(super) stack: Vec<Step>,
    frames: Vec<Frame>,
}

/// One step of the way to the package that is being loaded. Where the import stands is looked up when an error tells it.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) path: Str,
    pub(super) place: Place,
}

/// Where an import path is written.
#[derive(Clone)]
pub(crate) enum Place {
    /// On the command line, or nowhere.
    Nowhere,
    /// In this package's sources.
    In(PackageId),
    /// Here.
    At(SourcePos),
}

enum Entered {
    Ready(PackageId),
    Descends(PackageId),
}

impl<'a> Assembler<'a> {
    pub(crate) fn new(
        env: &'a Env,
        universe: &'a mut Universe,
        assembly: &'a mut Assembly,
    ) -> Assembler<'a> {
        Assembler {
            env,
            universe,
            assembly,
            stack: Vec::new(),
            frames: Vec::new(),
        }
    }

    pub(crate) fn graph(&mut self) -> &mut PackageGraph {
        &mut self.assembly.graph
    }

    /// The node that a package was made from.
    pub(crate) fn node_of(&self, id: PackageId) -> Option<ImportId> {
        self.assembly.node_of.get(id.index()).copied().flatten()
    }

    /// Adds a package without a node: one that exists because of an error, or for a test.
    pub(crate) fn push(&mut self, package: Package, node: Option<ImportId>) -> PackageId {
        let id = self.assembly.graph.push(package);
        self.assembly.node_of.push(node);
        self.assembly.finished.push(true);
        id
    }

    /// The package of an import, with all that it imports; and why the importer may not import it.
    pub(crate) fn load(
        &mut self,
        importer: Option<PackageId>,
        path: &Str,
        node: ImportId,
        place: &Place,
        ask: Ask,
    ) -> (PackageId, Option<PackageError>) {
        let base = self.frames.len();
        let id = match self.enter(path, node, place, ask) {
            Entered::Ready(id) => id,
            Entered::Descends(id) => {
                self.run(base);
                self.check_canonical(id, path, place);
                id
            }
        };
        (id, self.forbidden(importer, path, id, place, ask))
    }

    /// Works on frames until only `base` of them are left.
    fn run(&mut self, base: usize) {
        let ask = Ask {
            import: true,
            ..Ask::default()
        };
        while let Some(frame) = self.frames.last_mut() {
            let Some((path, node)) = frame.wants.get(frame.next).cloned() else {
                if let Some(mut frame) = self.frames.pop() {
                    self.finish(&mut frame);
                    if self.frames.len() == base {
                        return;
                    }
                    self.attach(frame.id, &frame.path);
                }
                continue;
            };
            frame.next += 1;
            let Some(node) = node else { continue };
            let id = frame.id;
            let place = Place::In(id);
            if let Entered::Ready(child) = self.enter(&path, node, &place, ask) {
                self.imported(child, &path, &place);
            }
        }
    }

    /// Attaches a package that had to be loaded first.
    fn attach(&mut self, child: PackageId, path: &Str) {
        let Some(frame) = self.frames.last() else {
            return;
        };
        let place = Place::In(frame.id);
        self.check_canonical(child, path, &place);
        self.imported(child, path, &place);
    }

    /// Enters a package under a name of its own, as the tests of a package have one.
    pub(crate) fn push_step(&mut self, path: Str) {
        self.stack.push(Step {
            path,
            place: Place::Nowhere,
        });
    }

    /// Leaves the package entered last.
    pub(crate) fn pop_step(&mut self) {
        self.stack.pop();
    }

    /// Finds the package, or begins it.
    fn enter(&mut self, path: &Str, node: ImportId, place: &Place, ask: Ask) -> Entered {
        if self.universe[node].located.malformed {
            return Entered::Ready(self.malformed(path, node, place));
        }
        if let Some(id) = self.assembly.of(node) {
            self.meet_again(id, path, place);
            self.mark_cmdline(id, ask);
            return Entered::Ready(id);
        }
        let mut package = self.fresh(node);
        package.place.local = is_local_import(path);
        package.asked.cmdline_pkg = ask.cmdline;
        package.asked.cmdline_pkg_literal = ask.literal;
        let id = self.assembly.graph.push(package);
        self.assembly.node_of.push(Some(node));
        self.assembly.finished.push(false);
        self.assembly.note(node, id);
        if self.begin(id, path, node, place) {
            return Entered::Descends(id);
        }
        self.check_canonical(id, path, place);
        Entered::Ready(id)
    }

    /// Another import of a package. Only cycles and errors care on which way it was met.
    fn meet_again(&mut self, id: PackageId, path: &Str, place: &Place) {
        if self.assembly.finished[id.index()] && self.assembly.graph[id].error.is_none() {
            return;
        }
        self.stack.push(Step {
            path: path.clone(),
            place: place.clone(),
        });
        self.reuse(id);
        self.stack.pop();
    }

    fn mark_cmdline(&mut self, id: PackageId, ask: Ask) {
        let p = self.assembly.graph.at(id);
        p.asked.cmdline_pkg |= ask.cmdline;
        p.asked.cmdline_pkg_literal |= ask.literal;
    }

    /// The package as its node tells it, imports apart.
    fn fresh(&mut self, id: ImportId) -> Package {
        let node = &self.universe[id];
        let mut p = Package::named(node.path.clone());
        let (located, scan) = (&node.located, &node.scan);
        if let Some(dir) = &located.dir {
            p.place.dir = dir.clone();
        }
        p.name = scan.name.clone();
        p.about.doc = scan.doc.clone();
        p.about.import_comment = scan.import_comment.clone().unwrap_or_default();
        p.build.binary_only = scan.binary_only;
        p.place.root = self
            .universe
            .namesake_root(node)
            .unwrap_or_else(|| located.root.clone());
        p.place.conflict_dir = located.conflict_dir.clone();
        p.place.goroot = located.goroot;
        p.place.standard =
            located.goroot && !p.import_path.is_empty() && is_standard_path(&p.import_path);
        p.sources = scan.sources.clone();
        if self.env.config.build.msan && !p.sources.syso.is_empty() {
            // Nobody can tell whether they were made for that.
            Arc::make_mut(&mut p.sources).syso.clear();
        }
        if self.env.config.needs.imports {
            p.imports.paths = scan.imports.clone();
            p.imports.written = scan.imports.clone();
            p.imports.tests = scan.test_imports.clone();
            p.imports.xtests = scan.xtest_imports.clone();
        }
        p
    }

    /// Everything before the imports. Returns whether they are to be loaded; if so, a frame stands ready.
    fn begin(&mut self, id: PackageId, path: &Str, node: ImportId, place: &Place) -> bool {
        let config = &self.env.config;
        let modules = matches!(self.env.resolver, Resolver::Modules(_));
        if let Some(error) = self.assembly.findings.error(self.universe, node) {
            self.node_error(id, error, path, place);
        }
        let p = self.assembly.graph.at(id);
        if p.place.local && !modules {
            p.place.local_prefix = dir_import_path(&p.place.dir).into();
        }
        target::set(config, &self.universe[node].located, modules, p);
        let mut extra = Vec::new();
        if config.needs.imports {
            match self.implicit_imports(id) {
                Ok(list) => extra = list,
                Err(problem) => {
                    self.set_error(id, problem, path, place);
                    return false;
                }
            }
        }
        let p = &self.assembly.graph[id];
        let import_path = p.import_path.clone();
        let first = self
            .assembly
            .folded
            .entry(folded(&import_path))
            .or_insert_with(|| import_path.clone());
        if *first != import_path {
            let problem = Problem::ImportCollision {
                path: import_path,
                other: first.clone(),
            };
            self.set_error(id, problem, path, place);
            return false;
        }
        if !is_safe_arg(&import_path) {
            self.set_error(id, Problem::InvalidImportPath(import_path), path, place);
            return false;
        }
        self.stack.push(Step {
            path: path.clone(),
            place: place.clone(),
        });
        self.facts(id, node);
        if let Some(problem) = &self.universe[node].names_problem {
            self.set_error(id, Problem::clone(problem), path, place);
            self.stack.pop();
            return false;
        }
        let wants = self.wants(id, node, extra);
        let direct = List::with_capacity(wants.len());
        self.frames.push(Frame {
            id,
            wants,
            next: 0,
            direct,
            path: path.clone(),
        });
        true
    }

    /// Module, GODEBUG defaults, embedded files.
    fn facts(&mut self, id: PackageId, node: ImportId) {
        let module = self.assembly.findings.module(self.universe, node);
        self.assembly.graph.at(id).module = module;
        let godebug = self.default_godebug(&self.assembly.graph[id], &[]);
        let p = self.assembly.graph.at(id);
        p.build.default_godebug = godebug.into();
        if let Some(problem) = self.universe[node].embed_problem.clone() {
            self.embed_error(id, problem);
        }
    }

    /// The DefaultGODEBUG of a main package; `more` are the directives of a tested package's files.
    pub(crate) fn default_godebug(&self, p: &Package, more: &[Str]) -> String {
        if &*p.name != "main" {
            return String::new();
        }
        let (config, table) = (&self.env.config, self.env.godebug());
        let (version, lines) = match &self.env.resolver {
            Resolver::Modules(m) => (
                m.source.go_version_for(p.module.as_deref()),
                m.source.modules.godebug(),
            ),
            Resolver::Gopath(_) => ("1.16".to_owned(), Vec::new()),
        };
        let fips = config
            .build
            .fips140
            .then(|| ("fips140".to_owned(), "on".to_owned()));
        let own = p.sources.directives.iter().map(|(text, _)| &**text);
        table.defaults(
            &version,
            fips.into_iter().chain(lines),
            own.chain(more.iter().map(|d| &**d)),
        )
    }

    /// Imports that cgo, SWIG and the linker add.
    fn implicit_imports(&mut self, id: PackageId) -> Result<Vec<Str>, Problem> {
        let p = self.assembly.graph.at(id);
        let mut extra: Vec<Str> = Vec::new();
        let mut compiled: Vec<Str> = Vec::new();
        let for_compiler = sources::compiler_imports(p);
        let for_linker = if &*p.name == "main" && !p.build.force_library {
            linker::linker_deps(&self.env.config, p)?
        } else {
            Vec::new()
        };
        let both = for_compiler
            .iter()
            .map(|i| (i, true))
            .chain(for_linker.iter().map(|i| (i, false)));
        for (path, compiler) in both {
            if p.imports.paths.iter().chain(&extra).any(|i| &**i == *path) {
                continue;
            }
            let path = shared(&mut self.assembly.names, path);
            extra.push(path.clone());
            if compiler {
                compiled.push(path);
            }
        }
        p.imports.compiled = compiled.into();
        Ok(extra)
    }

    fn wants(
        &mut self,
        id: PackageId,
        node: ImportId,
        extra: Vec<Str>,
    ) -> Vec<(Str, Option<ImportId>)> {
        let imports = self.assembly.graph[id].imports.paths.clone();
        let known = self.universe[node].imports.clone();
        let mut wants = Vec::with_capacity(imports.len() + extra.len());
        for (i, path) in imports.into_iter().enumerate() {
            let target = match known.get(i) {
                _ if &*path == "C" => None,
                Some(Some(target)) => Some(*target),
                Some(None) => Some(self.universe.passed_over(self.env, node, &path)),
                None => Some(self.universe.target(self.env, Some(node), &path)),
            };
            wants.push((path, target));
        }
        for path in extra {
            let target = self.universe.target(self.env, Some(node), &path);
            wants.push((path, Some(target)));
        }
        wants
    }

    /// Attaches a loaded import to the package on top.
    fn imported(&mut self, child: PackageId, path: &Str, place: &Place) {
        let Some(frame) = self.frames.last() else {
            return;
        };
        let (parent, at) = (frame.id, frame.next - 1);
        let ask = Ask {
            import: true,
            ..Ask::default()
        };
        let forbidden = self.forbidden(Some(parent), path, child, place, ask);
        let c = &self.assembly.graph[child];
        let (import_path, incomplete) = (c.import_path.clone(), c.incomplete);
        let p = self.assembly.graph.at(parent);
        if let (Some(error), None) = (forbidden, &p.error) {
            p.error = Some(error);
            p.incomplete = true;
        }
        if let Some(slot) = p.imports.paths.get_mut(at)
            && *slot != import_path
        {
            *slot = import_path;
        }
        p.incomplete |= incomplete;
        if let Some(frame) = self.frames.last_mut() {
            frame.direct.push(child);
        }
    }

    /// Everything after the imports.
    fn finish(&mut self, frame: &mut Frame) {
        let p = self.assembly.graph.at(frame.id);
        p.imports.direct = std::mem::take(&mut frame.direct);
        self.assembly.finished[frame.id.index()] = true;
        let problem = sources::settle_cgo(p, self.env.config.context.cgo_enabled);
        if let Some(problem) = problem {
            self.set_error(frame.id, problem, &frame.path, &Place::Nowhere);
        }
        self.stack.pop();
    }
}

impl Assembler<'_> {
    /// The package that `importer` (or nobody) imports as `path`.
    pub(crate) fn import_by(
        &mut self,
        importer: Option<PackageId>,
        path: &Str,
        place: &Place,
        import: bool,
    ) -> (PackageId, Option<PackageError>) {
        let by = importer.and_then(|id| self.node_of(id));
        let node = self.universe.target(self.env, by, path);
        self.load(
            importer,
            path,
            node,
            place,
            Ask {
                import,
                ..Ask::default()
            },
        )
    }

    /// The package of files named on the command line.
    pub(crate) fn load_files(&mut self, path: &Str, node: ImportId) -> PackageId {
        let mut package = self.fresh(node);
        (package.place.local, package.asked.cmdline_files) = (true, true);
        let id = self.assembly.graph.push(package);
        self.assembly.node_of.push(Some(node));
        self.assembly.finished.push(false);
        if self.begin(id, path, node, &Place::Nowhere) {
            self.run(0);
        }
        id
    }
}

impl Assembly {
    /// Makes room for that many packages more.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.graph.reserve(more);
        self.node_of.reserve(more);
        self.finished.reserve(more);
    }

    fn of(&self, node: ImportId) -> Option<PackageId> {
        self.by_node.get(node.0 as usize).copied().flatten()
    }

    fn note(&mut self, node: ImportId, id: PackageId) {
        let at = node.0 as usize;
        if at >= self.by_node.len() {
            self.by_node.resize(at + 1, None);
        }
        self.by_node[at] = Some(id);
    }

    /// Packages were copied into the graph behind the assembly's back: their imports are complete.
    pub(crate) fn note_copies(&mut self) {
        self.node_of.resize(self.graph.packages().len(), None);
        self.finished.resize(self.graph.packages().len(), true);
    }
}

/// A path in small letters; most paths are written so.
fn folded(path: &Str) -> Str {
    let small = |b: u8| b.is_ascii() && !b.is_ascii_uppercase();
    if path.bytes().all(small) {
        return path.clone();
    }
    path.to_lowercase().into()
}

fn shared(names: &mut HashMap<String, Str>, text: &str) -> Str {
    if let Some(name) = names.get(text) {
        return name.clone();
    }
    let name = Str::from(text);
    names.insert(text.to_owned(), name.clone());
    name
}
