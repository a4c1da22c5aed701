//! Finding a test's result in the build cache, and keeping it there.

use std::path::{Path, PathBuf};

use gust_cache::{ActionId, Cache, CacheError};
use gust_text::quote::quote;

use super::arguments::CacheArgs;
use super::entries::is_whole;
use super::inputs::{InputsError, Look, inputs_id};

/// Where results are kept, and what they are told apart with.
pub struct Results<'a> {
    /// The build cache.
    pub cache: &'a Cache,
    /// How inputs are looked at.
    pub look: Look<'a>,
    /// Results from before this time have expired (`clean -testcache`); in nanoseconds since 1970.
    pub expired_ns: i64,
    /// Takes the lines of `GODEBUG=gocachetest=1`, newline included.
    pub trace: Option<&'a (dyn Fn(&str) + Sync)>,
}

/// One package's run, as far as its result depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The package.
    pub import_path: &'a str,
    /// Where its test starts: the package's directory.
    pub dir: &'a Path,
    /// The module's root, the GOPATH entry or GOROOT: files outside of it do not count.
    pub root: &'a Path,
    /// The arguments that count.
    pub args: &'a CacheArgs,
    /// The words of -exec.
    pub exec: &'a [String],
    /// A coverage profile is asked for, and kept with the result.
    pub profile: bool,
    /// With -coverpkg: the hash of what the covered packages were built from.
    pub covered: Option<ActionId>,
}

/// A result that was found.
#[derive(Debug)]
pub struct Stored {
    /// What the run printed, its last line's time replaced by `(cached)`.
    pub output: Vec<u8>,
    /// The file with the coverage profile, if one is asked for.
    pub profile: Option<PathBuf>,
}

/// Why no result was found. Displayed as `GODEBUG=gocachetest=1` has it.
#[derive(Debug, thiserror::Error)]
pub enum Miss {
    /// The binary has not run with these arguments.
    #[error("input list not found: cache entry not found: open {}: no such file or directory", .file.display())]
    NoLog {
        /// The file that would say where the log is.
        file: PathBuf,
    },
    /// What is kept as its log is none.
    #[error("input list malformed")]
    BadLog,
    /// The inputs have no ID.
    #[error(transparent)]
    Inputs(#[from] InputsError),
    /// The inputs are others now: this is the usual "something that the test read has changed".
    #[error("test output not found: cache entry not found: open {}: no such file or directory", .file.display())]
    NoOutput {
        /// The file that would say where the output is.
        file: PathBuf,
    },
    /// What is kept is no test's output.
    #[error("test output malformed")]
    BadOutput,
    /// `clean -testcache` was there.
    #[error("test output expired due to go clean -testcache")]
    Expired,
    /// The run was kept without its coverage profile.
    #[error("cached cover profile missing: cache entry not found")]
    NoProfile,
    /// A package that is covered (-coverpkg) has changed.
    #[error("coverage metadata changed, re-running test: cache entry not found")]
    CoverageChanged,
}

impl Results<'_> {
    /// The test ID of a run of the binary with this ID: its link's action ID, or its content ID.
    pub fn test_id(&self, run: &Run<'_>, binary: &str) -> ActionId {
        let mut hasher = self.look.hashing.hasher("testResult");
        let (args, exec) = (words(run.args.as_slice()), words(run.exec));
        hasher.print(format_args!(
            "test binary {binary} args {args} execcmd {exec}"
        ));
        let id = hasher.finish();
        self.say(|| {
            let hex = gust_cache::id::to_hex(binary.as_bytes());
            format!("{}: test ID {hex} => {id}", run.import_path)
        });
        id
    }

    /// The result of an earlier run under this test ID, if all that it looked at is as it was.
    pub fn find(&self, run: &Run<'_>, test: ActionId) -> Result<Stored, Miss> {
        let found = self.look_up(run, test);
        if let Err(miss) = &found {
            self.say(|| format!("{}: {miss}", run.import_path));
        }
        found
    }

    fn look_up(&self, run: &Run<'_>, test: ActionId) -> Result<Stored, Miss> {
        let absent = |id: ActionId| self.cache.entry_file(id);
        let Some((log, _)) = self.cache.get_bytes(test) else {
            return Err(Miss::NoLog { file: absent(test) });
        };
        if !is_whole(&log) {
            return Err(Miss::BadLog);
        }
        let inputs = inputs_id(self.look, &log, run.dir, run.root)?;
        let key = self.key(test, inputs);
        self.say(|| {
            let name = run.import_path;
            format!("{name}: test ID {test} => input ID {inputs} => {key}")
        });
        let output = self.cache.get_bytes(key);
        let mut profile = None;
        if run.profile || run.covered.is_some() {
            let kept = self.cache.get_file(self.profile_key(run, key));
            match (kept, run.profile) {
                (None, true) => return Err(Miss::NoProfile),
                (None, false) => return Err(Miss::CoverageChanged),
                (Some((file, _)), true) => profile = Some(file),
                (Some(_), false) => {}
            }
        }
        let Some((output, entry)) = output else {
            return Err(Miss::NoOutput { file: absent(key) });
        };
        if !output.ends_with(b"\n") {
            return Err(Miss::BadOutput);
        }
        if entry.time_ns < self.expired_ns {
            return Err(Miss::Expired);
        }
        let output = as_cached(&output).ok_or(Miss::BadOutput)?;
        // Who answers from this result again must find it here.
        for id in [test, key] {
            self.look.view.exists(&absent(id));
        }
        Ok(Stored { output, profile })
    }

    /// Keeps a result under each of the test IDs. Nothing is kept when `log` is no test log or names a file that is too new;
    /// the error then says why.
    pub fn keep(
        &self,
        run: &Run<'_>,
        tests: &[ActionId],
        log: &[u8],
        output: &[u8],
        profile: Option<&[u8]>,
    ) -> Result<(), Miss> {
        if !is_whole(log) {
            self.say(|| format!("{}: reading testlog: malformed", run.import_path));
            return Err(Miss::BadLog);
        }
        let inputs = match inputs_id(self.look, log, run.dir, run.root) {
            Ok(inputs) => inputs,
            Err(error) => {
                self.say(|| format!("{}: {error}", run.import_path));
                return Err(error.into());
            }
        };
        for &test in tests {
            let key = self.key(test, inputs);
            self.say(|| {
                let name = run.import_path;
                format!("{name}: save test ID {test} => input ID {inputs} => {key}")
            });
            // A cache that cannot be written to is one that remembers nothing.
            let _ = self.put(run, test, key, [log, output], profile);
        }
        Ok(())
    }

    fn put(
        &self,
        run: &Run<'_>,
        test: ActionId,
        key: ActionId,
        [log, output]: [&[u8]; 2],
        profile: Option<&[u8]>,
    ) -> Result<(), CacheError> {
        self.cache.put_bytes(test, log)?;
        self.cache.put_bytes(key, output)?;
        // Without a profile an empty one is kept: it proves that the covered packages were these.
        let proof = run.covered.map(|_| &b""[..]);
        if let Some(profile) = profile.or(proof) {
            self.cache.put_bytes(self.profile_key(run, key), profile)?;
        }
        Ok(())
    }

    fn key(&self, test: ActionId, inputs: ActionId) -> ActionId {
        let desc = format!("inputs:{inputs}");
        self.look.hashing.subkey(test, &desc)
    }

    fn profile_key(&self, run: &Run<'_>, key: ActionId) -> ActionId {
        let hashing = self.look.hashing;
        let key = match run.covered {
            Some(covered) => hashing.subkey(key, &format!("coverdeps:{covered}")),
            None => key,
        };
        hashing.subkey(key, "coverprofile")
    }

    fn say(&self, line: impl FnOnce() -> String) {
        if let Some(trace) = self.trace {
            trace(&format!("testcache: {}\n", line()));
        }
    }
}

/// `["a" "b"]`, as Go prints a list of strings in quotes.
fn words(list: &[String]) -> String {
    let quoted: Vec<String> = list.iter().map(|word| quote(word)).collect();
    format!("[{}]", quoted.join(" "))
}

/// A run's output with `(cached)` for the time in its last line, `ok  \tPACKAGE\tTIME…`.
fn as_cached(output: &[u8]) -> Option<Vec<u8>> {
    let body = output.strip_suffix(b"\n")?;
    let last = memchr::memrchr(b'\n', body).map_or(0, |at| at + 1);
    let after_ok = last + b"ok  \t".len();
    let package = output[last..].strip_prefix(b"ok  \t")?;
    let time = after_ok + memchr::memchr(b'\t', package)? + 1;
    let rest = output[time..]
        .iter()
        .position(|b| !matches!(b, b'0'..=b'9' | b'.' | b's'))?;
    Some([&output[..time], b"(cached)", &output[time + rest..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_becomes_cached() {
        let cached = |text: &str| Some(String::from_utf8(as_cached(text.as_bytes())?).unwrap());
        assert_eq!(
            cached("x\nok  \tp\t0.012s\tcoverage: 1.5% of statements\n").unwrap(),
            "x\nok  \tp\t(cached)\tcoverage: 1.5% of statements\n"
        );
        assert_eq!(cached("ok  \tp\t1.0s\n").unwrap(), "ok  \tp\t(cached)\n");
        for bad in ["", "ok  \tp\n", "FAIL\tp\t1s\n", "ok  \tp\t1s"] {
            assert_eq!(cached(bad), None, "{bad:?}");
        }
    }
}
