//! Setting all requirements at once, moving as few lines as possible.

use std::collections::{BTreeMap, HashMap};

use super::directive::{ModFile, is_indirect};
use super::edit::set_indirect;
use super::tree::{Block, Comments, Line, LineId, Statement, Syntax};
use super::values::{Require, auto_quote};
use crate::module::{ModulePath, ModuleVersion, Version};

type Wanted<'a> = BTreeMap<&'a ModulePath, (&'a Version, bool)>;

impl ModFile {
    /// Makes these the requirements (module, and whether only indirectly needed). Lines stay where they are with their
    /// comments; new ones come to the last block.
    pub fn set_requires(&mut self, requires: &[(ModuleVersion, bool)]) {
        let mut wanted = wanted(requires);
        let syntax = &mut self.syntax;
        self.require
            .retain_mut(|require| keep_or_remove(syntax, require, &mut wanted));
        for (path, (version, indirect)) in wanted {
            self.add_new_require(path, version, indirect);
        }
        self.sort_blocks();
    }

    /// The same, with direct and indirect requirements in a block each. Only lines of blocks without comments are moved.
    pub fn set_requires_separately(&mut self, requires: &[(ModuleVersion, bool)]) {
        let layout = Layout::of(&self.syntax);
        let (direct, indirect) = layout.make_blocks(&mut self.syntax);
        let mut wanted = wanted(requires);
        let syntax = &mut self.syntax;
        let block_of = lines_of_blocks(syntax);
        self.require.retain_mut(|require| {
            if !keep_or_remove(syntax, require, &mut wanted) {
                return false;
            }
            let (home, away) = if require.indirect {
                (indirect, direct)
            } else {
                (direct, indirect)
            };
            if layout.one_flat_block || block_of.get(&require.line) == Some(&away) {
                require.line = move_line(syntax, require.line, home);
            }
            true
        });
        for (path, (version, is_indirect)) in wanted {
            let tokens = vec![auto_quote(path), version.to_string()];
            let line = syntax.new_line(Line {
                tokens,
                in_block: true,
                ..Line::default()
            });
            set_indirect(syntax, line, is_indirect);
            push_line(syntax, line, if is_indirect { indirect } else { direct });
            let module = ModuleVersion::new(path.clone(), version.clone());
            self.require.push(Require {
                module,
                indirect: is_indirect,
                line,
            });
        }
        self.sort_blocks();
    }
}

fn wanted(requires: &[(ModuleVersion, bool)]) -> Wanted<'_> {
    requires
        .iter()
        .map(|(module, indirect)| (&module.path, (&module.version, *indirect)))
        .collect()
}

/// Brings a line up to date, or removes it if it is not wanted (any more).
fn keep_or_remove(syntax: &mut Syntax, require: &mut Require, wanted: &mut Wanted<'_>) -> bool {
    let Some((version, indirect)) = wanted.remove(&require.module.path) else {
        syntax.remove_line(require.line);
        return false;
    };
    require.module.version = version.clone();
    require.indirect = indirect;
    let line = syntax.line_mut(require.line);
    let at = if line.in_block { 1 } else { 2 };
    if line.in_block && matches!(&line.comments.before[..], [blank] if blank.text.is_empty()) {
        line.comments.before.clear();
    }
    if let Some(word) = line.tokens.get_mut(at) {
        *word = version.to_string();
    }
    set_indirect(syntax, require.line, indirect);
    true
}

fn lines_of_blocks(syntax: &Syntax) -> HashMap<LineId, usize> {
    let mut found = HashMap::new();
    for (at, statement) in syntax.statements.iter().enumerate() {
        if let Statement::Block(block) = statement {
            found.extend(block.lines.iter().map(|&line| (line, at)));
        }
    }
    found
}

fn push_line(syntax: &mut Syntax, line: LineId, block: usize) {
    syntax.ensure_block(block).lines.push(line);
}

/// Moves a line with its comments into the block; the old one is left without words.
fn move_line(syntax: &mut Syntax, id: LineId, block: usize) -> LineId {
    let old = syntax.line_mut(id);
    let mut line = old.clone();
    old.tokens.clear();
    if !line.in_block && line.tokens.first().is_some_and(|word| word == "require") {
        line.tokens.remove(0);
    }
    line.in_block = true;
    let moved = syntax.new_line(line);
    push_line(syntax, moved, block);
    moved
}

/// Where requirements stand.
struct Layout {
    /// The last statement without comments that has direct requirements only.
    direct: Option<usize>,
    /// The last one that has indirect requirements only.
    indirect: Option<usize>,
    /// The last one of all.
    last: Option<usize>,
    /// There is but one statement, and it has no comments of its own: its lines may be sorted into two blocks.
    one_flat_block: bool,
}

impl Layout {
    fn of(syntax: &Syntax) -> Self {
        let mut layout = Self {
            direct: None,
            indirect: None,
            last: None,
            one_flat_block: false,
        };
        let (mut count, mut last_is_plain) = (0, false);
        for (at, statement) in syntax.statements.iter().enumerate() {
            let (is_require, comments, lines) = match statement {
                Statement::Comments(_) => continue,
                Statement::Line(id) => {
                    let line = syntax.line(*id);
                    (
                        line.tokens.first().is_some_and(|t| t == "require"),
                        &line.comments,
                        std::slice::from_ref(id),
                    )
                }
                Statement::Block(block) => (
                    block.tokens.first().is_some_and(|t| t == "require"),
                    &block.comments,
                    &block.lines[..],
                ),
            };
            if !is_require {
                continue;
            }
            count += 1;
            layout.last = Some(at);
            last_is_plain = !has_comments(comments);
            let plain = |id: &LineId| !has_comments(&syntax.line(*id).comments);
            if !lines.is_empty() && last_is_plain && lines.iter().all(plain) {
                let indirect = lines.iter().filter(|&&id| is_indirect(syntax, id)).count();
                if indirect == 0 {
                    layout.direct = Some(at);
                } else if indirect == lines.len() {
                    layout.indirect = Some(at);
                }
            }
        }
        layout.one_flat_block = count == 1 && last_is_plain;
        layout
    }

    /// The two blocks, made where there are none; what stays empty goes at cleanup.
    fn make_blocks(&self, syntax: &mut Syntax) -> (usize, usize) {
        let empty = || {
            Statement::Block(Block {
                tokens: vec!["require".to_owned()],
                ..Block::default()
            })
        };
        let mut indirect = self.indirect;
        let direct = match (self.direct, &mut indirect) {
            (Some(at), _) => {
                syntax.ensure_block(at);
                at
            }
            (None, Some(at)) => {
                syntax.statements.insert(*at, empty());
                *at += 1;
                *at - 1
            }
            (None, None) => {
                let at = self.last.map_or(syntax.statements.len(), |last| last + 1);
                syntax.statements.insert(at, empty());
                at
            }
        };
        match indirect {
            Some(at) => {
                syntax.ensure_block(at);
                (direct, at)
            }
            None => {
                syntax.statements.insert(direct + 1, empty());
                (direct, direct + 1)
            }
        }
    }
}

/// Has it comments other than `// indirect`?
fn has_comments(comments: &Comments) -> bool {
    !comments.before.is_empty()
        || !comments.after.is_empty()
        || match &comments.suffix[..] {
            [] => false,
            [only] => only.text.trim_start_matches("//").trim() != "indirect",
            _ => true,
        }
}
