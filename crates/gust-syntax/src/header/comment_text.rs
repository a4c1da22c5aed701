//! The text of a comment group, without its markers.

use std::borrow::Cow;

/// A comment's text as go's scanner hands it out: without carriage returns.
pub(super) fn strip_carriage_returns(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\r', text).is_none() {
        return Cow::Borrowed(text);
    }
    let block = text.get(1) == Some(&b'*');
    let mut out = Vec::with_capacity(text.len());
    for (n, &b) in text.iter().enumerate() {
        let kept =
            block && out.len() > 2 && out.last() == Some(&b'*') && text.get(n + 1) == Some(&b'/');
        if b != b'\r' || kept {
            out.push(b);
        }
    }
    Cow::Owned(out)
}

/// The text of a group of comments: no markers, no directives, no trailing space, blank lines at most one in a row, and
/// a newline behind the last line.
pub(super) fn comment_text<'a>(comments: impl Iterator<Item = &'a [u8]>) -> String {
    let mut out = String::new();
    for comment in comments {
        let comment = strip_carriage_returns(comment);
        let comment = gust_bytes::text(&comment);
        let body = match comment.as_bytes().get(1) {
            Some(b'/') => {
                let body = &comment[2..];
                match body.strip_prefix(' ') {
                    Some(body) => body,
                    None if is_directive(body) => continue,
                    None => body,
                }
            }
            _ => comment
                .get(2..comment.len().saturating_sub(2))
                .unwrap_or_default(),
        };
        for line in body.split('\n') {
            let line = line.trim_end_matches([' ', '\t', '\n', '\r']);
            if !line.is_empty() || (!out.is_empty() && !out.ends_with("\n\n")) {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    if out.ends_with("\n\n") {
        out.pop();
    }
    out
}

/// `//tool:name`, and three older forms.
fn is_directive(body: &str) -> bool {
    if ["line ", "extern ", "export "]
        .iter()
        .any(|word| body.starts_with(word))
    {
        return true;
    }
    let plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    match body.split_once(':') {
        Some((tool, name)) => {
            !tool.is_empty()
                && tool.bytes().all(|b| plain(&b))
                && name.as_bytes().first().is_some_and(plain)
        }
        None => false,
    }
}
