//! The state of a working copy: its revision, that revision's time, and whether anything is not committed.

use jiff::Timestamp;

use super::CommandError;
use super::history::History;

/// What a build stamps of a working copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// The revision's own name; empty in a repository without commits.
    pub revision: String,
    /// When that revision was made.
    pub time: Option<Timestamp>,
    /// Whether there are changed or unknown files.
    pub uncommitted: bool,
}

/// Why a state could not be told.
#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    /// The command failed.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// It answered something else than it should.
    #[error("{0}")]
    Unreadable(&'static str),
}

impl StatusError {
    pub(super) const UNRECOGNIZED: StatusError =
        StatusError::Unreadable("unrecognized VCS tool output");
}

/// A working copy's state and the history behind it.
pub(super) struct Answer {
    pub(super) status: Status,
    /// `None` where nothing is committed yet, or the system can name no version.
    pub(super) history: Option<Box<dyn History>>,
}

/// Asks a program: its arguments in, what it wrote to standard output out.
pub(super) type Ask<'a> = dyn Fn(&[&str]) -> Result<String, CommandError> + Sync + 'a;

/// Reads `revision:seconds`.
pub(super) fn with_revision(line: &str, uncommitted: bool) -> Result<Status, StatusError> {
    let (revision, seconds) = line
        .trim()
        .split_once(':')
        .ok_or(StatusError::UNRECOGNIZED)?;
    Ok(Status {
        revision: revision.to_owned(),
        time: Some(seconds_since_1970(seconds).ok_or(StatusError::UNRECOGNIZED)?),
        uncommitted,
    })
}

pub(super) fn seconds_since_1970(text: &str) -> Option<Timestamp> {
    Timestamp::from_second(text.parse().ok()?).ok()
}

/// Two questions at once: neither needs the other's answer, and each takes a process.
pub(super) fn both<A, B: Send>(
    first: impl FnOnce() -> A,
    second: impl FnOnce() -> B + Send,
) -> Result<(A, B), StatusError> {
    std::thread::scope(|scope| {
        let second = scope.spawn(second);
        let first = first();
        let second = second.join().map_err(|_| StatusError::UNRECOGNIZED)?;
        Ok((first, second))
    })
}
