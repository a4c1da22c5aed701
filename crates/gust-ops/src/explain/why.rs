//! `gust why`: who requires a module, which of these requirements decides its version, and what would let it go down; and for a
//! package who imports it, before the same of its module.

use super::Selected;
use super::packages::{Needed, PackageReason};
use super::tree::{Branch, upwards};
use crate::error::OpError;
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use gust_modules::graph::{ModuleGraph, ModuleIndex, Selection};
use gust_syntax::module::{ModuleVersion, Version};
use std::collections::HashSet;

/// What is asked about.
pub struct WhyRequest {
    /// The flags of a build: they say how packages are loaded.
    pub flags: BuildFlags,
    /// Paths of modules, or import paths of packages.
    pub paths: Vec<String>,
    /// Every way to them is wanted, and not only the shortest to who decides.
    pub all: bool,
}

/// A question without an answer.
#[derive(Debug, thiserror::Error)]
pub enum WhyError {
    /// Nothing has that path.
    #[error("{path} is neither a module of the graph nor a package that a main module needs")]
    Unknown {
        /// As it was given.
        path: String,
    },
}

/// The answers.
pub struct WhyOutcome {
    /// In the order asked.
    pub answers: Vec<Answer>,
    /// The modules that the branches of reasons name by index.
    pub selection: Selection,
    /// The modules that a main module needs itself.
    pub own: HashSet<ModuleIndex>,
}

/// The answer of one question.
pub enum Answer {
    /// About a module.
    Module(Reason),
    /// About a package, and its module, if it has one.
    Package(PackageReason, Option<Reason>),
}

/// Why a module is there, and in this version.
pub struct Reason {
    /// The module at the version that is selected.
    pub module: ModuleVersion,
    /// What stands in its place (`replace`).
    pub replacement: Option<ModuleVersion>,
    /// It is the main module, or one of the workspace's: nobody chose it.
    pub is_main: bool,
    /// A main module needs it itself.
    pub own: bool,
    /// The shortest ways from a main module to the requirements that decide: those on the version selected. The last module
    /// of each is who states it.
    pub deciding: Vec<Vec<ModuleVersion>>,
    /// The other requirements, the highest version first.
    pub lower: Vec<Lower>,
    /// Every way, drawn upwards from the module; empty unless asked for.
    pub ways: Vec<Branch>,
}

/// A version lower than the selected one that is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Lower {
    /// The version.
    pub version: Version,
    /// Who asks for it.
    pub by: Vec<ModuleVersion>,
}

impl Reason {
    /// The version that would be selected if those who decide asked for less, or for nothing; none if the module would be
    /// gone.
    pub fn next(&self) -> Option<&Version> {
        self.lower.first().map(|lower| &lower.version)
    }
}

/// Answers.
///
/// # Errors
/// [`OpError`] when the module graph cannot be had or packages cannot be loaded at all, or when nothing has such a path.
pub fn why(workspace: &Workspace, request: &WhyRequest) -> Result<WhyOutcome, OpError> {
    let selected = Selected::load(workspace)?;
    let about = |path: &String| {
        let module = selected.selection.find(path);
        module.map(|module| reason(&selected, module, request.all))
    };
    let modules: Vec<Option<Reason>> = request.paths.iter().map(about).collect();
    let rest = request.paths.iter().zip(&modules);
    let rest: Vec<&str> = rest
        .filter(|(_, module)| module.is_none())
        .map(|(path, _)| path.as_str())
        .collect();
    let mut packages = reasons(workspace, request, &rest)?.into_iter();
    let mut answers = Vec::with_capacity(modules.len());
    for (path, module) in request.paths.iter().zip(modules) {
        if let Some(module) = module {
            answers.push(Answer::Module(module));
            continue;
        }
        let package = packages.next().flatten();
        let package = package.ok_or_else(|| WhyError::Unknown { path: path.clone() })?;
        let module = package.module.as_ref().and_then(about);
        answers.push(Answer::Package(package, module));
    }
    Ok(WhyOutcome {
        answers,
        own: selected.own,
        selection: selected.selection,
    })
}

/// Packages are loaded only when some are asked about.
fn reasons(
    workspace: &Workspace,
    request: &WhyRequest,
    paths: &[&str],
) -> Result<Vec<Option<PackageReason>>, OpError> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let needed = Needed::load(workspace, &request.flags)?;
    let reasons = needed.reasons(paths, request.all);
    needed.save();
    Ok(reasons)
}

fn reason(selected: &Selected<'_>, index: ModuleIndex, all: bool) -> Reason {
    let module = selected.selection.modules()[index].clone();
    let statements = selected.graph.statements(&module.path);
    let decides = |version: &Version| *version == module.version;
    let mut lower: Vec<Lower> = Vec::new();
    for statement in statements.iter().filter(|s| !decides(&s.wants)) {
        match lower.last_mut() {
            Some(last) if last.version == statement.wants => last.by.push(statement.by.clone()),
            _ => lower.push(Lower {
                version: statement.wants.clone(),
                by: vec![statement.by.clone()],
            }),
        }
    }
    let deciders = statements.iter().filter(|s| decides(&s.wants));
    Reason {
        replacement: selected.modules.replacement(&module),
        is_main: selected.selection.is_start(index),
        own: selected.own.contains(&index),
        deciding: deciders
            .map(|statement| shortest(&selected.graph, &statement.by))
            .collect(),
        lower,
        ways: match all {
            true => upwards(selected, index),
            false => Vec::new(),
        },
        module,
    }
}

/// The shortest way from where the graph starts to a module.
fn shortest(graph: &ModuleGraph, to: &ModuleVersion) -> Vec<ModuleVersion> {
    let way = graph.shortest_path(|module| module == to);
    way.unwrap_or_else(|| vec![to.clone()])
}
