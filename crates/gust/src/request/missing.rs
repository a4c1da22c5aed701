//! Flags of go's that gust reads and cannot follow yet: they say so in one line. The README names them all.

use crate::commands::Id;
use crate::flags::Flags;

/// A flag, or one value of a flag, that is not here yet.
pub(crate) struct Missing {
    pub(crate) flag: &'static str,
    /// Only this value is missing; empty: any.
    pub(crate) value: &'static str,
    /// Only for this command; None: for all that take it.
    pub(crate) command: Option<Id>,
}

/// All of them.
pub(crate) const MISSING: &[Missing] = &[
    Missing {
        flag: "cover",
        value: "true",
        command: None,
    },
    Missing {
        flag: "covermode",
        value: "",
        command: None,
    },
    Missing {
        flag: "coverpkg",
        value: "",
        command: None,
    },
    Missing {
        flag: "compiler",
        value: "gccgo",
        command: None,
    },
    Missing {
        flag: "buildmode",
        value: "shared",
        command: None,
    },
    Missing {
        flag: "linkshared",
        value: "true",
        command: None,
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
pub(super) fn missing(command: Id, flags: &Flags) -> Option<String> {
    let wanted = |m: &&Missing| {
        let given = flags.last(m.flag);
        m.command.is_none_or(|id| id == command)
            && given.is_some_and(|v| m.value.is_empty() || v == m.value)
    };
    MISSING.iter().find(wanted).map(Missing::shown)
}
