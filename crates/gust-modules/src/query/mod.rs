//! Queries: which version of a module is meant by `latest`, `upgrade`, `patch`, `v1`, `>=v1.2.3`, a branch or a commit.

#![expect(
    clippy::result_large_err,
    reason = "a query fails rarely, and waits for the network when it does not"
)]

mod allow;
mod choice;
mod versions;

use gust_fetch::{Info, Origin, Proxy};
use gust_syntax::module::{ModuleVersion, canonical_version};
use gust_syntax::{gover, pseudo};

use crate::Modules;
use crate::error::ModulesError;
use crate::settings::ModFlag;

pub use allow::Allow;
use choice::{Choice, Question};
use versions::ModuleVersions;

/// Does the query name one revision, rather than choose from the versions there are?
pub fn is_revision_query(path: &str, query: &str) -> bool {
    let chooses = matches!(query, "latest" | "upgrade" | "patch")
        || query.starts_with(['<', '>'])
        || (gover::mod_is_valid(path, query) && gover::mod_is_prefix(path, query));
    !chooses
}

/// Splits `path@version` as it stands on a command line; nothing if there is no `@`.
///
/// # Errors
/// A version that could be taken for a flag or a file.
pub fn split_path_version(arg: &str) -> Result<Option<(&str, &str)>, ModulesError> {
    let Some((path, version)) = arg.split_once('@') else {
        return Ok(None);
    };
    if version.starts_with(['-', '/']) {
        return Err(ModulesError::text(format!(
            "invalid module version \"{version}\""
        )));
    }
    Ok(Some((path, version)))
}

/// The origin that both answers come from, if that is one.
pub(crate) fn merge_origins(a: Option<&Origin>, b: Option<&Origin>) -> Option<Origin> {
    let (a, b) = (a?, b?);
    if a.vcs != b.vcs || a.url != b.url || a.subdir != b.subdir {
        return None;
    }
    let mut merged = a.clone();
    let tags = |o: &Origin| (o.tag_sum.clone(), o.tag_prefix.clone());
    if !b.tag_sum.is_empty() {
        if !a.tag_sum.is_empty() && tags(a) != tags(b) {
            return None;
        }
        (merged.tag_sum, merged.tag_prefix) = tags(b);
    }
    let fields = [
        (&mut merged.hash, &b.hash),
        (&mut merged.repo_sum, &b.repo_sum),
        (&mut merged.reference, &b.reference),
    ];
    for (mine, other) in fields {
        if !other.is_empty() {
            if !mine.is_empty() && mine != other {
                return None;
            }
            mine.clone_from(other);
        }
    }
    Some(merged)
}

/// An answer that is an error may still tell where it comes from.
#[derive(Clone, Debug)]
pub struct QueryFailure {
    /// What is wrong.
    pub err: ModulesError,
    /// Where the answer comes from.
    pub origin: Option<Origin>,
}

impl From<ModulesError> for QueryFailure {
    fn from(err: ModulesError) -> Self {
        let origin = err.origin().cloned();
        Self { err, origin }
    }
}

impl From<gust_fetch::FetchError> for QueryFailure {
    fn from(err: gust_fetch::FetchError) -> Self {
        ModulesError::from(err).into()
    }
}

impl gust_fetch::MayNotExist for QueryFailure {
    fn is_not_exist(&self) -> bool {
        self.err.is_not_exist()
    }

    fn is_use_proxy(&self) -> bool {
        gust_fetch::MayNotExist::is_use_proxy(&self.err)
    }
}

impl Modules {
    /// The version that answers a query. `current` is the selected version, `none`, or empty if it does not count.
    ///
    /// # Errors
    /// No version answers, or it could not be found out.
    pub fn query(
        &self,
        path: &str,
        query: &str,
        current: &str,
        allow: Allow,
    ) -> Result<Info, ModulesError> {
        self.query_with_origin(path, query, current, allow)
            .map_err(|failure| failure.err)
    }

    /// As [`Modules::query`], with the origin even of errors.
    ///
    /// # Errors
    /// No version answers, or it could not be found out.
    pub fn query_with_origin(
        &self,
        path: &str,
        query: &str,
        current: &str,
        allow: Allow,
    ) -> Result<Info, QueryFailure> {
        match self.known_answer(path, query, current, allow) {
            Some(answer) => answer,
            None => self
                .fetcher
                .try_proxies(|proxy| self.ask(proxy, path, query, current, allow)),
        }
    }

    /// The latest version of a module of which nobody has said that it is there.
    ///
    /// # Errors
    /// There is none, as far as proxies know.
    pub fn latest_of_guess(&self, path: &str) -> Result<Info, ModulesError> {
        let fetcher = &self.fetcher;
        fetcher.try_proxies_for_guess(|proxy| self.query_on(proxy, path, "latest", "", Allow::Good))
    }

    /// The version that answers a query at one proxy: whoever asks for several modules at once goes to the next proxy with all of
    /// them or with none.
    ///
    /// # Errors
    /// No version answers, or it could not be found out.
    pub fn query_on(
        &self,
        proxy: &Proxy,
        path: &str,
        query: &str,
        current: &str,
        allow: Allow,
    ) -> Result<Info, ModulesError> {
        let known = self.known_answer(path, query, current, allow);
        let answer = known.unwrap_or_else(|| self.ask(proxy, path, query, current, allow));
        answer.map_err(|failure| failure.err)
    }

    fn ask(
        &self,
        proxy: &Proxy,
        path: &str,
        query: &str,
        current: &str,
        allow: Allow,
    ) -> Result<Info, QueryFailure> {
        let versions = ModuleVersions::new(self, proxy, path)?;
        let asking = Asking {
            modules: self,
            versions: &versions,
            path,
            query,
            current,
            allow,
        };
        asking.answer()
    }

    /// The answer, where no proxy is needed for it.
    fn known_answer(
        &self,
        path: &str,
        query: &str,
        current: &str,
        allow: Allow,
    ) -> Option<Result<Info, QueryFailure>> {
        let failed = |err: ModulesError| Some(Err(err.into()));
        if !matches!(current, "" | "none") && !gover::mod_is_valid(path, current) {
            let text = format!("invalid previous version {path}@{current}");
            return failed(ModulesError::text(text));
        }
        if self.mode == ModFlag::Vendor {
            return failed(ModulesError::QueryDisabled {
                mode: self.mode.as_str(),
                reason: self.mod_reason.clone(),
            });
        }
        if self.main(path).is_some() && matches!(query, "upgrade" | "patch") {
            return Some(Ok(info("")));
        }
        if path == "std" || path == "cmd" {
            let text = format!(
                "can't query specific version (\"{query}\") of standard-library module \"{path}\""
            );
            return failed(ModulesError::text(text));
        }
        // What the module cache knows of a version needs no proxy to be chosen.
        if canonical_version(query) != query || self.highest_replaced.contains_key(path) {
            return None;
        }
        let info = self.fetcher.cached_info(path, query)?;
        let allowed = self.check_allowed_revision(path, &info.version, allow.of_named());
        Some(allowed.map(|()| info).map_err(QueryFailure::from))
    }

    /// All tagged versions of a module, replaced ones included.
    pub(crate) fn all_versions(&self, path: &str) -> Result<gust_fetch::Versions, ModulesError> {
        self.fetcher
            .try_proxies(|proxy| ModuleVersions::new(self, proxy, path)?.tagged(""))
    }

    fn check_allowed_revision(
        &self,
        path: &str,
        version: &str,
        allow: Allow,
    ) -> Result<(), ModulesError> {
        match self.check_allowed(&ModuleVersion::new(path, version), allow) {
            Err(err) if err.is_disallowed() => Err(err),
            _ => Ok(()),
        }
    }

    /// Has the version a go.mod of its own, as far as can be told from what proxies serve in the place of a missing one?
    fn has_go_mod(&self, module: &ModuleVersion) -> Result<bool, ModulesError> {
        let (_, data) = self.go_mod_data(module)?;
        let path = gust_syntax::modfile::auto_quote(&module.path);
        Ok(data != format!("module {path}\n").as_bytes())
    }
}

fn info(version: &str) -> Info {
    Info {
        version: version.to_owned(),
        time: gust_fetch::Timestamp::ZERO,
        origin: None,
    }
}

/// A version with build metadata may be tagged without them.
fn named_revision(versions: &ModuleVersions<'_>, query: &str) -> Result<Info, ModulesError> {
    let err = match versions.revision(query) {
        Ok(info) => return Ok(info),
        Err(err) => err,
    };
    let canonical = canonical_version(query);
    if canonical.is_empty() || canonical == query {
        return Err(err);
    }
    match versions.revision(&canonical) {
        Ok(info) => Ok(info),
        Err(other) if !other.is_not_exist() => Err(other),
        Err(_) => Err(err),
    }
}

/// One query, put to one proxy.
struct Asking<'q> {
    modules: &'q Modules,
    versions: &'q ModuleVersions<'q>,
    path: &'q str,
    query: &'q str,
    current: &'q str,
    allow: Allow,
}

impl Asking<'_> {
    fn answer(&self) -> Result<Info, QueryFailure> {
        let choice = match Question::read(self.path, self.query, self.current)? {
            Question::Choice(choice) => choice,
            Question::Revision => {
                let info = named_revision(self.versions, self.query)?;
                self.check(&info.version)?;
                return Ok(info);
            }
        };
        let tagged = self.versions.tagged(&choice.prefix)?;
        let mut origin = tagged.origin.clone();
        let chosen = self.choose(&choice, &tagged.list, &mut origin);
        match chosen.and_then(|version| self.look_up(&version, &mut origin)) {
            Ok(info) => Ok(Info { origin, ..info }),
            Err(err) => Err(QueryFailure { err, origin }),
        }
    }

    /// The version that answers; where none does, the newest commit, or what is selected already.
    fn choose(
        &self,
        choice: &Choice<'_>,
        tagged: &[String],
        origin: &mut Option<Origin>,
    ) -> Result<String, ModulesError> {
        let is_allowed = |version: &str| {
            let module = ModuleVersion::new(self.path, version);
            let allowed = self.modules.check_allowed(&module, self.allow_of(version));
            !allowed.is_err_and(|err| err.is_disallowed())
        };
        let has_go_mod = |version: &str| {
            let module = ModuleVersion::new(self.path, version);
            self.modules.has_go_mod(&module)
        };
        if let Some(version) = choice.of(tagged, is_allowed, has_go_mod)? {
            return Ok(version.to_owned());
        }
        if choice.or_latest_commit {
            match self.versions.latest() {
                Ok(latest) => {
                    *origin = merge_origins(origin.as_ref(), latest.origin.as_ref());
                    if choice.contains(&latest.version) && is_allowed(&latest.version) {
                        return Ok(latest.version);
                    }
                }
                Err(err) => {
                    if err.origin().is_some() {
                        *origin = merge_origins(origin.as_ref(), err.origin());
                    }
                    if !err.is_not_exist() {
                        return Err(err);
                    }
                }
            }
        }
        if self.is_upgrade() && !matches!(self.current, "" | "none") {
            self.check(self.current)?;
            return Ok(self.current.to_owned());
        }
        Err(ModulesError::NoMatchingVersion {
            query: self.query.to_owned(),
            current: self.current.to_owned(),
        })
    }

    fn look_up(&self, version: &str, origin: &mut Option<Origin>) -> Result<Info, ModulesError> {
        let mut ask = |version: &str| {
            let info = self.versions.revision(version).inspect_err(|err| {
                if err.origin().is_some() {
                    *origin = merge_origins(origin.as_ref(), err.origin());
                }
            })?;
            *origin = merge_origins(origin.as_ref(), info.origin.as_ref());
            Ok(info)
        };
        let info = ask(version)?;
        if !self.goes_back_to(&info) {
            return Ok(info);
        }
        self.check(self.current)?;
        ask(self.current)
    }

    /// Whoever is on a commit of an unnamed branch does not mean to go back in time by upgrading.
    fn goes_back_to(&self, info: &Info) -> bool {
        if !self.is_upgrade() || !pseudo::is_pseudo(self.current) || info.time.is_zero() {
            return false;
        }
        let Ok((year, month, day, hour, minute, second)) = pseudo::time(self.current) else {
            return false;
        };
        let date = (i64::from(year), month, day);
        let now = gust_fetch::Timestamp::from_utc(date, (hour, minute, second));
        (info.time.seconds, info.time.nanos) < (now.seconds, now.nanos)
    }

    /// What counts for this version.
    fn allow_of(&self, version: &str) -> Allow {
        match self.allow {
            Allow::Asked if version == self.query => self.allow.of_named(),
            Allow::Asked if self.is_upgrade() && version == self.current => Allow::All,
            allow => allow,
        }
    }

    fn is_upgrade(&self) -> bool {
        matches!(self.query, "upgrade" | "patch")
    }

    fn check(&self, version: &str) -> Result<(), ModulesError> {
        self.modules
            .check_allowed_revision(self.path, version, self.allow_of(version))
    }
}
