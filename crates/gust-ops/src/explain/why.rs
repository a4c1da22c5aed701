//! `gust why MODULE`: who requires a module, which of these requirements decides its version, and what would let it go down.

use super::tree::{Branch, upwards};
use super::{Selected, TreeError};
use crate::error::OpError;
use crate::workspace::Workspace;
use gust_modules::graph::{ModuleGraph, ModuleIndex, Selection};
use gust_syntax::module::{ModuleVersion, Version};
use std::collections::HashSet;

/// Which modules are asked about.
pub struct WhyRequest {
    /// Their paths.
    pub modules: Vec<String>,
    /// Every way to them is wanted, and not only the shortest to who decides.
    pub all: bool,
}

/// The answers.
pub struct WhyOutcome {
    /// One a module, in the order asked.
    pub reasons: Vec<Reason>,
    /// The modules that the branches of reasons name by index.
    pub selection: Selection,
    /// The modules that a main module needs itself.
    pub own: HashSet<ModuleIndex>,
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
/// [`OpError`] when the module graph cannot be had, or has no such module.
pub fn why(workspace: &Workspace, request: &WhyRequest) -> Result<WhyOutcome, OpError> {
    let selected = Selected::load(workspace)?;
    let reasons: Result<Vec<Reason>, OpError> = request
        .modules
        .iter()
        .map(|path| match selected.selection.find(path) {
            Some(module) => Ok(reason(&selected, module, request.all)),
            None => Err(TreeError::Unknown { path: path.clone() }.into()),
        })
        .collect();
    Ok(WhyOutcome {
        reasons: reasons?,
        own: selected.own,
        selection: selected.selection,
    })
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
