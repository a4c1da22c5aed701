//! Flags of gust's own commands.

use super::{flag, ids};
use crate::commands::Id;
use crate::flags::{Flag, Kind};

pub(super) const FLAGS: &[Flag] = flags! {
    "depth" Int "n", ids(&[Id::Tree]), "Go no deeper than that: 1 shows what the main module requires itself.";
    "reverse" Text "module", ids(&[Id::Tree]), "Begin at the module and go up: who requires it, and who requires those.";
    "duplicates" Bool "", ids(&[Id::Tree]), "Only modules that are there in several major versions, each with who requires it.";
    "all" Bool "", ids(&[Id::Outdated, Id::Why]), "outdated: also what others require; why: every way to the module or package.";
    "level" Text "patch|minor", ids(&[Id::Upgrade]), "How far: minor, as without it, goes to the highest version; patch changes the last number only.";
    "dry-run" Bool "", ids(&[Id::Upgrade]), "Show what would change, and write nothing.";
    "json" Bool "", ids(&[Id::Outdated, Id::Tree, Id::Upgrade, Id::Why]), "Print JSON.";
};
