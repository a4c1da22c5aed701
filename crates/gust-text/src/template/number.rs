//! Number and character literals, which have every type that can hold them until a use decides.

use crate::{num, quote};

/// A literal with each of its readings.
#[derive(Debug, Clone)]
pub(super) struct Number {
    pub(super) text: String,
    pub(super) int: Option<i64>,
    pub(super) uint: Option<u64>,
    pub(super) float: Option<f64>,
    pub(super) complex: Option<(f64, f64)>,
}

impl Number {
    /// Reads a number literal; the error is a message.
    pub(super) fn parse(text: &str) -> Result<Number, String> {
        let mut number = Number {
            text: text.to_owned(),
            int: None,
            uint: None,
            float: None,
            complex: None,
        };
        if let Some(body) = text.strip_suffix('i') {
            number.complex = Some(parse_imaginary(body).ok_or_else(|| illegal(text))?);
            return Ok(number);
        }
        number.uint = num::parse_uint(text).ok();
        number.int = num::parse_int(text).ok();
        if number.int == Some(0) {
            // -0 is a uint too.
            number.uint = Some(0);
        }
        number.float = number
            .int
            .map(|n| n as f64)
            .or(number.uint.map(|n| n as f64));
        if number.float.is_some() {
            return Ok(number);
        }
        let float = parse_float(text).ok_or_else(|| illegal(text))?;
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(format!("integer overflow: {}", quote::quote(text)));
        }
        number.float = Some(float);
        if float == float as i64 as f64 {
            number.int = Some(float as i64);
        }
        if float >= 0.0 && float == float as u64 as f64 {
            number.uint = Some(float as u64);
        }
        Ok(number)
    }

    /// Reads a character literal with its quotes.
    pub(super) fn parse_char(text: &str) -> Result<Number, String> {
        let bad = || format!("malformed character constant: {text}");
        let value = quote::unquote(text).ok_or_else(bad)?;
        let code = value.chars().next().ok_or_else(bad)? as u32;
        Ok(Number {
            text: text.to_owned(),
            int: Some(i64::from(code)),
            uint: Some(u64::from(code)),
            float: Some(f64::from(code)),
            complex: None,
        })
    }

    /// Written as a floating-point number.
    pub(super) fn looks_float(&self) -> bool {
        let hex_int = self.text.len() > 2
            && self.text.starts_with("0x") | self.text.starts_with("0X")
            && !self.text.contains(['p', 'P']);
        self.float.is_some()
            && !hex_int
            && !self.text.starts_with('\'')
            && self.text.contains(['.', 'e', 'E', 'p', 'P'])
    }
}

fn illegal(text: &str) -> String {
    format!("illegal number syntax: {}", quote::quote(text))
}

/// `1+2i` or `2i`, without the `i`.
fn parse_imaginary(body: &str) -> Option<(f64, f64)> {
    let split = body
        .char_indices()
        .skip(1)
        .filter(|(at, c)| matches!(c, '+' | '-') && !body[..*at].ends_with(['e', 'E', 'p', 'P']))
        .map(|(at, _)| at)
        .next();
    match split {
        Some(at) => Some((parse_float(&body[..at])?, parse_float(&body[at..])?)),
        None => Some((0.0, parse_float(body)?)),
    }
}

/// `strconv.ParseFloat` for what the lexer lets through.
fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.trim_start_matches(['+', '-']);
    if let Some(hex) = unsigned
        .strip_prefix("0x")
        .or_else(|| unsigned.strip_prefix("0X"))
    {
        let (mantissa, power) = hex.split_once(['p', 'P'])?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut value = 0.0;
        for digit in whole.chars().chain(fraction.chars()) {
            value = value * 16.0 + f64::from(digit.to_digit(16)?);
        }
        let power: i32 = power.parse().ok()?;
        let value =
            value * 2f64.powi(power.saturating_sub(4 * i32::try_from(fraction.len()).ok()?));
        return Some(if text.starts_with('-') { -value } else { value });
    }
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    text.parse().ok().filter(|f: &f64| f.is_finite())
}
