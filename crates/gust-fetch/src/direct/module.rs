//! A module as a repository has it: where in the repository it lies, which tags are its versions, and what its files are.
//!
//! The repository's root has an import path, and the module's path begins with it. What is left, without a major version at the end, is the
//! module's directory; with a major version such as `/v2` the module may also lie in a directory of that name, if the go.mod there says so.

use std::sync::Arc;

use gust_syntax::module::{match_path_major, path_major_prefix, split_path_version};
use gust_syntax::{gover, modfile, pseudo, semver};

use super::host::{CodeHost, Tags};
use super::roots::Root;
use crate::error::FetchError;
use crate::info::Versions;
use crate::names::{self, quote};

/// A module in a repository.
pub(super) struct Module {
    pub(super) path: String,
    pub(super) host: Arc<dyn CodeHost>,
    /// The import path of the repository's root.
    root: String,
    /// The directory, without the one that a major version may have; empty for the root.
    pub(super) dir: String,
    /// The end of the path that names the major version, such as `/v2` or `.v2`.
    pub(super) major: String,
    /// The path without it.
    pub(super) prefix: String,
}

/// Where a version of a module is.
pub(super) struct Place {
    /// What the repository knows the version by.
    pub(super) rev: String,
    pub(super) dir: String,
    /// Its go.mod; none where the root of a repository is a module without one.
    pub(super) go_mod: Option<Vec<u8>>,
}

/// The go.mod of a module that has none.
pub(super) fn implied_go_mod(path: &str) -> Vec<u8> {
    format!("module {}\n", modfile::auto_quote(path)).into_bytes()
}

impl Module {
    pub(super) fn new(
        path: &str,
        root: &Root,
        host: Arc<dyn CodeHost>,
    ) -> Result<Module, FetchError> {
        let within = |path: &str| path == root.path || path.starts_with(&format!("{}/", root.path));
        if !within(path) {
            let found = &root.path;
            return Err(FetchError::message(format!(
                "mismatched repo: found {found} for {path}"
            )));
        }
        let Some((prefix, major)) = split_path_version(path) else {
            let path = quote(path);
            return Err(FetchError::message(format!("invalid module path {path}")));
        };
        let mut dir = "";
        if root.path != path {
            if !within(prefix) {
                let root = &root.path;
                return Err(FetchError::message(format!(
                    "repository rooted at {root} cannot contain module {path}"
                )));
            }
            dir = prefix[root.path.len()..].trim_matches('/');
        }
        let dir = match root.subdir.as_str() {
            "" => dir.to_owned(),
            below => gust_syntax::slash::clean(&join(dir, below)),
        };
        Ok(Module {
            prefix: if root.path == path { path } else { prefix }.to_owned(),
            path: path.to_owned(),
            host,
            root: root.path.clone(),
            dir,
            major: major.to_owned(),
        })
    }

    /// What stands in front of the module's versions in the names of tags.
    pub(super) fn tag_prefix(&self) -> String {
        match self.dir.as_str() {
            "" => String::new(),
            dir => format!("{dir}/"),
        }
    }

    /// What pseudo-versions of the module begin with; empty for v0 or v1.
    pub(super) fn pseudo_major(&self) -> &str {
        path_major_prefix(&self.major)
    }

    /// Whether tags of higher versions may count, marked +incompatible.
    fn may_be_incompatible(&self) -> bool {
        self.dir.is_empty() && self.major.is_empty()
    }

    pub(super) fn wrong(&self, error: FetchError) -> FetchError {
        FetchError::Module {
            path: self.path.clone(),
            version: String::new(),
            err: Box::new(error),
        }
    }

    pub(super) fn wrong_version(&self, version: &str, error: FetchError) -> FetchError {
        self.wrong(FetchError::InvalidVersion {
            version: version.to_owned(),
            pseudo: false,
            err: Box::new(error),
        })
    }

    /// What the repository knows a version, or another revision, by.
    pub(super) fn rev(&self, version: &str) -> String {
        if !semver::is_valid(version) {
            return version.to_owned();
        }
        if let Ok(rev) = pseudo::rev(version) {
            return rev.to_owned();
        }
        let tag = version.strip_suffix("+incompatible").unwrap_or(version);
        format!("{}{tag}", self.tag_prefix())
    }

    /// The tagged versions that begin with `prefix`.
    pub(super) fn versions(&self, prefix: &str) -> Result<Versions, FetchError> {
        if self.path.starts_with("gopkg.in/") && self.path.ends_with("-unstable") {
            // The tags of its major version are those of the stable one.
            return Ok(Versions::default());
        }
        let before = self.tag_prefix();
        let tags = self.host.tags(&format!("{before}{prefix}"));
        let Tags { names, mut origin } = tags.map_err(|err| self.wrong(err))?;
        origin.subdir.clone_from(&self.dir);
        let (mut list, mut others) = (Vec::new(), Vec::new());
        for tag in &names {
            let Some(version) = tag.strip_prefix(&before) else {
                continue;
            };
            let is_version = !version.is_empty() && semver::canonical(version) == version;
            if !is_version || pseudo::is_pseudo(version) {
                continue;
            }
            if match_path_major(version, &self.major) {
                list.push(version.to_owned());
            } else if self.may_be_incompatible() && !matches!(semver::major(version), "v0" | "v1") {
                others.push(version.to_owned());
            }
        }
        for versions in [&mut list, &mut others] {
            versions.sort_by(|a, b| semver::compare(a, b).then_with(|| a.cmp(b)));
        }
        list.extend(self.incompatible(list.last(), &others)?);
        Ok(Versions {
            list,
            origin: Some(origin),
        })
    }

    /// Those of the higher versions that count: none if the highest compatible one has a go.mod, for who has one has chosen modules; and
    /// none of a major version whose highest has one.
    fn incompatible(
        &self,
        compatible: Option<&String>,
        others: &[String],
    ) -> Result<Vec<String>, FetchError> {
        let has_go_mod = |version: &str| {
            let found = self
                .host
                .file(version, "go.mod")
                .map_err(|err| self.wrong(err))?;
            Ok::<bool, FetchError>(found.is_some())
        };
        let absent_counts = |found: Result<bool, FetchError>| match found {
            Err(err) if err.is_not_exist() => Ok(false),
            other => other,
        };
        if others.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(version) = compatible
            && absent_counts(has_go_mod(version))?
        {
            return Ok(Vec::new());
        }
        let mut list = Vec::new();
        for group in others.chunk_by(|a, b| semver::major(a) == semver::major(b)) {
            let Some(highest) = group.last() else {
                continue;
            };
            if !absent_counts(has_go_mod(highest))? {
                list.extend(
                    group
                        .iter()
                        .map(|version| format!("{version}+incompatible")),
                );
            }
        }
        Ok(list)
    }

    /// Finds a version's directory, and its go.mod.
    pub(super) fn place(&self, version: &str) -> Result<Place, FetchError> {
        if !semver::is_valid(version) {
            return Err(self.wrong_version(version, FetchError::message("syntax error")));
        }
        let rev = self.rev(version);
        let file = join(&self.dir, "go.mod");
        let go_mod = self.read(&rev, &file)?;
        let named = go_mod.as_deref().map(modfile::module_path);
        let fits = named
            .as_deref()
            .is_some_and(|named| is_of_major(named, &self.major) || self.excuses(named));
        let at_root = self.root == self.path;
        let mut below = None;
        if !self.major.is_empty() && !at_root && !self.major.starts_with('.') {
            let dir = join(&self.dir, &self.major[1..]);
            match self.below(&rev, &dir, fits, &file)? {
                Some(place) => return Ok(place),
                None => below = Some(dir),
            }
        }
        match go_mod {
            Some(go_mod) if fits => Ok(Place {
                rev,
                dir: self.dir.clone(),
                go_mod: Some(go_mod),
            }),
            Some(_) => Err(self.unfit(
                version,
                &rev,
                &file,
                &named.unwrap_or_default(),
                below.is_some(),
            )),
            None if self.dir.is_empty()
                && (self.major.is_empty() || self.major.starts_with('.')) =>
            {
                Ok(Place {
                    rev,
                    dir: String::new(),
                    go_mod: None,
                })
            }
            None => {
                let (prefix, major) = (&self.prefix, &self.major);
                let and = match below {
                    Some(_) => format!(" and ...{major}/go.mod"),
                    None => String::new(),
                };
                Err(FetchError::message(format!(
                    "missing {prefix}/go.mod{and} at revision {rev}"
                )))
            }
        }
    }

    /// The directory of the major version, if it is a module.
    fn below(
        &self,
        rev: &str,
        dir: &str,
        fits: bool,
        first: &str,
    ) -> Result<Option<Place>, FetchError> {
        let file = format!("{dir}/go.mod");
        let Some(go_mod) = self.read(rev, &file)? else {
            return Ok(None);
        };
        let (root, prefix, major) = (&self.root, &self.prefix, &self.major);
        let named = modfile::module_path(&go_mod);
        let text = match (is_of_major(&named, major), fits) {
            (true, false) => {
                return Ok(Some(Place {
                    rev: rev.to_owned(),
                    dir: dir.to_owned(),
                    go_mod: Some(go_mod),
                }));
            }
            (true, true) => format!(
                "{prefix}/{first} and ...{major}/go.mod both have ...{major} module paths at revision {rev}"
            ),
            (false, _) if named.is_empty() => {
                format!("{root}/{file} is missing module path at revision {rev}")
            }
            (false, _) => format!(
                "{root}/{file} has non-...{major} module path {} at revision {rev}",
                quote(&named)
            ),
        };
        Err(FetchError::message(text))
    }

    /// A go.mod that is another module's.
    fn unfit(
        &self,
        version: &str,
        rev: &str,
        file: &str,
        named: &str,
        looked_below: bool,
    ) -> FetchError {
        let major = &self.major;
        let and = match looked_below {
            true => format!(" (and ...{major}/go.mod does not exist)"),
            false => String::new(),
        };
        let path = quote(named);
        FetchError::message(if named.is_empty() {
            format!("{file} is missing module path{and} at revision {rev}")
        } else if !major.is_empty() {
            format!("{file} has non-...{major} module path {path}{and} at revision {rev}")
        } else if split_path_version(named).is_none() {
            format!("{file} has malformed module path {path}{and} at revision {rev}")
        } else {
            let version = semver::major(version);
            format!("{file} has post-{version} module path {path}{and} at revision {rev}")
        })
    }

    fn read(&self, rev: &str, file: &str) -> Result<Option<Vec<u8>>, FetchError> {
        match self.host.file(rev, file) {
            Err(err) if !err.is_not_exist() => {
                let root = &self.root;
                Err(err
                    .context(format!("reading {root}/{file} at revision {rev}"))
                    .as_text())
            }
            other => Ok(other.unwrap_or_default()),
        }
    }

    /// Paths without a major version once could replace gopkg.in's, and may go on.
    fn excuses(&self, named: &str) -> bool {
        self.major.is_empty() && named.starts_with("gopkg.in/")
    }

    /// The versions that the newest release's go.mod retracts; none when that cannot be found out.
    pub(super) fn retracted(&self) -> Vec<modfile::Interval> {
        self.retractions().unwrap_or_default()
    }

    fn retractions(&self) -> Option<Vec<modfile::Interval>> {
        let all = self.versions("").ok()?.list;
        let compatible = all
            .iter()
            .take_while(|version| !version.ends_with("+incompatible"));
        let compatible: Vec<&String> = compatible.collect();
        let mut downwards = compatible.iter().rev();
        let release = downwards.find(|version| semver::prerelease(version).is_empty());
        let newest = release.or(compatible.last())?;
        let place = self.place(newest).ok()?;
        let parsed =
            modfile::parse_lax("go.mod", place.go_mod.as_deref().unwrap_or_default(), None).ok()?;
        Some(
            parsed
                .retract
                .into_iter()
                .map(|retract| retract.interval)
                .collect(),
        )
    }

    /// That the running release is new enough for a go.mod.
    pub(super) fn check_release(
        &self,
        go_mod: &[u8],
        version: &str,
        local: &str,
    ) -> Result<(), FetchError> {
        match names::go_line(go_mod) {
            Some(go_version) if !local.is_empty() && gover::compare(&go_version, local).is_gt() => {
                Err(FetchError::TooNew {
                    what: format!("{}@{version}", self.path),
                    go_version,
                    local: local.to_owned(),
                })
            }
            _ => Ok(()),
        }
    }
}

/// Whether a module path's major version is the one that the end of another path stands for.
fn is_of_major(path: &str, major: &str) -> bool {
    let Some((_, own)) = split_path_version(path).filter(|_| !path.is_empty()) else {
        return false;
    };
    match (major, own) {
        ("", own) => matches!(path_major_prefix(own), "" | "v0" | "v1"),
        (_, "") => false,
        (major, own) => major[1..] == own[1..],
    }
}

pub(super) fn join(dir: &str, name: &str) -> String {
    match dir {
        "" => name.to_owned(),
        dir => format!("{dir}/{name}"),
    }
}
