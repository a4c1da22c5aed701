//! The flags that were given, by name.

use std::collections::HashMap;

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// GOFLAGS.
    GoFlags,
    /// The command line.
    CommandLine,
}

/// The values of a command's flags. A flag that was not given has its kind's empty value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    given: HashMap<&'static str, Vec<(String, Source)>>,
}

#[allow(dead_code)]
impl Flags {
    /// Notes one occurrence; its value has been checked.
    pub(crate) fn give(&mut self, name: &'static str, value: String, source: Source) {
        self.given.entry(name).or_default().push((value, source));
    }

    /// Whether a Bool flag is on (also for Optional: given and not false).
    pub(crate) fn bool(&self, name: &str) -> bool {
        self.last(name)
            .is_some_and(|v| parse_bool(v).unwrap_or(true))
    }

    /// The text of a flag, if it was given.
    pub(crate) fn last(&self, name: &str) -> Option<&str> {
        self.given
            .get(name)
            .and_then(|all| all.last())
            .map(|(v, _)| v.as_str())
    }

    /// The text of a flag, empty when it was not given.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.last(name).unwrap_or("")
    }

    /// The number of an Int flag.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.last(name).and_then(|v| v.parse().ok())
    }

    /// The words of a Words flag.
    pub(crate) fn words(&self, name: &str) -> Vec<String> {
        gust_toolchain::words::split(self.text(name)).unwrap_or_default()
    }

    /// Every occurrence of a flag, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.given.get(name).map_or_else(Vec::new, |all| {
            all.iter().map(|(v, _)| v.as_str()).collect()
        })
    }

    /// The build tags of -tags.
    pub(crate) fn tags(&self) -> Vec<String> {
        let text = self.text("tags");
        if text.contains([' ', '\'']) {
            return gust_toolchain::words::split(text).unwrap_or_default();
        }
        text.split(',')
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// Whether the flag was given at all.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// Whether the command line gave it, not GOFLAGS.
    pub(crate) fn on_command_line(&self, name: &str) -> bool {
        self.given
            .get(name)
            .is_some_and(|all| all.iter().any(|(_, s)| *s == Source::CommandLine))
    }
}

/// Go's strconv.ParseBool.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}
