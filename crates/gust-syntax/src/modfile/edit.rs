//! Changes of single directives. What they drop is gone from the file's text after [`ModFile::cleanup`].

use super::directive::{ModFile, is_indirect};
use super::tree::{Comment, Hint, LineId, Statement, Syntax};
use super::values::{
    Exclude, Go, Godebug, Ignore, Interval, Module, Replace, Require, Tool, Toolchain, auto_quote,
};
use crate::gover;
use crate::module::{
    ModuleVersion, VersionError, canonical_version, check_path_major, path_major_prefix,
    split_path_version,
};
use crate::semver;

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|&word| word.to_owned()).collect()
}

/// A value that may not stand in the file. `Display` is go's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Not a version of Go.
    #[error("invalid language version {}", crate::module::quote(.0))]
    GoVersion(String),
    /// Not a toolchain's name.
    #[error("invalid toolchain name {}", crate::module::quote(.0))]
    Toolchain(String),
    /// Not a version of the module.
    #[error(transparent)]
    Version(#[from] VersionError),
}

impl ModFile {
    /// Tidies the text after edits: removed lines disappear, and a block that has one line left is written without parentheses.
    pub fn cleanup(&mut self) {
        self.syntax.cleanup();
    }

    /// Adds a comment at the end of the file.
    pub fn add_comment(&mut self, text: &str) {
        let comments = super::Comments {
            before: vec![Comment::new(text)],
            ..Default::default()
        };
        self.syntax.statements.push(Statement::Comments(comments));
    }

    /// Sets the module path.
    pub fn set_module(&mut self, path: &str) {
        let tokens = vec!["module".to_owned(), auto_quote(path)];
        match &mut self.module {
            Some(module) => {
                module.path = path.to_owned();
                self.syntax.update_line(module.line, tokens);
            }
            None => {
                let line = self.syntax.add_line(Hint::LastOfVerb, tokens);
                self.module = Some(Module {
                    path: path.to_owned(),
                    deprecated: String::new(),
                    line,
                });
            }
        }
    }

    /// Sets the go line; a new one comes after the module line.
    pub fn set_go(&mut self, version: &str) -> Result<(), EditError> {
        if !gover::is_go_line(version) {
            return Err(EditError::GoVersion(version.to_owned()));
        }
        let tokens = words(&["go", version]);
        match &mut self.go {
            Some(go) => {
                go.version = version.to_owned();
                self.syntax.update_line(go.line, tokens);
            }
            None => {
                let hint = self
                    .module
                    .as_ref()
                    .map_or(Hint::LastOfVerb, |module| Hint::Line(module.line));
                let line = self.syntax.add_line(hint, tokens);
                self.go = Some(Go {
                    version: version.to_owned(),
                    line,
                });
            }
        }
        Ok(())
    }

    /// Removes the go line.
    pub fn drop_go(&mut self) {
        if let Some(go) = self.go.take() {
            self.syntax.remove_line(go.line);
        }
    }

    /// Sets the toolchain line; a new one comes after the go line.
    pub fn set_toolchain(&mut self, name: &str) -> Result<(), EditError> {
        if !gover::is_toolchain_line(name) {
            return Err(EditError::Toolchain(name.to_owned()));
        }
        let tokens = words(&["toolchain", name]);
        match &mut self.toolchain {
            Some(toolchain) => {
                toolchain.name = name.to_owned();
                self.syntax.update_line(toolchain.line, tokens);
            }
            None => {
                let after = self
                    .go
                    .as_ref()
                    .map(|go| go.line)
                    .or(self.module.as_ref().map(|m| m.line));
                let line = self
                    .syntax
                    .add_line(after.map_or(Hint::LastOfVerb, Hint::Line), tokens);
                self.toolchain = Some(Toolchain {
                    name: name.to_owned(),
                    line,
                });
            }
        }
        Ok(())
    }

    /// Removes the toolchain line.
    pub fn drop_toolchain(&mut self) {
        if let Some(toolchain) = self.toolchain.take() {
            self.syntax.remove_line(toolchain.line);
        }
    }

    /// Sets a GODEBUG setting, once.
    pub fn add_godebug(&mut self, key: &str, value: &str) {
        add_godebug(&mut self.syntax, &mut self.godebug, key, value);
    }

    /// Removes a GODEBUG setting.
    pub fn drop_godebug(&mut self, key: &str) {
        drop_where(&mut self.syntax, &mut self.godebug, |g| {
            (g.key == key).then_some(g.line)
        });
    }

    /// Makes `version` the only one required of the module. Its first line is edited in place and so keeps its comments.
    pub fn add_require(&mut self, path: &str, version: &str) {
        let first = self.require.iter().position(|r| r.module.path == path);
        let Some(first) = first else {
            return self.add_new_require(path, version, false);
        };
        let kept = self.require[first].line;
        self.require[first].module.version = version.into();
        self.syntax.update_line(
            kept,
            vec!["require".to_owned(), auto_quote(path), version.to_owned()],
        );
        drop_where(&mut self.syntax, &mut self.require, |r| {
            (r.module.path == path && r.line != kept).then_some(r.line)
        });
    }

    /// Appends a line to the last block of requirements. The caller knows that the module has none yet, or wants two.
    pub fn add_new_require(&mut self, path: &str, version: &str, indirect: bool) {
        let tokens = vec!["require".to_owned(), auto_quote(path), version.to_owned()];
        let line = self.syntax.add_line(Hint::LastOfVerb, tokens);
        set_indirect(&mut self.syntax, line, indirect);
        self.require.push(Require {
            module: ModuleVersion::new(path, version),
            indirect,
            line,
        });
    }

    /// Removes requirements of the module.
    pub fn drop_require(&mut self, path: &str) {
        drop_where(&mut self.syntax, &mut self.require, |r| {
            (r.module.path == path).then_some(r.line)
        });
    }

    /// Excludes a version. The line goes to where the module's others are; if it has none, to the end of the file, as go
    /// has it, and not into a block of others. Twice is once.
    pub fn add_exclude(&mut self, path: &str, version: &str) -> Result<(), EditError> {
        check_canonical(path, version)?;
        if self
            .exclude
            .iter()
            .any(|x| x.module.path == path && x.module.version == version)
        {
            return Ok(());
        }
        let hint = self.exclude.iter().rfind(|x| x.module.path == path);
        let hint = hint.map_or(Hint::End, |x| Hint::Line(x.line));
        let line = self.syntax.add_line(
            hint,
            vec!["exclude".to_owned(), auto_quote(path), version.to_owned()],
        );
        self.exclude.push(Exclude {
            module: ModuleVersion::new(path, version),
            line,
        });
        Ok(())
    }

    /// Excludes a version no more.
    pub fn drop_exclude(&mut self, path: &str, version: &str) {
        drop_where(&mut self.syntax, &mut self.exclude, |x| {
            (x.module.path == path && x.module.version == version).then_some(x.line)
        });
    }

    /// Replaces a module (every version, if `old` has none). The line's place is found as in [`ModFile::add_exclude`].
    pub fn add_replace(&mut self, old: &ModuleVersion, new: &ModuleVersion) {
        add_replace(&mut self.syntax, &mut self.replace, old, new);
    }

    /// Replaces it no more.
    pub fn drop_replace(&mut self, old: &ModuleVersion) {
        drop_where(&mut self.syntax, &mut self.replace, |r| {
            (r.old == *old).then_some(r.line)
        });
    }

    /// Retracts versions; the lines of the rationale become comments. [`ModFile::retract`] stays what the file said when it
    /// was read: `go mod edit -json` shows no more than that.
    pub fn add_retract(&mut self, interval: &Interval, rationale: &str) -> Result<(), EditError> {
        let path = self.path().to_owned();
        check_canonical(&path, &interval.high)?;
        check_canonical(&path, &interval.low)?;
        let (low, high) = (auto_quote(&interval.low), auto_quote(&interval.high));
        let tokens = if interval.low == interval.high {
            words(&["retract", &low])
        } else {
            words(&["retract", "[", &low, ",", &high, "]"])
        };
        let line = self.syntax.add_line(Hint::LastOfVerb, tokens);
        if !rationale.is_empty() {
            let comments = rationale
                .split('\n')
                .map(|text| Comment::new(format!("// {text}")));
            self.syntax.line_mut(line).comments.before.extend(comments);
        }
        Ok(())
    }

    /// Retracts them no more.
    pub fn drop_retract(&mut self, interval: &Interval) {
        drop_where(&mut self.syntax, &mut self.retract, |r| {
            (r.interval == *interval).then_some(r.line)
        });
    }

    /// Adds a tool.
    pub fn add_tool(&mut self, path: &str) {
        if !self.tool.iter().any(|tool| tool.path == path) {
            let line = self
                .syntax
                .add_line(Hint::LastOfVerb, words(&["tool", path]));
            self.tool.push(Tool {
                path: path.to_owned(),
                line,
            });
            self.sort_blocks();
        }
    }

    /// Removes a tool.
    pub fn drop_tool(&mut self, path: &str) {
        drop_where(&mut self.syntax, &mut self.tool, |tool| {
            (tool.path == path).then_some(tool.line)
        });
    }

    /// Adds an ignored directory.
    pub fn add_ignore(&mut self, path: &str) {
        if !self.ignore.iter().any(|ignore| ignore.path == path) {
            let line = self
                .syntax
                .add_line(Hint::LastOfVerb, words(&["ignore", path]));
            self.ignore.push(Ignore {
                path: path.to_owned(),
                line,
            });
            self.sort_blocks();
        }
    }

    /// Removes an ignored directory.
    pub fn drop_ignore(&mut self, path: &str) {
        drop_where(&mut self.syntax, &mut self.ignore, |ignore| {
            (ignore.path == path).then_some(ignore.line)
        });
    }
}

/// Removes entries, and their lines.
pub(crate) fn drop_where<T>(
    syntax: &mut Syntax,
    list: &mut Vec<T>,
    pick: impl Fn(&T) -> Option<LineId>,
) {
    list.retain(|entry| match pick(entry) {
        Some(line) => {
            syntax.remove_line(line);
            false
        }
        None => true,
    });
}

pub(crate) fn add_godebug(syntax: &mut Syntax, list: &mut Vec<Godebug>, key: &str, value: &str) {
    let tokens = vec!["godebug".to_owned(), format!("{key}={value}")];
    let Some(first) = list.iter_mut().find(|g| g.key == key) else {
        let line = syntax.add_line(Hint::LastOfVerb, tokens);
        list.push(Godebug {
            key: key.to_owned(),
            value: value.to_owned(),
            line,
        });
        return;
    };
    first.value = value.to_owned();
    let kept = first.line;
    syntax.update_line(kept, tokens);
    drop_where(syntax, list, |g| {
        (g.key == key && g.line != kept).then_some(g.line)
    });
}

pub(crate) fn add_replace(
    syntax: &mut Syntax,
    list: &mut Vec<Replace>,
    old: &ModuleVersion,
    new: &ModuleVersion,
) {
    let mut tokens = vec!["replace".to_owned(), auto_quote(&old.path)];
    tokens.extend((!old.version.is_empty()).then(|| old.version.to_string()));
    tokens.extend(["=>".to_owned(), auto_quote(&new.path)]);
    tokens.extend((!new.version.is_empty()).then(|| new.version.to_string()));
    let same = |r: &Replace| {
        r.old.path == old.path && (old.version.is_empty() || r.old.version == old.version)
    };
    if let Some(first) = list.iter_mut().find(|r| same(r)) {
        first.new = new.clone();
        let kept = first.line;
        syntax.update_line(kept, tokens);
        drop_where(syntax, list, |r| {
            (same(r) && r.line != kept).then_some(r.line)
        });
        return;
    }
    let hint = list.iter().rfind(|r| r.old.path == old.path);
    let line = syntax.add_line(hint.map_or(Hint::End, |r| Hint::Line(r.line)), tokens);
    list.push(Replace {
        old: old.clone(),
        new: new.clone(),
        line,
    });
}

/// Marks a requirement as one that only dependencies need, or takes the mark away; what people wrote behind the line survives.
pub(super) fn set_indirect(syntax: &mut Syntax, id: LineId, indirect: bool) {
    if is_indirect(syntax, id) == indirect {
        return;
    }
    let suffix = &mut syntax.line_mut(id).comments.suffix;
    match suffix.first_mut() {
        None => suffix.push(Comment::new("// indirect")),
        Some(comment) if indirect => {
            let text = comment.text.trim_start_matches("//").trim();
            comment.text = if text.is_empty() {
                "// indirect".to_owned()
            } else {
                format!("// indirect; {text}")
            };
        }
        Some(comment) => match comment.text.split_once("indirect;") {
            Some((_, rest)) => comment.text = format!("//{rest}"),
            None => suffix.clear(),
        },
    }
}

fn check_canonical(path: &str, version: &str) -> Result<(), VersionError> {
    let major = split_path_version(path).map(|(_, major)| major);
    if version.is_empty() || version != canonical_version(version) {
        let prefix = match path_major_prefix(major.unwrap_or_default()) {
            "" => "v1",
            prefix => prefix,
        };
        return Err(VersionError::new(
            version,
            format!("must be of the form {prefix}.2.3"),
        ));
    }
    let Some(major) = major else { return Ok(()) };
    check_path_major(version, major).map_err(|error| {
        if !major.is_empty() {
            return error;
        }
        // Whoever writes v2.3.4 here means v2.3.4+incompatible, or another module.
        let reason = format!(
            "should be {version}+incompatible (or module {path}/{})",
            semver::major(version)
        );
        VersionError::new(version, reason)
    })
}
