//! Marks within output, which test binaries of go1.27 and later write: where an error begins and ends, and what is no mark.

use memchr::memchr3;

/// ^[: the byte after it is no mark.
pub(super) const ESCAPE: u8 = 0x1b;
/// ^O: an error's text begins.
const ERROR_BEGIN: u8 = 0x0f;
/// ^N: it has ended.
const ERROR_END: u8 = 0x0e;

/// What is known between two pieces of output.
#[derive(Default)]
pub(super) struct Marks {
    within_error: bool,
    escaped: bool,
}

impl Marks {
    /// Takes a piece apart: text without marks, each with the `OutputType` that it has.
    pub(super) fn split(
        &mut self,
        piece: &[u8],
        framing: bool,
        give: &mut dyn FnMut(&[u8], &'static str),
    ) {
        let mut kind = match (framing, self.within_error) {
            (true, _) => "frame",
            (false, true) => "error-continue",
            (false, false) => "",
        };
        if !self.escaped && memchr3(ESCAPE, ERROR_BEGIN, ERROR_END, piece).is_none() {
            return give(piece, kind);
        }
        let mut text = Vec::with_capacity(piece.len());
        let mut bytes = piece.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            if std::mem::take(&mut self.escaped) {
                text.push(byte);
                continue;
            }
            match byte {
                ESCAPE => {
                    self.escaped = true;
                    continue;
                }
                ERROR_BEGIN => {
                    if !text.is_empty() {
                        give(&text, kind);
                    }
                    (self.within_error, kind) = (true, "error");
                }
                ERROR_END => {
                    text.extend(bytes.next_if_eq(&b'\n'));
                    give(&text, kind);
                    (self.within_error, kind) = (false, "");
                }
                other => {
                    text.push(other);
                    continue;
                }
            }
            text.clear();
            // The tool does not look at the first byte after a mark.
            text.extend(bytes.next());
        }
        if !text.is_empty() {
            give(&text, kind);
        }
    }
}
