//! The compiler's command line.

use gust_packages::Package;

use super::{actual, add, tool_words, trimpath};
use crate::command::THREADS;
use crate::site::Site;

/// What one run of the compiler is given besides the package.
#[derive(Debug, Clone, Default)]
pub struct Compile<'a> {
    /// The action's directory, with a slash at the end.
    pub objdir: &'a str,
    /// The import path that symbols are named by.
    pub package_path: &'a str,
    /// The build ID to write.
    pub build_id: &'a str,
    /// The program is made without what debuggers need.
    pub omit_debug: bool,
    /// The file with the profile.
    pub profile: Option<&'a str>,
    /// What it is to know of counters.
    pub cover_config: Option<&'a str>,
    /// The file with the ABIs of assembly functions.
    pub symabis: Option<&'a str>,
    /// A header for assembly files is to be written.
    pub asm_header: bool,
    /// There is an embedcfg file.
    pub embeds: bool,
    /// The Go files: names in the package's directory, or paths.
    pub files: &'a [String],
}

/// Packages of the standard library that leave function bodies to the runtime.
const BODILESS: [&str; 10] = [
    "bytes",
    "internal/poll",
    "net",
    "os",
    "runtime/metrics",
    "runtime/pprof",
    "runtime/trace",
    "sync",
    "syscall",
    "time",
];

/// What makes the compiler count branches for a fuzzer.
pub(crate) const FUZZED: &str = "-d=libfuzzer";

/// The command line that makes `_pkg_.a` in the action's directory.
pub fn words(site: &Site<'_>, p: &Package, run: &Compile<'_>) -> Vec<String> {
    let objdir = run.objdir;
    let mut words = tool_words(site, "compile");
    add(&mut words, &["-o", &format!("{objdir}_pkg_.a")]);
    add(
        &mut words,
        &["-trimpath", &trimpath::rules(site, p, objdir)],
    );
    default_flags(site, p, run, &mut words);
    words.extend(site.shape.gcflags.iter().cloned());
    words.extend(site.options.gcflags.of(p).iter().cloned());
    if p.build.fuzzed {
        add(&mut words, &[FUZZED]);
    }
    match &*p.place.local_prefix {
        "" => add(&mut words, &["-nolocalimports"]),
        prefix => add(&mut words, &["-D", prefix]),
    }
    add(&mut words, &["-importcfg", &format!("{objdir}importcfg")]);
    if run.embeds {
        add(&mut words, &["-embedcfg", &format!("{objdir}embedcfg")]);
    }
    add(&mut words, &["-pack"]);
    if run.asm_header {
        add(&mut words, &["-asmhdr", &format!("{objdir}go_asm.h")]);
    }
    words.extend(run.files.iter().map(|file| actual(site, p, file)));
    words
}

fn default_flags(site: &Site<'_>, p: &Package, run: &Compile<'_>, words: &mut Vec<String>) {
    add(words, &["-p", run.package_path]);
    add(words, &[&format!("-lang=go{}", language(site, p))]);
    if p.place.standard {
        add(words, &["-std"]);
    }
    if is_complete(p) {
        add(words, &["-complete"]);
    }
    if !site.shape.install_suffix.is_empty() {
        add(words, &["-installsuffix", &site.shape.install_suffix]);
    }
    if !run.build_id.is_empty() {
        add(words, &["-buildid", run.build_id]);
    }
    if run.omit_debug || site.settings.goos() == "plan9" || site.settings.goarch() == "wasm" {
        add(words, &["-dwarf=false"]);
    }
    let release = site.options.release.as_deref();
    let release = release.unwrap_or_else(|| site.settings.release_name());
    if release.starts_with("go1") {
        add(words, &["-goversion", release]);
    }
    if let Some(config) = run.cover_config {
        add(words, &[&format!("-coveragecfg={config}")]);
    }
    if let Some(profile) = run.profile {
        add(words, &[&format!("-pgoprofile={profile}")]);
    }
    if let Some(symabis) = run.symabis {
        add(words, &["-symabis", symabis]);
    }
    add(words, &[THREADS]);
}

/// The language version: the module's, as long as this release knows it.
fn language(site: &Site<'_>, p: &Package) -> String {
    let local = site.settings.go_version();
    let version = match &p.module {
        None => local,
        Some(module) if module.go_version.is_empty() => DEFAULT_GO_MOD_VERSION,
        Some(module) if allowed_version(site, &module.go_version) => &module.go_version,
        Some(_) => local,
    };
    gust_syntax::gover::lang(version).to_owned()
}

/// The version of a module whose go.mod does not say.
pub const DEFAULT_GO_MOD_VERSION: &str = "1.16";

/// Is the release new enough for a go.mod that asks for `version`?
pub fn allowed_version(site: &Site<'_>, version: &str) -> bool {
    let local = site.settings.go_version();
    version.is_empty() || gust_syntax::gover::compare(local, version).is_ge()
}

/// Nothing but Go in it: each function has a body.
fn is_complete(p: &Package) -> bool {
    let s = &*p.sources;
    let others = [
        &s.cgo, &s.c, &s.cxx, &s.m, &s.f, &s.s, &s.syso, &s.swig, &s.swigcxx,
    ];
    let bodiless = p.place.standard && BODILESS.contains(&&*p.import_path);
    !bodiless && others.iter().all(|files| files.is_empty())
}

/// How many threads each compile may use, so that all of them together do not crowd the machine.
#[derive(Debug)]
pub struct Threads {
    jobs: usize,
    most: usize,
    least: usize,
    state: std::sync::Mutex<(usize, usize)>,
}

impl Threads {
    /// For so many jobs at once on so many threads.
    pub fn new(jobs: usize, threads: usize) -> Threads {
        let least = threads.min(4);
        Threads {
            jobs,
            most: threads,
            least,
            state: std::sync::Mutex::new((2 * threads + least * jobs, 0)),
        }
    }

    /// Threads for one compile, to be given back with [`Threads::give_back`].
    pub fn take(&self) -> usize {
        if self.jobs == 1 {
            return self.most;
        }
        let mut state = crate::site::lock(&self.state);
        let (tokens, running) = &mut *state;
        *running += 1;
        let aside = self.jobs.saturating_sub(*running) * self.least;
        let share = tokens.saturating_sub(aside) / 2;
        let taken = share.min(self.most).max(self.least);
        *tokens = tokens.saturating_sub(taken);
        taken
    }

    /// The compile has ended.
    pub fn give_back(&self, taken: usize) {
        if self.jobs == 1 {
            return;
        }
        let mut state = crate::site::lock(&self.state);
        state.0 += taken;
        state.1 -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_shared() {
        let threads = Threads::new(2, 2);
        let (a, b) = (threads.take(), threads.take());
        assert_eq!((a, b), (2, 2));
        threads.give_back(a);
        threads.give_back(b);
        assert_eq!(threads.state.lock().unwrap().0, 8);
        assert_eq!(Threads::new(1, 16).take(), 16);
    }
}
