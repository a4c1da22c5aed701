//! The syntax of `//go:embed` patterns.

use crate::literal::quoted_prefix;

/// The patterns of a `//go:embed` comment, each with its offset in the comment; `None` when the comment is another one or malformed.
///
/// Patterns are separated by white space; one in double or back quotes is a Go string.
pub fn directive_patterns(comment: &str) -> Option<Vec<(usize, String)>> {
    let rest = comment.strip_prefix("//go:embed")?;
    if rest.starts_with(|c: char| !c.is_whitespace()) {
        return None;
    }
    let mut out = Vec::new();
    let mut rest = rest.trim();
    while !rest.is_empty() {
        let offset = rest.as_ptr() as usize - comment.as_ptr() as usize;
        let (length, pattern) = if rest.starts_with(['"', '`']) {
            let (length, pattern) = quoted_prefix(rest)?;
            if rest[length..].starts_with(|c: char| !c.is_whitespace()) {
                return None;
            }
            (length, pattern)
        } else {
            let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
            (length, rest[..length].to_string())
        };
        out.push((offset, pattern));
        rest = rest[length..].trim_start();
    }
    Some(out)
}

/// Splits off the prefix `all:`, which also admits files whose names start with a dot or an underscore.
pub fn split_all(pattern: &str) -> (bool, &str) {
    match pattern.strip_prefix("all:") {
        Some(rest) => (true, rest),
        None => (false, pattern),
    }
}

/// Reports whether the path is a slash-separated one that stays below its root: no empty element, `.` or `..`.
pub fn is_valid_path(path: &str) -> bool {
    path == "."
        || path
            .split('/')
            .all(|element| !matches!(element, "" | "." | ".."))
}

/// Reports whether no file of that name could be in a module's zip, or it is a version control system's own.
pub fn is_bad_name(name: &str) -> bool {
    const RESERVED: [&str; 22] = [
        "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8",
        "COM9", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    ];
    let plain = |c: char| {
        if c.is_ascii() {
            c.is_ascii_alphanumeric() || "!#$%&()+,-.=@[]^_{}~ ".contains(c)
        } else {
            crate::unicode::is_letter(c)
        }
    };
    let stem = name.split('.').next().unwrap_or(name);
    name.is_empty()
        || name.ends_with('.')
        || !name.chars().all(plain)
        || RESERVED
            .iter()
            .any(|reserved| reserved.eq_ignore_ascii_case(stem))
        || matches!(name, ".bzr" | ".hg" | ".git" | ".svn")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives() {
        let patterns =
            |s| directive_patterns(s).map(|p| p.into_iter().map(|(_, s)| s).collect::<Vec<_>>());
        assert_eq!(
            patterns("//go:embed a b*  \"c d\"").unwrap(),
            ["a", "b*", "c d"]
        );
        assert_eq!(
            directive_patterns("//go:embed  x").unwrap(),
            [(12, "x".to_string())]
        );
        assert_eq!(patterns("//go:embed").unwrap(), [""; 0]);
        assert_eq!(patterns("//go:embedded x"), None);
        assert_eq!(patterns("//go:embed \"a\"b"), None);
        assert_eq!(patterns("//go:embed `a"), None);
    }

    #[test]
    fn paths() {
        assert!(is_valid_path(".") && is_valid_path("a/b"));
        assert!(
            !is_valid_path("")
                && !is_valid_path("a//b")
                && !is_valid_path("../a")
                && !is_valid_path("/a")
        );
    }
}
