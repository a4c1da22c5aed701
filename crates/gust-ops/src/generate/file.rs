//! One source file: its `//go:generate` lines, obeyed in order.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::directive::{is_directive, words};
use super::expand::expand;
use super::{Choice, GenerateError, Start};
use crate::error::OpError;
use crate::report::Reporter;
use crate::run::Program;
use crate::workspace::Workspace;
use gust_fs::errtext::PathError;
use gust_syntax::header;
use gust_toolchain::{Environ, Settings, vars};

/// Lines are read into a buffer of this size; a longer one cannot be obeyed.
const LONGEST_LINE: usize = 4096;

/// A file and what its lines may name.
pub(super) struct Source<'a> {
    settings: &'a Settings,
    choice: &'a Choice,
    path: &'a Path,
    shown: String,
    text: Vec<u8>,
    package: String,
    commands: HashMap<String, Vec<String>>,
}

/// A line that cannot be obeyed.
struct Bad {
    line: usize,
    why: String,
}

impl<'a> Source<'a> {
    /// Reads a file; nothing if it says of no package that it is of it.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn read(
        workspace: &'a Workspace,
        choice: &'a Choice,
        path: &'a Path,
    ) -> Result<Option<Source<'a>>, OpError> {
        let settings = workspace.settings();
        // A generator before may just have written it.
        settings.view().forget(path);
        let text = settings.view().read(path).map_err(|error| {
            let text = PathError::new("open", path, error).to_string();
            OpError::from(GenerateError::Expression(text))
        })?;
        let package = header::scan(&text).package.to_string();
        Ok((!package.is_empty()).then(|| Source {
            settings,
            choice,
            path,
            shown: gust_fs::paths::short(settings.cwd(), path)
                .display()
                .to_string(),
            text,
            package,
            commands: HashMap::new(),
        }))
    }

    /// Obeys the lines; false if one failed, which ends it.
    pub(super) fn obey(mut self, reporter: &dyn Reporter, start: Start<'_>) -> bool {
        if self.choice.verbose {
            reporter.note(&self.shown);
        }
        let text = std::mem::take(&mut self.text);
        for (at, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
            if !is_directive(line) {
                continue;
            }
            if let Err(Bad { line, why }) = self.obey_line(at + 1, line, reporter, start) {
                reporter.note(&format_args!("{}:{line}: {why}", self.shown));
                return false;
            }
        }
        true
    }

    fn obey_line(
        &mut self,
        number: usize,
        line: &[u8],
        reporter: &dyn Reporter,
        start: Start<'_>,
    ) -> Result<(), Bad> {
        let bad = |why: String| Bad { line: number, why };
        if line.len() > LONGEST_LINE {
            return Err(bad("directive too long".to_owned()));
        }
        let Some(whole) = line.strip_suffix(b"\n") else {
            let why = format!("error reading {}: unexpected EOF", self.shown);
            return Err(bad(why));
        };
        let trimmed = line.trim_ascii();
        let only = self.choice.only.as_ref();
        let skip = self.choice.skip.as_ref();
        if only.is_some_and(|only| !only.is_match(trimmed))
            || skip.is_some_and(|skip| skip.is_match(trimmed))
        {
            return Ok(());
        }
        let whole = gust_bytes::text(whole);
        let behind = whole["//go:generate ".len()..].to_owned();
        let behind = behind.strip_suffix('\r').unwrap_or(&behind);
        let environ = self.variables(number);
        let words = words(behind).map_err(|why| bad(why.to_owned()))?;
        let words = self.expanded(words, &environ);
        match words.first().map(String::as_str) {
            None => Err(bad("no arguments to directive".to_owned())),
            Some("-command") => self.define(&words).map_err(bad),
            Some(name) => {
                if self.choice.dry_run || self.choice.show {
                    reporter.note(&words.join(" "));
                }
                if self.choice.dry_run {
                    return Ok(());
                }
                let why = |error| format!("running {}: {error}", gust_text::quote::quote(name));
                start(&self.program(&words, &environ)).map_err(|error| bad(why(error)))
            }
        }
    }

    /// What generators are told of the line that names them.
    fn variables(&self, line: usize) -> Vec<(&'static str, String)> {
        let dir = self.path.parent().unwrap_or(Path::new("/"));
        let file = self.path.file_name().unwrap_or_default();
        let own = [
            (vars::GOROOT, self.settings.goroot().display().to_string()),
            (vars::GOARCH, self.settings.goarch().to_owned()),
            (vars::GOOS, self.settings.goos().to_owned()),
            ("GOFILE", file.to_string_lossy().into_owned()),
            ("GOLINE", line.to_string()),
            ("GOPACKAGE", self.package.clone()),
            ("DOLLAR", "$".to_owned()),
        ];
        let with_path = self.settings.program_environ(true);
        let path = (vars::PATH, with_path.get(vars::PATH).to_owned());
        let pwd = (vars::PWD, dir.display().to_string());
        own.into_iter().chain([path, pwd]).collect()
    }

    /// The words with what they are short for, and with the values of variables.
    fn expanded(&self, mut words: Vec<String>, own: &[(&str, String)]) -> Vec<String> {
        if let Some(long) = words.first().and_then(|first| self.commands.get(first)) {
            words.splice(..1, long.iter().cloned());
        }
        let value = |name: &str| {
            let found = own.iter().find(|(known, _)| *known == name);
            let other = || self.settings.environ().get(name).to_owned();
            found.map_or_else(other, |(_, value)| value.clone())
        };
        words.iter().map(|word| expand(word, &value)).collect()
    }

    /// `-command short long words`
    fn define(&mut self, words: &[String]) -> Result<(), String> {
        let Some(short) = words.get(1) else {
            return Err("no command specified for -command".to_owned());
        };
        if self.commands.contains_key(short) {
            let short = gust_text::quote::quote(short);
            return Err(format!("command {short} multiply defined"));
        }
        self.commands.insert(short.clone(), words[2..].to_vec());
        Ok(())
    }

    /// The generator. One without a directory is looked for beside the release's go first.
    fn program(&self, words: &[String], own: &[(&str, String)]) -> Program {
        let mut environ: Environ = self.settings.program_environ(false);
        for (name, value) in own {
            environ.remove(name);
            environ.set(name, value);
        }
        let view = self.settings.view();
        let named = words.first().map_or("", String::as_str);
        let beside = self.settings.goroot().join("bin").join(named);
        let is_plain = !named.is_empty() && !named.contains('/');
        let runs = |path: &Path| {
            view.stat(path)
                .is_ok_and(|m| m.is_file() && m.is_executable())
        };
        let file: Option<PathBuf> = match is_plain {
            true if runs(&beside) => Some(beside),
            true => self.settings.look_path(named),
            false => None,
        };
        let mut program = Program::lasting(words.to_vec(), environ);
        program.file = file;
        program.dir = self.path.parent().map(Path::to_owned);
        program
    }
}
