//! One package's test: its binary is run, what it prints is shown or held, and its result told.

use std::os::fd::BorrowedFd;

use crate::report;
use crate::run::{self, Output, Start};

/// When what a test prints is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// At once, and nothing is kept: no package was named, or benchmarks run, or fuzzing.
    AtOnce,
    /// At once, and kept as well: it may be cached.
    AndKept,
    /// When the package's turn has come.
    Later,
}

impl Show {
    /// What a command shows when. `named`: packages were named; `endless`: benchmarks or fuzzing; `all`: what passing tests print
    /// is shown too; `alone`: one package, or one at a time; `json`: as events, which say whose they are.
    pub fn of(named: bool, endless: bool, all: bool, alone: bool, json: bool) -> Show {
        if !named || endless {
            Show::AtOnce
        } else if all && alone || json {
            Show::AndKept
        } else {
            Show::Later
        }
    }
}

/// How a test is run and told.
#[derive(Debug)]
pub struct Test<'a> {
    /// The package, as its lines name it.
    pub package: &'a str,
    /// What is started.
    pub start: Start<'a>,
    /// Where nothing is kept, it gets this file as its output: this process's own, which may be a terminal. Not for events.
    pub own_output: Option<BorrowedFd<'a>>,
    /// What it prints is wanted even if it passes.
    pub all: bool,
    /// Its `ok` line says how much it covered.
    pub coverage: bool,
    /// Its `FAIL` line bears the mark of framing.
    pub marked: bool,
}

/// Where a package's output goes.
pub struct Telling<'a> {
    show: Show,
    shown: &'a mut dyn FnMut(&[u8]),
    kept: Vec<u8>,
}

impl<'a> Telling<'a> {
    /// Output that is seen when `show` says; what is seen at once goes to `shown`.
    pub fn new(show: Show, shown: &'a mut dyn FnMut(&[u8])) -> Telling<'a> {
        Telling {
            show,
            shown,
            kept: Vec::new(),
        }
    }

    /// Takes output.
    pub fn say(&mut self, bytes: &[u8]) {
        if self.show != Show::Later {
            (self.shown)(bytes);
        }
        if self.show != Show::AtOnce {
            self.kept.extend_from_slice(bytes);
        }
    }

    /// All that was said, for the cache; empty when nothing is kept.
    pub fn kept(&self) -> &[u8] {
        &self.kept
    }

    /// What is still to be shown.
    pub fn into_later(self) -> Vec<u8> {
        match self.show {
            Show::Later => self.kept,
            _ => Vec::new(),
        }
    }
}

/// Runs the test and tells its result; whether it passed.
pub fn perform(test: &Test<'_>, telling: &mut Telling<'_>) -> bool {
    let output = match (test.own_output, telling.show) {
        (Some(file), Show::AtOnce) => Output::File(file),
        _ => Output::To(&mut |bytes| telling.say(bytes)),
    };
    let ending = run::run(&test.start, output);
    if ending.failure.is_some() {
        let why = report::why(&ending, &telling.kept);
        telling.say(why.as_bytes());
        let line = report::failed(test.package, ending.elapsed, test.marked);
        telling.say(line.as_bytes());
        return false;
    }
    let line = report::passed(test.package, ending.elapsed, &telling.kept, test.coverage);
    let cut_off = telling.kept.last().is_some_and(|last| *last != b'\n');
    if !test.all {
        telling.kept.clear();
    }
    if cut_off {
        telling.say(b"\n");
    }
    telling.say(line.as_bytes());
    true
}
