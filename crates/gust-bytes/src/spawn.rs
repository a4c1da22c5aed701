//! What a program is started with.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::{os, os_path};

/// A command that starts `program`.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    Command::new(os(&program))
}

/// A command's words and variables, given as text. What clippy forbids on [`Command`] itself would hand on carriers.
pub trait Spawn {
    /// One more argument.
    fn word(&mut self, word: impl AsRef<OsStr>) -> &mut Self;
    /// More arguments.
    fn words(&mut self, words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> &mut Self;
    /// A variable.
    fn variable(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Self;
    /// Variables.
    fn variables(
        &mut self,
        variables: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>,
    ) -> &mut Self;
    /// Where it is started.
    fn at(&mut self, dir: impl AsRef<Path>) -> &mut Self;
}

impl Spawn for Command {
    fn word(&mut self, word: impl AsRef<OsStr>) -> &mut Command {
        self.arg(os(&word))
    }

    fn words(&mut self, words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> &mut Command {
        for word in words {
            self.word(word);
        }
        self
    }

    fn variable(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Command {
        self.env(os(&name), os(&value))
    }

    fn variables(
        &mut self,
        variables: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>,
    ) -> &mut Command {
        for (name, value) in variables {
            self.variable(name, value);
        }
        self
    }

    fn at(&mut self, dir: impl AsRef<Path>) -> &mut Command {
        self.current_dir(os_path(&dir))
    }
}
