//! Flags of gust's own commands.

use super::{flag, ids};
use crate::commands::Id;
use crate::flags::{Flag, Kind};

pub(super) const FLAGS: &[Flag] = flags! {
    "depth" Int "n", ids(&[Id::Tree]), "Go no deeper than that: 1 shows what the main module requires itself.";
    "reverse" Text "module", ids(&[Id::Tree]), "Begin at the module and go up: who requires it, and who requires those.";
    "duplicates" Bool "", ids(&[Id::Tree]), "Only modules that are there in several major versions, each with who requires it.";
    "all" Bool "", ids(&[Id::Outdated, Id::Why]), "outdated: also what others require; why: every way to the module.";
    "json" Bool "", ids(&[Id::Outdated, Id::Tree, Id::Why]), "Print JSON.";
};
