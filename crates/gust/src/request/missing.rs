//! Flags of go's that gust reads and cannot follow yet: they say so in one line. The README names them all.

use crate::flags::Flags;

/// A flag, or one value of a flag, that is not here yet.
pub(crate) struct Missing {
    pub(crate) flag: &'static str,
    /// Only this value is missing; empty: any.
    pub(crate) value: &'static str,
}

/// All of them.
pub(crate) const MISSING: &[Missing] = &[
    Missing {
        flag: "compiler",
        value: "gccgo",
    },
    Missing {
        flag: "buildmode",
        value: "shared",
    },
    Missing {
        flag: "linkshared",
        value: "true",
    },
];

impl Missing {
    /// As a person would type it.
    pub(crate) fn shown(&self) -> String {
        match self.value {
            "" | "true" => format!("-{}", self.flag),
            value => format!("-{}={value}", self.flag),
        }
    }
}

/// The first flag of the request that is not here yet, as typed.
pub(super) fn missing(flags: &Flags) -> Option<String> {
    let wanted = |m: &&Missing| {
        let given = flags.last(m.flag);
        given.is_some_and(|v| m.value.is_empty() || v == m.value)
    };
    MISSING.iter().find(wanted).map(Missing::shown)
}
