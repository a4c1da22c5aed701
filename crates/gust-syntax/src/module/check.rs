//! Which paths may be module paths, import paths, and names of files in modules.

use crate::unicode;

/// What a path is meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// A module path.
    Module,
    /// An import path.
    Import,
    /// A file in a module.
    File,
}

impl PathKind {
    fn noun(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Import => "import",
            Self::File => "file",
        }
    }

    fn allows(self, c: char) -> bool {
        let common = c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
        match self {
            Self::Module => common,
            Self::Import => common || c == '+',
            Self::File => {
                common
                    || "!#$%&()+,=@[]^{} ".contains(c)
                    || (!c.is_ascii() && unicode::is_letter(c))
            }
        }
    }
}

/// A path that cannot be what it is meant to be. `Display` is go's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed {} path {}: {reason}", kind.noun(), quote(path))]
pub struct PathError {
    /// What it is meant to be.
    pub kind: PathKind,
    /// The path.
    pub path: String,
    /// Why it cannot be.
    pub reason: String,
}

/// Text in double quotes as Go writes it.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match escape_of(c, '"') {
            Some(escaped) => out.push_str(&escaped),
            None => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A character in single quotes as Go writes it.
pub(crate) fn quote_char(c: char) -> String {
    let c = gust_bytes::seen(c);
    format!("'{}'", escape_of(c, '\'').unwrap_or_else(|| c.to_string()))
}

fn escape_of(c: char, quote: char) -> Option<String> {
    let text = match c {
        _ if c == quote || c == '\\' => format!("\\{c}"),
        '\x07' => "\\a".into(),
        '\x08' => "\\b".into(),
        '\x0c' => "\\f".into(),
        '\n' => "\\n".into(),
        '\r' => "\\r".into(),
        '\t' => "\\t".into(),
        '\x0b' => "\\v".into(),
        ' ' => return None,
        _ if c < ' ' || c == '\x7f' => format!("\\x{:02x}", u32::from(c)),
        _ if unicode::is_graphic(c) && !(c.is_whitespace()) => return None,
        _ if let Some(byte) = gust_bytes::byte_of(c) => format!("\\x{byte:02x}"),
        _ if u32::from(c) < 0x10000 => format!("\\u{:04x}", u32::from(c)),
        _ => format!("\\U{:08x}", u32::from(c)),
    };
    Some(text)
}

/// Can this be a module path that can be fetched: a host name with a dot first, and a fitting `/vN`?
pub fn check_path(path: &str) -> Result<(), PathError> {
    check_elements(path, PathKind::Module)
        .and_then(|()| check_host(path))
        .map_err(|reason| PathError {
            kind: PathKind::Module,
            path: path.into(),
            reason,
        })
}

/// Can this be an import path?
pub fn check_import_path(path: &str) -> Result<(), PathError> {
    check_elements(path, PathKind::Import).map_err(|reason| PathError {
        kind: PathKind::Import,
        path: path.into(),
        reason,
    })
}

/// Can this be the name of a file in a module?
pub fn check_file_path(path: &str) -> Result<(), PathError> {
    check_elements(path, PathKind::File).map_err(|reason| PathError {
        kind: PathKind::File,
        path: path.into(),
        reason,
    })
}

fn check_host(path: &str) -> Result<(), String> {
    let host = path.split('/').next().unwrap_or(path);
    if host.is_empty() {
        return Err("leading slash".into());
    }
    if !host.contains('.') {
        return Err("missing dot in first path element".into());
    }
    if host.starts_with('-') {
        return Err("leading dash in first path element".into());
    }
    let allowed = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    if let Some(c) = host.chars().find(|c| !allowed(c)) {
        return Err(format!(
            "invalid char {} in first path element",
            quote_char(c)
        ));
    }
    match super::split_path_version(path) {
        Some(_) => Ok(()),
        None => Err("invalid version".into()),
    }
}

fn check_elements(path: &str, kind: PathKind) -> Result<(), String> {
    if gust_bytes::carries(path) {
        return Err("invalid UTF-8".into());
    }
    if path.is_empty() {
        return Err("empty string".into());
    }
    if path.starts_with('-') && kind != PathKind::File {
        return Err("leading dash".into());
    }
    if path.contains("//") {
        return Err("double slash".into());
    }
    if path.ends_with('/') {
        return Err("trailing slash".into());
    }
    path.split('/')
        .try_for_each(|element| check_element(element, kind))
}

pub(super) fn check_element(element: &str, kind: PathKind) -> Result<(), String> {
    if element.is_empty() {
        return Err("empty path element".into());
    }
    if element.bytes().all(|b| b == b'.') {
        return Err(format!("invalid path element {}", quote(element)));
    }
    if element.starts_with('.') && kind == PathKind::Module {
        return Err("leading dot in path element".into());
    }
    if element.ends_with('.') {
        return Err("trailing dot in path element".into());
    }
    if let Some(c) = element.chars().find(|&c| !kind.allows(c)) {
        return Err(format!("invalid char {}", quote_char(c)));
    }
    let short = element.split('.').next().unwrap_or(element);
    if is_reserved_on_windows(short) {
        return Err(format!(
            "{} disallowed as path element component on Windows",
            quote(short)
        ));
    }
    let looks_short = short.rsplit_once('~').is_some_and(|(_, digits)| {
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    });
    if kind != PathKind::File && looks_short {
        return Err("trailing tilde and digits in path element".into());
    }
    Ok(())
}

fn is_reserved_on_windows(name: &str) -> bool {
    let numbered = |prefix: &str| {
        name.get(..3)
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
            && matches!(name.as_bytes().get(3..), Some([b'1'..=b'9']))
    };
    ["CON", "PRN", "AUX", "NUL"]
        .iter()
        .any(|bad| name.eq_ignore_ascii_case(bad))
        || numbered("COM")
        || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_with_reasons() {
        for (path, want) in [
            ("x.y/z", ""),
            ("gopkg.in/yaml.v2", ""),
            (
                "x",
                "malformed module path \"x\": missing dot in first path element",
            ),
            (
                "X.y/z",
                "malformed module path \"X.y/z\": invalid char 'X' in first path element",
            ),
            (
                "x.y/v1",
                "malformed module path \"x.y/v1\": invalid version",
            ),
            (
                "x.y/a b",
                "malformed module path \"x.y/a b\": invalid char ' '",
            ),
            (
                "x.y/con.z",
                "malformed module path \"x.y/con.z\": \"con\" disallowed as path element component on Windows",
            ),
            (
                "x.y/.z",
                "malformed module path \"x.y/.z\": leading dot in path element",
            ),
            (
                "x.y/..",
                "malformed module path \"x.y/..\": invalid path element \"..\"",
            ),
            (
                "x.y/a~1",
                "malformed module path \"x.y/a~1\": trailing tilde and digits in path element",
            ),
            ("", "malformed module path \"\": empty string"),
        ] {
            let got = check_path(path)
                .err()
                .map(|e| e.to_string())
                .unwrap_or_default();
            assert_eq!(got, want);
        }
        assert!(check_import_path("x/c++").is_ok());
        assert!(check_file_path("a b/ü.go").is_ok());
        assert!(check_file_path("a:b").is_err());
    }
}
