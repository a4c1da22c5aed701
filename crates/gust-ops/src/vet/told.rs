//! Findings on their way to a reporter, and mended files on their way to the disk.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gust_vet::Findings;
use gust_vet::findings::{Finding, Position, read};

use super::VetRequest;
use crate::report::Reporter;
use crate::workspace::Workspace;

/// What becomes of what the tool prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// It is passed on as it is.
    Raw,
    /// So it is, and that there is something counts as a failure.
    Diff,
    /// Findings are told in lines, with so many lines of their file around.
    Lines(Option<usize>),
}

/// Hears what the tool says.
pub(super) struct Told {
    reporter: Arc<dyn Reporter>,
    cwd: PathBuf,
    form: Form,
    failed: AtomicBool,
    /// Zips of mended files.
    mended: Mutex<Vec<Vec<u8>>>,
    /// One unit is told at a time.
    turn: Mutex<()>,
}

impl Told {
    pub(super) fn new(
        workspace: &Workspace,
        request: &VetRequest,
        reporter: Arc<dyn Reporter>,
    ) -> Told {
        let form = match (request.json, request.fixes, request.diff) {
            (true, ..) | (_, true, false) => Form::Raw,
            (false, true, true) => Form::Diff,
            (false, false, _) => Form::Lines(request.context),
        };
        Told {
            reporter,
            cwd: workspace.settings().cwd().to_owned(),
            form,
            failed: AtomicBool::new(false),
            mended: Mutex::default(),
            turn: Mutex::default(),
        }
    }

    pub(super) fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    pub(super) fn complain(&self, text: &str) {
        self.failed.store(true, Ordering::Relaxed);
        self.reporter.complain(&text);
    }

    /// The zips that were taken; none are left.
    pub(super) fn take_mended(&self) -> Vec<Vec<u8>> {
        let mut mended = self.mended.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut mended)
    }

    fn finding(&self, finding: &Finding, context: Option<usize>) {
        let Some(at) = Position::read(&finding.posn) else {
            let (place, message) = (&finding.posn, &finding.message);
            self.reporter.trace(&format!("{place}: {message}\n"));
            return;
        };
        let file = gust_fs::paths::short(&self.cwd, Path::new(at.file));
        let (line, column, message) = (at.line, at.column, &finding.message);
        let mut text = format!("{}:{line}:{column}: {message}\n", file.display());
        if let Some(context) = context {
            let end = Position::read(&finding.end).map_or(at.line, |end| end.line);
            text.push_str(&around(at.file, at.line, end, context));
        }
        self.reporter.trace(&text);
    }
}

impl Findings for Told {
    fn take(&self, printed: &[u8]) -> Result<(), String> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let Form::Lines(context) = self.form else {
            self.reporter.print(printed);
            let is_change = self.form == Form::Diff && !printed.is_empty();
            self.failed.fetch_or(is_change, Ordering::Relaxed);
            return Ok(());
        };
        for finding in read(printed)? {
            self.failed.store(true, Ordering::Relaxed);
            self.finding(&finding, context);
        }
        Ok(())
    }

    fn mended(&self, zip: Vec<u8>) {
        let mut mended = self.mended.lock().unwrap_or_else(PoisonError::into_inner);
        mended.push(zip);
    }
}

/// The lines of a file from `first` to `last` with so many before and after, each behind its number.
fn around(file: &str, first: usize, last: usize, context: usize) -> String {
    let view = gust_fs::View::new(gust_fs::Overlay::none());
    let text = view.read_to_string(Path::new(file)).unwrap_or_default();
    let from = first.saturating_sub(context).max(1);
    let lines = text
        .split('\n')
        .enumerate()
        .map(|(at, line)| (at + 1, line));
    let shown = lines.filter(|(at, _)| (from..=last + context).contains(at));
    shown.map(|(at, line)| format!("{at}\t{line}\n")).collect()
}
