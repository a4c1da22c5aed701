//! Requests: what the words of a command line and GOFLAGS ask for, typed. The one folder where flags are read; a file for each
//! family of commands.

mod build;
mod clean;
mod env;
mod explain;
mod get;
mod list;
mod missing;
mod module;
mod sources;
mod surroundings;
mod test;
mod tool;
mod version;
mod vet;
mod work;

pub(crate) use build::{build, install, run};
pub(crate) use clean::clean;
pub(crate) use env::{Env, Shown, env};
pub(crate) use explain::{outdated, tree, upgrade, why};
pub(crate) use get::get;
pub(crate) use list::{Form, List, list};
#[cfg(test)]
pub(crate) use missing::MISSING;
pub(crate) use module::{EditTo, download, edit, graph, init, mod_why, tidy, vendor};
pub(crate) use sources::{fmt, generate};
pub(crate) use surroundings::{builds_as_json, workspace_parts};
pub(crate) use test::test;
pub(crate) use tool::{Tool, tool};
pub(crate) use version::{Version, version};
pub(crate) use vet::vet;
pub(crate) use work::{work_edit, work_sync, work_use};

use crate::commands::{Arguments, Command};
use crate::flags::{self, Flags};
use crate::ui::Failure;
use gust_syntax::gover;
use gust_test::flags::Refused;
use gust_text::flags::{FlagError, Kind};
use gust_text::quote::quote;
use gust_toolchain::{Settings, vars};

/// What a person asked for: a command, its flags and arguments.
pub(crate) struct Request {
    pub(crate) command: &'static Command,
    /// The arguments after the flags.
    pub(crate) args: Vec<String>,
    flags: Flags,
    /// The words behind the command's, as they were typed.
    words: Vec<String>,
    /// The words of GOFLAGS.
    goflags: Vec<String>,
    /// What is for another program.
    handed_on: HandedOn,
    /// The release is go1.this.
    release_minor: u32,
}

/// The words of a command line that are another program's: a test binary's, or the driven tool's.
#[derive(Default)]
struct HandedOn {
    arguments: Vec<String>,
    /// It is asked for its help.
    help: bool,
}

impl Request {
    /// Reads the arguments behind the command's words by the table of flags, those of GOFLAGS before them.
    pub(crate) fn read(
        settings: &Settings,
        command: &'static Command,
        args: Vec<String>,
    ) -> Result<Request, Failure> {
        let mut request = Request {
            command,
            words: args.clone(),
            args,
            flags: Flags::default(),
            goflags: Vec::new(),
            handed_on: HandedOn::default(),
            release_minor: settings.release_minor(),
        };
        if command.policy.arguments == Arguments::Own {
            return Ok(request);
        }
        let lookup = |name: &str| flags::lookup(command.id, name);
        if command.policy.arguments == Arguments::Tool {
            return request.read_tool(settings, &lookup);
        }
        let lenient = command.policy.lenient_goflags;
        request.goflags = goflags(settings, lenient, &flags::known_anywhere)?;
        if command.policy.arguments == Arguments::Tests {
            return request.read_tests(settings, &lookup);
        }
        let parsed = gust_text::flags::parse(&lookup, &request.goflags, &request.args);
        let mut parsed = parsed.map_err(|error| match error {
            FlagError::Help => usage(command, None),
            error => usage(command, Some(error.to_string())),
        })?;
        request.args = std::mem::take(&mut parsed.args);
        request.flags = Flags::new(parsed);
        match request.bad_value(settings.go_version()) {
            Some(complaint) => Err(usage(command, Some(complaint))),
            None => Ok(request),
        }
    }

    /// A flag whose value is none.
    fn bad_value(&self, release: &str) -> Option<String> {
        self.bad_cover_mode().or_else(|| self.bad_release(release))
    }

    /// -covermode knows three words.
    fn bad_cover_mode(&self) -> Option<String> {
        let mut given = self.flags.all("covermode");
        let bad = given.find(|mode| !matches!(*mode, "set" | "count" | "atomic"))?;
        Some(format!(
            "invalid value {} for flag -covermode: valid modes are \"set\", \"count\", or \"atomic\"",
            quote(bad)
        ))
    }

    /// A flag that names a version of Go which this release does not know.
    fn bad_release(&self, release: &str) -> Option<String> {
        if !self.command.policy.known_releases {
            return None;
        }
        ["go", "compat"].into_iter().find_map(|flag| {
            let version = self.flags.text(flag);
            let complaint = match version {
                "" => return None,
                version if !gover::is_go_line(version) => {
                    format!("expecting a Go version like {}", quote(release))
                }
                version if gover::compare(version, release).is_gt() => {
                    format!("maximum supported Go version is {release}")
                }
                _ => return None,
            };
            Some(format!(
                "invalid value {} for flag -{flag}: {complaint}",
                quote(version)
            ))
        })
    }

    /// Sorts the words of `go test`.
    fn read_tests(
        mut self,
        settings: &Settings,
        lookup: &dyn Fn(&str) -> Option<Kind>,
    ) -> Result<Request, Failure> {
        let words = gust_test::flags::read(lookup, &self.goflags, &self.args, settings.cwd());
        let words = words.map_err(|error| match error {
            Refused::Flag(FlagError::Help) => usage(self.command, None),
            error => usage(self.command, Some(error.to_string())),
        })?;
        self.args = words.packages;
        self.flags = Flags::new(words.flags);
        self.handed_on = HandedOn {
            arguments: words.arguments,
            help: words.help,
        };
        match self.bad_cover_mode() {
            Some(complaint) => Err(usage(self.command, Some(complaint))),
            None => Ok(self),
        }
    }

    /// Sorts the words of a command that drives a tool.
    fn read_tool(
        mut self,
        settings: &Settings,
        lookup: &dyn Fn(&str) -> Option<Kind>,
    ) -> Result<Request, Failure> {
        let name = self.command.name;
        let program = match gust_vet::flags::other_tool(&format!("{name}tool"), &self.args) {
            Some(program) => gust_fs::paths::clean(&settings.cwd().join(program)),
            None => settings.tool(name),
        };
        let program = program.to_string_lossy();
        let of_tool = gust_vet::flags::of_tool(settings, &program);
        let of_tool = of_tool.map_err(|error| Failure::with_code(format!("go: {error}"), 2))?;
        let known = |name: &str| {
            flags::known_anywhere(name) || of_tool.iter().any(|flag| flag.name() == name)
        };
        self.goflags = goflags(settings, false, &known)?;
        let words = gust_vet::flags::read(lookup, &of_tool, &self.goflags, &self.args);
        let words = words.map_err(|error| match error {
            FlagError::Help => usage(self.command, None),
            error => usage(self.command, Some(error.to_string())),
        })?;
        self.args = words.packages;
        self.flags = Flags::new(words.flags);
        self.handed_on.arguments = words.tool;
        Ok(self)
    }

    /// The first flag of the request that is not here yet, as typed.
    pub(crate) fn missing(&self) -> Option<String> {
        match self.command.policy.passes_missing_flags {
            true => None,
            false => missing::missing(&self.flags),
        }
    }

    /// What is the same when the same is asked again: the command and its words, those of GOFLAGS too.
    fn command_line(&self) -> Vec<u8> {
        let words = self.goflags.iter().chain(&self.words);
        let name = std::iter::once(self.command.name);
        let words: Vec<&str> = name.chain(words.map(String::as_str)).collect();
        words.join("\0").into_bytes()
    }

    /// Whether GOFLAGS has the flag, such as "mod".
    /// Whether a flag was given and says more than no.
    pub(crate) fn has(&self, flag: &str) -> bool {
        let value = self.flags.last(flag);
        value.is_some_and(|value| !matches!(value, "" | "0" | "false"))
    }

    fn in_goflags(&self, flag: &str) -> bool {
        self.goflags
            .iter()
            .any(|word| gust_text::flags::goflag_name(word) == Some(flag))
    }
}

/// A command's usage on standard error, after a line that says what is wrong; exit code 2.
pub(crate) fn usage(command: &Command, problem: Option<String>) -> Failure {
    let mut lines: Vec<String> = problem.into_iter().collect();
    lines.push(format!("usage: {}", command.usage_line()));
    lines.extend(command.hint_lines());
    Failure::with_lines(lines, 2)
}

/// GOFLAGS taken apart; each word must be a flag that is known to some command, unless the command is there to mend things.
fn goflags(
    settings: &Settings,
    lenient: bool,
    known: &dyn Fn(&str) -> bool,
) -> Result<Vec<String>, Failure> {
    let text = settings.get(vars::GOFLAGS);
    if text.is_empty() {
        return Ok(Vec::new());
    }
    if lenient {
        let words = gust_text::quote::split_fields(text).unwrap_or_default();
        return Ok(words
            .into_iter()
            .filter(|w| gust_text::flags::goflag_name(w).is_some_and(known))
            .collect());
    }
    gust_text::flags::split_goflags(text, known).map_err(Failure::plain)
}
