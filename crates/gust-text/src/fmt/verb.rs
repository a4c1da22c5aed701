//! Single values under a verb: strings, integers, floats, with flags, width and precision.

use crate::quote;

/// What stands between `%` and the verb.
#[derive(Debug, Clone, Default)]
pub(super) struct Spec {
    pub(super) sharp: bool,
    pub(super) zero: bool,
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) space: bool,
    /// `%#v`
    pub(super) sharp_v: bool,
    /// `%+v`
    pub(super) plus_v: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

impl Spec {
    /// Appends `text`, padded to the width.
    pub(super) fn pad(&self, out: &mut String, text: &str) {
        self.pad_with(out, text, if self.zero && !self.minus { '0' } else { ' ' });
    }

    fn pad_spaces(&self, out: &mut String, text: &str) {
        self.pad_with(out, text, ' ');
    }

    fn pad_with(&self, out: &mut String, text: &str, fill: char) {
        let missing = self
            .width
            .map_or(0, |width| width.saturating_sub(text.chars().count()));
        let padding = std::iter::repeat_n(fill, missing);
        if self.minus {
            out.push_str(text);
            out.extend(padding);
        } else {
            out.extend(padding);
            out.push_str(text);
        }
    }

    fn truncate<'s>(&self, text: &'s str) -> &'s str {
        let end = self.precision.and_then(|n| text.char_indices().nth(n));
        end.map_or(text, |(at, _)| &text[..at])
    }

    /// A string; false when the verb does not take one.
    pub(super) fn string(&self, out: &mut String, verb: char, text: &str) -> bool {
        match verb {
            'v' if self.sharp_v => self.quoted(out, text),
            'v' | 's' => self.pad(out, self.truncate(text)),
            'x' => self.hex(out, text, "0123456789abcdefx"),
            'X' => self.hex(out, text, "0123456789ABCDEFX"),
            'q' => self.quoted(out, text),
            _ => return false,
        }
        true
    }

    fn quoted(&self, out: &mut String, text: &str) {
        let text = self.truncate(text);
        if self.sharp && quote::can_backquote(text) {
            self.pad(out, &format!("`{text}`"));
        } else if self.plus {
            self.pad(out, &quote::quote_ascii(text));
        } else {
            self.pad(out, &quote::quote(text));
        }
    }

    fn hex(&self, out: &mut String, text: &str, digits: &str) {
        let digits = digits.as_bytes();
        let bytes = text.as_bytes();
        let bytes = &bytes[..self.precision.unwrap_or(bytes.len()).min(bytes.len())];
        let mut hex = String::new();
        for (i, byte) in bytes.iter().enumerate() {
            if self.space && i > 0 {
                hex.push(' ');
            }
            if self.sharp && (self.space || i == 0) {
                hex.push('0');
                hex.push(digits[16] as char);
            }
            hex.push(digits[usize::from(byte >> 4)] as char);
            hex.push(digits[usize::from(byte & 15)] as char);
        }
        self.pad(out, &hex);
    }

    /// An integer; false when the verb does not take one.
    pub(super) fn integer(&self, out: &mut String, verb: char, value: i128) -> bool {
        let (base, upper) = match verb {
            'v' | 'd' => (10, false),
            'b' => (2, false),
            'o' | 'O' => (8, false),
            'x' => (16, false),
            'X' => (16, true),
            'c' => {
                self.pad(out, &character(value).to_string());
                return true;
            }
            'q' => {
                self.pad(out, &quote::quote_char(character(value), self.plus));
                return true;
            }
            'U' => {
                self.unicode(out, value);
                return true;
            }
            _ => return false,
        };
        let text = self.integer_text(value, base, upper, verb == 'O');
        self.pad_spaces(out, &text);
        true
    }

    /// `0x` and the digits, as `%#v` shows unsigned integers.
    pub(super) fn hex_literal(&self, out: &mut String, value: u64) {
        let spec = Spec {
            sharp: true,
            ..self.clone()
        };
        let text = spec.integer_text(i128::from(value), 16, false, false);
        spec.pad_spaces(out, &text);
    }

    fn integer_text(&self, value: i128, base: u32, upper: bool, big_octal: bool) -> String {
        let sign = match (value < 0, self.plus, self.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        let least = match (self.precision, self.width) {
            (Some(0), _) if value == 0 => return String::new(),
            (Some(precision), _) => precision,
            (None, Some(width)) if self.zero && !self.minus => width.saturating_sub(sign.len()),
            _ => 1,
        };
        let mut digits = Vec::new();
        let mut rest = value.unsigned_abs();
        while rest > 0 || digits.is_empty() {
            let digit = char::from_digit((rest % u128::from(base)) as u32, base).unwrap_or('0');
            digits.push(if upper {
                digit.to_ascii_uppercase()
            } else {
                digit
            });
            rest /= u128::from(base);
        }
        digits.extend(std::iter::repeat_n('0', least.saturating_sub(digits.len())));
        let leads_with_zero = digits.last() == Some(&'0');
        let prefix = match base {
            2 if self.sharp => "0b",
            16 if self.sharp && upper => "0X",
            16 if self.sharp => "0x",
            8 if big_octal && self.sharp && !leads_with_zero => "0o0",
            8 if big_octal => "0o",
            8 if self.sharp && !leads_with_zero => "0",
            _ => "",
        };
        format!("{sign}{prefix}{}", digits.iter().rev().collect::<String>())
    }

    fn unicode(&self, out: &mut String, value: i128) {
        let code = value as u64;
        let mut text = format!(
            "U+{code:0width$X}",
            width = self.precision.unwrap_or(4).max(4)
        );
        if let Some(c) = u32::try_from(code)
            .ok()
            .and_then(char::from_u32)
            .filter(|c| self.sharp && quote::is_print(*c))
        {
            text.push_str(&format!(" '{c}'"));
        }
        self.pad_spaces(out, &text);
    }

    /// A float; false when the verb does not take one.
    pub(super) fn float(&self, out: &mut String, verb: char, value: f64) -> bool {
        let (form, default) = match verb {
            'v' | 'g' | 'G' => ('g', None),
            'e' | 'E' => ('e', Some(6)),
            'f' | 'F' => ('f', Some(6)),
            _ => return false,
        };
        if !value.is_finite() {
            let text = match (value.is_nan(), value > 0.0) {
                (true, _) if self.plus => "+NaN",
                (true, _) if self.space => " NaN",
                (true, _) => "NaN",
                (_, true) if self.space && !self.plus => " Inf",
                (_, true) => "+Inf",
                _ => "-Inf",
            };
            self.pad_spaces(out, text);
            return true;
        }
        let mut text = match (form, self.precision.or(default)) {
            ('e', Some(precision)) => exponent(format!("{:.precision$e}", value.abs())),
            ('f', Some(precision)) => format!("{:.precision$}", value.abs()),
            (_, precision) => general(value.abs(), precision, self.sharp),
        };
        if verb.is_ascii_uppercase() {
            text = text.to_ascii_uppercase();
        }
        let sign = match (value.is_sign_negative(), self.plus, self.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        if self.zero && !self.minus {
            let width = self.width.map(|width| width.saturating_sub(sign.len()));
            out.push_str(sign);
            Spec {
                width,
                ..self.clone()
            }
            .pad(out, &text);
        } else {
            self.pad(out, &format!("{sign}{text}"));
        }
        true
    }
}

fn character(value: i128) -> char {
    u32::try_from(value)
        .ok()
        .and_then(char::from_u32)
        .unwrap_or('\u{fffd}')
}

/// Rust's `1.5e10` as Go's `1.5e+10`.
fn exponent(text: String) -> String {
    let Some((digits, power)) = text.split_once('e') else {
        return text;
    };
    let (sign, power) = match power.strip_prefix('-') {
        Some(power) => ('-', power),
        None => ('+', power),
    };
    format!("{digits}e{sign}{power:0>2}")
}

/// `%g` of a number that is not negative: the shorter of `%e` and `%f`.
fn general(value: f64, precision: Option<usize>, keep_zeros: bool) -> String {
    let scientific = match precision {
        Some(precision) => format!("{:.*e}", precision.max(1) - 1, value),
        None => format!("{value:e}"),
    };
    let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let mut digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    if !keep_zeros {
        digits.truncate(digits.trim_end_matches('0').len().max(1));
    } else {
        let want = precision.unwrap_or(6).max(1);
        digits.extend(std::iter::repeat_n('0', want.saturating_sub(digits.len())));
    }
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let limit = match precision {
        None => 6,
        Some(precision) => {
            let precision = i32::try_from(precision.max(1)).unwrap_or(i32::MAX);
            if precision > count && count > power {
                count
            } else {
                precision
            }
        }
    };
    if power < -4 || power >= limit {
        let mut text = digits.clone();
        if text.len() > 1 {
            text.insert(1, '.');
        }
        return exponent(format!("{text}e{power}"));
    }
    if power < 0 {
        let zeros = "0".repeat(usize::try_from(-power - 1).unwrap_or(0));
        return format!("0.{zeros}{digits}");
    }
    let point = usize::try_from(power).unwrap_or(0) + 1;
    if digits.len() <= point {
        let zeros = "0".repeat(point - digits.len());
        return format!("{digits}{zeros}{}", if keep_zeros { "." } else { "" });
    }
    digits.insert(point, '.');
    digits
}
