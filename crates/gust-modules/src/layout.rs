//! Times by a layout of Go's `time` package, as far as formats of `go list -m` use them.

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// What a piece of a layout stands for; longer pieces first.
const PIECES: [&str; 24] = [
    "January", "Monday", "Z07:00", "-07:00", "-0700", "2006", "Jan", "Mon", "MST", "PM", "pm",
    "_2", "01", "02", "03", "04", "05", "06", "15", "1", "2", "3", "4", "5",
];

/// A time in RFC 3339, written as the layout has Go's reference time.
pub(crate) fn format(rfc: &str, layout: &str) -> String {
    let number = |from: usize, to: usize| {
        rfc.get(from..to)
            .and_then(|t| t.parse::<i64>().ok())
            .unwrap_or(0)
    };
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let (hour, minute, second) = (number(11, 13), number(14, 16), number(17, 19));
    let zone = rfc
        .get(19..)
        .unwrap_or("Z")
        .trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let mut out = String::new();
    let mut rest = layout;
    while let Some(c) = rest.chars().next() {
        let Some(piece) = PIECES.iter().find(|piece| rest.starts_with(**piece)) else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        rest = &rest[piece.len()..];
        let hour12 = (hour + 11) % 12 + 1;
        out.push_str(&match *piece {
            "January" => MONTHS[(month.clamp(1, 12) - 1) as usize].to_owned(),
            "Jan" => MONTHS[(month.clamp(1, 12) - 1) as usize][..3].to_owned(),
            "Monday" => DAYS[weekday(year, month, day)].to_owned(),
            "Mon" => DAYS[weekday(year, month, day)][..3].to_owned(),
            "Z07:00" => zone.to_owned(),
            "-07:00" if zone == "Z" => "+00:00".to_owned(),
            "-07:00" => zone.to_owned(),
            "-0700" if zone == "Z" => "+0000".to_owned(),
            "-0700" => zone.replace(':', ""),
            "MST" if zone == "Z" => "UTC".to_owned(),
            "MST" => zone.replace(':', ""),
            "2006" => format!("{year:04}"),
            "06" => format!("{:02}", year % 100),
            "PM" => if hour < 12 { "AM" } else { "PM" }.to_owned(),
            "pm" => if hour < 12 { "am" } else { "pm" }.to_owned(),
            "01" => format!("{month:02}"),
            "1" => month.to_string(),
            "02" => format!("{day:02}"),
            "_2" => format!("{day:2}"),
            "2" => day.to_string(),
            "03" => format!("{hour12:02}"),
            "3" => hour12.to_string(),
            "15" => format!("{hour:02}"),
            "04" => format!("{minute:02}"),
            "4" => minute.to_string(),
            "05" => format!("{second:02}"),
            _ => second.to_string(),
        });
    }
    out
}

/// 0 for Sunday.
fn weekday(year: i64, month: i64, day: i64) -> usize {
    const OFFSETS: [i64; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let year = if month < 3 { year - 1 } else { year };
    let offset = OFFSETS[(month.clamp(1, 12) - 1) as usize];
    (year + year / 4 - year / 100 + year / 400 + offset + day).rem_euclid(7) as usize
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn layouts() {
        let time = "2019-06-19T02:03:00Z";
        assert_eq!(format(time, "2006-01-02"), "2019-06-19");
        assert_eq!(
            format(time, "Mon Jan _2 15:04:05 MST 2006"),
            "Wed Jun 19 02:03:00 UTC 2019"
        );
        assert_eq!(
            format("2019-06-09T14:03:00+02:00", "Jan 2, 2006 at 3:04pm (-0700)"),
            "Jun 9, 2019 at 2:03pm (+0200)"
        );
    }
}
