//! What coverage adds to a test's run: counters go to a directory of their own, profiles are merged, and a package without tests
//! says what there would be to be counted.

use std::path::{Path, PathBuf};

use gust_build::command::Command;
use gust_build::plan::{ActionRef, Surroundings};
use gust_build::run::BuildError;
use gust_cache::ActionId;
use gust_packages::Package;

use super::run::{Run, Verdict};
use crate::package::Telling;
use crate::report;

/// The list of what there is to be counted. (internal/coverage.)
pub(super) const COLLECTED: &str = "metafiles.txt";
/// Where programs that count put their counters.
pub(super) const DIRECTORY_VARIABLE: &str = "GOCOVERDIR";

/// The file in which a package that was built says what there is to be counted in it, if it was asked to.
pub(super) fn meta_file(around: &Surroundings<'_>, build: ActionRef) -> Option<String> {
    let package = around.package_of(build)?;
    package.build.cover.as_ref().filter(|cover| cover.meta)?;
    let name = gust_build::cover_meta_file(package);
    Some(format!("{}{name}", around.objdir_of(build)?))
}

/// A test's own profile.
pub(super) fn profile_file(around: &Surroundings<'_>) -> String {
    format!("{}_cover_.out", around.objdir())
}

/// What the test has written there.
pub(super) fn read(around: &Surroundings<'_>) -> Option<Vec<u8>> {
    around.read(&profile_file(around))
}

/// What the packages are made from whose counters are collected: a test's result depends on it.
pub(super) fn collected_id(around: &Surroundings<'_>, meta: ActionRef) -> ActionId {
    let mut hasher = around.site().hashing.hasher("covermeta");
    for &dep in around.deps_of(meta) {
        let id = around.build_id(dep);
        let made_from = id.split('/').next().unwrap_or_default();
        if !made_from.is_empty() {
            hasher.print(format_args!("dep {made_from}\n"));
        }
    }
    hasher.finish()
}

impl Run {
    /// Adds the profile in a file to that of all packages. That there is none is no matter.
    pub(super) fn add_profile(&self, around: &Surroundings<'_>, file: &str) {
        let profile = self.testing.wants_profiles().then(|| around.read(file));
        if let Some(profile) = profile.flatten() {
            self.testing.add_profile(file, &profile);
        }
    }

    /// Makes the directory for a test's counters, with the list of what there is to be counted elsewhere.
    pub(super) fn make_cover_dir(
        &self,
        around: &Surroundings<'_>,
    ) -> Result<Option<PathBuf>, BuildError> {
        if !self.testing.asked.cover {
            return Ok(None);
        }
        let dir = format!("{}gocoverdir", around.objdir());
        around.perform(&Command::make_dir(&dir))?;
        let collected = self.meta.and_then(|meta| around.objdir_of(meta));
        if let Some(from) = collected {
            let to = format!("{dir}/{COLLECTED}");
            around.perform(&Command::copy(format!("{from}{COLLECTED}"), to, false))?;
        }
        Ok(Some(dir.into()))
    }

    /// Tells of a package without tests.
    pub(super) fn without_tests(
        &self,
        around: &Surroundings<'_>,
        package: &Package,
        telling: &mut Telling<'_>,
    ) -> Verdict {
        let path = &*package.import_path;
        let meta = self
            .testing
            .asked
            .cover
            .then(|| meta_file(around, self.made))
            .flatten();
        let dry_run = around.site().options.dry_run;
        let says =
            |file: &String| dry_run || around.read(file).is_some_and(|said| !said.is_empty());
        let Some(meta) = meta.filter(says) else {
            telling.say(report::no_test_files(path).as_bytes());
            return Verdict::Passed;
        };
        match self.tell_uncovered(around, &meta, telling) {
            Ok(()) => Verdict::Passed,
            Err(error) => {
                self.testing.fail();
                telling.say(format!("{error}\n").as_bytes());
                Verdict::Failed
            }
        }
    }

    /// Has the release's tool say how much of the package is covered, which is nothing, and make a profile of that.
    fn tell_uncovered(
        &self,
        around: &Surroundings<'_>,
        meta: &str,
        telling: &mut Telling<'_>,
    ) -> Result<(), BuildError> {
        around.perform(&Command::make_dir(around.objdir()))?;
        let dir = Path::new(meta).parent().unwrap_or(Path::new("/"));
        let dir = dir.to_string_lossy().into_owned();
        let ask = |words: &[&str]| {
            let go = around.site().settings.goroot().join("bin/go");
            let mut command = around.site().options.toolexec.clone();
            command.push(go.to_string_lossy().into_owned());
            command.extend(["tool", "covdata"].map(str::to_owned));
            command.extend(words.iter().map(|word| (*word).to_owned()));
            around.output(&Command::tool(around.objdir(), Vec::new(), command))
        };
        telling.say(&ask(&["percent", "-i", &dir])?);
        if self.testing.wants_profiles() {
            let file = profile_file(around);
            telling.say(&ask(&["textfmt", "-i", &dir, "-o", &file])?);
            self.add_profile(around, &file);
        }
        Ok(())
    }
}
