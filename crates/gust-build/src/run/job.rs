//! One action at work: its directory, its output, and the commands that it has carried out.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use gust_packages::Package;

use super::Sink;
use super::error::{BuildError, CommandOutput};
use super::report::readable;
use super::runner::{Made, Runner};
use super::work::Work;
use crate::command::{Command, Operation, THREADS};
use crate::plan::{Action, ActionRef};
use crate::show::Script;
use crate::site::Site;
use crate::tools::compile::Threads;

/// What all jobs of a build share.
pub(crate) struct Shared<'a> {
    pub(crate) site: &'a Site<'a>,
    pub(crate) sink: &'a dyn Sink,
    /// What carries out commands.
    pub(crate) runner: Box<dyn Runner + 'a>,
    /// Where commands are shown, when they are.
    pub(crate) script: Option<Arc<Script<'a>>>,
    pub(crate) work: &'a Work,
    pub(crate) threads: Threads,
}

/// One action at work.
pub(crate) struct Job<'a> {
    pub(crate) shared: &'a Shared<'a>,
    pub(crate) at: ActionRef,
    pub(crate) action: &'a Action,
    pub(crate) package: Option<&'a Package>,
    /// What is written is kept for the cache and shown at the end; None: it is shown at once.
    captured: RefCell<Option<Vec<u8>>>,
}

impl<'a> Job<'a> {
    pub(crate) fn new(shared: &'a Shared<'a>, at: ActionRef, action: &'a Action) -> Job<'a> {
        Job {
            shared,
            at,
            action,
            package: action.package.map(|id| &shared.site.graph[id]),
            captured: RefCell::new(None),
        }
    }

    pub(crate) fn site(&self) -> &'a Site<'a> {
        self.shared.site
    }

    /// The package, for actions that have one.
    pub(crate) fn package(&self) -> Result<&'a Package, BuildError> {
        let missing = || BuildError::Internal(format!("{} without package", self.action.mode()));
        self.package.ok_or_else(missing)
    }

    /// The action's directory, with a slash at the end.
    pub(crate) fn objdir(&self) -> Result<String, BuildError> {
        let missing = || BuildError::Internal(format!("{} without directory", self.action.mode()));
        self.shared
            .work
            .objdir(self.action.objdir.ok_or_else(missing)?)
    }

    /// The action's result, as a path.
    pub(crate) fn place(&self) -> Result<String, BuildError> {
        use crate::plan::Place;
        let objdir = match &self.action.target {
            Place::Work(_) => self.objdir()?,
            _ => String::new(),
        };
        Ok(crate::lower::place(self.action, &objdir))
    }

    /// From now on output is kept.
    pub(crate) fn capture(&self) {
        self.captured.borrow_mut().get_or_insert_default();
    }

    /// What was kept so far.
    pub(crate) fn captured(&self) -> Vec<u8> {
        self.captured.borrow().clone().unwrap_or_default()
    }

    /// Shows what was kept.
    pub(crate) fn flush(&self) {
        if let Some(text) = self.captured.borrow_mut().take()
            && !text.is_empty()
        {
            self.print(&text);
        }
    }

    /// Shows text at once.
    pub(crate) fn print(&self, text: &[u8]) {
        let desc = match self.shared.sink.names_packages() {
            true => self.package.map(Package::desc),
            false => None,
        };
        self.shared.sink.output(desc.as_deref(), text);
    }

    fn desc(&self) -> String {
        self.package.map(Package::desc).unwrap_or_default()
    }

    /// Shows a line of the script that is no command, when commands are shown.
    pub(crate) fn show(&self, line: &str) {
        if let Some(script) = &self.shared.script {
            script.show(&self.desc(), "", line);
        }
    }

    /// Says that a package's archive is about to be made.
    pub(crate) fn begin(&self, p: &Package) {
        self.shared.runner.begin(&self.desc(), &p.import_path);
    }

    /// Has commands carried out, up to the first that fails.
    pub(crate) fn perform_all(&self, commands: &[Command]) -> Result<(), BuildError> {
        commands
            .iter()
            .try_for_each(|command| self.perform(command).map(|_| ()))
    }

    /// Has a command carried out; what it says, if anything, is shown as the package's or as the command's heading wants it.
    pub(crate) fn perform(&self, command: &Command) -> Result<Made, BuildError> {
        let mut made = self.attempt(command);
        let ended = std::mem::replace(&mut made.result, Ok(()));
        let (desc, dir) = match &command.heading {
            Some((desc, dir)) => (desc.as_str(), dir.as_str()),
            None => ("", ""),
        };
        self.report(desc, dir, &made.output, ended)?;
        Ok(made)
    }

    /// Has a command carried out, whatever it comes to.
    pub(crate) fn attempt(&self, command: &Command) -> Made {
        let run = |command: &Command| self.shared.runner.run(&self.desc(), command);
        match &command.operation {
            Operation::MakeDir { path } if path.is_empty() || !self.shared.work.first_use(path) => {
                Made::default()
            }
            Operation::Tool { environment, words } => {
                if let Some(argument) = words.iter().find(|w| w.starts_with('@')) {
                    let (argument, words) = (argument.clone(), words.clone());
                    return Err(BuildError::ResponseWord { argument, words }).into();
                }
                if !words.iter().any(|word| word == THREADS) {
                    return run(command);
                }
                let threads = self.shared.threads.take();
                let words = with_threads(words, threads);
                let made = run(&Command {
                    heading: command.heading.clone(),
                    ..Command::tool(&command.dir, environment.clone(), words)
                });
                self.shared.threads.give_back(threads);
                made
            }
            _ => run(command),
        }
    }

    /// Makes a directory and those above it, once.
    pub(crate) fn mkdir(&self, dir: &str) -> Result<(), BuildError> {
        self.perform(&Command::make_dir(dir)).map(|_| ())
    }

    /// Removes a directory that the build made.
    pub(crate) fn remove_all(&self, dir: &str) {
        let made = self.shared.work.has_made(dir) || gust_fs::disk::symlink_metadata(dir).is_ok();
        if made {
            let dir = dir.to_owned();
            self.attempt(&Command::new(Operation::Remove { dir }));
        }
    }

    /// Brings a result into its place, by renaming where that is as good as copying.
    pub(crate) fn move_or_copy(
        &self,
        to: &str,
        from: &str,
        mode: u32,
        force: bool,
    ) -> Result<(), BuildError> {
        let shared = Path::new(from).starts_with(self.site().cache.dir());
        let (from, to) = (from.to_owned(), to.to_owned());
        let moved = self.perform(&Command::new(Operation::Move {
            from: from.clone(),
            to: to.clone(),
            mode,
            force,
            shared,
        }))?;
        if !moved.declined {
            return Ok(());
        }
        let copy = Operation::Copy {
            from,
            to,
            mode,
            force,
        };
        self.perform(&Command::new(copy)).map(|_| ())
    }

    /// Makes of a command's output and end what is to be shown: output of a failed command is the error, other output
    /// is shown, and an error without output speaks for itself. Without `desc` and `dir` they are the package's.
    pub(crate) fn report(
        &self,
        desc: &str,
        dir: &str,
        output: &[u8],
        ended: Result<(), BuildError>,
    ) -> Result<(), BuildError> {
        if output.is_empty() {
            return ended;
        }
        let package_desc = self.desc();
        let package_dir = self.package.map(|p| &*p.place.dir).unwrap_or(Path::new(""));
        let desc = if desc.is_empty() { &package_desc } else { desc };
        let dir = if dir.is_empty() {
            package_dir
        } else {
            Path::new(dir)
        };
        let (site, work) = (self.site(), self.shared.work.known());
        let text = readable(output, dir, site.settings.cwd(), work, site.options.show);
        let import_path = self.package.map_or("", |p| &*p.import_path);
        let output = CommandOutput {
            needs_path: !import_path.is_empty() && desc != package_desc,
            desc: desc.to_owned(),
            text,
            import_path: import_path.to_owned(),
        };
        if ended.is_err() {
            return Err(BuildError::Output(output));
        }
        let text = output.to_string();
        match &mut *self.captured.borrow_mut() {
            Some(kept) => kept.extend_from_slice(text.as_bytes()),
            None => self.print(text.as_bytes()),
        }
        Ok(())
    }
}

/// A command line with the number of threads in its place; one thread needs no word.
pub(crate) fn with_threads(words: &[String], threads: usize) -> Vec<String> {
    let word = |word: &String| match (word == THREADS, threads > 1) {
        (false, _) => Some(word.clone()),
        (true, true) => Some(format!("-c={threads}")),
        (true, false) => None,
    };
    words.iter().filter_map(word).collect()
}
