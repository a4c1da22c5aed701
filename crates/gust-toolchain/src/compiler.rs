//! C compilers: which flags they take and what they call themselves, asked once for each state of the compiler's file.

use crate::memo::{Memo, key};
use crate::settings::Settings;
use crate::start_error;
use crate::vars;
use gust_bytes::Spawn as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use thiserror::Error;

/// A compiler that does not say what it is.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CompilerError {
    /// It could not be run, or failed.
    #[error("{name}: {why}; output: {}", gust_text::quote::quote(.output))]
    Failed {
        /// The compiler as named.
        name: String,
        /// What the system or the exit code says.
        why: String,
        /// What it printed.
        output: String,
    },
    /// It printed no version.
    #[error("{name}: can not find version number in {}", gust_text::quote::quote(.output))]
    NoVersion {
        /// The compiler as named.
        name: String,
        /// What it printed.
        output: String,
    },
    /// It is a development version and does not show which program does the work.
    #[error("{name}: can not find compilation command in {}", gust_text::quote::quote(.output))]
    NoCommand {
        /// The compiler as named.
        name: String,
        /// What it printed.
        output: String,
    },
}

/// A C compiler's identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompilerId {
    /// The version line of a released compiler; empty for a development version, which [`CompilerId::program`] identifies.
    pub version: String,
    /// The program that does the work, when the compiler is a development version; its build ID or content is its identity.
    pub program: Option<PathBuf>,
}

/// Shows the command line of a question.
pub type Show<'a> = dyn Fn(&[String]) + Sync + 'a;

/// Asks compilers, and remembers.
pub struct Compilers<'a> {
    memo: Arc<Memo>,
    workdir: String,
    show: Option<&'a Show<'a>>,
    /// Questions about flags are shown but not asked.
    dry: bool,
}

impl<'a> Compilers<'a> {
    /// Answers are looked up in and kept in `memo`; `workdir` is the work directory that flags are to hide.
    pub fn new(memo: Arc<Memo>, workdir: String) -> Compilers<'a> {
        Compilers {
            memo,
            workdir,
            show: None,
            dry: false,
        }
    }

    /// Questions about flags are shown before they are asked; in a dry run they are all shown, none is asked, and no flag counts
    /// as taken.
    #[must_use]
    pub fn shown(mut self, show: &'a Show<'a>, dry: bool) -> Compilers<'a> {
        (self.show, self.dry) = (Some(show), dry);
        self
    }

    /// The work directory that flags are to hide.
    pub fn workdir(&self) -> &str {
        &self.workdir
    }

    /// Whether the compiler takes a flag, found out by compiling nothing with it (linking, for a linker's flag).
    pub fn supports_flag(&self, settings: &Settings, compiler: &[String], flag: &str) -> bool {
        if let (Some(show), true) = (self.show, self.dry) {
            if let Some(words) = question(settings, compiler, flag) {
                show(&words);
            }
            return false;
        }
        let Some(program) = compiler.first().and_then(|name| settings.look_path(name)) else {
            return self.try_flag(settings, compiler, flag);
        };
        let Some(sig) = settings.signature(&program) else {
            return self.try_flag(settings, compiler, flag);
        };
        let memo_key = key(&["ccflag", &program.to_string_lossy(), &sig, flag]);
        match self.memo.get(&memo_key) {
            Some(b"1") => true,
            Some(b"0") => false,
            _ => {
                let answer = self.try_flag(settings, compiler, flag);
                self.memo
                    .put(memo_key, vec![if answer { b'1' } else { b'0' }]);
                answer
            }
        }
    }

    fn try_flag(&self, settings: &Settings, compiler: &[String], flag: &str) -> bool {
        let Some(words) = question(settings, compiler, flag) else {
            return false;
        };
        if let Some(show) = self.show {
            show(&words);
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where compilers are asked what they can do"
        )]
        let mut command = gust_bytes::command(&words[0]);
        command.words(&words[1..]).stdin(Stdio::null()).at("/");
        command
            .env_clear()
            .variables(settings.tool_environ().iter())
            .variable("LC_ALL", "C")
            .variable(vars::PWD, "/");
        let output = command.output();
        settings.view().note_question(&command, &output);
        let text = output
            .map(|out| [out.stdout, out.stderr].concat())
            .unwrap_or_default();
        let text = gust_bytes::text(&text);
        let refusals = [
            "unrecognized",
            "unknown",
            "unrecognised",
            "is not supported",
            "not recognized",
            "unsupported",
        ];
        !refusals.iter().any(|word| text.contains(word))
    }

    /// What the compiler calls itself when compiling `language` (gcc's -x).
    pub fn id(
        &self,
        settings: &Settings,
        name: &str,
        language: &str,
        wrapper: &[String],
    ) -> Result<CompilerId, CompilerError> {
        let sig = settings
            .look_path(name)
            .and_then(|p| Some((settings.signature(&p)?, p)));
        let memo_key = match (wrapper, sig) {
            ([], Some((sig, program))) => {
                Some(key(&["ccid", &program.to_string_lossy(), &sig, language]))
            }
            _ => None,
        };
        if let Some(version) = memo_key
            .as_ref()
            .and_then(|k| self.memo.get(k))
            .and_then(|v| String::from_utf8(v.to_vec()).ok())
        {
            return Ok(CompilerId {
                version,
                program: None,
            });
        }
        let id = self.ask(settings, name, language, wrapper)?;
        if let (Some(memo_key), None) = (memo_key, &id.program) {
            self.memo.put(memo_key, id.version.clone().into_bytes());
        }
        Ok(id)
    }

    fn ask(
        &self,
        settings: &Settings,
        name: &str,
        language: &str,
        wrapper: &[String],
    ) -> Result<CompilerId, CompilerError> {
        let words: Vec<&str> = wrapper
            .iter()
            .map(String::as_str)
            .chain([name, "-###", "-x", language, "-c", "-"])
            .collect();
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where compilers are asked what they can do"
        )]
        let mut command = gust_bytes::command(words[0]);
        command.words(&words[1..]).stdin(Stdio::null());
        command
            .env_clear()
            .variables(settings.tool_environ().iter())
            .variable("LC_ALL", "C");
        let failed = |why: String, output: String| CompilerError::Failed {
            name: name.to_owned(),
            why,
            output,
        };
        let output = command.output();
        settings.view().note_question(&command, &output);
        let output = output.map_err(|e| failed(start_error(words[0], &e), String::new()))?;
        let text = gust_bytes::text(&[output.stdout, output.stderr].concat()).into_owned();
        if !output.status.success() {
            return Err(failed(crate::exit_text(&output.status), text));
        }
        identify(settings, name, &text)
    }

    /// Writes what was learned to the disk.
    pub fn flush(&self) {
        self.memo.flush();
    }
}

/// The command line that tells whether a compiler takes a flag, by compiling (or for a linker's flag linking) nothing.
fn question(settings: &Settings, compiler: &[String], flag: &str) -> Option<Vec<String>> {
    let flags = settings.cgo_flags().ok()?;
    let mut words = compiler.to_vec();
    words.push(flag.to_owned());
    match flag.starts_with("-Wl,") {
        true => words.extend(flags.ldflags),
        false => {
            words.extend(flags.cflags);
            words.push("-c".to_owned());
        }
    }
    words.extend(["-x", "c", "-", "-o", "/dev/null"].map(str::to_owned));
    (!compiler.is_empty()).then_some(words)
}

/// Finds the version line; for a development version, the program that does the work.
fn identify(settings: &Settings, name: &str, text: &str) -> Result<CompilerId, CompilerError> {
    let Some(version) = text.split('\n').find(|line| is_version_line(line)) else {
        return Err(CompilerError::NoVersion {
            name: name.to_owned(),
            output: text.to_owned(),
        });
    };
    if !version.contains("experimental") {
        return Ok(CompilerId {
            version: version.to_owned(),
            program: None,
        });
    }
    let command = text
        .split('\n')
        .find(|line| line.starts_with(' ') && !line.starts_with(" (in-process)"));
    let words = command
        .and_then(|line| gust_text::quote::split_fields(line).ok())
        .unwrap_or_default();
    let Some(program) = words.first() else {
        return Err(CompilerError::NoCommand {
            name: name.to_owned(),
            output: text.to_owned(),
        });
    };
    let found = if program.contains('/') {
        None
    } else {
        settings.look_path(program)
    };
    let program = found.unwrap_or_else(|| Path::new(program).to_owned());
    Ok(CompilerId {
        version: String::new(),
        program: Some(program),
    })
}

/// `gcc version 12.2.0 (...)`: the word version and a number after it, before any word that ends in a colon.
fn is_version_line(line: &str) -> bool {
    let words: Vec<&str> = line
        .split_whitespace()
        .take_while(|w| !w.ends_with(':'))
        .collect();
    let all: Vec<&str> = line.split_whitespace().collect();
    (0..words.len()).any(|i| {
        words[i] == "version"
            && all
                .get(i + 1)
                .is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()))
    })
}
