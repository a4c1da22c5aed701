//! Requests: what the words of a command line and GOFLAGS ask for, typed. The one folder where flags are read.

mod build;
mod modules;

pub(crate) use build::build_flags;
pub(crate) use modules::module_flags;

use crate::commands::{Command, Versions};
use crate::flags::Flags;

/// What a person asked for: a command, its flags and arguments.
pub(crate) struct Request {
    pub(crate) command: &'static Command,
    pub(crate) flags: Flags,
    pub(crate) args: Vec<String>,
    /// The words of GOFLAGS.
    pub(crate) goflags: Vec<String>,
}

impl Request {
    /// Whether GOFLAGS has the flag, such as "mod".
    pub(crate) fn in_goflags(&self, flag: &str) -> bool {
        self.goflags
            .iter()
            .any(|word| gust_text::flags::goflag_name(word) == Some(flag))
    }

    /// Packages at a version are asked for, whatever module one stands in.
    pub(crate) fn at_version(&self) -> bool {
        let may = match self.command.policy.versions {
            Versions::Nowhere => &[],
            Versions::Anywhere => self.args.as_slice(),
            Versions::First => self.args.get(..1).unwrap_or_default(),
        };
        may.iter().any(|arg| gust_ops::building::has_version(arg))
    }
}
