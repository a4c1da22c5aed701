//! Text that holds every byte.
//!
//! A path, an argument or a file of Go's is bytes, mostly UTF-8 and sometimes not; gust works on text. So a byte that is no
//! part of a character travels as a character of its own: byte `0xNN` is U+10FFNN, one of the last 128 code points, which
//! Unicode gives to private use. Bytes that spell one of these very characters travel byte by byte, so that nothing is lost
//! either way: [`text`] and [`raw`] are each other's inverse.
//!
//! Whatever comes in through a door (arguments, variables, names in directories, targets of links, the content of files
//! that hold paths) is made text; whatever goes out (system calls, programs that are started, what is printed, what is
//! hashed, what is written) is made bytes again. In between nobody needs to know, but for those who show text in another
//! form, as JSON and quoting do: they ask [`byte_of`]. Order is the one difference: carried bytes come behind all
//! characters.
//!
//! The idea is that of Python's `surrogateescape` (PEP 383), which has surrogates for it; strings here cannot hold these.

#![expect(
    clippy::disallowed_methods,
    reason = "this is where a child's words and variables are made bytes again"
)]

mod spawn;

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use memchr::memmem;

pub use spawn::{Spawn, command};

/// Added to a byte, it gives the character that carries it.
const CARRIER: u32 = 0x10_FF00;

/// What the UTF-8 of every carrier starts with; the third byte is 0xBE or 0xBF.
const CARRIER_START: [u8; 2] = [0xF4, 0x8F];

/// The byte that a character carries, if it is one that does.
pub fn byte_of(c: char) -> Option<u8> {
    let byte = u32::from(c).checked_sub(CARRIER)?;
    u8::try_from(byte).ok().filter(|byte| !byte.is_ascii())
}

/// The character as Go's loops over a string see it: a byte that is none is U+FFFD to them.
pub fn seen(c: char) -> char {
    byte_of(c).map_or(c, |_| char::REPLACEMENT_CHARACTER)
}

/// The character that carries a byte. ASCII stands for itself.
fn carrier(byte: u8) -> char {
    match byte.is_ascii() {
        true => char::from(byte),
        false => char::from_u32(CARRIER + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

/// Whether some character of the text, which has come through [`text`], carries a byte: then it is not what it seems.
pub fn carries(text: &str) -> bool {
    may_carry(text.as_bytes()) && text.chars().any(|c| byte_of(c).is_some())
}

fn may_carry(bytes: &[u8]) -> bool {
    memchr::memchr(CARRIER_START[0], bytes).is_some_and(|at| {
        // one that starts with 0xF4 is rare enough to look at all of the rest
        memmem::find(&bytes[at..], &CARRIER_START).is_some()
    })
}

/// Whether the text that these bytes are begins with a character that carries a byte.
pub fn carries_first(text: &[u8]) -> bool {
    text.starts_with(&CARRIER_START) && matches!(text[2..], [0xBE | 0xBF, ..])
}

/// The text of some bytes.
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) if !carries(text) => Cow::Borrowed(text),
        _ => Cow::Owned(carry(bytes)),
    }
}

/// The text of some bytes, which become it where they can.
pub fn into_text(bytes: Vec<u8>) -> String {
    match String::from_utf8(bytes) {
        Ok(text) if !carries(&text) => text,
        Ok(text) => carry(text.as_bytes()),
        Err(err) => carry(err.as_bytes()),
    }
}

fn carry(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 12);
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match byte_of(c) {
                None => out.push(c),
                Some(_) => {
                    let mut spelled = [0; 4];
                    out.extend(c.encode_utf8(&mut spelled).bytes().map(carrier));
                }
            }
        }
        out.extend(chunk.invalid().iter().copied().map(carrier));
    }
    out
}

/// The bytes of a text that has come through [`text`].
pub fn raw(text: &str) -> Cow<'_, [u8]> {
    match may_carry(text.as_bytes()) {
        false => Cow::Borrowed(text.as_bytes()),
        true => Cow::Owned(put_down(text.as_bytes())),
    }
}

/// As [`raw`], of a text that becomes its bytes.
pub fn into_raw(text: String) -> Vec<u8> {
    match may_carry(text.as_bytes()) {
        false => text.into_bytes(),
        true => put_down(text.as_bytes()),
    }
}

/// As [`raw`], of bytes among which there may be text: what a command prints is both.
pub fn raw_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    match may_carry(bytes) {
        false => Cow::Borrowed(bytes),
        true => Cow::Owned(put_down(bytes)),
    }
}

/// Puts carried bytes down: a carrier is `F4 8F BE 80` (of byte 0x80) to `F4 8F BF BF` (of byte 0xFF).
fn put_down(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memmem::find(rest, &CARRIER_START) {
        out.extend_from_slice(&rest[..at]);
        rest = match rest[at..] {
            [
                _,
                _,
                high @ (0xBE | 0xBF),
                low @ 0x80..=0xBF,
                ref after @ ..,
            ] => {
                out.push(low | (high & 1) << 6);
                after
            }
            _ => {
                out.extend_from_slice(&CARRIER_START);
                &rest[at + CARRIER_START.len()..]
            }
        };
    }
    out.extend_from_slice(rest);
    out
}

/// What the system is told for a text or a path.
pub fn os<S: AsRef<OsStr> + ?Sized>(text: &S) -> Cow<'_, OsStr> {
    let text = text.as_ref();
    match raw_bytes(text.as_bytes()) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(bytes) => Cow::Owned(OsString::from_vec(bytes)),
    }
}

/// What the system is told for a path.
pub fn os_path<P: AsRef<Path> + ?Sized>(path: &P) -> Cow<'_, Path> {
    let path = path.as_ref();
    match os(path) {
        Cow::Borrowed(_) => Cow::Borrowed(path),
        Cow::Owned(path) => Cow::Owned(path.into()),
    }
}

/// The text of what the system said.
pub fn text_of(os: OsString) -> String {
    into_text(os.into_vec())
}

/// The path that the system named, as text.
pub fn path_of(path: PathBuf) -> PathBuf {
    match path.to_str() {
        Some(text) if !carries(text) => path,
        _ => text_of(path.into_os_string()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_byte_is_a_character_of_its_own() {
        assert_eq!(text(b"caf\xe9.go"), "caf\u{10ffe9}.go");
        assert_eq!(raw("caf\u{10ffe9}.go").as_ref(), b"caf\xe9.go");
        assert_eq!(text("café".as_bytes()), "café");
        assert!(matches!(text(b"plain"), Cow::Borrowed(_)));
        assert!(matches!(raw("plain"), Cow::Borrowed(_)));
        assert_eq!(byte_of('\u{10ff80}'), Some(0x80));
        assert_eq!(byte_of('\u{10ffff}'), Some(0xff));
        assert_eq!(byte_of('\u{10ff7f}'), None);
        assert_eq!(byte_of('é'), None);
    }

    #[test]
    fn every_single_byte_comes_back() {
        for byte in 0..=u8::MAX {
            let bytes = [b'a', byte, b'b'];
            assert_eq!(raw(&text(&bytes)).as_ref(), bytes, "{byte:#x}");
            assert_eq!(carries(&text(&bytes)), !byte.is_ascii());
        }
    }

    proptest! {
        #[test]
        fn all_bytes_come_back(bytes in proptest::collection::vec(
            prop_oneof![any::<u8>(), 0xBEu8..=0xBF, Just(0xF4u8), Just(0x8Fu8)],
            0..40,
        )) {
            let carried = text(&bytes).into_owned();
            let back = raw(&carried);
            prop_assert_eq!(back.as_ref(), &bytes[..]);
            let path = path_of(OsString::from_vec(bytes.clone()).into());
            let back = os_path(&path);
            prop_assert_eq!(back.as_os_str().as_bytes(), &bytes[..]);
            prop_assert_eq!(into_raw(into_text(bytes.clone())), bytes);
        }
    }
}
