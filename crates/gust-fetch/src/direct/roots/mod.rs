//! From an import path to the repository that holds it.
//!
//! Three ways, in this order: paths of sites whose shape is known (`sites`), paths with a system's suffix in them, and a page at the path's own
//! URL with a `go-import` tag (`meta`). What a page says of a prefix that is not the path itself counts only if the prefix's own page says the
//! same: who owns `example.org/bob` must not speak for `example.org`.

mod meta;
mod policy;
mod sites;

use std::sync::Arc;

use gust_fs::once::OnceMap;

use super::host::Programs;
use crate::config::Config;
use crate::error::FetchError;
use crate::http::{self, Security, Url};
use crate::names::{self, quote};
use crate::vcs::System;
use meta::{NoMatch, Tag};
use policy::Policy;

/// Where the code of an import path is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Root {
    /// The import path of the repository's root, or of `subdir` in it.
    pub(super) path: String,
    /// The repository's URL, or a module proxy's.
    pub(super) url: String,
    /// Where in the repository `path` is; empty for its root.
    pub(super) subdir: String,
    /// Which system keeps it; none for a module proxy.
    pub(super) system: Option<System>,
}

/// A repository that a path names.
struct Known {
    /// None: the protocol is to be found out.
    url: Option<String>,
    /// The URL without its protocol.
    bare: String,
    root: String,
    system: System,
}

/// A page's URL, and its tags.
type Page = (String, Vec<Tag>);

/// Finds repositories.
pub(super) struct Roots {
    http: Arc<http::Client>,
    programs: Arc<Programs>,
    policy: Policy,
    insecure: String,
    intercept: Option<String>,
    /// The tags of the pages of prefixes, each asked for once.
    pages: OnceMap<(String, bool), Result<Page, FetchError>>,
}

impl Roots {
    pub(super) fn new(
        config: &Config,
        http: &Arc<http::Client>,
        programs: &Arc<Programs>,
    ) -> Roots {
        Roots {
            http: Arc::clone(http),
            programs: Arc::clone(programs),
            policy: Policy::new(&config.govcs, &config.goprivate),
            insecure: config.goinsecure.clone(),
            intercept: config
                .hooks
                .test_server
                .as_ref()
                .map(|server| server.http.clone()),
            pages: OnceMap::default(),
        }
    }

    /// The repository of `path`. `modules`: a page may name a proxy instead.
    pub(super) fn find(&self, path: &str, modules: bool) -> Result<Root, FetchError> {
        let security = match names::match_prefix_patterns(&self.insecure, path) {
            true => Security::Insecure,
            false => Security::Secure,
        };
        let found = match self.by_path(path, security) {
            Ok(Some(root)) => Ok(root),
            Ok(None) => self
                .by_page(path, modules, security)
                .map_err(|err| err.context(format!("unrecognized import path {}", quote(path)))),
            Err(err) => Err(err),
        };
        let found = found.or_else(|err| {
            let there =
                |url: &str| Url::parse(url).is_ok_and(|url| self.http.get_bytes(&url).is_ok());
            let known = sites::at_launchpad(path, there).ok_or(err)?;
            self.known(known, security)
        })?;
        if path.contains("...") && found.path.contains("...") {
            let path = quote(path);
            return Err(FetchError::message(format!("cannot expand ... in {path}")));
        }
        Ok(found)
    }

    fn by_path(&self, path: &str, security: Security) -> Result<Option<Root>, FetchError> {
        if path == "example.net" || path.starts_with("example.net/") {
            return Err(FetchError::message("no modules on example.net"));
        }
        if path == "rsc.io" {
            return Err(FetchError::message("rsc.io is not a module"));
        }
        for scheme in ["http:", "https:"] {
            if path.starts_with(scheme) {
                let text = format!("\"{scheme}//\" not allowed in import path");
                return Err(FetchError::message(text));
            }
        }
        let known = match sites::at_site(path)? {
            Some(known) => Some(known),
            None => sites::with_suffix(path),
        };
        known.map(|known| self.known(known, security)).transpose()
    }

    fn known(&self, known: Known, security: Security) -> Result<Root, FetchError> {
        let system = known.system;
        self.policy.check(system.command(), &known.root)?;
        let url = match known.url {
            Some(url) => url,
            None => match self.intercepted(&known.bare, system, security) {
                Some(url) => url,
                None => format!(
                    "{}://{}",
                    self.scheme(system, &known.bare, security)?,
                    known.bare
                ),
            },
        };
        Ok(Root {
            path: known.root,
            url,
            subdir: String::new(),
            system: Some(system),
        })
    }

    /// The first protocol by which the repository answers.
    fn scheme(
        &self,
        system: System,
        bare: &str,
        security: Security,
    ) -> Result<&'static str, FetchError> {
        let schemes = schemes(system).iter().copied();
        let mut allowed = schemes
            .filter(|scheme| security == Security::Insecure || self.is_secure(system, scheme));
        let found = allowed.find(|scheme| match ping(system) {
            None => true,
            Some(words) => self
                .programs
                .answers(system, words, &format!("{scheme}://{bare}")),
        });
        found.ok_or_else(|| {
            let secure = if security == Security::Secure {
                "secure "
            } else {
                ""
            };
            FetchError::message(format!("no {secure}protocol found for repository"))
        })
    }

    /// GIT_ALLOW_PROTOCOL decides for Git, where it is set.
    fn is_secure(&self, system: System, scheme: &str) -> bool {
        if system == System::Git
            && let Some(allowed) = self.programs.variable("GIT_ALLOW_PROTOCOL")
        {
            return allowed.split(':').any(|allowed| allowed == scheme);
        }
        matches!(scheme, "https" | "git+ssh" | "bzr+ssh" | "svn+ssh" | "ssh")
    }

    /// In the acceptance suite, vcs-test.golang.org is a server on this machine.
    fn intercepted(&self, url: &str, system: System, security: Security) -> Option<String> {
        let server = self.intercept.as_ref()?;
        let bare = match url.split_once("://") {
            Some((scheme, _))
                if security == Security::Secure && !self.is_secure(system, scheme) =>
            {
                return None;
            }
            Some((_, bare)) => bare,
            None => url,
        };
        let path = bare.strip_prefix(http::TEST_HOST)?;
        if !path.is_empty() && !path.starts_with('/') {
            return None;
        }
        let here = format!("http://{server}{path}");
        if system == System::Subversion {
            // That server starts another one for a Subversion repository, and says where.
            let asked = Url::parse(&format!("{here}?vcwebsvn=1")).ok();
            let answer = asked.and_then(|url| self.http.get_bytes(&url).ok());
            let answer = answer.and_then(|answer| String::from_utf8(answer).ok());
            if let Some(svn) = answer
                .as_deref()
                .map(str::trim)
                .filter(|svn| !svn.is_empty())
            {
                return Some(format!("{svn}{path}"));
            }
        }
        Some(here)
    }

    fn by_page(&self, path: &str, modules: bool, security: Security) -> Result<Root, FetchError> {
        let asked = page_url(path)?;
        let page = self.http.page(&asked, security).map_err(|err| {
            err.context(match security {
                Security::Insecure => "http/https fetch",
                Security::Secure => "https fetch",
            })
        })?;
        let tags = meta::tags(&page.body, modules);
        if tags.as_ref().map_or(true, Vec::is_empty)
            && let Some(refusal) = page.refusal()
        {
            return Err(refusal);
        }
        let tags = tags.map_err(|err| FetchError::message(format!("parsing {path}: {err}")))?;
        let tag = meta::matching(&tags, path).map_err(|err| {
            FetchError::message(match err {
                NoMatch::Others(others) => {
                    format!("parse {}: no go-import meta tags ({others})", page.url)
                }
                NoMatch::Several(text) => format!("parse {}: {text}", page_name(path)),
            })
        })?;
        if tag.prefix != path {
            let (owner, of_prefix) = self.tags_of(&tag.prefix, modules, security)?;
            if meta::matching(&of_prefix, path) != Ok(tag) {
                let (page, prefix) = (&page.url, &tag.prefix);
                return Err(FetchError::message(format!(
                    "{page} and {owner} disagree about go-import for {prefix}"
                )));
            }
        }
        self.of_tag(tag, &page.url, security)
    }

    fn of_tag(&self, tag: &Tag, page: &str, security: Security) -> Result<Root, FetchError> {
        let wrong = |what: &str, value: &str, why: &str| {
            FetchError::message(format!("{page}: invalid {what} {}: {why}", quote(value)))
        };
        if let Some(why) = wrong_subdir(&tag.subdir) {
            return Err(wrong("subdirectory", &tag.subdir, why));
        }
        match Url::parse(&tag.url) {
            Err(why) => return Err(wrong("repo root", &tag.url, &why)),
            Ok(url) if url.scheme.is_empty() => {
                return Err(wrong("repo root", &tag.url, "no scheme"));
            }
            Ok(url) if url.scheme == "file" => {
                return Err(wrong("repo root", &tag.url, "file scheme disallowed"));
            }
            Ok(_) => {}
        }
        let system = match tag.system.as_str() {
            "mod" => None,
            name => {
                let system = System::ALL
                    .into_iter()
                    .find(|system| system.command() == name);
                let unknown =
                    || FetchError::message(format!("{page}: unknown vcs {}", quote(name)));
                Some(system.ok_or_else(unknown)?)
            }
        };
        if let Some(system) = system {
            self.policy.check(system.command(), &tag.prefix)?;
        }
        let here = system.and_then(|system| self.intercepted(&tag.url, system, security));
        Ok(Root {
            path: tag.prefix.clone(),
            url: here.unwrap_or_else(|| tag.url.clone()),
            subdir: tag.subdir.clone(),
            system,
        })
    }

    /// The tags that the page of a prefix has.
    fn tags_of(&self, prefix: &str, modules: bool, security: Security) -> Result<Page, FetchError> {
        self.pages.get_or_init((prefix.to_owned(), modules), || {
            let page = self.http.page(&page_url(prefix)?, security);
            let page = page.map_err(|err| err.context(format!("fetching {prefix}")))?;
            let tags = meta::tags(&page.body, modules);
            if tags.as_ref().map_or(true, Vec::is_empty)
                && let Some(refusal) = page.refusal()
            {
                return Err(refusal);
            }
            let tags =
                tags.map_err(|err| FetchError::message(format!("parsing {}: {err}", page.url)))?;
            if tags.is_empty() {
                let text = format!(
                    "fetching {prefix}: no go-import meta tag found in {}",
                    page.url
                );
                return Err(FetchError::message(text));
            }
            Ok((page_name(prefix), tags))
        })
    }
}

/// Where the page of an import path is.
fn page_url(path: &str) -> Result<Url, FetchError> {
    let (host, rest) = path.split_once('/').unwrap_or((path, ""));
    if !host.contains('.') {
        return Err(FetchError::message(
            "import path does not begin with hostname",
        ));
    }
    Url::parse(&format!("https://{host}/{rest}?go-get=1")).map_err(FetchError::message)
}

/// The same for people, who are not told how it was asked for.
fn page_name(path: &str) -> String {
    let slash = if path.contains('/') { "" } else { "/" };
    format!("//{path}{slash}?go-get=1")
}

fn wrong_subdir(subdir: &str) -> Option<&'static str> {
    match subdir.as_bytes().first() {
        Some(b'/') => Some("leading slash"),
        Some(b'-') => Some("leading hyphen"),
        _ => None,
    }
}

/// The protocols that a system may speak, the preferred ones first.
fn schemes(system: System) -> &'static [&'static str] {
    match system {
        System::Mercurial => &["https", "http", "ssh"],
        System::Git => &["git", "https", "http", "git+ssh", "ssh"],
        System::Subversion => &["https", "http", "svn", "svn+ssh"],
        System::Bazaar => &["https", "http", "bzr", "bzr+ssh"],
        System::Fossil => &["https", "http"],
    }
}

/// The words of the command that tells whether a repository answers; its URL stands behind them.
fn ping(system: System) -> Option<&'static [&'static str]> {
    match system {
        System::Mercurial => Some(&["identify", "--"]),
        System::Git => Some(&["ls-remote"]),
        System::Subversion | System::Bazaar => Some(&["info", "--"]),
        System::Fossil => None,
    }
}
