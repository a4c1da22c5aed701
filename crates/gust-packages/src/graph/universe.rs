//! The universe of a load: every package that it meets, each located and scanned once.
//!
//! **The problem.** Packages name each other by import paths, and what is imported shows only when a package's files are read. A large
//! program has thousands of packages; reading them one behind the other leaves all processors but one idle, and reading them as
//! they come makes answers depend on which thread came first. An error is told by the way that leads to it, so the order counts.
//!
//! **The terms.**
//! - A *node* is a package by its canonical import path (a vendored one in full), with a small id, in the order of first mention.
//! - To *locate* a node is to find its directory; to *scan* it is to take from the directory's index what counts for this build.
//! - A *wave* is the set of nodes that were mentioned and not looked at yet.
//! - A *want* is an import as its importer means it, before it is known which node that is.
//!
//! **The decision.** Loading goes by waves. The nodes of a wave are located and scanned in parallel, and all that can be said of one
//! package by itself is said there: what is wrong with its files and names, which files embed patterns match. Then, on one thread
//! and in order, wants become nodes, and those not met before are the next wave. What a wave finds depends on no thread; neither do
//! ids. Edges of tests are kept apart from edges of the package itself, since whose tests count differs from question to question.
//!
//! What needs the whole load (the way from the command line, what go.mod allows for) is not written into nodes: it is found
//! afterwards and lies beside them (`checks`). Packages, with stacks and cycles as go tells them, are made by a walk in go's
//! order over what lies here (`assemble`), which mostly touches no disk any more.
//!
//! **What is left out.** What only the linker, cgo or a generated test main imports is no edge here: who requires which module does
//! not depend on it. The walk adds such nodes when it meets them; they are the standard library's, and few.

use std::path::Path;
use std::sync::Arc;

use hashbrown::HashMap;
use rayon::prelude::*;

use super::{sources, visibility};
use crate::dir::{DirIndex, SelectError, Selected, resolve_embeds, scan_imports_any};
use crate::env::Env;
use crate::model::{Embeds, List, Package, Problem, SourcePos, Str};
use crate::paths::is_standard_path;
use crate::resolve::gopath::Gopath;
use crate::resolve::modules::ModuleResolver;
use crate::resolve::{Importer, Located, refuse};

/// A package's place in the import graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImportId(pub(crate) u32);

impl ImportId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is wrong with a package before its imports are looked at.
#[derive(Debug, Clone)]
pub(crate) enum NodeError {
    /// No Go files.
    NoGo,
    /// A file that cannot be parsed.
    Syntax(SourcePos, String),
    /// Anything else.
    Problem(Arc<Problem>),
}

/// A package as it lies on the disk.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) path: Str,
    /// What was found on the disk; nothing until it is loaded.
    read: Arc<ReadNode>,
    /// One for each of `scan.imports`; none for `C` and for what nobody looks for (see [`Node::is_unread`]), and none at all
    /// until they were followed.
    pub(crate) imports: List<Option<ImportId>>,
    /// For the tests, once they were followed.
    pub(crate) test_imports: Option<List<ImportId>>,
    /// As first imported, where that differs from `path`.
    pub(crate) raw: Option<Str>,
    known_dir: Option<Arc<Path>>,
    from_dir: Option<Arc<Path>>,
    loaded: bool,
    followed: bool,
}

/// How import paths are understood.
#[derive(Clone)]
pub(crate) enum Resolver {
    Gopath(Gopath),
    Modules(ModuleResolver),
}

/// Which tests' imports are followed.
pub(crate) type TestsOf<'a> = &'a (dyn Fn(ImportId, &Node) -> bool + Sync);

#[derive(Default)]
pub(crate) struct Universe {
    pub(crate) nodes: Vec<Node>,
    by_path: HashMap<Str, ImportId>,
    unread: Arc<ReadNode>,
}

/// What a thread of a wave brings home.
struct Fetched {
    read: Option<Arc<ReadNode>>,
    imports: Option<Vec<Option<Want>>>,
    test_imports: Option<Vec<Want>>,
}

/// A package located and scanned.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadNode {
    pub(crate) located: Located,
    /// What the files say.
    pub(crate) scan: Selected,
    pub(crate) error: Option<NodeError>,
    pub(crate) embed_problem: Option<Arc<Problem>>,
    /// What is wrong with the names of its files or of its directory.
    pub(crate) names_problem: Option<Arc<Problem>>,
    /// No element of its path is `internal` or `vendor`.
    pub(crate) open: bool,
}

impl std::ops::Deref for Node {
    type Target = ReadNode;
    fn deref(&self) -> &ReadNode {
        &self.read
    }
}

/// An import not yet turned into a node.
struct Want {
    path: Str,
    raw: Option<Str>,
    known_dir: Option<Arc<Path>>,
    from_dir: Option<Arc<Path>>,
}

impl std::ops::Index<ImportId> for Universe {
    type Output = Node;
    fn index(&self, id: ImportId) -> &Node {
        &self.nodes[id.0 as usize]
    }
}

impl Universe {
    /// Every node, in the order in which they were met.
    pub(crate) fn ids(&self) -> impl Iterator<Item = ImportId> + use<> {
        (0..self.nodes.len()).map(|i| ImportId(i as u32))
    }

    fn node(&mut self, id: ImportId) -> &mut Node {
        &mut self.nodes[id.0 as usize]
    }

    /// The directory of the module whose package bears the path that this one was imported by: go takes a package that the standard
    /// library has vendored to be rooted there, when the main modules load it as well. A module in a vendor directory has no
    /// directory of its own, and then the package has no root.
    pub(crate) fn namesake_root(&self, node: &Node) -> Option<Option<Arc<Path>>> {
        let twin = &self[*self.by_path.get(node.raw.as_ref()?)?];
        let module = twin.located.module.as_ref();
        module.map(|_| twin.located.root.clone())
    }

    /// The node that an import path leads to; loaded with all that it imports, if it was not met before.
    pub(crate) fn target(&mut self, env: &Env, importer: Option<ImportId>, path: &Str) -> ImportId {
        let want = want(env, importer.map(|id| &self[id]), path);
        let (id, new) = self.intern(want);
        if new {
            self.follow(env, vec![id], &|_, _| false, env.config.needs.imports);
        }
        id
    }

    /// As [`Universe::target`], for an import that nobody looked for: what it means is known only if another package imports it.
    pub(crate) fn passed_over(&mut self, env: &Env, importer: ImportId, path: &Str) -> ImportId {
        let (id, new) = self.intern(want(env, Some(&self[importer]), path));
        if new {
            let problem = Arc::new(Problem::PassedOver);
            let read = ReadNode {
                located: Located::failed(Problem::PassedOver),
                error: Some(NodeError::Problem(problem)),
                ..ReadNode::default()
            };
            self.put(id, Arc::new(read));
            self.node(id).followed = true;
        }
        id
    }

    fn intern(&mut self, want: Want) -> (ImportId, bool) {
        if let Some(&id) = self.by_path.get(&want.path) {
            return (id, false);
        }
        let id = ImportId(self.nodes.len() as u32);
        self.by_path.insert(want.path.clone(), id);
        self.nodes.push(Node {
            path: want.path,
            read: self.unread.clone(),
            imports: List::new(),
            test_imports: None,
            raw: want.raw,
            known_dir: want.known_dir,
            from_dir: want.from_dir,
            loaded: false,
            followed: false,
        });
        (id, true)
    }

    /// Adds a package that has no place of its own: files named on the command line.
    pub(crate) fn add_literal(
        &mut self,
        env: &Env,
        path: Str,
        located: Located,
        scan: Selected,
    ) -> ImportId {
        let repeated = sources::check_repeated(&scan.sources).map(Arc::new);
        let mut read = finish_scan(env, &path, located, scan, None);
        read.names_problem = repeated.or(read.names_problem);
        let (id, _) = self.intern(Want {
            path,
            raw: None,
            known_dir: None,
            from_dir: None,
        });
        self.put(id, Arc::new(read));
        self.follow(env, vec![id], &|_, _| false, env.config.needs.imports);
        id
    }

    fn put(&mut self, id: ImportId, read: Arc<ReadNode>) {
        let node = self.node(id);
        (node.read, node.loaded) = (read, true);
    }

    /// Nodes for the packages of the command line and all that they need. `tests`: whose tests' imports are needed too.
    pub(crate) fn load(&mut self, env: &Env, paths: &[Str], tests: TestsOf) -> Vec<ImportId> {
        let mut wave = Vec::new();
        let mut roots = Vec::new();
        for path in paths {
            let (id, _) = self.intern(want(env, None, path));
            roots.push(id);
            wave.push(id);
        }
        self.follow(env, wave, tests, env.config.needs.imports);
        roots
    }

    /// Loads the wave, and what it imports, and so on.
    pub(crate) fn follow(
        &mut self,
        env: &Env,
        mut wave: Vec<ImportId>,
        tests: TestsOf,
        deep: bool,
    ) {
        loop {
            wave.sort_unstable();
            wave.dedup();
            wave.retain(|&id| {
                let node = &self[id];
                !node.loaded
                    || deep && (!node.followed || node.test_imports.is_none() && tests(id, node))
            });
            if wave.is_empty() {
                return;
            }
            let this = &*self;
            let fetched: Vec<Fetched> = wave
                .par_iter()
                .with_min_len(2)
                .map(|&id| this.fetch(env, id, tests, deep))
                .collect();
            // Most packages import what others do: there are about as many new ones as the wave has packages, at most.
            self.nodes.reserve(wave.len());
            self.by_path.reserve(wave.len());
            let mut next = Vec::new();
            for (&id, f) in wave.iter().zip(fetched) {
                if let Some(read) = f.read {
                    self.put(id, read);
                }
                if let Some(wants) = f.imports {
                    next.extend(self.take_imports(id, wants));
                }
                if let Some(wants) = f.test_imports {
                    let ids: List<ImportId> = wants.into_iter().map(|w| self.intern(w).0).collect();
                    next.extend(&ids);
                    self.node(id).test_imports = Some(ids);
                }
            }
            wave = next;
        }
    }

    /// Turns wants into nodes; returns those that are new.
    fn take_imports(&mut self, id: ImportId, wants: Vec<Option<Want>>) -> Vec<ImportId> {
        let mut new = Vec::new();
        let mut imports = List::with_capacity(wants.len());
        for want in wants {
            let target = want.map(|w| self.intern(w));
            new.extend(target.filter(|t| t.1).map(|t| t.0));
            imports.push(target.map(|t| t.0));
        }
        let node = self.node(id);
        (node.imports, node.followed) = (imports, true);
        new
    }

    fn fetch(&self, env: &Env, id: ImportId, tests: TestsOf, deep: bool) -> Fetched {
        let node = &self[id];
        let read = (!node.loaded).then(|| Arc::new(read_node(env, node)));
        let located = &read.as_ref().unwrap_or(&node.read).located;
        if deep && !follows(env, &node.path, located) {
            return Fetched {
                read,
                imports: Some(Vec::new()),
                test_imports: Some(Vec::new()),
            };
        }
        let fresh;
        let node = match &read {
            None => node,
            Some(r) => {
                fresh = Node {
                    path: node.path.clone(),
                    read: Arc::clone(r),
                    imports: List::new(),
                    test_imports: None,
                    raw: None,
                    known_dir: None,
                    from_dir: None,
                    loaded: true,
                    followed: node.followed,
                };
                &fresh
            }
        };
        let imports = (deep && !node.followed).then(|| import_wants(env, node, &node.scan.imports));
        let want_tests = deep
            && self[id].test_imports.is_none()
            && tests(id, node)
            && !node.is_unread(&env.resolver);
        let test_imports = want_tests.then(|| {
            let both = node
                .scan
                .test_imports
                .iter()
                .chain(&node.scan.xtest_imports);
            both.filter(|p| &***p != "C")
                .map(|p| want(env, Some(node), p))
                .collect()
        });
        Fetched {
            read,
            imports,
            test_imports,
        }
    }
}

/// Does it count what the package imports?
fn follows(env: &Env, path: &str, located: &Located) -> bool {
    let needs = &env.config.needs;
    !(needs.every_build && !needs.std_imports && located.goroot && is_standard_path(path))
}

fn import_wants(env: &Env, node: &Node, imports: &[Str]) -> Vec<Option<Want>> {
    let is_sought = |path: &Str| match &env.resolver {
        Resolver::Modules(modules) if node.is_unread(&env.resolver) => {
            is_standard_path(path) && modules.std.dir_of(path).is_some()
        }
        _ => &**path != "C",
    };
    imports
        .iter()
        .map(|path| is_sought(path).then(|| want(env, Some(node), path)))
        .collect()
}

fn want(env: &Env, importer: Option<&Node>, path: &Str) -> Want {
    let snapshot = env.config.fips.as_ref();
    if let Some(meant) = snapshot.and_then(|fips| fips.meaning(path)) {
        return Want {
            path: meant,
            raw: Some(path.clone()),
            known_dir: None,
            from_dir: None,
        };
    }
    match &env.resolver {
        Resolver::Modules(m) => {
            let by = importer.map(|n| (&*n.path, n.is_standard()));
            let meant = m.meaning(by, path);
            let raw = (meant != *path).then(|| path.clone());
            Want {
                path: meant,
                raw,
                known_dir: None,
                from_dir: None,
            }
        }
        Resolver::Gopath(g) => {
            let by = importer.and_then(Node::as_importer);
            let from = match importer {
                Some(node) => node.located.dir.clone(),
                None => Some(env.config.cwd.as_path().into()),
            };
            let meaning = g.meaning(by.as_ref(), &env.config.cwd, path);
            let raw = (meaning.path != *path).then(|| path.clone());
            Want {
                path: meaning.path,
                raw,
                known_dir: meaning.dir.map(Arc::from),
                from_dir: from,
            }
        }
    }
}

impl Node {
    /// With modules, one file that cannot be read keeps all imports of a package from being looked for.
    fn is_unread(&self, resolver: &Resolver) -> bool {
        self.scan.unread && matches!(resolver, Resolver::Modules(_)) && !self.is_standard()
    }

    pub(crate) fn is_standard(&self) -> bool {
        self.located.goroot && is_standard_path(&self.path)
    }

    fn as_importer(&self) -> Option<Importer<'_>> {
        Some(Importer {
            dir: self.located.dir.as_deref()?,
            root: self.located.root.as_deref(),
        })
    }
}

/// Locates and scans one package. Of two errors, the one of its files is told, unless it has none.
fn read_node(env: &Env, node: &Node) -> ReadNode {
    if let Some(problem) = refuse(&node.path) {
        return ReadNode {
            located: Located::malformed(problem),
            ..ReadNode::default()
        };
    }
    let located = match &env.resolver {
        Resolver::Modules(m) => m.locate(&node.path),
        Resolver::Gopath(g) => g.locate(
            &node.path,
            node.known_dir.as_deref(),
            node.from_dir.as_deref(),
        ),
    };
    let told = located.problem.clone().map(NodeError::Problem);
    let Some(dir) = located.dir.clone().filter(|_| told.is_none()) else {
        return ReadNode {
            located,
            error: told,
            ..ReadNode::default()
        };
    };
    if env.config.needs.every_build {
        return match env.indexer.index(&dir) {
            Ok(index) => read_for_every_build(located, &index),
            Err(_) => ReadNode {
                located,
                ..ReadNode::default()
            },
        };
    }
    let scan = match env.indexer.select(&dir, &env.chooser) {
        Ok(scan) => scan,
        Err(e) => {
            let text = format!("open {}: {}", dir.display(), gust_fs::errtext::go_text(&e));
            let error = Some(NodeError::Problem(Arc::new(Problem::Other(text))));
            return ReadNode {
                located,
                error,
                ..ReadNode::default()
            };
        }
    };
    env.indexer.release(&dir);
    let gopath = !env.modules_on();
    let comment = comment_error(gopath, node.raw.as_ref().unwrap_or(&node.path), &dir, &scan);
    finish_scan(env, &node.path, located, scan, comment)
}

/// What a package imports in any build. That it has files that cannot be read is told as an error of its files.
fn read_for_every_build(located: Located, index: &DirIndex) -> ReadNode {
    let scanned = scan_imports_any(index);
    let (imports, test_imports) = match &scanned.error {
        Some(_) => Default::default(),
        None => (scanned.imports, scanned.test_imports),
    };
    let error = scanned
        .error
        .map(|text| NodeError::Problem(Arc::new(Problem::Other(text))));
    let error = error.or((scanned.files == 0).then_some(NodeError::NoGo));
    ReadNode {
        located,
        scan: Selected {
            imports: imports.into_iter().collect(),
            test_imports: test_imports.into_iter().collect(),
            ..Selected::default()
        },
        error,
        ..ReadNode::default()
    }
}

/// Errors sorted out, embedded files matched, names looked at: all that can be done for one package by itself is done on the threads of
/// a wave.
fn finish_scan(
    env: &Env,
    path: &Str,
    located: Located,
    mut scan: Selected,
    other: Option<NodeError>,
) -> ReadNode {
    let error = scan.error.as_deref().map(node_error).or(other);
    let mut embed_problem = None;
    if let (true, false, Some(dir)) = (
        env.config.needs.embeds,
        scan.sources.embed.patterns.is_empty(),
        &located.dir,
    ) {
        let embeds = &mut Arc::make_mut(&mut scan.sources).embed;
        embed_problem = match_embeds(env, dir, embeds).err().map(Arc::new);
    }
    let names_problem = sources::check_names(path, located.dir.as_deref(), &scan.sources);
    ReadNode {
        located,
        scan,
        error,
        embed_problem,
        names_problem: names_problem.map(Arc::new),
        open: visibility::is_open(path),
    }
}

/// Fills in the files that embed patterns match.
pub(crate) fn match_embeds(env: &Env, dir: &Path, embeds: &mut Embeds) -> Result<(), Problem> {
    let follow = env.config.build.embed_follows_symlinks;
    let (files, map) = resolve_embeds(&env.config.view, dir, &embeds.patterns, follow)?;
    (embeds.files, embeds.map) = (files.into(), map);
    Ok(())
}

/// GOPATH mode heeds import comments.
fn comment_error(gopath: bool, path: &Str, dir: &Path, scan: &Selected) -> Option<NodeError> {
    let comment = scan
        .import_comment
        .as_ref()
        .filter(|c| gopath && !c.is_empty() && *c != path)?;
    if path.contains("/vendor/") || path.starts_with("vendor/") {
        return None;
    }
    let problem = Problem::ImportComment {
        dir: dir.to_path_buf(),
        comment: comment.clone(),
    };
    Some(NodeError::Problem(Arc::new(problem)))
}

fn node_error(error: &SelectError) -> NodeError {
    match error {
        SelectError::NoGo { .. } => NodeError::NoGo,
        SelectError::Syntax(list) if !list.is_empty() => {
            let (pos, message) = &list[0];
            NodeError::Syntax(pos.clone(), message.to_string())
        }
        SelectError::MultiplePackages { dir, names, files } => {
            NodeError::Problem(Arc::new(Problem::MultiplePackages {
                dir: dir.clone(),
                names: names.clone(),
                files: files.clone(),
            }))
        }
        other => NodeError::Problem(Arc::new(Problem::Source(other.to_string()))),
    }
}

/// What an import path means to a package: its canonical form.
pub(crate) fn meaning(env: &Env, importer: &Package, path: &Str) -> Str {
    match &env.resolver {
        Resolver::Modules(m) => {
            let snapshot = env.config.fips.as_ref();
            if let Some(meant) = snapshot.and_then(|fips| fips.meaning(path)) {
                return meant;
            }
            m.meaning(Some((&importer.import_path, importer.place.standard)), path)
        }
        Resolver::Gopath(g) => {
            let by = Importer {
                dir: &importer.place.dir,
                root: importer.place.root.as_deref(),
            };
            g.meaning(Some(&by), &env.config.cwd, path).path
        }
    }
}
