//! Offsets to lines and columns, with `//line` comments applied.

use super::Pos;

/// From `offset` on, positions are said to be in another file or line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LineComment {
    pub offset: usize,
    pub file: Option<String>,
    pub line: u32,
    /// 0: columns are not known.
    pub col: u32,
}

/// Turns offsets into positions; cheapest when asked in ascending order.
pub(super) struct Lines<'a> {
    src: &'a [u8],
    offset: usize,
    line: u32,
    line_start: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(src: &'a [u8]) -> Self {
        Lines {
            src,
            offset: 0,
            line: 1,
            line_start: 0,
        }
    }

    fn seek(&mut self, offset: usize) {
        let offset = offset.min(self.src.len());
        if offset < self.offset {
            *self = Lines::new(self.src);
        }
        // A newline that ends the text begins no line, so that go's errors at the end stand on the last one.
        let end = offset
            .min(self.src.len().saturating_sub(1))
            .max(self.offset);
        for n in memchr::memchr_iter(b'\n', &self.src[self.offset..end]) {
            self.line += 1;
            self.line_start = self.offset + n + 1;
        }
        self.offset = offset;
    }

    /// The line that the text really stands on, from 1.
    pub(super) fn line(&mut self, offset: usize) -> u32 {
        self.seek(offset);
        self.line
    }

    /// The position as it is to be said. `files` collects the names that `//line` comments give.
    pub(super) fn pos(
        &mut self,
        offset: usize,
        said: &[LineComment],
        files: &mut Vec<Box<str>>,
    ) -> Pos {
        self.seek(offset);
        let (line, col) = (self.line, column(offset, self.line_start));
        let Some(at) = said.iter().rposition(|c| c.offset <= offset) else {
            return Pos { line, col, file: 0 };
        };
        let comment = &said[at];
        let comment_line = self.line(comment.offset);
        let mut pos = Pos {
            line: comment.line + (line - comment_line),
            col: 0,
            file: 0,
        };
        if comment.col > 0 {
            pos.col = if line == comment_line {
                comment.col + column(offset, comment.offset) - 1
            } else {
                col
            };
        }
        // A comment without a name of its own was given the name in force where it stands.
        if let Some(name) = &comment.file {
            pos.file = intern(files, name);
        }
        self.seek(offset);
        pos
    }
}

fn column(offset: usize, start: usize) -> u32 {
    u32::try_from(offset - start + 1).unwrap_or(u32::MAX)
}

fn intern(files: &mut Vec<Box<str>>, name: &str) -> u16 {
    let at = files.iter().position(|f| &**f == name).unwrap_or_else(|| {
        files.push(name.into());
        files.len() - 1
    });
    u16::try_from(at + 1).unwrap_or(u16::MAX)
}

/// What a comment that starts with `line ` means.
pub(super) enum LineText {
    /// It is no line comment after all.
    None,
    /// It is malformed: where in `src`, and what to say.
    Bad(usize, String),
    /// It holds.
    Good(LineComment),
}

/// Reads the `//line` or `/*line` comment whose text (markers included) starts at `start`;
/// it speaks about what follows `next`.
pub(super) fn line_comment(
    text: &[u8],
    start: usize,
    next: usize,
    said: &[LineComment],
) -> LineText {
    const MAX: u64 = 1 << 30;
    let body = if text[1] == b'*' {
        &text[..text.len() - 2]
    } else {
        text
    };
    let Some(body) = body.get(7..) else {
        return LineText::None;
    };
    let base = start + 7;
    let bad = |what: &str, i: usize| {
        LineText::Bad(
            base + i,
            format!("invalid {what} number: {}", gust_bytes::text(&body[i..])),
        )
    };
    let Some((i, n)) = trailing_digits(body) else {
        return LineText::None;
    };
    let Some(n) = n else { return bad("line", i) };
    let (line_at, line, col, name) = match trailing_digits(&body[..i - 1]) {
        Some((i2, Some(line))) => {
            if n == 0 || n > MAX {
                return bad("column", i);
            }
            (i2, line, n, &body[..i2 - 1])
        }
        _ => (i, n, 0, &body[..i - 1]),
    };
    if line == 0 || line > MAX {
        let shown = &body[line_at..if col > 0 { i - 1 } else { body.len() }];
        let shown = gust_bytes::text(shown);
        return LineText::Bad(base + line_at, format!("invalid line number: {shown}"));
    }
    let file = if name.is_empty() {
        if col > 0 {
            said.last().and_then(|c| c.file.clone())
        } else {
            Some(String::new())
        }
    } else {
        Some(gust_bytes::text(name).into_owned())
    };
    LineText::Good(LineComment {
        offset: next,
        file,
        line: line as u32,
        col: col as u32,
    })
}

/// The place after the last colon, and the number there if it is one.
fn trailing_digits(text: &[u8]) -> Option<(usize, Option<u64>)> {
    let colon = memchr::memrchr(b':', text)?;
    let digits = &text[colon + 1..];
    let number = (!digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
        .then(|| std::str::from_utf8(digits).ok()?.parse().ok())
        .flatten();
    Some((colon + 1, number))
}
