//! Which version a revision is.
//!
//! A canonical tag of the module on the revision is its version. Where there is none, a pseudo-version is made, above the highest tag that is
//! not retracted on the revision or below it. Whoever asks for a canonical version gets that one or an error, never another; and a
//! pseudo-version that is asked for must be one that could have been made: right time, right revision, above a tag that is really below it.
//!
//! A version of a higher major than the path allows is marked +incompatible, as long as the revision has no go.mod that says otherwise.

use std::cell::OnceCell;
use std::collections::HashMap;

use gust_syntax::module::{VersionError, canonical_version, match_path_major};
use gust_syntax::{modfile, pseudo, semver};

use super::host::Revision;
use super::module::{Module, join};
use crate::error::FetchError;
use crate::info::Info;
use crate::names::quote;

const INCOMPATIBLE: &str = "+incompatible";

/// The version of a revision; `asked` is the version or other name that it was asked for by, or empty.
pub(super) fn name(module: &Module, revision: &Revision, asked: &str) -> Result<Info, FetchError> {
    let naming = Naming {
        module,
        revision,
        asked,
        retracted: OnceCell::new(),
        bare: std::cell::RefCell::default(),
    };
    let mut origin = revision.origin.clone();
    origin.subdir.clone_from(&module.dir);
    let version = match naming.version() {
        Ok(version) => version,
        Err(error) => return Err(error.resting_on(origin)),
    };
    let rests_on_tags = version != asked || !version.starts_with("v0.0.0-");
    if pseudo::is_pseudo(&version) && rests_on_tags {
        // A new tag could give the revision another name.
        let mut prefix = module.tag_prefix();
        if let Some(major) = module.major.get(1..) {
            prefix.push_str(major);
            prefix.push('.');
        }
        let tags = module.host.tags(&prefix)?;
        origin.tag_prefix = tags.origin.tag_prefix;
        origin.tag_sum = tags.origin.tag_sum;
        if !tags.origin.repo_sum.is_empty() {
            origin.repo_sum = tags.origin.repo_sum;
        }
    }
    let rests_on_something = !revision.origin.vcs.is_empty();
    Ok(Info {
        version,
        time: revision.time,
        origin: rests_on_something.then_some(origin),
    })
}

struct Naming<'n> {
    module: &'n Module,
    revision: &'n Revision,
    asked: &'n str,
    retracted: OnceCell<Vec<modfile::Interval>>,
    /// By directory, whether the revision has no go.mod there.
    bare: std::cell::RefCell<HashMap<String, bool>>,
}

/// A tag of the module's.
struct Tagged {
    version: String,
    /// The tag is the version; it has nothing behind it.
    is_canonical: bool,
}

impl Naming<'_> {
    fn version(&self) -> Result<String, FetchError> {
        if pseudo::is_pseudo(self.asked) {
            // What a shallow copy can refute comes first.
            let version = self.check(self.asked)?;
            self.check_pseudo(self.asked)?;
            return Ok(version);
        }
        if let Some(tag) = self
            .tagged(&self.revision.asked)
            .filter(|tag| tag.is_canonical)
            && let Ok(version) = self.check(&tag.version)
        {
            return Ok(version);
        }
        let mut highest: Option<String> = None;
        let mut base = None;
        for name in &self.revision.tags {
            let tag = self.tagged(name);
            let version = tag.as_ref().map_or("", |tag| tag.version.as_str());
            let is_canonical = tag.as_ref().is_some_and(|tag| tag.is_canonical);
            if !self.asked.is_empty() && semver::compare(version, self.asked).is_eq() {
                if is_canonical {
                    return self.check(version);
                }
                // v1.0.0+a and v1.0.0+b may be two commits: such a tag can only stand below a pseudo-version.
                base = Some(version.to_owned());
            }
            let higher = semver::compare(highest.as_deref().unwrap_or_default(), version).is_lt();
            if is_canonical && higher && !self.is_retracted(version) && self.is_usable(version) {
                highest = Some(version.to_owned());
            }
        }
        if let Some(version) = highest {
            return self.check(&version);
        }
        let base = match base.filter(|base| !base.is_empty()) {
            Some(base) => base,
            None => self.base()?,
        };
        let time = self.revision.time.compact();
        let made = pseudo::make(
            self.module.pseudo_major(),
            &base,
            &time,
            &self.revision.short,
        );
        self.check(&made)
    }

    /// The version that a pseudo-version stands above; empty without any.
    fn base(&self) -> Result<String, FetchError> {
        let allowed = |tag: &str| {
            self.tagged(tag)
                .is_some_and(|tag| self.is_usable(&tag.version) && !self.is_retracted(&tag.version))
        };
        let (host, prefix) = (&self.module.host, self.module.tag_prefix());
        let tag = match host.recent_tag(&self.revision.id, &prefix, &allowed) {
            Err(error) if error.is_unsupported() => None,
            other => other?,
        };
        let tagged = tag.and_then(|tag| self.tagged(&tag));
        Ok(tagged.map(|tag| tag.version).unwrap_or_default())
    }

    /// The version that a tag stands for, if it is one of the module's.
    fn tagged(&self, tag: &str) -> Option<Tagged> {
        let prefix = self.module.tag_prefix();
        let name = tag.strip_prefix(&prefix)?;
        let version = semver::canonical(name);
        let counts = !pseudo::is_pseudo(tag) && !version.is_empty() && name.starts_with(&version);
        counts.then(|| Tagged {
            is_canonical: version == name,
            version,
        })
    }

    fn is_usable(&self, version: &str) -> bool {
        match_path_major(version, &self.module.major) || self.may_be_incompatible(version)
    }

    fn is_retracted(&self, version: &str) -> bool {
        let intervals = self.retracted.get_or_init(|| self.module.retracted());
        intervals.iter().any(|interval| {
            semver::compare(&interval.low, version).is_le()
                && semver::compare(version, &interval.high).is_le()
        })
    }

    /// Only the root of a repository without a go.mod has incompatible versions, and a directory named after the major version must not be
    /// a module either, unless such a version is asked for: older releases did not look.
    fn may_be_incompatible(&self, version: &str) -> bool {
        if !self.module.dir.is_empty() || !self.module.major.is_empty() {
            return false;
        }
        if !self.has_none("") {
            return false;
        }
        version.is_empty()
            || self.asked.ends_with(INCOMPATIBLE)
            || self.has_none(semver::major(version))
    }

    fn has_none(&self, dir: &str) -> bool {
        if let Some(known) = self.bare.borrow().get(dir) {
            return *known;
        }
        let file = self
            .module
            .host
            .file(&self.revision.id, &join(dir, "go.mod"));
        let none = !matches!(file, Ok(Some(_)));
        self.bare.borrow_mut().insert(dir.to_owned(), none);
        none
    }

    /// Whether a version may be the revision's: as it is called then.
    fn check(&self, version: &str) -> Result<String, FetchError> {
        let module = self.module;
        let placed = module.place(version);
        placed
            .map_err(|error| module.wrong_version(version, FetchError::Absent(Box::new(error))))?;
        let plain_asked = self.asked.strip_suffix(INCOMPATIBLE).unwrap_or(self.asked);
        let mut version = if version == plain_asked {
            self.asked
        } else {
            version
        }
        .to_owned();
        let base = version
            .strip_suffix(INCOMPATIBLE)
            .unwrap_or(&version)
            .to_owned();
        let mut wrong = None;
        if !match_path_major(&base, &module.major) {
            if self.may_be_incompatible(&base) {
                version = format!("{base}{INCOMPATIBLE}");
            } else if !module.major.is_empty() {
                let text =
                    "module path includes a major version suffix, so major version must match";
                wrong = Some(text.to_owned());
            } else {
                let path = quote(&join(&module.prefix, semver::major(&version)));
                wrong = Some(format!(
                    "module contains a go.mod file, so module path must match major version ({path})"
                ));
            }
        } else if version.ends_with(INCOMPATIBLE) {
            let major = semver::major(&version);
            wrong = Some(format!(
                "+incompatible suffix not allowed: major version {major} is compatible"
            ));
        }
        let canonical = !self.asked.is_empty() && canonical_version(self.asked) == self.asked;
        if canonical && plain_asked != base {
            let text = format!("resolves to version {version} ({plain_asked} is not a tag)");
            return Err(module.wrong_version(self.asked, FetchError::message(text)));
        }
        match wrong {
            Some(text) => Err(module.wrong_version(&version, FetchError::message(text))),
            None => Ok(version),
        }
    }

    /// Whether a pseudo-version that somebody wrote down is one for this revision.
    fn check_pseudo(&self, version: &str) -> Result<(), FetchError> {
        self.check_pseudo_parts(version)
            .map_err(|error| match error {
                FetchError::Module { .. } => error,
                FetchError::InvalidVersion { .. } => self.module.wrong(error),
                error => self.module.wrong(FetchError::InvalidVersion {
                    version: version.to_owned(),
                    pseudo: true,
                    err: Box::new(error),
                }),
            })
    }

    fn check_pseudo_parts(&self, version: &str) -> Result<(), FetchError> {
        let Revision { short, time, .. } = self.revision;
        let refused = |text: String| Err(FetchError::message(text));
        let rev = pseudo::rev(version).map_err(syntax)?;
        if rev != short {
            return refused(if rev.starts_with(short.as_str()) {
                format!("revision is longer than canonical (expected {short})")
            } else if short.starts_with(rev) {
                format!("revision is shorter than canonical (expected {short})")
            } else {
                format!("does not match short name of revision (expected {short})")
            });
        }
        pseudo::time(version).map_err(syntax)?;
        let expected = time.compact();
        if pseudo::parse(version).is_none_or(|parts| parts.timestamp != expected) {
            return refused(format!(
                "does not match version-control timestamp (expected {expected})"
            ));
        }
        let base =
            pseudo::base(version.strip_suffix(INCOMPATIBLE).unwrap_or(version)).map_err(syntax)?;
        if base.is_empty() {
            let v1 = self.module.pseudo_major().is_empty() && semver::major(version) == "v1";
            return match v1 {
                true => {
                    refused("major version without preceding tag must be v0, not v1".to_owned())
                }
                false => Ok(()),
            };
        }
        self.check_base(&base, rev)
    }

    /// Without this, a commit could be given any version above its own.
    fn check_base(&self, base: &str, rev: &str) -> Result<(), FetchError> {
        let prefix = self.module.tag_prefix();
        let bare = |tag: &str| tag.strip_prefix(&prefix).unwrap_or(tag).to_owned();
        let refused = |text: String| Err(FetchError::message(text));
        if let Some(tag) = self.revision.tags.iter().find(|tag| bare(tag) == base) {
            return refused(format!(
                "tag ({tag}) found on revision {rev} is already canonical, so should not be replaced with a pseudo-version derived from that tag"
            ));
        }
        let host = &self.module.host;
        let tags = host.tags(&format!("{prefix}{base}"))?.names;
        let mut last = None;
        for tag in tags
            .into_iter()
            .filter(|tag| semver::compare(&bare(tag), base).is_eq())
        {
            let found = host.descends_from(&self.revision.id, &tag);
            if matches!(found, Ok(true)) {
                return Ok(());
            }
            last = Some((tag, found));
        }
        match last {
            None => refused(format!("preceding tag ({base}) not found")),
            Some((_, Err(error))) => Err(error),
            Some((tag, Ok(_))) => refused(format!(
                "revision {rev} is not a descendent of preceding tag ({tag})"
            )),
        }
    }
}

fn syntax(error: VersionError) -> FetchError {
    FetchError::InvalidVersion {
        version: error.version.to_string(),
        pseudo: error.pseudo,
        err: Box::new(FetchError::message(error.reason.to_string())),
    }
}
