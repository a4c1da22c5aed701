//! What a person may type to name packages, and which packages that names.
//!
//! - [`glob`]: the `...` wildcard
//! - `expand`: a command line to import paths, in module and in GOPATH mode
//! - `walk`: directory trees, in go's order
//! - `local`: a directory of the command line to its import path, in module mode

pub(crate) mod expand;
pub mod glob;
mod local;
mod matcher;
mod walk;

pub use matcher::PackageMatcher;

use crate::model::{Problem, Str};
use crate::paths::{clean, is_local_import};
use gust_syntax::slash;
use std::path::Path;

/// One argument of the command line and what it names.
#[derive(Debug, Clone, Default)]
pub struct Match {
    /// The argument, in its canonical form.
    pub pattern: String,
    /// Import paths (or, for directories without one, the directory as typed).
    pub packages: Vec<Str>,
    /// What stood in the way of finding all that match.
    pub problems: Vec<Problem>,
}

impl Match {
    fn new(pattern: String) -> Match {
        Match {
            pattern,
            ..Match::default()
        }
    }

    /// No wildcard and no word for many packages.
    pub fn is_literal(&self) -> bool {
        !self.pattern.contains("...") && !is_meta(&self.pattern)
    }

    /// A path of the file system.
    pub fn is_local(&self) -> bool {
        is_local_import(&self.pattern) || self.pattern.starts_with('/')
    }

    /// The warning that it names nothing, if so.
    pub fn unmatched(&self) -> Option<String> {
        let pattern = gust_text::quote::quote(&self.pattern);
        let is_nothing = self.packages.is_empty() && self.problems.is_empty();
        is_nothing.then(|| format!("go: warning: {pattern} matched no packages"))
    }

    fn fail(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.fail_with(Problem::Other(text));
    }

    fn fail_with(&mut self, problem: Problem) {
        let literal = self.is_literal();
        let problem = Problem::Match {
            pattern: self.pattern.as_str().into(),
            literal,
            problem: Box::new(problem),
        };
        self.problems.push(problem);
    }
}

/// Words that stand for many packages.
pub fn is_meta(pattern: &str) -> bool {
    matches!(pattern, "std" | "cmd" | "tool" | "work" | "all")
}

/// Arguments in their canonical form; none stands for `.`. What follows an `@` stays as it is.
pub fn clean_patterns(patterns: &[String]) -> Vec<String> {
    if patterns.is_empty() {
        return vec![".".into()];
    }
    patterns.iter().map(|p| clean_pattern(p)).collect()
}

fn clean_pattern(pattern: &str) -> String {
    if pattern.starts_with('/') {
        return clean(Path::new(pattern)).to_string_lossy().into_owned();
    }
    let at = if is_local_import(pattern) {
        None
    } else {
        pattern.find('@')
    };
    let (path, version) = pattern.split_at(at.unwrap_or(pattern.len()));
    let path = path.replace('\\', "/");
    let cleaned = match (path.starts_with("./"), slash::clean(&path)) {
        (true, c) if c == "." => c,
        (true, c) => format!("./{c}"),
        (false, c) => c,
    };
    cleaned + version
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_cleaned() {
        for (typed, want) in [
            ("./", "."),
            ("./a//b", "./a/b"),
            ("a/../b@v1..2", "b@v1..2"),
            ("..", ".."),
            (r"a\b", "a/b"),
            ("/x/../y", "/y"),
        ] {
            assert_eq!(clean_patterns(&[typed.to_owned()]), [want]);
        }
    }
}
