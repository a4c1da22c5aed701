//! pkg-config answers as if a shell would read it. Here no shell does: quotes and backslashes are undone, and an answer
//! that would make a shell do more is refused.

/// Why an answer of pkg-config could not be split.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum PkgConfigError {
    /// A character that would mean something to a shell.
    #[error("unexpected shell character {0:?} in pkgconf output")]
    ShellCharacter(char),
    /// A quote that nothing closes.
    #[error("unterminated quoted string in pkgconf output")]
    Unterminated,
    /// A backslash with nothing behind it.
    #[error("broken character escaping in pkgconf output")]
    BrokenEscape,
}

/// Splits `output` into words.
///
/// # Errors
/// [`PkgConfigError`]; a missing quote is reported before a missing escape.
pub fn split(output: &[u8]) -> Result<Vec<Vec<u8>>, PkgConfigError> {
    let mut splitter = Splitter::default();
    for &byte in output {
        splitter.take(byte)?;
    }
    if splitter.quote.is_some() {
        return Err(PkgConfigError::Unterminated);
    }
    if splitter.escaped {
        return Err(PkgConfigError::BrokenEscape);
    }
    splitter.end_word();
    Ok(splitter.words)
}

#[derive(Default)]
struct Splitter {
    words: Vec<Vec<u8>>,
    word: Vec<u8>,
    /// An empty word counts when it was quoted.
    was_quoted: bool,
    escaped: bool,
    quote: Option<u8>,
}

impl Splitter {
    fn take(&mut self, byte: u8) -> Result<(), PkgConfigError> {
        if self.escaped {
            self.take_escaped(byte);
            return Ok(());
        }
        match (self.quote, byte) {
            (Some(quote), _) if quote == byte => self.quote = None,
            (Some(b'\''), _) => self.word.push(byte),
            (Some(_), _) if !matches!(byte, b'`' | b'$' | b'\\') => self.word.push(byte),
            (_, b'|' | b'&' | b';' | b'<' | b'>' | b'(' | b')' | b'$' | b'`') => {
                return Err(PkgConfigError::ShellCharacter(char::from(byte)));
            }
            (_, b'\\') => self.escaped = true,
            (_, b'"' | b'\'') => {
                self.quote = Some(byte);
                self.was_quoted = true;
            }
            (_, b' ' | b'\t' | b'\n') => self.end_word(),
            _ => self.word.push(byte),
        }
        Ok(())
    }

    /// POSIX: between double quotes a backslash is an ordinary character unless one of ``$`"\`` or a line's end follows.
    fn take_escaped(&mut self, byte: u8) {
        self.escaped = false;
        if self.quote == Some(b'"') && !matches!(byte, b'$' | b'`' | b'"' | b'\\' | b'\n') {
            self.word.push(b'\\');
        }
        if byte != b'\n' {
            self.word.push(byte);
        }
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() || self.was_quoted {
            self.words.push(std::mem::take(&mut self.word));
        }
        self.was_quoted = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        split(text.as_bytes())
            .unwrap()
            .into_iter()
            .map(|w| String::from_utf8(w).unwrap())
            .collect()
    }

    #[test]
    fn quoting_of_a_shell() {
        assert_eq!(
            words("-r:foo -L/usr/white\\ space/lib -lfoo\\ bar"),
            ["-r:foo", "-L/usr/white space/lib", "-lfoo bar"]
        );
        assert_eq!(
            words("'a b' \"c\\\"d\" \"\" \"e\\f\""),
            ["a b", "c\"d", "", "e\\f"]
        );
        assert_eq!(words(""), [""; 0]);
    }

    #[test]
    fn what_a_shell_would_run_is_refused() {
        assert_eq!(split(b"$(rm)"), Err(PkgConfigError::ShellCharacter('$')));
        assert_eq!(
            split(b"\"$HOME\""),
            Err(PkgConfigError::ShellCharacter('$'))
        );
        assert_eq!(split(b"\"a"), Err(PkgConfigError::Unterminated));
        assert_eq!(split(b"a\\"), Err(PkgConfigError::BrokenEscape));
    }
}
