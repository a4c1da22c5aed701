//! Mercurial: one process for the working copy, one for its revision and every tag.

use std::sync::Arc;

use gust_fs::sha256;

use super::checkout::Asker;
use super::history::{At, History};
use super::status::{Answer, Ask, both, seconds_since_1970};
use super::{Status, StatusError};

/// A line for the revision that is checked out (`.`), for tagged ancestors (`<`) and for other tagged revisions (`-`).
const TEMPLATE: &str = "{ifcontains(rev, revset('.'), '.', ifcontains(rev, revset('::.'), '<', '-'))} {node} {date|hgdate} {tags}\n";

/// Asks for the state.
pub(super) fn ask(asker: &Arc<Asker>) -> Result<Answer, StatusError> {
    let (status, tags) = read(&|args| asker.text(args))?;
    let history = tags.map(|tags| MercurialHistory {
        asker: Arc::clone(asker),
        tags,
    });
    Ok(Answer {
        status,
        history: history.map(|history| Box::new(history) as Box<dyn History>),
    })
}

/// The tagged part of the history.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tags {
    node: String,
    here: Vec<String>,
    /// Here and on ancestors.
    below: Vec<String>,
    all: Vec<String>,
    digest: [u8; 32],
}

fn read(ask: &Ask<'_>) -> Result<(Status, Option<Tags>), StatusError> {
    let (log, changes) = both(
        || ask(&["log", "-r", ". + tag()", "-T", TEMPLATE]),
        || ask(&["status", "-S"]),
    )?;
    let (log, uncommitted) = (log?, !changes?.is_empty());
    if log.is_empty() {
        let status = Status {
            uncommitted,
            ..Status::default()
        };
        return Ok((status, None));
    }
    let mut tags = Tags {
        digest: sha256(log.as_bytes()),
        ..Tags::default()
    };
    let mut status = Status {
        uncommitted,
        ..Status::default()
    };
    for line in log.lines() {
        let mut words = line.split_whitespace();
        let mut word = || words.next().ok_or(StatusError::UNRECOGNIZED);
        let (place, node, seconds, _zone) = (word()?, word()?, word()?, word()?);
        let names: Vec<String> = words
            .filter(|tag| *tag != "tip")
            .map(str::to_owned)
            .collect();
        if place == "." {
            node.clone_into(&mut tags.node);
            node.clone_into(&mut status.revision);
            let time = seconds_since_1970(seconds).ok_or(StatusError::UNRECOGNIZED)?;
            status.time = Some(time);
            tags.here.clone_from(&names);
        }
        if place != "-" {
            tags.below.extend_from_slice(&names);
        }
        tags.all.extend(names);
    }
    match tags.node.is_empty() {
        true => Err(StatusError::UNRECOGNIZED),
        false => Ok((status, Some(tags))),
    }
}

struct MercurialHistory {
    asker: Arc<Asker>,
    tags: Tags,
}

impl History for MercurialHistory {
    fn short(&self) -> String {
        let node = &self.tags.node;
        node.get(..12).unwrap_or(node).to_owned()
    }

    fn tags_here(&self) -> Vec<String> {
        self.tags.here.clone()
    }

    fn tags_below(&self) -> Option<Vec<String>> {
        Some(self.tags.below.clone())
    }

    fn all_tags(&self) -> Vec<String> {
        self.tags.all.clone()
    }

    fn file(&self, at: At<'_>, name: &str) -> Option<Vec<u8>> {
        let revision = match at {
            At::Here => &self.tags.node,
            At::Tag(tag) => tag,
        };
        self.asker
            .bytes(&["cat", &format!("--rev={revision}"), "--", name])
            .ok()
    }

    fn digest(&self) -> Option<[u8; 32]> {
        Some(self.tags.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn revision_and_tags() {
        let answers = HashMap::from([
            (
                "log",
                "- aaa 5 0 v2.0.0\n< bbb 6 0 v1.0.0 local\n. ccc 1700000000 -3600 tip v1.1.0\n",
            ),
            ("status", "? new\n"),
        ]);
        let (status, tags) = read(&|args| Ok(answers[args[0]].to_owned())).unwrap();
        assert_eq!(status.revision, "ccc");
        assert_eq!(status.time.unwrap().to_string(), "2023-11-14T22:13:20Z");
        assert!(status.uncommitted);
        let tags = tags.unwrap();
        assert_eq!(tags.here, ["v1.1.0"]);
        assert_eq!(tags.below, ["v1.0.0", "local", "v1.1.0"]);
        assert_eq!(tags.all.len(), 4);
    }

    #[test]
    fn an_answer_that_is_none() {
        assert!(read(&|_| Ok("- aaa 5 0 v2.0.0\n".to_owned())).is_err());
        assert!(read(&|_| Ok(". aaa now 0 v2.0.0\n".to_owned())).is_err());
    }
}
