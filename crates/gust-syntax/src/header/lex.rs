//! Go's tokens, with Go's complaints: what the header parser reads, and what it skips when it looks for firm ground.

use super::lines::{LineComment, LineText, line_comment};
use crate::unicode::{first_char, is_digit, is_letter};

mod braces;
mod number;
mod quoted;

/// A token's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Illegal,
    Eof,
    Comment,
    Ident,
    Number,
    Char,
    String,
    /// Written, or put in at the end of a line.
    Semicolon {
        newline: bool,
    },
    Op(&'static str),
    Keyword(&'static str),
}

impl Token {
    /// The token's name in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Token::Illegal => "ILLEGAL",
            Token::Eof => "EOF",
            Token::Comment => "COMMENT",
            Token::Ident => "IDENT",
            Token::Number => "INT",
            Token::Char => "CHAR",
            Token::String => "STRING",
            Token::Semicolon { .. } => ";",
            Token::Op(s) | Token::Keyword(s) => s,
        }
    }

    /// Literals are shown in messages as they are written.
    pub(super) fn is_literal(self) -> bool {
        matches!(
            self,
            Token::Ident | Token::Number | Token::Char | Token::String
        )
    }
}

const KEYWORDS: [&str; 25] = [
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "fallthrough",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "interface",
    "map",
    "package",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "type",
    "var",
];

/// Operators, the longest of each start first.
const OPERATORS: [&str; 47] = [
    "<<=", ">>=", "&^=", "...", "&&", "||", "<-", "++", "--", "==", "!=", "<=", ">=", ":=", "+=",
    "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "&^", "+", "-", "*", "/", "%", "&", "|",
    "^", "<", ">", "=", "!", "(", "[", "{", ",", ".", ")", "]", "}", ":", "~",
];

/// The end of the text, where a character is asked for.
pub(super) const EOF: i32 = -1;
const BOM: i32 = 0xfeff;

/// Splits a file into tokens.
pub(super) struct Lexer<'a> {
    pub(super) src: &'a [u8],
    /// The current character, and its offset.
    ch: i32,
    at: usize,
    /// The offset after it.
    after: usize,
    insert_semicolon: bool,
    pending_newline: Option<usize>,
    /// The text is UTF-8 without NUL and byte order marks, so that stretches of it can be skipped unseen.
    clean: bool,
    pub(super) errors: Vec<(usize, String)>,
    pub(super) line_comments: Vec<LineComment>,
    /// The current token's text.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(src: &'a [u8]) -> Self {
        let clean = memchr::memchr(0, src).is_none()
            && std::str::from_utf8(src).is_ok()
            && memchr::memmem::find(src, "\u{feff}".as_bytes()).is_none();
        let mut lexer = Lexer {
            src,
            ch: 0,
            at: 0,
            after: 0,
            insert_semicolon: false,
            pending_newline: None,
            clean,
            errors: Vec::new(),
            line_comments: Vec::new(),
            start: 0,
            end: 0,
        };
        lexer.next();
        if lexer.ch == BOM {
            lexer.next();
        }
        lexer
    }

    fn error(&mut self, at: usize, message: impl Into<String>) {
        self.errors.push((at, message.into()));
    }

    /// Steps to the next character.
    fn next(&mut self) {
        self.at = self.after.min(self.src.len());
        let Some(&b) = self.src.get(self.at) else {
            self.ch = EOF;
            return;
        };
        self.after = self.at + 1;
        self.ch = i32::from(b);
        if b == 0 {
            self.error(self.at, "illegal character NUL");
        } else if b >= 0x80 {
            self.wide();
        }
    }

    fn wide(&mut self) {
        let rest = &self.src[self.at..];
        match first_char(rest) {
            Some(c) => {
                self.ch = c as i32;
                self.after = self.at + c.len_utf8();
                if self.ch == BOM && self.at > 0 {
                    self.error(self.at, "illegal byte order mark");
                }
            }
            None => {
                self.ch = char::REPLACEMENT_CHARACTER as i32;
                if self.at == 0
                    && (rest.starts_with(&[0xff, 0xfe]) || rest.starts_with(&[0xfe, 0xff]))
                {
                    self.error(0, "illegal UTF-8 encoding (got UTF-16)");
                    self.after = self.src.len() + 1;
                } else {
                    self.error(self.at, "illegal UTF-8 encoding");
                }
            }
        }
    }

    fn peek(&self) -> u8 {
        self.src.get(self.after).copied().unwrap_or(0)
    }

    fn is(&self, b: u8) -> bool {
        self.ch == i32::from(b)
    }

    fn char(&self) -> Option<char> {
        u32::try_from(self.ch).ok().and_then(char::from_u32)
    }

    /// Jumps to `offset` without looking at what lies between; only for clean text.
    fn jump(&mut self, offset: usize) {
        self.after = offset;
        self.next();
    }

    /// Reads the next token.
    pub(super) fn scan(&mut self) -> Token {
        if let Some(at) = self.pending_newline.take() {
            (self.start, self.end) = (at, at);
            return Token::Semicolon { newline: true };
        }
        while matches!(self.ch, 0x20 | 0x09 | 0x0d) || self.ch == 0x0a && !self.insert_semicolon {
            self.next();
        }
        self.start = self.at;
        let token = self.token();
        self.end = self.at;
        token
    }

    fn token(&mut self) -> Token {
        let ends_statement = std::mem::take(&mut self.insert_semicolon);
        match self.char() {
            None if self.ch == EOF => {
                if ends_statement {
                    return Token::Semicolon { newline: true };
                }
                Token::Eof
            }
            Some('\n') => {
                self.next();
                Token::Semicolon { newline: true }
            }
            Some(c) if c == '_' || is_letter(c) => self.word(),
            Some('0'..='9') => self.number(),
            Some('.') if self.peek().is_ascii_digit() => self.number(),
            Some('"' | '\'' | '`') => self.quoted(),
            Some(';') => {
                self.next();
                Token::Semicolon { newline: false }
            }
            Some('/') if matches!(self.peek(), b'/' | b'*') => self.comment(ends_statement),
            _ => self.operator(ends_statement),
        }
    }

    fn word(&mut self) -> Token {
        let rest = &self.src[self.at..];
        let plain = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        let length = rest.iter().position(|b| !plain(b)).unwrap_or(rest.len());
        self.jump(self.at + length);
        while self
            .char()
            .is_some_and(|c| c == '_' || is_letter(c) || is_digit(c))
        {
            self.next();
        }
        let word = std::str::from_utf8(&self.src[self.start..self.at]).unwrap_or_default();
        let found = match word.as_bytes().first() {
            Some(b'b'..=b'v') if (2..=11).contains(&word.len()) => {
                KEYWORDS.binary_search(&word).ok()
            }
            _ => None,
        };
        let token = found.map_or(Token::Ident, |n| Token::Keyword(KEYWORDS[n]));
        self.insert_semicolon = matches!(
            token,
            Token::Ident | Token::Keyword("break" | "continue" | "fallthrough" | "return")
        );
        token
    }

    fn operator(&mut self, ends_statement: bool) -> Token {
        let rest = &self.src[self.at..];
        let first = rest.first().copied().unwrap_or(0);
        let alike = |op: &&&str| op.as_bytes()[0] == first && rest.starts_with(op.as_bytes());
        if let Some(op) = OPERATORS.iter().find(alike) {
            for _ in 0..op.len() {
                self.next();
            }
            self.insert_semicolon = matches!(*op, ")" | "]" | "}" | "++" | "--");
            return Token::Op(op);
        }
        let ch = self.ch;
        self.next();
        if ch != BOM {
            let c = u32::try_from(ch)
                .ok()
                .and_then(char::from_u32)
                .unwrap_or('\u{fffd}');
            let message = match c {
                '“' | '”' => format!("curly quotation mark '{c}' (use neutral '\"')"),
                _ => format!("illegal character {}", code_point(c)),
            };
            self.error(self.start, message);
        }
        self.insert_semicolon = ends_statement;
        Token::Illegal
    }

    /// Skips past the brace that closes the one just read, unless the text is so odd that each character wants a look, or has no such brace.
    pub(super) fn skip_braces(&mut self) -> bool {
        let end = if self.clean {
            braces::closing(self.src, self.start)
        } else {
            None
        };
        if let Some(end) = end {
            self.jump(end);
            self.end = end;
            self.insert_semicolon = true;
        }
        end.is_some()
    }

    fn comment(&mut self, ends_statement: bool) -> Token {
        let start = self.at;
        self.next();
        let block = self.is(b'*');
        self.next();
        let (next, newline) = if block {
            self.block_comment(start)
        } else {
            self.line_comment()
        };
        let mut text = &self.src[start..self.at];
        if !block && text.ends_with(b"\r") {
            text = &text[..text.len() - 1];
        }
        if let Some(next) = next
            && text[2..].starts_with(b"line ")
            && (block || start == 0 || self.src[start - 1] == b'\n')
        {
            match line_comment(text, start, next, &self.line_comments) {
                LineText::None => {}
                LineText::Bad(at, message) => self.error(at, message),
                LineText::Good(comment) => self.line_comments.push(comment),
            }
        }
        match newline {
            Some(at) if ends_statement => self.pending_newline = Some(at),
            _ => self.insert_semicolon = ends_statement,
        }
        Token::Comment
    }

    fn line_comment(&mut self) -> (Option<usize>, Option<usize>) {
        if self.clean && self.ch != EOF && !self.is(b'\n') {
            let rest = &self.src[self.at..];
            self.jump(self.at + memchr::memchr(b'\n', rest).unwrap_or(rest.len()));
        }
        while !self.is(b'\n') && self.ch != EOF {
            self.next();
        }
        let next = self.at + usize::from(self.is(b'\n'));
        (Some(next), None)
    }

    /// The place after the comment unless it never ends, and its first newline.
    fn block_comment(&mut self, start: usize) -> (Option<usize>, Option<usize>) {
        let from = self.at;
        let closed = if self.clean {
            let rest = &self.src[from..];
            let found = memchr::memmem::find(rest, b"*/");
            self.jump(from + found.map_or(rest.len(), |n| n + 2));
            found.is_some()
        } else {
            self.step_to_comment_end()
        };
        if !closed {
            self.error(start, "comment not terminated");
        }
        let newline = memchr::memchr(b'\n', &self.src[from..self.at]).map(|n| from + n);
        (closed.then_some(self.at), newline)
    }

    fn step_to_comment_end(&mut self) -> bool {
        while self.ch != EOF {
            let star = self.is(b'*');
            self.next();
            if star && self.is(b'/') {
                self.next();
                return true;
            }
        }
        false
    }
}

/// A character as Go's `%#U` shows it.
fn code_point(c: char) -> String {
    if crate::unicode::is_graphic(c) {
        format!("U+{:04X} '{c}'", c as u32)
    } else {
        format!("U+{:04X}", c as u32)
    }
}
