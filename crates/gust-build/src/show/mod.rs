//! What -n and -x print: a script that would do what the build does.

pub mod graph;
pub mod trace;

use crate::command::{Command, Operation};
use crate::run::Sink;
use crate::run::work::Work;
use crate::site::lock;
use gust_text::quote::{command_line, environment_word};
use std::sync::Mutex;

/// The script so far.
pub(crate) struct Script<'a> {
    sink: &'a dyn Sink,
    work: &'a Work,
    /// Where its `cd` commands have led.
    dir: Mutex<String>,
}

impl<'a> Script<'a> {
    /// An empty script for a sink.
    pub(crate) fn new(sink: &'a dyn Sink, work: &'a Work) -> Script<'a> {
        Script {
            sink,
            work,
            dir: Mutex::default(),
        }
    }

    /// Shows a command that is carried out for a package.
    pub(crate) fn show_command(&self, package: &str, command: &Command) {
        if let Some(line) = line(&command.operation) {
            self.show(package, &command.dir, &line);
        }
    }

    /// Shows a line that runs in `dir` (empty: anywhere). The work directory is named $WORK, `dir` is named `.`.
    pub(crate) fn show(&self, package: &str, dir: &str, line: &str) {
        let work = self.work.known();
        let mut at = lock(&self.dir);
        let mut line = hide(line, work);
        if !dir.is_empty() && dir != "/" {
            if dir != *at {
                let cd = hide(&format!("cd {dir}\n"), work);
                self.print(package, cd.as_bytes());
                dir.clone_into(&mut at);
            }
            let dot = if dir.ends_with('/') { " ./" } else { " ." };
            let spaced = format!(" {line}").replace(&format!(" {dir}"), dot);
            line = spaced[1..].to_owned();
        }
        self.print(package, format!("{line}\n").as_bytes());
    }

    /// Puts text into the script as it is.
    pub(crate) fn print(&self, package: &str, text: &[u8]) {
        let named = self.sink.names_packages() && !package.is_empty();
        self.sink.output(named.then_some(package), text);
    }
}

/// A command as a shell would have it; None for what is not shown.
fn line(operation: &Operation) -> Option<String> {
    Some(match operation {
        Operation::Tool { environment, words } => {
            let mut line = String::new();
            for (name, value) in environment {
                line.push_str(&environment_word(name, value));
                line.push(' ');
            }
            line.push_str(&command_line(words));
            line
        }
        Operation::MakeDir { path } => format!("mkdir -p {path}"),
        Operation::Write { file, text } => written(file, text),
        Operation::Copy { from, to, .. } => format!("cp {from} {to}"),
        Operation::Move { from, to, .. } => format!("mv {from} {to}"),
        Operation::Append { archive, objects } => {
            let mut words = vec!["go", "tool", "pack", "r", archive];
            words.extend(objects.iter().map(String::as_str));
            internal(&words)
        }
        Operation::SetBuildId { file, .. } => internal(&["go", "tool", "buildid", "-w", file]),
        Operation::CheckLinkerFlags { .. } | Operation::Generate { .. } => return None,
        Operation::Touch { file } => format!("touch {file}"),
        Operation::Remove { dir } => format!("rm -rf {dir}"),
        // Two spaces, since go has them.
        Operation::Replay { file, .. } => format!("{}  # internal", command_words(&["cat", file])),
    })
}

/// A command's own line, without its variables.
pub(crate) fn plain_line(command: &Command) -> String {
    match &command.operation {
        Operation::Tool { words, .. } => command_line(words),
        operation => line(operation).unwrap_or_default(),
    }
}

/// A line for something that is done without a process.
pub(crate) fn internal(words: &[&str]) -> String {
    format!("{} # internal", command_words(words))
}

fn command_words(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|&w| w.to_owned()).collect();
    command_line(&words)
}

fn written(file: &str, text: &str) -> String {
    match text.find('\n') {
        _ if text.is_empty() => format!("echo -n > {file} # internal"),
        Some(end) if end + 1 == text.len() => {
            format!("echo '{}' > {file} # internal", &text[..end])
        }
        None => format!("echo '{text}' > {file} # internal"),
        _ => format!("cat >{file} << 'EOF' # internal\n{text}EOF"),
    }
}

/// Names the work directory $WORK, save in the content of files.
pub(crate) fn hide(command: &str, work: &str) -> String {
    if work.is_empty() || command.starts_with("cat ") {
        return command.to_owned();
    }
    command.replace(work, "$WORK")
}
