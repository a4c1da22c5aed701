//! Words, marks and comments of a go.mod.

use super::error::{ModFileError, ModFileErrors};
use super::tree::Position;
use crate::unicode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    End,
    Newline,
    /// A comment on a line of its own.
    Comment,
    /// A comment behind something; ends the line.
    SuffixComment,
    /// `( ) [ ] { } ,`
    Mark(u8),
    Word,
}

impl Kind {
    pub(super) fn ends_line(self) -> bool {
        matches!(self, Self::End | Self::Newline | Self::SuffixComment)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) start: Position,
    pub(super) text: &'a str,
}

/// Reads one token ahead, as errors are placed where go has read to.
pub(super) struct Lexer<'a> {
    name: &'a str,
    text: &'a str,
    pos: Position,
    /// Whether something stands on this line before the present position.
    line_has_text: bool,
    next: Token<'a>,
}

const NO_BLOCK_COMMENTS: &str = "mod files must use // comments (not /* */ comments)";

impl<'a> Lexer<'a> {
    pub(super) fn new(name: &'a str, text: &'a str) -> Result<Self, ModFileErrors> {
        let pos = Position {
            line: 1,
            column: 1,
            byte: 0,
        };
        let next = Token {
            kind: Kind::End,
            start: pos,
            text: "",
        };
        let mut lexer = Self {
            name,
            text,
            pos,
            line_has_text: false,
            next,
        };
        lexer.next = lexer.read()?;
        Ok(lexer)
    }

    pub(super) fn peek(&self) -> Kind {
        self.next.kind
    }

    pub(super) fn take(&mut self) -> Result<Token<'a>, ModFileErrors> {
        let next = self.read()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    /// The error, at the place up to which was read.
    pub(super) fn error(&self, message: impl Into<String>) -> ModFileErrors {
        self.error_at(self.pos, message)
    }

    fn error_at(&self, pos: Position, message: impl Into<String>) -> ModFileErrors {
        ModFileErrors(vec![ModFileError {
            file: self.name.to_owned(),
            pos,
            verb: String::new(),
            module: String::new(),
            message: message.into(),
        }])
    }

    fn rest(&self) -> &'a str {
        &self.text[self.pos.byte..]
    }

    fn peek_char(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn advance(&mut self) -> Option<char> {
        let c = self.peek_char()?;
        self.pos.byte += c.len_utf8();
        if c == '\n' {
            self.pos.line += 1;
            self.pos.column = 1;
            self.line_has_text = false;
        } else {
            self.pos.column += 1;
        }
        Some(c)
    }

    fn token(&self, kind: Kind, start: Position) -> Token<'a> {
        Token {
            kind,
            start,
            text: &self.text[start.byte..self.pos.byte],
        }
    }

    fn read(&mut self) -> Result<Token<'a>, ModFileErrors> {
        while let Some(' ' | '\t' | '\r') = self.peek_char() {
            self.advance();
        }
        let start = self.pos;
        if self.rest().starts_with("//") {
            return Ok(self.comment(start));
        }
        if self.rest().starts_with("/*") {
            return Err(self.error(NO_BLOCK_COMMENTS));
        }
        let Some(c) = self.peek_char() else {
            return Ok(self.token(Kind::End, start));
        };
        match c {
            '\n' => {
                self.advance();
                return Ok(self.token(Kind::Newline, start));
            }
            '(' | ')' | '[' | ']' | '{' | '}' | ',' => {
                self.advance();
                self.line_has_text = true;
                return Ok(self.token(Kind::Mark(c as u8), start));
            }
            '"' | '`' => return self.quoted(start, c),
            _ if !is_word_char(c) => {
                let shown = crate::module::quote_char(c);
                return Err(self.error(format!("unexpected input character {shown}")));
            }
            _ => {}
        }
        self.line_has_text = true;
        while let Some(c) = self.peek_char().filter(|&c| is_word_char(c)) {
            if c == '/' {
                if self.rest().starts_with("//") {
                    break;
                }
                if self.rest().starts_with("/*") {
                    return Err(self.error(NO_BLOCK_COMMENTS));
                }
            }
            self.pos.byte += c.len_utf8();
            self.pos.column += 1;
        }
        Ok(self.token(Kind::Word, start))
    }

    fn comment(&mut self, start: Position) -> Token<'a> {
        let kind = if self.line_has_text {
            Kind::SuffixComment
        } else {
            Kind::Comment
        };
        let rest = self.rest();
        let (text, len) = match rest.find('\n') {
            Some(end) => (
                rest[..end].strip_suffix('\r').unwrap_or(&rest[..end]),
                end + 1,
            ),
            None => (rest, rest.len()),
        };
        if len > text.len() {
            self.pos = Position {
                line: start.line + 1,
                column: 1,
                byte: start.byte + len,
            };
            self.line_has_text = false;
        } else {
            self.pos.byte += len;
            self.pos.column += text.chars().count();
        }
        Token { kind, start, text }
    }

    fn quoted(&mut self, start: Position, quote: char) -> Result<Token<'a>, ModFileErrors> {
        self.line_has_text = true;
        self.advance();
        loop {
            match self.peek_char() {
                None => return Err(self.error_at(start, "unexpected EOF in string")),
                Some('\n') => return Err(self.error("unexpected newline in string")),
                _ => {}
            }
            let c = self.advance();
            if c == Some(quote) {
                return Ok(self.token(Kind::Word, start));
            }
            if c == Some('\\') && quote != '`' && self.advance().is_none() {
                return Err(self.error_at(start, "unexpected EOF in string"));
            }
        }
    }
}

fn is_word_char(c: char) -> bool {
    let c = gust_bytes::seen(c);
    if c.is_ascii() {
        return c.is_ascii_graphic() && !matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | ',');
    }
    unicode::is_graphic(c) && !c.is_whitespace()
}
