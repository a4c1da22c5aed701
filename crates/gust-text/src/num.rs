//! Numbers as Go spells them: integers with a base prefix and underscores, and durations such as `1h2m0.5s`.

/// Why a number was refused. Displays as Go's flag package words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumError {
    /// Not a number in this syntax.
    #[error("parse error")]
    Syntax,
    /// A number, but one that does not fit.
    #[error("value out of range")]
    Range,
}

/// `strconv.ParseInt(s, 0, 64)`: a sign, then `0x`, `0o`, `0b`, `0` or decimal digits, with underscores between digits.
pub fn parse_int(s: &str) -> Result<i64, NumError> {
    let (negative, digits) = match s.as_bytes().first() {
        Some(b'-') => (true, &s[1..]),
        Some(b'+') => (false, &s[1..]),
        _ => (false, s),
    };
    let magnitude = parse_uint(digits)?;
    if negative {
        if magnitude > 1 << 63 {
            Err(NumError::Range)
        } else {
            Ok((magnitude as i64).wrapping_neg())
        }
    } else {
        i64::try_from(magnitude).map_err(|_| NumError::Range)
    }
}

/// `strconv.ParseUint(s, 0, 64)`.
pub fn parse_uint(s: &str) -> Result<u64, NumError> {
    let bytes = s.as_bytes();
    let (base, digits) = match bytes {
        [b'0', b'x' | b'X', rest @ ..] => (16, rest),
        [b'0', b'o' | b'O', rest @ ..] => (8, rest),
        [b'0', b'b' | b'B', rest @ ..] => (2, rest),
        [b'0', rest @ ..] if !rest.is_empty() => (8, rest),
        all => (10, all),
    };
    if digits.is_empty() {
        return Err(NumError::Syntax);
    }
    let prefixed = digits.len() != bytes.len();
    let mut value: u64 = 0;
    let mut overflow = false;
    let mut after_digit = prefixed;
    for &byte in digits {
        if byte == b'_' {
            if !after_digit {
                return Err(NumError::Syntax);
            }
            after_digit = false;
            continue;
        }
        let digit = (byte as char)
            .to_digit(36)
            .filter(|d| *d < base)
            .ok_or(NumError::Syntax)?;
        after_digit = true;
        match value
            .checked_mul(u64::from(base))
            .and_then(|v| v.checked_add(u64::from(digit)))
        {
            Some(v) => value = v,
            None => overflow = true,
        }
    }
    if !after_digit {
        return Err(NumError::Syntax);
    }
    if overflow {
        Err(NumError::Range)
    } else {
        Ok(value)
    }
}

/// `strconv.ParseBool`.
pub fn parse_bool(s: &str) -> Result<bool, NumError> {
    match s {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(NumError::Syntax),
    }
}

const UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// `time.ParseDuration`, in nanoseconds. Every failure is [`NumError::Syntax`], as Go's flag package has it.
pub fn parse_duration(s: &str) -> Result<i64, NumError> {
    let (negative, mut rest) = match s.as_bytes().first() {
        Some(b'-') => (true, &s[1..]),
        Some(b'+') => (false, &s[1..]),
        _ => (false, s),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(NumError::Syntax);
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (part, after) = duration_part(rest).ok_or(NumError::Syntax)?;
        total = total
            .checked_add(part)
            .filter(|t| *t <= 1 << 63)
            .ok_or(NumError::Syntax)?;
        rest = after;
    }
    match (negative, i64::try_from(total)) {
        (false, Ok(value)) => Ok(value),
        (true, Ok(value)) => Ok(-value),
        (true, Err(_)) => Ok(i64::MIN),
        (false, Err(_)) => Err(NumError::Syntax),
    }
}

/// One `12.5ms` at the start of `s`: its nanoseconds and what follows.
fn duration_part(s: &str) -> Option<(u64, &str)> {
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let whole = &s[..digits(s)];
    let mut rest = &s[whole.len()..];
    let mut fraction = "";
    if let Some(after) = rest.strip_prefix('.') {
        fraction = &after[..digits(after)];
        rest = &after[fraction.len()..];
    }
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let unit_len = rest
        .bytes()
        .take_while(|b| *b != b'.' && !b.is_ascii_digit())
        .count();
    let (unit, after) = rest.split_at(unit_len);
    let scale = UNITS.iter().find(|(name, _)| *name == unit)?.1;
    let whole: u64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let mut nanos = whole.checked_mul(scale)?;
    let (mut numerator, mut denominator) = (0u64, 1.0f64);
    for digit in fraction.bytes() {
        let Some(next) = numerator
            .checked_mul(10)
            .and_then(|n| n.checked_add(u64::from(digit - b'0')))
        else {
            break;
        };
        numerator = next;
        denominator *= 10.0;
    }
    nanos = nanos.checked_add((numerator as f64 * (scale as f64 / denominator)) as u64)?;
    Some((nanos, after))
}

/// `time.Duration`'s text: `1h0m0.5s`, `1.5ms`, `0s`; from nanoseconds.
pub fn format_duration(ns: i64) -> String {
    let sign = if ns < 0 { "-" } else { "" };
    let total = ns.unsigned_abs();
    if total == 0 {
        return "0s".to_owned();
    }
    let small = UNITS.iter().rfind(|(name, scale)| {
        matches!(*name, "ns" | "µs" | "ms") && *scale <= total && total < 1_000_000_000
    });
    if let Some((unit, scale)) = small {
        return format!(
            "{sign}{}{unit}",
            decimal(total / scale, total % scale, *scale)
        );
    }
    let (minutes, rest) = (total / 60_000_000_000, total % 60_000_000_000);
    let seconds = decimal(rest / 1_000_000_000, rest % 1_000_000_000, 1_000_000_000);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

/// A whole number and a fraction of `scale`, a power of ten, without zeros at the end.
fn decimal(whole: u64, fraction: u64, scale: u64) -> String {
    if fraction == 0 {
        return whole.to_string();
    }
    let width = scale.ilog10() as usize;
    let digits = format!("{fraction:0width$}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        assert_eq!(parse_int("0x1_f"), Ok(31));
        assert_eq!(parse_int("-9223372036854775808"), Ok(i64::MIN));
        assert_eq!(parse_int("9223372036854775808"), Err(NumError::Range));
        assert_eq!(parse_int("0_17"), Ok(15));
        for bad in ["", "-", "0x", "1__0", "_1", "1_", "08", "12a", "0x_"] {
            assert_eq!(parse_int(bad), Err(NumError::Syntax), "{bad}");
        }
    }

    #[test]
    fn durations_are_told() {
        for (ns, want) in [
            (0, "0s"),
            (1, "1ns"),
            (1_100, "1.1µs"),
            (2_200_000, "2.2ms"),
            (999_999_999, "999.999999ms"),
            (3_300_000_000, "3.3s"),
            (600_000_000_000, "10m0s"),
            (245_000_000_001, "4m5.000000001s"),
            (18_367_001_000_000, "5h6m7.001s"),
            (-1_500_000, "-1.5ms"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            assert_eq!(format_duration(ns), want);
        }
    }

    #[test]
    fn durations() {
        assert_eq!(parse_duration("1h2m3.5s"), Ok(3_723_500_000_000));
        assert_eq!(parse_duration("-1.5us"), Ok(-1500));
        assert_eq!(parse_duration("0"), Ok(0));
        for bad in ["3", "", "s", ".s", "1x", "9999999999h", "-"] {
            assert_eq!(parse_duration(bad), Err(NumError::Syntax), "{bad}");
        }
    }
}
