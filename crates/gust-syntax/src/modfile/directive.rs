//! Lines to meaning.

use super::error::{ModFileError, ModFileErrors};
use super::tree::{Comment, LineId, Statement, Syntax};
use super::values::{
    Exclude, Go, Godebug, Ignore, Interval, Module, Replace, Require, Retract, Tool, Toolchain,
    auto_quote, is_directory_path, must_quote, unquote,
};
use crate::gover;
use crate::module::{
    ModuleVersion, VersionError, canonical_version, check_path_major, split_path_version,
};

/// Why a version could not be made canonical.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FixError {
    /// The version is not one of the module; the text does not name the module.
    #[error("{0}")]
    Version(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// Makes a version of a module canonical: gets the module path and the version as written.
pub type Fix<'a> = &'a mut dyn FnMut(&str, &str) -> Result<String, FixError>;

/// A go.mod: its lines and what they mean.
#[derive(Clone, Debug, Default)]
pub struct ModFile {
    /// The lines.
    pub syntax: Syntax,
    /// The module line.
    pub module: Option<Module>,
    /// The go line.
    pub go: Option<Go>,
    /// The toolchain line.
    pub toolchain: Option<Toolchain>,
    /// Settings of GODEBUG.
    pub godebug: Vec<Godebug>,
    /// Requirements.
    pub require: Vec<Require>,
    /// Excluded versions.
    pub exclude: Vec<Exclude>,
    /// Replacements.
    pub replace: Vec<Replace>,
    /// Retracted versions.
    pub retract: Vec<Retract>,
    /// Tools.
    pub tool: Vec<Tool>,
    /// Ignored directories.
    pub ignore: Vec<Ignore>,
}

impl ModFile {
    /// The module path; empty without a module line.
    pub fn path(&self) -> &str {
        self.module.as_ref().map_or("", |module| &module.path)
    }

    /// What the go line says, or what a file without one is read as.
    pub fn go_version(&self) -> &str {
        self.go
            .as_ref()
            .map_or(gover::DEFAULT_GO_MOD, |go| &go.version)
    }

    /// The text in go's style.
    pub fn format(&self) -> String {
        super::print::format(&self.syntax)
    }
}

/// Reads a main module's go.mod. Without `fix`, versions must be canonical.
pub fn parse(name: &str, data: &[u8], fix: Option<Fix<'_>>) -> Result<ModFile, ModFileErrors> {
    read(name, data, fix, true)
}

/// Reads a dependency's go.mod: what is not known, and what counts in main modules only, is passed over.
pub fn parse_lax(name: &str, data: &[u8], fix: Option<Fix<'_>>) -> Result<ModFile, ModFileErrors> {
    read(name, data, fix, false)
}

const BLOCK_VERBS: [&str; 8] = [
    "module", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore",
];

fn read(
    name: &str,
    data: &[u8],
    fix: Option<Fix<'_>>,
    strict: bool,
) -> Result<ModFile, ModFileErrors> {
    let file = ModFile {
        syntax: super::syntax::parse(name, data)?,
        ..ModFile::default()
    };
    let mut reader = Reader {
        file,
        fix,
        strict,
        errors: Vec::new(),
    };
    for at in 0..reader.file.syntax.statements.len() {
        match &reader.file.syntax.statements[at] {
            Statement::Comments(_) => {}
            &Statement::Line(id) => {
                let verb = reader
                    .file
                    .syntax
                    .line(id)
                    .tokens
                    .first()
                    .cloned()
                    .unwrap_or_default();
                reader.line(&[], id, &verb, 1);
            }
            Statement::Block(block) => {
                let known =
                    block.tokens.len() == 1 && BLOCK_VERBS.contains(&block.tokens[0].as_str());
                if !known {
                    if strict {
                        let message = format!("unknown block type: {}", block.tokens.join(" "));
                        reader.errors.push(error_at(name, block.start, message));
                    }
                    continue;
                }
                let (verb, lines) = (block.tokens[0].clone(), block.lines.clone());
                let shared: Vec<Comment> = block
                    .comments
                    .before
                    .iter()
                    .chain(&block.comments.suffix)
                    .cloned()
                    .collect();
                for id in lines {
                    reader.line(&shared, id, &verb, 0);
                }
            }
        }
    }
    reader.fix_retractions();
    if reader.errors.is_empty() {
        Ok(reader.file)
    } else {
        Err(ModFileErrors(reader.errors))
    }
}

pub(crate) fn error_at(file: &str, pos: super::Position, message: String) -> ModFileError {
    ModFileError {
        file: file.to_owned(),
        pos,
        verb: String::new(),
        module: String::new(),
        message,
    }
}

/// What is wrong with a line: a message, or one that names the verb and the module.
pub(crate) enum Wrong {
    Plain(String),
    OfModule(String, String),
}

impl From<String> for Wrong {
    fn from(message: String) -> Self {
        Self::Plain(message)
    }
}

impl From<&str> for Wrong {
    fn from(message: &str) -> Self {
        Self::Plain(message.to_owned())
    }
}

impl Wrong {
    pub(crate) fn at(self, syntax: &Syntax, line: LineId, verb: &str) -> ModFileError {
        let pos = syntax.line(line).start;
        match self {
            Self::Plain(message) => error_at(&syntax.name, pos, message),
            Self::OfModule(module, message) => ModFileError {
                file: syntax.name.clone(),
                pos,
                verb: verb.to_owned(),
                module,
                message,
            },
        }
    }
}

struct Reader<'f> {
    file: ModFile,
    fix: Option<Fix<'f>>,
    strict: bool,
    errors: Vec<ModFileError>,
}

impl Reader<'_> {
    /// Reads a line whose arguments begin at that token.
    fn line(&mut self, block_comments: &[Comment], id: LineId, verb: &str, args_at: usize) {
        if !self.strict && !matches!(verb, "go" | "module" | "retract" | "require" | "ignore") {
            return;
        }
        let mut args = self.file.syntax.line(id).tokens[args_at..].to_vec();
        let result = self.directive(block_comments, id, verb, &mut args);
        // Quotation and versions in full form are kept for when the file is written.
        let line = self.file.syntax.line_mut(id);
        line.tokens.truncate(args_at);
        line.tokens.extend(args);
        if let Err(wrong) = result {
            self.errors.push(wrong.at(&self.file.syntax, id, verb));
        }
    }

    fn directive(
        &mut self,
        block_comments: &[Comment],
        id: LineId,
        verb: &str,
        args: &mut [String],
    ) -> Result<(), Wrong> {
        let file = &mut self.file;
        match verb {
            "go" => {
                if file.go.is_some() {
                    return Err("repeated go statement".into());
                }
                file.go = Some(Go {
                    version: parse_go(args, !self.strict)?,
                    line: id,
                });
            }
            "toolchain" => {
                if file.toolchain.is_some() {
                    return Err("repeated toolchain statement".into());
                }
                file.toolchain = Some(Toolchain {
                    name: parse_toolchain(args)?,
                    line: id,
                });
            }
            "module" => {
                if file.module.is_some() {
                    return Err("repeated module statement".into());
                }
                let deprecated = deprecation(&comment_text(&file.syntax, block_comments, id));
                file.module = Some(Module {
                    path: String::new(),
                    deprecated,
                    line: id,
                });
                let path = parse_one_path(args, "usage: module module/path")?;
                file.module
                    .as_mut()
                    .into_iter()
                    .for_each(|module| module.path.clone_from(&path));
            }
            "godebug" => {
                let (key, value) = parse_godebug(args)?;
                file.godebug.push(Godebug {
                    key,
                    value,
                    line: id,
                });
            }
            "require" | "exclude" => self.requirement(id, verb, args)?,
            "replace" => {
                let (old, new) = parse_replace(verb, args, &mut self.fix)?;
                self.file.replace.push(Replace { old, new, line: id });
            }
            "retract" => {
                let rationale = comment_text(&file.syntax, block_comments, id);
                let mut keep = |_: &str, version: &str| Ok(version.to_owned());
                match parse_interval(verb, "", args, &mut Some(&mut keep)) {
                    Err(wrong) if self.strict => return Err(wrong),
                    Err(_) => return Ok(()),
                    Ok((_, used)) if used < args.len() && self.strict => {
                        let extra = crate::module::quote(&args[used]);
                        return Err(format!("unexpected token after version: {extra}").into());
                    }
                    Ok((interval, _)) => self.file.retract.push(Retract {
                        interval,
                        rationale,
                        line: id,
                    }),
                }
            }
            "tool" => {
                let path = parse_one_path(args, "tool directive expects exactly one argument")?;
                file.tool.push(Tool { path, line: id });
            }
            "ignore" => {
                let path = parse_one_path(args, "ignore directive expects exactly one argument")?;
                file.ignore.push(Ignore { path, line: id });
            }
            _ => return Err(format!("unknown directive: {verb}").into()),
        }
        Ok(())
    }

    fn requirement(&mut self, id: LineId, verb: &str, args: &mut [String]) -> Result<(), Wrong> {
        let [path, version] = args else {
            return Err(format!("usage: {verb} module/path v1.2.3").into());
        };
        let path = parse_string(path).map_err(|e| format!("invalid quoted string: {e}"))?;
        let version = parse_version(verb, &path, version, &mut self.fix)?;
        let (_, major) = split_path_version(&path).ok_or("invalid module path")?;
        check_path_major(&version, major)
            .map_err(|e| Wrong::OfModule(path.clone(), e.to_string()))?;
        let module = ModuleVersion::new(path, version);
        if verb == "exclude" {
            self.file.exclude.push(Exclude { module, line: id });
        } else {
            let indirect = is_indirect(&self.file.syntax, id);
            self.file.require.push(Require {
                module,
                indirect,
                line: id,
            });
        }
        Ok(())
    }

    /// Retracted versions are made canonical last, since the module path may stand at the end of the file.
    fn fix_retractions(&mut self) {
        if self.fix.is_none() {
            return;
        }
        let path = self.file.path().to_owned();
        for at in 0..self.file.retract.len() {
            let id = self.file.retract[at].line;
            let syntax = &mut self.file.syntax;
            if path.is_empty() {
                let wrong = Wrong::from("no module directive found, so retract cannot be used");
                self.errors.push(wrong.at(syntax, id, "retract"));
                return;
            }
            let tokens = &mut syntax.line_mut(id).tokens;
            let skip = usize::from(tokens.first().is_some_and(|t| t == "retract"));
            match parse_interval("retract", &path, &mut tokens[skip..], &mut self.fix) {
                Ok((interval, _)) => self.file.retract[at].interval = interval,
                Err(wrong) => self.errors.push(wrong.at(syntax, id, "retract")),
            }
        }
    }
}

pub(crate) fn parse_go(args: &mut [String], lax: bool) -> Result<String, Wrong> {
    let [version] = args else {
        return Err("go directive expects exactly one argument".into());
    };
    if !gover::is_go_line(version) {
        match gover::lax_go_line(version).filter(|_| lax) {
            Some(fixed) => *version = fixed.to_owned(),
            None => {
                return Err(
                    format!("invalid go version '{version}': must match format 1.23.0").into(),
                );
            }
        }
    }
    Ok(version.clone())
}

pub(crate) fn parse_toolchain(args: &[String]) -> Result<String, Wrong> {
    let [name] = args else {
        return Err("toolchain directive expects exactly one argument".into());
    };
    if !gover::is_toolchain_line(name) {
        let message =
            format!("invalid toolchain version '{name}': must match format go1.23.0 or default");
        return Err(message.into());
    }
    Ok(name.clone())
}

pub(crate) fn parse_godebug(args: &[String]) -> Result<(String, String), Wrong> {
    match args {
        [setting] if !setting.contains(['"', '`', '\'', ',']) => setting.split_once('='),
        _ => None,
    }
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .ok_or_else(|| "usage: godebug key=value".into())
}

pub(crate) fn parse_one_path(args: &mut [String], usage: &str) -> Result<String, Wrong> {
    let [path] = args else {
        return Err(usage.into());
    };
    parse_string(path).map_err(|e| format!("invalid quoted string: {e}").into())
}

pub(crate) fn parse_replace(
    verb: &str,
    args: &mut [String],
    fix: &mut Option<Fix<'_>>,
) -> Result<(ModuleVersion, ModuleVersion), Wrong> {
    let arrow = if args.len() >= 2 && args[1] == "=>" {
        1
    } else {
        2
    };
    if args.len() < arrow + 2 || args.len() > arrow + 3 || args[arrow] != "=>" {
        return Err(format!(
            "usage: {verb} module/path [v1.2.3] => other/module v1.4\n\t or {verb} module/path [v1.2.3] => ../local/directory"
        )
        .into());
    }
    let quoted = |e: String| Wrong::Plain(format!("invalid quoted string: {e}"));
    let path = parse_string(&mut args[0]).map_err(quoted)?;
    let (_, major) = split_path_version(&path)
        .ok_or_else(|| Wrong::OfModule(path.clone(), "invalid module path".into()))?;
    let mut version = String::new();
    if arrow == 2 {
        version = parse_version(verb, &path, &mut args[1], fix)?;
        check_path_major(&version, major)
            .map_err(|e| Wrong::OfModule(path.clone(), e.to_string()))?;
    }
    let new_path = parse_string(&mut args[arrow + 1]).map_err(quoted)?;
    let mut new_version = String::new();
    if args.len() == arrow + 3 {
        new_version = parse_version(verb, &new_path, &mut args[arrow + 2], fix)?;
        if is_directory_path(&new_path) {
            let shown = crate::module::quote(&new_path);
            return Err(
                format!("replacement module directory path {shown} cannot have version").into(),
            );
        }
    } else if !is_directory_path(&new_path) {
        return Err(if new_path.contains('@') {
            "replacement module must match format 'path version', not 'path@version'".into()
        } else {
            "replacement module without version must be directory path (rooted or starting with . or ..)".into()
        });
    } else if std::path::MAIN_SEPARATOR == '/' && new_path.contains('\\') {
        return Err(
            "replacement directory appears to be Windows path (on a non-windows system)".into(),
        );
    }
    Ok((
        ModuleVersion::new(path, version),
        ModuleVersion::new(new_path, new_version),
    ))
}

/// The interval, and how many words it took.
fn parse_interval(
    verb: &str,
    path: &str,
    args: &mut [String],
    fix: &mut Option<Fix<'_>>,
) -> Result<(Interval, usize), Wrong> {
    let is = |args: &[String], at: usize, text: &str| args.get(at).is_some_and(|t| t == text);
    match args.first().map(String::as_str) {
        None | Some("(") => return Err("expected '[' or version".into()),
        Some("[") => {}
        Some(_) => {
            let version = parse_version(verb, path, &mut args[0], fix)?;
            return Ok((
                Interval {
                    low: version.clone(),
                    high: version,
                },
                1,
            ));
        }
    }
    let low = args.get_mut(1).ok_or("expected version after '['")?;
    let low = parse_version(verb, path, low, fix)?;
    if !is(args, 2, ",") {
        return Err("expected ',' after version".into());
    }
    let high = args.get_mut(3).ok_or("expected version after ','")?;
    let high = parse_version(verb, path, high, fix)?;
    if !is(args, 4, "]") {
        return Err("expected ']' after version".into());
    }
    Ok((Interval { low, high }, 5))
}

/// The text of a word; in the line it is quoted from now on only if it must be.
fn parse_string(word: &mut String) -> Result<String, String> {
    let text = if word.starts_with('"') {
        unquote(word).ok_or("invalid syntax")?
    } else if word.contains(['"', '\'', '`']) {
        return Err("unquoted string cannot contain quote".into());
    } else if !must_quote(word) {
        return Ok(word.clone());
    } else {
        word.clone()
    };
    *word = auto_quote(&text);
    Ok(text)
}

fn parse_version(
    verb: &str,
    path: &str,
    word: &mut String,
    fix: &mut Option<Fix<'_>>,
) -> Result<String, Wrong> {
    // This error stands inside of the line's, which names the place, and itself names verb and module.
    let named = |message: String| {
        let error = ModFileError {
            verb: verb.to_owned(),
            module: path.to_owned(),
            ..error_at("", super::Position::default(), message)
        };
        Wrong::Plain(error.to_string())
    };
    let text =
        parse_string(word).map_err(|e| named(VersionError::new(word.as_str(), e).to_string()))?;
    let version = match fix {
        Some(fix) => fix(path, &text).map_err(|error| match error {
            FixError::Version(message) => named(message),
            FixError::Other(message) => Wrong::Plain(message),
        })?,
        None => canonical_version(&text),
    };
    if version.is_empty() {
        return Err(named(
            VersionError::new(text, "must be of the form v1.2.3").to_string(),
        ));
    }
    word.clone_from(&version);
    Ok(version)
}

/// Does the line's comment say that it stands for other modules' needs only?
pub(super) fn is_indirect(syntax: &Syntax, id: LineId) -> bool {
    let Some(comment) = syntax.line(id).comments.suffix.first() else {
        return false;
    };
    let mut words = comment.text.trim_start_matches("//").split_whitespace();
    matches!(
        (words.next(), words.next()),
        (Some("indirect"), None) | (Some("indirect;"), Some(_))
    )
}

/// The comments of a line, or of its block if it has none.
fn comment_text(syntax: &Syntax, block: &[Comment], id: LineId) -> String {
    let own = &syntax.line(id).comments;
    let shared = own.before.is_empty() && own.suffix.is_empty();
    let comments: Vec<&Comment> = if shared {
        block.iter().collect()
    } else {
        own.before.iter().chain(&own.suffix).collect()
    };
    let lines: Vec<&str> = comments
        .iter()
        .filter_map(|c| c.text.strip_prefix("//"))
        .map(str::trim)
        .collect();
    lines.join("\n")
}

/// The first paragraph that begins with `Deprecated:`, without that word.
fn deprecation(text: &str) -> String {
    const MARK: &str = "Deprecated:";
    let starts = text.match_indices(MARK).map(|(at, _)| at);
    let Some(at) = starts
        .into_iter()
        .find(|&at| at == 0 || text[..at].ends_with("\n\n"))
    else {
        return String::new();
    };
    let message = text[at + MARK.len()..].trim_start_matches(' ');
    message.split("\n\n").next().unwrap_or_default().to_owned()
}
