//! What carries out commands: this machine, or nothing at all but a script of what would be done.

use std::sync::Arc;

use super::error::BuildError;
use crate::command::Command;
use crate::show::Script;

/// Carries out one command at a time; many threads may ask at once.
///
/// Everything that a command needs is in it, so a runner may do it elsewhere. The schedule, the cache, and what is shown of
/// messages are not its matter.
pub trait Runner: Sync {
    /// Carries out a command for a package (empty: for none), named with its variant.
    fn run(&self, package: &str, command: &Command) -> Made;

    /// The commands that follow make a package's archive.
    fn begin(&self, _package: &str, _import_path: &str) {}
}

/// What a command came to.
#[derive(Debug)]
pub struct Made {
    /// What it wrote to standard output and standard error.
    pub output: Vec<u8>,
    /// How it ended.
    pub result: Result<(), BuildError>,
    /// Nothing was done, and another way has to be found.
    pub declined: bool,
    /// The true build ID, when one was put in place.
    pub build_id: Option<BuildId>,
}

impl Default for Made {
    fn default() -> Made {
        Made {
            output: Vec::new(),
            result: Ok(()),
            declined: false,
            build_id: None,
        }
    }
}

impl From<Result<(), BuildError>> for Made {
    fn from(result: Result<(), BuildError>) -> Made {
        Made {
            result,
            ..Made::default()
        }
    }
}

/// A result's build ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildId {
    /// With the content's hash in it.
    pub id: String,
    /// It stands in the file. When a person chose an ID with -buildid, it does not.
    pub written: bool,
}

/// Does nothing, and shows what would be done: -n.
pub(crate) struct Dry<'a>(pub(crate) Arc<Script<'a>>);

impl Runner for Dry<'_> {
    fn run(&self, package: &str, command: &Command) -> Made {
        self.0.show_command(package, command);
        Made::default()
    }

    fn begin(&self, package: &str, import_path: &str) {
        let heading = format!("\n#\n# {import_path}\n#\n\n");
        self.0.print(package, heading.as_bytes());
    }
}
