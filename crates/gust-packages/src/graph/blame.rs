//! What is wrong with a package, and on which way it was met: the errors that the walk puts on packages.

use std::sync::Arc;

use super::assemble::{Ask, Assembler, Place, Step};
use super::sources;
use super::universe::{ImportId, NodeError, Resolver};
use super::visibility::{Importer, check_internal, check_vendor};
use crate::model::{
    ImportInfo, Package, PackageError, PackageId, Problem, SourcePos, Sources, Str,
};
use gust_syntax::slash;

impl Assembler<'_> {
    pub(super) fn pos(&self, place: &Place, path: &str) -> Option<SourcePos> {
        match place {
            Place::Nowhere => None,
            Place::At(pos) => Some(pos.clone()),
            Place::In(id) => self.placed(*id).import_pos.first(path).cloned(),
        }
    }

    /// A package's sources with the positions of what they say.
    fn placed(&self, id: PackageId) -> &Sources {
        let p = &self.assembly.graph[id];
        let Some(full) = &p.sources.full else {
            return &p.sources;
        };
        full.get_or_init(|| match self.env.indexer.index(&p.place.dir) {
            Ok(index) => self.env.chooser.select(&index).sources,
            Err(_) => Arc::default(),
        })
    }

    /// The way to here, to be told with an error.
    pub(crate) fn way(&self) -> Vec<ImportInfo> {
        let told = |s: &Step| ImportInfo {
            path: s.path.clone(),
            pos: self.pos(&s.place, &s.path),
        };
        self.stack.iter().map(told).collect()
    }

    /// An error met here.
    pub(crate) fn error_here(&self, problem: impl Into<Arc<Problem>>) -> PackageError {
        PackageError {
            import_stack: self.way(),
            ..PackageError::shared(problem.into())
        }
    }

    fn error_from(&self, problem: Problem, place: &Place, path: &str) -> PackageError {
        let mut error = self.error_here(problem);
        error.set_pos(self.pos(place, path).as_slice(), &self.env.config.cwd);
        error
    }

    fn blame(&mut self, id: PackageId, error: PackageError) {
        let p = self.assembly.graph.at(id);
        p.error = Some(error);
        p.incomplete = true;
    }

    /// A path that names no package: each mention makes one of its own.
    pub(super) fn malformed(&mut self, path: &Str, node: ImportId, place: &Place) -> PackageId {
        let problem = self.universe[node].located.problem.clone();
        let problem = problem.unwrap_or_else(|| Arc::new(Problem::InvalidImportPath(path.clone())));
        self.stack.push(Step {
            path: path.clone(),
            place: place.clone(),
        });
        let error = Some(self.error_here(problem));
        self.stack.pop();
        let package = Package {
            error,
            incomplete: true,
            ..Package::named(path.clone())
        };
        self.push(package, Some(node))
    }

    /// Another import of a package. While its own imports are being loaded, that is a cycle.
    pub(super) fn reuse(&mut self, id: PackageId) {
        let unfinished = !self.assembly.finished[id.index()];
        if unfinished {
            match &mut self.assembly.graph.at(id).error {
                None => {
                    let error = self.error_here(Problem::Cycle);
                    self.blame(
                        id,
                        PackageError {
                            is_import_cycle: true,
                            ..error
                        },
                    );
                }
                Some(e) => e.is_import_cycle = true,
            }
            self.assembly.graph.at(id).incomplete = true;
        }
        let Some(e) = &self.assembly.graph[id].error else {
            return;
        };
        if !e.is_import_cycle && !e.import_stack.is_empty() && shorter(&self.stack, &e.import_stack)
        {
            let way = self.way();
            if let Some(e) = &mut self.assembly.graph.at(id).error {
                e.import_stack = way;
            }
        }
    }

    /// GOPATH mode wants import paths in their canonical form.
    pub(super) fn check_canonical(&mut self, id: PackageId, path: &Str, place: &Place) {
        if matches!(self.env.resolver, Resolver::Modules(_)) {
            return;
        }
        let mut clean = slash::clean(path);
        if path.starts_with("./") && clean != ".." && !clean.starts_with("../") {
            clean = format!("./{clean}");
        }
        if clean == **path {
            return;
        }
        let problem = Problem::NonCanonical {
            path: path.clone(),
            clean: slash::clean(path).into(),
        };
        let error = self.error_from(problem, place, path);
        self.blame(id, error);
    }

    /// Why the importer may not import the package, if so.
    pub(super) fn forbidden(
        &self,
        importer: Option<PackageId>,
        path: &Str,
        id: PackageId,
        place: &Place,
        ask: Ask,
    ) -> Option<PackageError> {
        let by = &self.assembly.graph[importer?];
        let p = &self.assembly.graph[id];
        let open = self
            .node_of(id)
            .is_some_and(|node| self.universe[node].open);
        if open && !p.place.local && &*p.name != "main" {
            return None;
        }
        let view = &self.env.config.view;
        let dir_path = self.command_line_dir_path(by, p);
        let who = Importer {
            path: &by.import_path,
            dir: &by.place.dir,
            dir_path: dir_path.as_deref(),
        };
        if let Some(problem) = check_internal(view, &who, p) {
            let error = self.error_from(problem, place, path);
            return Some(PackageError {
                always_print_stack: true,
                ..error
            });
        }
        let mut problem = if ask.import {
            check_vendor(view, &who, path, p)
        } else {
            None
        };
        if problem.is_none() && &*p.name == "main" && by.place.dir != p.place.dir {
            problem = Some(Problem::Program(path.clone()));
        }
        if problem.is_none() && p.place.local && !by.place.local {
            problem = Some(match &**path {
                "." => Problem::CurrentDirectory(path.clone()),
                _ => Problem::LocalImport(path.clone()),
            });
        }
        problem.map(|problem| self.error_from(problem, place, path))
    }

    /// For files named on the command line that import an internal package: what their directory would be imported as.
    fn command_line_dir_path(&self, by: &Package, p: &Package) -> Option<String> {
        if !by.asked.cmdline_files || p.module.is_none() || p.error.is_some() {
            return None;
        }
        let Resolver::Modules(m) = &self.env.resolver else {
            return None;
        };
        Some(m.dir_import_path(&by.place.dir))
    }

    /// What was found wrong when the package was located and scanned. Where the package itself is to blame, it stands on the way.
    pub(super) fn node_error(
        &mut self,
        id: PackageId,
        error: NodeError,
        path: &Str,
        place: &Place,
    ) {
        let depth = self.stack.len();
        let own = Step {
            path: path.clone(),
            place: place.clone(),
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
        let mut error = self.error_here(problem);
        error.set_pos(position.as_slice(), cwd);
        if self.stack.last().is_some_and(|top| top.path != *path) {
            error.set_pos(self.pos(place, path).as_slice(), cwd);
        }
        self.stack.truncate(depth);
        self.blame(id, error);
    }

    /// The first error counts. It gets the import's position unless the package itself is on the way already.
    pub(super) fn set_error(&mut self, id: PackageId, problem: Problem, path: &Str, place: &Place) {
        if self.assembly.graph[id].error.is_some() {
            return;
        }
        let other = self.stack.last().is_some_and(|top| top.path != *path);
        let place = if other { place } else { &Place::Nowhere };
        let error = self.error_from(problem, place, path);
        self.blame(id, error);
    }

    /// Files to embed are missing. Where an error is known already, go moves it to the place of the pattern.
    pub(super) fn embed_error(&mut self, id: PackageId, problem: Arc<Problem>) {
        let positions = sources::embed_positions(&self.placed(id).embed, &problem);
        let mut error = match self.assembly.graph.at(id).error.take() {
            Some(error) => error,
            None => self.error_here(problem),
        };
        error.set_pos(&positions, &self.env.config.cwd);
        self.blame(id, error);
    }
}

/// Is the way shorter than the stack, or earlier by text when they are of one length?
fn shorter(way: &[Step], stack: &[ImportInfo]) -> bool {
    if way.len() != stack.len() {
        return way.len() < stack.len();
    }
    let differs = way.iter().zip(stack).find(|(x, y)| x.path != y.path);
    differs.is_some_and(|(x, y)| x.path < y.path)
}
