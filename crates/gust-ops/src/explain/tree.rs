//! `gust tree`: which module requires which, each at its selected version.

use super::Selected;
use crate::error::OpError;
use crate::workspace::Workspace;
use gust_modules::graph::{ModuleIndex, Requirement, Selection};
use gust_syntax::module::{Version, split_path_version};
use std::collections::{BTreeMap, HashSet};

/// Which tree.
pub struct TreeRequest {
    /// How many steps to go from where it begins; all of them without.
    pub depth: Option<usize>,
    /// Where it begins.
    pub from: TreeFrom,
}

/// Where a tree begins, and where it goes.
pub enum TreeFrom {
    /// At the main modules, down to what they require.
    Start,
    /// At a module, up to who requires it.
    Reverse(String),
    /// At each module that is there in several major versions, up.
    Duplicates,
}

/// A tree that cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// It would begin at a module that nothing requires.
    #[error("module {path} is not in the module graph")]
    Unknown {
        /// The module's path.
        path: String,
    },
}

/// A tree, as a list of branches: each module before what hangs on it.
pub struct TreeOutcome {
    /// The modules that branches name by index.
    pub selection: Selection,
    /// The branches.
    pub branches: Vec<Branch>,
    /// The modules that a main module needs itself, and not only because others do.
    pub own: HashSet<ModuleIndex>,
}

/// A module where it hangs on another.
#[derive(Debug, PartialEq, Eq)]
pub struct Branch {
    /// How many steps it is away from where the tree begins.
    pub depth: usize,
    /// The module.
    pub module: ModuleIndex,
    /// The version that is asked for along this branch, if another is selected: of this module, or, on the way up, of the
    /// one that it hangs on.
    pub wants: Option<Version>,
    /// The last one of those that hang on the same module.
    pub is_last: bool,
    /// What hangs on it stands at an earlier branch.
    pub is_repeated: bool,
}

/// Draws the tree.
///
/// # Errors
/// [`OpError`] when the module graph cannot be had, or has no such module.
pub fn tree(workspace: &Workspace, request: TreeRequest) -> Result<TreeOutcome, OpError> {
    let selected = Selected::load(workspace)?;
    let selection = &selected.selection;
    let (begin, upwards) = match request.from {
        TreeFrom::Start => (selection.starts().collect(), false),
        TreeFrom::Reverse(path) => match selection.find(&path) {
            Some(module) => (vec![module], true),
            None => return Err(TreeError::Unknown { path }.into()),
        },
        TreeFrom::Duplicates => (duplicates(selection), true),
    };
    let mut drawing = Drawing {
        selected: &selected,
        upwards,
        depth: request.depth.unwrap_or(usize::MAX),
        drawn: HashSet::new(),
        branches: Vec::new(),
    };
    let count = begin.len();
    for (n, module) in begin.into_iter().enumerate() {
        drawing.branch(0, module, None, n + 1 == count);
    }
    let branches = drawing.branches;
    Ok(TreeOutcome {
        branches,
        own: selected.own,
        selection: selected.selection,
    })
}

/// Every way to a module, drawn upwards from it.
pub(super) fn upwards(selected: &Selected<'_>, module: ModuleIndex) -> Vec<Branch> {
    let mut drawing = Drawing {
        selected,
        upwards: true,
        depth: usize::MAX,
        drawn: HashSet::new(),
        branches: Vec::new(),
    };
    drawing.branch(0, module, None, true);
    drawing.branches
}

/// The modules of which several major versions are selected, side by side.
fn duplicates(selection: &Selection) -> Vec<ModuleIndex> {
    let mut families: BTreeMap<&str, Vec<ModuleIndex>> = BTreeMap::new();
    for (index, module) in selection.modules().iter().enumerate() {
        let family = split_path_version(&module.path).map_or(&*module.path, |(prefix, _)| prefix);
        families.entry(family).or_default().push(index);
    }
    let several = families.into_values().filter(|family| family.len() > 1);
    several.flatten().collect()
}

struct Drawing<'s> {
    selected: &'s Selected<'s>,
    upwards: bool,
    depth: usize,
    drawn: HashSet<ModuleIndex>,
    branches: Vec<Branch>,
}

impl Drawing<'_> {
    fn branch(&mut self, depth: usize, module: ModuleIndex, wants: Option<Version>, is_last: bool) {
        let next = self.next(module);
        let goes_on = depth < self.depth && !next.is_empty();
        let is_repeated = goes_on && !self.drawn.insert(module);
        self.branches.push(Branch {
            depth,
            module,
            wants,
            is_last,
            is_repeated,
        });
        if !goes_on || is_repeated {
            return;
        }
        let count = next.len();
        for (n, requirement) in next.into_iter().enumerate() {
            let required = if self.upwards {
                module
            } else {
                requirement.module
            };
            let selected = &self.selected.selection.modules()[required].version;
            let wants = (requirement.wants != *selected).then_some(requirement.wants);
            self.branch(depth + 1, requirement.module, wants, n + 1 == count);
        }
    }

    /// What hangs on the module.
    fn next(&self, module: ModuleIndex) -> Vec<Requirement> {
        let selection = &self.selected.selection;
        let all = match self.upwards {
            true => selection.required_by(module),
            false => selection.requires(module),
        };
        let counts = |requirement: &&Requirement| match self.upwards {
            true => self.selected.counts(requirement.module, module),
            false => self.selected.counts(module, requirement.module),
        };
        all.iter().filter(counts).cloned().collect()
    }
}
