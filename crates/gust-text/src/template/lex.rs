//! Template text to tokens. Trim markers and comments are dealt with here; the parser never sees them.

use crate::quote;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Error,
    Bool,
    /// Punctuation that only a pipeline can make sense of: a comma between variables.
    Char,
    CharConstant,
    Assign,
    Declare,
    Eof,
    Field,
    Ident,
    LeftDelim,
    RightDelim,
    LeftParen,
    RightParen,
    Number,
    Pipe,
    RawString,
    Str,
    Space,
    Text,
    Variable,
    Dot,
    Nil,
    /// One of [`KEYWORDS`], by its text.
    Keyword,
}

/// A token with its place. Where the lexer gave up it is a [`Kind::Error`] whose text is the message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) pos: usize,
    pub(super) line: usize,
    pub(super) text: String,
}

impl Token {
    pub(super) fn is_keyword(&self, word: &str) -> bool {
        self.kind == Kind::Keyword && self.text == word
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind {
            Kind::Eof => f.write_str("EOF"),
            Kind::Error => f.write_str(&self.text),
            Kind::Keyword | Kind::Dot | Kind::Nil => write!(f, "<{}>", self.text),
            _ if self.text.len() > 10 => {
                let head: String = self.text.chars().take(10).collect();
                write!(f, "{}...", quote::quote(&head))
            }
            _ => f.write_str(&quote::quote(&self.text)),
        }
    }
}

const LEFT: &str = "{{";
const RIGHT: &str = "}}";
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];
const KEYWORDS: &[&str] = &[
    "block", "break", "continue", "define", "else", "end", "if", "range", "template", "with",
];

/// Cuts the whole text into tokens. The last one is [`Kind::Eof`] or [`Kind::Error`].
pub(super) fn lex(input: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        input,
        pos: 0,
        start: 0,
        line: 1,
        tokens: Vec::new(),
    };
    if let Err(message) = lexer.run() {
        lexer.push_with(Kind::Error, message);
    }
    lexer.tokens
}

struct Lexer<'a> {
    input: &'a str,
    pos: usize,
    start: usize,
    /// The line of `start`.
    line: usize,
    tokens: Vec<Token>,
}

impl<'a> Lexer<'a> {
    fn run(&mut self) -> Result<(), String> {
        loop {
            match self.rest().find(LEFT) {
                Some(at) => {
                    self.pos += at;
                    self.text_before_action();
                }
                None => {
                    self.pos = self.input.len();
                    if self.pos > self.start {
                        self.push(Kind::Text);
                    }
                    self.push_with(Kind::Eof, "EOF".to_owned());
                    return Ok(());
                }
            }
            self.pos += LEFT.len();
            let marker = if self.at_left_trim() { 2 } else { 0 };
            if self.input[self.pos + marker..].starts_with("/*") {
                self.pos += marker;
                self.skip();
                self.comment()?;
                continue;
            }
            self.push(Kind::LeftDelim);
            self.pos += marker;
            self.skip();
            self.action()?;
        }
    }

    fn rest(&self) -> &'a str {
        &self.input[self.pos..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    fn push(&mut self, kind: Kind) {
        let text = self.input[self.start..self.pos].to_owned();
        self.push_with(kind, text);
        self.skip();
    }

    fn push_with(&mut self, kind: Kind, text: String) {
        self.tokens.push(Token {
            kind,
            pos: self.start,
            line: self.line,
            text,
        });
    }

    /// The next token begins here.
    fn skip(&mut self) {
        self.line += self.input[self.start..self.pos].matches('\n').count();
        self.start = self.pos;
    }

    fn at_left_trim(&self) -> bool {
        self.rest()
            .strip_prefix('-')
            .is_some_and(|rest| rest.starts_with(SPACES))
    }

    /// The length of a right delimiter here, and whether it trims.
    fn right_delim(&self) -> Option<(usize, bool)> {
        let rest = self.rest();
        if rest.starts_with(SPACES) && rest[1..].starts_with('-') && rest[2..].starts_with(RIGHT) {
            return Some((2 + RIGHT.len(), true));
        }
        rest.starts_with(RIGHT).then_some((RIGHT.len(), false))
    }

    /// The text from `start` to the left delimiter at `pos`, without trailing space where the delimiter says so.
    fn text_before_action(&mut self) {
        let delim = self.pos;
        self.pos += LEFT.len();
        let trims = self.at_left_trim();
        self.pos = delim;
        if trims {
            self.pos = self.start + self.input[self.start..delim].trim_end_matches(SPACES).len();
        }
        if self.pos > self.start {
            self.push(Kind::Text);
        }
        self.pos = delim;
        self.skip();
    }

    fn comment(&mut self) -> Result<(), String> {
        let end = self.rest()[2..].find("*/").ok_or("unclosed comment")?;
        self.pos += 2 + end + 2;
        let (len, trims) = self
            .right_delim()
            .ok_or("comment ends before closing delimiter")?;
        self.pos += len;
        self.trim_after(trims);
        self.skip();
        Ok(())
    }

    fn trim_after(&mut self, trims: bool) {
        if trims {
            let rest = self.rest();
            self.pos += rest.len() - rest.trim_start_matches(SPACES).len();
        }
    }

    /// From after the left delimiter to after the right one.
    fn action(&mut self) -> Result<(), String> {
        let mut parens = 0usize;
        loop {
            if let Some((len, trims)) = self.right_delim() {
                if parens > 0 {
                    return Err("unclosed left paren".to_owned());
                }
                if trims {
                    self.pos += 2;
                    self.skip();
                }
                self.pos += len - if trims { 2 } else { 0 };
                self.push(Kind::RightDelim);
                self.trim_after(trims);
                self.skip();
                return Ok(());
            }
            let Some(c) = self.next() else {
                return Err("unclosed action".to_owned());
            };
            match c {
                _ if SPACES.contains(&c) => self.space(),
                '=' => self.push(Kind::Assign),
                ':' if self.next() == Some('=') => self.push(Kind::Declare),
                ':' => return Err("expected :=".to_owned()),
                '|' => self.push(Kind::Pipe),
                '"' => self.quoted('"', Kind::Str, "unterminated quoted string")?,
                '\'' => self.quoted('\'', Kind::CharConstant, "unterminated character constant")?,
                '`' => {
                    let end = self
                        .rest()
                        .find('`')
                        .ok_or("unterminated raw quoted string")?;
                    self.pos += end + 1;
                    self.push(Kind::RawString);
                }
                '$' => self.name(Kind::Variable, Kind::Variable)?,
                '.' if self.pos < self.input.len()
                    && !self.rest().starts_with(|c: char| c.is_ascii_digit()) =>
                {
                    self.name(Kind::Field, Kind::Dot)?;
                }
                '.' | '+' | '-' | '0'..='9' => {
                    self.pos = self.start;
                    self.number()?;
                }
                _ if is_alphanumeric(c) => self.word()?,
                '(' => {
                    parens += 1;
                    self.push(Kind::LeftParen);
                }
                ')' => {
                    parens = parens.checked_sub(1).ok_or("unexpected right paren")?;
                    self.push(Kind::RightParen);
                }
                ' '..='~' => self.push(Kind::Char),
                _ => {
                    return Err(format!(
                        "unrecognized character in action: {}",
                        unicode_name(Some(c))
                    ));
                }
            }
        }
    }

    /// Space between operands; of the last one before ` -}}` the delimiter makes part.
    fn space(&mut self) {
        while self.peek().is_some_and(|c| SPACES.contains(&c)) {
            self.next();
        }
        self.pos -= 1;
        if !matches!(self.right_delim(), Some((_, true))) {
            self.pos += 1;
        }
        if self.pos > self.start {
            self.push(Kind::Space);
        }
    }

    fn quoted(&mut self, mark: char, kind: Kind, unterminated: &str) -> Result<(), String> {
        loop {
            match self.next() {
                Some('\\') => {
                    if self.next().is_none_or(|c| c == '\n') {
                        return Err(unterminated.to_owned());
                    }
                }
                None | Some('\n') => return Err(unterminated.to_owned()),
                Some(c) if c == mark => {
                    self.push(kind);
                    return Ok(());
                }
                Some(_) => {}
            }
        }
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            None => true,
            Some(c) => {
                SPACES.contains(&c)
                    || matches!(c, '.' | ',' | '|' | ':' | ')' | '(')
                    || self.rest().starts_with(RIGHT)
            }
        }
    }

    fn eat_alphanumeric(&mut self) -> Result<(), String> {
        while self.peek().is_some_and(is_alphanumeric) {
            self.next();
        }
        if self.at_terminator() {
            Ok(())
        } else {
            Err(format!("bad character {}", unicode_name(self.peek())))
        }
    }

    /// What follows a `.` or `$`.
    fn name(&mut self, kind: Kind, alone: Kind) -> Result<(), String> {
        if self.at_terminator() {
            self.push(alone);
            return Ok(());
        }
        self.eat_alphanumeric()?;
        self.push(kind);
        Ok(())
    }

    fn word(&mut self) -> Result<(), String> {
        self.eat_alphanumeric()?;
        let kind = match &self.input[self.start..self.pos] {
            "true" | "false" => Kind::Bool,
            "nil" => Kind::Nil,
            word if KEYWORDS.contains(&word) => Kind::Keyword,
            _ => Kind::Ident,
        };
        self.push(kind);
        Ok(())
    }

    fn number(&mut self) -> Result<(), String> {
        let text = &self.input[self.start..];
        let mut rest = after_real(text);
        let mut good = !rest.starts_with(is_alphanumeric);
        if good && rest.starts_with(['+', '-']) {
            rest = after_real(rest);
            let imaginary = text[..text.len() - rest.len()].ends_with('i');
            good = imaginary && !rest.starts_with(is_alphanumeric);
        }
        self.pos = self.input.len() - rest.len();
        if good {
            self.push(Kind::Number);
            return Ok(());
        }
        if self.peek().is_some_and(is_alphanumeric) {
            self.next();
        }
        let seen = quote::quote(&self.input[self.start..self.pos]);
        Err(format!("bad number syntax: {seen}"))
    }
}

/// How numbers of one base are written.
struct Notation {
    prefixes: &'static [&'static str],
    digits: &'static str,
    /// What stands before the exponent; none where there is no exponent.
    powers: &'static [char],
}

const DECIMAL: Notation = Notation {
    prefixes: &[],
    digits: "0123456789_",
    powers: &['e', 'E'],
};

const PREFIXED: [Notation; 3] = [
    Notation {
        prefixes: &["0x", "0X"],
        digits: "0123456789abcdefABCDEF_",
        powers: &['p', 'P'],
    },
    Notation {
        prefixes: &["0o", "0O"],
        digits: "01234567_",
        powers: &[],
    },
    Notation {
        prefixes: &["0b", "0B"],
        digits: "01_",
        powers: &[],
    },
];

/// What follows a real or imaginary number, as far as its characters could make one; [`super::number`] decides on its value.
fn after_real(text: &str) -> &str {
    let text = unsigned(text);
    let prefixed = PREFIXED.iter().find_map(|notation| {
        let mut prefixes = notation.prefixes.iter();
        Some((
            notation,
            prefixes.find_map(|prefix| text.strip_prefix(prefix))?,
        ))
    });
    let (notation, text) = prefixed.unwrap_or((&DECIMAL, text));
    let mut rest = after_any(text, notation.digits);
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = after_any(fraction, notation.digits);
    }
    if let Some(power) = rest.strip_prefix(notation.powers) {
        rest = after_any(unsigned(power), DECIMAL.digits);
    }
    rest.strip_prefix('i').unwrap_or(rest)
}

/// What follows any number of these digits.
fn after_any<'t>(text: &'t str, digits: &str) -> &'t str {
    text.trim_start_matches(|c| digits.contains(c))
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// `%#U`: the code point, and the character where it can be shown.
fn unicode_name(c: Option<char>) -> String {
    match c {
        None => "U+FFFFFFFFFFFFFFFF".to_owned(),
        Some(c) if quote::is_print(c) => format!("U+{:04X} '{c}'", c as u32),
        Some(c) => format!("U+{:04X}", c as u32),
    }
}
