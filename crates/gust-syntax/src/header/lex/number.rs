//! Numbers. A header holds none; they matter only when the parser complains about one or skips it.

use super::{Lexer, Token};

impl Lexer<'_> {
    pub(super) fn number(&mut self) -> Token {
        self.insert_semicolon = true;
        let start = self.at;
        let (mut base, mut prefix) = (10, 0);
        let mut seen = Seen::default();
        let mut integer = !self.is(b'.');
        if integer && self.is(b'0') {
            self.next();
            (base, prefix) = match self.lower() {
                b'x' => (16, b'x'),
                b'o' => (8, b'o'),
                b'b' => (2, b'b'),
                _ => (8, b'0'),
            };
            if prefix == b'0' {
                seen.digit = true;
            } else {
                self.next();
            }
        }
        if integer {
            self.digits(base, &mut seen);
        }
        if self.is(b'.') {
            integer = false;
            if matches!(prefix, b'o' | b'b') {
                self.error(self.at, format!("invalid radix point in {}", name(prefix)));
            }
            self.next();
            self.digits(base, &mut seen);
        }
        if !seen.digit {
            self.error(self.at, format!("{} has no digits", name(prefix)));
        }
        integer &= !self.exponent(prefix, integer, &mut seen);
        if self.is(b'i') {
            integer = false;
            self.next();
        }
        self.complain(start, integer, prefix, &seen);
        Token::Number
    }

    fn lower(&self) -> u8 {
        u8::try_from(self.ch).unwrap_or(0).to_ascii_lowercase()
    }

    fn digits(&mut self, base: u8, seen: &mut Seen) {
        loop {
            let c = u8::try_from(self.ch).unwrap_or(0);
            match c {
                b'_' => seen.separator = true,
                b'0'..=b'9' => {
                    seen.digit = true;
                    if base < 10 && c >= b'0' + base && seen.invalid.is_none() {
                        seen.invalid = Some(self.at);
                    }
                }
                b'a'..=b'f' | b'A'..=b'F' if base == 16 => seen.digit = true,
                _ => return,
            }
            self.next();
        }
    }

    fn exponent(&mut self, prefix: u8, integer: bool, seen: &mut Seen) -> bool {
        let letter = self.lower();
        if !matches!(letter, b'e' | b'p') {
            if prefix == b'x' && !integer {
                self.error(self.at, "hexadecimal mantissa requires a 'p' exponent");
            }
            return false;
        }
        let shown = self.char().unwrap_or_default();
        if letter == b'e' && prefix != 0 && prefix != b'0' {
            self.error(
                self.at,
                format!("'{shown}' exponent requires decimal mantissa"),
            );
        } else if letter == b'p' && prefix != b'x' {
            self.error(
                self.at,
                format!("'{shown}' exponent requires hexadecimal mantissa"),
            );
        }
        self.next();
        if self.is(b'+') || self.is(b'-') {
            self.next();
        }
        let mut digits = Seen::default();
        self.digits(10, &mut digits);
        seen.separator |= digits.separator;
        if !digits.digit {
            self.error(self.at, "exponent has no digits");
        }
        true
    }

    fn complain(&mut self, start: usize, integer: bool, prefix: u8, seen: &Seen) {
        if let (true, Some(at)) = (integer, seen.invalid) {
            let digit = char::from(self.src[at]);
            self.error(at, format!("invalid digit '{digit}' in {}", name(prefix)));
        }
        if seen.separator
            && let Some(n) = misplaced_separator(&self.src[start..self.at])
        {
            self.error(start + n, "'_' must separate successive digits");
        }
    }
}

#[derive(Default)]
struct Seen {
    digit: bool,
    separator: bool,
    invalid: Option<usize>,
}

fn name(prefix: u8) -> &'static str {
    match prefix {
        b'x' => "hexadecimal literal",
        b'o' | b'0' => "octal literal",
        b'b' => "binary literal",
        _ => "decimal literal",
    }
}

fn misplaced_separator(text: &[u8]) -> Option<usize> {
    let (mut last, mut from, mut hex) = (b'.', 0, false);
    if let [b'0', c, ..] = text
        && matches!(c.to_ascii_lowercase(), b'x' | b'o' | b'b')
    {
        (last, from, hex) = (b'0', 2, c.eq_ignore_ascii_case(&b'x'));
    }
    for (n, &c) in text.iter().enumerate().skip(from) {
        let kind = match c {
            b'_' => b'_',
            b'0'..=b'9' => b'0',
            _ if hex && c.is_ascii_hexdigit() => b'0',
            _ => b'.',
        };
        match (last, kind) {
            (b'0', b'_') => {}
            (_, b'_') => return Some(n),
            (b'_', b'.') => return Some(n - 1),
            _ => {}
        }
        last = kind;
    }
    (last == b'_').then(|| text.len() - 1)
}
