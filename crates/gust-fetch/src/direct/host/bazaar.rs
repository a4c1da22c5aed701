//! Bazaar: revisions have numbers, which are what pseudo-versions name.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::copy::{Copy, read};
use super::{CodeHost, Programs, Revision, Tags};
use crate::error::FetchError;
use crate::info::{Origin, Timestamp};
use crate::vcs::System;

const PULL: &[&str] = &["pull", "--overwrite-tags"];
const LATEST: &str = "revno:-1";

pub(super) struct Bazaar {
    copy: Copy,
    tags: OnceLock<Vec<String>>,
}

impl Bazaar {
    pub(super) fn open(url: &str, programs: &Arc<Programs>) -> Result<Bazaar, FetchError> {
        let copy = Copy::open(System::Bazaar, url, programs, ".bzr", |copy| {
            let words = ["branch", "--use-existing-dir", "--", url, "."];
            copy.run_locked(&words).map(drop)
        })?;
        Ok(Bazaar {
            copy,
            tags: OnceLock::new(),
        })
    }

    fn local(&self, rev: &str) -> Result<Revision, FetchError> {
        let by = format!("--revision={rev}");
        let Ok(answer) = self.copy.text(&["log", "-l1", "--long", "--show-ids", &by]) else {
            return Err(self.copy.unknown(rev));
        };
        let log = Log::read(&answer).map_err(|line| self.copy.unread_part(&line))?;
        let Some((number, time)) = log.number.zip(log.time).filter(|(number, _)| *number != 0)
        else {
            return Err(self.copy.unread("log", &answer));
        };
        let id = number.to_string();
        Ok(Revision {
            short: format!("{number:012}"),
            asked: rev.to_owned(),
            time,
            tags: log.tags,
            origin: self.copy.origin_of(rev, &id, ""),
            id,
        })
    }
}

/// The head of a log entry.
#[derive(Default)]
struct Log {
    number: Option<i64>,
    time: Option<Timestamp>,
    tags: Vec<String>,
}

impl Log {
    /// The error is what cannot be read, and of which kind it should have been.
    fn read(text: &str) -> Result<Log, (&'static str, String)> {
        let mut log = Log::default();
        for line in text.split('\n') {
            let is_head = !line.is_empty() && !line.starts_with([' ', '\t']);
            if line.starts_with('-') {
                continue;
            }
            let Some((key, value)) = line.split_once(':').filter(|_| is_head) else {
                break;
            };
            let value = value.trim();
            match key {
                "revno" => {
                    let number = value.split(' ').next().unwrap_or_default().parse();
                    log.number = Some(number.map_err(|_| ("revno", line.to_owned()))?);
                }
                "timestamp" => {
                    // The day of the week stands in front.
                    let time = value.split_once(' ').and_then(|(_, time)| timestamp(time));
                    log.time = Some(time.ok_or_else(|| ("timestamp", line.to_owned()))?);
                }
                "tags" => log.tags = value.split(", ").map(str::to_owned).collect(),
                _ => {}
            }
        }
        Ok(log)
    }
}

/// `2017-09-21 21:20:12 -0400`, in UTC.
fn timestamp(text: &str) -> Option<Timestamp> {
    let mut words = text.split(' ');
    let (day, time, zone) = (words.next()?, words.next()?, words.next()?);
    let (hours, minutes) = (zone.get(..3)?, zone.get(3..)?);
    let written = Timestamp::parse(&format!("{day}T{time}{hours}:{minutes}"))?;
    words
        .next()
        .is_none()
        .then(|| Timestamp::from_seconds(written.seconds))
}

impl Copy {
    fn unread_part(&self, (kind, line): &(&'static str, String)) -> FetchError {
        let line = crate::names::quote(line);
        FetchError::message(format!("unexpected {kind} from bzr log: {line}"))
    }
}

impl CodeHost for Bazaar {
    fn system(&self) -> System {
        System::Bazaar
    }

    fn tags(&self, prefix: &str) -> Result<Tags, FetchError> {
        let all = self.tags.get_or_init(|| {
            let list = self.copy.text(&["tags"]).unwrap_or_default();
            let names = list
                .lines()
                .filter(|line| !line.starts_with(char::is_whitespace));
            let names = names.filter_map(|line| line.split_whitespace().next());
            names
                .filter(|name| !name.starts_with("revno:-"))
                .map(str::to_owned)
                .collect()
        });
        let mut names: Vec<String> = all
            .iter()
            .filter(|tag| tag.starts_with(prefix))
            .cloned()
            .collect();
        names.sort_unstable();
        names.dedup();
        Ok(Tags {
            names,
            origin: self.copy.origin(),
        })
    }

    fn stat(&self, rev: &str) -> Result<Revision, FetchError> {
        let rev = if rev == "latest" { LATEST } else { rev };
        let moves = rev.starts_with("revno:-");
        self.copy.look(moves, PULL, || self.local(rev))
    }

    fn latest(&self) -> Result<Revision, FetchError> {
        self.stat(LATEST)
    }

    fn file(&self, rev: &str, name: &str) -> Result<Option<Vec<u8>>, FetchError> {
        self.stat(rev)?;
        Ok(self
            .copy
            .run(&["cat", &format!("--revision={rev}"), "--", name])
            .ok())
    }

    fn archive(&self, rev: &str, subdir: &str) -> Result<Vec<u8>, FetchError> {
        self.stat(rev)?;
        let (_temp, file) = self.copy.archive_file();
        let (by, below) = (format!("--revision={rev}"), format!("./{subdir}"));
        let target = Path::to_string_lossy(&file);
        let mut words = vec![
            "export",
            "--format=zip",
            &by,
            "--root=prefix/",
            "--",
            &target,
        ];
        if !subdir.is_empty() {
            words.push(&below);
        }
        self.copy.run(&words)?;
        read(&file)
    }

    fn check_reuse(&self, old: &Origin, subdir: &str) -> Result<(), FetchError> {
        self.copy.cannot_reuse(old, subdir)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_log() {
        let text = "------\nrevno: 2 [merge]\nrevision-id: x@y\ntags: v1.0.0, other\ntimestamp: Thu 2017-09-21 21:20:12 -0400\nmessage:\n  revno: 7\n";
        let log = Log::read(text).unwrap();
        assert_eq!(log.number, Some(2));
        assert_eq!(log.time.unwrap().to_string(), "2017-09-22T01:20:12Z");
        assert_eq!(log.tags, ["v1.0.0", "other"]);
        assert!(Log::read("revno: two\n").is_err());
        assert!(Log::read("timestamp: now\n").is_err());
    }
}
