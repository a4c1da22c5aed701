//! `#cgo` lines: flags for the C compiler and linker, each for the platforms it names.

use crate::constraint;
use crate::slash;
use serde::{Deserialize, Serialize};

/// The lines of a cgo preamble that are `#cgo` directives, as they stand.
pub fn directive_lines(preamble: &str) -> impl Iterator<Item = &str> {
    preamble.split('\n').filter(|line| {
        line.trim()
            .strip_prefix("#cgo")
            .is_some_and(|rest| rest.starts_with([' ', '\t']))
    })
}

/// Flags gathered from `#cgo` lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CgoFlags {
    /// For C.
    pub cflags: Vec<String>,
    /// For the preprocessor.
    pub cppflags: Vec<String>,
    /// For C++.
    pub cxxflags: Vec<String>,
    /// For Fortran.
    pub fflags: Vec<String>,
    /// For the linker.
    pub ldflags: Vec<String>,
    /// Arguments of pkg-config.
    pub pkg_config: Vec<String>,
}

/// A `#cgo` line that cannot be used. `Display` is go's text behind the file's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CgoError {
    /// No colon, no verb, or an unclosed quote.
    #[error("invalid #cgo line: {line}")]
    Line {
        /// The line.
        line: String,
    },
    /// A verb that go does not know.
    #[error("invalid #cgo verb: {line}")]
    Verb {
        /// The line.
        line: String,
    },
    /// An argument with characters that are not safe to hand on.
    #[error("malformed #cgo argument: {argument}")]
    Argument {
        /// The argument, with the source directory filled in.
        argument: String,
    },
}

impl CgoFlags {
    /// Takes the flags of one `#cgo` line. `dir` is the package's directory, for `${SRCDIR}` and relative `-I` and `-L`;
    /// `holds` answers for build tags.
    pub fn add_line(
        &mut self,
        line: &str,
        dir: &str,
        holds: &mut dyn FnMut(&str) -> bool,
    ) -> Result<(), CgoError> {
        let invalid = || CgoError::Line {
            line: line.to_string(),
        };
        let body = line.trim().strip_prefix("#cgo").ok_or_else(invalid)?.trim();
        if let Some((first, function)) = body.split_once(char::is_whitespace)
            && matches!(first, "nocallback" | "noescape")
            && function.split_whitespace().count() == 1
        {
            return Ok(());
        }
        let (head, arguments) = body.split_once(':').ok_or_else(invalid)?;
        let mut conditions: Vec<&str> = head.split_whitespace().collect();
        let verb = conditions.pop().ok_or_else(invalid)?;
        if !conditions.is_empty() && !conditions.iter().any(|c| condition_holds(c, holds)) {
            return Ok(());
        }
        let mut arguments = split_quoted(arguments).ok_or_else(invalid)?;
        for argument in &mut arguments {
            let (expanded, safe) = expand_source_dir(argument, dir);
            if !safe {
                return Err(CgoError::Argument { argument: expanded });
            }
            *argument = expanded;
        }
        let list = match verb {
            "CFLAGS" => &mut self.cflags,
            "CPPFLAGS" => &mut self.cppflags,
            "CXXFLAGS" => &mut self.cxxflags,
            "FFLAGS" => &mut self.fflags,
            "LDFLAGS" => &mut self.ldflags,
            "pkg-config" => {
                self.pkg_config.append(&mut arguments);
                return Ok(());
            }
            _ => {
                return Err(CgoError::Verb {
                    line: line.to_string(),
                });
            }
        };
        make_paths_absolute(&mut arguments, dir);
        list.append(&mut arguments);
        Ok(())
    }
}

/// A condition is an expression of either constraint syntax; one that cannot be parsed does not hold.
fn condition_holds(condition: &str, holds: &mut dyn FnMut(&str) -> bool) -> bool {
    let expr = if condition.contains(['&', '|', '(', ')']) {
        constraint::parse_expr(condition)
    } else {
        constraint::parse_plus_expr(condition)
    };
    expr.is_ok_and(|expr| expr.eval(holds))
}

/// Splits at white space; quotes of both kinds keep it, a backslash keeps any character. `None` when a quote or escape is open at the end.
pub fn split_quoted(text: &str) -> Option<Vec<String>> {
    let mut out = Vec::new();
    let mut word = String::new();
    let (mut escaped, mut quoted, mut quote) = (false, false, None);
    for c in text.chars() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
            continue;
        } else if let Some(open) = quote {
            if c == open {
                quote = None;
                continue;
            }
        } else if c == '"' || c == '\'' {
            (quoted, quote) = (true, Some(c));
            continue;
        } else if c.is_whitespace() {
            if quoted || !word.is_empty() {
                quoted = false;
                out.push(std::mem::take(&mut word));
            }
            continue;
        }
        word.push(c);
    }
    if quoted || !word.is_empty() {
        out.push(word);
    }
    (quote.is_none() && !escaped).then_some(out)
}

/// Fills in `${SRCDIR}`; false when the outcome holds characters that are not safe to hand on.
fn expand_source_dir(text: &str, dir: &str) -> (String, bool) {
    const SOURCE_DIR: &str = "${SRCDIR}";
    if !text.contains(SOURCE_DIR) {
        return (text.to_string(), is_safe(text));
    }
    let parts_safe = text
        .split(SOURCE_DIR)
        .all(|part| part.is_empty() || is_safe(part));
    let safe = parts_safe && (dir.is_empty() || is_safe(dir));
    let expanded = text.replace(SOURCE_DIR, dir);
    let safe = safe && !expanded.is_empty();
    (expanded, safe)
}

fn is_safe(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b >= 0x80 || b"+-.,/=_:$@%! ~^".contains(&b);
    !text.is_empty() && text.bytes().all(plain)
}

fn make_paths_absolute(arguments: &mut [String], dir: &str) {
    let absolute = |path: &str| {
        if path.starts_with('/') {
            path.to_string()
        } else {
            slash::join(dir, path)
        }
    };
    let mut is_path = false;
    for argument in arguments {
        if std::mem::take(&mut is_path) {
            *argument = absolute(argument);
        } else if let Some((flag @ ("-I" | "-L"), path)) = argument.split_at_checked(2) {
            if path.is_empty() {
                is_path = true;
            } else if !path.starts_with('/') {
                *argument = format!("{flag}{}", absolute(path));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(line: &str) -> Result<CgoFlags, String> {
        let mut flags = CgoFlags::default();
        flags
            .add_line(line, "/d", &mut |tag| tag == "linux")
            .map_err(|e| e.to_string())?;
        Ok(flags)
    }

    #[test]
    fn lines() {
        assert_eq!(
            add("#cgo CFLAGS: -I. -DX=1 -I inc").unwrap().cflags,
            ["-I/d", "-DX=1", "-I", "/d/inc"]
        );
        assert_eq!(
            add("#cgo windows LDFLAGS: -lx").unwrap(),
            CgoFlags::default()
        );
        assert_eq!(
            add("#cgo windows linux,!arm LDFLAGS: -L${SRCDIR}/l")
                .unwrap()
                .ldflags,
            ["-L/d/l"]
        );
        assert_eq!(add("#cgo noescape f").unwrap(), CgoFlags::default());
        assert_eq!(
            add("#cgo LDFLAGS"),
            Err("invalid #cgo line: #cgo LDFLAGS".into())
        );
        assert_eq!(
            add("#cgo XFLAGS: a"),
            Err("invalid #cgo verb: #cgo XFLAGS: a".into())
        );
        assert_eq!(
            add("#cgo LDFLAGS: a;b"),
            Err("malformed #cgo argument: a;b".into())
        );
        assert_eq!(
            add("#cgo LDFLAGS: 'a"),
            Err("invalid #cgo line: #cgo LDFLAGS: 'a".into())
        );
    }

    #[test]
    fn quoting() {
        assert_eq!(
            split_quoted("a b:\"c d\" 'e''f'  \"g\\\"\"").unwrap(),
            ["a", "b:c d", "ef", "g\""]
        );
        assert_eq!(split_quoted("\"\"").unwrap(), [""]);
        assert_eq!(split_quoted("a\\"), None);
    }
}
