//! Subversion: the server has it all, there is no copy. Revisions have numbers; tags are directories, which go lists with a slash at the end, so that
//! none of them is ever a version.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::copy::{Copy, read};
use super::{CodeHost, Programs, Revision, Tags};
use crate::archive::ZipWriter;
use crate::error::FetchError;
use crate::info::{Origin, Timestamp};
use crate::vcs::System;

const LATEST: &str = "latest";

pub(super) struct Subversion {
    copy: Copy,
    tags: OnceLock<Vec<String>>,
}

impl Subversion {
    pub(super) fn open(url: &str, programs: &Arc<Programs>) -> Result<Subversion, FetchError> {
        Ok(Subversion {
            copy: Copy::unmade(System::Subversion, url, programs)?,
            tags: OnceLock::new(),
        })
    }

    fn local(&self, rev: &str) -> Result<Revision, FetchError> {
        let target = match rev {
            LATEST => self.copy.url.clone(),
            rev => format!("{}@{rev}", self.copy.url),
        };
        let Ok(answer) = self.copy.text(&["log", "-l1", "--xml", "--", &target]) else {
            return Err(self.copy.unknown(rev));
        };
        let wrong = |why: &str| {
            FetchError::message(format!(
                "unexpected response from svn log --xml: {why}\n{answer}"
            ))
        };
        let entry = elements(&answer, "logentry")
            .into_iter()
            .next()
            .unwrap_or_default();
        let number: i64 = entry.attribute("revision").parse().unwrap_or(0);
        let date = entry.content("date");
        let time = Timestamp::parse(&date).ok_or_else(|| {
            let date = crate::names::quote(&date);
            wrong(&format!(
                "parsing time {date} as \"2006-01-02T15:04:05Z07:00\": cannot parse {date} as \"2006\""
            ))
        })?;
        let id = number.to_string();
        Ok(Revision {
            short: format!("{number:012}"),
            asked: rev.to_owned(),
            time,
            tags: Vec::new(),
            origin: self.copy.origin_of(rev, &id, ""),
            id,
        })
    }

    /// The names of the files, as the repository has them: exporting may change names to what the file system can keep.
    fn list(&self, rev: &str, place: &str) -> Result<Vec<(String, u64)>, FetchError> {
        let answer = self.copy.text(&[
            "list",
            "--non-interactive",
            "--xml",
            "--incremental",
            "--recursive",
            "--revision",
            rev,
            "--",
            place,
        ])?;
        let entries = elements(&answer, "entry").into_iter();
        let files = entries.filter(|entry| entry.attribute("kind") == "file");
        Ok(files
            .map(|entry| {
                (
                    entry.content("name"),
                    entry.content("size").parse().unwrap_or(0),
                )
            })
            .collect())
    }

    fn export(&self, rev: &str, place: &str, dir: &Path) -> Result<(), FetchError> {
        let words = [
            "export",
            "--non-interactive",
            "--quiet",
            "--native-eol",
            "LF",
            "--ignore-externals",
            "--ignore-keywords",
            "--revision",
            rev,
            "--",
            place,
            &dir.to_string_lossy(),
        ];
        self.copy.run_locked(&words).map(drop)
    }
}

/// An element of what Subversion writes as XML: its attributes, and what stands in it.
#[derive(Default)]
struct Element<'x> {
    attributes: &'x str,
    inner: &'x str,
}

/// The elements of a name, which do not lie within each other.
fn elements<'x>(text: &'x str, name: &str) -> Vec<Element<'x>> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(&open) {
        rest = &rest[at + open.len()..];
        if !rest.starts_with(|c: char| c == '>' || c.is_whitespace()) {
            continue;
        }
        let Some((attributes, after)) = rest.split_once('>') else {
            break;
        };
        let Some((inner, after)) = after.split_once(&close) else {
            break;
        };
        found.push(Element { attributes, inner });
        rest = after;
    }
    found
}

impl Element<'_> {
    fn attribute(&self, name: &str) -> String {
        let value = self.attributes.split_once(&format!("{name}=\""));
        let value = value.and_then(|(_, rest)| rest.split_once('"'));
        value.map(|(value, _)| unescape(value)).unwrap_or_default()
    }

    fn content(&self, name: &str) -> String {
        let inner = elements(self.inner, name).into_iter().next();
        inner.map(|inner| unescape(inner.inner)).unwrap_or_default()
    }
}

/// The entities that Subversion writes.
fn unescape(text: &str) -> String {
    let plain = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#13;", "\r"),
    ];
    let mut text = text.to_owned();
    for (entity, c) in plain {
        text = text.replace(entity, c);
    }
    text.replace("&amp;", "&")
}

impl CodeHost for Subversion {
    fn system(&self) -> System {
        System::Subversion
    }

    fn tags(&self, prefix: &str) -> Result<Tags, FetchError> {
        let all = self.tags.get_or_init(|| {
            let trunk = self
                .copy
                .url
                .strip_suffix("/trunk")
                .unwrap_or(&self.copy.url);
            let names = self.copy.text(&["list", "--", &format!("{trunk}/tags")]);
            names
                .unwrap_or_default()
                .lines()
                .map(str::to_owned)
                .collect()
        });
        let mut names: Vec<String> = all
            .iter()
            .filter(|tag| tag.starts_with(prefix))
            .cloned()
            .collect();
        names.sort_unstable();
        Ok(Tags {
            names,
            origin: self.copy.origin(),
        })
    }

    fn stat(&self, rev: &str) -> Result<Revision, FetchError> {
        self.copy.look(false, &[], || self.local(rev))
    }

    fn latest(&self) -> Result<Revision, FetchError> {
        self.stat(LATEST)
    }

    fn file(&self, rev: &str, name: &str) -> Result<Option<Vec<u8>>, FetchError> {
        self.stat(rev)?;
        let url = &self.copy.url;
        Ok(self
            .copy
            .run(&["cat", "--", &format!("{url}/{name}@{rev}")])
            .ok())
    }

    fn archive(&self, rev: &str, subdir: &str) -> Result<Vec<u8>, FetchError> {
        self.stat(rev)?;
        let place = match subdir {
            "" => self.copy.url.clone(),
            subdir => format!("{}/{subdir}", self.copy.url),
        };
        let files = self.list(rev, &place)?;
        let _lock = self.copy.shelf.lock()?;
        let dir = self.copy.shelf.dir().join("export");
        let gone = |err| FetchError::io("unlinkat", &dir, err);
        gust_fs::disk::remove_all(&dir).map_err(gone)?;
        let zipped = self
            .export(rev, &place, &dir)
            .and_then(|()| zip(&dir, subdir, &files));
        let _ = gust_fs::disk::remove_all(&dir);
        zipped
    }

    fn check_reuse(&self, old: &Origin, subdir: &str) -> Result<(), FetchError> {
        self.copy.cannot_reuse(old, subdir)
    }
}

/// The files of an export as other systems archive them.
fn zip(dir: &Path, subdir: &str, files: &[(String, u64)]) -> Result<Vec<u8>, FetchError> {
    let top = match subdir {
        "" => "prefix".to_owned(),
        subdir => format!("prefix/{subdir}"),
    };
    let mut data = Vec::new();
    let mut zip = ZipWriter::new(&mut data);
    for (name, size) in files {
        // A name that leads elsewhere is nothing that was exported.
        let is_below = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
        let content = read(&dir.join(name)).ok().filter(|_| is_below);
        let content = content.ok_or_else(|| {
            FetchError::message(format!(
                "file reported by 'svn list', but not written by 'svn export': {name}"
            ))
        })?;
        if content.len() as u64 != *size {
            let len = content.len();
            return Err(FetchError::message(format!(
                "file size differs between 'svn list' and 'svn export': file {name} listed as {size} bytes, but exported as {len} bytes"
            )));
        }
        let added = zip.add(&format!("{top}/{name}"), &content);
        added.map_err(|err| FetchError::io("write", dir, err))?;
    }
    zip.finish()
        .map_err(|err| FetchError::io("write", dir, err))?;
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_subversion_writes() {
        let text = "<?xml version=\"1.0\"?>\n<list>\n<entry\n   kind=\"file\">\n<name>a &amp; &lt;b&gt;.go</name>\n<size>5</size>\n</entry>\n<entry kind=\"dir\"><name>d</name></entry></list>";
        let entries = elements(text, "entry");
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].attribute("kind"), "file");
        assert_eq!(entries[0].content("name"), "a & <b>.go");
        assert_eq!(entries[0].content("size"), "5");
        assert_eq!(entries[1].content("size"), "");
        assert!(elements("<entryx>", "entry").is_empty());
    }
}
