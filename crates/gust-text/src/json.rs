//! The bytes of Go's `encoding/json`: HTML characters and U+2028/9 escaped, indentation by tabs, floats as Go writes them.
//!
//! Field order is the order of serialization; a nil slice or map is `None` (`null`) and left-out fields are serde's business
//! (`skip_serializing_if`). Maps must be sorted (`BTreeMap`), as Go sorts them.

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter};
use std::io;

/// `json.MarshalIndent(value, "", "\t")`. Fails only when the value's own serialization does.
pub fn to_string_indent<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<String> {
    let mut out = Vec::with_capacity(512);
    write_indent(&mut out, value)?;
    String::from_utf8(out).map_err(serde::ser::Error::custom)
}

/// `json.Marshal(value)`.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<String> {
    let mut out = Vec::with_capacity(256);
    write_compact(&mut out, value)?;
    String::from_utf8(out).map_err(serde::ser::Error::custom)
}

/// Streams what [`to_string_indent`] would return.
pub fn write_indent<W: io::Write, T: Serialize + ?Sized>(
    out: W,
    value: &T,
) -> serde_json::Result<()> {
    let formatter = GoFormatter {
        indent: Some(PrettyFormatter::with_indent(b"\t")),
        escape_html: true,
    };
    value.serialize(&mut serde_json::Serializer::with_formatter(out, formatter))
}

/// Streams what [`to_string`] would return.
pub fn write_compact<W: io::Write, T: Serialize + ?Sized>(
    out: W,
    value: &T,
) -> serde_json::Result<()> {
    let formatter = GoFormatter {
        indent: None,
        escape_html: true,
    };
    value.serialize(&mut serde_json::Serializer::with_formatter(out, formatter))
}

/// As [`write_indent`], for an encoder with `SetEscapeHTML(false)`.
pub fn write_indent_raw_html<W: io::Write, T: Serialize + ?Sized>(
    out: W,
    value: &T,
) -> serde_json::Result<()> {
    let formatter = GoFormatter {
        indent: Some(PrettyFormatter::with_indent(b"\t")),
        escape_html: false,
    };
    value.serialize(&mut serde_json::Serializer::with_formatter(out, formatter))
}

/// A Go string that may hold bytes that are not UTF-8; each of those becomes `\ufffd`.
#[derive(Debug, Clone, Copy)]
pub struct GoString<'a>(pub &'a [u8]);

impl Serialize for GoString<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The formatter writes bytes as a string, which is all that bytes are used for here.
        serializer.serialize_bytes(self.0)
    }
}

/// serde_json's hook for everything but structure.
struct GoFormatter<'a> {
    indent: Option<PrettyFormatter<'a>>,
    escape_html: bool,
}

impl GoFormatter<'_> {
    /// The escape of a byte at `i` that serde_json leaves as it is, and how many bytes it stands for.
    fn escape_at(&self, bytes: &[u8], i: usize) -> Option<(&'static [u8], usize)> {
        match bytes[i] {
            b'<' if self.escape_html => Some((b"\\u003c", 1)),
            b'>' if self.escape_html => Some((b"\\u003e", 1)),
            b'&' if self.escape_html => Some((b"\\u0026", 1)),
            0xf4 if gust_bytes::carries_first(&bytes[i..]) => Some((b"\\ufffd", 4)),
            0xe2 if bytes[i + 1..].starts_with(&[0x80, 0xa8]) => Some((b"\\u2028", 3)),
            0xe2 if bytes[i + 1..].starts_with(&[0x80, 0xa9]) => Some((b"\\u2029", 3)),
            _ => None,
        }
    }
}

/// Passes structure on to the indenting formatter, or writes it bare.
macro_rules! structure {
    ($($name:ident ( $($arg:ident : $ty:ty),* ) => $plain:expr;)*) => {
        $(fn $name<W: io::Write + ?Sized>(&mut self, writer: &mut W $(, $arg: $ty)*) -> io::Result<()> {
            match &mut self.indent {
                Some(pretty) => pretty.$name(writer $(, $arg)*),
                None => { let plain: &[u8] = $plain; writer.write_all(plain) }
            }
        })*
    };
}

impl Formatter for GoFormatter<'_> {
    structure! {
        begin_array() => b"[";
        end_array() => b"]";
        begin_array_value(first: bool) => if first { b"" } else { b"," };
        end_array_value() => b"";
        begin_object() => b"{";
        end_object() => b"}";
        begin_object_key(first: bool) => if first { b"" } else { b"," };
        begin_object_value() => b":";
        end_object_value() => b"";
    }

    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let bytes = fragment.as_bytes();
        let mut start = 0;
        let mut i = 0;
        while i < bytes.len() {
            match self.escape_at(bytes, i) {
                Some((escape, len)) => {
                    writer.write_all(&bytes[start..i])?;
                    writer.write_all(escape)?;
                    i += len;
                    start = i;
                }
                None => i += 1,
            }
        }
        writer.write_all(&bytes[start..])
    }

    fn write_byte_array<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        value: &[u8],
    ) -> io::Result<()> {
        self.begin_string(writer)?;
        for chunk in value.utf8_chunks() {
            for piece in chunk
                .valid()
                .split_inclusive(|c: char| c < ' ' || c == '"' || c == '\\')
            {
                let end = piece
                    .char_indices()
                    .next_back()
                    .filter(|(_, c)| *c < ' ' || *c == '"' || *c == '\\');
                let (text, special) = match end {
                    Some((at, c)) => (&piece[..at], Some(c as u8)),
                    None => (piece, None),
                };
                self.write_string_fragment(writer, text)?;
                if let Some(byte) = special {
                    self.write_char_escape(writer, char_escape(byte))?;
                }
            }
            chunk
                .invalid()
                .iter()
                .try_for_each(|_| writer.write_all(b"\\ufffd"))?;
        }
        self.end_string(writer)
    }

    fn write_f64<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        let magnitude = value.abs();
        if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
            let text = format!("{value:e}");
            let text = match text.split_once('e') {
                Some((digits, power)) if !power.starts_with('-') => format!("{digits}e+{power}"),
                _ => text,
            };
            return writer.write_all(text.as_bytes());
        }
        write!(writer, "{value}")
    }

    fn write_f32<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        write!(writer, "{value}")
    }
}

fn char_escape(byte: u8) -> CharEscape {
    match byte {
        b'"' => CharEscape::Quote,
        b'\\' => CharEscape::ReverseSolidus,
        8 => CharEscape::Backspace,
        12 => CharEscape::FormFeed,
        b'\n' => CharEscape::LineFeed,
        b'\r' => CharEscape::CarriageReturn,
        b'\t' => CharEscape::Tab,
        other => CharEscape::AsciiControl(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn strings_as_go_writes_them() {
        let text = "a<b>&\u{2028}\u{2029}\"\\\u{8}\u{c}\n\r\t\u{1}\u{7f}é";
        let want =
            r#""a\u003cb\u003e\u0026\u2028\u2029\"\\\b\f\n\r\t\u0001"#.to_owned() + "\u{7f}é\"";
        assert_eq!(to_string(text).unwrap(), want);
        assert_eq!(to_string(&GoString(text.as_bytes())).unwrap(), want);
        assert_eq!(
            to_string(&GoString(b"a\xffb<\xe2\x80")).unwrap(),
            r#""a\ufffdb\u003c\ufffd\ufffd""#
        );
    }

    #[test]
    fn numbers_and_structure() {
        assert_eq!(
            to_string(&(1.0, 0.5, 1e21, 1e-7, -0.0, 123456789.0)).unwrap(),
            "[1,0.5,1e+21,1e-7,-0,123456789]"
        );
        let map = BTreeMap::from([("a", vec![1, 2]), ("b", vec![])]);
        assert_eq!(
            to_string_indent(&map).unwrap(),
            "{\n\t\"a\": [\n\t\t1,\n\t\t2\n\t],\n\t\"b\": []\n}"
        );
        let empty: BTreeMap<String, u8> = BTreeMap::new();
        assert_eq!(
            to_string_indent(&(empty, None::<u8>)).unwrap(),
            "[\n\t{},\n\tnull\n]"
        );
    }
}
