//! Quoting as Go does it: string literals (`strconv`), lists of words (GOFLAGS, CC, `-gcflags`) and command lines shown by `-x`.

mod printable;

use printable::PRINTABLE;
use std::fmt::Write as _;

/// `strconv.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space.
pub fn is_print(c: char) -> bool {
    let code = c as u32;
    if code < 0x7f {
        return code >= 0x20;
    }
    let after = PRINTABLE.partition_point(|(first, _)| *first <= code);
    after > 0 && code <= PRINTABLE[after - 1].1
}

/// `strconv.Quote`.
pub fn quote(s: &str) -> String {
    let mut out = String::with_capacity(s.len() + 2);
    push_quoted(&mut out, s);
    out
}

/// [`quote`], put at the end of `out`.
pub fn push_quoted(out: &mut String, s: &str) {
    let plain = |b: &u8| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b'\\');
    out.push('"');
    match s.as_bytes().iter().all(plain) {
        true => out.push_str(s),
        false => s.chars().for_each(|c| push_escaped(out, c, '"', false)),
    }
    out.push('"');
}

/// `strconv.Quote` of bytes that may not be UTF-8: a stray byte becomes `\x..`.
pub fn quote_bytes(bytes: &[u8]) -> String {
    quote_bytes_with(bytes, false)
}

/// `strconv.QuoteToASCII`.
pub fn quote_ascii(s: &str) -> String {
    quote_bytes_with(s.as_bytes(), true)
}

fn quote_bytes_with(bytes: &[u8], ascii: bool) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push('"');
    for chunk in bytes.utf8_chunks() {
        chunk
            .valid()
            .chars()
            .for_each(|c| push_escaped(&mut out, c, '"', ascii));
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push('"');
    out
}

/// `strconv.QuoteRune`; `ascii` for `strconv.QuoteRuneToASCII`.
pub fn quote_char(c: char, ascii: bool) -> String {
    let mut out = String::from("'");
    push_escaped(&mut out, c, '\'', ascii);
    out.push('\'');
    out
}

/// `strconv.CanBackquote`: one line, no control characters but tabs, no backquote and no byte order mark.
pub fn can_backquote(s: &str) -> bool {
    s.chars()
        .all(|c| c == '\t' || !(c < ' ' || c == '`' || c == '\u{7f}' || c == '\u{feff}'))
}

fn push_escaped(out: &mut String, c: char, quote: char, ascii: bool) {
    if c == quote || c == '\\' {
        out.push('\\');
        out.push(c);
        return;
    }
    if let Some(byte) = gust_bytes::byte_of(c) {
        let _ = write!(out, "\\x{byte:02x}");
        return;
    }
    if (c.is_ascii() || !ascii) && is_print(c) {
        out.push(c);
        return;
    }
    let short = match c {
        '\x07' => "\\a",
        '\x08' => "\\b",
        '\x0c' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\x0b' => "\\v",
        _ => "",
    };
    let code = c as u32;
    let _ = match code {
        _ if !short.is_empty() => out.write_str(short),
        0..0x20 | 0x7f => write!(out, "\\x{code:02x}"),
        ..0x10000 => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// `strconv.Unquote`: the value of a Go string or character literal; none when it is not one. A literal may denote bytes that are not UTF-8.
pub fn unquote_bytes(literal: &str) -> Option<Vec<u8>> {
    let mark = literal
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let body = literal.get(1..)?.strip_suffix(mark)?;
    if mark == '`' {
        let body = (!body.contains('`')).then(|| gust_bytes::raw(body))?;
        return Some(body.iter().copied().filter(|b| *b != b'\r').collect());
    }
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    let mut count = 0;
    while !rest.is_empty() {
        rest = unquote_char(rest, mark, &mut out)?;
        count += 1;
    }
    (mark == '"' || count == 1).then_some(out)
}

/// [`unquote_bytes`], as text.
pub fn unquote(literal: &str) -> Option<String> {
    unquote_bytes(literal).map(gust_bytes::into_text)
}

/// Takes one character or escape off the front of a literal's body.
fn unquote_char<'a>(s: &'a str, mark: char, out: &mut Vec<u8>) -> Option<&'a str> {
    let mut chars = s.chars();
    let first = chars.next()?;
    if first == mark || first == '\n' {
        return None;
    }
    if first != '\\' {
        // A byte that is no character reads as U+FFFD here.
        let seen = gust_bytes::seen(first);
        out.extend_from_slice(seen.encode_utf8(&mut [0; 4]).as_bytes());
        return Some(chars.as_str());
    }
    let kind = chars.next()?;
    let rest = chars.as_str();
    let digits = |n: usize, base: u32| -> Option<(u32, &'a str)> {
        let text = rest
            .get(..n)
            .filter(|t| t.chars().all(|c| c.is_digit(base)))?;
        Some((u32::from_str_radix(text, base).ok()?, &rest[n..]))
    };
    let byte = match kind {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' => b'\\',
        '\'' | '"' if kind == mark => kind as u8,
        'x' => {
            let (value, rest) = digits(2, 16)?;
            // In a character literal the byte is a code point; in a string it is a byte.
            match mark {
                '\'' => out
                    .extend_from_slice(char::from_u32(value)?.encode_utf8(&mut [0; 4]).as_bytes()),
                _ => out.push(u8::try_from(value).ok()?),
            }
            return Some(rest);
        }
        'u' | 'U' => {
            let (value, rest) = digits(if kind == 'u' { 4 } else { 8 }, 16)?;
            out.extend_from_slice(char::from_u32(value)?.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(rest);
        }
        '0'..='7' => {
            let text = s
                .get(1..4)
                .filter(|t| t.bytes().all(|b| (b'0'..=b'7').contains(&b)))?;
            let value = u32::from_str_radix(text, 8).ok().filter(|v| *v < 256)?;
            match mark {
                '\'' => out
                    .extend_from_slice(char::from_u32(value)?.encode_utf8(&mut [0; 4]).as_bytes()),
                _ => out.push(value as u8),
            }
            return s.get(4..);
        }
        _ => return None,
    };
    out.push(byte);
    Some(rest)
}

/// Why words could not be split or joined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldsError {
    /// A quote was opened and not closed.
    #[error("unterminated {mark} string")]
    Unterminated {
        /// The quote character.
        mark: char,
    },
    /// A word holds both kinds of quotes, and there is no escape.
    #[error("argument {} contains both single and double quotes and cannot be quoted", quote(.word))]
    Unquotable {
        /// The word.
        word: String,
    },
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Splits words at white space; a word may stand whole within single or double quotes, in which nothing is escaped.
/// The syntax of GOFLAGS, CC, GCCGO and the flags that hold lists of arguments.
pub fn split_fields(s: &str) -> Result<Vec<String>, FieldsError> {
    let mut words = Vec::new();
    let mut rest = s.trim_start_matches(is_space);
    while let Some(first) = rest.chars().next() {
        if matches!(first, '"' | '\'') {
            let (word, after) = rest[1..]
                .split_once(first)
                .ok_or(FieldsError::Unterminated { mark: first })?;
            words.push(word.to_owned());
            rest = after;
        } else {
            let end = rest.find(is_space).unwrap_or(rest.len());
            words.push(rest[..end].to_owned());
            rest = &rest[end..];
        }
        rest = rest.trim_start_matches(is_space);
    }
    Ok(words)
}

/// Joins words so that [`split_fields`] takes them apart again, with quotes only where needed.
pub fn join_fields<S: AsRef<str>>(words: &[S]) -> Result<String, FieldsError> {
    let mut out = String::new();
    for (i, word) in words.iter().enumerate() {
        let word = word.as_ref();
        if i > 0 {
            out.push(' ');
        }
        let (single, double) = (word.contains('\''), word.contains('"'));
        let mark = match (single, double) {
            (false, false) if !word.contains(is_space) => "",
            (false, _) => "'",
            (true, false) => "\"",
            (true, true) => {
                return Err(FieldsError::Unquotable {
                    word: word.to_owned(),
                });
            }
        };
        out.push_str(mark);
        out.push_str(word);
        out.push_str(mark);
    }
    Ok(out)
}

/// A command line as `go build -x` shows it: words are quoted, Go style, where they would be ambiguous.
pub fn command_line<S: AsRef<str>>(words: &[S]) -> String {
    let mut out = String::new();
    for (i, word) in words.iter().enumerate() {
        let word = word.as_ref();
        if i > 0 {
            out.push(' ');
        }
        let quoted = quote(word);
        if word.is_empty()
            || word.contains([' ', '(', ')', '>', ';'])
            || quoted.len() > gust_bytes::raw(word).len() + 2
        {
            out.push_str(&quoted);
        } else {
            out.push_str(word);
        }
    }
    out
}

/// A variable before a command line, as `go build -x` shows it: `CC='gcc'`, or Go-quoted when the value holds a single quote.
pub fn environment_word(name: &str, value: &str) -> String {
    if value.contains('\'') {
        format!("{name}={}", quote(value))
    } else {
        format!("{name}='{value}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes() {
        assert_eq!(
            quote("a\"b\\\n\u{7}\u{1}\u{7f}\u{e9}\u{ad}\u{2028}\u{feff}"),
            r#""a\"b\\\n\a\x01\x7fé\u00ad\u2028\ufeff""#
        );
        assert_eq!(
            quote("\u{1f600}\u{e0001}\u{fffd}"),
            "\"😀\\U000e0001\u{fffd}\""
        );
        assert_eq!(quote_bytes(b"a\xff\xc3"), r#""a\xff\xc3""#);
        assert_eq!(quote_ascii("é\u{1f600}"), r#""\u00e9\U0001f600""#);
        assert_eq!(quote_char('\'', false), r"'\''");
    }

    #[test]
    fn unquotes() {
        assert_eq!(
            unquote(r#""a\tb\u00e9\x41\101""#).as_deref(),
            Some("a\tb\u{e9}AA")
        );
        assert_eq!(unquote("`a\\b\r`").as_deref(), Some("a\\b"));
        assert_eq!(unquote("'x'").as_deref(), Some("x"));
        assert_eq!(unquote(r#"'"'"#).as_deref(), Some("\""));
        assert_eq!(unquote_bytes(r#""\xff""#), Some(vec![0xff]));
        for bad in [
            "",
            "\"",
            "'ab'",
            "''",
            r#""\q""#,
            "\"a\nb\"",
            r#""\'""#,
            "\"a\"b\"",
            "`a`b`",
            r#""\ud800""#,
            "\"\\é\"",
            "\"\\0é\"",
        ] {
            assert_eq!(unquote(bad), None, "{bad}");
        }
    }

    #[test]
    fn fields() {
        assert_eq!(
            split_fields(" a 'b c'\t\"d'\"e").unwrap(),
            ["a", "b c", "d'", "e"]
        );
        assert_eq!(split_fields("a'b c").unwrap(), ["a'b", "c"]);
        assert_eq!(
            split_fields("'a").unwrap_err().to_string(),
            "unterminated ' string"
        );
        assert_eq!(
            join_fields(&["a", "b c", "d'", ""]).unwrap(),
            "a 'b c' \"d'\" "
        );
        let err = join_fields(&["'\""]).unwrap_err().to_string();
        assert_eq!(
            err,
            r#"argument "'\"" contains both single and double quotes and cannot be quoted"#
        );
    }

    #[test]
    fn shows_commands() {
        assert_eq!(
            command_line(&["a", "", "b c", "x=>y", "q\"", "é"]),
            r#"a "" "b c" "x=>y" "q\"" é"#
        );
        assert_eq!(environment_word("A", "b"), "A='b'");
        assert_eq!(environment_word("A", "b'"), r#"A="b'""#);
    }
}
