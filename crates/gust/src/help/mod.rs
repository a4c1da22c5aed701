//! `go help`: the list of commands, each command, and the topics.

use crate::cli::StartedAs;
use crate::commands::{self, COMMANDS, Command, GROUPS, Id};
use crate::flags::{self, Flag, Kind};
use crate::ui::{Failure, Outcome, Ui};
use std::fmt::Write;

mod pages;
mod topics;

pub(crate) use topics::TOPICS;

/// A page about a subject that is no command.
pub(crate) struct Topic {
    pub(crate) name: &'static str,
    pub(crate) short: &'static str,
    pub(crate) text: &'static str,
}

/// Answers `go help words...`.
pub(crate) fn run(ui: &Ui, started_as: StartedAs, words: &[String]) -> Outcome {
    let found = match words {
        [] => Some(overview(started_as)),
        [one] => page(started_as, one),
        [group, name] => commands::find(&format!("{group} {name}")).map(command),
        _ => None,
    };
    match found {
        Some(page) => {
            ui.print(page);
            Ok(())
        }
        None => {
            let known = match words {
                [first, second, _, ..]
                    if commands::find(&format!("{first} {second}")).is_some() =>
                {
                    format!("go help {first} {second}")
                }
                [first, _, ..] if page(started_as, first).is_some() => format!("go help {first}"),
                _ => "go help".to_owned(),
            };
            let text = format!(
                "go help {}: unknown help topic. Run '{known}'.",
                words.join(" ")
            );
            Err(Failure::with_code(text, 2))
        }
    }
}

fn page(started_as: StartedAs, name: &str) -> Option<String> {
    if GROUPS.iter().any(|g| g.name == name) {
        return Some(group(name));
    }
    if let Some(found) = commands::find(name).filter(|command| started_as.has(command)) {
        return Some(command(found));
    }
    TOPICS
        .iter()
        .find(|t| t.name == name)
        .map(|t| t.text.to_owned())
}

/// What `go` alone prints.
pub(crate) fn overview(started_as: StartedAs) -> String {
    // the first line is go's own: programs look for it (the acceptance suite does)
    let mut text = String::from(
        "Go is a tool for managing Go source code.\n\nUsage:\n\n\tgo <command> [arguments]\n\nThe commands are:\n\n",
    );
    let mut shown: Vec<&str> = Vec::new();
    for command in COMMANDS.iter().filter(|command| !command.own) {
        let (name, short) = match command.name.split_once(' ') {
            None => (command.name, command.short),
            Some((group, _)) => GROUPS
                .iter()
                .find(|g| g.name == group)
                .map_or((group, ""), |g| (g.name, g.short)),
        };
        if !shown.contains(&name) {
            shown.push(name);
            let _ = writeln!(text, "\t{name:<11} {short}");
        }
    }
    if started_as == StartedAs::Gust {
        text.push_str("\nCommands of gust's own:\n\n");
        for command in COMMANDS.iter().filter(|command| command.own) {
            let _ = writeln!(text, "\t{:<11} {}", command.name, command.short);
        }
    }
    text.push_str("\nUse \"go help <command>\" for more information about a command.\n\nAdditional help topics:\n\n");
    for topic in TOPICS {
        let _ = writeln!(text, "\t{:<15} {}", topic.name, topic.short);
    }
    text.push_str("\nUse \"go help <topic>\" for more information about that topic.\n\n");
    text
}

/// What `go mod` alone prints.
pub(crate) fn group(group: &str) -> String {
    let about = match group {
        "mod" => "Commands on modules: their requirements, their files, their places.",
        _ => "Commands on workspaces: several modules worked on as one.",
    };
    let mut text =
        format!("{about}\n\nUsage:\n\n\tgo {group} <command> [arguments]\n\nThe commands are:\n\n");
    for command in COMMANDS {
        if let Some((of, name)) = command.name.split_once(' ')
            && of == group
        {
            let _ = writeln!(text, "\t{name:<11} {}", command.short);
        }
    }
    let _ = writeln!(
        text,
        "\nUse \"go help {group} <command>\" for more information about a command.\n"
    );
    text
}

/// Flags that so many commands have are shown on the page of `build` alone.
const SHARED_BY: u32 = 8;

/// A command's page: usage, what it does, its flags from the table.
fn command(command: &Command) -> String {
    let mut text = format!(
        "usage: {}\n\n{}",
        command.usage_line(),
        pages::text(command.id)
    );
    let has = |flag: &Flag| flag.commands & (1 << command.id as u64) != 0;
    let shared = |flag: &Flag| flag.commands.count_ones() >= SHARED_BY;
    let flags = || flags::all().filter(|f| has(f) && !f.name.starts_with("test."));
    let own: Vec<&Flag> = flags()
        .filter(|f| !shared(f) || command.id == Id::Build)
        .collect();
    if !own.is_empty() {
        text.push_str("\nFlags:\n\n");
        own.iter().for_each(|flag| describe(&mut text, flag));
    }
    if flags().count() > own.len() {
        text.push_str("\nFlags that it shares with the other commands that build or work on modules: see 'go help build'.\n");
    }
    if command.run.is_none() {
        text.push_str("\nThis command is not here yet.\n");
    }
    text
}

fn describe(text: &mut String, flag: &Flag) {
    let value = match (flag.kind, flag.value) {
        (Kind::Bool | Kind::Optional, "") => String::new(),
        (Kind::Optional, value) => format!("[={value}]"),
        (_, "") => " value".to_owned(),
        (_, value) => format!(" {value}"),
    };
    let _ = writeln!(text, "\t-{}{value}\n\t\t{}", flag.name, flag.doc);
}
