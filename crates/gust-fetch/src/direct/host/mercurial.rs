//! Mercurial: tags are files in branches, so a checksum over all branches' heads is what answers rest on.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::copy::{Copy, read};
use super::{CodeHost, Programs, Revision, Tags, highest};
use crate::disk;
use crate::error::FetchError;
use crate::info::{Origin, Timestamp};
use crate::names::quote;
use crate::vcs::System;

const PULL: &[&str] = &["pull", "-f"];
/// Not a tag, though listed as one.
const TIP: &str = "tip";

pub(super) struct Mercurial {
    copy: Copy,
    tags: OnceLock<Vec<String>>,
    branches: OnceLock<Vec<String>>,
    sum: OnceLock<String>,
}

impl Mercurial {
    pub(super) fn open(url: &str, programs: &Arc<Programs>) -> Result<Mercurial, FetchError> {
        let copy = Copy::open(System::Mercurial, url, programs, ".hg", |copy| {
            copy.run_locked(&["init", "."])?;
            let file = copy.shelf.dir().join(".hg/hgrc");
            let text = format!("[paths]\ndefault = {url}\n");
            disk::write_atomic(&file, text.as_bytes())
                .map_err(|err| FetchError::io("open", &file, err))
        })?;
        Ok(Mercurial {
            copy,
            tags: OnceLock::new(),
            branches: OnceLock::new(),
            sum: OnceLock::new(),
        })
    }

    /// Names that a command lists, one a line, after a pull. What fails has none.
    fn names(&self, words: &[&str]) -> Vec<String> {
        let _ = self.copy.pull(PULL);
        let text = self.copy.text(words).unwrap_or_default();
        let lines = text.lines().filter(|name| !name.is_empty() && *name != TIP);
        lines.map(str::to_owned).collect()
    }

    fn tags(&self) -> &[String] {
        self.tags.get_or_init(|| self.names(&["tags", "-q"]))
    }

    fn is_branch(&self, rev: &str) -> bool {
        let branches = self
            .branches
            .get_or_init(|| self.names(&["branches", "-c", "-q"]));
        branches.iter().any(|branch| branch == rev)
    }

    /// An extension that the Go distribution brings along for questions to servers.
    fn extension(&self) -> String {
        let file = self.copy.programs.goroot().join("lib/hg/goreposum.py");
        format!("--config=extensions.goreposum={}", file.display())
    }

    /// The checksum over the branches; empty when it cannot be had.
    fn sum(&self) -> &str {
        self.sum.get_or_init(|| {
            let from = if self.copy.is_pulled() {
                "."
            } else {
                &self.copy.url
            };
            let answer = self
                .copy
                .text(&[&self.extension(), "goreposum", "--", from]);
            answer.unwrap_or_default().trim().to_owned()
        })
    }

    fn with_sum(&self) -> Origin {
        Origin {
            repo_sum: self.sum().to_owned(),
            ..self.copy.origin()
        }
    }

    fn local(&self, rev: &str) -> Result<Revision, FetchError> {
        let by = format!("--rev={rev}");
        let words = [
            "log",
            "-l1",
            &by,
            "--template",
            "{node} {date|hgdate} {tags}",
        ];
        let Ok(answer) = self.copy.text(&words) else {
            return Err(FetchError::UnknownRevision {
                rev: rev.to_owned(),
            }
            .resting_on(self.with_sum()));
        };
        let mut words = answer.split_whitespace();
        let (Some(id), Some(seconds), Some(_zone)) = (words.next(), words.next(), words.next())
        else {
            return Err(self.copy.unread("log", &answer));
        };
        let Ok(seconds) = seconds.parse() else {
            let text = format!("invalid time from hg log: {}", quote(&answer));
            return Err(FetchError::message(text));
        };
        let mut tags: Vec<String> = words.filter(|tag| *tag != TIP).map(str::to_owned).collect();
        tags.sort_unstable();
        Ok(Revision {
            short: id.get(..12).unwrap_or(id).to_owned(),
            asked: if id.starts_with(rev) { id } else { rev }.to_owned(),
            time: Timestamp::from_seconds(seconds),
            tags,
            origin: self.copy.origin_of(rev, id, id),
            id: id.to_owned(),
        })
    }

    /// What a name is on the server.
    fn ask(&self, name: &str) -> Result<String, FetchError> {
        let answer =
            self.copy
                .text(&[&self.extension(), "golookup", "--", &self.copy.url, name])?;
        Ok(answer.trim().to_owned())
    }
}

impl CodeHost for Mercurial {
    fn system(&self) -> System {
        System::Mercurial
    }

    fn tags(&self, prefix: &str) -> Result<Tags, FetchError> {
        let tags = Mercurial::tags(self).iter();
        let mut names: Vec<String> = tags
            .filter(|tag| tag.starts_with(prefix))
            .cloned()
            .collect();
        names.sort_unstable();
        names.dedup();
        Ok(Tags {
            names,
            origin: self.with_sum(),
        })
    }

    fn stat(&self, rev: &str) -> Result<Revision, FetchError> {
        let rev = if rev == "latest" { TIP } else { rev };
        let moves = self.is_branch(rev) || rev == TIP;
        self.copy.look(moves, PULL, || self.local(rev))
    }

    fn latest(&self) -> Result<Revision, FetchError> {
        self.stat(TIP)
    }

    fn file(&self, rev: &str, name: &str) -> Result<Option<Vec<u8>>, FetchError> {
        self.stat(rev)?;
        Ok(self
            .copy
            .run(&["cat", &format!("--rev={rev}"), "--", name])
            .ok())
    }

    fn archive(&self, rev: &str, subdir: &str) -> Result<Vec<u8>, FetchError> {
        self.stat(rev)?;
        let (_temp, file) = self.copy.archive_file();
        let (by, include) = (format!("--rev={rev}"), format!("--include={subdir}/**"));
        let mut words = vec![
            "archive",
            "-t",
            "zip",
            "--no-decode",
            &by,
            "--prefix=prefix/",
        ];
        if !subdir.is_empty() {
            words.push(&include);
        }
        let target = Path::to_string_lossy(&file);
        words.extend(["--", &target]);
        self.copy.run(&words)?;
        read(&file)
    }

    fn recent_tag(
        &self,
        rev: &str,
        prefix: &str,
        allowed: &dyn Fn(&str) -> bool,
    ) -> Result<Option<String>, FetchError> {
        let set = format!("--rev=ancestors({rev}) and tag()");
        let names = self.copy.text(&["log", &set, "--template", "{tags}\n"])?;
        let tags = names.split_whitespace();
        Ok(highest(
            tags.filter(|tag| tag.starts_with(prefix) && allowed(tag)),
            prefix,
        ))
    }

    fn descends_from(&self, rev: &str, tag: &str) -> Result<bool, FetchError> {
        let set = format!("--rev=ancestors({rev}) and {tag}");
        Ok(!self.copy.text(&["log", &set])?.trim().is_empty())
    }

    fn check_reuse(&self, old: &Origin, subdir: &str) -> Result<(), FetchError> {
        self.copy.check_place(old, subdir)?;
        if old.repo_sum.is_empty() && old.reference.is_empty() && !old.hash.is_empty() {
            return match self.ask(&old.hash) {
                Ok(id) if id == old.hash => Ok(()),
                Ok(_) => Err(FetchError::message("hash changed")),
                Err(error) => Err(error.context("looking up hash")),
            };
        }
        if old.repo_sum.is_empty()
            && !old.reference.is_empty()
            && self
                .ask(&old.reference)
                .is_ok_and(|id| !id.is_empty() && id == old.hash)
        {
            return Ok(());
        }
        match (self.sum(), old.repo_sum.as_str()) {
            ("", _) => Err(self.copy.unsupported("CheckReuse")),
            (_, "") => Err(FetchError::message("non-specific origin")),
            (now, before) if now != before => Err(FetchError::message("repo changed")),
            _ => Ok(()),
        }
    }
}
