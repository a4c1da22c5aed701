//! Fossil: the copy is one file. Its tags are not looked at, since go does not look at them either.

use std::path::Path;
use std::sync::Arc;

use super::copy::{Copy, read};
use super::programs::Job;
use super::{CodeHost, Programs, Revision, Tags, is_hex};
use crate::error::FetchError;
use crate::info::{Origin, Timestamp};
use crate::vcs::System;

const FILE: &str = ".fossil";
const PULL: &[&str] = &["pull", "-R", FILE];
const LATEST: &str = "trunk";

pub(super) struct Fossil {
    copy: Copy,
}

impl Fossil {
    pub(super) fn open(url: &str, programs: &Arc<Programs>) -> Result<Fossil, FetchError> {
        let copy = Copy::open(System::Fossil, url, programs, FILE, |copy| {
            copy.run_locked(&["clone", "--", url, FILE]).map(drop)
        })?;
        Ok(Fossil { copy })
    }

    fn local(&self, rev: &str) -> Result<Revision, FetchError> {
        let Ok(answer) = self.copy.text(&["info", "-R", FILE, "--", rev]) else {
            return Err(self.copy.unknown(rev));
        };
        let line = answer
            .lines()
            .find(|line| line.starts_with("uuid:") || line.starts_with("hash:"));
        let line = line.ok_or_else(|| self.copy.unread("info", &answer))?;
        let (id, time) = commit(line).ok_or_else(|| self.copy.unread("info", line))?;
        Ok(Revision {
            short: if is_hex(id) { &id[..12] } else { id }.to_owned(),
            asked: if id.starts_with(rev) { id } else { rev }.to_owned(),
            time,
            tags: Vec::new(),
            origin: self.copy.origin_of(rev, id, id),
            id: id.to_owned(),
        })
    }
}

/// `hash: ID 2017-09-22 01:15:36 UTC`
fn commit(line: &str) -> Option<(&str, Timestamp)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [_, id, day, time, "UTC"] = words.as_slice() else {
        return None;
    };
    let time = Timestamp::parse(&format!("{day}T{time}Z"))?;
    (id.len() == 40).then_some((id, time))
}

impl CodeHost for Fossil {
    fn system(&self) -> System {
        System::Fossil
    }

    fn tags(&self, _prefix: &str) -> Result<Tags, FetchError> {
        Ok(Tags {
            names: Vec::new(),
            origin: self.copy.origin(),
        })
    }

    fn stat(&self, rev: &str) -> Result<Revision, FetchError> {
        let rev = if rev == "latest" { LATEST } else { rev };
        self.copy.look(false, PULL, || self.local(rev))
    }

    fn latest(&self) -> Result<Revision, FetchError> {
        self.stat(LATEST)
    }

    fn file(&self, rev: &str, name: &str) -> Result<Option<Vec<u8>>, FetchError> {
        self.stat(rev)?;
        let by = format!("-r={rev}");
        Ok(self.copy.run(&["cat", "-R", FILE, &by, "--", name]).ok())
    }

    fn archive(&self, rev: &str, subdir: &str) -> Result<Vec<u8>, FetchError> {
        self.stat(rev)?;
        let (_temp, file) = self.copy.archive_file();
        let (Some(dir), Some(name)) = (file.parent(), file.file_name()) else {
            return Err(FetchError::no_such_file());
        };
        // A target with directories in it is misunderstood: the command runs where the target lies.
        let repository = self.copy.shelf.dir().join(FILE);
        let repository = Path::to_string_lossy(&repository);
        let (include, target) = (format!("--include={subdir}"), name.to_string_lossy());
        let mut words = vec!["zip", "-R", &repository, "--name", "prefix"];
        if !subdir.is_empty() && !subdir.contains(['*', '?', '[', ']', ',']) {
            words.push(&include);
        }
        words.extend(["--", rev, &target]);
        let _lock = self.copy.shelf.lock()?;
        self.copy.programs.run(&Job {
            program: System::Fossil.command(),
            words: &words,
            dir,
            env: &[],
        })?;
        read(&file)
    }

    fn check_reuse(&self, old: &Origin, subdir: &str) -> Result<(), FetchError> {
        self.copy.cannot_reuse(old, subdir)
    }
}
