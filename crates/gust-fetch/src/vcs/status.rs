//! The state of a working copy: its revision, that revision's time, and whether anything is not committed.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use super::{Command, CommandError, Repository, System};

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

const UNRECOGNIZED: StatusError = StatusError::Unreadable("unrecognized VCS tool output");

/// Asks the repository's own command for its state.
///
/// # Errors
/// [`StatusError`] when the command fails or its answer cannot be read.
pub fn status(command: &Command, repository: &Repository) -> Result<Status, StatusError> {
    let ask = |args: &[&str]| -> Result<String, CommandError> {
        let out = command.output(repository.system.command(), args, &repository.root)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    };
    match repository.system {
        System::Git => git(ask),
        System::Mercurial => mercurial(ask),
        System::Subversion => subversion(ask),
        System::Bazaar => bazaar(ask),
        System::Fossil => fossil(ask),
    }
}

/// Both questions at once: neither needs the other's answer, and each takes a process.
fn git(
    ask: impl Fn(&[&str]) -> Result<String, CommandError> + Sync,
) -> Result<Status, StatusError> {
    let (changes, head) = std::thread::scope(|scope| {
        let changes = scope.spawn(|| ask(&["status", "--porcelain"]));
        let head = ask(&[
            "-c",
            "log.showsignature=false",
            "log",
            "-1",
            "--format=%H:%ct",
        ]);
        (changes.join(), head)
    });
    let changes = changes.map_err(|_| UNRECOGNIZED)??;
    let uncommitted = !changes.is_empty();
    match head {
        Ok(line) => with_revision(&line, uncommitted),
        // no commit yet: there is nothing to name
        Err(_) if uncommitted => Ok(Status {
            uncommitted,
            ..Status::default()
        }),
        Err(error) => Err(error.into()),
    }
}

fn mercurial(ask: impl Fn(&[&str]) -> Result<String, CommandError>) -> Result<Status, StatusError> {
    let head = ask(&["log", "-r.", "-T", "{node}:{date|hgdate}"])?;
    let uncommitted = !ask(&["status", "-S"])?.is_empty();
    match head.split(' ').next() {
        Some(line) if !head.is_empty() => with_revision(line, uncommitted),
        _ => Ok(Status {
            uncommitted,
            ..Status::default()
        }),
    }
}

/// Reads `revision:seconds`.
fn with_revision(line: &str, uncommitted: bool) -> Result<Status, StatusError> {
    let (revision, seconds) = line.trim().split_once(':').ok_or(UNRECOGNIZED)?;
    let time = seconds
        .parse()
        .ok()
        .and_then(|s| Timestamp::from_second(s).ok())
        .ok_or(UNRECOGNIZED)?;
    Ok(Status {
        revision: revision.to_owned(),
        time: Some(time),
        uncommitted,
    })
}

fn subversion(
    ask: impl Fn(&[&str]) -> Result<String, CommandError>,
) -> Result<Status, StatusError> {
    let revision = ask(&["info", "--show-item", "last-changed-revision"])?
        .trim()
        .to_owned();
    let date = ask(&["info", "--show-item", "last-changed-date"])?;
    let time = date
        .trim()
        .parse()
        .map_err(|_| StatusError::Unreadable("unable to parse output of svn info"))?;
    let uncommitted = !ask(&["status"])?.is_empty();
    Ok(Status {
        revision,
        time: Some(time),
        uncommitted,
    })
}

fn bazaar(ask: impl Fn(&[&str]) -> Result<String, CommandError>) -> Result<Status, StatusError> {
    let mut status = Status::default();
    for line in ask(&["version-info"])?.lines() {
        match line.split_once(':') {
            Some(("revision-id", value)) => value.trim().clone_into(&mut status.revision),
            Some(("date", value)) => {
                let parsed = strtime::parse("%Y-%m-%d %H:%M:%S %z", value.trim())
                    .and_then(|time| time.to_timestamp());
                status.time = Some(parsed.map_err(|_| {
                    StatusError::Unreadable("unable to parse output of bzr version-info")
                })?);
            }
            _ => {}
        }
    }
    status.uncommitted = !ask(&["status"])?.is_empty();
    Ok(status)
}

fn fossil(ask: impl Fn(&[&str]) -> Result<String, CommandError>) -> Result<Status, StatusError> {
    const UNREADABLE: StatusError =
        StatusError::Unreadable("unable to parse output of fossil info");
    let info = ask(&["info"])?;
    let checkout = info
        .split("\ncheckout:")
        .nth(1)
        .and_then(|rest| rest.split(" UTC").next())
        .ok_or(UNREADABLE)?;
    let (revision, date) = checkout.trim().split_once(' ').ok_or(UNREADABLE)?;
    let civil: DateTime = date.trim().parse().map_err(|_| UNREADABLE)?;
    let time = civil
        .to_zoned(TimeZone::UTC)
        .map_err(|_| UNREADABLE)?
        .timestamp();
    let uncommitted = !ask(&["changes", "--differ"])?.is_empty();
    Ok(Status {
        revision: revision.to_owned(),
        time: Some(time),
        uncommitted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_states() {
        let committed = git(|args| {
            Ok(if args[0] == "status" {
                String::new()
            } else {
                "abc:1700000000\n".to_owned()
            })
        })
        .unwrap();
        assert_eq!(committed.revision, "abc");
        assert_eq!(committed.time.unwrap().to_string(), "2023-11-14T22:13:20Z");
        assert!(!committed.uncommitted);
    }

    #[test]
    fn fossil_and_bazaar_answers() {
        let answer = |args: &[&str]| {
            Ok(match args[0] {
                "info" => {
                    "repository: x\ncheckout:     91ed71 2021-09-21 12:00:00 UTC\ntags: trunk\n"
                        .to_owned()
                }
                "version-info" => {
                    "revision-id: gopher-2021\ndate: 2021-09-21 12:00:00 +1000\n".to_owned()
                }
                "status" => "modified:\n  x\n".to_owned(),
                _ => String::new(),
            })
        };
        let status = fossil(answer).unwrap();
        assert_eq!(
            (status.revision.as_str(), status.uncommitted),
            ("91ed71", false)
        );
        assert_eq!(status.time.unwrap().to_string(), "2021-09-21T12:00:00Z");
        let status = bazaar(answer).unwrap();
        assert_eq!(
            (status.revision.as_str(), status.uncommitted),
            ("gopher-2021", true)
        );
        assert_eq!(status.time.unwrap().to_string(), "2021-09-21T02:00:00Z");
    }
}
