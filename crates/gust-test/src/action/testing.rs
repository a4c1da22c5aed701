//! What all tests of one command share: what was asked of them, and what has come of it so far.

use std::fmt::{Debug, Formatter};
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gust_toolchain::Environ;

use crate::json::{Clock, Converter, Dialect};
use crate::log::{CacheArgs, Uncacheable};
use crate::package::Show;
use crate::profile::Profile;
use crate::run::Limits;
use crate::zone::Zone;

/// Where tests are told.
pub trait Outlet: Send + Sync {
    /// Bytes for standard output.
    fn print(&self, bytes: &[u8]);

    /// A line for standard error that was asked for (GODEBUG).
    fn trace(&self, line: &str);

    /// Standard output itself, for a test that is to have it; everything printed before has gone out.
    fn own_output(&self) -> Option<OwnedFd>;
}

/// What was asked of a command's tests.
pub struct Asked {
    /// The arguments of test binaries.
    pub arguments: Vec<String>,
    /// The words that binaries are started with.
    pub exec: Vec<String>,
    /// The environment of binaries.
    pub environ: Environ,
    /// How long each may take.
    pub limits: Limits,
    /// When what they print is seen.
    pub show: Show,
    /// What passing tests print is wanted too.
    pub all: bool,
    /// Their failures bear the mark of framing.
    pub marked: bool,
    /// Packages were named.
    pub named: bool,
    /// After a failure no further binary is started.
    pub fail_fast: bool,
    /// Fuzzing, for which no end is told.
    pub fuzzing: bool,
    /// Code counts what of it is run.
    pub cover: bool,
    /// The arguments that tell results apart; or why results are neither looked for nor kept.
    pub cacheable: Result<CacheArgs, Uncacheable>,
    /// Results from before this time have expired, in nanoseconds since 1970.
    pub expired_ns: i64,
    /// GODEBUG=gocachetest=1
    pub traced: bool,
    /// The zone that times are told in.
    pub zone: Zone,
    /// They are told as events.
    pub events: Option<Events>,
}

/// How events are told.
#[derive(Clone, Copy, Debug)]
pub struct Events {
    /// Those of which release.
    pub dialect: Dialect,
    /// A failed event names the package that could not be built.
    pub names_builds: bool,
}

/// The tests of one command.
pub struct Testing {
    /// What was asked.
    pub(crate) asked: Asked,
    pub(crate) outlet: Arc<dyn Outlet>,
    packages: Vec<String>,
    failed: AtomicBool,
    stopped: AtomicBool,
    voices: Mutex<Voices>,
    later: Mutex<Vec<Vec<u8>>>,
    profile: Option<Mutex<Profile>>,
}

#[derive(Default)]
struct Voices {
    begun: usize,
    waiting: Vec<Option<Converter<Printer>>>,
}

/// Standard output as a writer.
pub(crate) struct Printer(Arc<dyn Outlet>);

impl Write for Printer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.print(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Debug for Testing {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Testing")
            .field("packages", &self.packages)
            .finish_non_exhaustive()
    }
}

impl Testing {
    /// Nothing has run yet. `packages` are those to be tested, by import path; their tests are numbered in this order.
    /// `profile` is what the coverage profiles of packages are added to, if they are asked for.
    pub fn new(
        asked: Asked,
        outlet: Arc<dyn Outlet>,
        packages: Vec<String>,
        profile: Option<Profile>,
    ) -> Testing {
        let waiting = packages.iter().map(|_| None).collect();
        Testing {
            asked,
            outlet,
            failed: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            voices: Mutex::new(Voices { begun: 0, waiting }),
            later: Mutex::new(vec![Vec::new(); packages.len()]),
            profile: profile.map(Mutex::new),
            packages,
        }
    }

    /// Notes that something failed.
    pub fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    /// Whether something failed.
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// A test failed that ran.
    pub(crate) fn fail_test(&self) {
        self.fail();
        if self.asked.fail_fast {
            self.stopped.store(true, Ordering::Relaxed);
        }
    }

    /// No further test is to be started.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// A test begins: its converter, where events are told. The event that says so stands behind those of the packages
    /// before: of these each begins now at the latest, being ready as well.
    pub(crate) fn begin(&self, number: usize) -> Option<Converter<Printer>> {
        self.asked.events?;
        let mut voices = lock(&self.voices);
        while voices.begun <= number {
            let next = voices.begun;
            voices.waiting[next] = self.converter(&self.packages[next]);
            voices.begun += 1;
        }
        voices.waiting[number].take()
    }

    fn converter(&self, package: &str) -> Option<Converter<Printer>> {
        let events = self.asked.events?;
        let zone = self.asked.zone.clone();
        let out = Printer(Arc::clone(&self.outlet));
        Converter::start(out, package, events.dialect, Some(Clock { zone })).ok()
    }

    /// Ends a test's events. `failed_build` names the package that could not be built.
    pub(crate) fn end(
        &self,
        converter: Option<Converter<Printer>>,
        passed: bool,
        failed_build: Option<&str>,
    ) {
        let (Some(mut converter), Some(events)) = (converter, self.asked.events) else {
            return;
        };
        if let Some(package) = failed_build.filter(|_| events.names_builds) {
            converter.failed_build(package);
        }
        converter.exited(passed);
        // What is printed goes to an outlet, which does not fail.
        let _ = converter.close();
    }

    /// Tells of a package that no test could be made for, because of an error of `culprit`.
    pub fn tell_setup_failure(&self, package: &str, culprit: &str) {
        self.fail();
        let line = crate::report::setup_failed(package);
        match self.converter(package) {
            None => self.outlet.print(line.as_bytes()),
            Some(mut converter) => {
                let _ = converter.write(line.as_bytes());
                self.end(Some(converter), false, Some(culprit));
            }
        }
    }

    /// Coverage profiles are asked for.
    pub(crate) fn wants_profiles(&self) -> bool {
        self.profile.is_some()
    }

    /// Adds the coverage profile of a package, which is in `file`.
    pub(crate) fn add_profile(&self, file: &str, profile: &[u8]) {
        let Some(all) = &self.profile else { return };
        if let Err(error) = lock(all).add(file, profile) {
            self.fail();
            self.outlet.trace(&format!("{error}\n"));
        }
    }

    /// Keeps what a test's print is to tell.
    pub(crate) fn hold(&self, number: usize, text: Vec<u8>) {
        lock(&self.later)[number] = text;
    }

    /// What a test's print is to tell.
    pub(crate) fn held(&self, number: usize) -> Vec<u8> {
        std::mem::take(&mut lock(&self.later)[number])
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
