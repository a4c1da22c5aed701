//! Go's quoted strings: interpreted (`"..."`) and raw (`` `...` ``).

/// Decodes a quoted Go string that spans all of `text`. `None` when it is not one.
///
/// Bytes that are not UTF-8 (by `\x` escapes) are carried: see [`gust_bytes`].
pub fn unquote(text: &str) -> Option<String> {
    let (length, value) = quoted_prefix(text)?;
    (length == text.len()).then_some(value)
}

/// Decodes the quoted Go string at the start of `text`: its length in bytes, quotes included, and its value.
pub fn quoted_prefix(text: &str) -> Option<(usize, String)> {
    match *text.as_bytes().first()? {
        b'`' => {
            let end = text[1..].find('`')? + 1;
            Some((end + 1, text[1..end].replace('\r', "")))
        }
        b'"' => interpreted(text),
        _ => None,
    }
}

fn interpreted(text: &str) -> Option<(usize, String)> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 1;
    loop {
        match *bytes.get(at)? {
            b'"' => break,
            b'\n' => return None,
            b'\\' => at = escape(bytes, at + 1, &mut out)?,
            // A byte that is no character reads as U+FFFD within quotes.
            0xF4 if gust_bytes::carries_first(&bytes[at..]) => {
                out.extend_from_slice("\u{fffd}".as_bytes());
                at += 4;
            }
            b => {
                out.push(b);
                at += 1;
            }
        }
    }
    Some((at + 1, gust_bytes::into_text(out)))
}

/// Decodes the escape whose letter is at `at`; returns the place after it.
fn escape(bytes: &[u8], at: usize, out: &mut Vec<u8>) -> Option<usize> {
    let letter = *bytes.get(at)?;
    let simple = match letter {
        b'a' => Some(0x07),
        b'b' => Some(0x08),
        b'f' => Some(0x0c),
        b'n' => Some(b'\n'),
        b'r' => Some(b'\r'),
        b't' => Some(b'\t'),
        b'v' => Some(0x0b),
        b'\\' => Some(b'\\'),
        b'"' => Some(b'"'),
        _ => None,
    };
    if let Some(b) = simple {
        out.push(b);
        return Some(at + 1);
    }
    let (start, digits, radix) = match letter {
        b'0'..=b'7' => (at, 3, 8),
        b'x' => (at + 1, 2, 16),
        b'u' => (at + 1, 4, 16),
        b'U' => (at + 1, 8, 16),
        _ => return None,
    };
    let text = bytes.get(start..start + digits)?;
    let mut value = 0u32;
    for &b in text {
        value = value
            .checked_mul(radix)?
            .checked_add((b as char).to_digit(radix)?)?;
    }
    if matches!(letter, b'u' | b'U') {
        let mut buffer = [0; 4];
        out.extend_from_slice(char::from_u32(value)?.encode_utf8(&mut buffer).as_bytes());
    } else {
        out.push(u8::try_from(value).ok()?);
    }
    Some(start + digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings() {
        assert_eq!(unquote(r#""a\tb""#).as_deref(), Some("a\tb"));
        assert_eq!(unquote("`a\\b`").as_deref(), Some("a\\b"));
        assert_eq!(
            unquote(r#""\u00e9\351\x41""#).as_deref(),
            Some("é\u{10ffe9}A")
        );
        assert_eq!(unquote(r#""open"#), None);
        assert_eq!(unquote(r#""a"b"#), None);
        assert_eq!(unquote(r#""\'""#), None);
        assert_eq!(quoted_prefix(r#""a" b"#), Some((3, "a".into())));
    }
}
