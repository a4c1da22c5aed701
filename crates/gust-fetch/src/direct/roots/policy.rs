//! GOVCS: which version control systems may be used for which modules (`go help vcs`).
//!
//! Systems talk to servers that nobody has vetted, and some of them were never made for that. What GOVCS does not say is decided by two rules
//! behind it: private modules may use all, public ones Git and Mercurial.

use crate::error::FetchError;
use crate::names::{match_prefix_patterns, quote};

/// What a rule of GOVCS is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum About {
    Private,
    Public,
    Paths(String),
}

#[derive(Debug, Clone)]
struct Rule {
    about: About,
    systems: Vec<String>,
}

/// GOVCS, read; with what holds where it says nothing.
#[derive(Debug, Clone)]
pub(super) struct Policy {
    rules: Result<Vec<Rule>, FetchError>,
    private: String,
}

impl Policy {
    pub(super) fn new(govcs: &str, goprivate: &str) -> Policy {
        Policy {
            rules: parse(govcs).map_err(FetchError::message),
            private: goprivate.to_owned(),
        }
    }

    /// Whether `system` (its command) may be used for what lies at the import path `root`.
    pub(super) fn check(&self, system: &str, root: &str) -> Result<(), FetchError> {
        let rules = self.rules.as_ref().map_err(Clone::clone)?;
        let private = match_prefix_patterns(&self.private, root);
        let rule = rules.iter().find(|rule| match &rule.about {
            About::Private => private,
            About::Public => !private,
            About::Paths(pattern) => match_prefix_patterns(pattern, root),
        });
        let allowed = match rule {
            Some(rule) => rule
                .systems
                .iter()
                .any(|name| name == system || name == "all"),
            None => private || matches!(system, "git" | "hg"),
        };
        if allowed {
            return Ok(());
        }
        let what = if private { "private" } else { "public" };
        Err(FetchError::message(format!(
            "GOVCS disallows using {system} for {what} {root}; see 'go help vcs'"
        )))
    }
}

fn parse(govcs: &str) -> Result<Vec<Rule>, String> {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    let mut rules = Vec::new();
    if govcs.trim().is_empty() {
        return Ok(rules);
    }
    for item in govcs.trim().split(',').map(str::trim) {
        if item.is_empty() {
            return Err("empty entry in GOVCS".to_owned());
        }
        let quoted = quote(item);
        let Some((pattern, systems)) = item.split_once(':') else {
            return Err(format!(
                "malformed entry in GOVCS (missing colon): {quoted}"
            ));
        };
        let (pattern, systems) = (pattern.trim(), systems.trim());
        if pattern.is_empty() {
            return Err(format!("empty pattern in GOVCS: {quoted}"));
        }
        if systems.is_empty() {
            return Err(format!("empty VCS list in GOVCS: {quoted}"));
        }
        if is_relative(pattern) {
            let quoted = quote(pattern);
            return Err(format!("relative pattern not allowed in GOVCS: {quoted}"));
        }
        if let Some((_, earlier)) = seen.iter().find(|(known, _)| *known == pattern) {
            let earlier = quote(earlier);
            return Err(format!(
                "unreachable pattern in GOVCS: {quoted} after {earlier}"
            ));
        }
        seen.push((pattern, item));
        let systems: Vec<String> = systems
            .split('|')
            .map(|name| name.trim().to_owned())
            .collect();
        if systems.iter().any(String::is_empty) {
            return Err(format!("empty VCS name in GOVCS: {quoted}"));
        }
        let about = match pattern {
            "private" => About::Private,
            "public" => About::Public,
            _ => About::Paths(pattern.to_owned()),
        };
        rules.push(Rule { about, systems });
    }
    Ok(rules)
}

fn is_relative(pattern: &str) -> bool {
    pattern == "." || pattern == ".." || pattern.starts_with("./") || pattern.starts_with("../")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(govcs: &str, system: &str, root: &str) -> String {
        let policy = Policy::new(govcs, "corp.example");
        policy
            .check(system, root)
            .map_or_else(|err| err.to_string(), |()| "yes".to_owned())
    }

    #[test]
    fn the_first_rule_that_speaks_decides() {
        for (govcs, system, root, allowed) in [
            ("", "git", "a.example/x", true),
            ("", "svn", "a.example/x", false),
            ("", "svn", "corp.example/x", true),
            ("public:all", "svn", "a.example/x", true),
            ("public:git|fossil", "hg", "a.example/x", false),
            ("a.example:svn,public:all", "git", "a.example/x", false),
            ("private:hg,public:off", "git", "corp.example/x", false),
            ("*:all", "bzr", "b.example/x", true),
        ] {
            assert_eq!(
                asked(govcs, system, root) == "yes",
                allowed,
                "{govcs} {system} {root}"
            );
        }
        let text = "GOVCS disallows using bzr for public a.example/x; see 'go help vcs'";
        assert_eq!(asked("", "bzr", "a.example/x"), text);
    }

    #[test]
    fn mistakes_are_named() {
        for (govcs, text) in [
            ("a:git,,b:hg", "empty entry in GOVCS"),
            ("a", "malformed entry in GOVCS (missing colon): \"a\""),
            (":git", "empty pattern in GOVCS: \":git\""),
            ("a:", "empty VCS list in GOVCS: \"a:\""),
            ("./a:git", "relative pattern not allowed in GOVCS: \"./a\""),
            (
                "a:git,a:hg",
                "unreachable pattern in GOVCS: \"a:hg\" after \"a:git\"",
            ),
            ("a:git|", "empty VCS name in GOVCS: \"a:git|\""),
        ] {
            assert_eq!(asked(govcs, "git", "x.example/y"), text);
        }
    }
}
