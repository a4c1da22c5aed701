//! One event's bytes.

use gust_text::json::{self, GoString};

use crate::zone::Zone;

/// What events are stamped with; without one they have no `Time` and no `Elapsed`.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The zone that times are told in.
    pub zone: Zone,
}

/// What happened, of which test. Empty fields are left out.
#[derive(Default)]
pub(super) struct Event<'a> {
    pub(super) action: &'static str,
    pub(super) test: &'a [u8],
    pub(super) elapsed: Option<f64>,
    pub(super) output: Option<&'a [u8]>,
    pub(super) output_type: &'static str,
    pub(super) failed_build: &'a str,
    pub(super) key: &'a [u8],
    pub(super) value: &'a [u8],
    pub(super) path: &'a [u8],
}

/// Events as lines, gathered until they are taken.
pub(super) struct Lines {
    clock: Option<Clock>,
    /// What stands for a byte that is not UTF-8: the character U+FFFD (go1.27), or its escape.
    bare_replacement: bool,
    /// `,"Package":"p"`, or nothing.
    package: Vec<u8>,
    /// The events, complete.
    pub(super) bytes: Vec<u8>,
}

impl Lines {
    pub(super) fn new(package: &str, bare_replacement: bool, clock: Option<Clock>) -> Lines {
        let mut field = Vec::new();
        push_field(&mut field, "Package", package.as_bytes(), bare_replacement);
        Lines {
            clock,
            bare_replacement,
            package: field,
            bytes: Vec::with_capacity(4096),
        }
    }

    pub(super) fn push(&mut self, event: &Event<'_>) {
        let (out, bare) = (&mut self.bytes, self.bare_replacement);
        out.push(b'{');
        if let Some(clock) = &self.clock {
            let now = clock.zone.rfc3339(gust_fs::meta::now_ns());
            out.extend_from_slice(format!("\"Time\":\"{now}\",").as_bytes());
        }
        out.extend_from_slice(b"\"Action\":\"");
        out.extend_from_slice(event.action.as_bytes());
        out.push(b'"');
        out.extend_from_slice(&self.package);
        push_field(out, "Test", event.test, bare);
        if let (Some(_), Some(seconds)) = (&self.clock, event.elapsed) {
            out.extend_from_slice(b",\"Elapsed\":");
            push_json(out, &seconds);
        }
        if let Some(output) = event.output {
            out.extend_from_slice(b",\"Output\":");
            push_text(out, output, bare);
        }
        push_field(out, "OutputType", event.output_type.as_bytes(), bare);
        push_field(out, "FailedBuild", event.failed_build.as_bytes(), bare);
        push_field(out, "Key", event.key, bare);
        push_field(out, "Value", event.value, bare);
        push_field(out, "Path", event.path, bare);
        out.extend_from_slice(b"}\n");
    }
}

fn push_field(out: &mut Vec<u8>, name: &str, value: &[u8], bare: bool) {
    if value.is_empty() {
        return;
    }
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    push_text(out, value, bare);
}

fn push_text(out: &mut Vec<u8>, text: &[u8], bare: bool) {
    if !bare || std::str::from_utf8(text).is_ok() {
        return push_json(out, &GoString(text));
    }
    let mut whole = String::with_capacity(text.len() + 16);
    for chunk in text.utf8_chunks() {
        whole += chunk.valid();
        whole.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    push_json(out, &*whole);
}

fn push_json(out: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) {
    // A string and a finite number are always JSON, and a Vec takes every byte.
    let _ = json::write_compact(out, value);
}
