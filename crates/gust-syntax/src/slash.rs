//! Slash-separated paths as text: cleaning, joining, and shell-like patterns (Go's `path` package).

/// The shortest path that means the same: no `.`, no empty element, `..` only in front. An empty path is `.`.
pub fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut out: Vec<&str> = Vec::new();
    for element in path.split('/') {
        match element {
            "" | "." => {}
            ".." => match out.last() {
                Some(&last) if last != ".." => {
                    out.pop();
                }
                _ if rooted => {}
                _ => out.push(".."),
            },
            _ => out.push(element),
        }
    }
    let joined = out.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".into(),
        (false, false) => joined,
    }
}

/// Joins two paths and cleans the result; empty parts are left out.
pub fn join(base: &str, rest: &str) -> String {
    match (base.is_empty(), rest.is_empty()) {
        (true, true) => String::new(),
        (true, false) => clean(rest),
        (false, true) => clean(base),
        (false, false) => clean(&format!("{base}/{rest}")),
    }
}

/// A pattern that [`match_pattern`] cannot read. `Display` is go's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("syntax error in pattern")]
pub struct BadPattern;

/// Reports whether the pattern matches all of `name`. `*` and `?` do not match a slash; `[a-z]`, `[^a-z]` and `\c` are known.
///
/// A malformed pattern is an error even where the match has already failed.
pub fn match_pattern(pattern: &str, name: &str) -> Result<bool, BadPattern> {
    let (mut pattern, mut name) = (pattern, name);
    'next: while !pattern.is_empty() {
        let (star, chunk, rest) = next_chunk(pattern);
        pattern = rest;
        if star && chunk.is_empty() {
            return Ok(!name.contains('/'));
        }
        let fits = |after: Option<&str>| after.is_some_and(|t| t.is_empty() || !pattern.is_empty());
        let after = match_chunk(chunk, name)?;
        if fits(after) {
            name = after.unwrap_or_default();
            continue;
        }
        if star {
            for (n, c) in name.char_indices() {
                if c == '/' {
                    break;
                }
                let after = match_chunk(chunk, &name[n + c.len_utf8()..])?;
                if fits(after) {
                    name = after.unwrap_or_default();
                    continue 'next;
                }
            }
        }
        while !pattern.is_empty() {
            let (_, chunk, rest) = next_chunk(pattern);
            pattern = rest;
            match_chunk(chunk, "")?;
        }
        return Ok(false);
    }
    Ok(name.is_empty())
}

/// Splits off stars and what follows them up to the next star.
fn next_chunk(pattern: &str) -> (bool, &str, &str) {
    let rest = pattern.trim_start_matches('*');
    let star = rest.len() < pattern.len();
    let bytes = rest.as_bytes();
    let (mut at, mut in_class) = (0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if at + 1 < bytes.len() => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'*' if !in_class => break,
            _ => {}
        }
        at += 1;
    }
    (star, &rest[..at], &rest[at..])
}

/// What is left of `name` behind the chunk; `None` when it does not match.
fn match_chunk<'a>(chunk: &str, name: &'a str) -> Result<Option<&'a str>, BadPattern> {
    let mut name = Some(name);
    let mut chunk = chunk.chars();
    while let Some(c) = chunk.next() {
        let mut rest = name.unwrap_or_default().chars();
        let first = rest.next();
        let fits = match c {
            '[' => {
                let (matched, after) = match_class(chunk.as_str(), first)?;
                chunk = after.chars();
                matched
            }
            '?' => first.is_some_and(|c| c != '/'),
            '\\' => first == Some(chunk.next().ok_or(BadPattern)?),
            c => first == Some(c),
        };
        name = name
            .filter(|_| fits && first.is_some())
            .map(|_| rest.as_str());
    }
    Ok(name)
}

/// Reads a class behind its bracket; whether it holds `c`, and the pattern behind it.
fn match_class(class: &str, c: Option<char>) -> Result<(bool, &str), BadPattern> {
    let (negated, mut class) = match class.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, class),
    };
    let (mut found, mut ranges) = (false, 0);
    loop {
        if ranges > 0
            && let Some(rest) = class.strip_prefix(']')
        {
            return Ok((found != negated, rest));
        }
        let (low, rest) = class_char(class)?;
        let (high, rest) = match rest.strip_prefix('-') {
            Some(rest) => class_char(rest)?,
            None => (low, rest),
        };
        found |= c.is_some_and(|c| low <= c && c <= high);
        class = rest;
        ranges += 1;
    }
}

fn class_char(class: &str) -> Result<(char, &str), BadPattern> {
    let mut chars = class.chars();
    let c = match chars.next().ok_or(BadPattern)? {
        '-' | ']' => return Err(BadPattern),
        '\\' => chars.next().ok_or(BadPattern)?,
        c => c,
    };
    if chars.as_str().is_empty() {
        return Err(BadPattern);
    }
    Ok((c, chars.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning() {
        for (path, want) in [
            ("", "."),
            ("a//b/./c/..", "a/b"),
            ("../a", "../a"),
            ("/..", "/"),
            ("a/..", "."),
            ("/a/b/../..", "/"),
            ("../../x", "../../x"),
        ] {
            assert_eq!(clean(path), want, "{path}");
        }
        assert_eq!(join("/a", "../b"), "/b");
    }

    #[test]
    fn patterns() {
        for (pattern, name, want) in [
            ("abc", "abc", Ok(true)),
            ("*", "abc", Ok(true)),
            ("*c", "abc", Ok(true)),
            ("a*/b", "abc/b", Ok(true)),
            ("a*/b", "a/c/b", Ok(false)),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", Ok(true)),
            ("ab[^b-d]", "abe", Ok(true)),
            ("ab[e-g]", "abc", Ok(false)),
            ("a\\*b", "a*b", Ok(true)),
            ("[]a]", "]", Err(BadPattern)),
            ("[", "a", Err(BadPattern)),
            ("a[", "a", Err(BadPattern)),
            ("a[", "x", Err(BadPattern)),
            ("*x", "xxx", Ok(true)),
            ("[-]", "-", Err(BadPattern)),
            ("[\\-x]", "-", Ok(true)),
            ("\\", "a", Err(BadPattern)),
            ("a?b", "a☺b", Ok(true)),
            ("a?b", "a/b", Ok(false)),
        ] {
            assert_eq!(match_pattern(pattern, name), want, "{pattern} {name}");
        }
    }
}
