//! The exact parser: package clause and imports, with comments attached and errors as go's parser words them.

use super::lex::{Lexer, Token};
use super::lines::Lines;
use std::ops::Range;

/// Some comments without a blank line between them: a range of [`Parsed::comments`].
pub(super) type Group = Range<usize>;

/// One import as it stands in the text.
pub(super) struct Spec {
    /// Where the spec starts: its name, else its path.
    pub start: usize,
    /// The path's literal, quotes included.
    pub literal: Range<usize>,
    /// The comment right before it.
    pub doc: Option<Group>,
}

/// What the parser makes of a header.
#[derive(Default)]
pub(super) struct Parsed {
    /// Each comment: offset and end, without the newline.
    pub comments: Vec<Range<usize>>,
    pub groups: Vec<Group>,
    /// The offset of the word `package`; `None` when the clause is broken.
    pub package: Option<usize>,
    pub name: Range<usize>,
    pub doc: Option<Group>,
    pub imports: Vec<Spec>,
    /// Offsets and messages, in no order.
    pub errors: Vec<(usize, String)>,
}

/// go's parser gives up behind the tenth error.
const MAX_ERRORS: usize = 10;

pub(super) struct GiveUp;

pub(super) type Parse<T = ()> = Result<T, GiveUp>;

/// The parser of headers; `functions` goes on with it behind the imports.
pub(super) struct Parser<'a, 'b> {
    pub(super) lexer: &'b mut Lexer<'a>,
    lines: Lines<'a>,
    pub(super) out: Parsed,
    pub(super) token: Token,
    pub(super) start: usize,
    pub(super) end: usize,
    lead: Option<Group>,
    sync: (usize, u32),
}

/// Parses what `lexer` holds; the lexer's own complaints are taken over too.
pub(super) fn parse(lexer: &mut Lexer<'_>) -> Parsed {
    let mut parser = Parser::new(lexer);
    if let Err(GiveUp) = parser.file() {
        parser.out.package = None;
    }
    parser.out
}

impl<'a, 'b> Parser<'a, 'b> {
    /// Stands on the first token.
    pub(super) fn new(lexer: &'b mut Lexer<'a>) -> Self {
        let lines = Lines::new(lexer.src);
        let mut parser = Parser {
            lexer,
            lines,
            out: Parsed::default(),
            token: Token::Illegal,
            start: usize::MAX,
            end: 0,
            lead: None,
            sync: (0, 0),
        };
        parser.next();
        parser
    }

    fn next_token(&mut self) {
        self.token = self.lexer.scan();
        (self.start, self.end) = (self.lexer.start, self.lexer.end);
        if !self.lexer.errors.is_empty() {
            self.out.errors.append(&mut self.lexer.errors);
        }
    }

    fn line(&mut self) -> u32 {
        self.lines.line(self.start)
    }

    /// Reads the comments that follow each other with less than `gap` blank lines between; the line of the last one's end.
    fn comment_group(&mut self, gap: u32) -> (Group, u32) {
        let first = self.out.comments.len();
        let mut end_line = self.line();
        while self.token == Token::Comment && self.line() <= end_line + gap {
            end_line = self.line();
            let range = self.start..self.end;
            let text = &self.lexer.src[range.clone()];
            if text.get(1) == Some(&b'*') {
                end_line += memchr::memchr_iter(b'\n', text).count() as u32;
            }
            self.out.comments.push(range);
            self.next_token();
        }
        let group = first..self.out.comments.len();
        self.out.groups.push(group.clone());
        (group, end_line)
    }

    pub(super) fn next(&mut self) {
        self.lead = None;
        let previous = self.start;
        self.next_token();
        if self.token != Token::Comment {
            return;
        }
        let mut group = None;
        let same_line = (self.lexer.src.get(previous..self.start))
            .is_some_and(|between| memchr::memchr(b'\n', between).is_none());
        if same_line {
            group = Some(self.comment_group(0).0);
        }
        let mut end_line = u32::MAX - 1;
        while self.token == Token::Comment {
            let (comments, line) = self.comment_group(1);
            (group, end_line) = (Some(comments), line);
        }
        if end_line + 1 == self.line() {
            self.lead = group;
        }
    }

    pub(super) fn error(&mut self, at: usize, message: String) -> Parse {
        if let Some(&(last, _)) = self.out.errors.last() {
            if self.said_line(last) == self.said_line(at) {
                return Ok(());
            }
            if self.out.errors.len() > MAX_ERRORS {
                return Err(GiveUp);
            }
        }
        self.out.errors.push((at, message));
        Ok(())
    }

    /// The line as `//line` comments have it.
    fn said_line(&mut self, at: usize) -> u32 {
        self.lines
            .pos(at, &self.lexer.line_comments, &mut Vec::new())
            .line
    }

    pub(super) fn expected(&mut self, what: &str) -> Parse {
        let found = match self.token {
            Token::Semicolon { newline: true } => "newline".to_string(),
            token if token.is_literal() => {
                gust_bytes::text(&self.lexer.src[self.start..self.end]).into_owned()
            }
            token => format!("'{}'", token.name()),
        };
        self.error(self.start, format!("expected {what}, found {found}"))
    }

    pub(super) fn expect(&mut self, token: Token) -> Parse {
        if self.token != token {
            self.expected(&format!("'{}'", token.name()))?;
        }
        self.next();
        Ok(())
    }

    fn end_of_statement(&mut self) -> Parse {
        match self.token {
            Token::Op(")" | "}") => {}
            Token::Semicolon { .. } => self.next(),
            Token::Op(",") => {
                self.expected("';'")?;
                self.next();
            }
            _ => {
                self.expected("';'")?;
                self.advance(is_statement_start);
            }
        }
        Ok(())
    }

    /// Skips to firm ground after an error.
    pub(super) fn advance(&mut self, firm: fn(Token) -> bool) {
        while self.token != Token::Eof {
            if firm(self.token) {
                if self.start == self.sync.0 && self.sync.1 < 10 {
                    self.sync.1 += 1;
                    return;
                }
                if self.start > self.sync.0 {
                    self.sync = (self.start, 0);
                    return;
                }
            }
            self.next();
        }
    }

    pub(super) fn file(&mut self) -> Parse {
        if !self.out.errors.is_empty() {
            return Ok(());
        }
        let doc = self.lead.clone();
        let package = self.start;
        self.expect(Token::Keyword("package"))?;
        let name = self.start..self.end;
        self.expect(Token::Ident)?;
        self.end_of_statement()?;
        if !self.out.errors.is_empty() {
            return Ok(());
        }
        (self.out.package, self.out.name, self.out.doc) = (Some(package), name, doc);
        while self.token == Token::Keyword("import") {
            self.declaration()?;
        }
        Ok(())
    }

    fn declaration(&mut self) -> Parse {
        let doc = self.lead.clone();
        let first = self.out.imports.len();
        self.next();
        if self.token == Token::Op("(") {
            self.next();
            while !matches!(self.token, Token::Op(")") | Token::Eof) {
                let doc = self.lead.clone();
                self.spec(doc)?;
            }
            self.expect(Token::Op(")"))?;
            self.end_of_statement()?;
        } else {
            self.spec(None)?;
        }
        if let [only] = &mut self.out.imports[first..]
            && only.doc.is_none()
        {
            only.doc = doc;
        }
        Ok(())
    }

    fn spec(&mut self, doc: Option<Group>) -> Parse {
        let start = self.start;
        if matches!(self.token, Token::Ident | Token::Op(".")) {
            self.next();
        }
        let literal = self.start..self.end;
        if self.token == Token::String {
            self.next();
        } else if self.token.is_literal() {
            self.error(literal.start, "import path must be a string".into())?;
            self.next();
        } else {
            self.error(literal.start, "missing import path".into())?;
            self.advance(is_expression_end);
        }
        self.end_of_statement()?;
        self.out.imports.push(Spec {
            start,
            literal,
            doc,
        });
        Ok(())
    }
}

fn is_statement_start(token: Token) -> bool {
    matches!(
        token,
        Token::Keyword(
            "break"
                | "const"
                | "continue"
                | "defer"
                | "fallthrough"
                | "for"
                | "go"
                | "goto"
                | "if"
                | "return"
                | "select"
                | "switch"
                | "type"
                | "var"
        )
    )
}

fn is_expression_end(token: Token) -> bool {
    matches!(
        token,
        Token::Op("," | ":" | ")" | "]" | "}") | Token::Semicolon { .. }
    )
}
