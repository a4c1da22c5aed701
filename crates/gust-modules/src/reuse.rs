//! `-reuse`: the answer of an earlier run, of which whatever still holds is given again.
//!
//! An answer of version control says what it rests on (its Origin): a ref at a commit, the tags there were, all refs. As long as that has not changed
//! the answer has not changed either, and nothing is fetched.

use std::collections::HashMap;

use gust_fetch::{FetchError, Info, Origin, Timestamp};
use gust_syntax::module::{ModuleVersion, canonical_version};

use crate::Modules;
use crate::error::ModulesError;
use crate::public::ModulePublic;
use crate::query::is_revision_query;

/// Modules of an earlier answer, by their versions and by what was asked.
#[derive(Debug, Default)]
pub struct Reuse {
    known: HashMap<ModuleVersion, ModulePublic>,
}

impl Reuse {
    /// The modules of an answer that say what they rest on.
    pub fn new(answer: Vec<ModulePublic>) -> Reuse {
        let mut known = HashMap::new();
        for mut module in answer.into_iter().filter(|module| module.origin.is_some()) {
            module.reuse = true;
            let mut named = vec![module.version.clone()];
            named.extend((!module.query.is_empty()).then(|| module.query.clone()));
            for name in named {
                known.insert(
                    ModuleVersion::new(module.path.as_str(), name),
                    module.clone(),
                );
            }
        }
        Reuse { known }
    }

    /// What is known of a query, if it still holds.
    pub(crate) fn found(&self, modules: &Modules, path: &str, query: &str) -> Option<Info> {
        let old = self.holds(modules, path, query)?;
        Some(Info {
            version: old.version.clone(),
            time: old.time.unwrap_or(Timestamp::ZERO),
            origin: old.origin.clone(),
        })
    }

    /// What was told of a version, if it still holds.
    pub(crate) fn module(
        &self,
        modules: &Modules,
        path: &str,
        version: &str,
    ) -> Option<ModulePublic> {
        let old = self.holds(modules, path, version)?;
        Some(ModulePublic {
            query: String::new(),
            dir: String::new(),
            ..old.clone()
        })
    }

    fn holds(&self, modules: &Modules, path: &str, query: &str) -> Option<&ModulePublic> {
        let old = self.known.get(&ModuleVersion::new(path, query))?;
        let origin = old.origin.as_ref()?;
        if !answers(origin, path, query) {
            return None;
        }
        let checked: Result<(), ModulesError> = modules.fetcher.try_proxies(|proxy| {
            let repo = modules.fetcher.repo(proxy, path);
            repo.check_reuse(origin)
                .map_err(|error: FetchError| error.into())
        });
        checked.is_ok().then_some(old)
    }
}

/// Whether an origin tells enough to be held against a query: one that came through a proxy may not.
fn answers(origin: &Origin, path: &str, query: &str) -> bool {
    if !origin.repo_sum.is_empty() {
        return true;
    }
    let names_commit = !origin.hash.is_empty() || !origin.reference.is_empty();
    let names_tags = !origin.tag_sum.is_empty();
    if query == canonical_version(query) {
        return names_commit || names_tags;
    }
    if is_revision_query(path, query) {
        return names_commit && names_tags;
    }
    names_tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_must_tell_enough() {
        let origin = |hash: &str, tags: &str, all: &str| Origin {
            hash: hash.to_owned(),
            tag_sum: tags.to_owned(),
            repo_sum: all.to_owned(),
            ..Origin::default()
        };
        for (origin, query, enough) in [
            (origin("h", "", ""), "v1.0.0", true),
            (origin("", "t", ""), "v1.0.0", true),
            (origin("", "", ""), "v1.0.0", false),
            (origin("h", "", ""), "main", false),
            (origin("h", "t", ""), "main", true),
            (origin("h", "", ""), "latest", false),
            (origin("", "t", ""), "latest", true),
            (origin("", "", "r"), "latest", true),
        ] {
            assert_eq!(
                answers(&origin, "example.com/m", query),
                enough,
                "{query} {origin:?}"
            );
        }
    }
}
