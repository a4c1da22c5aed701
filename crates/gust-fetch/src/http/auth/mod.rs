//! Credentials for servers: GOAUTH (`go help goauth`).
//!
//! GOAUTH is a list of methods, the first of which counts most. Before the first request each is asked for what it knows without a URL. When a
//! server refuses a request (4xx), those that can be asked for one URL are asked for it, and the request is sent again if that brought anything.
//! Credentials are kept by URL prefix, and only ever sent over https.

mod methods;
mod netrc;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::config::Config;
use crate::error::FetchError;
use crate::vcs;
use methods::{Method, Refusal};

/// Headers of a request.
pub(crate) type Headers = Vec<(String, String)>;

/// Who knows credentials, and what was learned so far.
pub(crate) struct Authority {
    goauth: String,
    surroundings: Surroundings,
    methods: OnceLock<Result<Vec<Method>, FetchError>>,
    known: Mutex<Known>,
}

/// What methods work with.
struct Surroundings {
    netrc: Option<PathBuf>,
    command: Option<vcs::Command>,
    /// Where commands run.
    cwd: PathBuf,
}

#[derive(Default)]
struct Known {
    is_started: bool,
    /// By host, or by host and path.
    by_prefix: HashMap<String, Headers>,
    /// What `git credential fill` gave, by what was asked for, until it is known to be right or wrong.
    unproven: HashMap<String, (PathBuf, Vec<u8>)>,
}

impl Known {
    /// No headers at all: nothing is known any more.
    fn store(&mut self, prefix: &str, headers: Headers) {
        let prefix = prefix.strip_prefix("https://").unwrap_or(prefix);
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix).to_owned();
        match headers.is_empty() {
            true => self.by_prefix.remove(&prefix),
            false => self.by_prefix.insert(prefix, headers),
        };
    }

    /// The headers for a URL, by the longest prefix that has some.
    fn for_url(&self, url: &str) -> Option<&Headers> {
        let prefix = url.strip_prefix("https://").unwrap_or(url);
        let mut prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        loop {
            if let Some(headers) = self.by_prefix.get(prefix) {
                return Some(headers);
            }
            prefix = &prefix[..prefix.rfind('/')?];
        }
    }
}

impl Authority {
    pub(crate) fn new(config: &Config) -> Authority {
        Authority {
            goauth: config.goauth.clone(),
            surroundings: Surroundings {
                netrc: config.netrc.clone(),
                command: config.vcs.clone(),
                cwd: config.cwd.clone(),
            },
            methods: OnceLock::new(),
            known: Mutex::default(),
        }
    }

    /// The headers for a first request to an https URL.
    ///
    /// # Errors
    /// GOAUTH makes no sense.
    pub(crate) fn for_url(&self, url: &str) -> Result<Headers, FetchError> {
        let methods = self.methods()?;
        let mut known = self.known();
        if !known.is_started {
            known.is_started = true;
            for method in methods {
                let _ = method.ask(&self.surroundings, None, &mut known);
            }
        }
        Ok(known.for_url(url).cloned().unwrap_or_default())
    }

    /// Whether any method could know more about a URL that a server refused.
    pub(crate) fn can_learn(&self) -> bool {
        let methods = self.methods().map(Vec::as_slice).unwrap_or_default();
        methods
            .iter()
            .any(|method| method.knows_urls(&self.surroundings))
    }

    /// The headers for a URL after it was refused, and what went wrong in finding them.
    pub(crate) fn after_refusal(&self, refusal: &Refusal<'_>) -> (Headers, Vec<String>) {
        let methods = self.methods().map(Vec::as_slice).unwrap_or_default();
        let mut known = self.known();
        let mut wrong = Vec::new();
        for method in methods {
            if let Err(why) = method.ask(&self.surroundings, Some(refusal), &mut known) {
                wrong.push(format!("GOAUTH={method}: {why}"));
            }
        }
        match known.for_url(refusal.url) {
            Some(headers) => (headers.clone(), Vec::new()),
            None => (Headers::new(), wrong),
        }
    }

    /// Tells Git's helpers whether the credentials that they gave for a URL were right.
    pub(crate) fn settle(&self, url: &str, status: u16) {
        let Some((dir, credential)) = self.known().unproven.remove(url) else {
            return;
        };
        let verdict = match status {
            200 => "approve",
            401 => "reject",
            _ => return,
        };
        if let Some(command) = &self.surroundings.command {
            let _ = command.converse_once("git", &["credential", verdict], &dir, &credential);
        }
    }

    fn methods(&self) -> Result<&Vec<Method>, FetchError> {
        let methods = self.methods.get_or_init(|| methods::parse(&self.goauth));
        methods.as_ref().map_err(Clone::clone)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) use methods::Refusal as Refused;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_counts() {
        let headers = |text: &str| vec![("Authorization".to_owned(), text.to_owned())];
        let mut known = Known::default();
        known.store("https://example.com/", headers("a"));
        known.store("example.com/x", headers("b"));
        let value =
            |known: &Known, url: &str| known.for_url(url).map(|headers| headers[0].1.clone());
        assert_eq!(
            value(&known, "https://example.com/x/y").as_deref(),
            Some("b")
        );
        assert_eq!(value(&known, "https://example.com/z").as_deref(), Some("a"));
        assert_eq!(value(&known, "https://example.org/z"), None);
        known.store("example.com/x", Headers::new());
        assert_eq!(
            value(&known, "https://example.com/x/y").as_deref(),
            Some("a")
        );
    }
}
