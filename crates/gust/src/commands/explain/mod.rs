//! gust's own commands about the module graph, and how a tree is drawn.

pub(crate) mod outdated;
pub(crate) mod tree;
pub(crate) mod upgrade;
pub(crate) mod why;

use gust_modules::graph::Selection;
use gust_ops::explain::Branch;
use std::io;

/// Writes branches as a tree, a line each, every line behind `indent`.
fn draw(
    out: &mut dyn io::Write,
    indent: &str,
    selection: &Selection,
    branches: &[Branch],
) -> io::Result<()> {
    let mut open = Vec::new();
    for branch in branches {
        let stem = stem(&mut open, branch.depth, branch.is_last);
        writeln!(out, "{indent}{stem}{}", leaf(selection, branch))?;
    }
    Ok(())
}

/// The lines that lead to a branch. `open` says, for each level above, whether more follows there.
fn stem(open: &mut Vec<bool>, depth: usize, is_last: bool) -> String {
    open.truncate(depth);
    let mut stem = String::new();
    for &more in open.iter().skip(1) {
        stem.push_str(if more { "│   " } else { "    " });
    }
    if depth > 0 {
        stem.push_str(if is_last { "└── " } else { "├── " });
    }
    open.push(!is_last);
    stem
}

fn leaf(selection: &Selection, branch: &Branch) -> String {
    let module = &selection.modules()[branch.module];
    let mut text = module.path.to_string();
    if !module.version.is_empty() {
        text.push_str(&format!(" {}", module.version));
    }
    if let Some(wants) = &branch.wants {
        text.push_str(&format!(" (asks for {wants})"));
    }
    if branch.is_repeated {
        text.push_str(" (*)");
    }
    text
}
