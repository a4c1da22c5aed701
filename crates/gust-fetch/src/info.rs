//! What is known of a module version: its canonical name, its time, its origin.

use std::fmt;

use gust_text::decode::Shape;
use gust_text::rfc3339;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time as RFC 3339 writes it, with the offset that it was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamp {
    /// Seconds since 1970 in UTC.
    pub seconds: i64,
    /// Nanoseconds within the second.
    pub nanos: u32,
    /// Minutes east of UTC.
    pub offset: i16,
}

impl Timestamp {
    /// The year 1, which Go writes for a time that is not known.
    pub const ZERO: Self = Self {
        seconds: -62_135_596_800,
        nanos: 0,
        offset: 0,
    };

    /// Whether this stands for an unknown time.
    pub fn is_zero(&self) -> bool {
        self.seconds == Self::ZERO.seconds && self.nanos == 0
    }

    /// From a date and time in UTC.
    pub fn from_utc(date: (i64, u32, u32), time: (u32, u32, u32)) -> Self {
        let seconds = days_from_civil(date.0, date.1, date.2) * 86_400
            + i64::from(time.0) * 3600
            + i64::from(time.1) * 60
            + i64::from(time.2);
        Self {
            seconds,
            nanos: 0,
            offset: 0,
        }
    }

    /// From seconds since 1970.
    pub(crate) const fn from_seconds(seconds: i64) -> Self {
        Self {
            seconds,
            nanos: 0,
            offset: 0,
        }
    }

    /// As pseudo-versions have it: `yyyymmddhhmmss`, in UTC.
    pub(crate) fn compact(&self) -> String {
        let (year, month, day) = civil_from_days(self.seconds.div_euclid(86_400));
        let second = self.seconds.rem_euclid(86_400);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
    }

    /// Reads RFC 3339.
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }

    fn read(text: &str) -> Result<Self, rfc3339::TimeError> {
        let t = rfc3339::parse(text)?;
        let date = (i64::from(t.year), t.month, t.day);
        let utc = Self::from_utc(date, (t.hour, t.minute, t.second));
        Ok(Self {
            seconds: utc.seconds - i64::from(t.offset) * 60,
            nanos: t.nanos,
            offset: t.offset as i16,
        })
    }
}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.seconds, self.nanos, self.offset).cmp(&(other.seconds, other.nanos, other.offset))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.seconds + i64::from(self.offset) * 60;
        let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = civil_from_days(days);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if self.nanos != 0 {
            let fraction = format!("{:09}", self.nanos);
            write!(f, ".{}", fraction.trim_end_matches('0'))?;
        }
        if self.offset == 0 {
            return f.write_str("Z");
        }
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).map_err(serde::de::Error::custom)
    }
}

// The two functions on the proleptic Gregorian calendar are Howard Hinnant's.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year =
        (153 * (i64::from(month) + if month > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * shifted + 2) / 5 + 1) as u32;
    let month = (if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    }) as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Where a version came from, for reuse without fetching it again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Origin {
    /// The version control system, such as `git`.
    #[serde(
        rename = "VCS",
        alias = "vcs",
        skip_serializing_if = "String::is_empty"
    )]
    pub vcs: String,
    /// The repository.
    #[serde(
        rename = "URL",
        alias = "url",
        skip_serializing_if = "String::is_empty"
    )]
    pub url: String,
    /// The directory within the repository.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subdir: String,
    /// The commit.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hash: String,
    /// Which tags the answer depends on.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tag_prefix: String,
    /// A checksum over those tags.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tag_sum: String,
    /// The branch or tag that the answer depends on.
    #[serde(rename = "Ref", skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// A checksum over the whole repository.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub repo_sum: String,
}

/// What is known of a version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Info {
    /// The canonical version.
    #[serde(default)]
    pub version: String,
    /// When it was committed.
    #[serde(default)]
    pub time: Timestamp,
    /// Where it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

impl Default for Timestamp {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Origin {
    /// As Go's decoder sees it.
    pub const SHAPE: Shape = Shape::Struct(
        "codehost.Origin",
        &[
            ("VCS", Shape::Text),
            ("URL", Shape::Text),
            ("Subdir", Shape::Text),
            ("Hash", Shape::Text),
            ("TagPrefix", Shape::Text),
            ("TagSum", Shape::Text),
            ("Ref", Shape::Text),
            ("RepoSum", Shape::Text),
        ],
    );
}

impl Info {
    /// As Go's decoder sees it.
    pub const SHAPE: Shape = Shape::Struct(
        "modfetch.RevInfo",
        &[
            ("Version", Shape::Text),
            ("Time", Shape::Time),
            ("Origin", Origin::SHAPE),
        ],
    );

    /// The bytes of a .info file, as the go command writes it.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut clean = self.clone();
        if let Some(origin) = &mut clean.origin {
            // What depends on the state of the whole repository is not kept for one version.
            origin.tag_sum.clear();
            origin.tag_prefix.clear();
            origin.repo_sum.clear();
            if crate::names::is_pseudo(&clean.version) {
                origin.reference.clear();
            }
        }
        let json = serde_json::to_string(&clean).unwrap_or_default();
        // encoding/json escapes what would be special in HTML; such characters occur in strings only.
        let json = json
            .replace('&', "\\u0026")
            .replace('<', "\\u003c")
            .replace('>', "\\u003e");
        json.into_bytes()
    }
}

/// The versions that a proxy has of a module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    /// Tagged versions, in the order of semantic versions.
    pub list: Vec<String>,
    /// Where they came from (version control only).
    pub origin: Option<Origin>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_go_there_and_back() {
        for text in [
            "2018-02-14T15:44:20Z",
            "2018-02-14T00:54:53.5Z",
            "2018-02-14T15:44:20+02:00",
            "0001-01-01T00:00:00Z",
            "2024-02-29T23:59:59.000000001-11:30",
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(
            Timestamp::parse("2018-02-14T15:44:20.500000Z")
                .unwrap()
                .nanos,
            500_000_000
        );
        assert_eq!(Timestamp::parse("2019-02-29T00:00:00Z"), None);
        assert_eq!(Timestamp::parse("now"), None);
        assert!(Timestamp::parse("0001-01-01T00:00:00Z").unwrap().is_zero());
    }

    #[test]
    fn info_is_written_as_go_writes_it() {
        let text = r#"{"Version":"v1.0.0","Time":"2018-02-14T15:44:20Z","Origin":{"VCS":"git","URL":"https://x/?a=1\u0026b","Ref":"refs/tags/v1.0.0"}}"#;
        let info: Info = serde_json::from_str(text).unwrap();
        assert_eq!(String::from_utf8(info.to_json()).unwrap(), text);
    }
}
