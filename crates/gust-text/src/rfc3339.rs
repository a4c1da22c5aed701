//! Times as RFC 3339 writes them, and what Go's `time.Parse` says of text that is none.

use std::fmt;

/// The layout that Go names in its errors.
const LAYOUT: &str = "2006-01-02T15:04:05Z07:00";

/// A date and a time of day, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// 0 to 9999.
    pub year: u32,
    /// 1 to 12.
    pub month: u32,
    /// From 1.
    pub day: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// 0 to 59.
    pub second: u32,
    /// Within the second.
    pub nanos: u32,
    /// Minutes east of UTC.
    pub offset: i32,
}

/// Why text is no time. `Display` is the text of Go's `time.ParseError`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeError {
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// The rest of the text is not what this part of the layout asks for.
    Part { rest: String, layout: &'static str },
    /// A number is too large or too small.
    Range(&'static str),
    /// Text behind the end.
    Extra(String),
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = quote(&self.text);
        match &self.kind {
            Kind::Part { rest, layout } => write!(
                f,
                "parsing time {text} as {}: cannot parse {} as {}",
                quote(LAYOUT),
                quote(rest),
                quote(layout)
            ),
            Kind::Range(what) => write!(f, "parsing time {text}: {what} out of range"),
            Kind::Extra(rest) => write!(f, "parsing time {text}: extra text: {}", quote(rest)),
        }
    }
}

impl std::error::Error for TimeError {}

/// Package time quotes bytes, not characters.
fn quote(text: &str) -> String {
    let mut out = String::from('"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            b' '..=b'~' | 0x7f => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}

/// Reads a time, as leniently as Go does: an hour of one digit, a comma before the fraction.
///
/// # Errors
/// The first part that is not as it should be.
pub fn parse(text: &str) -> Result<Written, TimeError> {
    let fail = |kind| TimeError {
        text: text.to_owned(),
        kind,
    };
    let mut reader = Reader { rest: text };
    let written = reader.date_and_time().map_err(fail)?;
    if !reader.rest.is_empty() {
        return Err(fail(Kind::Extra(reader.rest.to_owned())));
    }
    if written.day < 1 || written.day > days_in_month(written.year, written.month) {
        return Err(fail(Kind::Range("day")));
    }
    Ok(written)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn date_and_time(&mut self) -> Result<Written, Kind> {
        let mut out = Written {
            year: self.number("2006", 4, 4)?,
            ..Written::default()
        };
        self.mark("-")?;
        out.month = within(self.number("01", 2, 2)?, 1..=12, "month")?;
        self.mark("-")?;
        out.day = self.number("02", 2, 2)?;
        self.mark("T")?;
        out.hour = within(self.number("15", 1, 2)?, 0..=23, "hour")?;
        self.mark(":")?;
        out.minute = within(self.number("04", 2, 2)?, 0..=59, "minute")?;
        self.mark(":")?;
        out.second = within(self.number("05", 2, 2)?, 0..=59, "second")?;
        out.nanos = self.fraction();
        out.offset = self.offset()?;
        Ok(out)
    }

    fn bad(&self, layout: &'static str) -> Kind {
        Kind::Part {
            rest: self.rest.to_owned(),
            layout,
        }
    }

    fn mark(&mut self, mark: &'static str) -> Result<(), Kind> {
        self.rest = self.rest.strip_prefix(mark).ok_or_else(|| self.bad(mark))?;
        Ok(())
    }

    fn number(&mut self, layout: &'static str, least: usize, most: usize) -> Result<u32, Kind> {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let length = digits.min(most);
        let number = self.rest[..length].parse().ok().filter(|_| length >= least);
        let number = number.ok_or_else(|| self.bad(layout))?;
        self.rest = &self.rest[length..];
        Ok(number)
    }

    /// Digits behind a point or a comma; what is smaller than a nanosecond is left off.
    fn fraction(&mut self) -> u32 {
        let Some(rest) = self.rest.strip_prefix(['.', ',']) else {
            return 0;
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return 0;
        }
        self.rest = &rest[digits..];
        let nanos = format!("{:0<9}", &rest[..digits.min(9)]);
        nanos.parse().unwrap_or(0)
    }

    fn offset(&mut self) -> Result<i32, Kind> {
        const LAYOUT: &str = "Z07:00";
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(0);
        }
        let bad = || self.bad(LAYOUT);
        let [sign @ (b'+' | b'-'), h1, h0, b':', m1, m0, ..] = *self.rest.as_bytes() else {
            return Err(bad());
        };
        let two = |high: u8, low: u8| -> Option<i32> {
            let digit = |b: u8| b.is_ascii_digit().then(|| i32::from(b - b'0'));
            Some(digit(high)? * 10 + digit(low)?)
        };
        let (Some(hours), Some(minutes)) = (two(h1, h0), two(m1, m0)) else {
            return Err(bad());
        };
        // Some write offsets of 24 hours, or of 60 minutes.
        if hours > 24 {
            return Err(Kind::Range("time zone offset hour"));
        }
        if minutes > 60 {
            return Err(Kind::Range("time zone offset minute"));
        }
        self.rest = &self.rest[6..];
        let offset = hours * 60 + minutes;
        Ok(if sign == b'-' { -offset } else { offset })
    }
}

fn within(
    number: u32,
    range: std::ops::RangeInclusive<u32>,
    what: &'static str,
) -> Result<u32, Kind> {
    match range.contains(&number) {
        true => Ok(number),
        false => Err(Kind::Range(what)),
    }
}

fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by Go's time.Parse.
    #[test]
    fn says_what_go_says() {
        for (text, want) in [
            (
                "2018-02-14T15:44:20-25:00",
                r#""2018-02-14T15:44:20-25:00": time zone offset hour out of range"#,
            ),
            (
                "2018-02-14T15:44:20-24:61",
                r#""2018-02-14T15:44:20-24:61": time zone offset minute out of range"#,
            ),
            (
                "2018-02-14T15:44:20+0200",
                r#""2018-02-14T15:44:20+0200" as "2006-01-02T15:04:05Z07:00": cannot parse "+0200" as "Z07:00""#,
            ),
            (
                "2018-02-14T15:44:20",
                r#""2018-02-14T15:44:20" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "Z07:00""#,
            ),
            (
                "2018-02-14T15:44:20Zx",
                r#""2018-02-14T15:44:20Zx": extra text: "x""#,
            ),
            (
                "2018-02-14T15:44:20.Z",
                r#""2018-02-14T15:44:20.Z" as "2006-01-02T15:04:05Z07:00": cannot parse ".Z" as "Z07:00""#,
            ),
            (
                "2018-02-14 15:44:20Z",
                r#""2018-02-14 15:44:20Z" as "2006-01-02T15:04:05Z07:00": cannot parse " 15:44:20Z" as "T""#,
            ),
            (
                "2018-02-14",
                r#""2018-02-14" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T""#,
            ),
            (
                "2018-02-30T15:44:20Z",
                r#""2018-02-30T15:44:20Z": day out of range"#,
            ),
            (
                "2018-02-00T15:44:20Z",
                r#""2018-02-00T15:44:20Z": day out of range"#,
            ),
            (
                "2018-02-32T15:44:20Z",
                r#""2018-02-32T15:44:20Z": day out of range"#,
            ),
            (
                "2018-13-01T15:44:20Z",
                r#""2018-13-01T15:44:20Z": month out of range"#,
            ),
            (
                "2018-00-01T15:44:20Z",
                r#""2018-00-01T15:44:20Z": month out of range"#,
            ),
            (
                "2018-1-01T15:44:20Z",
                r#""2018-1-01T15:44:20Z" as "2006-01-02T15:04:05Z07:00": cannot parse "1-01T15:44:20Z" as "01""#,
            ),
            (
                "2018-01-1T15:44:20Z",
                r#""2018-01-1T15:44:20Z" as "2006-01-02T15:04:05Z07:00": cannot parse "1T15:44:20Z" as "02""#,
            ),
            (
                "2018-01-01T24:44:20Z",
                r#""2018-01-01T24:44:20Z": hour out of range"#,
            ),
            (
                "2018-01-01T23:60:20Z",
                r#""2018-01-01T23:60:20Z": minute out of range"#,
            ),
            (
                "2018-01-01T23:59:60Z",
                r#""2018-01-01T23:59:60Z": second out of range"#,
            ),
            (
                "2018-01-01T23:5:60Z",
                r#""2018-01-01T23:5:60Z" as "2006-01-02T15:04:05Z07:00": cannot parse "5:60Z" as "04""#,
            ),
            (
                "20x8-01-01T23:59:60Z",
                r#""20x8-01-01T23:59:60Z" as "2006-01-02T15:04:05Z07:00": cannot parse "20x8-01-01T23:59:60Z" as "2006""#,
            ),
            (
                "208",
                r#""208" as "2006-01-02T15:04:05Z07:00": cannot parse "208" as "2006""#,
            ),
            (
                "",
                r#""" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006""#,
            ),
            (
                "now",
                r#""now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006""#,
            ),
            (
                "é",
                r#""\xc3\xa9" as "2006-01-02T15:04:05Z07:00": cannot parse "\xc3\xa9" as "2006""#,
            ),
            (
                "2018-01-01T23:59:00é",
                r#""2018-01-01T23:59:00\xc3\xa9" as "2006-01-02T15:04:05Z07:00": cannot parse "\xc3\xa9" as "Z07:00""#,
            ),
            (
                "2018-01-01T23:59:00+0é:00",
                r#""2018-01-01T23:59:00+0\xc3\xa9:00" as "2006-01-02T15:04:05Z07:00": cannot parse "+0\xc3\xa9:00" as "Z07:00""#,
            ),
            (
                r#""q\"#,
                r#""\"q\\" as "2006-01-02T15:04:05Z07:00": cannot parse "\"q\\" as "2006""#,
            ),
            (
                "12018-01-01T23:59:00Z",
                r#""12018-01-01T23:59:00Z" as "2006-01-02T15:04:05Z07:00": cannot parse "8-01-01T23:59:00Z" as "-""#,
            ),
            (
                "2018-01-01T233:59:00Z",
                r#""2018-01-01T233:59:00Z" as "2006-01-02T15:04:05Z07:00": cannot parse "3:59:00Z" as ":""#,
            ),
            (
                "2018-01-01t23:59:00Z",
                r#""2018-01-01t23:59:00Z" as "2006-01-02T15:04:05Z07:00": cannot parse "t23:59:00Z" as "T""#,
            ),
            (
                "2018-01-01T23:59:00z",
                r#""2018-01-01T23:59:00z" as "2006-01-02T15:04:05Z07:00": cannot parse "z" as "Z07:00""#,
            ),
        ] {
            let said = parse(text).unwrap_err().to_string();
            assert_eq!(said, format!("parsing time {want}"));
        }
    }

    #[test]
    fn takes_what_go_takes() {
        let written = Written {
            year: 2018,
            month: 2,
            day: 14,
            hour: 15,
            minute: 44,
            second: 20,
            ..Written::default()
        };
        assert_eq!(parse("2018-02-14T15:44:20Z"), Ok(written));
        let nanos = 500_000_000;
        assert_eq!(
            parse("2018-02-14T15:44:20,5Z"),
            Ok(Written { nanos, ..written })
        );
        assert_eq!(
            parse("2018-02-14T1:44:20Z"),
            Ok(Written { hour: 1, ..written })
        );
        let offset = -(24 * 60 + 60);
        assert_eq!(
            parse("2018-02-14T15:44:20-24:60"),
            Ok(Written { offset, ..written })
        );
    }
}
