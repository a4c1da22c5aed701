//! The words of a `//go:generate` line.

use gust_syntax::literal::unquote;

/// Does the line ask for a generator?
pub(super) fn is_directive(line: &[u8]) -> bool {
    let rest = line.strip_prefix(b"//go:generate");
    rest.is_some_and(|rest| matches!(rest.first(), Some(b' ' | b'\t')))
}

/// The words behind `//go:generate`, quoted ones without their quotes.
///
/// # Errors
/// What is wrong with a quoted word.
pub(super) fn words(line: &str) -> Result<Vec<String>, &'static str> {
    let blank = [' ', '\t'];
    let mut words = Vec::new();
    let mut rest = line.trim_start_matches(blank);
    while !rest.is_empty() {
        let end = match rest.starts_with('"') {
            true => quoted_end(rest)?,
            false => rest.find(blank).unwrap_or(rest.len()),
        };
        let (word, behind) = rest.split_at(end);
        words.push(match word.starts_with('"') {
            true => unquote(word).ok_or("bad quoted string")?,
            false => word.to_owned(),
        });
        if word.starts_with('"') && !behind.is_empty() && !behind.starts_with(blank) {
            return Err("expect space after quoted argument");
        }
        rest = behind.trim_start_matches(blank);
    }
    Ok(words)
}

/// Where a quoted word ends that the text begins with.
fn quoted_end(text: &str) -> Result<usize, &'static str> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => return Ok(at),
            b'\\' if at == bytes.len() => return Err("bad backslash"),
            b'\\' => at += 1,
            _ => {}
        }
    }
    Err("mismatched quoted string")
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_may_be_quoted() {
        let split = |line: &str| words(line).map(|words| words.join("|"));
        assert_eq!(split("  a\tb  c ").as_deref(), Ok("a|b|c"));
        assert_eq!(split(r#"a "b c" "d\"e""#).as_deref(), Ok("a|b c|d\"e"));
        assert_eq!(
            split(r#"a "b"c"#),
            Err("expect space after quoted argument")
        );
        assert_eq!(split(r#"a "b"#), Err("mismatched quoted string"));
        assert_eq!(split("a \"b\\"), Err("bad backslash"));
        assert_eq!(split(r#"a "\q""#), Err("bad quoted string"));
        assert_eq!(split("").as_deref(), Ok(""));
    }
}
