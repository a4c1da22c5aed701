//! go.work: the modules that are worked on together. The tree is [`crate::modfile`]'s.

use std::collections::HashSet;

use crate::gover;
use crate::modfile::{
    self, Go, Godebug, Hint, Line, LineId, ModFileErrors, Replace, Statement, Syntax, Toolchain,
    auto_quote,
};
use crate::modfile::{EditError, Fix, ModFileError};
use crate::module::ModuleVersion;

/// A directory with a module.
#[derive(Clone, Debug)]
pub struct Use {
    /// Relative to go.work, or absolute.
    pub path: String,
    /// The line.
    pub line: LineId,
}

/// A go.work: its lines and what they mean.
#[derive(Clone, Debug, Default)]
pub struct WorkFile {
    /// The lines.
    pub syntax: Syntax,
    /// The go line.
    pub go: Option<Go>,
    /// The toolchain line.
    pub toolchain: Option<Toolchain>,
    /// Settings of GODEBUG.
    pub godebug: Vec<Godebug>,
    /// The directories.
    pub uses: Vec<Use>,
    /// Replacements for the whole workspace.
    pub replace: Vec<Replace>,
}

/// Reads a go.work; everything wrong with it is reported at once. Without `fix`, versions must be canonical.
pub fn parse(name: &str, data: &[u8], mut fix: Option<Fix<'_>>) -> Result<WorkFile, ModFileErrors> {
    let mut file = WorkFile {
        syntax: modfile::parse_syntax(name, data)?,
        ..WorkFile::default()
    };
    let mut errors: Vec<ModFileError> = Vec::new();
    for at in 0..file.syntax.statements.len() {
        match &file.syntax.statements[at] {
            Statement::Comments(_) => {}
            &Statement::Line(id) => {
                let verb = file
                    .syntax
                    .line(id)
                    .tokens
                    .first()
                    .cloned()
                    .unwrap_or_default();
                errors.extend(file.read_line(id, &verb, 1, &mut fix).err());
            }
            Statement::Block(block) => {
                let known = block.tokens.len() == 1
                    && ["godebug", "use", "replace"].contains(&&*block.tokens[0]);
                if !known {
                    let message = format!("unknown block type: {}", block.tokens.join(" "));
                    errors.push(modfile::error_at(name, block.start, message));
                    continue;
                }
                let (verb, lines) = (block.tokens[0].clone(), block.lines.clone());
                for id in lines {
                    errors.extend(file.read_line(id, &verb, 0, &mut fix).err());
                }
            }
        }
    }
    if errors.is_empty() {
        Ok(file)
    } else {
        Err(ModFileErrors(errors))
    }
}

impl WorkFile {
    fn read_line(
        &mut self,
        id: LineId,
        verb: &str,
        args_at: usize,
        fix: &mut Option<Fix<'_>>,
    ) -> Result<(), ModFileError> {
        let mut args = self.syntax.line(id).tokens[args_at..].to_vec();
        let result = self.directive(id, verb, &mut args, fix);
        let line = self.syntax.line_mut(id);
        line.tokens.truncate(args_at);
        line.tokens.extend(args);
        result.map_err(|wrong| wrong.at(&self.syntax, id, verb))
    }

    fn directive(
        &mut self,
        id: LineId,
        verb: &str,
        args: &mut [String],
        fix: &mut Option<Fix<'_>>,
    ) -> Result<(), modfile::Wrong> {
        match verb {
            "go" => {
                if self.go.is_some() {
                    return Err("repeated go statement".into());
                }
                self.go = Some(Go {
                    version: modfile::parse_go(args, false)?,
                    line: id,
                });
            }
            "toolchain" => {
                if self.toolchain.is_some() {
                    return Err("repeated toolchain statement".into());
                }
                self.toolchain = Some(Toolchain {
                    name: modfile::parse_toolchain(args)?,
                    line: id,
                });
            }
            "godebug" => {
                let (key, value) = modfile::parse_godebug(args)?;
                self.godebug.push(Godebug {
                    key,
                    value,
                    line: id,
                });
            }
            "use" => {
                let path = modfile::parse_one_path(args, "usage: use local/dir")?;
                self.uses.push(Use { path, line: id });
            }
            "replace" => {
                let (old, new) = modfile::parse_replace(verb, args, fix)?;
                self.replace.push(Replace { old, new, line: id });
            }
            _ => return Err(format!("unknown directive: {verb}").into()),
        }
        Ok(())
    }

    /// What the go line says, or what a file without one is read as.
    pub fn go_version(&self) -> &str {
        self.go
            .as_ref()
            .map_or(gover::DEFAULT_GO_WORK, |go| &go.version)
    }

    /// The text in go's style.
    pub fn format(&self) -> String {
        modfile::format(&self.syntax)
    }

    /// Drops what was removed from the text.
    pub fn cleanup(&mut self) {
        self.syntax.cleanup();
    }

    /// Sets the go line; a new one comes first, after comments.
    pub fn set_go(&mut self, version: &str) -> Result<(), EditError> {
        if !gover::is_go_line(version) {
            return Err(EditError::GoVersion(version.to_owned()));
        }
        let tokens = vec!["go".to_owned(), version.to_owned()];
        match &mut self.go {
            Some(go) => {
                go.version = version.to_owned();
                self.syntax.update_line(go.line, tokens);
            }
            None => {
                let at = self.after_comments();
                let line = self.insert(at, tokens);
                self.go = Some(Go {
                    version: version.to_owned(),
                    line,
                });
            }
        }
        Ok(())
    }

    /// Sets the toolchain line; a new one comes after the go line.
    pub fn set_toolchain(&mut self, name: &str) -> Result<(), EditError> {
        if !gover::is_toolchain_line(name) {
            return Err(EditError::Toolchain(name.to_owned()));
        }
        let tokens = vec!["toolchain".to_owned(), name.to_owned()];
        match &mut self.toolchain {
            Some(toolchain) => {
                toolchain.name = name.to_owned();
                self.syntax.update_line(toolchain.line, tokens);
            }
            None => {
                let go = self
                    .syntax
                    .statements
                    .iter()
                    .position(|statement| match statement {
                        Statement::Line(id) => self
                            .syntax
                            .line(*id)
                            .tokens
                            .first()
                            .is_some_and(|t| t == "go"),
                        _ => false,
                    });
                let at = go.map_or_else(|| self.after_comments(), |at| at + 1);
                let line = self.insert(at, tokens);
                self.toolchain = Some(Toolchain {
                    name: name.to_owned(),
                    line,
                });
            }
        }
        Ok(())
    }

    fn after_comments(&self) -> usize {
        let statements = &self.syntax.statements;
        statements
            .iter()
            .take_while(|s| matches!(s, Statement::Comments(_)))
            .count()
    }

    fn insert(&mut self, at: usize, tokens: Vec<String>) -> LineId {
        let id = self.syntax.new_line(Line {
            tokens,
            ..Line::default()
        });
        self.syntax.statements.insert(at, Statement::Line(id));
        id
    }

    /// Removes the go line.
    pub fn drop_go(&mut self) {
        if let Some(go) = self.go.take() {
            self.syntax.remove_line(go.line);
        }
    }

    /// Removes the toolchain line.
    pub fn drop_toolchain(&mut self) {
        if let Some(toolchain) = self.toolchain.take() {
            self.syntax.remove_line(toolchain.line);
        }
    }

    /// Sets a GODEBUG setting, once.
    pub fn add_godebug(&mut self, key: &str, value: &str) {
        modfile::add_godebug(&mut self.syntax, &mut self.godebug, key, value);
    }

    /// Removes a GODEBUG setting.
    pub fn drop_godebug(&mut self, key: &str) {
        modfile::drop_where(&mut self.syntax, &mut self.godebug, |g| {
            (g.key == key).then_some(g.line)
        });
    }

    /// Adds a directory, once.
    pub fn add_use(&mut self, path: &str) {
        let tokens = vec!["use".to_owned(), auto_quote(path)];
        match self.uses.iter().find(|u| u.path == path).map(|u| u.line) {
            None => {
                let line = self.syntax.add_line(Hint::LastOfVerb, tokens);
                self.uses.push(Use {
                    path: path.to_owned(),
                    line,
                });
            }
            Some(kept) => {
                self.syntax.update_line(kept, tokens);
                modfile::drop_where(&mut self.syntax, &mut self.uses, |u| {
                    (u.path == path && u.line != kept).then_some(u.line)
                });
            }
        }
    }

    /// Makes these the directories.
    pub fn set_uses(&mut self, paths: &[String]) {
        modfile::drop_where(&mut self.syntax, &mut self.uses, |u| {
            (!paths.contains(&u.path)).then_some(u.line)
        });
        for path in paths {
            if !self.uses.iter().any(|u| u.path == *path) {
                self.add_use(path);
            }
        }
        self.sort_blocks();
    }

    /// Removes a directory.
    pub fn drop_use(&mut self, path: &str) {
        modfile::drop_where(&mut self.syntax, &mut self.uses, |u| {
            (u.path == path).then_some(u.line)
        });
    }

    /// Replaces a module (every version, if `old` has none).
    pub fn add_replace(&mut self, old: &ModuleVersion, new: &ModuleVersion) {
        modfile::add_replace(&mut self.syntax, &mut self.replace, old, new);
    }

    /// Replaces it no more.
    pub fn drop_replace(&mut self, old: &ModuleVersion) {
        modfile::drop_where(&mut self.syntax, &mut self.replace, |r| {
            (r.old == *old).then_some(r.line)
        });
    }

    /// Sorts the lines of blocks and drops replacements that a later one overrules.
    pub fn sort_blocks(&mut self) {
        let mut dead = HashSet::new();
        modfile::drop_duplicate_replaces(&mut self.replace, &mut dead);
        modfile::sort_block_lines(&mut self.syntax, &dead, false);
    }
}
