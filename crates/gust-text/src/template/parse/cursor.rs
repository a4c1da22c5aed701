//! The tokens of a text, and where the parser stands among them.

use super::super::TemplateError;
use super::super::lex::{self, Kind, Token};

/// What is wrong; the line is that of the last token looked at.
pub(super) struct Fail(pub(super) String);

pub(super) type Parsed<T> = Result<T, Fail>;

pub(super) fn fail<T>(message: impl Into<String>) -> Parsed<T> {
    Err(Fail(message.into()))
}

pub(super) struct Cursor<'a> {
    tokens: Vec<Token>,
    /// The next token.
    at: usize,
    /// The last token that was looked at; errors name its line.
    pub(super) seen: usize,
    /// The line on which the current action began, where an error inside it should say so.
    pub(super) action: Option<usize>,
    /// The template's name.
    pub(super) name: &'a str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(name: &'a str, text: &str) -> Cursor<'a> {
        Cursor {
            tokens: lex::lex(text),
            at: 0,
            seen: 0,
            action: None,
            name,
        }
    }

    /// The next token, space included. At the end it is the last one again and again.
    pub(super) fn peek(&mut self) -> &Token {
        let at = self.at.min(self.tokens.len() - 1);
        self.seen = self.seen.max(at);
        &self.tokens[at]
    }

    /// Goes past one token, whatever it is.
    pub(super) fn skip(&mut self) {
        self.at += 1;
    }

    /// Takes one token, whatever it is.
    pub(super) fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.skip();
        token
    }

    /// The next token that is not space.
    pub(super) fn peek_word(&mut self) -> &Token {
        while self.peek().kind == Kind::Space {
            self.skip();
        }
        self.peek()
    }

    /// Takes the next token that is not space.
    pub(super) fn take_word(&mut self) -> Token {
        self.peek_word();
        self.take()
    }

    /// Takes a token of this kind, or fails.
    pub(super) fn expect(&mut self, kind: Kind, context: &str) -> Parsed<()> {
        let token = self.take_word();
        if token.kind == kind {
            Ok(())
        } else {
            self.unexpected(&token, context)
        }
    }

    /// Where the cursor stands, for [`Cursor::back_to`].
    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// Goes back; what was looked at stays so.
    pub(super) fn back_to(&mut self, place: usize) {
        self.at = place;
    }

    /// The error for a token that does not belong here; where the lexer gave up, that error.
    pub(super) fn unexpected<T>(&self, token: &Token, context: &str) -> Parsed<T> {
        if token.kind != Kind::Error {
            return fail(format!("unexpected {token} in {context}"));
        }
        match self.action {
            Some(line) if line != token.line => {
                let action = match token.text.ends_with(" action") {
                    true => "",
                    false => " in action",
                };
                fail(format!("{token}{action} started at {}:{line}", self.name))
            }
            _ => fail(token.to_string()),
        }
    }

    /// The error with its place.
    pub(super) fn locate(&self, Fail(message): Fail) -> TemplateError {
        TemplateError::Parse {
            name: self.name.to_owned(),
            line: self.tokens[self.seen].line,
            message,
        }
    }
}
