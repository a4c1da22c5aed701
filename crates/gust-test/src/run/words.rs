//! The words of a test binary's command line.

use std::path::Path;

/// What a test binary is given.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The words of -exec.
    pub exec: &'a [String],
    /// The binary.
    pub binary: &'a Path,
    /// Where it writes down what it looks at; none when its result will not be kept, or when it runs elsewhere (-exec).
    pub log: Option<&'a Path>,
    /// With -fuzz: where inputs that were found are kept.
    pub fuzz_cache: Option<&'a Path>,
    /// With -cover: where counters go.
    pub cover_dir: Option<&'a Path>,
    /// With -coverprofile: the file that its own profile goes to, to be merged with the others'.
    pub profile: Option<&'a Path>,
    /// The arguments of the command line.
    pub arguments: &'a [String],
}

impl Given<'_> {
    /// The words, in go's order.
    pub fn words(&self) -> Vec<String> {
        let file = |flag: &str, path: Option<&Path>| {
            path.map(|path| format!("-test.{flag}={}", path.display()))
        };
        let mut words = self.exec.to_vec();
        words.push(self.binary.display().to_string());
        words.extend(file("testlogfile", self.log));
        // A test that calls os.Exit(0) has not passed: it has not finished.
        words.push("-test.paniconexit0".to_owned());
        words.extend(file("fuzzcachedir", self.fuzz_cache));
        words.extend(file("gocoverdir", self.cover_dir));
        let profile = file("coverprofile", self.profile);
        words.extend(self.arguments.iter().map(|argument| match &profile {
            Some(own) if argument.starts_with("-test.coverprofile=") => own.clone(),
            _ => argument.clone(),
        }));
        words
    }
}
