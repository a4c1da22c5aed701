//! Strings and characters.

use super::{EOF, Lexer, Token, code_point};

impl Lexer<'_> {
    pub(super) fn quoted(&mut self) -> Token {
        self.insert_semicolon = true;
        let start = self.at;
        let quote = self.src[start];
        self.next();
        match quote {
            b'"' => self.interpreted(start),
            b'`' => self.raw(start),
            _ => {
                self.character(start);
                return Token::Char;
            }
        }
        Token::String
    }

    fn interpreted(&mut self, start: usize) {
        loop {
            if self.is(b'\n') || self.ch == EOF {
                return self.error(start, "string literal not terminated");
            }
            let ch = self.ch;
            self.next();
            if ch == i32::from(b'"') {
                return;
            }
            if ch == i32::from(b'\\') {
                self.escape(b'"');
            }
        }
    }

    fn raw(&mut self, start: usize) {
        loop {
            if self.ch == EOF {
                return self.error(start, "raw string literal not terminated");
            }
            let done = self.is(b'`');
            self.next();
            if done {
                return;
            }
        }
    }

    fn character(&mut self, start: usize) {
        let (mut valid, mut count) = (true, 0);
        loop {
            if self.is(b'\n') || self.ch == EOF {
                if valid {
                    self.error(start, "rune literal not terminated");
                }
                return;
            }
            let ch = self.ch;
            self.next();
            if ch == i32::from(b'\'') {
                break;
            }
            count += 1;
            if ch == i32::from(b'\\') && !self.escape(b'\'') {
                valid = false;
            }
        }
        if valid && count != 1 {
            self.error(start, "illegal rune literal");
        }
    }

    fn escape(&mut self, quote: u8) -> bool {
        let start = self.at;
        let letter = u8::try_from(self.ch).unwrap_or(0);
        let (digits, radix, max) = match letter {
            b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'\\' => return self.simple_escape(),
            _ if letter == quote => return self.simple_escape(),
            b'0'..=b'7' => (3, 8, 255),
            b'x' => (2, 16, 255),
            b'u' => (4, 16, 0x10ffff),
            b'U' => (8, 16, 0x10ffff),
            _ => {
                let message = if self.ch == EOF {
                    "escape sequence not terminated"
                } else {
                    "unknown escape sequence"
                };
                self.error(start, message);
                return false;
            }
        };
        if !letter.is_ascii_digit() {
            self.next();
        }
        let mut value = 0u32;
        for _ in 0..digits {
            let Some(digit) = self.char().and_then(|c| c.to_digit(radix)) else {
                let message = match self.char() {
                    Some(c) => format!("illegal character {} in escape sequence", code_point(c)),
                    None => "escape sequence not terminated".into(),
                };
                self.error(self.at, message);
                return false;
            };
            value = value.wrapping_mul(radix).wrapping_add(digit);
            self.next();
        }
        if value > max || (0xd800..0xe000).contains(&value) {
            self.error(start, "escape sequence is invalid Unicode code point");
            return false;
        }
        true
    }

    fn simple_escape(&mut self) -> bool {
        self.next();
        true
    }
}
