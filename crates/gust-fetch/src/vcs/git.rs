//! Git: two processes each time, one for the working copy and one for the refs. The rest is known from earlier, or read through
//! one `cat-file --batch`.
//!
//! What follows from a commit and from the refs alone is a fact, and is kept between commands, unless something of this
//! repository lets the same commit have another history tomorrow: replaced objects, grafts, directories named by the environment.
//! The depth of a shallow clone is part of what the facts follow from.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use gust_fs::View;
use gust_fs::sha256;
use jiff::Timestamp;

use super::batch::Batch;
use super::facts::{Facts, key};
use super::history::{At, History};
use super::status::{Answer, both, seconds_since_1970, with_revision};
use super::{Command, CommandError, Status, StatusError};

/// The state of the working copy, in one line a change, and the commit before them.
const STATUS: &[&str] = &["status", "--porcelain=v2", "--branch", "--no-ahead-behind"];
/// What the facts follow from, but for the commit.
const REFS: &[&str] = &[
    "for-each-ref",
    "--format=%(objectname) %(refname)",
    "refs/tags",
    "refs/replace",
];
/// A tag and what it stands for: an annotated one is an object of its own, and may name another.
const MERGED: &str = "--format=%(refname) %(objectname) %(*objectname) %(*objecttype)";

/// A working copy's root and how Git is asked there.
#[derive(Clone)]
pub(super) struct Git {
    pub(super) command: Command,
    pub(super) root: PathBuf,
}

/// Asks for the state.
pub(super) fn ask(git: &Git, view: &View, facts: &Facts) -> Result<Answer, StatusError> {
    if git.command.trace.is_some() {
        // Who wants to see the commands sees those that go runs.
        return plain(git);
    }
    let (changes, refs) = both(|| git.text(STATUS), || git.text(REFS).ok())?;
    let changes = match changes {
        Ok(changes) => changes,
        Err(error @ CommandError::Start { .. }) => return Err(error.into()),
        // An older Git, or one that has a reason: its answer to go's own question counts.
        Err(CommandError::Failed { .. }) => return plain(git),
    };
    let Some(commit) = changes
        .lines()
        .find_map(|line| line.strip_prefix("# branch.oid "))
    else {
        return plain(git);
    };
    let uncommitted = changes.lines().any(|line| !line.starts_with("# "));
    if commit == "(initial)" {
        return without_commit(git, uncommitted);
    }
    let digest = refs.and_then(|refs| digest(git, view, commit, &refs));
    let history = GitHistory::new(git, commit, digest);
    let time = match history.time(facts) {
        Some(time) => time,
        None => return plain(git),
    };
    Ok(Answer {
        status: Status {
            revision: commit.to_owned(),
            time: Some(time),
            uncommitted,
        },
        history: Some(Box::new(history)),
    })
}

/// The questions that go asks, when ours get no answer. Nothing is kept of them.
fn plain(git: &Git) -> Result<Answer, StatusError> {
    let uncommitted = !git.text(&["status", "--porcelain"])?.is_empty();
    match git.head() {
        Ok(line) => {
            let status = with_revision(&line, uncommitted)?;
            let history = GitHistory::new(git, &status.revision, None);
            Ok(Answer {
                history: Some(Box::new(history)),
                status,
            })
        }
        Err(_) if uncommitted => without_commit(git, uncommitted),
        Err(error) => Err(error.into()),
    }
}

/// Before the first commit there is nothing to name; without a file either, Git's refusal is the answer.
fn without_commit(git: &Git, uncommitted: bool) -> Result<Answer, StatusError> {
    if !uncommitted {
        let line = git.head()?;
        let status = with_revision(&line, uncommitted)?;
        return Ok(Answer {
            status,
            history: None,
        });
    }
    let status = Status {
        uncommitted,
        ..Status::default()
    };
    Ok(Answer {
        status,
        history: None,
    })
}

/// The digest of what a commit's history follows from on this machine.
fn digest(git: &Git, view: &View, commit: &str, refs: &str) -> Option<[u8; 32]> {
    const PLACES: [&str; 4] = [
        "GIT_DIR",
        "GIT_COMMON_DIR",
        "GIT_SHALLOW_FILE",
        "GIT_GRAFT_FILE",
    ];
    let dir = git.root.join(".git");
    let elsewhere = git
        .command
        .environment
        .iter()
        .any(|(name, _)| PLACES.iter().any(|place| name == OsStr::new(place)));
    let changeable = refs.contains(" refs/replace/")
        || view.exists(&dir.join("commondir"))
        || view.exists(&dir.join("info/grafts"));
    if elsewhere || changeable {
        return None;
    }
    let shallow = view.read(&dir.join("shallow")).unwrap_or_default();
    let mut text = key("git", &[commit.as_bytes(), refs.as_bytes(), &shallow]);
    for (name, value) in &git.command.environment {
        if name.as_encoded_bytes().starts_with(b"GIT_") {
            text.extend(key(
                "",
                &[name.as_encoded_bytes(), value.as_encoded_bytes()],
            ));
        }
    }
    Some(sha256(&text))
}

impl Git {
    fn text(&self, args: &[&str]) -> Result<String, CommandError> {
        let out = self.command.output("git", args, &self.root)?;
        Ok(gust_bytes::text(&out).into_owned())
    }

    /// `commit:seconds` of the commit that is checked out.
    fn head(&self) -> Result<String, CommandError> {
        self.text(&[
            "-c",
            "log.showsignature=false",
            "log",
            "-1",
            "--format=%H:%ct",
        ])
    }
}

/// The history behind one commit.
struct GitHistory {
    git: Git,
    commit: String,
    digest: Option<[u8; 32]>,
    batch: Batch,
    tags: OnceLock<Option<Arc<Tags>>>,
}

/// Tags on a commit and on its ancestors.
#[derive(Default)]
struct Tags {
    here: Vec<String>,
    below: Vec<String>,
}

impl GitHistory {
    fn new(git: &Git, commit: &str, digest: Option<[u8; 32]>) -> GitHistory {
        let mut git = git.clone();
        if digest.is_some() {
            // What follows from answers that are written down need not be.
            git.command.log = None;
        }
        GitHistory {
            git,
            commit: commit.to_owned(),
            digest,
            batch: Batch::default(),
            tags: OnceLock::new(),
        }
    }

    /// When the commit was made: a fact about it.
    fn time(&self, facts: &Facts) -> Option<Timestamp> {
        let key = self.digest.map(|digest| key("time", &[&digest]));
        if let Some(key) = &key
            && let Some(known) = facts.get(key)
        {
            return seconds_since_1970(&known);
        }
        let commit = self.read(&self.commit).filter(|o| o.kind == "commit")?;
        let text = gust_bytes::text(&commit.content);
        let seconds = committed(&text)?;
        if let Some(key) = key {
            facts.put(key, seconds);
        }
        seconds_since_1970(seconds)
    }

    fn read(&self, name: &str) -> Option<super::batch::Object> {
        self.batch.read(&self.git.command, &self.git.root, name)
    }

    fn tags(&self) -> Option<&Tags> {
        let tags = self.tags.get_or_init(|| {
            let merged = format!("--merged={}", self.commit);
            let lines = self
                .git
                .text(&["for-each-ref", MERGED, &merged, "refs/tags"])
                .ok()?;
            let mut tags = Tags::default();
            for line in lines.lines() {
                let mut words = line.split(' ');
                let name = words.next()?.strip_prefix("refs/tags/")?;
                let (object, inner, kind) = (words.next()?, words.next()?, words.next()?);
                let ours = match kind {
                    "tag" => self
                        .read(&format!("refs/tags/{name}^{{commit}}"))
                        .is_some_and(|object| object.id == self.commit),
                    "" => object == self.commit,
                    _ => inner == self.commit,
                };
                if ours {
                    tags.here.push(name.to_owned());
                }
                tags.below.push(name.to_owned());
            }
            Some(Arc::new(tags))
        });
        tags.as_deref()
    }
}

/// The seconds in a commit's `committer` line.
fn committed(commit: &str) -> Option<&str> {
    let header = commit.split("\n\n").next()?;
    let line = header
        .lines()
        .find_map(|line| line.strip_prefix("committer "))?;
    let (_, when) = line.rsplit_once("> ")?;
    let (seconds, zone) = when.split_once(' ')?;
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (all_digits(seconds) && all_digits(zone.trim_start_matches(['+', '-']))).then_some(seconds)
}

impl History for GitHistory {
    fn short(&self) -> String {
        self.commit.get(..12).unwrap_or(&self.commit).to_owned()
    }

    fn tags_here(&self) -> Vec<String> {
        self.tags()
            .map(|tags| tags.here.clone())
            .unwrap_or_default()
    }

    fn tags_below(&self) -> Option<Vec<String>> {
        Some(self.tags()?.below.clone())
    }

    /// Versions are asked for of the revision that is checked out only: for go, a local Git repository has no other tags.
    fn file(&self, _at: At<'_>, name: &str) -> Option<Vec<u8>> {
        let object = self.read(&format!("{}:{name}", self.commit))?;
        (object.kind == "blob").then_some(object.content)
    }

    fn digest(&self) -> Option<[u8; 32]> {
        self.digest
    }

    fn is_locked(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commits_time() {
        let commit = "tree x\nauthor a <a@b> 1 +0000\ncommitter c > d <c@d> 1700000000 -0130\n\ncommitter e <e> 5 +0000\n";
        assert_eq!(committed(commit), Some("1700000000"));
        assert_eq!(committed("tree x\ncommitter c <c@d> soon +0000\n\n"), None);
        assert_eq!(committed("tree x\n\ncommitter c <c@d> 5 +0000\n"), None);
    }
}
