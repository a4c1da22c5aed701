//! Variables in words: `$NAME` and `${NAME}`, as Go's `os.Expand` takes them.

/// Names of one character that shells give a meaning.
const SPECIAL: &str = "*#$@!?-0123456789";

/// The word with the values of its variables.
pub(super) fn expand(word: &str, value: &dyn Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        if behind.is_empty() {
            out.push('$');
            return out;
        }
        let (name, length) = name(behind);
        match (name, length) {
            // Not a name at all: the dollar stands for itself.
            ("", 0) => out.push('$'),
            // Braces with nothing in them, or without an end, are eaten.
            ("", _) => {}
            (name, _) => out.push_str(&value(name)),
        }
        rest = &behind[length..];
    }
    out.push_str(rest);
    out
}

/// The name that the text begins with, and how long it is with its braces.
fn name(text: &str) -> (&str, usize) {
    if let Some(inner) = text.strip_prefix('{') {
        return match inner.find('}') {
            Some(end) => (&inner[..end], end + 2),
            None => ("", 1),
        };
    }
    if text.starts_with(|c| SPECIAL.contains(c)) {
        return (&text[..1], 1);
    }
    let is_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
    (&text[..end], end)
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn names_are_replaced() {
        let value = |name: &str| format!("<{name}>");
        for (word, want) in [
            ("a$B.c", "a<B>.c"),
            ("${B}c$D_1", "<B>c<D_1>"),
            ("$$x", "<$>x"),
            ("$1x", "<1>x"),
            ("a$", "a$"),
            ("$.", "$."),
            ("${}x${y", "xy"),
        ] {
            assert_eq!(expand(word, &value), want, "{word}");
        }
    }
}
