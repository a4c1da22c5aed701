//! JSON read as Go's encoding/json reads it: the same texts for what is wrong, keys found whatever their case, the last of several
//! equal keys, bytes that are not UTF-8 replaced.
//!
//! serde_json reads what gust wrote itself. What people and servers write comes through here, so that they are told what go would
//! tell them.

use crate::rfc3339;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt;

/// Values nest no deeper than this.
const MAX_DEPTH: usize = 10_000;

/// Why text is not the JSON that was asked for. `Display` is Go's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    text: String,
    /// The text ended too early.
    ended: bool,
}

impl JsonError {
    fn new(text: impl Into<String>) -> JsonError {
        JsonError {
            text: text.into(),
            ended: false,
        }
    }

    fn end() -> JsonError {
        JsonError {
            text: "unexpected end of JSON input".to_owned(),
            ended: true,
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for JsonError {}

/// The Go type that a value is decoded into, as far as its errors tell of it.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// `string`.
    Text,
    /// `bool`.
    Bool,
    /// `time.Time`.
    Time,
    /// `[]T`: the type of what it holds, and its own name.
    List(&'static Shape, &'static str),
    /// `map[string]T`: the type of what it holds, and its own name.
    Map(&'static Shape, &'static str),
    /// A type that reads itself: anything but numbers is handed on.
    Any,
    /// A struct: its name with that of its package, and its fields.
    Struct(&'static str, &'static [(&'static str, Shape)]),
}

impl Shape {
    fn go_name(&self) -> &'static str {
        match self {
            Shape::Text => "string",
            Shape::Bool => "bool",
            Shape::Time => "time.Time",
            Shape::Any => "any",
            Shape::List(_, name) | Shape::Map(_, name) | Shape::Struct(name, _) => name,
        }
    }
}

/// Reads one value of the given shape. Fields that the struct does not have are passed over; `null` leaves a field as it is.
///
/// # Errors
/// It is no JSON, or of another shape.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8], shape: &Shape) -> Result<T, JsonError> {
    let mut reader = Reader { bytes, at: 0 };
    let value = reader.value(0)?;
    if let Some(byte) = reader.skip_space() {
        return Err(unexpected(byte, "after top-level value"));
    }
    typed(value, shape)
}

/// Reads values of the given shape that follow each other.
///
/// # Errors
/// One is no JSON, or of another shape.
pub fn stream<T: DeserializeOwned>(bytes: &[u8], shape: &Shape) -> Result<Vec<T>, JsonError> {
    let mut reader = Reader { bytes, at: 0 };
    let mut out = Vec::new();
    while reader.skip_space().is_some() {
        let value = reader.value(0).map_err(|error| match error.ended {
            true => JsonError::new("unexpected EOF"),
            false => error,
        })?;
        out.push(typed(value, shape)?);
    }
    Ok(out)
}

fn typed<T: DeserializeOwned>(value: Raw, shape: &Shape) -> Result<T, JsonError> {
    let value = Conforming::default().value(value, shape)?;
    // The shape and the type say the same; where they do not, the shape is wrong.
    serde_json::from_value(value).map_err(|error| JsonError::new(error.to_string()))
}

/// A value as it was read: nothing is lost yet of what counts for errors and repeated keys.
enum Raw {
    Null,
    Bool(bool),
    Number,
    Text(String),
    List(Vec<Raw>),
    Object(Vec<(String, Raw)>),
}

impl Raw {
    fn kind(&self) -> &'static str {
        match self {
            Raw::Null => "null",
            Raw::Bool(_) => "bool",
            Raw::Number => "number",
            Raw::Text(_) => "string",
            Raw::List(_) => "array",
            Raw::Object(_) => "object",
        }
    }
}

impl Raw {
    fn plain(self) -> Value {
        match self {
            Raw::Null | Raw::Number => Value::Null,
            Raw::Bool(on) => Value::Bool(on),
            Raw::Text(text) => Value::String(text),
            Raw::List(list) => Value::Array(list.into_iter().map(Raw::plain).collect()),
            Raw::Object(entries) => {
                let entries = entries.into_iter();
                Value::Object(entries.map(|(key, value)| (key, value.plain())).collect())
            }
        }
    }
}

/// Brings values into shape: the names of fields as they are declared, nothing that is not asked for.
#[derive(Default)]
struct Conforming {
    /// The struct that is being filled, and the names of the fields on the way to here.
    of: &'static str,
    fields: Vec<&'static str>,
}

impl Conforming {
    fn value(&mut self, value: Raw, shape: &Shape) -> Result<Value, JsonError> {
        Ok(match (value, shape) {
            (Raw::Null, _) => Value::Null,
            (value, Shape::Any) => value.plain(),
            (Raw::Text(text), Shape::Text) => Value::String(text),
            (Raw::Bool(on), Shape::Bool) => Value::Bool(on),
            (Raw::Text(text), Shape::Time) => {
                rfc3339::parse(&text).map_err(|error| JsonError::new(error.to_string()))?;
                Value::String(text)
            }
            (_, Shape::Time) => {
                let text = "Time.UnmarshalJSON: input is not a JSON string";
                return Err(JsonError::new(text));
            }
            (Raw::List(list), Shape::List(inner, _)) => {
                let list = list.into_iter().map(|item| self.item(item, inner));
                Value::Array(list.collect::<Result<_, _>>()?)
            }
            (Raw::Object(entries), Shape::Map(inner, _)) => {
                let mut map = Map::new();
                for (key, value) in entries {
                    map.insert(key, self.item(value, inner)?);
                }
                Value::Object(map)
            }
            (Raw::Object(entries), Shape::Struct(name, fields)) => {
                self.object(entries, name, fields)?
            }
            (other, shape) => return Err(self.mismatch(other.kind(), shape)),
        })
    }

    /// What stands in a list or a map: there `null` is the empty value.
    fn item(&mut self, value: Raw, shape: &Shape) -> Result<Value, JsonError> {
        Ok(match self.value(value, shape)? {
            Value::Null => empty(shape),
            value => value,
        })
    }

    fn object(
        &mut self,
        entries: Vec<(String, Raw)>,
        name: &'static str,
        fields: &'static [(&'static str, Shape)],
    ) -> Result<Value, JsonError> {
        let outer = std::mem::replace(&mut self.of, name.rsplit('.').next().unwrap_or(name));
        let mut out = Map::new();
        for (key, value) in entries {
            let exact = fields.iter().find(|(field, _)| *field == key);
            let folded = || fields.iter().find(|(f, _)| f.eq_ignore_ascii_case(&key));
            let Some((field, shape)) = exact.or_else(folded) else {
                continue;
            };
            self.fields.push(field);
            let value = self.value(value, shape)?;
            self.fields.pop();
            match (out.get_mut(*field), value) {
                (_, Value::Null) => {}
                // A map or struct that comes again is filled further.
                (Some(Value::Object(before)), Value::Object(more)) => before.extend(more),
                (_, value) => {
                    out.insert((*field).to_owned(), value);
                }
            }
        }
        self.of = outer;
        Ok(Value::Object(out))
    }

    fn mismatch(&self, kind: &str, shape: &Shape) -> JsonError {
        let into = match self.fields.is_empty() {
            true => "Go value".to_owned(),
            false => format!("Go struct field {}.{}", self.of, self.fields.join(".")),
        };
        let name = shape.go_name();
        JsonError::new(format!(
            "json: cannot unmarshal {kind} into {into} of type {name}"
        ))
    }
}

fn empty(shape: &Shape) -> Value {
    match shape {
        Shape::Text | Shape::Time => Value::String(String::new()),
        Shape::Bool => Value::Bool(false),
        Shape::List(..) => Value::Array(Vec::new()),
        Shape::Any => Value::Null,
        Shape::Map(..) | Shape::Struct(..) => Value::Object(Map::new()),
    }
}

fn unexpected(byte: u8, whence: &str) -> JsonError {
    let shown = match byte {
        b'\'' => "\\'".to_owned(),
        b'"' => "\"".to_owned(),
        byte => {
            let quoted = crate::quote::quote(&char::from(byte).to_string());
            quoted[1..quoted.len() - 1].to_owned()
        }
    };
    JsonError::new(format!("invalid character '{shown}' {whence}"))
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next byte, which must be there.
    fn next(&mut self) -> Result<u8, JsonError> {
        let byte = self.peek().ok_or_else(JsonError::end)?;
        self.at += 1;
        Ok(byte)
    }

    /// The next byte within a literal, a number or an escape. At the end of the text Go tries a space.
    fn next_within(&mut self, whence: &str) -> Result<u8, JsonError> {
        self.next().map_err(|_| JsonError {
            ended: true,
            ..unexpected(b' ', whence)
        })
    }

    fn skip_space(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    fn next_after_space(&mut self) -> Result<u8, JsonError> {
        self.skip_space();
        self.next()
    }

    fn value(&mut self, depth: usize) -> Result<Raw, JsonError> {
        if depth > MAX_DEPTH {
            return Err(JsonError::new("exceeded max depth"));
        }
        match self.next_after_space()? {
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b'"' => Ok(Raw::Text(self.text()?)),
            b't' => self.literal("true", Raw::Bool(true)),
            b'f' => self.literal("false", Raw::Bool(false)),
            b'n' => self.literal("null", Raw::Null),
            b'-' | b'0'..=b'9' => self.number(),
            other => Err(unexpected(other, "looking for beginning of value")),
        }
    }

    fn literal(&mut self, name: &str, value: Raw) -> Result<Raw, JsonError> {
        for expected in name.chars().skip(1) {
            let whence = format!("in literal {name} (expecting '{expected}')");
            let byte = self.next_within(&whence)?;
            if char::from(byte) != expected {
                return Err(unexpected(byte, &whence));
            }
        }
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Raw, JsonError> {
        let mut entries = Vec::new();
        if self.skip_space() == Some(b'}') {
            self.at += 1;
            return Ok(Raw::Object(entries));
        }
        loop {
            match self.next_after_space()? {
                b'"' => {}
                other => {
                    return Err(unexpected(
                        other,
                        "looking for beginning of object key string",
                    ));
                }
            }
            let key = self.text()?;
            match self.next_after_space()? {
                b':' => {}
                other => return Err(unexpected(other, "after object key")),
            }
            entries.push((key, self.value(depth + 1)?));
            match self.next_after_space()? {
                b',' => {}
                b'}' => return Ok(Raw::Object(entries)),
                other => return Err(unexpected(other, "after object key:value pair")),
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Raw, JsonError> {
        let mut list = Vec::new();
        if self.skip_space() == Some(b']') {
            self.at += 1;
            return Ok(Raw::List(list));
        }
        loop {
            list.push(self.value(depth + 1)?);
            match self.next_after_space()? {
                b',' => {}
                b']' => return Ok(Raw::List(list)),
                other => return Err(unexpected(other, "after array element")),
            }
        }
    }

    /// A number whose first byte has just been passed.
    fn number(&mut self) -> Result<Raw, JsonError> {
        let start = self.at - 1;
        if self.bytes[start] == b'-' {
            self.digit("in numeric literal")?;
        }
        if self.bytes[self.at - 1] != b'0' {
            self.digits();
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digit("after decimal point in numeric literal")?;
            self.digits();
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digit("in exponent of numeric literal")?;
            self.digits();
        }
        Ok(Raw::Number)
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn digit(&mut self, whence: &str) -> Result<(), JsonError> {
        match self.next_within(whence)? {
            b'0'..=b'9' => Ok(()),
            other => Err(unexpected(other, whence)),
        }
    }

    /// A string whose opening quote has just been passed.
    #[expect(
        clippy::disallowed_methods,
        reason = "what is no UTF-8 in JSON is U+FFFD to Go"
    )]
    fn text(&mut self) -> Result<String, JsonError> {
        let mut out = Vec::new();
        loop {
            match self.next()? {
                b'"' => return Ok(String::from_utf8_lossy(&out).into_owned()),
                b'\\' => self.escape(&mut out)?,
                byte if byte < b' ' => return Err(unexpected(byte, "in string literal")),
                byte => out.push(byte),
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), JsonError> {
        let whence = "in string escape code";
        out.push(match self.next_within(whence)? {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            byte @ (b'"' | b'\\' | b'/') => byte,
            b'u' => {
                let mut buffer = [0; 4];
                out.extend(self.character()?.encode_utf8(&mut buffer).bytes());
                return Ok(());
            }
            other => return Err(unexpected(other, whence)),
        });
        Ok(())
    }

    /// The character of `\uXXXX`, or of two that are halves of one. Half a character is none.
    fn character(&mut self) -> Result<char, JsonError> {
        let first = self.hexadecimal()?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        let behind = self.at;
        if first < 0xdc00 && self.bytes[behind..].starts_with(b"\\u") {
            self.at += 2;
            let second = self.hexadecimal()?;
            if (0xdc00..0xe000).contains(&second) {
                let c = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = behind;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hexadecimal(&mut self) -> Result<u32, JsonError> {
        let whence = "in \\u hexadecimal character escape";
        let mut value = 0;
        for _ in 0..4 {
            let byte = self.next_within(whence)?;
            let digit = char::from(byte).to_digit(16);
            let digit = digit.ok_or_else(|| unexpected(byte, whence))?;
            value = value * 16 + digit;
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(rename_all = "PascalCase", default)]
    struct RevInfo {
        version: String,
        time: Option<String>,
        origin: Option<Origin>,
        tags: Vec<String>,
        map: BTreeMap<String, String>,
        ok: bool,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(rename_all = "UPPERCASE", default)]
    struct Origin {
        vcs: String,
        url: String,
    }

    const SHAPE: Shape = Shape::Struct(
        "main.RevInfo",
        &[
            ("Version", Shape::Text),
            ("Time", Shape::Time),
            (
                "Origin",
                Shape::Struct("main.Origin", &[("VCS", Shape::Text), ("URL", Shape::Text)]),
            ),
            ("Tags", Shape::List(&Shape::Text, "[]string")),
            ("Map", Shape::Map(&Shape::Text, "map[string]string")),
            ("Ok", Shape::Bool),
        ],
    );

    fn read(text: &[u8]) -> Result<RevInfo, String> {
        // What cannot be null in the type is left out by the reader.
        let read: Result<Option<RevInfo>, JsonError> = from_slice(text, &SHAPE);
        read.map(Option::unwrap_or_default)
            .map_err(|error| error.to_string())
    }

    /// Made by Go's encoding/json with a struct of the same fields.
    #[test]
    fn says_what_go_says() {
        for (text, want) in [
            (
                "1",
                "json: cannot unmarshal number into Go value of type main.RevInfo",
            ),
            (
                r#""x""#,
                "json: cannot unmarshal string into Go value of type main.RevInfo",
            ),
            (
                "[]",
                "json: cannot unmarshal array into Go value of type main.RevInfo",
            ),
            (
                "true",
                "json: cannot unmarshal bool into Go value of type main.RevInfo",
            ),
            (
                r#"{"Version":1}"#,
                "json: cannot unmarshal number into Go struct field RevInfo.Version of type string",
            ),
            (
                r#"{"Version":[]}"#,
                "json: cannot unmarshal array into Go struct field RevInfo.Version of type string",
            ),
            (
                r#"{"Version":{}}"#,
                "json: cannot unmarshal object into Go struct field RevInfo.Version of type string",
            ),
            (
                r#"{"Version":true}"#,
                "json: cannot unmarshal bool into Go struct field RevInfo.Version of type string",
            ),
            (
                r#"{"Origin":1}"#,
                "json: cannot unmarshal number into Go struct field RevInfo.Origin of type main.Origin",
            ),
            (
                r#"{"Origin":{"VCS":1}}"#,
                "json: cannot unmarshal number into Go struct field Origin.Origin.VCS of type string",
            ),
            (
                r#"{"Time":1}"#,
                "Time.UnmarshalJSON: input is not a JSON string",
            ),
            (
                r#"{"Time":"x"}"#,
                r#"parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006""#,
            ),
            (
                r#"{"Time":"2018-02-14T25:44:20Z"}"#,
                r#"parsing time "2018-02-14T25:44:20Z": hour out of range"#,
            ),
            (
                r#"{"Tags":["a",1]}"#,
                "json: cannot unmarshal number into Go struct field RevInfo.Tags of type string",
            ),
            (
                r#"{"Tags":{}}"#,
                "json: cannot unmarshal object into Go struct field RevInfo.Tags of type []string",
            ),
            (
                r#"{"Map":{"a":1}}"#,
                "json: cannot unmarshal number into Go struct field RevInfo.Map of type string",
            ),
            (
                r#"{"Map":[]}"#,
                "json: cannot unmarshal array into Go struct field RevInfo.Map of type map[string]string",
            ),
            (
                r#"{"Ok":"true"}"#,
                "json: cannot unmarshal string into Go struct field RevInfo.Ok of type bool",
            ),
            ("{", "unexpected end of JSON input"),
            (r#"{""#, "unexpected end of JSON input"),
            (r#"{"a"#, "unexpected end of JSON input"),
            (r#"{"a""#, "unexpected end of JSON input"),
            (r#"{"a":"#, "unexpected end of JSON input"),
            (r#"{"a":1"#, "unexpected end of JSON input"),
            (r#"{"a":1,"#, "unexpected end of JSON input"),
            (
                r#"{"a":1,}"#,
                "invalid character '}' looking for beginning of object key string",
            ),
            (r#"{"a" 1}"#, "invalid character '1' after object key"),
            (
                "{a:1}",
                "invalid character 'a' looking for beginning of object key string",
            ),
            (
                "{,}",
                "invalid character ',' looking for beginning of object key string",
            ),
            (
                "[1,]",
                "invalid character ']' looking for beginning of value",
            ),
            ("[1 2]", "invalid character '2' after array element"),
            ("[", "unexpected end of JSON input"),
            ("[1", "unexpected end of JSON input"),
            (
                "nul",
                "invalid character ' ' in literal null (expecting 'l')",
            ),
            (
                "nope",
                "invalid character 'o' in literal null (expecting 'u')",
            ),
            (
                "nil",
                "invalid character 'i' in literal null (expecting 'u')",
            ),
            (
                "tru",
                "invalid character ' ' in literal true (expecting 'e')",
            ),
            (
                "truE",
                "invalid character 'E' in literal true (expecting 'e')",
            ),
            (
                "fals1",
                "invalid character '1' in literal false (expecting 'e')",
            ),
            ("-", "invalid character ' ' in numeric literal"),
            ("-a", "invalid character 'a' in numeric literal"),
            ("01", "invalid character '1' after top-level value"),
            (
                "1.",
                "invalid character ' ' after decimal point in numeric literal",
            ),
            (
                "1.a",
                "invalid character 'a' after decimal point in numeric literal",
            ),
            ("1e", "invalid character ' ' in exponent of numeric literal"),
            (
                "1e+",
                "invalid character ' ' in exponent of numeric literal",
            ),
            (
                "1ex",
                "invalid character 'x' in exponent of numeric literal",
            ),
            (r#""a"#, "unexpected end of JSON input"),
            (r#""\"#, "invalid character ' ' in string escape code"),
            (r#""\q""#, "invalid character 'q' in string escape code"),
            (
                r#""\u12"#,
                r"invalid character ' ' in \u hexadecimal character escape",
            ),
            (
                r#""\u12g4""#,
                r"invalid character 'g' in \u hexadecimal character escape",
            ),
            ("{} x", "invalid character 'x' after top-level value"),
            ("{}{}", "invalid character '{' after top-level value"),
            ("é", "invalid character 'Ã' looking for beginning of value"),
            (
                "'",
                r"invalid character '\'' looking for beginning of value",
            ),
            (
                "{'a':1}",
                r"invalid character '\'' looking for beginning of object key string",
            ),
            (
                r#"{"a":"b" "c":"d"}"#,
                r#"invalid character '"' after object key:value pair"#,
            ),
            ("", "unexpected end of JSON input"),
            ("   ", "unexpected end of JSON input"),
            (
                "\u{e9}",
                "invalid character '\u{c3}' looking for beginning of value",
            ),
            ("\"tab\tx\"", "invalid character '\\t' in string literal"),
        ] {
            assert_eq!(read(text.as_bytes()), Err(want.to_owned()), "{text}");
        }
        let odd = read(b"\xff").unwrap_err();
        assert_eq!(
            odd,
            "invalid character '\u{ff}' looking for beginning of value"
        );
    }

    #[test]
    fn takes_what_go_takes() {
        let info = read(br#"{"version":"v1","Version":"v2","Version":null,"Other":1e400}"#);
        assert_eq!(info.unwrap().version, "v2");
        let info =
            read(br#"{"Origin":{"vcs":"a"},"Origin":{"url":"b"},"Tags":["a",null]}"#).unwrap();
        let origin = info.origin.unwrap();
        assert_eq!((origin.vcs, origin.url), ("a".to_owned(), "b".to_owned()));
        assert_eq!(info.tags, ["a", ""]);
        let info = read(br#"{"Map":{"a":"b"},"Map":{"c":null}}"#).unwrap();
        assert_eq!(
            info.map
                .into_iter()
                .flat_map(|(k, v)| [k, v])
                .collect::<Vec<_>>(),
            ["a", "b", "c", ""]
        );
        assert_eq!(read(b"null"), Ok(RevInfo::default()));
        assert_eq!(
            read(b"{\"Version\":\"a\xffb\"}").unwrap().version,
            "a\u{fffd}b"
        );
        let halves = br#"{"Version":"\ud83d\ude00 \ud83d \ude00 \ud83dx"}"#;
        assert_eq!(
            read(halves).unwrap().version,
            "\u{1f600} \u{fffd} \u{fffd} \u{fffd}x"
        );
    }

    #[test]
    fn values_follow_each_other() {
        let all = |text: &str| -> Result<Vec<bool>, String> {
            stream(text.as_bytes(), &Shape::Bool).map_err(|e| e.to_string())
        };
        assert_eq!(all("true false\n"), Ok(vec![true, false]));
        assert_eq!(all("true fal"), Err("unexpected EOF".to_owned()));
        let bad = "invalid character 'x' looking for beginning of value";
        assert_eq!(all("true x"), Err(bad.to_owned()));
    }
}
