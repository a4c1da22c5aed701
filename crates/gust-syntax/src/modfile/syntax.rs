//! Text to tree.

use super::error::ModFileErrors;
use super::lexer::{Kind, Lexer, Token};
use super::tree::{Block, Comment, Comments, Line, LineId, Position, Statement, Syntax};

/// Reads the lines and blocks of a go.mod or go.work, whatever they say.
pub fn parse(name: &str, data: &[u8]) -> Result<Syntax, ModFileErrors> {
    let text = gust_bytes::text(data);
    let lexer = Lexer::new(name, &text)?;
    let mut parser = Parser {
        name,
        lexer,
        syntax: Syntax::named(name),
    };
    parser.file()?;
    Ok(parser.syntax)
}

struct Parser<'a> {
    name: &'a str,
    lexer: Lexer<'a>,
    syntax: Syntax,
}

impl<'a> Parser<'a> {
    fn file(&mut self) -> Result<(), ModFileErrors> {
        let mut comments: Vec<Comment> = Vec::new();
        loop {
            match self.lexer.peek() {
                Kind::Newline => {
                    self.lexer.take()?;
                    self.flush(&mut comments);
                }
                Kind::Comment => comments.push(comment(&self.lexer.take()?)),
                Kind::SuffixComment => self.syntax.before.push(comment(&self.lexer.take()?)),
                Kind::End => {
                    self.flush(&mut comments);
                    return Ok(());
                }
                _ => self.statement(std::mem::take(&mut comments))?,
            }
        }
    }

    fn flush(&mut self, comments: &mut Vec<Comment>) {
        if !comments.is_empty() {
            let before = std::mem::take(comments);
            self.syntax.statements.push(Statement::Comments(Comments {
                before,
                ..Comments::default()
            }));
        }
    }

    fn statement(&mut self, before: Vec<Comment>) -> Result<(), ModFileErrors> {
        let first = self.lexer.take()?;
        let start = first.start;
        let mut tokens = vec![first.text.to_owned()];
        loop {
            let token = self.lexer.take()?;
            if token.kind.ends_line() {
                let comments = Comments {
                    before,
                    suffix: suffix(&token),
                    after: Vec::new(),
                };
                let id = self.syntax.new_line(Line {
                    comments,
                    start,
                    tokens,
                    in_block: false,
                });
                self.syntax.statements.push(Statement::Line(id));
                return Ok(());
            }
            if token.kind == Kind::Mark(b'(') {
                if self.lexer.peek().ends_line() {
                    return self.block(start, tokens, before);
                }
                if self.lexer.peek() == Kind::Mark(b')') {
                    let close = self.lexer.take()?;
                    if self.lexer.peek().ends_line() {
                        let end = self.lexer.take()?;
                        let comments = Comments {
                            before,
                            suffix: suffix(&end),
                            after: Vec::new(),
                        };
                        self.syntax.statements.push(Statement::Block(Block {
                            comments,
                            start,
                            tokens,
                            ..Block::default()
                        }));
                        return Ok(());
                    }
                    tokens.push(token.text.to_owned());
                    tokens.push(close.text.to_owned());
                    continue;
                }
            }
            tokens.push(token.text.to_owned());
        }
    }

    fn block(
        &mut self,
        start: Position,
        tokens: Vec<String>,
        before: Vec<Comment>,
    ) -> Result<(), ModFileErrors> {
        let comments = Comments {
            before,
            ..Comments::default()
        };
        let mut block = Block {
            comments,
            start,
            tokens,
            ..Block::default()
        };
        let mut pending: Vec<Comment> = Vec::new();
        loop {
            match self.lexer.peek() {
                Kind::SuffixComment => block.open_suffix.push(comment(&self.lexer.take()?)),
                Kind::Newline => {
                    self.lexer.take()?;
                    // A blank line is kept as an empty comment, but neither first in the block nor twice in a row.
                    let keep = pending
                        .last()
                        .map_or(!block.lines.is_empty(), |last| !last.text.is_empty());
                    if keep {
                        pending.push(Comment::default());
                    }
                }
                Kind::Comment => pending.push(comment(&self.lexer.take()?)),
                Kind::End => {
                    let Position { line, column, .. } = start;
                    let message = format!(
                        "syntax error (unterminated block started at {}:{line}:{column})",
                        self.name
                    );
                    return Err(self.lexer.error(message));
                }
                Kind::Mark(b')') => {
                    self.lexer.take()?;
                    if matches!(&pending[..], [only] if only.text.is_empty()) {
                        pending.clear();
                    }
                    block.close_before = pending;
                    if !self.lexer.peek().ends_line() {
                        return Err(self
                            .lexer
                            .error("syntax error (expected newline after closing paren)"));
                    }
                    block.close_suffix = suffix(&self.lexer.take()?);
                    self.syntax.statements.push(Statement::Block(block));
                    return Ok(());
                }
                _ => {
                    let id = self.line(std::mem::take(&mut pending))?;
                    block.lines.push(id);
                }
            }
        }
    }

    fn line(&mut self, before: Vec<Comment>) -> Result<LineId, ModFileErrors> {
        let first = self.lexer.take()?;
        let mut tokens = vec![first.text.to_owned()];
        loop {
            let token = self.lexer.take()?;
            if token.kind.ends_line() {
                let comments = Comments {
                    before,
                    suffix: suffix(&token),
                    after: Vec::new(),
                };
                return Ok(self.syntax.new_line(Line {
                    comments,
                    start: first.start,
                    tokens,
                    in_block: true,
                }));
            }
            tokens.push(token.text.to_owned());
        }
    }
}

fn comment(token: &Token<'_>) -> Comment {
    Comment {
        start: token.start,
        text: token.text.to_owned(),
    }
}

fn suffix(token: &Token<'_>) -> Vec<Comment> {
    if token.kind == Kind::SuffixComment {
        vec![comment(token)]
    } else {
        Vec::new()
    }
}
