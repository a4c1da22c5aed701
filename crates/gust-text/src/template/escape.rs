//! `html`, `js` and `urlquery`.

use crate::quote;
use std::fmt::Write as _;

/// Text as HTML shows it.
pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\0' => out.push('\u{fffd}'),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
    out
}

/// Text within a JavaScript string literal.
pub(super) fn js(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let _ = match c {
            '\\' | '\'' | '"' => write!(out, "\\{c}"),
            '<' | '>' | '&' | '=' | '\0'..=' ' if c != ' ' => write!(out, "\\u{:04X}", c as u32),
            _ if c.is_ascii() || quote::is_print(c) || gust_bytes::byte_of(c).is_some() => {
                write!(out, "{c}")
            }
            _ => write!(out, "\\u{:04X}", c as u32),
        };
    }
    out
}

/// `url.QueryEscape`.
pub(super) fn url_query(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in gust_bytes::raw(text).iter() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(byte as char)
            }
            b' ' => out.push('+'),
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}
