//! What a query asks of a version.

use std::cmp::Ordering;

use gust_syntax::module::{ModuleVersion, match_path_major, split_path_version};
use gust_syntax::{gover, pseudo, semver};

use super::Allow;
use crate::Modules;
use crate::error::ModulesError;

/// How a version must compare with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    AtLeast,
    AtMost,
    Above,
    Below,
    Same,
}

impl Relation {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::AtLeast => order.is_ge(),
            Self::AtMost => order.is_le(),
            Self::Above => order.is_gt(),
            Self::Below => order.is_lt(),
            Self::Same => order.is_eq(),
        }
    }
}

/// A query that chooses among versions.
#[derive(Debug)]
pub(super) struct Matcher<'q> {
    path: &'q str,
    /// What versions begin with.
    pub(super) prefix: String,
    filter: Option<(Relation, &'q str)>,
    /// The query names one version, which can be asked for directly.
    pub(super) can_stat: bool,
    /// The lowest version is wanted.
    pub(super) prefer_lower: bool,
    /// Without versions, the newest commit will do.
    pub(super) may_use_latest: bool,
    prefer_incompatible: bool,
}

impl<'q> Matcher<'q> {
    /// Nothing for a query that names a revision which is no version.
    pub(super) fn new(
        path: &'q str,
        query: &'q str,
        current: &'q str,
    ) -> Result<Option<Self>, ModulesError> {
        let mut matcher = Self {
            path,
            prefix: String::new(),
            filter: None,
            can_stat: false,
            prefer_lower: false,
            may_use_latest: false,
            prefer_incompatible: current.ends_with("+incompatible"),
        };
        let unset = matches!(current, "" | "none");
        let ranges = [
            ("<=", Relation::AtMost),
            ("<", Relation::Below),
            (">=", Relation::AtLeast),
            (">", Relation::Above),
        ];
        let range = ranges
            .iter()
            .find_map(|(sign, relation)| Some((query.strip_prefix(sign)?, *relation)));
        match (query, range) {
            ("latest", _) => matcher.may_use_latest = true,
            ("upgrade", _) if unset => matcher.may_use_latest = true,
            ("patch", _) if unset => {
                return Err(ModulesError::NoPatchBase {
                    path: path.to_owned(),
                });
            }
            ("upgrade" | "patch", _) => {
                matcher.may_use_latest = pseudo::is_pseudo(current);
                matcher.filter = Some((Relation::AtLeast, current));
                if query == "patch" {
                    matcher.prefix = format!("{}.", gover::mod_major_minor(path, current));
                }
            }
            (_, Some((version, relation))) => matcher.range(query, version, relation)?,
            _ if gover::mod_is_valid(path, query) => matcher.version(query),
            _ => return Ok(None),
        }
        Ok(Some(matcher))
    }

    fn range(
        &mut self,
        query: &str,
        version: &'q str,
        relation: Relation,
    ) -> Result<(), ModulesError> {
        if !gover::mod_is_valid(self.path, version) {
            let text = format!("invalid semantic version \"{version}\" in range \"{query}\"");
            return Err(ModulesError::text(text));
        }
        // Whether <=v1.2 means v1.2.3 as well is anyone's guess.
        let ambiguous = matches!(relation, Relation::AtMost | Relation::Above);
        if ambiguous && gover::mod_is_prefix(self.path, version) {
            let text = format!("ambiguous semantic version \"{version}\" in range \"{query}\"");
            return Err(ModulesError::text(text));
        }
        self.filter = Some((relation, version));
        self.prefer_lower = matches!(relation, Relation::AtLeast | Relation::Above);
        self.prefer_incompatible |= !self.matches_major(version);
        Ok(())
    }

    fn version(&mut self, query: &'q str) {
        if gover::mod_is_prefix(self.path, query) {
            self.prefix = format!("{query}.");
            self.filter = Some((Relation::AtLeast, query));
        } else {
            self.can_stat = true;
            self.filter = Some((Relation::Same, query));
            self.prefix = semver::canonical(query);
        }
        self.prefer_incompatible |= !self.matches_major(query);
    }

    fn matches_major(&self, version: &str) -> bool {
        split_path_version(self.path).is_some_and(|(_, major)| match_path_major(version, major))
    }

    /// Does the version answer the query, and may it be used?
    pub(super) fn allows(&self, modules: &Modules, version: &str, allow: Allow) -> bool {
        if !self.prefix.is_empty() && !version.starts_with(&self.prefix) {
            let is_language = gover::is_toolchain_module(self.path)
                && self.prefix.trim_end_matches('.') == version;
            if !is_language {
                return false;
            }
        }
        if let Some((relation, other)) = self.filter
            && !relation.holds(gover::mod_compare(self.path, version, other))
        {
            return false;
        }
        let module = ModuleVersion::new(self.path, version);
        !modules
            .check_allowed(&module, allow)
            .is_err_and(|err| err.is_disallowed())
    }

    /// Releases and prereleases that answer the query. `+incompatible` versions are passed over when the newest compatible one
    /// has a go.mod: its author knows modules.
    pub(super) fn filter<'v>(
        &self,
        modules: &Modules,
        versions: &'v [String],
        allow: Allow,
    ) -> Result<(Vec<&'v str>, Vec<&'v str>), ModulesError> {
        let (mut releases, mut prereleases) = (Vec::new(), Vec::new());
        let mut need_incompatible = self.prefer_incompatible;
        let mut last_compatible: Option<&str> = None;
        for version in versions {
            if !self.allows(modules, version, allow) {
                continue;
            }
            if !need_incompatible {
                if !version.ends_with("+incompatible") {
                    last_compatible = Some(version);
                } else if let Some(compatible) = last_compatible {
                    if modules.has_go_mod(&ModuleVersion::new(self.path, compatible))? {
                        break;
                    }
                    need_incompatible = true;
                }
            }
            if gover::mod_is_prerelease(self.path, version) {
                prereleases.push(version.as_str());
            } else {
                releases.push(version.as_str());
            }
        }
        Ok((releases, prereleases))
    }
}

impl Modules {
    /// Has the version a go.mod of its own, as far as can be told from what proxies serve in the place of a missing one?
    fn has_go_mod(&self, module: &ModuleVersion) -> Result<bool, ModulesError> {
        let (_, data) = self.go_mod_data(module)?;
        let made_up = format!(
            "module {}\n",
            gust_syntax::modfile::auto_quote(&module.path)
        );
        Ok(data != made_up.as_bytes())
    }
}
