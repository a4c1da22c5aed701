//! Go versions compared, until gust-syntax has them.

use std::cmp::Ordering;

pub(crate) fn is_valid(v: &str) -> bool {
    parse(v).is_some()
}

pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    parse(a).cmp(&parse(b))
}

fn parse(v: &str) -> Option<(u32, u32, i64, String, u32)> {
    let (numbers, kind, pre) = match v.find(|c: char| c.is_ascii_alphabetic()) {
        Some(at) => {
            let rest = &v[at..];
            let digits = rest.find(|c: char| c.is_ascii_digit())?;
            (
                &v[..at],
                rest[..digits].to_owned(),
                rest[digits..].parse().ok()?,
            )
        }
        None => (v, String::new(), 0),
    };
    let mut parts = numbers.split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = match parts.next() {
        Some(m) => m.parse().ok()?,
        None => 0,
    };
    let patch = match parts.next() {
        Some(p) => p.parse::<i64>().ok()?,
        None if !kind.is_empty() => 0,
        None if minor >= 21 => -1,
        None => 0,
    };
    let kind = if kind.is_empty() && patch >= 0 {
        "~".to_owned()
    } else {
        kind
    };
    parts
        .next()
        .is_none()
        .then_some((major, minor, patch, kind, pre))
}
