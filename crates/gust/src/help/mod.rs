//! `go help`: the list of commands, each command, and the topics.

use crate::commands::{self, COMMANDS, Command, GROUPS};
use crate::flags::{FLAGS, Kind};
use crate::ui::{Failure, Outcome, Ui};
use std::fmt::Write;

mod topics;

pub(crate) use topics::TOPICS;

/// A page about a subject that is no command.
pub(crate) struct Topic {
    pub(crate) name: &'static str,
    pub(crate) short: &'static str,
    pub(crate) text: &'static str,
}

/// Answers `go help words...`.
pub(crate) fn run(ui: &Ui, words: &[String]) -> Outcome {
    let found = match words {
        [] => Some(overview()),
        [one] => page(one),
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
                [first, _, ..] if page(first).is_some() => format!("go help {first}"),
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

fn page(name: &str) -> Option<String> {
    if GROUPS.iter().any(|g| g.name == name) {
        return Some(group(name));
    }
    if let Some(found) = commands::find(name) {
        return Some(command(found));
    }
    TOPICS
        .iter()
        .find(|t| t.name == name)
        .map(|t| t.text.to_owned())
}

/// What `go` alone prints.
pub(crate) fn overview() -> String {
    let mut text = String::from(
        "Go is a tool for managing Go source code.\n\nUsage:\n\n\tgo <command> [arguments]\n\nThe commands are:\n\n",
    );
    let mut shown: Vec<&str> = Vec::new();
    for command in COMMANDS {
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

/// A command's page: usage, what it does, its flags from the table.
fn command(command: &Command) -> String {
    let mut text = format!("usage: {}\n\n", command.usage_line());
    let mut short = command.short.to_owned();
    if let Some(first) = short.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let _ = writeln!(text, "{short}.");
    let own: Vec<_> = FLAGS
        .iter()
        .filter(|f| f.commands & (1 << command.id as u64) != 0)
        .collect();
    if !own.is_empty() {
        text.push_str("\nFlags:\n\n");
    }
    for flag in own.iter().filter(|f| !f.name.starts_with("test.")) {
        let value = match (flag.kind, flag.value) {
            (Kind::Bool | Kind::Optional, "") => String::new(),
            (Kind::Optional, value) => format!("[={value}]"),
            (_, "") => " value".to_owned(),
            (_, value) => format!(" {value}"),
        };
        let _ = writeln!(text, "\t-{}{value}\n\t\t{}", flag.name, flag.doc);
    }
    if command.run.is_none() {
        text.push_str("\nThis command is not here yet.\n");
    }
    text
}
