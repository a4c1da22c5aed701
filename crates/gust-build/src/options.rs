//! What a person asked of a build, as values: flags of `go build` and what the command at hand adds to them.

use std::path::Path;

use gust_packages::Package;
use gust_packages::pattern::PackageMatcher;
use gust_text::quote::{FieldsError, split_fields};

/// The flags of a build and the purpose of the command that builds.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// The command's name, for messages: `build`, `install`, `run`.
    pub command: &'static str,
    /// What is wanted of the packages.
    pub purpose: Purpose,
    /// The release that the compiler must be of; none for the one in GOROOT.
    pub release: Option<String>,
    /// -a: rebuild what is up to date.
    pub rebuild: bool,
    /// -n: show the commands, run none.
    pub dry_run: bool,
    /// -x: show the commands.
    pub show: bool,
    /// -v: name packages as they are built.
    pub verbose: bool,
    /// -debug-trace: when actions were at work is kept.
    pub trace: bool,
    /// -work: keep the work directory and name it.
    pub keep_work: bool,
    /// -p: how many tools may run at once; at least 1.
    pub jobs: usize,
    /// How many threads this process may use (GOMAXPROCS): what `compile -c` is derived from.
    pub threads: usize,
    /// -buildmode; `default` when not given.
    pub buildmode: String,
    /// -race
    pub race: bool,
    /// -msan
    pub msan: bool,
    /// -asan
    pub asan: bool,
    /// -trimpath
    pub trimpath: bool,
    /// -linkshared
    pub linkshared: bool,
    /// -o was given. (Where to is in the plan.)
    pub output_given: bool,
    /// -gcflags
    pub gcflags: PerPackage,
    /// -asmflags
    pub asmflags: PerPackage,
    /// -ldflags
    pub ldflags: PerPackage,
    /// -toolexec
    pub toolexec: Vec<String>,
    /// -installsuffix
    pub install_suffix: String,
    /// Packages come from modules, not from GOPATH alone.
    pub modules_enabled: bool,
}

/// What is wanted of the packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// Archives and programs.
    #[default]
    Build,
    /// What `go list` shows of a build: whether packages are stale, and where their export data and sources are.
    List {
        /// -export: compile what is stale.
        export: bool,
        /// -compiled: know the files that the compiler sees, generated ones too.
        compiled: bool,
        /// -e: a package that cannot be built is not the end.
        tolerant: bool,
    },
}

impl Default for BuildOptions {
    fn default() -> BuildOptions {
        BuildOptions {
            command: "build",
            purpose: Purpose::Build,
            rebuild: false,
            dry_run: false,
            release: None,
            show: false,
            verbose: false,
            trace: false,
            keep_work: false,
            jobs: 1,
            threads: 1,
            buildmode: "default".to_owned(),
            race: false,
            msan: false,
            asan: false,
            trimpath: false,
            linkshared: false,
            output_given: false,
            gcflags: PerPackage::default(),
            asmflags: PerPackage::default(),
            ldflags: PerPackage::default(),
            toolexec: Vec::new(),
            install_suffix: String::new(),
            modules_enabled: true,
        }
    }
}

impl BuildOptions {
    /// Commands are printed: -n or -x.
    pub fn prints_commands(&self) -> bool {
        self.dry_run || self.show
    }

    /// The work directory is named before anything else: -x or -work, for what is not a dry run.
    pub fn names_work(&self) -> bool {
        !self.dry_run && (self.show || self.keep_work)
    }

    /// The build is one of `go list`.
    pub fn lists(&self) -> bool {
        matches!(self.purpose, Purpose::List { .. })
    }

    /// `go list -export`.
    pub fn needs_export(&self) -> bool {
        matches!(self.purpose, Purpose::List { export: true, .. })
    }

    /// `go list -compiled`.
    pub fn needs_compiled_files(&self) -> bool {
        matches!(self.purpose, Purpose::List { compiled: true, .. })
    }
}

/// A flag that may differ from package to package: `-gcflags=[pattern=]words`, given any number of times.
#[derive(Debug, Clone, Default)]
pub struct PerPackage {
    entries: Vec<Entry>,
    raw: Option<String>,
}

#[derive(Debug, Clone)]
struct Entry {
    /// None: the packages named on the command line.
    matcher: Option<PackageMatcher>,
    words: Vec<String>,
}

/// A value of such a flag that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PerPackageError {
    /// There is no `=`.
    #[error("missing =<value> in <pattern>=<value>")]
    NoValue,
    /// Nothing stands before the `=`.
    #[error("missing <pattern> in <pattern>=<value>")]
    NoPattern,
    /// The value as a whole is quoted.
    #[error("parameter may not start with quote character {0}")]
    Quoted(char),
    /// The words are not quoted as they must be.
    #[error(transparent)]
    Words(#[from] FieldsError),
}

impl PerPackage {
    /// Reads the values in the order in which they were given; patterns are relative to `cwd`.
    ///
    /// # Errors
    /// [`PerPackageError`] for the first value that cannot be understood.
    pub fn parse<'a>(
        values: impl IntoIterator<Item = &'a str>,
        cwd: &Path,
    ) -> Result<PerPackage, PerPackageError> {
        let mut flag = PerPackage::default();
        for value in values {
            flag.raw = Some(value.to_owned());
            flag.entries.push(Entry::parse(value, cwd)?);
        }
        Ok(flag)
    }

    /// The same, with `tool` and `work` meaning the tools and packages of these main modules.
    #[must_use]
    pub fn with_modules(mut self, main_modules: &[String], tools: &[String]) -> PerPackage {
        for entry in &mut self.entries {
            if let Some(matcher) = entry.matcher.take() {
                let matcher = matcher.with_modules(main_modules.to_vec(), tools.to_vec());
                entry.matcher = Some(matcher);
            }
        }
        self
    }

    /// The words for a package: those of the last entry whose pattern matches it.
    pub fn of(&self, package: &Package) -> &[String] {
        let matching = self.entries.iter().rev().find(|e| e.matches(package));
        matching.map_or(&[], |e| &e.words)
    }

    /// The last value as it was given; None when the flag was not.
    pub fn raw(&self) -> Option<&str> {
        self.raw.as_deref()
    }

    /// The entries with a pattern (None for the packages of the command line) and their words, in order.
    pub fn entries(&self) -> impl Iterator<Item = (Option<&PackageMatcher>, &[String])> {
        self.entries
            .iter()
            .map(|e| (e.matcher.as_ref(), e.words.as_slice()))
    }
}

impl Entry {
    fn parse(value: &str, cwd: &Path) -> Result<Entry, PerPackageError> {
        let value = value.trim();
        if value.is_empty() || value.starts_with('-') {
            return Ok(Entry {
                matcher: None,
                words: split_fields(value)?,
            });
        }
        let (pattern, words) = value.split_once('=').ok_or(PerPackageError::NoValue)?;
        if pattern.is_empty() {
            return Err(PerPackageError::NoPattern);
        }
        if let Some(mark) = value.chars().next().filter(|c| matches!(c, '\'' | '"')) {
            return Err(PerPackageError::Quoted(mark));
        }
        Ok(Entry {
            matcher: Some(PackageMatcher::new(pattern.trim(), cwd)),
            words: split_fields(words)?,
        })
    }

    fn matches(&self, package: &Package) -> bool {
        match &self.matcher {
            Some(matcher) => matcher.matches(package),
            None => {
                let asked = &package.asked;
                asked.cmdline_pkg || asked.cmdline_files || package.build.tests_named
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_apart() {
        let words = |v: &str| {
            let flag = PerPackage::parse([v], Path::new("/"))?;
            Ok::<_, PerPackageError>(flag.entries[0].words.clone())
        };
        assert_eq!(words("-e -f").unwrap(), ["-e", "-f"]);
        assert_eq!(words(" all=-N '-l x' ").unwrap(), ["-N", "-l x"]);
        assert!(words("").unwrap().is_empty());
        assert_eq!(words("x"), Err(PerPackageError::NoValue));
        assert_eq!(words("=x"), Err(PerPackageError::NoPattern));
        assert_eq!(words("\"-e=x"), Err(PerPackageError::Quoted('"')));
    }
}
