//! Git: a bare copy that holds as little history as the questions need.
//!
//! What the server has (`ls-remote`) is asked once a command. A revision that is the tip of a ref is fetched with depth 1; only when a question
//! is about history (which tags lie below a commit) or about a commit that no ref names is everything fetched. Commits that no branch and no tag
//! reaches, such as those of refused pull requests, are never asked for by name: they must not become versions.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use base64::Engine as _;
use gust_fs::once::OnceMap;
use sha2::{Digest as _, Sha256};

use super::programs::{Job, unexpected};
use super::{
    CodeHost, Programs, Revision, Shelf, Tags, check_place, decides_versions, highest, is_hex,
};
use crate::disk;
use crate::error::FetchError;
use crate::http;
use crate::info::{Origin, Timestamp};
use crate::names::quote;
use crate::vcs::System;

/// The kind of go's directories for Git.
const KIND: &str = "git3";
/// Fewer digits are not taken for the beginning of a commit's ID.
const MIN_HEX: usize = 7;
/// Archives must not depend on what a repository's attributes would substitute or leave out.
const ATTRIBUTES: &str = "\n* -export-subst -export-ignore\n";

/// The refs of the server: branches, tags and HEAD, with the commits they stand for.
type Refs = BTreeMap<String, String>;

/// How much was fetched by this command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fetched {
    Nothing,
    Tips,
    All,
}

/// A Git repository.
pub(super) struct Git {
    programs: Arc<Programs>,
    http: Arc<http::Client>,
    url: String,
    shelf: Shelf,
    /// How many hexadecimal digits an ID has.
    digits: usize,
    refs: OnceLock<Result<Refs, FetchError>>,
    /// Tags that were here before this command fetched any.
    local_tags: OnceLock<Vec<String>>,
    revisions: OnceMap<String, Result<Revision, FetchError>>,
    fetched: Mutex<Fetched>,
    /// By the commit's ID and the file's name.
    files: OnceMap<(String, String), Option<Vec<u8>>>,
}

/// What a revision is on the server.
struct Target {
    /// The ref that names it; none when only the ID is known.
    reference: Option<String>,
    /// The whole ID, if it is known.
    id: Option<String>,
    /// What it is asked by from here on: branches move.
    asked: String,
}

impl Git {
    pub(super) fn open(
        url: &str,
        programs: &Arc<Programs>,
        http: &Arc<http::Client>,
    ) -> Result<Git, FetchError> {
        if !url.contains("://") {
            let syntax = match url.contains(':') {
                true => " (use URL syntax not host:path syntax)",
                false => "",
            };
            return Err(FetchError::message(format!(
                "git remote ({url}) must not be local directory{syntax}"
            )));
        }
        let mut git = Git {
            programs: Arc::clone(programs),
            http: Arc::clone(http),
            url: url.to_owned(),
            shelf: Shelf::of(KIND, url, programs)?,
            digits: 40,
            refs: OnceLock::new(),
            local_tags: OnceLock::new(),
            revisions: OnceMap::default(),
            fetched: Mutex::new(Fetched::Nothing),
            files: OnceMap::default(),
        };
        let lock = git.shelf.lock()?;
        match git.shelf.has("objects") {
            true => git.digits = if git.keeps_sha256() { 64 } else { 40 },
            false => git.begin().inspect_err(|_| git.shelf.clear())?,
        }
        drop(lock);
        Ok(git)
    }

    /// Makes the bare copy, with as long IDs as the server has.
    fn begin(&mut self) -> Result<(), FetchError> {
        let refs = self.refs.get_or_init(|| self.ask_refs(&self.url));
        let long = |refs: &Refs| refs.values().next().is_some_and(|id| id.len() == 64);
        let format = match refs.as_ref().is_ok_and(long) {
            true => "--object-format=sha256",
            false => "--object-format=sha1",
        };
        self.digits = if format.ends_with("256") { 64 } else { 40 };
        let job = |words| Job {
            program: "git",
            words,
            dir: self.shelf.dir(),
            env: &[],
        };
        if let Err(error) = self.programs.run(&job(&["init", "--bare", format])) {
            // Git before 2.29 knows only one format, and no flag for it.
            let old = self.digits == 40
                && error
                    .command()
                    .is_some_and(|c| c.stderr.contains("object-format"));
            if !old {
                return Err(error);
            }
            self.programs.run(&job(&["init", "--bare"]))?;
        }
        // Under a name, so that LFS works too.
        self.git(&["remote", "add", "origin", "--", &self.url])?;
        let _ = self.local_tags.set(Vec::new());
        Ok(())
    }

    fn keeps_sha256(&self) -> bool {
        let config = disk::contents(&self.shelf.dir().join("config")).unwrap_or_default();
        let config = gust_bytes::text(&config).to_ascii_lowercase();
        let mut lines = config.lines().filter_map(|line| line.split_once('='));
        lines.any(|(key, value)| key.trim() == "objectformat" && value.trim() == "sha256")
    }

    /// Runs Git on the copy; `safe.bareRepository=explicit` wants it named.
    fn git(&self, words: &[&str]) -> Result<Vec<u8>, FetchError> {
        let dir = self.shelf.dir().to_string_lossy();
        self.programs.run(&Job {
            program: "git",
            words,
            dir: self.shelf.dir(),
            env: &[("GIT_DIR", &dir)],
        })
    }

    fn refs(&self) -> Result<&Refs, FetchError> {
        let refs = self.refs.get_or_init(|| self.ask_refs("origin"));
        refs.as_ref().map_err(Clone::clone)
    }

    fn ask_refs(&self, remote: &str) -> Result<Refs, FetchError> {
        let answer = self.git(&["ls-remote", "-q", "--end-of-options", remote]);
        let answer = answer.map_err(|error| self.explain(error))?;
        let mut refs = Refs::new();
        let mut peeled = Vec::new();
        for line in gust_bytes::text(&answer).lines() {
            let mut words = line.split_whitespace();
            let (Some(id), Some(name), None) = (words.next(), words.next(), words.next()) else {
                continue;
            };
            let known =
                name == "HEAD" || name.starts_with("refs/heads/") || name.starts_with("refs/tags/");
            match name.strip_suffix("^{}") {
                _ if !known => {}
                // The commit behind an annotated tag.
                Some(tag) => peeled.push((tag.to_owned(), id.to_owned())),
                None => drop(refs.insert(name.to_owned(), id.to_owned())),
            }
        }
        refs.extend(peeled);
        Ok(refs)
    }

    /// A server that wants a name, or has no such repository at all.
    fn explain(&self, mut error: FetchError) -> FetchError {
        if let FetchError::Command(failure) = &mut error
            && failure.stderr.contains("fatal: could not read Username")
        {
            "Confirm the import path was entered correctly.\nIf this is a private repository, see https://golang.org/doc/faq#git_https for additional information."
                .clone_into(&mut failure.help);
        }
        let web = http::Url::parse(&self.url)
            .ok()
            .filter(|url| matches!(url.scheme.as_str(), "http" | "https"));
        match web.map(|url| self.http.get_bytes(&url)) {
            Some(Err(missing)) if missing.is_not_exist() => FetchError::Absent(Box::new(error)),
            _ => error,
        }
    }

    fn origin(&self) -> Origin {
        Origin {
            vcs: "git".to_owned(),
            url: self.url.clone(),
            ..Origin::default()
        }
    }

    /// The error that there is no such revision, resting on all the refs there are.
    fn unknown(&self, rev: &str) -> FetchError {
        let error = FetchError::UnknownRevision {
            rev: rev.to_owned(),
        };
        match self.refs() {
            Ok(refs) => error.resting_on(Origin {
                repo_sum: sum("r1:", refs.iter()),
                ..self.origin()
            }),
            Err(_) => error,
        }
    }

    fn local_tags(&self) -> &[String] {
        self.local_tags.get_or_init(|| {
            let answer = self.git(&["tag", "-l"]).unwrap_or_default();
            let names = gust_bytes::text(&answer);
            names
                .lines()
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect()
        })
    }

    fn resolve(&self, rev: &str) -> Result<Revision, FetchError> {
        let is_id = (MIN_HEX..=self.digits).contains(&rev.len()) && is_hex(rev);
        if is_id && let Ok(revision) = self.local(rev, rev) {
            return Ok(revision);
        }
        if self.local_tags().iter().any(|tag| tag == rev) {
            return self.local(rev, &format!("refs/tags/{rev}"));
        }
        let target = self.target(rev, is_id)?;
        let reference = target.reference.clone().unwrap_or_default();
        match self.bring(&target, is_id) {
            Ok((revision, true)) => Ok(revision),
            Ok((mut revision, false)) => {
                revision.origin.hash.clone_from(&revision.id);
                revision.origin.reference = reference;
                Ok(revision)
            }
            Err(FetchError::RestsOn { mut origin, err }) => {
                origin.reference = reference;
                Err(FetchError::RestsOn { origin, err })
            }
            Err(error) => Err(error),
        }
    }

    /// What a revision is on the server.
    fn target(&self, rev: &str, is_id: bool) -> Result<Target, FetchError> {
        let refs = self.refs()?;
        let named = |reference: String, keep: bool| {
            let id = refs.get(&reference)?.clone();
            Some(Target {
                asked: if keep { rev.to_owned() } else { id.clone() },
                reference: Some(reference),
                id: Some(id),
            })
        };
        let head = || {
            (rev == "HEAD")
                .then(|| named("HEAD".to_owned(), false))
                .flatten()
        };
        let found = named(format!("refs/tags/{rev}"), true)
            .or_else(|| named(format!("refs/heads/{rev}"), false))
            .or_else(head);
        if let Some(target) = found {
            return Ok(target);
        }
        if !is_id {
            return Err(self.unknown(rev));
        }
        // In the order of names, so that of several refs at one commit always the same one is taken.
        let mut tips = refs.iter().filter(|(_, id)| id.starts_with(rev));
        let Some((reference, id)) = tips.next() else {
            return Ok(Target {
                reference: None,
                id: (rev.len() == self.digits).then(|| rev.to_owned()),
                asked: rev.to_owned(),
            });
        };
        if tips.any(|(_, other)| other != id) {
            return Err(FetchError::message(format!("ambiguous revision {rev}")));
        }
        Ok(Target {
            reference: Some(reference.clone()),
            id: Some(id.clone()),
            asked: id.clone(),
        })
    }

    /// Fetches what is missing for a revision and reads it; also whether only its ID was fetched, so that no ref counts.
    fn bring(&self, target: &Target, looked: bool) -> Result<(Revision, bool), FetchError> {
        let mut fetched = self.fetched();
        let _lock = self.shelf.lock()?;
        let asked = target.asked.as_str();
        if !looked
            && let Some(id) = &target.id
            && let Ok(revision) = self.local(asked, id)
        {
            return Ok((revision, false));
        }
        if *fetched < Fetched::All
            && let (Some(reference), Some(id)) = (&target.reference, &target.id)
        {
            *fetched = Fetched::Tips;
            let is_head = reference == "HEAD";
            // With a name of its own the fetch brings the commit's tags along.
            let spec = match is_head {
                true => format!("{id}:refs/dummy"),
                false => format!("{reference}:{reference}"),
            };
            let words = [
                "-c",
                "protocol.version=2",
                "fetch",
                "-f",
                "--depth=1",
                "--end-of-options",
                "origin",
                &spec,
            ];
            if self.git(&words).is_ok() {
                let name = if is_head { id } else { reference };
                return self.local(asked, name).map(|revision| (revision, is_head));
            }
            // Servers refuse for many reasons; all of it they give.
        }
        self.fetch_all(&mut fetched)?;
        self.local(asked, asked).map(|revision| (revision, false))
    }

    fn fetched(&self) -> MutexGuard<'_, Fetched> {
        self.fetched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All branches and tags with their histories. Under the directory's lock.
    fn fetch_all(&self, fetched: &mut Fetched) -> Result<(), FetchError> {
        if *fetched == Fetched::All {
            return Ok(());
        }
        // Refs first and history after them: Git up to 2.23 makes a mess of both at once.
        self.git(&[
            "fetch",
            "-f",
            "--end-of-options",
            "origin",
            "refs/heads/*:refs/heads/*",
            "refs/tags/*:refs/tags/*",
        ])?;
        if self.shelf.has("shallow") {
            self.git(&["fetch", "--unshallow", "-f", "--end-of-options", "origin"])?;
        }
        *fetched = Fetched::All;
        Ok(())
    }

    fn fetch_history(&self) -> Result<(), FetchError> {
        let mut fetched = self.fetched();
        let _lock = self.shelf.lock()?;
        self.fetch_all(&mut fetched)
    }

    /// What the copy knows of a revision. `asked` is the name for it, `name` what Git is asked for.
    fn local(&self, asked: &str, name: &str) -> Result<Revision, FetchError> {
        let answer = self.git(&[
            "-c",
            "log.showsignature=false",
            "log",
            "--no-decorate",
            "-n1",
            "--format=format:%H %ct %D",
            "--end-of-options",
            name,
            "--",
        ]);
        let Ok(answer) = answer else {
            return Err(self.unknown(name));
        };
        let text = gust_bytes::text(&answer);
        let mut words = text.split_whitespace();
        let (Some(id), Some(seconds)) = (words.next(), words.next()) else {
            return Err(unexpected("git log", &text));
        };
        let Ok(seconds) = seconds.parse() else {
            return Err(FetchError::message(format!(
                "invalid time from git log: {}",
                quote(&text)
            )));
        };
        let mut tags = decorations(words);
        // A shallow fetch need not bring the tags along.
        if let Ok(refs) = self.refs() {
            let here = refs.iter().filter(|(_, other)| *other == id);
            tags.extend(
                here.filter_map(|(name, _)| Some(name.strip_prefix("refs/tags/")?.to_owned())),
            );
        }
        tags.sort_unstable();
        tags.dedup();
        let is_tag = tags.iter().any(|tag| tag == asked);
        Ok(Revision {
            id: id.to_owned(),
            short: id.get(..12).unwrap_or(id).to_owned(),
            asked: if is_tag { asked } else { id }.to_owned(),
            time: Timestamp::from_seconds(seconds),
            tags,
            origin: Origin {
                hash: id.to_owned(),
                reference: if id.starts_with(name) {
                    String::new()
                } else {
                    name.to_owned()
                },
                ..self.origin()
            },
        })
    }

    /// The highest tag below a commit, as far as the copy knows.
    fn tag_below(
        &self,
        id: &str,
        prefix: &str,
        allowed: &dyn Fn(&str) -> bool,
    ) -> Result<Option<String>, FetchError> {
        let merged = format!("--merged={id}");
        let answer = self.git(&["for-each-ref", "--format=%(refname)", &merged])?;
        let names = gust_bytes::text(&answer);
        let tags = names
            .lines()
            .filter_map(|line| line.trim().strip_prefix("refs/tags/"));
        let tags = tags.filter(|tag| tag.starts_with(prefix) && allowed(tag));
        Ok(highest(tags, prefix))
    }

    fn is_ancestor(&self, tag: &str, rev: &str) -> Result<(), FetchError> {
        self.git(&["merge-base", "--is-ancestor", "--", tag, rev])
            .map(drop)
    }
}

impl CodeHost for Git {
    fn system(&self) -> System {
        System::Git
    }

    fn tags(&self, prefix: &str) -> Result<Tags, FetchError> {
        let refs = self.refs()?;
        let all = refs
            .iter()
            .filter_map(|(name, id)| Some((name.strip_prefix("refs/tags/")?, id)));
        let tags: Vec<(&str, &String)> = all.filter(|(tag, _)| tag.starts_with(prefix)).collect();
        let dir = &prefix[..prefix.rfind('/').map_or(0, |slash| slash + 1)];
        let deciding = tags
            .iter()
            .filter(|(tag, _)| decides_versions(tag.strip_prefix(dir).unwrap_or(tag)));
        Ok(Tags {
            origin: Origin {
                tag_prefix: prefix.to_owned(),
                tag_sum: sum("t1:", deciding.copied()),
                ..self.origin()
            },
            names: tags.iter().map(|(tag, _)| (*tag).to_owned()).collect(),
        })
    }

    fn stat(&self, rev: &str) -> Result<Revision, FetchError> {
        if rev == "latest" {
            return self.latest();
        }
        self.revisions
            .get_or_init(rev.to_owned(), || self.resolve(rev))
    }

    fn latest(&self) -> Result<Revision, FetchError> {
        let head = self.refs()?.get("HEAD").ok_or(FetchError::NoCommits)?;
        let mut revision = self.stat(head)?;
        "HEAD".clone_into(&mut revision.origin.reference);
        revision.origin.hash.clone_from(head);
        Ok(revision)
    }

    fn file(&self, rev: &str, name: &str) -> Result<Option<Vec<u8>>, FetchError> {
        let id = self.stat(rev)?.id;
        let object = format!("{id}:{name}");
        Ok(self.files.get_or_init((id, name.to_owned()), || {
            self.git(&["cat-file", "--end-of-options", "blob", &object])
                .ok()
        }))
    }

    fn archive(&self, rev: &str, subdir: &str) -> Result<Vec<u8>, FetchError> {
        let id = self.stat(rev)?.id;
        let _lock = self.shelf.lock()?;
        let attributes = self.shelf.dir().join("info/attributes");
        let known = disk::contents(&attributes).unwrap_or_default();
        if !known.ends_with(ATTRIBUTES.as_bytes()) {
            let all = [known.as_slice(), ATTRIBUTES.as_bytes()].concat();
            disk::write_atomic(&attributes, &all)
                .map_err(|err| FetchError::io("open", &attributes, err))?;
        }
        let mut words = vec![
            "-c",
            "core.autocrlf=input",
            "-c",
            "core.eol=lf",
            "archive",
            "--format=zip",
            "--prefix=prefix/",
            "--end-of-options",
            &id,
        ];
        words.extend((!subdir.is_empty()).then_some(subdir));
        self.git(&words).map_err(|error| {
            let empty = error
                .command()
                .is_some_and(|c| c.stderr.contains("did not match any files"));
            if empty {
                FetchError::no_such_file()
            } else {
                error
            }
        })
    }

    fn recent_tag(
        &self,
        rev: &str,
        prefix: &str,
        allowed: &dyn Fn(&str) -> bool,
    ) -> Result<Option<String>, FetchError> {
        let id = self.stat(rev)?.id;
        if let Some(tag) = self.tag_below(&id, prefix, allowed)?
            && !is_hex(&tag)
        {
            return Ok(Some(tag));
        }
        // The copy may be too shallow to know; where there is no tag at all, nothing is below.
        if self.tags(&format!("{prefix}v"))?.names.is_empty() {
            return Ok(None);
        }
        self.fetch_history()?;
        self.tag_below(&id, prefix, allowed)
    }

    fn descends_from(&self, rev: &str, tag: &str) -> Result<bool, FetchError> {
        if self.is_ancestor(tag, rev).is_ok() {
            return Ok(true);
        }
        if self.tags(tag)?.names.is_empty() {
            return Ok(false);
        }
        self.resolve(rev)?;
        self.fetch_history()?;
        match self.is_ancestor(tag, rev) {
            Ok(()) => Ok(true),
            Err(error) if error.command().is_some_and(|c| c.code == Some(1)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn check_reuse(&self, old: &Origin, subdir: &str) -> Result<(), FetchError> {
        let now = Origin {
            subdir: subdir.to_owned(),
            ..self.origin()
        };
        check_place(old, &now)?;
        if old.hash.is_empty() && old.tag_sum.is_empty() && old.repo_sum.is_empty() {
            return Err(FetchError::message("non-specific origin"));
        }
        let refs = self.refs()?;
        let changed = |text: String| Err(FetchError::message(text));
        if !old.reference.is_empty() {
            let reference = quote(&old.reference);
            match refs.get(&old.reference) {
                None => return changed(format!("ref {reference} deleted")),
                Some(id) if *id != old.hash => {
                    return changed(format!("ref {reference} moved from {} to {id}", old.hash));
                }
                Some(_) => {}
            }
        }
        if !old.tag_sum.is_empty() && self.tags(&old.tag_prefix)?.origin.tag_sum != old.tag_sum {
            return changed("tags changed".to_owned());
        }
        if !old.repo_sum.is_empty() && sum("r1:", refs.iter()) != old.repo_sum {
            return changed("refs changed".to_owned());
        }
        Ok(())
    }
}

/// The tags among what `%D` lists: `HEAD -> main, tag: v1.0.0, origin/main`.
fn decorations<'t>(mut words: impl Iterator<Item = &'t str>) -> Vec<String> {
    let mut tags = Vec::new();
    while let Some(word) = words.next() {
        if word == "tag:"
            && let Some(tag) = words.next()
        {
            tags.push(tag.strip_suffix(',').unwrap_or(tag).to_owned());
        }
    }
    tags
}

/// A checksum over names and IDs, in the order of the names.
fn sum<N: AsRef<str>, I: AsRef<str>>(kind: &str, named: impl Iterator<Item = (N, I)>) -> String {
    let mut text = String::new();
    for (name, id) in named {
        let _ = writeln!(text, "{} {}", quote(name.as_ref()), id.as_ref());
    }
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!("{kind}{hash}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_among_decorations() {
        let line = "HEAD -> master, tag: v1.2.4-annotated, tag: v1.2.3, origin/master";
        assert_eq!(
            decorations(line.split_whitespace()),
            ["v1.2.4-annotated", "v1.2.3"]
        );
        assert!(decorations("tag:".split_whitespace()).is_empty());
    }

    #[test]
    fn no_tags_have_a_sum_too() {
        let none = std::iter::empty::<(&str, &str)>();
        assert_eq!(
            sum("t1:", none),
            "t1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
    }
}
