//! Results that nobody has made yet, as symbols: files in the work directory, IDs with holes.

use super::text::{WORK, action_id, content_id};
use crate::lower::{Before, Results, place};
use crate::plan::{Action, ActionRef, Kind, Open, Plan, Surroundings};
use crate::site::Site;

/// Results that nobody has made yet.
pub(super) struct Symbolic<'a> {
    pub(super) site: &'a Site<'a>,
    pub(super) plan: &'a Plan,
    /// Places in the written plan, by action.
    pub(super) places: Vec<Option<usize>>,
}

impl Symbolic<'_> {
    pub(super) fn number(&self, at: ActionRef) -> usize {
        self.places[at.index()].unwrap_or_default()
    }

    pub(super) fn objdir(&self, action: &Action) -> String {
        let objdir = action.objdir.map(|number| format!("{WORK}/b{number:03}/"));
        objdir.unwrap_or_default()
    }

    /// The action that has the key of an archive: the one that would ask the cache for it.
    pub(super) fn check(&self, build: &Action) -> Option<ActionRef> {
        let is_check =
            |dep: &&ActionRef| matches!(self.plan.action(**dep).kind, Kind::CheckCache { .. });
        build.deps.iter().rfind(is_check).copied()
    }
}

impl Results for Symbolic<'_> {
    fn file(&self, at: ActionRef) -> Option<String> {
        let action = self.plan.action(at);
        let objdir = self.objdir(action);
        match action.kind {
            Kind::Build => Some(format!("{objdir}_pkg_.a")),
            Kind::Link | Kind::Install { .. } | Kind::Profile { .. } => {
                Some(place(action, &objdir))
            }
            Kind::Open(Open(ref kind)) => {
                let before = Before {
                    site: self.site,
                    plan: self.plan,
                    results: self,
                };
                kind.result(&Surroundings::new(before, action, objdir))
            }
            _ => None,
        }
    }

    fn build_id(&self, at: ActionRef) -> String {
        let action = self.plan.action(at);
        let content = content_id(self.number(at));
        match action.kind {
            Kind::Build => match self.check(action) {
                Some(check) => format!("{}/{content}", action_id(self.number(check))),
                None => String::new(),
            },
            Kind::Link => {
                let main = action.deps.first().map(|&main| self.build_id(main));
                let own = action_id(self.number(at));
                format!("{own}/{}/{content}", main.unwrap_or_default())
            }
            Kind::Install { .. } => action
                .deps
                .first()
                .map_or_else(String::new, |&inner| self.build_id(inner)),
            _ => String::new(),
        }
    }
}
