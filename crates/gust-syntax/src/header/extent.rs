//! How far a file's header reaches.
//!
//! A coarse reader finds the end of the import declarations without understanding more than it must. What it
//! takes for the header is what the exact parser then reads. When the text surprises it, the header is the whole file, so
//! that the exact parser can say what is wrong.

/// The part of a file that says what it imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// The header's length in bytes.
    pub end: usize,
    /// A NUL byte stands before the end: the file is not read further.
    pub nul: bool,
    /// The text is not what a header may be.
    pub syntax_error: bool,
}

/// Finds the end of a Go file's imports. `src` has no byte order mark.
pub(super) fn of_go_file(src: &[u8]) -> Extent {
    let mut reader = Reader {
        src,
        at: 0,
        stop: None,
    };
    let found = reader.header();
    reader.extent(found)
}

/// Finds the end of the comments at the start of any source file. `src` has no byte order mark.
pub(super) fn of_comments(src: &[u8]) -> Extent {
    let mut reader = Reader {
        src,
        at: 0,
        stop: None,
    };
    let found = reader.skip_space();
    let mut extent = reader.extent(found);
    if extent.syntax_error {
        extent.end = reader.at;
    }
    extent
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    Nul,
    Syntax,
    End,
}

struct Reader<'a> {
    src: &'a [u8],
    at: usize,
    stop: Option<Stop>,
}

type Read<T = ()> = Result<T, Stop>;

impl Reader<'_> {
    fn extent(&self, found: Read) -> Extent {
        let stop = self.stop.or(found.err());
        let nul = stop == Some(Stop::Nul);
        let syntax_error = stop == Some(Stop::Syntax);
        let end = if syntax_error {
            self.src.len()
        } else {
            self.at
        };
        Extent {
            end,
            nul,
            syntax_error,
        }
    }

    fn header(&mut self) -> Read {
        self.keyword(b"package")?;
        self.identifier()?;
        while self.peek_token()? == Some(b'i') {
            self.keyword(b"import")?;
            if self.peek_token()? == Some(b'(') {
                self.at += 1;
                loop {
                    match self.peek_token()? {
                        Some(b')') => break,
                        Some(_) => self.import()?,
                        None => return Err(Stop::Syntax),
                    }
                }
                self.at += 1;
            } else {
                self.import()?;
            }
        }
        Ok(())
    }

    fn import(&mut self) -> Read {
        match self.peek_token()? {
            Some(b'.') => self.at += 1,
            Some(c) if is_identifier(c) => self.identifier()?,
            _ => {}
        }
        self.string()
    }

    fn byte(&mut self) -> Read<Option<u8>> {
        match self.src.get(self.at) {
            Some(0) => Err(Stop::Nul),
            Some(&b) => Ok(Some(b)),
            None => Ok(None),
        }
    }

    fn peek_token(&mut self) -> Read<Option<u8>> {
        self.skip_space()?;
        self.byte()
    }

    fn skip_space(&mut self) -> Read {
        loop {
            match self.byte()? {
                Some(b' ' | 0x0c | b'\t' | b'\r' | b'\n' | b';') => self.at += 1,
                Some(b'/') => self.comment()?,
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Read {
        match self.src.get(self.at + 1) {
            Some(b'/') => self.skip_past(
                self.at + 2,
                |rest| memchr::memchr(b'\n', rest),
                1,
                Stop::End,
            ),
            Some(b'*') => {
                let find = |rest: &[u8]| memchr::memmem::find(rest, b"*/");
                self.skip_past(self.at + 2, find, 2, Stop::Syntax)
            }
            Some(0) => self.nul_at(self.at + 1),
            _ => {
                self.at = (self.at + 2).min(self.src.len());
                Err(Stop::Syntax)
            }
        }
    }

    /// Skips from `start` past what `find` finds, whose length is `length`; at the end of the file stops with `missing`.
    fn skip_past(
        &mut self,
        start: usize,
        find: impl Fn(&[u8]) -> Option<usize>,
        length: usize,
        missing: Stop,
    ) -> Read {
        let rest = &self.src[start..];
        let found = find(rest);
        let body = &rest[..found.unwrap_or(rest.len())];
        if let Some(nul) = memchr::memchr(0, body) {
            return self.nul_at(start + nul);
        }
        match found {
            Some(n) => self.at = start + n + length,
            None => {
                self.at = self.src.len();
                if missing != Stop::End {
                    return Err(missing);
                }
            }
        }
        Ok(())
    }

    fn nul_at(&mut self, at: usize) -> Read {
        self.at = at;
        Err(Stop::Nul)
    }

    fn keyword(&mut self, word: &[u8]) -> Read {
        self.peek_token()?;
        for &w in word {
            if self.byte()? != Some(w) {
                return Err(Stop::Syntax);
            }
            self.at += 1;
        }
        match self.byte()? {
            Some(c) if is_identifier(c) => Err(Stop::Syntax),
            _ => Ok(()),
        }
    }

    fn identifier(&mut self) -> Read {
        let start = match self.peek_token()? {
            Some(c) if is_identifier(c) => self.at,
            _ => return Err(Stop::Syntax),
        };
        let rest = &self.src[start..];
        self.at = start
            + rest
                .iter()
                .position(|&c| !is_identifier(c))
                .unwrap_or(rest.len());
        self.byte().map(|_| ())
    }

    fn string(&mut self) -> Read {
        match self.peek_token()? {
            Some(b'`') => self.skip_past(
                self.at + 1,
                |rest| memchr::memchr(b'`', rest),
                1,
                Stop::Syntax,
            ),
            Some(b'"') => {
                self.at += 1;
                loop {
                    match self.byte()? {
                        None | Some(b'\n') => return Err(Stop::Syntax),
                        Some(b'"') => break,
                        Some(b'\\') => {
                            self.at += 1;
                            if self.byte()?.is_some() {
                                self.at += 1;
                            }
                        }
                        Some(_) => self.at += 1,
                    }
                }
                self.at += 1;
                Ok(())
            }
            _ => Err(Stop::Syntax),
        }
    }
}

fn is_identifier(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_' || c >= 0x80
}
