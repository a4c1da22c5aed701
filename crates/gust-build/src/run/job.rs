//! One action at work: its directory, its output, and the commands that it shows and runs.

use std::cell::RefCell;
use std::path::Path;

use gust_packages::Package;
use gust_text::quote::{command_line, environment_word};

use super::Sink;
use super::error::{BuildError, CommandOutput};
use super::process::{self, Start};
use super::report::readable;
use super::work::Work;
use crate::plan::{Action, ActionRef};
use crate::show::{Script, hide};
use crate::site::Site;

/// What all jobs of a build share.
pub(crate) struct Shop<'a> {
    pub(crate) site: &'a Site<'a>,
    pub(crate) sink: &'a dyn Sink,
    pub(crate) script: Script,
    pub(crate) work: &'a Work,
}

/// One action at work.
pub(crate) struct Job<'a> {
    pub(crate) shop: &'a Shop<'a>,
    pub(crate) at: ActionRef,
    pub(crate) action: &'a Action,
    pub(crate) package: Option<&'a Package>,
    /// What is written is kept for the cache and shown at the end; None: it is shown at once.
    captured: RefCell<Option<Vec<u8>>>,
}

impl<'a> Job<'a> {
    pub(crate) fn new(shop: &'a Shop<'a>, at: ActionRef, action: &'a Action) -> Job<'a> {
        Job {
            shop,
            at,
            action,
            package: action.package.map(|id| &shop.site.graph[id]),
            captured: RefCell::new(None),
        }
    }

    pub(crate) fn site(&self) -> &'a Site<'a> {
        self.shop.site
    }

    /// The package, for actions that have one.
    pub(crate) fn package(&self) -> Result<&'a Package, BuildError> {
        let missing = || BuildError::Internal(format!("{} without package", self.action.mode()));
        self.package.ok_or_else(missing)
    }

    /// The action's directory, with a slash at the end.
    pub(crate) fn objdir(&self) -> Result<String, BuildError> {
        let missing = || BuildError::Internal(format!("{} without directory", self.action.mode()));
        self.shop
            .work
            .objdir(self.action.objdir.ok_or_else(missing)?)
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
        let desc = self.desc();
        self.shop.sink.output(desc.as_deref(), text);
    }

    fn desc(&self) -> Option<String> {
        match self.shop.sink.names_packages() {
            true => self.package.map(Package::desc),
            false => None,
        }
    }

    /// Shows a command of the build itself, or one about to run, when commands are shown.
    pub(crate) fn show(&self, dir: &str, command: &str) {
        if self.site().options.prints_commands() {
            self.show_always(dir, command);
        }
    }

    fn show_always(&self, dir: &str, command: &str) {
        let (desc, work) = (self.desc(), self.shop.work.known());
        let script = &self.shop.script;
        script.show(self.shop.sink, desc.as_deref(), work, dir, command);
    }

    /// Runs a command; its output, if any, is shown as the package's (or as `desc`'s).
    pub(crate) fn run(
        &self,
        dir: &str,
        desc: &str,
        environment: &[(String, String)],
        words: &[String],
    ) -> Result<(), BuildError> {
        let (output, ended) = self.run_out(dir, environment, words);
        let whole;
        let desc = if desc.is_empty() {
            whole = hide(&words.join(" "), self.shop.work.known());
            &whole
        } else {
            desc
        };
        self.report(desc, dir, &output, ended)
    }

    /// Runs a command and gives its output.
    pub(crate) fn run_out(
        &self,
        dir: &str,
        environment: &[(String, String)],
        words: &[String],
    ) -> process::Ended {
        if let Some(argument) = words.iter().find(|w| w.starts_with('@')) {
            let (argument, words) = (argument.clone(), words.to_vec());
            return (
                Vec::new(),
                Err(BuildError::ResponseWord { argument, words }),
            );
        }
        let options = self.site().options;
        if options.prints_commands() {
            let mut line = String::new();
            for (name, value) in environment {
                line.push_str(&environment_word(name, value));
                line.push(' ');
            }
            line.push_str(&command_line(words));
            self.show_always(dir, &line);
            if options.dry_run {
                return (Vec::new(), Ok(()));
            }
        }
        let package = self.package.map(Package::desc);
        let start = Start {
            dir,
            environment,
            package,
            words,
        };
        process::run(self.site(), &start)
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
        let package_desc = self.package.map(Package::desc).unwrap_or_default();
        let package_dir = self.package.map(|p| &*p.dir).unwrap_or(Path::new(""));
        let desc = if desc.is_empty() { &package_desc } else { desc };
        let dir = if dir.is_empty() {
            package_dir
        } else {
            Path::new(dir)
        };
        let (site, work) = (self.site(), self.shop.work.known());
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
