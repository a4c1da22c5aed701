//! Every command, its usage line and what runs it. One file a command; `go mod x` lives in mod_/.

pub(crate) mod bug;
pub(crate) mod build;
pub(crate) mod clean;
pub(crate) mod doc;
pub(crate) mod env;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod generate;
pub(crate) mod get;
pub(crate) mod install;
pub(crate) mod list;
pub(crate) mod mod_;
pub(crate) mod run;
mod starting;
mod table;
pub(crate) mod telemetry;
pub(crate) mod test;
pub(crate) mod tool;
pub(crate) mod version;
pub(crate) mod vet;
pub(crate) mod work;

use crate::session::Session;
use crate::ui::Outcome;
pub(crate) use table::COMMANDS;

/// A command by number; flags name the commands that take them by sets of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Id {
    Bug,
    Build,
    Clean,
    Doc,
    Env,
    Fix,
    Fmt,
    Generate,
    Get,
    Install,
    List,
    ModDownload,
    ModEdit,
    ModGraph,
    ModInit,
    ModTidy,
    ModVendor,
    ModVerify,
    ModWhy,
    WorkEdit,
    WorkInit,
    WorkSync,
    WorkUse,
    WorkVendor,
    Run,
    Telemetry,
    Test,
    Tool,
    Version,
    Outdated,
    Tree,
    Upgrade,
    Vet,
    Why,
}

/// What runs a command: it gets the session with flags and arguments in it.
pub(crate) type Run = fn(&Session) -> Outcome;

/// How a command reads its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arguments {
    /// Flags first, by the table, GOFLAGS before them.
    Flags,
    /// The same before and behind packages; what is no flag of the command is the test binary's.
    Tests,
    /// The same before packages, those of the tool that the command drives among them.
    Tool,
    /// All by itself.
    Own,
}

/// Which arguments may name packages at a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Versions {
    /// None.
    Nowhere,
    /// Every one.
    Anywhere,
    /// The first: the others are a program's.
    First,
}

/// What a command wants and may do by its nature, whatever its flags say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    pub(crate) arguments: Arguments,
    /// Words of GOFLAGS that are no flag are passed over: the command is there to mend settings.
    pub(crate) lenient_goflags: bool,
    /// GOOS, GOARCH and GOEXPERIMENT must make sense before it begins.
    pub(crate) needs_platform: bool,
    /// The current directory must be there.
    pub(crate) needs_directory: bool,
    /// It takes flags that gust cannot follow yet: it does nothing with them, or refuses them itself.
    pub(crate) passes_missing_flags: bool,
    /// -json shows what its builds say.
    pub(crate) json_builds: bool,
    /// -go and -compat name releases that this one must know.
    pub(crate) known_releases: bool,
    /// Its answer is all there is to it: over files that have not changed it may be given again from a record.
    pub(crate) recorded: bool,
    /// Which arguments may name packages at a version.
    pub(crate) versions: Versions,
    /// Its dealings with modules.
    pub(crate) modules: gust_ops::Policy,
}

/// One command.
pub(crate) struct Command {
    pub(crate) id: Id,
    /// Its words, such as "mod download".
    pub(crate) name: &'static str,
    /// What follows the name in the usage line.
    pub(crate) usage: &'static str,
    /// A few words for the list of commands.
    pub(crate) short: &'static str,
    /// The lines after the usage line that say where more is to be learned; none for those that name the command's page.
    pub(crate) hints: &'static [&'static str],
    pub(crate) policy: Policy,
    /// It is gust's, and not go's: it is not there when gust was started under the name `go`.
    pub(crate) own: bool,
    /// None: go has the command and gust does not have it yet.
    pub(crate) run: Option<Run>,
}

impl Command {
    /// `go build [-o output] ...`: what `usage:` is followed by.
    pub(crate) fn usage_line(&self) -> String {
        let gap = if self.usage.is_empty() { "" } else { " " };
        format!("{} {}{gap}{}", self.program(), self.name, self.usage)
    }

    /// The word that it is typed behind.
    fn program(&self) -> &'static str {
        if self.own { "gust" } else { "go" }
    }

    /// The lines after the usage line.
    pub(crate) fn hint_lines(&self) -> Vec<String> {
        match self.hints {
            [] => vec![format!(
                "Run '{} help {}' for details.",
                self.program(),
                self.name
            )],
            hints => hints.iter().map(|&hint| hint.to_owned()).collect(),
        }
    }
}

/// A group of commands: what stands before the second word.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) short: &'static str,
}

/// The groups; help lists each where its first command stands.
pub(crate) const GROUPS: &[Group] = &[
    Group {
        name: "mod",
        short: "work on modules",
    },
    Group {
        name: "work",
        short: "work on workspaces",
    },
];

/// The command of that full name.
pub(crate) fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|c| c.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags;
    use crate::request::MISSING;
    use std::collections::BTreeSet;

    fn readme() -> String {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
        let view = gust_fs::View::new(gust_fs::Overlay::none());
        view.read_to_string(std::path::Path::new(file))
            .expect("the README is there")
    }

    #[test]
    fn the_readme_lists_the_missing_commands() {
        let text = readme();
        let (_, rest) = text
            .split_once("missing commands: begin")
            .expect("the list's beginning");
        let (list, _) = rest
            .split_once("<!-- missing commands: end")
            .expect("the list's end");
        let (_, list) = list.split_once("-->").expect("the end of the comment");
        let listed: BTreeSet<&str> = list.split('`').skip(1).step_by(2).collect();
        let missing: BTreeSet<&str> = COMMANDS
            .iter()
            .filter(|c| c.run.is_none())
            .map(|c| c.name)
            .collect();
        assert_eq!(
            listed, missing,
            "the README's list (left) and the table (right) differ"
        );
    }

    #[test]
    fn the_readme_names_the_missing_flags() {
        let text = readme();
        for missing in MISSING {
            assert!(
                flags::all().any(|f| f.name == missing.flag),
                "-{} is no flag",
                missing.flag
            );
            assert!(
                text.contains(&missing.shown()),
                "the README does not name {}",
                missing.shown()
            );
        }
    }
}
