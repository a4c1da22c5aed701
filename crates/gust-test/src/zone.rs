//! The local time zone, as Go programs find it; times in the two forms that `go test` writes them in.

use std::path::{Path, PathBuf};

use gust_fs::View;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Where the system keeps its zones.
const PLACES: [&str; 4] = [
    "/usr/share/zoneinfo",
    "/usr/share/lib/zoneinfo",
    "/usr/lib/locale/TZ",
    "/etc/zoneinfo",
];

/// A time zone.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone that `TZ` says: unset is /etc/localtime, empty is UTC, and so is one that cannot be found. As Go's time package.
    pub fn local(view: &View, tz: Option<&str>) -> Zone {
        let read = |path: &Path| {
            let bytes = view.read(path).ok()?;
            TimeZone::tzif("", &bytes).ok()
        };
        let found = match tz.map(|tz| tz.strip_prefix(':').unwrap_or(tz)) {
            None => read(Path::new("/etc/localtime")),
            Some("") => None,
            Some(path) if path.starts_with('/') => read(Path::new(path)),
            Some("UTC") => None,
            Some(name) if name.split('/').any(|part| part == "..") => None,
            Some(name) => PLACES
                .iter()
                .find_map(|place| read(&PathBuf::from(place).join(name))),
        };
        Zone(found.unwrap_or(TimeZone::UTC))
    }

    /// `2026-11-26T01:23:07.5+01:00`, as Go writes times in JSON; from nanoseconds since 1970.
    pub(crate) fn rfc3339(&self, ns: i64) -> String {
        let moment = self.at(ns);
        let date = moment.date_and_time;
        let (sign, hours, minutes) = split(moment.offset);
        match moment.offset {
            0 => format!("{}T{}Z", date.0, date.1),
            _ => format!("{}T{}{sign}{hours:02}:{minutes:02}", date.0, date.1),
        }
    }

    /// `2026-11-26 01:23:07.5 +0100 CET`, as Go prints a time; from nanoseconds since 1970.
    pub(crate) fn text(&self, ns: i64) -> String {
        let moment = self.at(ns);
        let date = moment.date_and_time;
        let (sign, hours, minutes) = split(moment.offset);
        let name = moment.name;
        format!("{} {} {sign}{hours:02}{minutes:02} {name}", date.0, date.1)
    }

    fn at(&self, ns: i64) -> Moment {
        let stamp = Timestamp::from_nanosecond(i128::from(ns)).unwrap_or_default();
        let info = self.0.to_offset_info(stamp);
        let civil = info.offset().to_datetime(stamp);
        let nanos = civil.subsec_nanosecond();
        let fraction = match nanos {
            0 => String::new(),
            _ => format!(".{nanos:09}").trim_end_matches('0').to_owned(),
        };
        let date = format!(
            "{:04}-{:02}-{:02}",
            civil.year(),
            civil.month(),
            civil.day()
        );
        let (hour, minute, second) = (civil.hour(), civil.minute(), civil.second());
        Moment {
            date_and_time: (date, format!("{hour:02}:{minute:02}:{second:02}{fraction}")),
            offset: info.offset().seconds(),
            name: info.abbreviation().to_owned(),
        }
    }
}

struct Moment {
    date_and_time: (String, String),
    /// Seconds east of UTC.
    offset: i32,
    name: String,
}

fn split(offset: i32) -> (char, i32, i32) {
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.abs() / 60;
    (sign, minutes / 60, minutes % 60)
}
