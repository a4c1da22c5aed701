//! What -n and -x print: a script that would do what the build does.

pub mod graph;

use crate::run::Sink;
use crate::site::lock;
use std::sync::Mutex;

/// The script so far: where its `cd` commands have led.
#[derive(Debug, Default)]
pub(crate) struct Script {
    dir: Mutex<String>,
}

impl Script {
    /// Shows a command that runs in `dir` (empty: anywhere). The work directory is named $WORK, `dir` is named `.`.
    pub(crate) fn show(
        &self,
        sink: &dyn Sink,
        package: Option<&str>,
        work: &str,
        dir: &str,
        command: &str,
    ) {
        let mut at = lock(&self.dir);
        let mut command = hide(command, work);
        if !dir.is_empty() && dir != "/" {
            if dir != *at {
                let cd = hide(&format!("cd {dir}\n"), work);
                sink.output(package, cd.as_bytes());
                dir.clone_into(&mut at);
            }
            let dot = if dir.ends_with('/') { " ./" } else { " ." };
            let spaced = format!(" {command}").replace(&format!(" {dir}"), dot);
            command = spaced[1..].to_owned();
        }
        sink.output(package, format!("{command}\n").as_bytes());
    }
}

/// Names the work directory $WORK, save in the content of files.
pub(crate) fn hide(command: &str, work: &str) -> String {
    if work.is_empty() || command.starts_with("cat ") {
        return command.to_owned();
    }
    command.replace(work, "$WORK")
}
