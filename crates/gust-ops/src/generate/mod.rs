//! `go generate`: runs the programs that `//go:generate` lines of sources name.
//!
//! A generator may write what the next file says, so nothing is read ahead: file after file is read, and line after line obeyed. The
//! first line of a package that fails ends the package. Programs are started by whoever asked.

mod directive;
mod expand;
mod file;

use crate::building::Building;
use crate::error::OpError;
use crate::fmt::{go_files, is_foreign, paths};
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::run::Program;
use crate::workspace::Workspace;
use gust_build::Purpose;
use gust_packages::Named;
use gust_packages::config::Needs;
use regex::bytes::Regex;

/// What to generate.
pub struct GenerateRequest {
    /// How packages are loaded; -n, -v and -x among it.
    pub flags: BuildFlags,
    /// The packages or files.
    pub patterns: Vec<String>,
    /// -run: only lines that match.
    pub only: Option<String>,
    /// -skip: but not those.
    pub skip: Option<String>,
}

/// How it went.
pub struct GenerateOutcome {
    /// Something failed; the reporter has heard what.
    pub failed: bool,
}

/// What cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// -run or -skip.
    #[error("generate: {0}")]
    Expression(String),
}

/// Starts a program and waits for its end; the error is why it failed.
pub type Start<'a> = &'a mut dyn FnMut(&Program) -> Result<(), String>;

/// Which lines count, and what is shown of them.
struct Choice {
    only: Option<Regex>,
    skip: Option<Regex>,
    dry_run: bool,
    show: bool,
    verbose: bool,
}

/// Runs generators.
///
/// # Errors
/// [`OpError`] when packages cannot be loaded at all, or an expression is none.
pub fn generate(
    workspace: &Workspace,
    request: GenerateRequest,
    reporter: &dyn Reporter,
    start: Start<'_>,
) -> Result<GenerateOutcome, OpError> {
    let choice = Choice {
        only: expression(request.only.as_deref())?,
        skip: expression(request.skip.as_deref())?,
        dry_run: request.flags.dry_run,
        show: request.flags.show,
        verbose: request.flags.verbose,
    };
    let mut flags = BuildFlags {
        dry_run: false,
        ..request.flags
    };
    flags.tags.push("generate".to_owned());
    let needs = Needs {
        imports: false,
        ..Needs::default()
    };
    let named = Named::Patterns(&request.patterns);
    let purpose = Purpose::Build;
    let building = Building::load_for(workspace, &flags, reporter, named, needs, purpose)?;
    let (mut told, mut failed) = (false, false);
    for &id in building.graph.roots() {
        let package = &building.graph[id];
        if is_foreign(package) {
            if !std::mem::replace(&mut told, true) {
                reporter.note(&"go: not generating in packages in dependency modules");
            }
            continue;
        }
        if let Some(error) = &package.error
            && go_files(package).iter().all(|list| list.is_empty())
        {
            reporter.note(error);
            failed = true;
        }
        let s = &*package.sources;
        for lists in [&[&s.go, &s.cgo, &s.test_go] as &[_], &[&s.xtest_go]] {
            for path in paths(package, lists) {
                let source = file::Source::read(workspace, &choice, &path)?;
                if !source.is_none_or(|source| source.obey(reporter, start)) {
                    failed = true;
                    break;
                }
            }
        }
    }
    Ok(GenerateOutcome { failed })
}

fn expression(text: Option<&str>) -> Result<Option<Regex>, GenerateError> {
    let Some(text) = text else { return Ok(None) };
    let has_class = |class: &str| Regex::new(class).is_ok();
    let wrong = |text: String| GenerateError::Expression(text);
    gust_text::regexp::check(text, &has_class).map_err(|error| wrong(error.to_string()))?;
    let compiled = Regex::new(text).map_err(|error| wrong(error.to_string()))?;
    Ok(Some(compiled))
}
