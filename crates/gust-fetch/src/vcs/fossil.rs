//! Fossil. A version can be named only where the repository's own file lies at the root of the working copy, under the
//! name `.fossil`, for there go looks for it.

use std::sync::Arc;

use gust_fs::View;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::checkout::Asker;
use super::history::{At, History};
use super::status::{Answer, Ask};
use super::{Status, StatusError};

const FILE: &str = ".fossil";

/// Asks for the state.
pub(super) fn ask(asker: &Arc<Asker>, view: &View) -> Result<Answer, StatusError> {
    let status = read(&|args| asker.text(args))?;
    let history = FossilHistory::find(asker, view, &status.revision);
    Ok(Answer {
        status,
        history: Some(Box::new(history)),
    })
}

fn read(ask: &Ask<'_>) -> Result<Status, StatusError> {
    const UNREADABLE: StatusError =
        StatusError::Unreadable("unable to parse output of fossil info");
    let (info, changes) = (ask(&["info"]), ask(&["changes", "--differ"]));
    let info = info?;
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
    Ok(Status {
        revision: revision.to_owned(),
        time: Some(time),
        uncommitted: !changes?.is_empty(),
    })
}

struct FossilHistory {
    asker: Arc<Asker>,
    /// Whether the repository's file is there and knows the revision.
    known: bool,
    revision: String,
}

impl FossilHistory {
    fn find(asker: &Arc<Asker>, view: &View, revision: &str) -> FossilHistory {
        let is_known = || {
            let info = asker.text(&["info", "-R", FILE, "--", revision]).ok()?;
            let line = info
                .lines()
                .find(|line| line.starts_with("uuid:") || line.starts_with("hash:"))?;
            let words: Vec<&str> = line.split_whitespace().collect();
            Some(words.len() == 5 && words[1] == revision && words[4] == "UTC")
        };
        FossilHistory {
            asker: Arc::clone(asker),
            known: revision.len() == 40
                && view.is_file(&asker.root().join(FILE))
                && is_known().unwrap_or(false),
            revision: revision.to_owned(),
        }
    }
}

impl History for FossilHistory {
    fn short(&self) -> String {
        let revision = &self.revision;
        revision.get(..12).unwrap_or(revision).to_owned()
    }

    fn tags_here(&self) -> Vec<String> {
        Vec::new()
    }

    fn tags_below(&self) -> Option<Vec<String>> {
        self.known.then(Vec::new)
    }

    fn file(&self, _at: At<'_>, name: &str) -> Option<Vec<u8>> {
        let revision = format!("-r={}", self.short());
        self.asker
            .bytes(&["cat", "-R", FILE, &revision, "--", name])
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
                "info" => {
                    "repository: x\ncheckout:     91ed71 2021-09-21 12:00:00 UTC\ntags: trunk\n"
                }
                _ => "",
            }
            .to_owned())
        })
        .unwrap();
        assert_eq!(
            (status.revision.as_str(), status.uncommitted),
            ("91ed71", false)
        );
        assert_eq!(status.time.unwrap().to_string(), "2021-09-21T12:00:00Z");
    }
}
