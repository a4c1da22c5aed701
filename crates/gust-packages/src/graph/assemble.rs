//! From the universe to packages: depth first, in the order of the sources, so that stacks, cycles and the choice among
//! several errors are the ones that go makes. No disk is touched here that a wave has not touched before, as a rule.

use std::collections::HashMap;
use std::sync::Arc;

use super::universe::{NodeError, NodeId, Resolver, Universe};
use super::visibility::{Importer, check_internal, check_vendor};
use super::{linker, sources, target};
use crate::env::Env;
use crate::model::{
    ImportInfo, Package, PackageError, PackageGraph, PackageId, Problem, SourcePos, Str,
};
use crate::paths::{clean_slash, dir_import_path, is_local_import, is_safe_arg, is_standard_path};

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
    by_node: HashMap<NodeId, PackageId>,
    node_of: Vec<Option<NodeId>>,
    /// Packages whose imports are complete. An import of another one is a cycle.
    finished: Vec<bool>,
    /// Import paths by their case-folded form.
    folded: HashMap<String, Str>,
    names: HashMap<String, Str>,
}

/// A package whose imports are being loaded.
struct Frame {
    id: PackageId,
    /// Imports as written, implicit ones behind.
    wants: Vec<(Str, Option<NodeId>)>,
    next: usize,
    direct: Vec<PackageId>,
    path: Str,
}

/// One walk.
pub(crate) struct Assembler<'a> {
    pub(crate) env: &'a Env,
    pub(crate) universe: &'a mut Universe,
    pub(crate) assembly: &'a mut Assembly,
    pub(crate) stack: Vec<ImportInfo>,
    frames: Vec<Frame>,
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
    pub(crate) fn node_of(&self, id: PackageId) -> Option<NodeId> {
        self.assembly.node_of.get(id.index()).copied().flatten()
    }

    /// Adds a package without a node: one that exists because of an error, or for a test.
    pub(crate) fn push(&mut self, package: Package, node: Option<NodeId>) -> PackageId {
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
        node: NodeId,
        pos: &[SourcePos],
        ask: Ask,
    ) -> (PackageId, Option<PackageError>) {
        let base = self.frames.len();
        let id = match self.enter(path, node, pos, ask) {
            Entered::Ready(id) => id,
            Entered::Descends(id) => {
                self.run(base);
                self.check_canonical(id, path, pos);
                id
            }
        };
        (id, self.forbidden(importer, path, id, pos, ask))
    }

    /// Works on frames until only `base` of them are left.
    fn run(&mut self, base: usize) {
        let ask = Ask {
            import: true,
            ..Ask::default()
        };
        while let Some(frame) = self.frames.last_mut() {
            let Some((path, node)) = frame.wants.get(frame.next).cloned() else {
                if let Some(frame) = self.frames.pop() {
                    self.finish(&frame);
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
            let pos = self.positions(id, &path);
            if let Entered::Ready(child) = self.enter(&path, node, &pos, ask) {
                self.imported(child, &path, &pos);
            }
        }
    }

    /// Attaches a package that had to be loaded first.
    fn attach(&mut self, child: PackageId, path: &Str) {
        let pos = self
            .frames
            .last()
            .map(|f| self.positions(f.id, path))
            .unwrap_or_default();
        self.check_canonical(child, path, &pos);
        self.imported(child, path, &pos);
    }

    fn positions(&self, id: PackageId, path: &str) -> Vec<SourcePos> {
        self.assembly.graph[id]
            .sources
            .import_pos
            .get(path)
            .cloned()
            .unwrap_or_default()
    }

    /// Finds the package, or begins it.
    fn enter(&mut self, path: &Str, node: NodeId, pos: &[SourcePos], ask: Ask) -> Entered {
        if self.universe[node].located.malformed {
            return Entered::Ready(self.malformed(path, node, pos));
        }
        if let Some(&id) = self.assembly.by_node.get(&node) {
            self.stack.push(ImportInfo {
                path: path.clone(),
                pos: pos.first().cloned(),
            });
            self.reuse(id);
            self.stack.pop();
            self.mark_cmdline(id, ask);
            return Entered::Ready(id);
        }
        let mut package = self.fresh(node);
        package.local = is_local_import(path);
        package.cmdline_pkg = ask.cmdline;
        package.cmdline_pkg_literal = ask.literal;
        let id = self.assembly.graph.push(package);
        self.assembly.node_of.push(Some(node));
        self.assembly.finished.push(false);
        self.assembly.by_node.insert(node, id);
        if self.begin(id, path, node, pos) {
            return Entered::Descends(id);
        }
        self.check_canonical(id, path, pos);
        Entered::Ready(id)
    }

    fn mark_cmdline(&mut self, id: PackageId, ask: Ask) {
        let p = &mut self.assembly.graph[id];
        p.cmdline_pkg |= ask.cmdline;
        p.cmdline_pkg_literal |= ask.literal;
    }

    /// A path that names no package: each mention makes one of its own.
    fn malformed(&mut self, path: &Str, node: NodeId, pos: &[SourcePos]) -> PackageId {
        let problem = self.universe[node].located.problem.clone();
        let problem = problem.unwrap_or_else(|| Arc::new(Problem::InvalidImportPath(path.clone())));
        let mut stack = self.stack.clone();
        stack.push(ImportInfo {
            path: path.clone(),
            pos: pos.first().cloned(),
        });
        let error = PackageError {
            problem,
            ..PackageError::at(&stack, Problem::Cycle)
        };
        let package = Package {
            error: Some(error),
            incomplete: true,
            ..Package::named(path.clone())
        };
        self.push(package, Some(node))
    }

    /// Another import of a package. While its own imports are being loaded, that is a cycle.
    fn reuse(&mut self, id: PackageId) {
        let unfinished = !self.assembly.finished[id.index()];
        let stack = &self.stack;
        let p = &mut self.assembly.graph[id];
        if unfinished {
            match &mut p.error {
                None => {
                    p.error = Some(PackageError {
                        is_import_cycle: true,
                        ..PackageError::at(stack, Problem::Cycle)
                    })
                }
                Some(e) => e.is_import_cycle = true,
            }
            p.incomplete = true;
        }
        if let Some(e) = &mut p.error {
            if !e.is_import_cycle && !e.import_stack.is_empty() && shorter(stack, &e.import_stack) {
                e.import_stack = stack.clone();
            }
        }
    }

    /// The package as its node tells it, imports apart.
    fn fresh(&mut self, id: NodeId) -> Package {
        let node = &self.universe[id];
        let mut p = Package::named(node.path.clone());
        let (located, scan) = (&node.located, &node.scan);
        if let Some(dir) = &located.dir {
            p.dir = dir.clone();
        }
        p.name = shared(&mut self.assembly.names, &scan.name);
        p.doc = scan.doc.as_str().into();
        p.import_comment = scan.import_comment.clone().unwrap_or_default();
        p.binary_only = scan.binary_only;
        p.root = self
            .universe
            .namesake_root(node)
            .or_else(|| located.root.clone());
        p.conflict_dir = located.conflict_dir.clone();
        p.goroot = located.goroot;
        p.standard =
            located.goroot && !p.import_path.is_empty() && is_standard_path(&p.import_path);
        p.sources = node.sources.clone();
        if self.env.config.needs.imports {
            p.imports = scan.imports.clone();
            p.raw_imports = scan.imports.clone();
            p.test_imports = scan.test_imports.clone();
            p.xtest_imports = scan.xtest_imports.clone();
        }
        p
    }

    /// Everything before the imports. Returns whether they are to be loaded; if so, a frame stands ready.
    fn begin(&mut self, id: PackageId, path: &Str, node: NodeId, pos: &[SourcePos]) -> bool {
        let config = &self.env.config;
        let modules = matches!(self.env.resolver, Resolver::Modules(_));
        if let Some(error) = self.universe[node].error.clone() {
            self.node_error(id, error, path, pos);
        }
        let p = &mut self.assembly.graph[id];
        if p.local && !modules {
            p.local_prefix = dir_import_path(&p.dir).into();
        }
        target::set(config, &self.universe[node].located, modules, p);
        let mut extra = Vec::new();
        if config.needs.imports {
            match self.implicit_imports(id) {
                Ok(list) => extra = list,
                Err(problem) => {
                    self.set_error(id, problem, path, pos);
                    return false;
                }
            }
        }
        let p = &self.assembly.graph[id];
        let import_path = p.import_path.clone();
        let first = self
            .assembly
            .folded
            .entry(import_path.to_lowercase())
            .or_insert_with(|| import_path.clone());
        if *first != import_path {
            let problem = Problem::ImportCollision {
                path: import_path,
                other: first.clone(),
            };
            self.set_error(id, problem, path, pos);
            return false;
        }
        if !is_safe_arg(&import_path) {
            self.set_error(id, Problem::InvalidImportPath(import_path), path, pos);
            return false;
        }
        self.stack.push(ImportInfo {
            path: path.clone(),
            pos: pos.first().cloned(),
        });
        self.facts(id, node);
        if let Some(problem) = sources::check_names(&self.assembly.graph[id]) {
            self.set_error(id, problem, path, pos);
            self.stack.pop();
            return false;
        }
        let wants = self.wants(id, node, extra);
        let direct = Vec::with_capacity(wants.len());
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
    fn facts(&mut self, id: PackageId, node: NodeId) {
        let module = self.universe[node].located.module.clone();
        self.assembly.graph[id].module = module;
        let godebug = self.default_godebug(&self.assembly.graph[id], &[]);
        let p = &mut self.assembly.graph[id];
        p.default_godebug = godebug.into();
        if let Some(problem) = self.universe[node].embed_problem.clone() {
            p.incomplete = true;
            if p.error.is_none() {
                p.error = Some(PackageError {
                    problem: problem.clone(),
                    ..PackageError::at(&self.stack, Problem::Cycle)
                });
            }
            let positions = sources::embed_positions(&p.sources.embed, &problem);
            if let Some(e) = &mut p.error {
                e.set_pos(&positions, &self.env.config.cwd);
            }
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
                m.source.godebug(),
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
        let p = &mut self.assembly.graph[id];
        let mut extra: Vec<Str> = Vec::new();
        let mut compiled: Vec<Str> = Vec::new();
        let for_compiler = sources::compiler_imports(p);
        let for_linker = if &*p.name == "main" && !p.force_library {
            linker::linker_deps(&self.env.config, p)?
        } else {
            Vec::new()
        };
        let both = for_compiler
            .iter()
            .map(|i| (i, true))
            .chain(for_linker.iter().map(|i| (i, false)));
        for (path, compiler) in both {
            if p.imports.iter().chain(&extra).any(|i| &**i == *path) {
                continue;
            }
            let path = shared(&mut self.assembly.names, path);
            extra.push(path.clone());
            if compiler {
                compiled.push(path);
            }
        }
        p.compiled_imports = compiled;
        Ok(extra)
    }

    fn wants(
        &mut self,
        id: PackageId,
        node: NodeId,
        extra: Vec<Str>,
    ) -> Vec<(Str, Option<NodeId>)> {
        let imports = self.assembly.graph[id].imports.clone();
        let known = self.universe[node].imports.clone();
        let mut wants = Vec::with_capacity(imports.len() + extra.len());
        for (i, path) in imports.into_iter().enumerate() {
            let target = match known.get(i) {
                Some(target) => *target,
                None => (&*path != "C").then(|| self.universe.target(self.env, Some(node), &path)),
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
    fn imported(&mut self, child: PackageId, path: &Str, pos: &[SourcePos]) {
        let Some(frame) = self.frames.last() else {
            return;
        };
        let (parent, at) = (frame.id, frame.next - 1);
        let ask = Ask {
            import: true,
            ..Ask::default()
        };
        let forbidden = self.forbidden(Some(parent), path, child, pos, ask);
        let c = &self.assembly.graph[child];
        let (import_path, incomplete) = (c.import_path.clone(), c.incomplete);
        let p = &mut self.assembly.graph[parent];
        if let (Some(error), None) = (forbidden, &p.error) {
            p.error = Some(error);
            p.incomplete = true;
        }
        if let Some(slot) = p.imports.get_mut(at) {
            *slot = import_path;
        }
        p.incomplete |= incomplete;
        if let Some(frame) = self.frames.last_mut() {
            frame.direct.push(child);
        }
    }

    /// Everything after the imports.
    fn finish(&mut self, frame: &Frame) {
        let p = &mut self.assembly.graph[frame.id];
        p.direct = frame.direct.clone();
        self.assembly.finished[frame.id.index()] = true;
        let problem = sources::settle_cgo(p, self.env.config.context.cgo_enabled);
        if let Some(problem) = problem {
            self.set_error(frame.id, problem, &frame.path, &[]);
        }
        self.stack.pop();
    }

    fn check_canonical(&mut self, id: PackageId, path: &Str, pos: &[SourcePos]) {
        if matches!(self.env.resolver, Resolver::Modules(_)) {
            return;
        }
        let mut clean = clean_slash(path);
        if path.starts_with("./") && clean != ".." && !clean.starts_with("../") {
            clean = format!("./{clean}");
        }
        if clean == **path {
            return;
        }
        let problem = Problem::NonCanonical {
            path: path.clone(),
            clean: clean_slash(path).into(),
        };
        let mut error = PackageError::at(&self.stack, problem);
        error.set_pos(pos, &self.env.config.cwd);
        let p = &mut self.assembly.graph[id];
        p.error = Some(error);
        p.incomplete = true;
    }

    /// Why the importer may not import the package, if so.
    fn forbidden(
        &self,
        importer: Option<PackageId>,
        path: &Str,
        id: PackageId,
        pos: &[SourcePos],
        ask: Ask,
    ) -> Option<PackageError> {
        let by = &self.assembly.graph[importer?];
        let p = &self.assembly.graph[id];
        let view = &self.env.config.view;
        let dir_path = self.command_line_dir_path(by, p);
        let who = Importer {
            path: &by.import_path,
            dir: &by.dir,
            dir_path: dir_path.as_deref(),
        };
        let mut error = check_internal(view, &who, p, &self.stack);
        if error.is_none() && ask.import {
            error = check_vendor(view, &who, path, p, &self.stack);
        }
        if error.is_none() && &*p.name == "main" && by.dir != p.dir {
            error = Some(PackageError::at(
                &self.stack,
                Problem::Program(path.clone()),
            ));
        }
        if error.is_none() && p.local && !by.local {
            let problem = if &**path == "." {
                Problem::CurrentDirectory(path.clone())
            } else {
                Problem::LocalImport(path.clone())
            };
            error = Some(PackageError::at(&self.stack, problem));
        }
        let mut error = error?;
        error.set_pos(pos, &self.env.config.cwd);
        Some(error)
    }

    /// For files named on the command line that import an internal package: what their directory would be imported as.
    fn command_line_dir_path(&self, by: &Package, p: &Package) -> Option<String> {
        if !by.cmdline_files || p.module.is_none() || p.error.is_some() {
            return None;
        }
        let Resolver::Modules(m) = &self.env.resolver else {
            return None;
        };
        Some(m.dir_import_path(&by.dir))
    }

    fn node_error(&mut self, id: PackageId, error: NodeError, path: &Str, pos: &[SourcePos]) {
        let depth = self.stack.len();
        let own = ImportInfo {
            path: path.clone(),
            pos: pos.first().cloned(),
        };
        let mut position = None;
        let problem = match error {
            NodeError::NoGo => {
                self.stack.push(own);
                Arc::new(sources::no_go(&self.assembly.graph[id]))
            }
            NodeError::Syntax(at, message) => {
                self.stack.push(own);
                position = Some(at);
                Arc::new(Problem::Source(message))
            }
            NodeError::Problem(problem) => problem,
        };
        let cwd = &self.env.config.cwd;
        let mut error = PackageError {
            problem,
            ..PackageError::at(&self.stack, Problem::Cycle)
        };
        error.set_pos(position.as_slice(), cwd);
        if self.stack.last().is_some_and(|top| top.path != *path) {
            error.set_pos(pos, cwd);
        }
        self.stack.truncate(depth);
        let p = &mut self.assembly.graph[id];
        p.error = Some(error);
        p.incomplete = true;
    }

    /// The first error counts. It gets the import's position unless the package itself is on the stack already.
    fn set_error(&mut self, id: PackageId, problem: Problem, path: &Str, pos: &[SourcePos]) {
        let p = &mut self.assembly.graph[id];
        if p.error.is_some() {
            return;
        }
        let mut error = PackageError::at(&self.stack, problem);
        if self.stack.last().is_some_and(|top| top.path != *path) {
            error.set_pos(pos, &self.env.config.cwd);
        }
        p.error = Some(error);
        p.incomplete = true;
    }
}

impl Assembler<'_> {
    /// The package that `importer` (or nobody) imports as `path`.
    pub(crate) fn import_by(
        &mut self,
        importer: Option<PackageId>,
        path: &Str,
        pos: &[SourcePos],
        import: bool,
    ) -> (PackageId, Option<PackageError>) {
        let by = importer.and_then(|id| self.node_of(id));
        let node = self.universe.target(self.env, by, path);
        self.load(
            importer,
            path,
            node,
            pos,
            Ask {
                import,
                ..Ask::default()
            },
        )
    }

    /// The package of files named on the command line.
    pub(crate) fn load_files(&mut self, path: &Str, node: NodeId) -> PackageId {
        let mut package = self.fresh(node);
        (package.local, package.cmdline_files) = (true, true);
        let id = self.assembly.graph.push(package);
        self.assembly.node_of.push(Some(node));
        self.assembly.finished.push(false);
        if self.begin(id, path, node, &[]) {
            self.run(0);
        }
        id
    }
}

impl Assembly {
    /// Packages were copied into the graph behind the assembly's back: their imports are complete.
    pub(crate) fn note_copies(&mut self) {
        self.node_of.resize(self.graph.packages.len(), None);
        self.finished.resize(self.graph.packages.len(), true);
    }
}

/// Is the stack shorter than the other, or earlier by text when they are of one length?
fn shorter(a: &[ImportInfo], b: &[ImportInfo]) -> bool {
    if a.len() != b.len() {
        return a.len() < b.len();
    }
    let differs = a.iter().zip(b).find(|(x, y)| x.path != y.path);
    differs.is_some_and(|(x, y)| x.path < y.path)
}

fn shared(names: &mut HashMap<String, Str>, text: &str) -> Str {
    if let Some(name) = names.get(text) {
        return name.clone();
    }
    let name = Str::from(text);
    names.insert(text.to_owned(), name.clone());
    name
}
