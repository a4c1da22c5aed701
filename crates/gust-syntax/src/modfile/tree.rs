//! The tree: statements, lines and blocks with the comments around them. Lines live in an arena, so that what a line means
//! can point to it while blocks come and go around it.

/// A place in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// From 1; 0 for what was not read from a file.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// From 0.
    pub byte: usize,
}

/// A comment with its `//`; an empty one stands for a blank line within a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comment {
    /// Where it begins.
    pub start: Position,
    /// The text, without the end of the line.
    pub text: String,
}

impl Comment {
    /// A comment that was not read from a file.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            start: Position::default(),
            text: text.into(),
        }
    }
}

/// The comments around a part of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comments {
    /// On lines of their own, before it.
    pub before: Vec<Comment>,
    /// At the end of its line.
    pub suffix: Vec<Comment>,
    /// On lines of their own, after it (statements only).
    pub after: Vec<Comment>,
}

/// Which line of a [`Syntax`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineId(u32);

/// One line of words, on its own or in a block. Without words it is removed, and waits for [`Syntax::cleanup`].
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Comments around it.
    pub comments: Comments,
    /// Where it begins.
    pub start: Position,
    /// The words; within a block, without the block's.
    pub tokens: Vec<String>,
    /// Whether it stands in a block.
    pub in_block: bool,
}

/// A factored block: `verb ( lines )`.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Comments around it.
    pub comments: Comments,
    /// Where it begins.
    pub start: Position,
    /// The words before the parenthesis: the verb.
    pub tokens: Vec<String>,
    /// Comments behind the opening parenthesis.
    pub open_suffix: Vec<Comment>,
    /// The lines.
    pub lines: Vec<LineId>,
    /// Comments before the closing parenthesis.
    pub close_before: Vec<Comment>,
    /// Comments behind the closing parenthesis.
    pub close_suffix: Vec<Comment>,
}

/// A part of the file's top level.
#[derive(Clone, Debug)]
pub enum Statement {
    /// Comments apart from any line.
    Comments(Comments),
    /// A line.
    Line(LineId),
    /// A block.
    Block(Block),
}

/// Where a new line is to stand.
#[derive(Clone, Copy, Debug)]
pub enum Hint {
    /// With the last line or block of its verb, or at the end.
    LastOfVerb,
    /// With this line if that has the same verb, else after it.
    Line(LineId),
    /// At the end of the file, even where the verb has a block.
    End,
}

/// A whole file.
#[derive(Clone, Debug, Default)]
pub struct Syntax {
    /// The file's name for messages.
    pub name: String,
    /// Comments that belong to nothing.
    pub before: Vec<Comment>,
    /// The statements in order.
    pub statements: Vec<Statement>,
    lines: Vec<Line>,
}

impl Syntax {
    /// An empty file of that name.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// A line.
    pub fn line(&self, id: LineId) -> &Line {
        &self.lines[id.0 as usize]
    }

    /// A line, to change it.
    pub fn line_mut(&mut self, id: LineId) -> &mut Line {
        &mut self.lines[id.0 as usize]
    }

    /// Puts a line into the arena; it stands nowhere yet.
    pub fn new_line(&mut self, line: Line) -> LineId {
        self.lines.push(line);
        LineId((self.lines.len() - 1) as u32)
    }

    /// Adds a line. Next to a line of the same verb that is not in a block, both come into a new one.
    pub fn add_line(&mut self, hint: Hint, tokens: Vec<String>) -> LineId {
        let verb = tokens.first().cloned().unwrap_or_default();
        let Some((at, within)) = self.find_hint(hint, &verb) else {
            let id = self.new_line(Line {
                tokens,
                ..Line::default()
            });
            self.statements.push(Statement::Line(id));
            return id;
        };
        let same_verb = self.verb_at(at) == Some(verb.as_str());
        if !same_verb {
            let id = self.new_line(Line {
                tokens,
                ..Line::default()
            });
            self.statements.insert(at + 1, Statement::Line(id));
            return id;
        }
        let id = self.new_line(Line {
            tokens: tokens[1..].to_vec(),
            in_block: true,
            ..Line::default()
        });
        let block = self.ensure_block(at);
        let place = within.map_or(block.lines.len(), |line| line + 1);
        block.lines.insert(place, id);
        id
    }

    /// The statement that the hint means, and the line's index if it is in a block.
    fn find_hint(&self, hint: Hint, verb: &str) -> Option<(usize, Option<usize>)> {
        match hint {
            Hint::End => None,
            Hint::LastOfVerb => (0..self.statements.len())
                .rev()
                .find(|&at| self.verb_at(at) == Some(verb))
                .map(|at| (at, None)),
            Hint::Line(id) => self
                .statements
                .iter()
                .enumerate()
                .find_map(|(at, statement)| match statement {
                    Statement::Line(line) if *line == id => Some((at, None)),
                    Statement::Block(block) => block
                        .lines
                        .iter()
                        .position(|&line| line == id)
                        .map(|within| (at, Some(within))),
                    _ => None,
                }),
        }
    }

    fn verb_at(&self, at: usize) -> Option<&str> {
        match self.statements.get(at)? {
            Statement::Line(id) => self.line(*id).tokens.first().map(String::as_str),
            Statement::Block(block) => block.tokens.first().map(String::as_str),
            Statement::Comments(_) => None,
        }
    }

    /// The block at that place, made of the line there if it is one.
    pub(super) fn ensure_block(&mut self, at: usize) -> &mut Block {
        if let Statement::Line(id) = self.statements[at] {
            let line = self.line_mut(id);
            line.in_block = true;
            let verb: Vec<String> = line.tokens.drain(..line.tokens.len().min(1)).collect();
            self.statements[at] = Statement::Block(Block {
                tokens: verb,
                lines: vec![id],
                ..Block::default()
            });
        }
        if let Statement::Comments(_) = self.statements[at] {
            self.statements[at] = Statement::Block(Block::default());
        }
        match &mut self.statements[at] {
            Statement::Block(block) => block,
            _ => unreachable!("made a block just now"),
        }
    }

    /// Gives a line other words; the first is the verb, which a line in a block does without.
    pub fn update_line(&mut self, id: LineId, mut tokens: Vec<String>) {
        let line = self.line_mut(id);
        if line.in_block {
            tokens.remove(0);
        }
        line.tokens = tokens;
    }

    /// Removes a line and the comment behind it; [`Self::cleanup`] does the rest.
    pub fn remove_line(&mut self, id: LineId) {
        let line = self.line_mut(id);
        line.tokens.clear();
        line.comments.suffix.clear();
    }

    /// Drops removed lines and empty blocks, and makes blocks of one line into lines.
    pub fn cleanup(&mut self) {
        let statements = std::mem::take(&mut self.statements);
        for statement in statements {
            match statement {
                Statement::Line(id) if self.line(id).tokens.is_empty() => {}
                Statement::Block(mut block) => {
                    block.lines.retain(|&id| !self.line(id).tokens.is_empty());
                    match block.lines[..] {
                        [] => {}
                        [only] if block.close_before.is_empty() => {
                            self.unwrap_block(block, only);
                            self.statements.push(Statement::Line(only));
                        }
                        _ => self.statements.push(Statement::Block(block)),
                    }
                }
                other => self.statements.push(other),
            }
        }
    }

    fn unwrap_block(&mut self, block: Block, only: LineId) {
        let line = self.line_mut(only);
        let mut comments = block.comments;
        let own = std::mem::take(&mut line.comments);
        comments.before.extend(own.before);
        comments.suffix = own.suffix.into_iter().chain(comments.suffix).collect();
        comments.after = own.after.into_iter().chain(comments.after).collect();
        let mut tokens = block.tokens;
        tokens.append(&mut line.tokens);
        *line = Line {
            comments,
            tokens,
            ..Line::default()
        };
    }
}
