//! Bazaar, and Breezy under its name.

use std::sync::Arc;

use jiff::fmt::strtime;

use super::checkout::Asker;
use super::history::{At, History};
use super::status::{Answer, Ask};
use super::{Status, StatusError};

/// Asks for the state.
pub(super) fn ask(asker: &Arc<Asker>) -> Result<Answer, StatusError> {
    let status = read(&|args| asker.text(args))?;
    let history = BazaarHistory::find(asker, &status.revision);
    Ok(Answer {
        status,
        history: history.map(|history| Box::new(history) as Box<dyn History>),
    })
}

fn read(ask: &Ask<'_>) -> Result<Status, StatusError> {
    // One after the other: each locks the working copy, and the one that comes too late fails.
    let (info, changes) = (ask(&["version-info"]), ask(&["status"]));
    let mut status = Status::default();
    for line in info?.lines() {
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
    status.uncommitted = !changes?.is_empty();
    Ok(status)
}

struct BazaarHistory {
    asker: Arc<Asker>,
    /// The number on the branch's main line.
    number: u64,
    tags: Vec<String>,
}

impl BazaarHistory {
    fn find(asker: &Arc<Asker>, revision: &str) -> Option<BazaarHistory> {
        if revision.is_empty() {
            return None;
        }
        let revision = format!("--revision={revision}");
        let log = asker
            .text(&["log", "-l1", "--long", "--show-ids", &revision])
            .ok()?;
        let (number, tags) = numbered(&log)?;
        Some(BazaarHistory {
            asker: Arc::clone(asker),
            number,
            tags,
        })
    }
}

/// The number and the tags in a log entry's header. Revisions beside the main line have no number that versions could use.
fn numbered(log: &str) -> Option<(u64, Vec<String>)> {
    let header = log
        .lines()
        .skip_while(|line| line.starts_with('-'))
        .take_while(|line| !line.starts_with([' ', '\t']) && line.contains(':'));
    let (mut number, mut tags) = (None, Vec::new());
    for (name, value) in header.filter_map(|line| line.split_once(':')) {
        match name {
            "revno" => number = value.split_whitespace().next(),
            "tags" => tags = value.trim().split(", ").map(str::to_owned).collect(),
            _ => {}
        }
    }
    Some((number?.parse().ok().filter(|n| *n > 0)?, tags))
}

impl History for BazaarHistory {
    fn short(&self) -> String {
        format!("{:012}", self.number)
    }

    fn tags_here(&self) -> Vec<String> {
        self.tags.clone()
    }

    fn all_tags(&self) -> Vec<String> {
        let lines = self.asker.text(&["tags"]).unwrap_or_default();
        let names = lines.lines().filter_map(|l| l.split_whitespace().next());
        names.map(str::to_owned).collect()
    }

    fn file(&self, at: At<'_>, name: &str) -> Option<Vec<u8>> {
        let revision = match at {
            At::Here => self.short(),
            At::Tag(tag) => tag.to_owned(),
        };
        self.asker
            .bytes(&["cat", &format!("--revision={revision}"), "--", name])
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state() {
        let status = read(&|args| {
            Ok(match args[0] {
                "version-info" => "revision-id: gopher-2021\ndate: 2021-09-21 12:00:00 +1000\n",
                _ => "modified:\n  x\n",
            }
            .to_owned())
        })
        .unwrap();
        assert_eq!(
            (status.revision.as_str(), status.uncommitted),
            ("gopher-2021", true)
        );
        assert_eq!(status.time.unwrap().to_string(), "2021-09-21T02:00:00Z");
    }

    #[test]
    fn numbers() {
        let line = "-".repeat(60);
        let log = |head: &str| format!("{line}\n{head}committer: a\nmessage:\n  revno: 9\n");
        assert_eq!(
            numbered(&log("revno: 12 [merge]\ntags: v1.0.0, v1\n")),
            Some((12, vec!["v1.0.0".to_owned(), "v1".to_owned()]))
        );
        assert_eq!(numbered(&log("revno: 1.2.3\n")), None);
        assert_eq!(numbered(&log("")), None);
    }
}
