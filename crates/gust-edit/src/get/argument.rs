//! The arguments of `get`: what each names, at which version, and what was found for it so far.

use std::collections::HashSet;

use gust_modules::ModulesError;
use gust_modules::query::split_path_version;
use gust_packages::pattern::{glob::Glob, is_meta};
use gust_syntax::gover;
use gust_syntax::module::ModuleVersion;

/// How an argument's words are understood.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// A package or a module.
    Path,
    /// Any that match.
    Wildcard(Box<Glob>),
    /// Directories of the main module.
    Local,
    /// All packages that the main module needs.
    All,
    /// The main module's packages.
    Work,
    /// The programs of go.mod's `tool` lines.
    Tools,
}

/// Modules of which one has to be chosen for a path.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    pub(super) path: String,
    /// Those that have the package: no two of them may be selected.
    pub(super) providers: Vec<ModuleVersion>,
    /// The module of that very path, if it has no such package.
    pub(super) module: Option<ModuleVersion>,
}

impl Options {
    /// One module that has the package.
    pub(super) fn provider(module: ModuleVersion) -> Options {
        Options {
            providers: vec![module],
            ..Options::default()
        }
    }

    /// A module, whatever packages it has.
    pub(super) fn module(module: ModuleVersion) -> Options {
        Options {
            module: Some(module),
            ..Options::default()
        }
    }

    fn is_empty(&self) -> bool {
        self.providers.is_empty() && self.module.is_none()
    }
}

/// What came of asking for a path.
pub(super) type Answer = Result<Options, ModulesError>;

/// One argument.
#[derive(Debug)]
pub(super) struct Argument {
    /// As it was given, in its canonical form; empty where none was.
    pub(super) text: String,
    /// What stands before the `@`.
    pub(super) pattern: String,
    /// What stands behind it, or what -u means.
    pub(super) query: String,
    /// A version was given.
    pub(super) has_version: bool,
    pub(super) kind: Kind,
    /// What has not been decided yet.
    pub(super) open: Vec<(String, Answer)>,
    /// Modules that it decided.
    pub(super) decided: Vec<ModuleVersion>,
    /// It names packages, and not only modules.
    pub(super) names_packages: bool,
    /// It was told that it contradicts another one.
    pub(super) contradicts: bool,
    asked: HashSet<String>,
}

/// `upgrade` and `patch` mean a main module as it is.
pub(super) fn keeps_mains(query: &str) -> bool {
    matches!(query, "upgrade" | "patch")
}

fn is_relative(pattern: &str) -> bool {
    pattern.starts_with("./") || pattern.starts_with("../") || matches!(pattern, "." | "..")
}

impl Argument {
    /// Reads an argument. `default` is the query of those without a version.
    pub(super) fn read(text: &str, default: &str) -> Result<Argument, ModulesError> {
        let split = split_path_version(text)?;
        let (pattern, version) = split.unwrap_or((text, ""));
        if split.is_some() && (version.is_empty() || version.contains('@')) {
            return Err(ModulesError::text(format!(
                "invalid module version syntax {}",
                quoted(text)
            )));
        }
        let local = is_relative(pattern) || pattern.starts_with('/');
        let kind = match pattern {
            "all" => Kind::All,
            "work" => Kind::Work,
            "tool" => Kind::Tools,
            _ if local => Kind::Local,
            _ if pattern.contains("...") => Kind::Wildcard(Box::new(Glob::simple(pattern))),
            _ => Kind::Path,
        };
        let argument = Argument {
            text: text.to_owned(),
            pattern: pattern.to_owned(),
            query: match version {
                "" => default.to_owned(),
                version => version.to_owned(),
            },
            has_version: !version.is_empty(),
            kind,
            open: Vec::new(),
            decided: Vec::new(),
            names_packages: false,
            contradicts: false,
            asked: HashSet::new(),
        };
        argument.check()?;
        Ok(argument)
    }

    fn check(&self) -> Result<(), ModulesError> {
        let (pattern, query) = (&self.pattern, &self.query);
        let wrong = |text: String| Err(ModulesError::text(text));
        match self.kind {
            Kind::Local if self.has_version => wrong(format!(
                "can't request explicit version {} of path {} in main module",
                quoted(query),
                quoted(pattern)
            )),
            // go counts main modules before it has read them.
            Kind::All if !keeps_mains(query) => wrong(format!(
                "can't request version {} of pattern \"all\" that includes the main modules",
                quoted(query)
            )),
            Kind::Tools if self.has_version => {
                wrong("can't request explicit version of \"tool\" pattern".to_owned())
            }
            Kind::Work | Kind::Path if is_meta(pattern) && self.has_version => wrong(format!(
                "can't request explicit version of standard-library pattern {}",
                quoted(pattern)
            )),
            _ => Ok(()),
        }
    }

    /// Does a wildcard stand in it?
    pub(super) fn is_wild(&self) -> bool {
        match self.kind {
            Kind::Wildcard(_) => true,
            Kind::Local => self.pattern.contains("..."),
            _ => false,
        }
    }

    /// It asks for a module not to be there.
    pub(super) fn removes(&self) -> bool {
        self.query == "none"
    }

    /// Is the module (or package) of that path meant?
    pub(super) fn means(&self, path: &str) -> bool {
        match &self.kind {
            Kind::Wildcard(glob) if !gover::is_toolchain_module(path) => glob.matches(path),
            _ => path == self.pattern,
        }
    }

    /// Could a package of the module be meant?
    pub(super) fn may_reach_into(&self, module: &str) -> bool {
        match &self.kind {
            _ if gover::is_toolchain_module(module) => false,
            Kind::Wildcard(glob) => glob.may_match_below(module),
            _ => gust_packages::pattern::glob::has_path_prefix(&self.pattern, module),
        }
    }

    /// Asks for a path, unless that was done before.
    pub(super) fn ask(&mut self, path: &str, answer: impl FnOnce(&Argument) -> Answer) {
        if self.asked.insert(path.to_owned()) {
            let answer = answer(self);
            self.take(path, answer);
        }
    }

    /// True the first time.
    pub(super) fn first_asks(&mut self, path: &str) -> bool {
        self.asked.insert(path.to_owned())
    }

    /// Takes what came of asking.
    pub(super) fn take(&mut self, path: &str, answer: Answer) {
        if answer.as_ref().is_ok_and(Options::is_empty) {
            return;
        }
        let answer = answer.map(|options| Options {
            path: path.to_owned(),
            ..options
        });
        self.open.push((path.to_owned(), answer));
    }

    /// A module that it decided, in its own words.
    pub(super) fn told_of(&self, module: &ModuleVersion) -> String {
        let (pattern, query) = (&self.pattern, &self.query);
        match (*module.path == **pattern, module.version == query.as_str()) {
            (false, false) => format!("{module} (matching {pattern}@{query})"),
            (false, true) => format!("{module} (matching {})", self.text),
            (true, false) => format!("{pattern}@{query} ({})", module.version),
            (true, true) => self.text.clone(),
        }
    }

    /// The argument, with the version that it means if that is another than it says.
    pub(super) fn told_at(&self, version: &str) -> String {
        match *version == *self.query {
            true => self.text.clone(),
            false => format!("{}@{} ({version})", self.pattern, self.query),
        }
    }

    /// An error about this argument: its words in front, unless the error has them already.
    pub(super) fn complaint(&self, error: &str) -> String {
        let at = |word: &str, before: &str, behind: &str| {
            error
                .lines()
                .any(|line| stands_apart(line, word, before, behind))
        };
        let told = at(&self.pattern, " \t(\"`", " @:;)\"`")
            && (!self.has_version || at(&self.query, " @(\"`", " :;)\"`"));
        match told || self.text.is_empty() {
            true => error.to_owned(),
            false => format!("{}: {error}", self.text),
        }
    }
}

/// Does the word stand in the line, with one of these characters or an end of the line on either side?
fn stands_apart(line: &str, word: &str, before: &str, behind: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let begins = line[..at]
            .chars()
            .next_back()
            .is_none_or(|c| before.contains(c));
        let ends = line[at + word.len()..].chars().next();
        begins && ends.is_none_or(|c| behind.contains(c))
    })
}

pub(super) fn quoted(text: &str) -> String {
    gust_text::quote::quote(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_with_the_argument_once() {
        for (line, word, want) in [
            ("module a.b/c: no", "a.b/c", true),
            ("a.b/c@v1: no", "a.b/c", true),
            ("xa.b/c: no", "a.b/c", false),
            ("a.b/c/d: no", "a.b/c", false),
        ] {
            assert_eq!(
                stands_apart(line, word, " \t(\"`", " @:;)\"`"),
                want,
                "{line}"
            );
        }
    }
}
