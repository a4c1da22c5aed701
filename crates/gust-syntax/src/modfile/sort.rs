//! Blocks in order, without what stands there twice.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::directive::ModFile;
use super::tree::{LineId, Statement, Syntax};
use super::values::Replace;
use crate::semver;

impl ModFile {
    /// Sorts the lines of blocks and drops repeated exclusions, tools and ignored directories, and replacements
    /// that a later one overrules.
    pub fn sort_blocks(&mut self) {
        let mut dead: HashSet<LineId> = HashSet::new();
        let mut seen = HashSet::new();
        self.exclude
            .retain(|x| first_seen(&mut seen, x.module.clone(), x.line, &mut dead));
        let mut seen = HashSet::new();
        self.tool
            .retain(|x| first_seen(&mut seen, x.path.clone(), x.line, &mut dead));
        let mut seen = HashSet::new();
        self.ignore
            .retain(|x| first_seen(&mut seen, x.path.clone(), x.line, &mut dead));
        drop_duplicate_replaces(&mut self.replace, &mut dead);
        let semantic = self
            .go
            .as_ref()
            .is_some_and(|go| semver::compare(&format!("v{}", go.version), "v1.21").is_ge());
        sort_block_lines(&mut self.syntax, &dead, semantic);
    }
}

fn first_seen<T: Eq + std::hash::Hash>(
    seen: &mut HashSet<T>,
    key: T,
    line: LineId,
    dead: &mut HashSet<LineId>,
) -> bool {
    let first = seen.insert(key);
    if !first {
        dead.insert(line);
    }
    first
}

pub(crate) fn drop_duplicate_replaces(list: &mut Vec<Replace>, dead: &mut HashSet<LineId>) {
    let mut seen = HashSet::new();
    list.reverse();
    list.retain(|replace| first_seen(&mut seen, replace.old.clone(), replace.line, dead));
    list.reverse();
}

pub(crate) fn sort_block_lines(
    syntax: &mut Syntax,
    dead: &HashSet<LineId>,
    semantic_excludes: bool,
) {
    let mut statements = std::mem::take(&mut syntax.statements);
    statements.retain_mut(|statement| match statement {
        Statement::Comments(_) => true,
        Statement::Line(id) => !dead.contains(id),
        Statement::Block(block) => {
            block.lines.retain(|id| !dead.contains(id));
            let order = match block.tokens.first().map(String::as_str) {
                Some("exclude") if semantic_excludes => by_version,
                Some("retract") => newest_first,
                _ => by_words,
            };
            block
                .lines
                .sort_by(|&a, &b| order(&syntax.line(a).tokens, &syntax.line(b).tokens));
            !block.lines.is_empty()
        }
    });
    syntax.statements = statements;
}

fn by_words(a: &[String], b: &[String]) -> Ordering {
    a.cmp(b)
}

fn by_version(a: &[String], b: &[String]) -> Ordering {
    match (a, b) {
        ([path_a, version_a], [path_b, version_b]) => path_a
            .cmp(path_b)
            .then_with(|| semver::compare(version_a, version_b)),
        _ => by_words(a, b),
    }
}

fn newest_first(a: &[String], b: &[String]) -> Ordering {
    let (low_a, high_a) = interval(a);
    let (low_b, high_b) = interval(b);
    semver::compare(low_b, low_a).then_with(|| semver::compare(high_b, high_a))
}

fn interval(tokens: &[String]) -> (&str, &str) {
    match tokens {
        [version] => (version, version),
        [open, low, comma, high, close] if open == "[" && comma == "," && close == "]" => {
            (low, high)
        }
        _ => ("", ""),
    }
}
