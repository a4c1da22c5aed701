//! The syntax of Go's regular expressions, checked: an expression that Go refuses is refused with Go's words.
//!
//! Matching is another's work: what passes here is for the `regex` crate, whose syntax is nearly the same.

use std::fmt;

/// An expression nests no deeper than this, roughly.
const MAX_DEPTH: usize = 1000;
/// The largest count of a repetition, and of all that stand within each other, multiplied.
const MAX_COUNT: u32 = 1000;

const BAD_RANGE: &str = "invalid character class range";

/// Why an expression is none: `error parsing regexp: missing closing ]: ` and the part that is wrong in backquotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegexpError {
    reason: &'static str,
    part: String,
}

impl fmt::Display for RegexpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error parsing regexp: {}: `{}`", self.reason, self.part)
    }
}

impl std::error::Error for RegexpError {}

/// Whether Go's `regexp.Compile` takes the expression. `has_class` says whether there is a Unicode class, written as `\p{Greek}`.
///
/// # Errors
/// The first thing that is wrong, from the left.
pub fn check(expression: &str, has_class: &dyn Fn(&str) -> bool) -> Result<(), RegexpError> {
    Checker {
        text: expression,
        has_class,
        at: 0,
        open: vec![Group::default()],
    }
    .run()
}

/// What is known of a parenthesis that is open, or of the expression around all.
#[derive(Default)]
struct Group {
    /// What a repetition would repeat: how often the counts within it repeat their innermost, multiplied.
    operand: Option<u32>,
    /// The same for the whole group so far.
    repeats: u32,
}

struct Checker<'a> {
    text: &'a str,
    has_class: &'a dyn Fn(&str) -> bool,
    at: usize,
    open: Vec<Group>,
}

/// A repetition in braces: at least, and at most if there is a limit.
type Count = (u32, Option<u32>);

impl<'a> Checker<'a> {
    fn run(mut self) -> Result<(), RegexpError> {
        // Where the repetition just passed begins: another right behind it is one too many.
        let mut repetition: Option<usize> = None;
        while let Some(c) = self.peek() {
            let start = self.at;
            let mut repeated = None;
            match c {
                '(' => self.group()?,
                ')' => self.close()?,
                '|' => {
                    self.at += 1;
                    self.innermost().operand = None;
                }
                '[' => {
                    self.class()?;
                    self.operand(1);
                }
                '*' | '+' | '?' => {
                    self.at += 1;
                    self.repeat(start, repetition, None)?;
                    repeated = Some(start);
                }
                '{' => match self.count() {
                    Some(count) => {
                        self.repeat(start, repetition, Some(count))?;
                        repeated = Some(start);
                    }
                    None => {
                        self.at += 1;
                        self.operand(1);
                    }
                },
                '\\' => self.backslash()?,
                _ if gust_bytes::byte_of(c).is_some() => {
                    return Err(self.error("invalid UTF-8", start, self.text.len()));
                }
                _ => {
                    self.at += c.len_utf8();
                    self.operand(1);
                }
            }
            repetition = repeated;
        }
        match self.open.len() {
            1 => Ok(()),
            _ => Err(self.error("missing closing )", 0, self.text.len())),
        }
    }

    fn error(&self, reason: &'static str, from: usize, to: usize) -> RegexpError {
        RegexpError {
            reason,
            part: self.text[from..to].to_owned(),
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn innermost(&mut self) -> &mut Group {
        // The outermost is never closed.
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    fn operand(&mut self, repeats: u32) {
        let group = self.innermost();
        group.operand = Some(repeats);
        group.repeats = group.repeats.max(repeats);
    }

    fn close(&mut self) -> Result<(), RegexpError> {
        if self.open.len() == 1 {
            return Err(self.error("unexpected )", 0, self.text.len()));
        }
        self.at += 1;
        let closed = self.open.pop().unwrap_or_default();
        self.operand(closed.repeats.max(1));
        Ok(())
    }

    fn repeat(
        &mut self,
        start: usize,
        before: Option<usize>,
        count: Option<Count>,
    ) -> Result<(), RegexpError> {
        if let Some((least, most)) = count
            && (least.max(most.unwrap_or(0)) > MAX_COUNT || most.is_some_and(|most| most < least))
        {
            return Err(self.error("invalid repeat count", start, self.at));
        }
        if self.peek() == Some('?') {
            self.at += 1;
        }
        if let Some(before) = before {
            return Err(self.error("invalid nested repetition operator", before, self.at));
        }
        let Some(within) = self.innermost().operand else {
            let reason = "missing argument to repetition operator";
            return Err(self.error(reason, start, self.at));
        };
        let times = match count {
            None => 1,
            Some((least, most)) => most.unwrap_or(least.max(1)),
        };
        let repeats = within.saturating_mul(times);
        if times >= 2 && repeats > MAX_COUNT {
            return Err(self.error("invalid repeat count", start, self.at));
        }
        self.operand(repeats);
        Ok(())
    }

    /// `{3}`, `{3,}`, `{3,5}`, passed; anything else in braces stands for itself. Numbers too large to be read are too large.
    fn count(&mut self) -> Option<Count> {
        let (inside, _) = self.rest().strip_prefix('{')?.split_once('}')?;
        let number = |text: &str| -> Option<u32> {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            let plain = text.len() == 1 || !text.starts_with('0');
            (digits && plain).then(|| text.parse().unwrap_or(u32::MAX))
        };
        let count = match inside.split_once(',') {
            None => {
                let exactly = number(inside)?;
                (exactly, Some(exactly))
            }
            Some((least, "")) => (number(least)?, None),
            Some((least, most)) => (number(least)?, Some(number(most)?)),
        };
        self.at += inside.len() + 2;
        Some(count)
    }

    fn group(&mut self) -> Result<(), RegexpError> {
        let start = self.at;
        let begins = |with: &str| self.rest().starts_with(with) && self.rest().len() > with.len();
        if begins("(?P<") || begins("(?<") {
            return self.named(start);
        }
        if !self.rest().starts_with("(?") {
            self.at += 1;
            return self.enter();
        }
        self.at += 2;
        let (mut negative, mut flagged) = (false, false);
        while let Some(c) = self.next() {
            match c {
                'i' | 'm' | 's' | 'U' => flagged = true,
                '-' if !negative => (negative, flagged) = (true, false),
                ':' if flagged || !negative => return self.enter(),
                ')' if flagged || !negative => return Ok(()),
                _ => break,
            }
        }
        Err(self.error("invalid or unsupported Perl syntax", start, self.at))
    }

    fn named(&mut self, start: usize) -> Result<(), RegexpError> {
        let reason = "invalid named capture";
        let rest = self.rest();
        let Some(end) = rest.find('>') else {
            return Err(self.error(reason, start, self.text.len()));
        };
        let begin = rest.find('<').unwrap_or(0) + 1;
        let name = &rest[begin..end];
        let word = |c: char| c == '_' || c.is_ascii_alphanumeric();
        if name.is_empty() || !name.chars().all(word) {
            return Err(self.error(reason, start, start + end + 1));
        }
        self.at += end + 1;
        self.enter()
    }

    fn enter(&mut self) -> Result<(), RegexpError> {
        self.open.push(Group::default());
        match self.open.len() > MAX_DEPTH {
            true => Err(self.error("expression nests too deeply", 0, self.text.len())),
            false => Ok(()),
        }
    }

    fn backslash(&mut self) -> Result<(), RegexpError> {
        let start = self.at;
        match self.text[start + 1..].chars().next() {
            Some('C') => return Err(self.error("invalid escape sequence", start, start + 2)),
            Some('Q') => {
                let quoted = &self.text[start + 2..];
                let (length, behind) = match quoted.find("\\E") {
                    Some(end) => (end, 2),
                    None => (quoted.len(), 0),
                };
                self.at = start + 2 + length + behind;
                if length > 0 {
                    self.operand(1);
                }
                return Ok(());
            }
            Some('A' | 'b' | 'B' | 'z') => self.at += 2,
            _ => {
                if !self.named_class()? {
                    self.escape()?;
                }
            }
        }
        self.operand(1);
        Ok(())
    }

    /// `\d`, `\pL`, `\p{Greek}` and their like, passed.
    fn named_class(&mut self) -> Result<bool, RegexpError> {
        let start = self.at;
        match self.text[start..]
            .strip_prefix('\\')
            .and_then(|rest| rest.chars().next())
        {
            Some('d' | 'D' | 's' | 'S' | 'w' | 'W') => {
                self.at += 2;
                Ok(true)
            }
            Some('p' | 'P') => {
                self.at += 2;
                let braces = self.peek() == Some('{');
                let end = match braces {
                    true => self.rest().find('}').map(|end| end + 1),
                    false => self.peek().map(char::len_utf8),
                };
                let Some(end) = end else {
                    return Err(self.error(BAD_RANGE, start, self.text.len()));
                };
                self.at += end;
                match (self.has_class)(&self.text[start..self.at]) {
                    true => Ok(true),
                    false => Err(self.error(BAD_RANGE, start, self.at)),
                }
            }
            _ => Ok(false),
        }
    }

    /// A backslash and what it makes one character of; which one, as a number.
    fn escape(&mut self) -> Result<u32, RegexpError> {
        let start = self.at;
        self.at += 1;
        let Some(c) = self.next() else {
            return Err(self.error("trailing backslash at end of expression", start, start));
        };
        let octal = |c: Option<char>| c.and_then(|c| c.to_digit(8));
        match c {
            '0' => return Ok(self.octal(0)),
            '1'..='7' if octal(self.peek()).is_some() => {
                return Ok(self.octal(c.to_digit(8).unwrap_or(0)));
            }
            'x' => {
                if let Some(value) = self.hexadecimal() {
                    return Ok(value);
                }
            }
            'a' => return Ok(7),
            'f' => return Ok(12),
            'n' => return Ok(10),
            'r' => return Ok(13),
            't' => return Ok(9),
            'v' => return Ok(11),
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => return Ok(u32::from(c)),
            _ => {}
        }
        Err(self.error("invalid escape sequence", start, self.at))
    }

    fn octal(&mut self, mut value: u32) -> u32 {
        for _ in 0..2 {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else {
                break;
            };
            self.at += 1;
            value = value * 8 + digit;
        }
        value
    }

    /// What stands behind `\x`: two digits, or any number in braces.
    fn hexadecimal(&mut self) -> Option<u32> {
        let c = self.next()?;
        if c != '{' {
            let high = c.to_digit(16)?;
            return Some(high * 16 + self.next()?.to_digit(16)?);
        }
        let (mut value, mut digits) = (0u32, 0);
        loop {
            match self.next()? {
                '}' => return (digits > 0).then_some(value),
                c => {
                    value = value * 16 + c.to_digit(16)?;
                    digits += 1;
                    (value <= u32::from(char::MAX)).then_some(())?;
                }
            }
        }
    }

    fn class(&mut self) -> Result<(), RegexpError> {
        let start = self.at;
        self.at += 1;
        if self.peek() == Some('^') {
            self.at += 1;
        }
        let mut first = true;
        while first || self.peek() != Some(']') {
            first = false;
            if self.posix_class()? || self.named_class()? {
                continue;
            }
            let range = self.at;
            let low = self.class_character(start)?;
            let rest = self.rest();
            if !rest.starts_with('-') || rest.len() < 2 || rest.starts_with("-]") {
                continue;
            }
            self.at += 1;
            if self.class_character(start)? < low {
                return Err(self.error(BAD_RANGE, range, self.at));
            }
        }
        self.at += 1;
        Ok(())
    }

    fn class_character(&mut self, class: usize) -> Result<u32, RegexpError> {
        match self.peek() {
            None => Err(self.error("missing closing ]", class, self.text.len())),
            Some('\\') => self.escape(),
            Some(c) => {
                self.at += c.len_utf8();
                Ok(u32::from(c))
            }
        }
    }

    /// `[:alpha:]` and its like within a class, passed.
    fn posix_class(&mut self) -> Result<bool, RegexpError> {
        let rest = self.rest();
        let Some(end) = rest.strip_prefix("[:").and_then(|inside| inside.find(":]")) else {
            return Ok(false);
        };
        let name = &rest[2..2 + end];
        let whole = &rest[..end + 4];
        let known = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print",
            "punct", "space", "upper", "word", "xdigit",
        ];
        if !known.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err(self.error(BAD_RANGE, self.at, self.at + whole.len()));
        }
        self.at += whole.len();
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    /// What Go's regexp.Compile says of each; nothing where it is content.
    const SAID: &[(&str, &str)] = &[
        ("[", "missing closing ]: `[`"),
        ("[a", "missing closing ]: `[a`"),
        ("[^", "missing closing ]: `[^`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("a*+", "invalid nested repetition operator: `*+`"),
        ("a*?", ""),
        ("a*??", "invalid nested repetition operator: `*??`"),
        ("a??", ""),
        ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
        ("a{2}*", "invalid nested repetition operator: `{2}*`"),
        ("*", "missing argument to repetition operator: `*`"),
        ("+a", "missing argument to repetition operator: `+`"),
        ("(*)", "missing argument to repetition operator: `*`"),
        ("|*", "missing argument to repetition operator: `*`"),
        ("a|*", "missing argument to repetition operator: `*`"),
        ("(|*)", "missing argument to repetition operator: `*`"),
        ("()*", ""),
        ("(?i)*", "missing argument to repetition operator: `*`"),
        ("a(?i)*", ""),
        ("(?i", "invalid or unsupported Perl syntax: `(?i`"),
        ("(?i-", "invalid or unsupported Perl syntax: `(?i-`"),
        ("(?-", "invalid or unsupported Perl syntax: `(?-`"),
        ("(?-)", "invalid or unsupported Perl syntax: `(?-)`"),
        ("(?i-)", "invalid or unsupported Perl syntax: `(?i-)`"),
        ("(?-:a)", "invalid or unsupported Perl syntax: `(?-:`"),
        ("(?-i:a)", ""),
        ("(?i--s)", "invalid or unsupported Perl syntax: `(?i--`"),
        ("(?", "invalid or unsupported Perl syntax: `(?`"),
        ("(?P", "invalid or unsupported Perl syntax: `(?P`"),
        ("(?P<", "invalid or unsupported Perl syntax: `(?P`"),
        ("(?P<n", "invalid named capture: `(?P<n`"),
        ("(?P<n>a", "missing closing ): `(?P<n>a`"),
        ("(?P<n>a)", ""),
        ("(?P<>a)", "invalid named capture: `(?P<>`"),
        ("(?P<n-m>a)", "invalid named capture: `(?P<n-m>`"),
        ("(?<n>a)", ""),
        ("(?<n-m>a)", "invalid named capture: `(?<n-m>`"),
        ("(?P=n)", "invalid or unsupported Perl syntax: `(?P`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?!a)", "invalid or unsupported Perl syntax: `(?!`"),
        ("(?<=a)", "invalid named capture: `(?<=a)`"),
        ("(?<!a)", "invalid named capture: `(?<!a)`"),
        ("(?#c)", "invalid or unsupported Perl syntax: `(?#`"),
        ("(?x)", "invalid or unsupported Perl syntax: `(?x`"),
        ("(?U)a", ""),
        (")", "unexpected ): `)`"),
        ("a)", "unexpected ): `a)`"),
        ("(a", "missing closing ): `(a`"),
        ("((a)", "missing closing ): `((a)`"),
        (r"a\", "trailing backslash at end of expression: ``"),
        (r"\", "trailing backslash at end of expression: ``"),
        (r"\x", r"invalid escape sequence: `\x`"),
        (r"\xg", r"invalid escape sequence: `\xg`"),
        (r"\x1", r"invalid escape sequence: `\x1`"),
        (r"\x1g", r"invalid escape sequence: `\x1g`"),
        (r"\x{", r"invalid escape sequence: `\x{`"),
        (r"\x{}", r"invalid escape sequence: `\x{}`"),
        (r"\x{10ffff}", ""),
        (r"\x{110000}", r"invalid escape sequence: `\x{110000`"),
        (r"\x{1g}", r"invalid escape sequence: `\x{1g`"),
        (r"\8", r"invalid escape sequence: `\8`"),
        (r"\1", r"invalid escape sequence: `\1`"),
        (r"\07", ""),
        (r"\0", ""),
        (r"\12", ""),
        (r"\Z", r"invalid escape sequence: `\Z`"),
        (r"\C", r"invalid escape sequence: `\C`"),
        (r"\Q*\E", ""),
        (r"\Qab", ""),
        (r"\Q\E*", "missing argument to repetition operator: `*`"),
        (r"\Qab\E*", ""),
        (r"\E", r"invalid escape sequence: `\E`"),
        (r"\p", r"invalid character class range: `\p`"),
        (r"\pL", ""),
        (r"\pN*", ""),
        (r"\p{Greek", r"invalid character class range: `\p{Greek`"),
        (r"\p{Greek}", ""),
        (r"\p{Nope}", r"invalid character class range: `\p{Nope}`"),
        (r"\P{^Greek}", ""),
        (r"[\p{Nope}]", r"invalid character class range: `\p{Nope}`"),
        ("[[:alpha:]]", ""),
        ("[[:nope:]]", "invalid character class range: `[:nope:]`"),
        ("[[:^alpha:]]", ""),
        ("[[:alpha]", ""),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("[a-]", ""),
        (r"[a-\d]", r"invalid escape sequence: `\d`"),
        (r"[\d-z]", ""),
        ("[]a]", ""),
        ("[]", "missing closing ]: `[]`"),
        ("[^]", "missing closing ]: `[^]`"),
        ("[^]]", ""),
        (r"[\]", r"missing closing ]: `[\]`"),
        (r"[\q]", r"invalid escape sequence: `\q`"),
        (r"[a-\x{10}]", r"invalid character class range: `a-\x{10}`"),
        ("a{", ""),
        ("a{1", ""),
        ("a{1,", ""),
        ("a{1}", ""),
        ("a{1,2}", ""),
        ("a{2,1}", "invalid repeat count: `{2,1}`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("a{1000}", ""),
        ("a{,2}", ""),
        ("a{00}", ""),
        ("a{01}", ""),
        ("(a{100}){100}", "invalid repeat count: `{100}`"),
        ("((a{10}){10}){11}", "invalid repeat count: `{11}`"),
        ("((a{10}){10}){10}", ""),
        ("(a{0}){1000}", ""),
        ("(a{0,}){1000}", ""),
        ("(a{1000}b){0}", ""),
        ("(a{2}|b{600}){2}", "invalid repeat count: `{2}`"),
        ("(a{500}){2}", ""),
        (
            "(a*){1000}{2}",
            "invalid nested repetition operator: `{1000}{2}`",
        ),
        ("{2}", "missing argument to repetition operator: `{2}`"),
        ("a|{2}", "missing argument to repetition operator: `{2}`"),
        ("({2})", "missing argument to repetition operator: `{2}`"),
        ("^*", ""),
        ("$+", ""),
        (r"\b*", ""),
        (r"\b+", ""),
        (".?", ""),
        ("a{99999999999}", "invalid repeat count: `{99999999999}`"),
        ("(?:a", "missing closing ): `(?:a`"),
        ("(?i:a)", ""),
        ("(?i:a", "missing closing ): `(?i:a`"),
        ("é*", ""),
        ("é**", "invalid nested repetition operator: `**`"),
        ("[é-a]", "invalid character class range: `é-a`"),
        (r"\é", r"invalid escape sequence: `\é`"),
        (r"\_", ""),
        (r"\-", ""),
        ("x{2,3}?", ""),
        ("x{2,3}??", "invalid nested repetition operator: `{2,3}??`"),
        ("(?s-i:a)(?m)b", ""),
        ("(?is", "invalid or unsupported Perl syntax: `(?is`"),
        ("(?i-s", "invalid or unsupported Perl syntax: `(?i-s`"),
        ("(?i:", "missing closing ): `(?i:`"),
        ("(?i-s:)", ""),
        ("(?a", "invalid or unsupported Perl syntax: `(?a`"),
        ("(?ia)", "invalid or unsupported Perl syntax: `(?ia`"),
    ];

    #[test]
    fn says_what_go_says() {
        let has_class = |class: &str| !class.contains("Nope");
        for (expression, want) in SAID {
            let said =
                check(expression, &has_class).map_or_else(|e| e.to_string(), |()| String::new());
            let said = said.strip_prefix("error parsing regexp: ").unwrap_or(&said);
            assert_eq!(said, *want, "{expression}");
        }
    }
}
