//! One package's run: an earlier result, or the binary started.

use std::ffi::OsString;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use gust_build::plan::{ActionKind, ActionRef, Surroundings};
use gust_build::run::BuildError;
use gust_cache::ActionId;
use gust_fs::View;
use gust_packages::Package;

use super::cover;
use super::testing::{Testing, lock};
use crate::log::{CacheArgs, Look, Results, Run as Kept, Stored, Uncacheable};
use crate::package::{self, Show, Telling, Test};
use crate::report;
use crate::run::{Given, Start};

/// Runs a package's test.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) testing: Arc<Testing>,
    pub(super) number: usize,
    /// The link of its binary; for a package without tests the compile of the package.
    pub(super) made: ActionRef,
    /// What collects what there is to be counted in other packages.
    pub(super) meta: Option<ActionRef>,
    pub(super) found: Mutex<Found>,
}

/// What was found before the binary was linked.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The test ID of the link's inputs.
    test: Option<ActionId>,
    stored: Option<Stored>,
}

/// How a run ended.
pub(super) enum Verdict {
    Passed,
    Failed,
    /// There was nothing to run, because of this package.
    NotBuilt(Option<String>),
}

impl ActionKind for Run {
    fn mode(&self) -> String {
        "test run".to_owned()
    }

    fn spares(&self, around: &Surroundings<'_>, link: &str) -> bool {
        let Some(package) = around.package() else {
            return false;
        };
        let Some(args) = self.cacheable(package) else {
            return false;
        };
        let view = around.site().view.anew();
        self.with_results(around, &view, |results| {
            let kept = self.kept(around, package, args);
            let test = results.test_id(&kept, link);
            let stored = results.find(&kept, test).ok();
            let is_there = stored.is_some();
            *lock(&self.found) = Found {
                test: Some(test),
                stored,
            };
            is_there
        })
    }

    fn act(&self, around: &Surroundings<'_>) -> Option<Result<Option<PathBuf>, BuildError>> {
        let testing = &*self.testing;
        if testing.is_stopped() {
            return Some(Ok(None));
        }
        let mut converter = testing.begin(self.number);
        let mut shown = |bytes: &[u8]| match &mut converter {
            // An outlet does not fail.
            Some(converter) => drop(converter.write(bytes)),
            None => testing.outlet.print(bytes),
        };
        let mut telling = Telling::new(testing.asked.show, &mut shown);
        let verdict = self.tell(around, &mut telling);
        testing.hold(self.number, telling.into_later());
        match &verdict {
            Verdict::Passed => testing.end(converter, true, None),
            Verdict::Failed => testing.end(converter, false, None),
            Verdict::NotBuilt(culprit) => testing.end(converter, false, culprit.as_deref()),
        }
        Some(Ok(None))
    }
}

impl Run {
    fn tell(&self, around: &Surroundings<'_>, telling: &mut Telling<'_>) -> Verdict {
        let Some(package) = around.package() else {
            return Verdict::NotBuilt(None);
        };
        let path = &*package.import_path;
        if let Some(culprit) = around.deps().iter().find_map(|&dep| around.failed(dep)) {
            self.testing.fail();
            telling.say(report::build_failed(path).as_bytes());
            return Verdict::NotBuilt(culprit.map(Package::desc));
        }
        if !package.has_tests() {
            return self.without_tests(around, package, telling);
        }
        let Found { test, stored } = std::mem::take(&mut *lock(&self.found));
        let content = around.content_id(self.made);
        let mut tests: Vec<ActionId> = test.into_iter().collect();
        let stored = match (stored, self.cacheable(package)) {
            (None, Some(args)) => {
                let view = around.site().view.anew();
                self.with_results(around, &view, |results| {
                    let kept = self.kept(around, package, args);
                    let test = results.test_id(&kept, &content);
                    tests.push(test);
                    results.find(&kept, test).ok()
                })
            }
            (stored, _) => stored,
        };
        match stored {
            Some(stored) => {
                if let Some(file) = &stored.profile {
                    self.add_profile(around, &file.to_string_lossy());
                }
                telling.say(&stored.output);
                Verdict::Passed
            }
            None => self.start(around, package, &tests, telling),
        }
    }

    fn start(
        &self,
        around: &Surroundings<'_>,
        package: &Package,
        tests: &[ActionId],
        telling: &mut Telling<'_>,
    ) -> Verdict {
        let asked = &self.testing.asked;
        let log = PathBuf::from(format!("{}testlog.txt", around.objdir()));
        let args = self.kept_arguments(package).ok();
        let logs = args.is_some() && asked.exec.is_empty();
        let fuzz_cache = around.site().cache.fuzz_dir().join(&*package.import_path);
        let cover_dir = match self.make_cover_dir(around) {
            Ok(dir) => dir,
            Err(error) => {
                self.testing.fail_test();
                telling.say(format!("{error}\n").as_bytes());
                return Verdict::Failed;
            }
        };
        let profile = cover::profile_file(around);
        let words = Given {
            exec: &asked.exec,
            binary: Path::new(&around.file(self.made).unwrap_or_default()),
            log: logs.then_some(&*log),
            fuzz_cache: asked.fuzzing.then_some(&*fuzz_cache),
            cover_dir: cover_dir.as_deref(),
            profile: self.testing.wants_profiles().then(|| Path::new(&profile)),
            arguments: &asked.arguments,
        }
        .words();
        around.show(&words.join(" "));
        if around.site().options.dry_run {
            return Verdict::Passed;
        }
        let streams = asked.show == Show::AtOnce && asked.events.is_none();
        let own_output = streams.then(|| self.testing.outlet.own_output()).flatten();
        let extra = cover_dir.map(|dir| (cover::DIRECTORY_VARIABLE, OsString::from(dir)));
        let test = Test {
            package: &package.import_path,
            start: Start {
                words: &words,
                dir: &package.place.dir,
                environ: &asked.environ,
                extra: extra.as_slice(),
                limits: asked.limits,
                view: around.site().view,
            },
            own_output: own_output.as_ref().map(AsFd::as_fd),
            all: asked.all,
            coverage: asked.cover,
            marked: asked.marked,
        };
        let passed = package::perform(&test, telling);
        self.add_profile(around, &profile);
        if !passed {
            self.testing.fail_test();
            return Verdict::Failed;
        }
        if let (Some(args), true) = (args, logs) {
            self.keep(around, package, args, tests, &log, telling.kept());
        }
        Verdict::Passed
    }

    /// Keeps what the test said, for those who ask again while nothing that it looked at has changed.
    fn keep(
        &self,
        around: &Surroundings<'_>,
        package: &Package,
        args: &CacheArgs,
        tests: &[ActionId],
        log: &Path,
        output: &[u8],
    ) {
        #[expect(clippy::disallowed_methods, reason = "the test has just written it")]
        let Ok(log) = gust_fs::disk::read(log) else {
            return;
        };
        let view = around.site().view.anew();
        self.with_results(around, &view, |results| {
            let kept = self.kept(around, package, args);
            let profile = self.testing.wants_profiles().then(|| cover::read(around));
            if profile == Some(None) {
                return;
            }
            let profile = profile.flatten();
            // A result that cannot be kept is made again.
            let _ = results.keep(&kept, tests, &log, output, profile.as_deref());
        });
    }

    /// The same for a result that is about to be looked for: that it is not kept is told to whoever asked for the trace.
    fn cacheable(&self, package: &Package) -> Option<&CacheArgs> {
        let told = |why: &Uncacheable| {
            if self.testing.asked.traced {
                self.testing.outlet.trace(&format!("testcache: {why}\n"));
            }
        };
        self.kept_arguments(package).inspect_err(told).ok()
    }

    /// The arguments that tell the package's results apart; or why its results are not kept.
    fn kept_arguments(&self, package: &Package) -> Result<&CacheArgs, Uncacheable> {
        match &self.testing.asked.cacheable {
            Ok(args) if package.place.root.is_some() => Ok(args),
            Ok(_) => Err(Uncacheable::NoRoot {
                import_path: package.import_path.to_string(),
            }),
            Err(why) => Err(why.clone()),
        }
    }

    fn kept<'a>(
        &'a self,
        around: &Surroundings<'_>,
        package: &'a Package,
        args: &'a CacheArgs,
    ) -> Kept<'a> {
        Kept {
            import_path: &package.import_path,
            dir: &package.place.dir,
            root: package.place.root.as_deref().unwrap_or(Path::new("")),
            args,
            exec: &self.testing.asked.exec,
            profile: self.testing.wants_profiles(),
            covered: self.meta.map(|meta| cover::collected_id(around, meta)),
        }
    }

    /// Asks for results. The disk is looked at as it is now, whatever the command saw before: tests change files.
    fn with_results<T>(
        &self,
        around: &Surroundings<'_>,
        view: &View,
        ask: impl FnOnce(&Results<'_>) -> T,
    ) -> T {
        let site = around.site();
        let asked = &self.testing.asked;
        let trace = |line: &str| self.testing.outlet.trace(line);
        ask(&Results {
            cache: site.cache,
            look: Look {
                hashing: site.hashing,
                view,
                environ: site.settings.environ(),
                zone: &asked.zone,
            },
            expired_ns: asked.expired_ns,
            trace: asked.traced.then_some(&trace),
        })
    }
}
