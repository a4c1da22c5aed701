//! Tree to text, in go's style.

use super::tree::{Block, Comment, Comments, LineId, Statement, Syntax};

/// The file's text.
pub fn format(syntax: &Syntax) -> String {
    let mut printer = Printer {
        syntax,
        out: String::new(),
        suffix: Vec::new(),
        margin: 0,
    };
    printer.file();
    let mut out = printer.out;
    while out.ends_with("\n\n") || out == "\n" {
        out.pop();
    }
    out
}

struct Printer<'a> {
    syntax: &'a Syntax,
    out: String,
    /// Comments that wait for the end of the line.
    suffix: Vec<&'a Comment>,
    margin: usize,
}

impl<'a> Printer<'a> {
    fn file(&mut self) {
        let syntax = self.syntax;
        for comment in &syntax.before {
            self.out.push_str(comment.text.trim());
            self.newline();
        }
        for (i, statement) in syntax.statements.iter().enumerate() {
            let comments = match statement {
                Statement::Comments(comments) => {
                    self.before(&comments.before);
                    self.suffix.extend(&comments.suffix);
                    comments
                }
                Statement::Line(id) => {
                    self.line(*id);
                    self.newline();
                    &syntax.line(*id).comments
                }
                Statement::Block(block) => {
                    self.block(block);
                    self.newline();
                    &block.comments
                }
            };
            self.after(comments);
            if i + 1 < syntax.statements.len() {
                self.newline();
            }
        }
    }

    fn after(&mut self, comments: &'a Comments) {
        for comment in &comments.after {
            self.out.push_str(comment.text.trim());
            self.newline();
        }
    }

    fn line(&mut self, id: LineId) {
        let line = self.syntax.line(id);
        self.before(&line.comments.before);
        self.tokens(&line.tokens);
        self.suffix.extend(&line.comments.suffix);
    }

    fn block(&mut self, block: &'a Block) {
        self.before(&block.comments.before);
        self.tokens(&block.tokens);
        self.out.push_str(" (");
        self.suffix.extend(&block.open_suffix);
        self.margin += 1;
        for &id in &block.lines {
            self.newline();
            self.line(id);
        }
        self.margin -= 1;
        self.newline();
        self.before(&block.close_before);
        self.out.push(')');
        self.suffix.extend(&block.close_suffix);
        self.suffix.extend(&block.comments.suffix);
    }

    fn before(&mut self, comments: &'a [Comment]) {
        if comments.is_empty() {
            return;
        }
        self.trim();
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.indent();
        for comment in comments {
            self.out.push_str(comment.text.trim());
            self.newline();
        }
    }

    fn indent(&mut self) {
        for _ in 0..self.margin {
            self.out.push('\t');
        }
    }

    fn trim(&mut self) {
        let kept = self.out.trim_end_matches(['\t', ' ']).len();
        self.out.truncate(kept);
    }

    fn newline(&mut self) {
        for (i, comment) in std::mem::take(&mut self.suffix).into_iter().enumerate() {
            if i == 0 {
                self.out.push(' ');
            } else {
                self.trim();
                self.out.push('\n');
                self.indent();
            }
            self.out.push_str(comment.text.trim());
        }
        self.trim();
        // No blank line at the top of the file, and never two in a row.
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        self.indent();
    }

    fn tokens(&mut self, tokens: &[String]) {
        let mut space = false;
        for token in tokens {
            if space && !matches!(token.as_str(), "," | ")" | "]" | "}") {
                self.out.push(' ');
            }
            self.out.push_str(token);
            space = !matches!(token.as_str(), "(" | "[" | "{");
        }
    }
}
