//! The flags that were given, by name.

use gust_text::flags::{Parsed, Setting};
use gust_text::num::parse_bool;
use gust_text::quote::split_fields;

/// The values of a command's flags. A flag that was not given has its kind's empty value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    given: Parsed,
}

impl Flags {
    /// The flags of a parse.
    pub(crate) fn new(given: Parsed) -> Flags {
        Flags { given }
    }

    /// Whether a Bool flag is on (an Optional one: given, and not false).
    pub(crate) fn bool(&self, name: &str) -> bool {
        self.last(name)
            .is_some_and(|v| parse_bool(v).unwrap_or(true))
    }

    /// The text of a flag, if it was given.
    pub(crate) fn last(&self, name: &str) -> Option<&str> {
        self.given.last(name)
    }

    /// The text of a flag, empty when it was not given.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.last(name).unwrap_or("")
    }

    /// The number of an Int flag.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.given.int(name)
    }

    /// The words of a Words flag.
    pub(crate) fn words(&self, name: &str) -> Vec<String> {
        split_fields(self.text(name)).unwrap_or_default()
    }

    /// Every occurrence of a flag, in order.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.given.all(name)
    }

    /// All that was given.
    pub(crate) fn parsed(&self) -> &Parsed {
        &self.given
    }

    /// Every flag that was given, in order, those of GOFLAGS first.
    pub(crate) fn settings(&self) -> &[Setting] {
        &self.given.settings
    }

    /// The build tags of -tags.
    pub(crate) fn tags(&self) -> Vec<String> {
        let text = self.text("tags");
        if text.contains([' ', '\'']) {
            return split_fields(text).unwrap_or_default();
        }
        text.split(',')
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// Whether the flag was given at all.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.given.is_set(name)
    }
}
