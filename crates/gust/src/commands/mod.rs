//! Every command, its usage line and what runs it. One file a command; `go mod x` lives in mod_/.

pub(crate) mod bug;
pub(crate) mod build;
pub(crate) mod env;
pub(crate) mod install;
pub(crate) mod list;
pub(crate) mod mod_;
pub(crate) mod run;
pub(crate) mod telemetry;
pub(crate) mod version;

use crate::session::Session;
use crate::ui::Outcome;

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
    Vet,
}

/// What runs a command: it gets the session with flags and arguments in it.
pub(crate) type Run = fn(&Session) -> Outcome;

/// How a command reads its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arguments {
    /// Flags first, by the table, GOFLAGS before them.
    Flags,
    /// All by itself.
    Own,
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
    pub(crate) arguments: Arguments,
    /// None: go has the command and gust does not have it yet.
    pub(crate) run: Option<Run>,
}

impl Command {
    /// `usage: go build [-o output] ...` without the leading word.
    pub(crate) fn usage_line(&self) -> String {
        let gap = if self.usage.is_empty() { "" } else { " " };
        format!("go {}{gap}{}", self.name, self.usage)
    }
}

impl Command {
    /// The lines after the usage line that say where more is to be learned.
    pub(crate) fn hints(&self) -> Vec<String> {
        let name = self.name;
        match self.id {
            Id::Test => vec!["Run 'go help test' and 'go help testflag' for details.".to_owned()],
            Id::Vet | Id::Fix => vec![
                format!("Run 'go help {name}' for details."),
                format!("Run 'go tool {name} help' for a full list of flags and analyzers."),
                format!("Run 'go tool {name} -help' for an overview."),
            ],
            _ => vec![format!("Run 'go help {name}' for details.")],
        }
    }
}

const fn command(
    id: Id,
    name: &'static str,
    usage: &'static str,
    short: &'static str,
    run: Option<Run>,
) -> Command {
    let arguments = match id {
        Id::Doc | Id::Test | Id::Vet | Id::Fix => Arguments::Own,
        _ => Arguments::Flags,
    };
    Command {
        id,
        name,
        usage,
        short,
        arguments,
        run,
    }
}

/// All commands, in the order in which help lists them.
pub(crate) const COMMANDS: &[Command] = &[
    command(Id::Bug, "bug", "", "start a bug report", Some(bug::run)),
    command(
        Id::Build,
        "build",
        "[-o output] [build flags] [packages]",
        "compile packages and all that they need",
        Some(build::run),
    ),
    command(
        Id::Clean,
        "clean",
        "[-i] [-r] [-cache] [-testcache] [-modcache] [-fuzzcache] [build flags] [packages]",
        "remove built files and caches",
        None,
    ),
    command(
        Id::Doc,
        "doc",
        "[doc flags] [package|[package.]symbol[.methodOrField]]",
        "print the documentation of a package or symbol",
        None,
    ),
    command(
        Id::Env,
        "env",
        "[-json] [-changed] [-u] [-w] [var ...]",
        "print or change settings",
        Some(env::run),
    ),
    command(
        Id::Fix,
        "fix",
        "[build flags] [-fixtool prog] [fix flags] [packages]",
        "rewrite what analyzers find out of date",
        None,
    ),
    command(
        Id::Fmt,
        "fmt",
        "[-n] [-x] [packages]",
        "format the sources of packages with gofmt",
        None,
    ),
    command(
        Id::Generate,
        "generate",
        "[-run regexp] [-n] [-v] [-x] [build flags] [file.go... | packages]",
        "run the generators that sources name",
        None,
    ),
    command(
        Id::Get,
        "get",
        "[-t] [-u] [-tool] [build flags] [packages]",
        "change the versions that the module requires",
        None,
    ),
    command(
        Id::Install,
        "install",
        "[build flags] [packages]",
        "compile packages and put programs in their place",
        Some(install::run),
    ),
    command(
        Id::List,
        "list",
        "[-f format] [-json] [-m] [list flags] [build flags] [packages]",
        "say what is known of packages or modules",
        Some(list::run),
    ),
    command(
        Id::ModDownload,
        "mod download",
        "[-x] [-json] [-reuse=old.json] [modules]",
        "fetch modules into the module cache",
        Some(mod_::download::run),
    ),
    command(
        Id::ModEdit,
        "mod edit",
        "[editing flags] [-fmt|-print|-json] [go.mod]",
        "change go.mod by command",
        Some(mod_::edit::run),
    ),
    command(
        Id::ModGraph,
        "mod graph",
        "[-go=version] [-x]",
        "print which module requires which",
        Some(mod_::graph::run),
    ),
    command(
        Id::ModInit,
        "mod init",
        "[module-path]",
        "make the current directory a module",
        Some(mod_::init::run),
    ),
    command(
        Id::ModTidy,
        "mod tidy",
        "[-e] [-v] [-x] [-diff] [-go=version] [-compat=version]",
        "make go.mod agree with the sources",
        None,
    ),
    command(
        Id::ModVendor,
        "mod vendor",
        "[-e] [-v] [-o outdir]",
        "copy the packages needed into vendor",
        None,
    ),
    command(
        Id::ModVerify,
        "mod verify",
        "",
        "check the module cache against what was downloaded",
        Some(mod_::verify::run),
    ),
    command(
        Id::ModWhy,
        "mod why",
        "[-m] [-vendor] packages...",
        "show through which imports a package is needed",
        None,
    ),
    command(
        Id::WorkEdit,
        "work edit",
        "[editing flags] [go.work]",
        "change go.work by command",
        None,
    ),
    command(
        Id::WorkInit,
        "work init",
        "[moddirs]",
        "make a workspace",
        None,
    ),
    command(
        Id::WorkSync,
        "work sync",
        "",
        "take the workspace's versions over into its modules",
        None,
    ),
    command(
        Id::WorkUse,
        "work use",
        "[-r] [moddirs]",
        "add modules to the workspace",
        None,
    ),
    command(
        Id::WorkVendor,
        "work vendor",
        "[-e] [-v] [-o outdir]",
        "copy the packages needed into vendor",
        None,
    ),
    command(
        Id::Run,
        "run",
        "[build flags] [-exec xprog] package [arguments...]",
        "compile a program and run it",
        Some(run::run),
    ),
    command(
        Id::Telemetry,
        "telemetry",
        "[off|local|on]",
        "show that nothing is collected",
        Some(telemetry::run),
    ),
    command(
        Id::Test,
        "test",
        "[build/test flags] [packages] [build/test flags & test binary flags]",
        "test packages",
        None,
    ),
    command(
        Id::Tool,
        "tool",
        "[-n] command [args...]",
        "run a tool of the release or of the module",
        None,
    ),
    command(
        Id::Version,
        "version",
        "[-m] [-v] [-json] [file ...]",
        "print the version, or those of programs",
        Some(version::run),
    ),
    command(
        Id::Vet,
        "vet",
        "[build flags] [-vettool prog] [vet flags] [packages]",
        "report what is likely a mistake",
        None,
    ),
];

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
    use crate::flags::{self, MISSING};
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
